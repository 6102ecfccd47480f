"""The queue outlives its program: stored, brought back paused, gone on with; and a bad file is never in the way."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.fake_endpoint import FakeEndpoint, FakePool, FakeSite, Fault
from tests.transfers.conftest import BOUND, Desk
from tests.transfers.old_queues import make_old
from tuiftp.choices import ConflictPolicy
from tuiftp.errors import ConfigurationError, TransferInterrupted
from tuiftp.files.endpoint import Listing
from tuiftp.files.site import TransferSite
from tuiftp.transfers.model import Priority, Restored, StoreTrouble, TransferState
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.store import QueueStore

DATA = bytes(range(256)) * 80

Start = Callable[[], Awaitable[Desk]]


class Runs:
    """One user's runs of the program, one after the other, on the same disk and the same server."""

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "state" / "queue.db"
        self.path.parent.mkdir()
        self.root = tmp_path / "here"
        self.root.mkdir()
        self.site = FakeSite()
        self.desks: list[Desk] = []
        self.troubles: list[str] = []
        self.trouble = asyncio.Event()

    async def start(self) -> Desk:
        """Begins a run."""
        desk = Desk(self.root)
        desk.site, desk.pool = self.site, FakePool(self.site)
        self.store = QueueStore(self.path)
        self.store.open()
        desk.queue = TransferQueue(
            bus=desk.bus, decider=desk.decider, local=desk.local, clock=desk.clock, store=self.store,
            spool=desk.spool,
        )  # fmt: skip
        desk.bus.subscribe(StoreTrouble, self._note)
        self.desks.append(desk)
        await desk.queue.start()
        return desk

    def _note(self, event: StoreTrouble) -> None:
        self.troubles.append(event.message)
        self.trouble.set()

    async def restored(self) -> tuple[Desk, Restored]:
        """Begins a run that brings back what the last one left."""
        desk = await self.start()
        return desk, await desk.queue.restore(desk.opened)

    async def end(self) -> None:
        """Ends all runs."""
        for desk in self.desks:
            await desk.queue.close()
            desk.local.close()


@pytest_asyncio.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    built = Runs(tmp_path)
    yield built
    await built.end()


async def left_in_the_middle(runs: Runs) -> Desk:
    """A run that ends with one download half done and two that wait."""
    desk = await runs.start()
    desk.queue.set_parallel(1)
    for name in "abc":
        runs.site.add(f"/{name}", DATA)
    fault = runs.site.stop("/a", 9000)
    desk.fetch("/a", "/b", "/c")
    await desk.meets(fault)
    await desk.queue.close()
    return desk


async def test_what_was_left_comes_back_paused_and_goes_on_from_its_part(runs: Runs) -> None:
    first = await left_in_the_middle(runs)
    assert len(first.parts()) == 1, "the part is kept for the next run"
    desk, restored = await runs.restored()
    assert (restored.count, restored.failed, restored.problem) == (3, 0, None)
    assert restored.sites == ("ftp://fake",)
    assert {transfer.state for transfer in desk.queue.transfers()} == {TransferState.PAUSED}
    assert [transfer.name for transfer in desk.queue.transfers()] == ["a", "b", "c"]
    assert desk.by_name()["a"].transferred == 9000
    desk.queue.resume_batch(*restored.batches)
    await desk.idle()
    assert [(root / name).read_bytes() == DATA for root in (runs.root,) for name in "abc"] == [True] * 3
    assert desk.names() == ["a", "b", "c"]
    (again,) = (offset for verb, path, offset in runs.site.offsets[1:] if path == "/a" and verb == "RETR")
    assert 0 < again <= 9000


async def test_what_was_left_and_is_given_up_leaves_nothing(runs: Runs) -> None:
    await left_in_the_middle(runs)
    desk, restored = await runs.restored()
    desk.queue.cancel_batch(*restored.batches)
    await desk.idle()
    assert desk.names() == []
    await desk.queue.close()
    _, restored = await runs.restored()
    assert restored.count == 0


async def test_what_is_done_does_not_come_back_and_the_history_knows_it(runs: Runs) -> None:
    desk = await runs.start()
    desk.queue.set_parallel(1)
    runs.site.add("/a", DATA)
    runs.site.add("/b", DATA)
    runs.site.fail("/b", Fault(error=TransferInterrupted("reset"), times=99))
    await desk.over(desk.fetch("/a", "/b"))
    await desk.queue.close()
    desk, restored = await runs.restored()
    assert (restored.count, restored.failed) == (0, 1)
    assert desk.only().error == "reset"
    failed, done = await desk.queue.history()
    assert (done.source, done.state, done.size, done.is_verified) == (
        "/a",
        TransferState.DONE,
        len(DATA),
        True,
    )
    assert (failed.state, failed.error) == (TransferState.FAILED, "reset")
    await desk.queue.clear_history()
    assert list(await desk.queue.history()) == []
    runs.site.faults.clear()
    desk.queue.retry_failed()
    await desk.idle()
    assert (runs.root / "b").read_bytes() == DATA


