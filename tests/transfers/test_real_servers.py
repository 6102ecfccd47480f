"""The queue on real servers: paused in mid-transfer and gone on with, both ways, and nothing is amiss."""

from __future__ import annotations

import filecmp
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.fixtures import StartServer, kinds
from tests.support.sites import OpenSite, open_site
from tests.transfers.conftest import Events, ScriptedDecider
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry
from tuiftp.events import EventBus
from tuiftp.files.disk import look
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.queue import TransferQueue

SIZE = 48 << 20
"""Bytes; nearly all of them are a hole, which costs no disk."""
RATE = 16 << 20
"""Bytes a second until the pause, so that it finds the transfer under way."""


@pytest_asyncio.fixture(params=kinds("pyftpdlib", "vsftpd", "proftpd", "pureftpd"))
async def opened(request: pytest.FixtureRequest, start_ftp_server: StartServer) -> AsyncIterator[OpenSite]:
    async with open_site(start_ftp_server(request.param)) as site:
        yield site


def below(top: Path) -> list[str]:
    """All that lies below a directory."""
    return sorted(str(path.relative_to(top)) for path in top.rglob("*"))


class QueueContext:
    """A queue on the real clock."""

    def __init__(self) -> None:
        bus = EventBus()
        self.events = Events(bus)
        self.local = LocalEndpoint()
        self.disk = LocalSite(self.local)
        self.queue = TransferQueue(
            bus=bus,
            decider=ScriptedDecider(),
            local=self.local,
            default_policy=ConflictPolicy.OVERWRITE,
        )

    def limit(self, rate: int | None) -> None:
        for direction in Direction:
            self.queue.set_limit(direction, rate)

    async def pause_and_resume(self, batch: int) -> None:
        """Interrupts the one transfer of a batch as soon as bytes move, and lets it come to its end."""
        self.limit(RATE)
        await self.events.until(lambda: self._is_under_way(batch))
        number = self.events.changes[-1].id
        self.queue.pause(number)
        await self.queue.wait_idle()
        paused = self.queue.get(number)
        assert paused is not None
        assert paused.state is TransferState.PAUSED
        assert 0 < paused.transferred < SIZE
        self.limit(None)
        self.queue.resume(number)
        result = await self.queue.wait_batch(batch)
        assert (result.done, result.failed) == (1, 0)
        done = self.queue.get(number)
        assert done is not None
        assert (done.attempts, done.is_verified, done.size) == (2, True, SIZE)

    def _is_under_way(self, batch: int) -> bool:
        last = self.events.changes[-1] if self.events.changes else None
        return last is not None and last.batch == batch and last.transferred > 0


def marked(path: Path) -> None:
    """Makes a file with random bytes at its beginning, its middle and its end."""
    with path.open("wb") as file:
        for place in (0, SIZE // 2, SIZE - 4096):
            file.seek(place)
            file.write(os.urandom(4096))


async def test_a_pause_in_the_middle_costs_nothing(opened: OpenSite, tmp_path: Path) -> None:
    source, back = tmp_path / "big", tmp_path / "back"
    back.mkdir()
    marked(source)
    context = QueueContext()
    await context.queue.start()
    home = await opened.endpoint.home()
    entry = look(str(source))
    assert entry is not None
    await context.pause_and_resume(
        context.queue.copy(context.disk, [(str(source), entry)], opened.site, home)
    )
    there = opened.endpoint.join(home, "big")
    found: dict[str, Entry] = {entry.name: entry for entry in (await opened.endpoint.list(home)).entries}
    await context.pause_and_resume(
        context.queue.copy(opened.site, [(there, found["big"])], context.disk, str(back))
    )
    offsets = [int(record.text[5:]) for record in opened.records if record.text.startswith("REST ")]
    assert len(offsets) == 2
    assert all(0 < offset < SIZE for offset in offsets)
    assert filecmp.cmp(source, back / "big", shallow=False)
    assert os.listdir(back) == ["big"]
    await context.queue.close()
    context.local.close()
    for path in (source, back / "big"):
        path.unlink()  # pytest keeps the directories of its last runs


@pytest.mark.parametrize("kind", kinds("vsftpd", "proftpd", "pureftpd"))
async def test_a_chosen_link_to_a_directory_is_copied_as_the_tree_it_leads_to(
    kind: str, start_ftp_server: StartServer, tmp_path: Path
) -> None:
    server = start_ftp_server(kind)
    server.put("real/a", b"one")
    server.put("real/sub/b", b"two")
    (server.home / "real/sub/up").symlink_to("..")
    (server.home / "way").symlink_to("real")
    target = tmp_path / "target"
    target.mkdir()
    async with open_site(server) as opened:
        context = QueueContext()
        listing = await opened.endpoint.list(server.root)
        entry = next(entry for entry in listing.entries if entry.name == "way")
        batch = context.queue.copy(opened.site, [(server.remote("way"), entry)], context.disk, str(target))
        await context.queue.start()
        finished = await context.queue.wait_batch(batch)
        skipped = [one.name for one in context.queue.transfers() if one.state is TransferState.SKIPPED]
        await context.queue.close()
    assert (finished.done, finished.failed) == (2, 0)
    assert skipped == ["way/sub/up"]
    assert not (target / "way").is_symlink()
    assert below(tmp_path) == ["target", "target/way", "target/way/a", "target/way/sub", "target/way/sub/b"]
    assert (target / "way/sub/b").read_bytes() == b"two"


async def test_a_link_that_leads_nowhere_fails_and_says_that_it_is_a_link(
    start_ftp_server: StartServer, tmp_path: Path
) -> None:
    server = start_ftp_server("vsftpd")
    (server.home / "way").symlink_to("nowhere")
    async with open_site(server) as opened:
        context = QueueContext()
        listing = await opened.endpoint.list(server.root)
        entry = next(entry for entry in listing.entries if entry.name == "way")
        batch = context.queue.copy(opened.site, [(server.remote("way"), entry)], context.disk, str(tmp_path))
        await context.queue.start()
        assert (await context.queue.wait_batch(batch)).failed == 1
        (failed,) = context.queue.transfers()
        await context.queue.close()
    assert failed.hint == "this is a link: what it leads to may be gone, or may not be read"


async def test_a_link_to_a_directory_is_not_moved_for_its_files_are_not_its_own(
    start_ftp_server: StartServer, tmp_path: Path
) -> None:
    server = start_ftp_server("vsftpd")
    server.put("real/a", b"one")
    (server.home / "way").symlink_to("real")
    async with open_site(server) as opened:
        context = QueueContext()
        listing = await opened.endpoint.list(server.root)
        entry = next(entry for entry in listing.entries if entry.name == "way")
        batch = context.queue.copy(
            opened.site, [(server.remote("way"), entry)], context.disk, str(tmp_path), move=True
        )
        await context.queue.start()
        assert (await context.queue.wait_batch(batch)).failed == 1
        (failed,) = context.queue.transfers()
        assert failed.hint is not None
        assert "this is a link" in failed.hint
        await context.queue.close()
    assert not (tmp_path / "way").exists()
    assert (server.home / "way/a").read_bytes() == b"one"
