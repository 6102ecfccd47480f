"""Who runs when: slots for what waits, pauses between attempts, a ticker for progress, and a bounded end.

All of the queue's tasks have their owner here: the slots, the planners, the timers, the removal of parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.endpoint import EndpointPool
from tuiftp.transfers.batches import Batches
from tuiftp.transfers.chores import Chores
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.progress import seconds_left
from tuiftp.transfers.retries import RetryRules, is_connection_trouble
from tuiftp.transfers.slots import Slots
from tuiftp.transfers.workbench import Workbench

TICK = 0.1
"""Seconds between two looks at the counters while something runs."""

CLOSING = 1.0
"""Seconds that `close` waits for what is under way to clean up."""


class Dispatcher:
    """Starts and stops work on transfers (a `slots.Foreman`)."""

    def __init__(self, bench: Workbench, *, bus: EventBus, rules: RetryRules, parallel: int) -> None:
        self._local = bench.local
        self._board = bench.board
        self._clock = bench.clock
        self._slots = Slots(bench, self, rules)
        self._slots.limit = max(1, parallel)
        self._chores = Chores()
        self._chores.on_end = self._check_rest
        self._timers = Chores()
        self.batches = Batches(bus, bench.local, self._chores, rules=rules, clock=bench.clock)
        """All batches."""
        self.is_held = False
        """Whether nothing new is begun."""
        self.at_rest = asyncio.Event()
        """Set while nothing happens without the user."""
        self.at_rest.set()
        self._cooling: set[EndpointPool] = set()
        self._is_started = False
        self._is_closed = False
        self._ticker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to work."""
        self._is_started = True
        self.pump()

    async def close(self) -> None:
        """Interrupts everything, within about a second, and removes the parts of unfinished downloads."""
        self._is_closed = True
        for job in tuple(self._slots.running):
            job.stop()
        self._chores.cancel()
        self._timers.cancel()
        if self._ticker is not None:
            self._ticker.cancel()
        await _wait({*self._slots.everyone, *self._chores.tasks, *self._timers.tasks})
        await _wait(
            {asyncio.create_task(self._local.settle(self._remove_parts, frozenset(self._slots.running)))}
        )
        self.batches.give_up_waiting()
        self._check_rest()

    def _remove_parts(self, busy: frozenset[Job]) -> None:
        for job in tuple(self._board.jobs):
            if job.part is not None and job in busy:
                job.part.abandon()  # a thread may still be writing: its descriptor must not be closed
            elif job.part is not None:
                job.part.discard()

    def scan(self, batch: Batch, planning: Callable[[], Awaitable[None]]) -> None:
        """Has the sources of a batch read."""
        self._chores.begin(self._scan(batch, planning), f"planner {batch.id}")
        self._check_rest()

    async def _scan(self, batch: Batch, planning: Callable[[], Awaitable[None]]) -> None:
        try:
            await planning()
        finally:
            batch.is_scanning = False
            self.batches.check(batch)

    def pump(self) -> None:
        """Sees to it that there are slots for what waits, and that their progress is told."""
        if self._may_work:
            self._slots.fill(self._board.count(TransferState.QUEUED))
        if self._slots.tasks and self._ticker is None and not self._is_closed:
            self._ticker = asyncio.create_task(self._tick(), name="transfer ticker")
        self._check_rest()

    def set_parallel(self, number: int) -> None:
        """Sets how many transfers run at once."""
        self._slots.limit = max(1, number)
        self.pump()

    def hold(self) -> None:
        """Begins nothing new, and pauses what runs."""
        self.is_held = True
        for job in tuple(self._slots.running):
            if job.state is TransferState.RUNNING:
                self.take_out(job, TransferState.PAUSED)
        self._check_rest()

    def take_out(self, job: Job, state: TransferState, *, note: str | None = None) -> None:
        """Pauses or cancels a transfer: at once for all who look, while whoever is at it cleans up."""
        job.stop()
        ended = self._clock.now() if state.is_finished else None
        self._board.change(job, state=state, error=note, hint=None, speed=0.0, eta=None, finished_at=ended)
        if state is TransferState.CANCELLED:
            self.discard_part(job)

    def put_back(self, job: Job) -> None:
        """Lets a transfer wait for its turn again, with all its attempts before it."""
        job.stop_timer()
        job.failures = 0
        self._cooling.discard(job.batch.pool)
        self._board.change(job, state=TransferState.QUEUED, error=None, hint=None, finished_at=None)
        self._board.reconsider(job)

    def discard_part(self, job: Job) -> None:
        """Removes the part of a transfer, unless somebody is still at it: they are followed by `left`."""
        part = job.part
        if part is not None and job.task is None:
            job.part = None
            self._chores.begin(self._local.settle(part.discard), "part removal")

    def after_end(self, jobs: Iterable[Job]) -> None:
        """Looks whether batches have ended with these transfers."""
        for batch in {job.batch for job in jobs}:
            self.batches.check(batch)
        self._check_rest()

    def sample(self) -> None:
        """Looks at the counters of what runs, and tells of those that moved."""
        now = self._clock.monotonic()
        for job in tuple(self._slots.running):
            if job.progress is None or job.meter is None or job.state is not TransferState.RUNNING:
                continue
            reached = job.base + job.progress.transferred
            speed = job.meter.add(now, reached)
            size = job.transfer.size
            eta = seconds_left(None if size is None else size - reached, speed)
            self._board.change(job, transferred=reached, speed=speed, eta=eta)

    # What the slots ask and tell.

    def next_job(self) -> Job | None:
        """The next transfer to do, marked as running; None: nothing to do."""
        job = self._board.take(self._is_ready) if self._may_work else None
        if job is not None:
            attempts, now = job.transfer.attempts + 1, self._clock.now()
            self._board.change(
                job, state=TransferState.RUNNING, error=None, hint=None, attempts=attempts, started_at=now
            )
        return job

    def hold_for(self, job: Job, error: TuiftpError) -> None:
        """Stops everything: whatever comes next would meet the same error."""
        self.hold()
        self.batches.give_up_waiting()

    def try_later(self, job: Job, error: TuiftpError, seconds: float) -> None:
        """Has a transfer wait before its next attempt, and with it its site if that cannot be reached."""
        pool = job.batch.pool if is_connection_trouble(error) else None
        if pool is not None:
            self._cooling.add(pool)
        job.stop_timer()
        job.timer = timer = self._timers.begin(self._clock.sleep(seconds), "retry timer")
        # A callback, for a task that is cancelled before it began runs nothing of its own.
        timer.add_done_callback(partial(self._wake, job, pool))
        reason = f"{error.message}; trying again in {seconds:g} s"
        self._board.change(job, state=TransferState.QUEUED, error=reason, hint=error.hint)

    def _wake(self, job: Job, pool: EndpointPool | None, timer: asyncio.Task[None]) -> None:
        if job.timer is timer:
            job.timer = None
        if pool is not None:
            self._cooling.discard(pool)
        self._board.reconsider(job)
        self.pump()

    def left(self, job: Job | None) -> None:
        """Is told when nobody is at a transfer any more, or (None) when a slot has closed."""
        if job is not None:
            if job.state in (TransferState.CANCELLED, TransferState.SKIPPED) or job.index < 0:
                self.discard_part(job)
            self._board.reconsider(job)
            self.after_end((job,))
        self.pump()

    @property
    def _may_work(self) -> bool:
        return self._is_started and not self.is_held and not self._is_closed

    def _is_ready(self, job: Job) -> bool:
        return job.timer is None and job.task is None and job.batch.pool not in self._cooling

    async def _tick(self) -> None:
        try:
            while self._slots.tasks:
                await self._clock.sleep(TICK)
                self.sample()
        finally:
            self._ticker = None

    def _check_rest(self) -> None:
        waits = self._board.count(TransferState.QUEUED) and not self.is_held
        if self._is_closed or not (self._slots.everyone or self._chores.tasks or waits):
            self.at_rest.set()
        else:
            self.at_rest.clear()


async def _wait(tasks: set[asyncio.Task[None]]) -> None:
    """Waits for tasks as long as `close` may take for a step; what is late is cancelled and left."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=CLOSING)
        for task in late:
            task.cancel()
