"""What the tests of the queue share: a site in memory, a disk, a decider that follows a script, a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from tests.support.fake_endpoint import FakePlace, FakePool, FakeSite, Fault
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry
from tuiftp.events import EventBus
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.files.site import TransferSite
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.transfers.model import (
    BatchFinished,
    BatchScanned,
    OrderChanged,
    Transfer,
    TransferChanged,
    TransfersRemoved,
    TransferState,
)
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.transfers.store_schema import DISK_URL

Event = TypeVar("Event")

BOUND = 5.0
"""Seconds after which something that should have happened has not."""


class ScriptedDecider:
    """Answers from a list, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Decision] = []
        self.questions: list[Conflict] = []
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()
        self.open = 0
        self.most_open = 0

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        self.questions.append(conflict)
        self.open += 1
        self.asked.set()
        self.most_open = max(self.most_open, self.open)
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.sleep(0)
            return self.answers.pop(0)
        finally:
            self.open -= 1


class FakeClock:
    """A clock that goes only when it is told, or at once whenever somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self.is_patient = False
        """Whether a sleep waits until `advance`; else it is over at once."""
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds < 0.5 or self.is_patient:
            over = asyncio.Event()
            self._sleepers.append((self.seconds + seconds, over))
            await over.wait()
        else:
            await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for until, over in self._sleepers:
            if until <= self.seconds:
                over.set()

    @property
    def waits(self) -> list[float]:
        """The waits before a next attempt; the ticker's are shorter."""
        return [seconds for seconds in self.slept if seconds >= 0.5]


class Events:
    """Everything that was published."""

    def __init__(self, bus: EventBus) -> None:
        self.changes: list[Transfer] = []
        self.removed: list[int] = []
        self.orders = 0
        self.scans: list[BatchScanned] = []
        self.finished: list[BatchFinished] = []
        self._news = asyncio.Event()
        bus.subscribe(TransferChanged, lambda event: self._note(self.changes, event.transfer))
        bus.subscribe(TransfersRemoved, lambda event: self.removed.extend(event.ids))
        bus.subscribe(OrderChanged, self._reordered)
        bus.subscribe(BatchScanned, lambda event: self._note(self.scans, event))
        bus.subscribe(BatchFinished, lambda event: self._note(self.finished, event))

    def _reordered(self, event: OrderChanged) -> None:
        self.orders += 1

    def _note(self, into: list[Event], what: Event) -> None:
        into.append(what)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(BOUND):
            while not condition():
                self._news.clear()
                await self._news.wait()


class Desk:
    """A queue with everything around it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.spool = root.parent / "spool"
        self.bus = EventBus()
        self.events = Events(self.bus)
        self.decider = ScriptedDecider()
        self.clock = FakeClock()
        self.local = LocalEndpoint()
        self.disk = LocalSite(self.local)
        self.site = FakeSite()
        self.pool = FakePool(self.site)
        self.queue = TransferQueue(
            bus=self.bus,
            decider=self.decider,
            local=self.local,
            spool=self.spool,
            clock=self.clock,
            rules=RetryRules(attempts=3, connection_attempts=6, longest_wait=30.0),
        )

    @property
    def place(self) -> FakePlace:
        """The site in memory, as the queue sees it."""
        return FakePlace(self.pool)

    def opened(self, url: str, encoding: str) -> TransferSite:
        """The place of a stored URL."""
        return self.disk if url == DISK_URL else self.place

    def fetch(self, *remote: str, policy: ConflictPolicy | None = None, move: bool = False) -> int:
        sources = [self.site.source(path) for path in remote]
        return self.queue.copy(self.place, sources, self.disk, str(self.root), policy=policy, move=move)

    def send(
        self, *names: str, to: str = "/in", policy: ConflictPolicy | None = None, move: bool = False
    ) -> int:
        sources = [self.chosen(name) for name in names]
        return self.queue.copy(self.disk, sources, self.place, to, policy=policy, move=move)

    def chosen(self, name: str) -> tuple[str, Entry]:
        from tuiftp.files.disk import look

        path = str(self.root / name)
        entry = look(path)
        assert entry is not None
        return path, entry

    async def meets(self, fault: Fault) -> None:
        """Waits until a transfer has come to where it goes wrong."""
        async with asyncio.timeout(BOUND):
            await fault.reached.wait()

    async def idle(self) -> None:
        async with asyncio.timeout(BOUND):
            await self.queue.wait_idle()

    async def over(self, batch: int) -> BatchFinished:
        async with asyncio.timeout(BOUND):
            return await self.queue.wait_batch(batch)

    def state(self, id: int) -> TransferState:
        transfer = self.queue.get(id)
        assert transfer is not None
        return transfer.state

    def only(self) -> Transfer:
        (transfer,) = self.queue.transfers()
        return transfer

    def only_named(self, name: str) -> Transfer:
        return self.by_name()[name]

    def by_name(self) -> dict[str, Transfer]:
        return {transfer.name: transfer for transfer in self.queue.transfers()}

    def names(self) -> list[str]:
        """Everything below the root, hidden files too."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*"))

    def held(self) -> list[Path]:
        """What is held here on its way from one server to another."""
        return list(self.spool.iterdir()) if self.spool.exists() else []

    def parts(self) -> list[Path]:
        return [path for path in self.root.rglob(".*") if path.name.endswith(".tuiftp-part")]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    root = tmp_path / "here"
    root.mkdir()
    built = Desk(root)
    await built.queue.start()
    yield built
    await built.queue.close()
    built.local.close()
    assert built.pool.out == 0, "every session was given back"
    assert built.parts() == [], "no part is left behind"
    assert built.held() == [], "nor what was on its way"


@pytest.fixture
def patient(desk: Desk) -> FakeClock:
    """The clock, and retries wait until it is advanced."""
    desk.clock.is_patient = True
    return desk.clock
