"""Trees: read while files already move, made on the other side as they are found, and always to an end."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.support.fake_endpoint import FakePool, refused
from tests.transfers.conftest import Desk
from tuiftp.entries import EntryKind
from tuiftp.errors import ConnectionFailed, ConnectionLost
from tuiftp.transfers.model import BatchState, TransferState


async def test_a_pool_of_one_session_suffices_for_scanning_and_moving(desk: Desk) -> None:
    desk.pool = FakePool(desk.site, limit=1)
    for number in range(30):
        desk.site.add(f"/d/{number % 5}/{number}", b"x")
    assert (await desk.over(desk.fetch("/d"))).done == 30


async def test_only_so_many_transfers_wait_and_the_rest_is_planned_as_they_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with one session alone, which is not kept from those who do the work."""
    monkeypatch.setattr("tuiftp.transfers.planner.MOST_WAITING", 10)
    desk.pool = FakePool(desk.site, limit=1)
    for number in range(45):
        desk.site.add(f"/d/{number % 3}/{number}", b"x")
    desk.queue.pause_all()
    batch = desk.fetch("/d")
    await desk.events.until(lambda: len(desk.queue.transfers()) >= 10)
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert len(desk.queue.transfers()) == 10
    desk.queue.resume_all()
    assert (await desk.over(batch)).done == 45


async def test_files_move_while_the_tree_is_still_being_read(desk: Desk) -> None:
    desk.site.add("/first", b"1")
    desk.site.add("/d/x", b"x")
    desk.site.listing_gate = asyncio.Event()
    batch = desk.fetch("/first", "/d")
    await desk.events.until(lambda: desk.queue.totals().done == 1)
    assert desk.events.finished == []
    desk.site.listing_gate.set()
    assert (await desk.over(batch)).done == 2


async def test_cancel_works_while_the_tree_is_being_read(desk: Desk) -> None:
    desk.site.add("/d/x", b"x")
    desk.site.listing_gate = asyncio.Event()
    desk.fetch("/d")
    began = time.monotonic()
    await desk.queue.close()
    assert time.monotonic() - began < 1
    assert desk.pool.out == 0


async def test_a_tree_arrives_with_its_empty_directories_and_is_counted(desk: Desk) -> None:
    desk.site.add("/d/a", b"aa")
    desk.site.add("/d/x/b", b"bbb")
    desk.site.add_directory("/d/empty/inner")
    await desk.over(desk.fetch("/d"))
    assert desk.names() == ["d", "d/a", "d/empty", "d/empty/inner", "d/x", "d/x/b"]
    last = desk.events.scans[-1]
    assert (last.files, last.total, last.is_complete) == (2, 5, True)
    assert set(desk.by_name()) == {"d/a", "d/x/b"}


async def test_an_endless_tree_ends(desk: Desk) -> None:
    path = ""
    for _ in range(80):
        path += "/x"
        desk.site.add_directory(path)
    desk.site.add(f"{path}/deep", b"never fetched")
    result = await desk.over(desk.fetch("/x"))
    assert (result.done, result.failed) == (0, 1)
    assert any("64 levels" in problem for problem in desk.events.scans[-1].problems)


async def test_a_connection_lost_while_reading_is_met_with_another(desk: Desk) -> None:
    for name in "xyz":
        desk.site.add(f"/d/{name}/f", b"f")
    lost = [ConnectionLost("421 bye")]
    answer = desk.site.refusals

    class Once(dict[tuple[str, str], Exception]):
        def get(self, key: object, default: object = None) -> object:  # type: ignore[override]
            return lost.pop() if key == ("LIST", "/d/y") and lost else default

    desk.site.refusals = Once(answer)
    result = await desk.over(desk.fetch("/d"))
    assert (result.done, result.failed) == (3, 0)
    assert desk.clock.waits == [1.0]


async def test_a_tree_that_cannot_be_reached_fails_with_its_reason(desk: Desk) -> None:
    desk.site.add("/d/f", b"f")
    desk.site.add("/e/f", b"f")
    desk.site.lost = [ConnectionFailed("connection refused") for _ in range(99)]
    result = await desk.over(desk.fetch("/d", "/e"))
    assert (result.done, result.failed) == (0, 2)
    assert desk.by_name()["d"].error == "connection refused"
    assert len(desk.clock.waits) == 6, "the second tree does not wait all over again"