async def test_all_that_was_said_of_a_transfer_comes_back(runs: Runs) -> None:
    desk = await runs.start()
    desk.queue.pause_all()
    runs.site.add("/dir/caf\udce9 \u00e9", DATA)
    runs.site.add("/b", b"b")
    desk.fetch("/dir", "/b", policy=ConflictPolicy.RENAME, move=True)
    await desk.events.until(lambda: bool(desk.events.scans) and desk.events.scans[-1].is_complete)
    desk.queue.set_priority(Priority.HIGH, 2)
    desk.queue.set_transfer_limit(1, 5000)
    desk.queue.move_top(2)
    before = [(one.id, one.source, one.target, one.name, one.size, one.modified, one.priority, one.limit)
              for one in desk.queue.transfers()]  # fmt: skip
    await desk.queue.close()
    desk, _ = await runs.restored()
    after = [(one.id, one.source, one.target, one.name, one.size, one.modified, one.priority, one.limit)
             for one in desk.queue.transfers()]  # fmt: skip
    assert after == before
    assert [one.id for one in desk.queue.transfers()] == [2, 1]
    (overview,) = desk.queue.batches()
    assert (overview.title, overview.files, overview.size) == ("dir and 1 more", 2, len(DATA) + 1)
    assert overview.target == str(runs.root)
    desk.queue.resume_all()
    await desk.idle()
    assert not [path for path in runs.site.nodes if path != "/"], "a move goes on as a move"


async def test_numbers_go_on_where_the_last_run_ended(runs: Runs) -> None:
    await left_in_the_middle(runs)
    desk = await runs.start()
    runs.site.add("/d", b"d")
    await desk.over(desk.fetch("/d"))
    assert desk.only().id == 4
    await desk.queue.close()
    desk, restored = await runs.restored()
    assert restored.count == 3


