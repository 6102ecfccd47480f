"""Downloads in segments: exact in the end whatever the server does, and never a connection that others wait for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds
from tests.support.scripted import Quirk, ScriptedServer, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import QUICK
from tests.transfers.wire import WireDesk, wire_desk
from tuiftp.choices import Verification
from tuiftp.entries import Entry, EntryKind
from tuiftp.files.part_file import Part
from tuiftp.files.safe_open import PART_SUFFIX, Place
from tuiftp.transfers import segmented
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.resume_download import PROOF, Start, start_in
from tuiftp.transfers.segment_map import Ledger
from tuiftp.transfers.transfer_options import TransferOptions

DATA = random.Random(3659).randbytes(8 << 20)
"""No part of it is like another."""
QUARTER = len(DATA) // 4
FOUR = TransferOptions(segments=4)


@pytest.fixture(autouse=True)
def small_files_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmented, "SEGMENTED_FROM", 1 << 20)
    monkeypatch.setattr(segmented, "SMALLEST", 256 << 10)


@pytest.fixture
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second directory."""
    return tmp_path_factory.mktemp("more")


@asynccontextmanager
async def desk_on(
    tmp_path: Path, *quirks: Quirk, content: Content = DATA, how: TransferOptions = FOUR, connections: int = 4
) -> AsyncIterator[tuple[ScriptedServer, WireDesk]]:
    """A queue on a scripted server that has one large file, `/a`, and a small one."""
    tree: dict[str, Content] = {"a": content, "small": b"small" * 2000}
    async with (
        ScriptedServer(tree, list(quirks)) as server,
        wire_desk(server, tmp_path / "here", how, replace(QUICK, connections=connections)) as desk,
    ):
        yield server, desk


def offsets(server: ScriptedServer) -> list[int]:
    """The arguments of all REST commands."""
    return [int(line[5:]) for line in server.lines if line.startswith(b"REST ")]


def is_exact(desk: WireDesk, data: bytes = DATA) -> bool:
    return (desk.root / "a").read_bytes() == data and desk.names() == ["a"]


def part_of(desk: WireDesk) -> Path:
    (part,) = (path for path in desk.root.iterdir() if path.name.endswith(PART_SUFFIX))
    return part


