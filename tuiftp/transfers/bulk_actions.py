"""What is done to many transfers at once, in slices: a hundred thousand are cancelled without a late key press."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tuiftp.transfers.background_tasks import BackgroundTasks
from tuiftp.transfers.job import Batch, Job

AT_ONCE = 1_000
"""So many are looked at before the call returns; more take a few turns of the loop."""

SLICE = 0.004
"""Seconds that one slice may take."""

_LOOK = 32
"""Transfers between two looks at the clock."""


@dataclass(slots=True)
class BulkAction:
    """Something to be done to many transfers."""

    jobs: Sequence[Job]
    """All that may be concerned."""
    concerns: Callable[[Job], bool]
    """Which of them are, when it is their turn."""
    act: Callable[[Job], None]
    """What is done."""
    then: Callable[[Iterable[Batch]], None]
    """What is done in the end, with the batches that were concerned."""
    stops: bool = False
    """Whether none of them may be begun any more."""
    batches: set[Batch] = field(default_factory=set)
    """The batches that were concerned so far."""

    def do(self, job: Job) -> None:
        """Does it to one, if it is concerned."""
        if self.concerns(job):
            self.batches.add(job.batch)
            self.act(job)


class BulkActions:
    """Carries out orders one after the other."""

    def __init__(self, tasks: BackgroundTasks, running: Callable[[], Iterable[Job]]) -> None:
        """Builds one that is at rest.

        Args:
            tasks: Who owns its task.
            running: The transfers that somebody is at: an order meets them first, at once.
        """
        self._tasks = tasks
        self._running = running
        self._todo: deque[BulkAction] = deque()
        self._task: asyncio.Task[None] | None = None

    def has(self, job: Job) -> bool:
        """Whether a transfer is about to be stopped, so that it must not be begun."""
        return bool(self._todo) and any(order.stops and order.concerns(job) for order in self._todo)

    def do(self, order: BulkAction) -> None:
        """Carries out an order, at once if it is about few."""
        if not self._todo and len(order.jobs) <= AT_ONCE:
            for job in order.jobs:
                order.do(job)
            order.then(order.batches)
            return
        for job in tuple(self._running()):
            order.do(job)
        self._todo.append(order)
        if self._task is None:
            self._task = self._tasks.begin(self._work(), "many transfers at once")

    def let_go(self, jobs: list[Job]) -> None:
        """Forgets jobs little by little: to free a hundred thousand at once takes longer than a key press may."""
        if len(jobs) > AT_ONCE:
            self._tasks.begin(_let_go(jobs), "transfers that have left")

    async def _work(self) -> None:
        try:
            while self._todo:
                order = self._todo[0]
                until = time.monotonic() + SLICE
                for place, job in enumerate(order.jobs):
                    order.do(job)
                    if not place % _LOOK and time.monotonic() >= until:
                        await asyncio.sleep(0)
                        until = time.monotonic() + SLICE
                self._todo.popleft()
                order.then(order.batches)
        finally:
            self._todo.clear()
            self._task = None


async def _let_go(jobs: list[Job]) -> None:
    while jobs:
        del jobs[-AT_ONCE:]
        await asyncio.sleep(0)