async def test_a_tree_that_was_half_read_is_read_to_its_end(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, gate = FakeEndpoint.list, asyncio.Event()

    async def hesitating(endpoint: FakeEndpoint, path: str) -> Listing:
        if path == "/tree/4":
            await gate.wait()
        return await listed(endpoint, path)

    monkeypatch.setattr(FakeEndpoint, "list", hesitating)
    desk = await runs.start()
    for number in range(5):
        runs.site.add(f"/tree/{number}/file", DATA)
    runs.site.add("/tree/first", DATA)
    batch = desk.fetch("/tree")
    await desk.events.until(lambda: desk.queue.totals().done >= 2)
    await desk.queue.close()
    gate.set()
    desk, restored = await runs.restored()
    assert restored.batches == (batch,)
    desk.queue.resume_all()
    await desk.over(batch)
    await desk.idle()
    assert sorted(path for path in desk.names() if (runs.root / path).is_file()) == [
        *(f"tree/{number}/file" for number in range(5)),
        "tree/first",
    ]
    fetched = [path for verb, path in runs.site.asked if verb == "RETR"]
    assert fetched.count("/tree/first") == 1


async def test_a_damaged_file_is_set_aside_and_told(runs: Runs) -> None:
    await left_in_the_middle(runs)
    runs.path.write_bytes(b"this is no database at all" * 400)
    desk, restored = await runs.restored()
    assert restored.count == 0
    assert "damaged" in (restored.problem or "")
    assert len(list(runs.path.parent.glob("queue.db.broken-*"))) >= 1
    assert desk.queue.is_stored
    runs.site.add("/d", b"d")
    assert (await desk.over(desk.fetch("/d"))).done == 1


@pytest.mark.parametrize("place", [100, 4096 + 50, 3 * 4096 + 7])
async def test_a_file_with_overwritten_pages_never_keeps_the_program_from_starting(
    runs: Runs, place: int
) -> None:
    await left_in_the_middle(runs)
    with runs.path.open("r+b") as file:
        file.seek(place)
        file.write(os.urandom(3000))
    desk, _ = await runs.restored()
    runs.site.add("/d", b"d")
    assert (await desk.over(desk.fetch("/d"))).done == 1
    assert desk.queue.is_stored


async def test_a_row_that_makes_no_sense_costs_that_row_only(runs: Runs) -> None:
    await left_in_the_middle(runs)
    with sqlite3.connect(runs.path) as connection:
        connection.execute("UPDATE transfer SET parts = '{' WHERE id = 2")
    connection.close()
    _, restored = await runs.restored()
    assert restored.count == 2
    assert "1 entries" in (restored.problem or "")


async def test_a_queue_that_knew_one_site_a_batch_goes_on_and_so_does_its_history(runs: Runs) -> None:
    """Before, the other side was always the disk."""
    desk = await left_in_the_middle(runs)
    runs.site.add("/ended", b"x")
    (runs.root / "sent").write_bytes(DATA)
    desk = await runs.start()
    await desk.over(desk.fetch("/ended"))
    stop = runs.site.stop("/in/sent", 9000)
    runs.site.add_directory("/in")
    desk.send("sent")
    await desk.meets(stop)
    await desk.queue.close()
    make_old(runs.path, 4)
    desk, restored = await runs.restored()
    assert (restored.count, restored.problem, restored.sites) == (4, None, ("ftp://fake",))
    (past,) = await desk.queue.history()
    assert (past.source_site, past.target_site, past.target) == (
        "ftp://fake",
        "Local",
        str(runs.root / "ended"),
    )
    sides = {each.name: (each.source_site, each.target_site) for each in desk.queue.transfers()}
    assert (sides["a"], sides["sent"]) == (("ftp://fake", "Local"), ("Local", "ftp://fake"))
    desk.queue.resume_all()
    await desk.idle()
    assert {each.state for each in desk.queue.transfers()} == {TransferState.DONE}
    assert all((runs.root / name).read_bytes() == DATA for name in "abc")
    assert runs.site.nodes["/in/sent"].data == DATA
    assert desk.parts() == []


async def test_a_file_of_a_newer_version_is_set_aside(runs: Runs) -> None:
    await left_in_the_middle(runs)
    with sqlite3.connect(runs.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    _, restored = await runs.restored()
    assert "newer" in (restored.problem or "")


async def test_a_second_program_has_a_queue_of_its_own_and_says_so(runs: Runs) -> None:
    first = await runs.start()
    second = await runs.start()
    assert first.queue.is_stored
    assert not second.queue.is_stored
    restored = await second.queue.restore(second.opened)
    assert (restored.problem or "").startswith("Another tuiftp keeps the transfer queue")
    runs.site.add("/a", DATA)
    fault = runs.site.stop("/a", 5000)
    second.fetch("/a")
    await second.meets(fault)
    await second.queue.close()
    assert second.names() == [], "what nobody remembers leaves nothing behind"
    await first.queue.close()
    third = await runs.start()
    assert third.queue.is_stored


async def test_the_file_is_for_its_owner_and_holds_no_password(runs: Runs) -> None:
    await left_in_the_middle(runs)
    assert stat.S_IMODE(runs.path.stat().st_mode) == 0o600
    (site,) = sqlite3.connect(runs.path).execute("SELECT DISTINCT source_site FROM batch").fetchone()
    assert site == "ftp://fake"


async def test_a_site_that_cannot_be_opened_is_told_and_the_others_come_back(runs: Runs) -> None:
    await left_in_the_middle(runs)
    desk = await runs.start()

    def refuse(url: str, encoding: str) -> TransferSite:
        raise ConfigurationError("no such scheme")

    restored = await desk.queue.restore(refuse)
    assert restored.count == 0
    assert "no such scheme" in (restored.problem or "")


async def test_where_nothing_can_be_written_the_queue_works_all_the_same(runs: Runs) -> None:
    desk = await runs.start()
    connection = runs.store._connection
    assert connection is not None
    connection.execute("PRAGMA max_page_count = 1")
    for number in range(300):
        runs.site.add(f"/{number}", b"x")
    result = await desk.over(desk.fetch(*(f"/{number}" for number in range(300))))
    assert result.done == 300
    async with asyncio.timeout(BOUND):
        await runs.trouble.wait()
    assert "full" in runs.troubles[0]
    assert len(runs.troubles) == 1


async def test_a_tree_that_failed_to_be_read_is_read_to_its_end_by_the_next_run(runs: Runs) -> None:
    desk = await runs.start()
    for name in "xyz":
        runs.site.add(f"/d/{name}/f", DATA)
    runs.site.refusals["LIST", "/d/y"] = KeyError("nobody foresaw this")
    await desk.over(desk.fetch("/d"))
    await desk.queue.close()
    runs.site.refusals.clear()
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert [name for name in desk.names() if name.endswith("/f")] == ["d/x/f", "d/y/f", "d/z/f"]
    assert runs.site.count("RETR") == 3, "what had come is not fetched again"
    await desk.queue.close()
    desk, restored = await runs.restored()
    assert restored.count + restored.failed == 0
