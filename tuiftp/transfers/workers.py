"""The worker slots: each takes one transfer after the other, with a session of its own, and notes how it ended.

The state that a user has given a transfer meanwhile (paused, cancelled) always wins over how its attempt
ended, except that a file which is in its place is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from tuiftp.entries import EntryKind
from tuiftp.errors import CommandRefused, DiskFull, TuiftpError
from tuiftp.files.endpoint import EndpointPool, Transfers
from tuiftp.files.pipelining import pipelining_of
from tuiftp.files.walk import concerns_one_item
from tuiftp.transfers.cleanup import remove_beginning, remove_leftovers
from tuiftp.transfers.conflicts import Skipped
from tuiftp.transfers.context import Done, TransferContext
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import Attempt, Direction, TransferState
from tuiftp.transfers.retry_policy import RetryRules, Verdict
from tuiftp.transfers.session_lease import SessionLease

if TYPE_CHECKING:
    from tuiftp.transfers.download import Downloader
    from tuiftp.transfers.relay import Relay
    from tuiftp.transfers.small_files import SmallFileBatch
    from tuiftp.transfers.upload import Uploader

AHEAD = 32
"""How many transfers are written down at once as about to begin, so that small files need not wait for the disk."""

CLEANING = 10.0
"""Seconds that the removal of what a failed upload has left may take, a new login with it."""

ATTEMPTS_KEPT = 50
"""How many attempts of one transfer are remembered."""


class JobSource(Protocol):
    """Who owns the slots: the queue."""

    def next_job(self) -> Job | None:
        """The next transfer to do, already marked as running; None: nothing to do."""
        ...

    def reserve(self, fits: Callable[[Job], bool], task: asyncio.Task[None] | None) -> Job | None:
        """Has a task see to the next transfer, which waits until then; None: there is none, or it does not fit."""
        ...

    def block_side(self, job: Job, error: TuiftpError) -> None:
        """Stops the side that the error is about: whatever comes next there would meet the same."""
        ...

    def try_later(self, job: Job, error: TuiftpError, seconds: float) -> None:
        """Has the transfer wait before its next attempt."""
        ...

    def on_released(self, *jobs: Job) -> None:
        """Is told when nobody is at some transfers any more, or (none) when a slot has closed."""
        ...


class WorkerPool:
    """At most so many transfers at once; a slot lives as long as there is work."""

    def __init__(self, context: TransferContext, source: JobSource, rules: RetryRules) -> None:
        self._context = context
        self._source = source
        self.rules = rules
        """How often what failed is tried again."""
        self.tasks: set[asyncio.Task[None]] = set()
        """The slots that look for work or are at it."""
        self.everyone: set[asyncio.Task[None]] = set()
        """These, and those that are just giving their session back."""
        self.running: set[Job] = set()
        """The transfers that somebody is at, or still cleans up after."""
        self._cleared: set[str] = set()
        self.limit = 1
        """How many slots there may be."""
        self._fetching = 0

    # Loaded with the first transfer: the first screen, and a command for the other direction, do without them.

    @cached_property
    def _downloader(self) -> Downloader:
        from tuiftp.transfers.download import Downloader

        return Downloader(self._context)

    @cached_property
    def _small_files(self) -> SmallFileBatch:
        from tuiftp.transfers.small_files import SmallFileBatch

        return SmallFileBatch(self._context)

    @cached_property
    def _uploader(self) -> Uploader:
        from tuiftp.transfers.upload import Uploader

        return Uploader(self._context)

    @cached_property
    def _relay(self) -> Relay:
        from tuiftp.transfers.relay import Relay

        return Relay(self._context, self._downloader, self._uploader)

    @property
    def has_room(self) -> bool:
        """Whether another slot may be opened."""
        return len(self.tasks) < self.limit

    def spawn(self, waiting: int) -> None:
        """Opens slots for what waits, up to the limit."""
        while waiting > 0 and self.has_room:
            waiting -= 1
            task = asyncio.create_task(self._serve(), name="transfer slot")
            self.tasks.add(task)
            self.everyone.add(task)
            task.add_done_callback(self._gone)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self.everyone.discard(task)
        self.tasks.discard(task)
        self._source.on_released()

    async def _serve(self) -> None:
        lease = SessionLease()
        try:
            while len(self.tasks) <= self.limit:
                job = self._source.next_job()
                if job is not None:
                    await self._do(job, lease)
                elif lease.is_held:
                    await self._give_back(lease)
                else:
                    break
        finally:
            self._forget_current()
            await self._give_back(lease)

    def _forget_current(self) -> None:
        # At once, not in a callback: who fills the slots in between must not count one that is leaving.
        task = asyncio.current_task()
        if task is not None:
            self.tasks.discard(task)

    async def _do(self, job: Job, lease: SessionLease) -> None:
        job.task = asyncio.create_task(self._attempt(job, lease), name=f"transfer {job.transfer.id}")
        self.running.add(job)
        try:
            while not job.task.done():
                await asyncio.wait({job.task})
        finally:
            self.running.discard(job)
            job.task = None
            self._source.on_released(job)

    async def _attempt(self, job: Job, lease: SessionLease) -> None:
        """One attempt, from lease to outcome. Never raises, whatever happens: a slot must go on."""
        began = self._context.clock.monotonic()
        is_download = job.transfer.direction.is_to_disk
        job.conn = None
        try:
            following = self._context.job_list.following(job, AHEAD)
            await self._context.journal.announce(following)
            if job.transfer.direction is Direction.RELAY:
                done = await self._relay.run(job, partial(self._session, job, lease))
            else:
                endpoint = await self._session(job, lease)
                if is_download and await self._do_several(job, endpoint):
                    return
                self._foresee(endpoint, job, following)
                done = await (self._downloader if is_download else self._uploader).run(job, endpoint)
        except asyncio.CancelledError:
            self._count(job, began)
            self._remember(
                job, f"{job.state.value}" if job.state is not TransferState.RUNNING else "interrupted"
            )
            await self._give_back(lease)
        except Skipped as reason:
            self._remember(job, str(reason))
            self._end(job, TransferState.SKIPPED, error=str(reason))
        except TuiftpError as error:
            self._count(job, began)
            self._remember(job, error.message)
            await self._failed(job, error, lease)
            if not concerns_one_item(error) or isinstance(error, DiskFull):
                await self._give_back(lease)
        # The one place where anything at all is caught: a mistake of ours, or of whoever implements an
        # endpoint or a decider, costs one transfer and says so; it never stops the queue.
        except Exception as error:
            self._count(job, began)
            mistake = f"unexpected: {type(error).__name__}: {error}"
            self._remember(job, mistake)
            self._end(job, TransferState.FAILED, error=mistake)
            await self._give_back(lease)
        else:
            self._count(job, began)
            self._done(job, done)

    async def _session(self, job: Job, lease: SessionLease) -> Transfers:
        """Lends a session of the side that a transfer is at, and notes that it has its connection."""
        endpoint = await lease.of(job.pool)
        await self._clear_leftovers(job.pool, endpoint)
        job.conn = endpoint.conn
        self._context.connection_owners.note(job.conn, self._context.clock.now(), job.transfer.id)
        return endpoint

    async def _clear_leftovers(self, pool: EndpointPool, endpoint: Transfers) -> None:
        """Removes, once for a site, what earlier runs that were killed have left there."""
        if pool.label not in self._cleared:
            self._cleared.add(pool.label)
            await remove_leftovers(endpoint, pool, self._context.records, self._context.local)

    async def _do_several(self, job: Job, endpoint: Transfers) -> bool:
        """Fetches small files in one go, this one and those after it; whether nothing is left to do for this one."""
        fits = self._small_files.taking(job, endpoint)
        if fits is None:
            return False
        reserved = sum(other.state is TransferState.QUEUED for other in self.running)
        waiting = self._context.job_list.count(TransferState.QUEUED) - reserved
        share = self._small_files.share(waiting, self.limit)
        jobs = [job]
        while len(jobs) < share:
            another = self._source.reserve(fits, job.task)
            if another is None:
                break
            jobs.append(another)
        self.running.update(jobs)
        self._fetching += 1
        try:
            return await self._small_files.fetch(jobs, endpoint)
        finally:
            self._fetching -= 1
            for another in jobs[1:]:
                another.task = None
            self.running.difference_update(jobs[1:])
            self._source.on_released(*jobs[1:])

    def land(self) -> None:
        """Tells of the small files that are in their place by now, and of those that are on their way."""
        if self._fetching:
            self._small_files.land()

    def _foresee(self, endpoint: Transfers, job: Job, following: list[Job]) -> None:
        """Tells the session what comes next, so that it can send ahead. Which file is certain for one slot only."""
        after = following[1] if len(following) > 1 and following[1].pool is job.pool else None
        is_certain = after is not None and self.limit == 1 and after.transfer.direction is Direction.DOWNLOAD
        fast = pipelining_of(endpoint)
        if after is None or not is_certain:
            fast.hint_next(more=after is not None)
        else:
            fast.hint_next(after.transfer.source, size=after.entry.size)

    async def _give_back(self, lease: SessionLease) -> None:
        try:
            await lease.release()
        except TuiftpError:
            pass  # the pool closes what it cannot use

    def _count(self, job: Job, began: float) -> None:
        """Notes what an attempt moved, and how far it came."""
        job.seconds += self._context.clock.monotonic() - began
        self._context.count_moved(job)
        job.sampled = 0
        if job.progress is not None:
            job.moved += job.progress.transferred
            at = job.base + job.progress.transferred
            if at > job.high_water:
                job.high_water = at
                job.failures = 0
            self._context.job_list.change(job, transferred=job.reached, speed=0.0, eta=None)
        job.progress = job.meter = None

    def _remember(self, job: Job, reason: str) -> None:
        """Notes how an attempt ended that brought no file."""
        began = job.transfer.started_at
        if began is not None:
            past = [] if job.past is None else job.past[1 - ATTEMPTS_KEPT :]
            job.past = [*past, Attempt(began, self._context.clock.now(), reason, job.conn)]

    def _done(self, job: Job, done: Done) -> None:
        if job.batch.move and not done.is_source_kept:
            job.batch.staying.pop(job.transfer.id, None)
        speed = job.moved / job.seconds if job.seconds > 0 else None
        size = job.transfer.transferred
        values = {"size": size, "is_verified": done.is_verified, "average_speed": speed}
        self._context.job_list.change(
            job,
            state=TransferState.DONE,
            error=done.note,
            hint=None,
            finished_at=self._context.clock.now(),
            **values,
        )

    async def _failed(self, job: Job, error: TuiftpError, lease: SessionLease) -> None:
        job.failures += 1
        verdict = self.rules.judge(error, job.failures)
        if job.state is not TransferState.RUNNING:
            return
        if verdict is Verdict.RETRY:
            self._source.try_later(job, error, self.rules.wait(job.failures))
            return
        if not job.batch.direction.is_to_disk:
            await self._remove_beginning(job, error, lease)
        self._end(job, TransferState.FAILED, error=error.message, hint=error.hint or _hint_for(job, error))
        if verdict is Verdict.HOLD:
            self._source.block_side(job, error)

    async def _remove_beginning(self, job: Job, error: TuiftpError, lease: SessionLease) -> None:
        """Removes what a failed upload has left in the place of a new file. Never raises: it is not the failure."""
        if job not in self._context.begun.values():
            return
        try:
            async with asyncio.timeout(CLEANING):
                if not concerns_one_item(error):
                    await self._give_back(lease)
                await remove_beginning(self._context, job, await lease.of(job.batch.target.pool))
        except (TuiftpError, TimeoutError, asyncio.CancelledError):
            await self._give_back(lease)  # it may be in the middle of a command

    def _end(self, job: Job, state: TransferState, *, error: str, hint: str | None = None) -> None:
        if job.state is TransferState.RUNNING:
            finished = self._context.clock.now()
            self._context.job_list.change(job, state=state, error=error, hint=hint, finished_at=finished)


def _hint_for(job: Job, error: TuiftpError) -> str | None:
    """What the server cannot say: that what it refuses to send is a link."""
    if job.entry.kind is not EntryKind.LINK or not isinstance(error, CommandRefused):
        return None
    if job.batch.move:
        return "this is a link: where it leads to a directory, copy that instead of moving it"
    return "this is a link: what it leads to may be gone, or may not be read"
