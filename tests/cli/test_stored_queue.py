"""The app's queue outlives it: kept in the user's state directory, brought back without a password in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.transfers.conftest import ScriptedDecider
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.locations import state_dir
from tuiftp.transfers.model import Restored


async def one_run(url: str | None, into: Path) -> tuple[Restored, list[Target]]:
    """One run of the program, in which a file is queued and not begun."""
    engine = Engine(Arguments(), say=lambda line: None)
    asked: list[Target] = []

    def log_in(target: Target) -> Credentials:
        asked.append(target)
        return Credentials(target.user or "anonymous", Secret("found"))

    queue = engine.make_queue(ScriptedDecider(), is_stored=True)
    await queue.start()
    try:
        restored = await engine.restore(queue, log_in)
        if url is not None:
            target = parse_url(url)
            site = engine.open_site(target, Credentials("kim", Secret("s3cret-pass")))
            queue.pause_all()
            queue.download(site.pool, [("/pub/a", Entry("a", EntryKind.FILE, 5))], str(into))
            async with asyncio.timeout(5):
                await queue.wait_idle()
            await site.close()
    finally:
        await queue.close()
        await engine.close_restored()
        engine.close()
    return restored, asked


@pytest.mark.parametrize("url", ["ftp://kim@127.0.0.1:2121/", "ftps://kim@127.0.0.1/"])
async def test_what_was_queued_is_there_at_the_next_start(url: str, tmp_path: Path) -> None:
    assert (await one_run(url, tmp_path))[0] == Restored()
    stored = state_dir() / "queue.db"
    assert stored.exists()
    everything = b"".join(path.read_bytes() for path in state_dir().glob("queue.db*"))
    assert b"s3cret-pass" not in everything
    restored, asked = await one_run(None, tmp_path)
    assert restored.count == 1
    (target,) = asked
    assert (target.user, target.host, target.password) == ("kim", "127.0.0.1", None)
    assert target.tls is parse_url(url).tls
    assert target.port == parse_url(url).port
