"""A power cut: nothing is taken for written that the disk does not surely hold, and nothing is removed too early."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.transfers.conftest import BOUND, Desk
from tests.transfers.old_queues import make_old
from tests.transfers.test_store import Runs
from tuiftp.choices import ConflictPolicy
from tuiftp.files.safe_open import Folder
from tuiftp.transfers import fsync_progress
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.store_schema import BATCHES, HISTORY, TRANSFERS

DATA = bytes(number * number % 253 for number in range(150_000))
CUT = 60_000


@pytest_asyncio.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    built = Runs(tmp_path)
    yield built
    await built.end()


def start_of_the_machine(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("fsync_progress", "download"):
        monkeypatch.setattr(f"tuiftp.transfers.{module}.this_start", lambda: f"start {number}")


async def left_in_the_middle(runs: Runs) -> Path:
    """A run that ends while a download is under way; returns its part."""
    desk = await runs.start()
    runs.site.add("/b", DATA)
    stop = runs.site.stop("/b", CUT)
    desk.fetch("/b", policy=ConflictPolicy.SKIP)
    await desk.meets(stop)
    await desk.queue.close()
    (part,) = desk.parts()
    return part


def ask(runs: Runs, statement: str) -> list[tuple[object, ...]]:
    """Asks the stored queue, or changes it."""
    with sqlite3.connect(runs.path) as connection:
        return connection.execute(statement).fetchall()


async def finished(runs: Runs) -> Desk:
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert desk.only().state is TransferState.DONE
    assert (desk.root / "b").read_bytes() == DATA
    assert desk.names() == ["b"]
    return desk


@pytest.mark.parametrize("later", [1, 2], ids=["the program was killed", "the power was cut"])
async def test_after_a_power_cut_only_what_was_written_through_is_gone_on_with(
    runs: Runs, later: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk holds the right length and the right end, and of what lies between some blocks never came."""
    start_of_the_machine(1, monkeypatch)
    part = await left_in_the_middle(runs)
    ask(runs, "UPDATE transfer SET synced = 20000")
    if later == 2:
        with part.open("r+b") as file:
            file.seek(30_000)
            file.write(bytes(10_000))
    start_of_the_machine(later, monkeypatch)
    await finished(runs)
    held = CUT if later == 1 else 20_000
    assert [offset for *_, offset in runs.site.offsets] == [0, held - 4096]


async def test_where_starts_cannot_be_told_apart_the_same_holds(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("fsync_progress", "download"):
        monkeypatch.setattr(f"tuiftp.transfers.{module}.this_start", lambda: None)
    await left_in_the_middle(runs)
    ask(runs, "UPDATE transfer SET synced = 20000")
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, 20_000 - 4096]


async def test_who_pauses_and_turns_the_machine_off_goes_on_where_it_was(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_of_the_machine(1, monkeypatch)
    await left_in_the_middle(runs)
    start_of_the_machine(2, monkeypatch)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, CUT - 4096]


async def test_what_is_noted_was_written_through_before(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that grows is written through now and then; what is stored of it is never ahead of that."""
    written: list[int] = []
    fdatasync: Callable[[int], None] = os.fdatasync

    def recorded(fd: int) -> None:
        size = os.fstat(fd).st_size
        fdatasync(fd)
        written.append(size)

    monkeypatch.setattr(os, "fdatasync", recorded)
    monkeypatch.setattr(fsync_progress, "SYNC_EVERY", 0.02)
    monkeypatch.setattr("tuiftp.transfers.store_journal.PROGRESS", 0.02)
    desk = await runs.start()
    runs.site.add("/b", DATA)
    stop = runs.site.stop("/b", CUT)
    desk.fetch("/b", policy=ConflictPolicy.SKIP)
    await desk.meets(stop)
    async with asyncio.timeout(BOUND):
        while (noted := ask(runs, "SELECT synced FROM transfer")) != [(CUT,)]:
            assert noted == [(0,)] or noted[0][0] in written
            await asyncio.sleep(0.01)
    assert CUT in written


async def test_a_download_is_done_when_its_name_is_on_the_disk(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rename is in the directory before the stored queue forgets that there was something to fetch."""
    left: list[list[tuple[object, ...]]] = []
    sync = Folder.sync

    def recorded(folder: Folder) -> None:
        left.append(ask(runs, "SELECT name FROM transfer"))
        sync(folder)

    monkeypatch.setattr(Folder, "sync", recorded)
    desk = await runs.start()
    runs.site.add("/b", DATA)
    desk.fetch("/b", policy=ConflictPolicy.SKIP)
    await desk.idle()
    await desk.queue.flush()
    assert left == [[("b",)]]
    assert ask(runs, "SELECT name FROM transfer") == []


async def test_a_move_removes_its_source_when_the_name_is_on_the_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(Folder, "sync", lambda folder: asked.append(("DELE", "/b") in desk.site.asked))
    desk.site.add("/b", DATA)
    desk.fetch("/b", move=True)
    await desk.idle()
    assert "/b" not in desk.site.nodes
    assert asked == [False]


async def test_the_stored_queue_is_written_through(runs: Runs) -> None:
    """In SQLite's WAL mode only `FULL` has a transaction be on the disk when it is over."""
    await runs.start()
    found: list[int] = []
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(connection: sqlite3.Connection) -> None:
        found.append(connection.execute("PRAGMA synchronous").fetchone()[0])

    def then(failure: object) -> None:
        loop.call_soon_threadsafe(done.set)

    runs.store.submit(look, then)
    await done.wait()
    assert found == [2]


async def test_a_queue_of_the_version_before_comes_back(runs: Runs) -> None:
    """It has no columns for what has arrived and what was written through, nor for encodings and edits."""
    await left_in_the_middle(runs)
    make_old(runs.path, 1)
    desk = await finished(runs)
    assert runs.store.problem is None
    await desk.queue.flush()
    for table in (BATCHES, TRANSFERS, HISTORY):
        assert [row[1] for row in ask(runs, f"PRAGMA table_info({table.name})")] == [
            name for name, _ in table.columns
        ]
