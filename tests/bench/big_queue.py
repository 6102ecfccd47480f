"""A tree of 100,000 files in the queue: queued, stored, paused, ordered, cancelled, restored; the loop never late.

Run it with `python -m tests.bench.big_queue [files]`; it prints what each step took, how late a ticker of 5 ms was at
worst and at the 99th percentile meanwhile, and the memory. The tree comes from a site in memory that lists it
on the fly; nothing is transferred but what a step needs.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.support.fake_endpoint import WHEN, FakeEndpoint, FakePlace, FakePool, FakeSite
from tests.transfers.conftest import ScriptedDecider
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import EntryKind, Precision, quick_entry
from tuiftp.events import EventBus
from tuiftp.files.endpoint import Listing
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.transfers.model import TransferChanged, TransferState
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.store import QueueStore
from tuiftp.transfers.store_schema import DISK_URL

PER_DIRECTORY = 200
TICK = 0.005


class BigEndpoint(FakeEndpoint):
    """Lists a tree that is not there: `/tree`, with directories of 200 files."""

    files = 100_000

    async def list(self, path: str) -> Listing:
        await asyncio.sleep(0)
        if path == "/tree":
            names = [f"directory-{number:05}" for number in range(self.files // PER_DIRECTORY)]
            return Listing(path, [quick_entry(name, EntryKind.DIR) for name in names])
        names = [f"a file with a usual name {number:03}.dat" for number in range(PER_DIRECTORY)]
        return Listing(
            path, [quick_entry(name, EntryKind.FILE, 1024, WHEN, Precision.SECOND) for name in names]
        )


class BigPool(FakePool):
    """Lends sessions on that tree."""

    def lease(self):  # type: ignore[no-untyped-def]
        return _Lease(BigEndpoint(self.site))


class _Lease:
    def __init__(self, endpoint: BigEndpoint) -> None:
        self._endpoint = endpoint

    async def __aenter__(self) -> BigEndpoint:
        return self._endpoint

    async def __aexit__(self, *_: object) -> None:
        pass


class Lateness:
    """A ticker in the loop, and how late it was."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def run(self) -> None:
        """Ticks until it is cancelled."""
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self.late.append(time.monotonic() - due)

    def take(self) -> tuple[float, float]:
        """The worst, and the 99th percentile, since the last call; milliseconds."""
        late, self.late = sorted(self.late) or [0.0], []
        return late[-1] * 1000, late[len(late) * 99 // 100] * 1000


def memory() -> float:
    """Resident MiB of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Run:
    """One run of the program on one stored queue."""

    def __init__(self, path: Path, root: Path) -> None:
        self.bus = EventBus()
        self.told = 0
        self.bus.subscribe(TransferChanged, self._count)
        self.local = LocalEndpoint()
        self.root = root
        self.disk = LocalSite(self.local)
        self.place = FakePlace(BigPool(FakeSite()))
        store = QueueStore(path)
        store.open()
        self.queue = TransferQueue(bus=self.bus, decider=ScriptedDecider(), local=self.local, store=store)
        self.late = Lateness()

    def _count(self, event: TransferChanged) -> None:
        self.told += 1

    async def step(self, name: str, work: Callable[[], Awaitable[object] | object]) -> None:
        """Does something, waits until it shows everywhere, and prints what it cost."""
        gc.collect(0)
        await asyncio.sleep(2 * TICK)  # what was checked after the last step has made the ticker late
        self.late.take()
        began, cpu = time.monotonic(), time.process_time()
        done = work()
        if isinstance(done, Awaitable):
            await done
        called = time.monotonic() - began
        await self.queue.wait_idle()
        spent = time.monotonic() - began
        await asyncio.sleep(0.02)
        worst, usual = self.late.take()
        print(
            f"{name:<28} {spent:6.2f} s  (call {called * 1000:7.1f} ms, CPU {time.process_time() - cpu:5.2f} s)"
            f"  late: worst {worst:5.1f} ms, 99 % {usual:5.1f} ms   {memory():6.1f} MiB",
            flush=True,
        )

    def expect(self, state: TransferState, count: int) -> None:
        """Checks that so many transfers are in a state."""
        found = sum(1 for transfer in self.queue.transfers() if transfer.state is state)
        assert found == count, f"{found} are {state}, not {count}"


async def first_run(path: Path, root: Path, files: int) -> None:
    """Queues, orders, pauses; ends with all of it stored."""
    run = Run(path, root)
    queue = run.queue
    await queue.start()
    ticking = asyncio.create_task(run.late.run())
    await run.step("nothing", lambda: asyncio.sleep(1))
    queue.pause_all()
    source = ("/tree", quick_entry("tree", EntryKind.DIR))
    await run.step(
        "queue it",
        lambda: queue.copy(run.place, [source], run.disk, str(root), policy=ConflictPolicy.OVERWRITE),
    )
    run.expect(TransferState.QUEUED, files)
    await run.step("pause the batch", lambda: queue.pause_batch(1))
    run.expect(TransferState.PAUSED, files)
    await run.step("the last 100 to the top", lambda: queue.move_top(*range(files, files - 100, -1)))
    await run.step("flush", queue.flush)
    await run.step(
        "batches and totals, 10 times", lambda: [(queue.batches(), queue.totals()) for _ in range(10)]
    )
    await queue.close()
    ticking.cancel()
    print(f"{run.told:,} changes were told")


async def second_run(path: Path, root: Path, files: int) -> None:
    """Restores, cancels, clears."""
    run = Run(path, root)
    queue = run.queue
    await queue.start()
    ticking = asyncio.create_task(run.late.run())
    await run.step(
        "restore", lambda: queue.restore(lambda url, encoding: run.disk if url == DISK_URL else run.place)
    )
    run.expect(TransferState.PAUSED, files)
    queue.pause_all()
    await run.step("cancel the batch", lambda: queue.cancel_batch(1))
    run.expect(TransferState.CANCELLED, files)
    await run.step("retry the batch", lambda: queue.retry_batch(1))
    await run.step("cancel it again", lambda: queue.cancel(*range(1, files + 1)))
    await run.step("clear what has ended", queue.clear_finished)
    await queue.close()
    ticking.cancel()


def main() -> None:
    """Runs both, each as a program of its own would."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    BigEndpoint.files = files
    with tempfile.TemporaryDirectory() as folder:
        root, path = Path(folder, "here"), Path(folder, "queue.db")
        root.mkdir()
        for part in (first_run, second_run):
            gc.collect()
            gc.freeze()
            if os.fork() == 0:
                asyncio.run(part(path, root, files))
                os._exit(0)
            _, status = os.wait()
            assert status == 0, "the run failed"


if __name__ == "__main__":
    main()
