"""What is done to many transfers at once, in slices: a hundred thousand are cancelled without a late key press."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from tuiftp.transfers.chores import Chores
from tuiftp.transfers.job import Job

AT_ONCE = 256
"""So many are done before the call returns; more take a few turns of the loop."""

SLICE = 0.004
"""Seconds that one slice may take."""

Act = Callable[[Job], None]


class Slices:
    """Acts on transfers in the order in which it was asked for."""

    def __init__(self, chores: Chores) -> None:
        self._chores = chores
        self._todo: deque[tuple[Sequence[Job], Act, Callable[[], None]]] = deque()
        self._pending: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def has(self, job: Job) -> bool:
        """Whether something is still to be done to a transfer, so that it must not be begun."""
        return bool(self._pending) and job.transfer.id in self._pending

    def do(self, jobs: Sequence[Job], act: Act, then: Callable[[Sequence[Job]], None]) -> None:
        """Calls `act` for each job, those that somebody is at first, and `then` when all is done."""
        if len(jobs) <= AT_ONCE and not self._todo:
            for job in jobs:
                act(job)
            then(jobs)
            return
        running = [job for job in jobs if job.task is not None]
        for job in running:
            act(job)
        done = set(map(id, running))
        self._pending.update(job.transfer.id for job in jobs if id(job) not in done)
        self._todo.append(([job for job in jobs if id(job) not in done], act, partial(then, jobs)))
        if self._task is None:
            self._task = self._chores.begin(self._work(), "many transfers at once")

    async def _work(self) -> None:
        try:
            while self._todo:
                jobs, act, then = self._todo[0]
                await self._act(jobs, act)
                self._todo.popleft()
                then()
        finally:
            self._todo.clear()
            self._pending.clear()
            self._task = None

    async def _act(self, jobs: Sequence[Job], act: Act) -> None:
        until = time.monotonic() + SLICE
        for place, job in enumerate(jobs):
            self._pending.discard(job.transfer.id)
            act(job)
            if not place % 16 and time.monotonic() >= until:
                await asyncio.sleep(0)
                until = time.monotonic() + SLICE