async def test_a_directory_that_may_not_be_read_is_named_and_the_rest_arrives(desk: Desk) -> None:
    desk.site.add("/d/private/f", b"f")
    desk.site.add("/d/public/f", b"f")
    desk.site.refusals["LIST", "/d/private"] = refused("LIST", text="Permission denied")
    result = await desk.over(desk.fetch("/d"))
    assert (result.done, result.failed) == (1, 1)
    assert desk.by_name()["d/private"].state is TransferState.FAILED
    (problem,) = desk.events.scans[-1].problems
    assert problem == "d/private: 550 Permission denied"


async def test_a_directory_that_cannot_be_made_here_leaves_its_contents_out(desk: Desk) -> None:
    (desk.root / "d").mkdir()
    (desk.root / "d" / "x").write_bytes(b"a file")
    desk.site.add("/d/x/f", b"f")
    desk.site.add("/d/y", b"y")
    result = await desk.over(desk.fetch("/d"))
    assert (result.done, result.failed) == (1, 1)
    assert desk.site.count("RETR") == 1
    assert (desk.root / "d" / "x").read_bytes() == b"a file"


async def test_a_tree_that_an_unexpected_error_left_half_read_fails_with_its_reason(desk: Desk) -> None:
    for name in "xyz":
        desk.site.add(f"/d/{name}/f", b"f")
    desk.site.refusals["LIST", "/d/y"] = KeyError("nobody foresaw this")
    batch = desk.fetch("/d")
    result = await desk.over(batch)
    assert result.failed == 1
    failed = desk.by_name()["d"]
    assert failed.state is TransferState.FAILED
    assert "not read to its end" in (failed.error or "")
    assert "nobody foresaw this" in (failed.error or "")
    overview = desk.queue.batch(batch)
    assert overview is not None
    assert overview.state is BatchState.FAILED
    assert any("nobody foresaw this" in problem for problem in desk.events.scans[-1].problems)


async def test_retry_reads_the_rest_of_a_tree_that_was_left_half_read(desk: Desk) -> None:
    for name in "xyz":
        desk.site.add(f"/d/{name}/f", b"f")
    desk.site.refusals["LIST", "/d/y"] = KeyError("nobody foresaw this")
    batch = desk.fetch("/d")
    await desk.over(batch)
    before = {one.name for one in desk.queue.transfers() if one.state is TransferState.DONE}
    desk.site.refusals.clear()
    desk.queue.retry_failed()
    assert (await desk.over(batch)).failed == 0
    assert [name for name in desk.names() if name.endswith("/f")] == ["d/x/f", "d/y/f", "d/z/f"]
    assert set(desk.by_name()) == {"d/x/f", "d/y/f", "d/z/f"}
    assert desk.site.count("RETR") == 3, f"{before} came only once"


async def test_a_half_read_tree_can_be_given_up(desk: Desk) -> None:
    desk.site.add("/d/f", b"f")
    desk.site.refusals["LIST", "/d"] = KeyError("nobody foresaw this")
    batch = desk.fetch("/d")
    await desk.over(batch)
    desk.queue.clear_finished()
    await desk.idle()
    assert desk.queue.transfers() == []
    desk.queue.retry_batch(batch)
    await desk.idle()
    assert desk.site.count("LIST") == 1


async def test_what_is_neither_file_nor_directory_nor_link_fails_for_it_may_be_a_file(desk: Desk) -> None:
    desk.site.add("/d/odd", b"", kind=EntryKind.OTHER)
    result = await desk.over(desk.fetch("/d"))
    assert (result.failed, result.skipped) == (1, 0)
    assert "not a regular file" in (desk.by_name()["d/odd"].error or "")


async def test_a_batch_that_is_cancelled_while_its_tree_is_read_brings_nothing_more(desk: Desk) -> None:
    desk.site.add("/first", b"1")
    desk.site.add("/d/x", b"x")
    desk.site.listing_gate = asyncio.Event()
    batch = desk.fetch("/first", "/d")
    await desk.events.until(lambda: desk.queue.totals().done == 1)
    desk.queue.cancel_batch(batch)
    assert (await desk.over(batch)).done == 1, "it does not wait for the listing"
    desk.site.listing_gate.set()
    await desk.idle()
    assert desk.names() == ["first"]
    assert desk.pool.out == 0
