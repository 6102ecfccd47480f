"""Who runs when: slots for what waits, pauses between attempts, a ticker for progress, and a bounded end.

All of the queue's tasks have their owner here: the slots, the planners, the timers, the removal of parts.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.endpoint import EndpointPool
from tuiftp.transfers.background_tasks import BackgroundTasks
from tuiftp.transfers.batches import Batches
from tuiftp.transfers.blocked_sides import BlockedSides
from tuiftp.transfers.bulk_actions import BulkActions
from tuiftp.transfers.cleanup import remove_temporary
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import Direction, HoldsChanged, QueueFinished, TransferState
from tuiftp.transfers.retry_policy import RetryRules, is_connection_trouble
from tuiftp.transfers.speed_meter import seconds_left
from tuiftp.transfers.workers import WorkerPool

if TYPE_CHECKING:
    from tuiftp.transfers.planner import Planner

TICK = 0.1
"""Seconds between two looks at the counters while something runs."""

COUNTDOWN = 0.4
"""Seconds between two looks at the countdowns while nothing else happens."""

CLOSING = 1.0
"""Seconds that `close` waits for what is under way to clean up."""


class Dispatcher:
    """Starts and stops work on transfers (a `workers.JobSource`)."""

    def __init__(self, context: TransferContext, *, bus: EventBus, rules: RetryRules, parallel: int) -> None:
        self._bus = bus
        self._context = context
        self._local = context.local
        self._job_list = context.job_list
        self._clock = context.clock
        self._workers = WorkerPool(context, self, rules)
        self._workers.limit = max(1, parallel)
        self._tasks = BackgroundTasks()
        self._tasks.on_end = self._check_rest
        self._timers = BackgroundTasks()
        self.batches = Batches(bus, context, self._tasks, rules=rules)
        """All batches."""
        self.holds = BlockedSides(self._holds_changed)
        """The sides on which nothing is begun."""
        self.slices = BulkActions(self._tasks, lambda: self._workers.running)
        """What is done to many transfers at once."""
        self.is_held = False
        """Whether the user holds everything."""
        self.at_rest = asyncio.Event()
        """Set while nothing happens without the user."""
        self.at_rest.set()
        self._planners: dict[Batch, asyncio.Task[None]] = {}
        self._cooling: set[EndpointPool] = set()
        self._retrying: set[Job] = set()
        self._busy_since: float | None = None
        self._is_started = False
        self._is_closed = False
        self._ticker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to work."""
        self._is_started = True
        self.pump()

    async def close(self, *, keep_parts: bool) -> None:
        """Interrupts everything, within about a second.

        Args:
            keep_parts: Whether what is unfinished stays, here and on servers, for a later run.
        """
        self._is_closed = True
        self._context.keeps_unfinished = keep_parts
        for job in tuple(self._workers.running):
            job.stop()
        self._tasks.cancel()
        self._timers.cancel()
        if self._ticker is not None:
            self._ticker.cancel()
        await _wait({*self._workers.everyone, *self._tasks.tasks, *self._timers.tasks})
        if not keep_parts:
            busy = frozenset(self._workers.running)
            uploads = [job for job in self._job_list.jobs if job.temporary is not None and job not in busy]
            removals = {asyncio.create_task(remove_temporary(job, self._context.records)) for job in uploads}
            await _wait({asyncio.create_task(self._local.settle(self._remove_parts, busy)), *removals})
        self.batches.give_up_waiting()
        self._check_rest()

    def _remove_parts(self, busy: frozenset[Job]) -> None:
        for job in tuple(self._job_list.jobs):
            if job.part is not None and job in busy:
                job.part.abandon()  # a thread may still be writing: its descriptor must not be closed
            elif job.part is not None:
                job.part.discard()

    def scan(self, batch: Batch, planner: Planner) -> None:
        """Has the sources of a batch read."""
        work = planner.run(batch.sources, batch.rename_to)
        then = partial(self._scanned, batch, planner)
        self._planners[batch] = self._tasks.begin(work, f"planner {batch.id}", then=then)
        self._check_rest()

    def stop_scan(self, batch: Batch) -> None:
        """Has what was not read yet of the sources of a batch be left out."""
        if batch in self._planners:
            self._planners[batch].cancel()

    def _scanned(self, batch: Batch, planner: Planner, error: BaseException | None) -> None:
        self._planners.pop(batch, None)
        if error is not None:
            batch.known = None
            batch.unread = planner.fail(error)
        planner.end()
        if not self._is_closed:  # else a later run reads them again
            batch.is_scanning = False
            batch.known = None
            if batch.unread is None:
                batch.sources = ()
            self._context.journal.note_batch(batch)
        self.batches.check(batch)

    def pump(self) -> None:
        """Sees to it that there are slots for what waits, and that their progress is told."""
        # A slot that finds nothing closes and asks again: it must not be opened for what only waits for its time.
        if self._may_work and self._workers.has_room and self._job_list.take(self._is_ready) is not None:
            self._workers.spawn(self._waiting())
        if (self._workers.tasks or self._timers.tasks) and self._ticker is None and not self._is_closed:
            self._ticker = asyncio.create_task(self._tick(), name="transfer ticker")
        self._check_rest()

    def use_rules(self, rules: RetryRules) -> None:
        """Has other rules hold for what fails from now on."""
        self._workers.rules = self.batches.rules = rules

    def set_parallel(self, number: int) -> None:
        """Sets how many transfers run at once."""
        self._workers.limit = max(1, number)
        self.pump()

    def hold(self) -> None:
        """Begins nothing new, and pauses what runs."""
        self.is_held = True
        for job in tuple(self._workers.running):
            if job.state is TransferState.RUNNING:
                self.interrupt(job, TransferState.PAUSED)
        self._check_rest()

    def release(self, batch: Batch | None = None) -> None:
        """Lets go what errors have held: of one batch, or everything."""
        if batch is None:
            self.holds.release_all()
        else:
            self.holds.release(batch)

    def _holds_changed(self) -> None:
        self._job_list.reconsider_all()
        self._bus.publish(HoldsChanged(self.holds.all))

    def interrupt(self, job: Job, state: TransferState, *, note: str | None = None) -> None:
        """Pauses or cancels a transfer: at once for all who look, while whoever is at it cleans up."""
        job.stop()
        self._retrying.discard(job)
        ended = self._clock.now() if state.is_finished else None
        self._job_list.change(
            job, state=state, error=note, hint=None, speed=0.0, eta=None, finished_at=ended, retry_in=None
        )
        if state is TransferState.CANCELLED:
            self.discard_part(job)

    def requeue(self, job: Job) -> None:
        """Lets a transfer wait for its turn again, with all its attempts before it."""
        job.stop_timer()
        job.failures = 0
        self._retrying.discard(job)
        if not self._cooling.isdisjoint(job.batch.pools):
            self._cooling.difference_update(job.batch.pools)
            self._job_list.reconsider_all()
        if self.holds:
            self.holds.release(job.batch)
        self._job_list.change(
            job, state=TransferState.QUEUED, error=None, hint=None, finished_at=None, retry_in=None
        )
        self._job_list.reconsider(job)

    def discard_part(self, job: Job) -> None:
        """Removes the part of a transfer, unless somebody is still at it: they are followed by `on_released`."""
        part = job.part
        if part is not None and job.task is None:
            job.part = None
            self._tasks.begin(self._local.settle(part.discard), "part removal", is_needed=True)
        if job.temporary is not None and job.task is None:
            self._tasks.begin(remove_temporary(job, self._context.records), "removal of an upload")
        self._check_rest()

    def after_end(self, batches: Iterable[Batch]) -> None:
        """Looks whether batches have ended with what was just done."""
        for batch in batches:
            self.batches.check(batch)
        self._check_rest()

    def sample(self) -> None:
        """Looks at the counters of what runs, and tells of those that moved."""
        now = self._clock.monotonic()
        for job in tuple(self._workers.running):
            self._context.count_moved(job)
            if job.progress is None or job.meter is None or job.state is not TransferState.RUNNING:
                continue
            speed = job.meter.add(now, job.base + job.progress.transferred)
            reached, size = job.reached, job.transfer.size
            ways = 2 if job.transfer.direction is Direction.RELAY else 1
            eta = seconds_left(None if size is None else ways * (size - reached), speed)
            self._job_list.change(job, transferred=reached, speed=speed, eta=eta)
        self._workers.land()
        self._context.throughput.go_to(now)
        self._context.sample_paces()
        for job in tuple(self._retrying):
            if job.due is not None and job.state is TransferState.QUEUED:
                self._job_list.change(job, retry_in=max(0, math.ceil(job.due - now)))

    # What the slots ask and tell.

    def next_job(self) -> Job | None:
        """The next transfer to do, marked as running; None: nothing to do."""
        job = self._job_list.take(self._is_ready) if self._may_work else None
        if job is not None:
            self._context.begin_pace(job)
            attempts, now = job.transfer.attempts + 1, self._clock.now()
            self._job_list.change(
                job, state=TransferState.RUNNING, error=None, hint=None, attempts=attempts, started_at=now
            )
        return job

    def reserve(self, fits: Callable[[Job], bool], task: asyncio.Task[None] | None) -> Job | None:
        """Has a task see to the next transfer, which waits until then; None: there is none, or it does not fit."""
        job = self._job_list.take(self._is_ready) if self._may_work else None
        if job is None or not fits(job):
            return None
        job.task = task
        return job

    def block_side(self, job: Job, error: TuiftpError) -> None:
        """Stops the side that an error is about: whatever comes next there would meet the same."""
        hold = self.holds.add(job, error)
        for other in tuple(self._workers.running):
            if other.state is TransferState.RUNNING and self.holds.stops(other.batch):
                self.interrupt(other, TransferState.PAUSED, note=hold.reason)
        self.batches.give_up_waiting(self.holds.stops)

    def try_later(self, job: Job, error: TuiftpError, seconds: float) -> None:
        """Has a transfer wait before its next attempt, and with it its site if that cannot be reached."""
        pool = job.pool if is_connection_trouble(error) else None
        if pool is not None:
            self._cooling.add(pool)
        job.stop_timer()
        job.due = self._clock.monotonic() + seconds
        self._retrying.add(job)
        job.timer = timer = self._timers.begin(self._clock.sleep(seconds), "retry timer")
        # A callback, for a task that is cancelled before it began runs nothing of its own.
        timer.add_done_callback(partial(self._wake, job, pool))
        self._job_list.change(
            job, state=TransferState.QUEUED, error=error.message, hint=error.hint, retry_in=math.ceil(seconds)
        )

    def _wake(self, job: Job, pool: EndpointPool | None, timer: asyncio.Task[None]) -> None:
        if job.timer is timer:
            job.timer = job.due = None
            self._retrying.discard(job)
            if job.state is TransferState.QUEUED:
                self._job_list.change(job, retry_in=None)
        if pool is not None and pool in self._cooling:
            self._cooling.discard(pool)
            self._job_list.reconsider_all()
        self._job_list.reconsider(job)
        self.pump()

    def on_released(self, *jobs: Job) -> None:
        """Is told when nobody is at some transfers any more, or (none) when a slot has closed."""
        for job in jobs:
            if job.state in (TransferState.CANCELLED, TransferState.SKIPPED) or job.index < 0:
                self.discard_part(job)
            self._job_list.reconsider(job)
        self.after_end({job.batch for job in jobs})
        self.pump()

    @property
    def _may_work(self) -> bool:
        return self._is_started and not self.is_held and not self._is_closed

    def _is_ready(self, job: Job) -> bool:
        return (
            job.timer is None
            and job.task is None
            and self._cooling.isdisjoint(job.batch.pools)
            and not self.slices.has(job)
            and not self.holds.stops(job.batch)
        )

    async def _tick(self) -> None:
        try:
            while self._workers.tasks or self._timers.tasks:
                await self._clock.sleep(TICK if self._workers.tasks else COUNTDOWN)
                self.sample()
        finally:
            self._ticker = None
            self._context.rest()

    def _waiting(self) -> int:
        """How many wait and are not held."""
        count = self._job_list.count(TransferState.QUEUED)
        if not count or not self.holds:
            return count
        return self.batches.waiting(lambda batch: not self.holds.stops(batch))

    @property
    def is_at_a_stop(self) -> bool:
        """Whether nothing is begun any more: the user holds everything, or all that waits is held."""
        runs = self._job_list.count(TransferState.RUNNING)
        return self.is_held or (bool(self.holds) and not runs and not self._waiting())

    def _check_rest(self) -> None:
        waits = not self.is_held and self._waiting()
        if self._is_closed or not (self._workers.everyone or self._tasks.tasks or waits):
            self.at_rest.set()
            self._tell_end()
        else:
            self.at_rest.clear()
            if self._busy_since is None:
                self._busy_since = self._clock.monotonic()

    def _tell_end(self) -> None:
        """Says that all has ended, once, unless something is left that waits for the user."""
        left = self._job_list.count(TransferState.QUEUED) + self._job_list.count(TransferState.PAUSED)
        since, ended = self._busy_since, self._job_list.ended
        if self._is_closed or left or not ended or since is None:
            return
        finished = QueueFinished(
            ended[TransferState.DONE],
            ended[TransferState.FAILED],
            ended[TransferState.SKIPPED] + ended[TransferState.CANCELLED],
            self._job_list.ended_size,
            self._clock.monotonic() - since,
        )
        self.forget_ends()
        self._bus.publish(finished)

    def forget_ends(self) -> None:
        """Begins to count anew what has ended."""
        self._job_list.ended.clear()
        self._job_list.ended_size = 0
        self._busy_since = None


async def _wait(tasks: set[asyncio.Task[None]]) -> None:
    """Waits for tasks as long as `close` may take for a step; what is late is cancelled and left."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=CLOSING)
        for task in late:
            task.cancel()
