"""The app's queue outlives it: kept in the user's state directory, brought back without a password in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.transfers.conftest import ScriptedDecider
from tuiftp.choices import ConnectionMode, TlsPolicy
from tuiftp.cli.app_services import AppServices
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.site_passwords import keep_password
from tuiftp.entries import Entry, EntryKind
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.locations import state_dir
from tuiftp.storage.recents import Recents, RecentSite
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.transfers.model import Restored
from tuiftp.ui.decider_slot import DeciderSlot


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
            queue.copy(site, [("/pub/a", Entry("a", EntryKind.FILE, 5))], engine.disk, str(into))
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


@pytest.mark.parametrize("is_saved", [True, False])
async def test_a_site_comes_back_with_its_encryption_and_encoding(is_saved: bool, tmp_path: Path) -> None:
    """What was chosen is not in the URL: without it a server with a broken TLS could not be gone on with."""
    await one_run("ftp://kim@127.0.0.1:2121/", tmp_path)
    if is_saved:
        site = SavedSite(
            "a", host="127.0.0.1", port=2121, user="kim", tls=TlsPolicy.OFF, password=PasswordFrom.FILE,
            encoding="cp1251", ca_file="/ca.pem",
        )  # fmt: skip
        SiteStore().put(site)
        keep_password(site, Secret("kept"))
    else:
        Recents().add(RecentSite("ftp://kim@127.0.0.1:2121", tls="off", mode="active"))
    engine = Engine(Arguments(), say=lambda line: None)
    slot = DeciderSlot()
    queue = engine.make_queue(slot, is_stored=True)
    await queue.start()
    try:
        restored = await AppServices(engine, queue).restore()
        (site_there,) = engine.sites
        options = site_there.options
        assert restored.count == 1
        assert options.tls.policy is TlsPolicy.OFF
        assert options.tls.ca_file == ("/ca.pem" if is_saved else "")
        assert options.encoding == "utf-8", "in which its paths were queued, whatever was chosen since"
        assert (options.rules.mode is ConnectionMode.ACTIVE) is not is_saved
        assert engine.missing_logins() == ([] if is_saved else ["ftp://kim@127.0.0.1:2121"])
    finally:
        await queue.close()
        await engine.close_restored()
        engine.close()