class Nth(asyncio.Event):
    """Is set when it has been set so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def set(self) -> None:
        self._left -= 1
        if self._left <= 0:
            super().set()


async def all_held(server: ScriptedServer, desk: WireDesk, segments: int) -> int:
    """Waits until that many segments have come to where the server holds them."""
    held = server.fault_reached = Nth(segments)
    batch = await desk.fetch("/a")
    await asyncio.wait_for(held.wait(), 5)
    return batch


async def test_a_large_file_comes_in_four_segments(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2)) as (server, desk):
        batch = await all_held(server, desk, 4)
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)
        assert sorted(offsets(server)) == [QUARTER * number - PROOF for number in (1, 2, 3)]
        done = desk.only()
        assert (done.is_verified, done.attempts, done.transferred) == (True, 1, len(DATA))
        assert server.count("USER") == 5, "the pane's and four"


async def test_the_setting_is_off_and_the_small_are_left_alone(tmp_path: Path, more: Path) -> None:
    async with desk_on(tmp_path, how=TransferOptions()) as (server, desk):
        await desk.get("/a")
        assert offsets(server) == []
    async with desk_on(more, content=DATA[: (1 << 20) - 1]) as (server, desk):
        await desk.get("/a")
        assert offsets(server) == []


async def test_without_rest_stream_nothing_is_tried(tmp_path: Path) -> None:
    plain = mischief.features(b"MLST type*;size*;modify*;", b"SIZE", b"MDTM", b"UTF8")
    async with desk_on(tmp_path, plain) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert server.count("REST") == 0


async def test_an_unknown_size_is_not_cut_up(tmp_path: Path) -> None:
    async with desk_on(tmp_path) as (server, desk):
        sources = [("/a", Entry("a", EntryKind.FILE))]
        batch = desk.queue.copy(desk.opened.site, sources, desk.disk, str(desk.root))
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)
        assert server.count("REST") == 0


async def test_no_more_connections_than_the_pool_has(tmp_path: Path, more: Path) -> None:
    """Two instead of four: the pieces are the same, and are fetched one after the other."""
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2), connections=2) as (server, desk):
        batch = await all_held(server, desk, 2)
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)
        assert server.count("USER") == 3
        assert server.count("RETR") == 4
    async with desk_on(more, connections=1) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert server.count("REST") == 0, "with one connection there is nothing to gain"


async def test_no_more_connections_than_the_server_takes(tmp_path: Path) -> None:
    hold = quirks.hold_data(QUARTER // 2)
    async with desk_on(tmp_path, mischief.too_many(3), hold) as (server, desk):
        batch = await all_held(server, desk, 2)
        await desk.opened.until(lambda: desk.opened.site.pool.limit == 2)
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)
        assert desk.opened.site.pool.limit == 2
        assert desk.only().attempts == 1


@pytest.mark.parametrize("reset", [False, True])
async def test_a_segment_that_breaks_is_gone_on_with_alone(tmp_path: Path, reset: bool) -> None:
    cut = quirks.cut_data(700_000, (426, b"Connection closed."), reset=reset, times=1)
    async with desk_on(tmp_path, cut) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert desk.only().attempts == 1
        assert server.count("RETR") == 5


async def test_a_segment_cut_behind_a_226_is_no_whole_one(tmp_path: Path) -> None:
    cut = quirks.cut_data(700_000, (226, b"Transfer complete."), times=2)
    async with desk_on(tmp_path, cut) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert server.count("RETR") == 6


async def test_a_segment_that_always_breaks_lets_the_transfer_wait_its_turn(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.cut_data(1000, times=8)) as (_, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert desk.only().attempts > 1
        assert any(seconds >= 1 for seconds in desk.clock.waits)


async def test_a_server_that_ignores_rest_is_found_out_at_once(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.rest_ignored()) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert desk.only().attempts == 1
        assert offsets(server)
        before = server.count("REST")
        (desk.root / "a").unlink()
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert server.count("REST") == before, "it is not tried there again"


async def test_one_that_ignores_it_is_found_out_also_where_the_file_begins_with_zeros(tmp_path: Path) -> None:
    data = bytes(64 << 10) + DATA[: 4 << 20]
    async with desk_on(tmp_path, quirks.rest_ignored(), content=data) as (_, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk, data)


async def test_a_file_of_zeros_is_no_reason_for_doubt(tmp_path: Path) -> None:
    async with desk_on(tmp_path, content=bytes(4 << 20)) as (server, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk, bytes(4 << 20))
        assert server.count("RETR") == 4


async def test_a_server_that_refuses_rest_gives_the_whole(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.refuse("REST", 502)) as (_, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)
        assert desk.only().attempts == 1


async def test_two_versions_of_a_file_are_never_joined(tmp_path: Path) -> None:
    """One segment waits while the file is replaced by another of the same size and time, and then begins again."""
    cut = quirks.cut_data(QUARTER // 2, (426, b"Connection closed."), times=1)
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2, times=3), cut) as (server, desk):
        batch = await desk.fetch("/a")
        await asyncio.wait_for(server.fault_reached.wait(), 5)
        server.tree.file((b"a",)).data = DATA[::-1]
        server.drop_sessions(reset=True)
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk, DATA[::-1])


async def test_a_file_that_changes_behind_the_seams_is_fetched_again(tmp_path: Path) -> None:
    """No seam shows it, for each segment began before; the time of the file does."""
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2, times=1)) as (server, desk):
        batch = await desk.fetch("/a")
        await asyncio.wait_for(server.fault_reached.wait(), 5)
        node = server.tree.file((b"a",))
        node.data, node.modified = DATA[::-1], node.modified.replace(year=node.modified.year - 1)
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk, DATA[::-1])


async def test_a_pause_keeps_what_has_come_and_no_more(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2, times=4)) as (server, desk):
        batch = await all_held(server, desk, 4)
        began = asyncio.get_running_loop().time()
        desk.queue.pause(desk.only().id)
        await asyncio.wait_for(desk.queue.wait_idle(), 5)
        assert asyncio.get_running_loop().time() - began < 1.0
        ledger = Ledger.unpack(part_of(desk).read_bytes()[len(DATA) :], len(DATA))
        assert ledger is not None
        assert 0 < ledger.held == desk.only().transferred <= len(DATA) // 2
        pieces, before = ledger.pieces(4, 256 << 10), len(offsets(server))
        server.release.set()
        desk.queue.resume(desk.only().id)
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)
        assert sorted(offsets(server)[before:]) == [start - PROOF for start, _ in pieces]


async def test_what_is_left_is_fetched_over_one_connection_where_it_is_turned_off(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2, times=4)) as (server, desk):
        batch = await all_held(server, desk, 4)
        desk.queue.pause(desk.only().id)
        await asyncio.wait_for(desk.queue.wait_idle(), 5)
        server.release.set()
        desk.queue.how = TransferOptions()
        desk.queue.resume(desk.only().id)
        assert (await desk.over(batch)).done == 1
        assert is_exact(desk)


def test_a_part_with_holes_is_known_by_its_record_alone(tmp_path: Path) -> None:
    part = Part(Place(str(tmp_path), (), "a"))
    part.begin()
    part.fill(DATA[:50_000])
    ledger = Ledger(100_000, [(0, 50_000), (80_000, 90_000)])
    part.note(100_000, ledger.pack())
    found = start_in(part, 100_000).ledger
    assert found is not None
    assert found.done == ledger.done
    part.note(100_000 + len(ledger.pack()) - 1, b"?")
    assert start_in(part, 100_000) == Start()
    assert part.size == 0, "it is begun again"
    part.discard()


async def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    async with desk_on(tmp_path, quirks.hold_data(QUARTER // 2)) as (server, desk):
        await desk.fetch("/a")
        await asyncio.wait_for(server.fault_reached.wait(), 5)
        desk.queue.cancel(desk.only().id)
        await asyncio.wait_for(desk.queue.wait_idle(), 5)
        assert desk.names() == []
        async with desk.opened.site.pool.lease() as endpoint:
            assert await endpoint.size("/a") == len(DATA), "the sessions are in order"


async def test_whoever_waits_for_a_connection_gets_one(tmp_path: Path) -> None:
    """The large file has both; the small one that is queued behind it goes through all the same."""
    hold = quirks.hold_data(QUARTER // 2, times=2)
    async with desk_on(tmp_path, hold, connections=2) as (server, desk):
        large = await all_held(server, desk, 2)
        small = await desk.fetch("/small")
        assert (await desk.over(small)).done == 1
        assert desk.queue.transfers()[0].state is TransferState.RUNNING
        server.release.set()
        assert (await desk.over(large)).done == 1
        assert (desk.root / "a").read_bytes() == DATA


async def test_segments_share_the_limit(tmp_path: Path) -> None:
    async with desk_on(tmp_path, content=DATA[: 4 << 20]) as (_, desk):
        desk.queue.set_limit(Direction.DOWNLOAD, 2 << 20)
        began = asyncio.get_running_loop().time()
        assert (await desk.get("/a")).done == 1
        assert 1.7 < asyncio.get_running_loop().time() - began < 2.6
        assert is_exact(desk, DATA[: 4 << 20])


async def test_a_checksum_is_compared_too(tmp_path: Path) -> None:
    how = replace(FOUR, verify=Verification.CHECKSUM)
    async with desk_on(tmp_path, how=how) as (_, desk):
        assert (await desk.get("/a")).done == 1
        assert is_exact(desk)


@pytest.mark.parametrize("kind", kinds("pyftpdlib", "vsftpd", "proftpd", "pureftpd"))
async def test_real_servers_give_segments(kind: str, start_ftp_server: StartServer, tmp_path: Path) -> None:
    """Each connection is closed in the middle of the file, and is good for the next command all the same."""
    server = start_ftp_server(kind)
    server.put("a", DATA)
    server.put("small", b"small")
    server.own()
    async with wire_desk(server, tmp_path / "here", FOUR) as desk:
        home = await desk.opened.endpoint.home()
        join = desk.opened.endpoint.join
        assert (await desk.get(join(home, "a"))).done == 1
        assert is_exact(desk)
        assert desk.only().is_verified
        assert desk.opened.sent.count("REST") == 3, desk.opened.log
        assert (await desk.get(join(home, "small"))).done == 1
