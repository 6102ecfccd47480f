"""Many small files at once: they go to a thread as a batch, and come out as if each had been fetched by itself."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.scripted import Quirk, ScriptedServer, mischief, quirks
from tests.transfers.wire import BOUND, WireDesk, wire_desk
from tuiftp.choices import ConflictPolicy
from tuiftp.ftp.transfer import small_batch
from tuiftp.transfers import small_files
from tuiftp.transfers.model import Direction, TransferChanged, TransferState
from tuiftp.transfers.small_files import SmallNewFiles

CHANCE = random.Random(959)
FILES = {f"f{number:03}": CHANCE.randbytes(number * 13) for number in range(120)}
COPES = mischief.banner(b"220 (vsFTPd 3.0.3)\r\n")


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Have the lane open however busy the machine is; return what comes by it."""
    monkeypatch.setattr(small_batch, "SHORT_WAY", 60.0)
    monkeypatch.setattr(small_files, "LONGEST", 10.0)
    usual, seen = SmallNewFiles.deliver, list[bytes]()

    def deliver(files: SmallNewFiles, data: bytes) -> bool:
        seen.append(data)
        return usual(files, data)

    monkeypatch.setattr(SmallNewFiles, "deliver", deliver)
    return seen


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer(dict(FILES), [COPES]) as server:
        yield server


def exact(desk: WireDesk) -> bool:
    """Whether all files are there as they should be, and nothing else is."""
    return {path.name: path.read_bytes() for path in desk.root.iterdir()} == FILES


async def fetch_all(desk: WireDesk, policy: ConflictPolicy = ConflictPolicy.OVERWRITE) -> int:
    """Queue all files as a pane would."""
    home = await desk.opened.endpoint.list("/")
    sources = [(f"/{entry.name}", entry) for entry in home.entries if entry.name in FILES]
    return desk.queue.copy(desk.opened.site, sources, desk.disk, str(desk.root), policy=policy)


async def test_all_come_over_verified_and_nearly_all_by_the_lane(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.over(await fetch_all(desk))).done == len(FILES)
        assert exact(desk)
        assert len(brought) > 100
        for transfer in desk.queue.transfers():
            assert transfer.is_verified
            assert transfer.attempts == 1
            assert transfer.transferred == transfer.size == len(FILES[transfer.name])
        assert desk.queue.totals().done == len(FILES)


async def test_a_target_that_exists_is_asked_about_and_skipped_or_replaced(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "f050").write_bytes(b"mine")
        done = await desk.over(await fetch_all(desk, ConflictPolicy.SKIP))
        assert (done.done, done.skipped) == (len(FILES) - 1, 1)
        assert (desk.root / "f050").read_bytes() == b"mine"
        (desk.root / "f060").unlink()
        (desk.root / "f060").symlink_to(tmp_path / "elsewhere")
        (tmp_path / "elsewhere").write_bytes(b"not to be touched")
        assert (await desk.over(await fetch_all(desk))).done == len(FILES)
        assert exact(desk)
        assert (tmp_path / "elsewhere").read_bytes() == b"not to be touched"


@pytest.mark.parametrize(
    "quirk",
    [
        quirks.doubled_completion(),
        quirks.cut_data(50, times=3),
        quirks.refuse("RETR", 450, "busy", times=3),
        quirks.refuse("RETR", 426, "broken", times=3),
        mischief.cuts_control("RETR", times=3),
        mischief.closes_with_421("RETR", times=3),
        mischief.loses_reply("RETR", times=1),
    ],
    ids=["226 226", "cut data", "450", "426", "cut control", "421", "lost reply"],
)
async def test_faults_cost_no_file_and_leave_no_half_one(
    quirk: Quirk, server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        batch = await fetch_all(desk)
        await desk.events.until(lambda: len(brought) > 5)
        quirk(server)
        assert (await desk.over(batch)).done == len(FILES)
        assert exact(desk)


@pytest.mark.parametrize("state", [TransferState.PAUSED, TransferState.CANCELLED])
async def test_one_that_is_stopped_in_a_bunch_stops_and_the_others_come(
    state: TransferState, server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        stop = desk.queue.pause if state is TransferState.PAUSED else desk.queue.cancel
        batch = await fetch_all(desk)
        await desk.events.until(lambda: bool(running(desk)) and len(brought) > 3)
        chosen = next(one.id for one in desk.queue.transfers() if one.state is TransferState.QUEUED)
        stop(chosen)
        found = desk.queue.get(chosen)
        assert found is not None
        assert found.state is state
        await desk.queue.wait_idle()
        states = [transfer.state for transfer in desk.queue.transfers()]
        assert states.count(TransferState.DONE) >= len(FILES) - 1
        assert set(states) <= {TransferState.DONE, state}
        if state is TransferState.PAUSED:
            desk.queue.resume(chosen)
            await desk.over(batch)
            assert exact(desk)


def running(desk: WireDesk) -> list[int]:
    """The transfers that somebody is at."""
    return [one.id for one in desk.queue.transfers() if one.state is TransferState.RUNNING]


async def test_they_are_counted_as_they_land_and_no_more_run_than_there_are_slots(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    five, gate, usual = threading.Event(), threading.Event(), SmallNewFiles.next

    def held(files: SmallNewFiles) -> tuple[str, int] | None:
        if len(brought) >= 5:
            five.set()
            gate.wait(BOUND)
        return usual(files)

    monkeypatch.setattr(SmallNewFiles, "next", held)
    async with wire_desk(server, tmp_path / "here") as desk:
        seen = list[int]()

        def look(event: TransferChanged) -> None:
            seen.append(desk.queue.totals().active)

        desk.bus.subscribe(TransferChanged, look)
        batch = await fetch_all(desk)
        await asyncio.to_thread(five.wait, BOUND)
        desk.clock.advance(1.0)
        desk.queue.sample()
        totals, overview = desk.queue.totals(), desk.queue.batch(batch)
        assert overview is not None
        assert totals.done >= 3  # the others of the five may be on their way to the disk
        assert totals.down_speed > 0
        assert (overview.done, overview.speed) == (totals.done, totals.down_speed)
        assert overview.left == overview.size - overview.transferred
        assert overview.eta == totals.eta == overview.left / overview.speed
        gate.set()
        assert (await desk.over(batch)).done == len(FILES)
        assert max(seen) <= 3
        assert exact(desk)


async def test_what_is_held_begins_nothing_and_goes_on_exact(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        batch = await fetch_all(desk)
        await desk.events.until(lambda: len(brought) > 5)
        desk.queue.pause_all()
        async with asyncio.timeout(5.0):
            await desk.queue.wait_idle()
        count = len(brought)
        assert running(desk) == []
        desk.queue.resume_all()
        assert (await desk.over(batch)).done == len(FILES)
        assert exact(desk)
        assert count <= len(brought)


async def test_a_disk_without_nameless_files_gets_the_same_files(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: Callable[[object, int], None] = lambda folder, mode: None  # noqa: E731
    monkeypatch.setattr("tuiftp.files.safe_open.Folder.create_nameless", nothing)
    async with wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.over(await fetch_all(desk))).done == len(FILES)
        assert exact(desk)
        assert len(brought) > 100


async def test_files_with_a_limit_do_not_go_that_way(
    server: ScriptedServer, tmp_path: Path, brought: list[bytes]
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        desk.queue.set_limit(Direction.DOWNLOAD, 10_000_000)
        assert (await desk.over(await fetch_all(desk))).done == len(FILES)
        assert exact(desk)
        assert brought == []
