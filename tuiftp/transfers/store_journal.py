"""What has changed in the queue, on its way into the file: gathered in the loop, written in the store's thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from tuiftp.files.fsync import sync_names
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import Transfer, TransferState
from tuiftp.transfers.store import Failure, QueueStore, put, remove, trim_history
from tuiftp.transfers.store_rows import GONE, batch_row, history_row, job_row
from tuiftp.transfers.store_schema import BATCHES, HISTORY, TRANSFERS

GATHERING = 0.1
"""Seconds over which changes are gathered before they are written."""
PROGRESS = 1.0
"""Seconds between two looks at how far the running transfers are."""
RETRY = 5.0
"""Seconds until writing is tried again after the disk refused."""
TOLD_AGAIN = 300.0
"""Seconds after which the same trouble is told again."""
CHUNK = 2_000
"""Changes after which they are handed over at once."""


class StoreJournal:
    """A `journal.Journal` that keeps a store up to date. Belongs to the event loop's thread."""

    def __init__(
        self,
        store: QueueStore,
        *,
        everything: Callable[[], Iterable[Job]],
        on_trouble: Callable[[str], None],
    ) -> None:
        """Ties a journal to an open store.

        Args:
            store: Where everything goes.
            everything: All jobs of the queue, for a file that had to be begun anew.
            on_trouble: Is told, once, why nothing can be written.
        """
        self._store = store
        self._everything = everything
        self._on_trouble = on_trouble
        self._jobs: dict[int, Job] = {}
        self._moving: dict[int, Job] = {}
        self._batches: dict[int, Batch] = {}
        self._ended: list[Transfer] = []
        self._pending: dict[int, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._progress_timer: asyncio.TimerHandle | None = None
        self._last: asyncio.Future[None] | None = None
        self._is_failing = False
        self._told: tuple[str, float] | None = None
        self._remembered: dict[int, object] = {}
        self.is_muted = False
        """Whether nothing is noted: while what is stored comes back."""
        self.is_lasting = True
        """It does."""

    def note(self, job: Job) -> None:
        """Has a job written soon; one that has just ended goes into the history, too."""
        if self.is_muted:
            return
        self._jobs[job.transfer.id] = job
        if job.index >= 0 and job.transfer.state in (TransferState.DONE, TransferState.FAILED):
            self._ended.append(job.transfer)
        self._schedule(GATHERING)
        if len(self._jobs) >= CHUNK and not self._is_failing:
            self.flush()

    def note_progress(self, job: Job) -> None:
        """Has a job written within a second or so."""
        self._moving[job.transfer.id] = job
        if self._progress_timer is None:
            self._progress_timer = asyncio.get_running_loop().call_later(PROGRESS, self._take_progress)

    def note_batch(self, batch: Batch) -> None:
        """Has a batch written at once: it is new, or its sources have been read."""
        self._batches[batch.id] = batch
        self.flush()

    async def announce(self, jobs: Sequence[Job]) -> None:
        """Returns when it is in the file that the first of these jobs may have begun.

        The others, which are likely to be next, are written with it: they need not wait when it is their turn.
        """
        first = jobs[0]
        if not first.is_written:
            self._mark([job for job in jobs if not job.is_written])
        written = self._pending.get(first.transfer.id)
        if written is not None:
            await asyncio.shield(written)

    async def announce_all(self, jobs: Sequence[Job]) -> None:
        """Returns when it is in the file that all of these jobs may have begun."""
        fresh = [job for job in jobs if not job.is_written]
        if fresh:
            self._mark(fresh)
        for job in jobs:
            written = self._pending.get(job.transfer.id)
            if written is not None:
                await asyncio.shield(written)

    async def commit(self, job: Job) -> None:
        """Returns when all that is known of a job is in the file."""
        self._jobs[job.transfer.id] = job
        await asyncio.shield(self.flush())

    async def settle(self) -> None:
        """Returns when all that was noted so far is in the file."""
        await asyncio.shield(self.flush())

    def _mark(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            job.is_written = True
            self._jobs[job.transfer.id] = job
        written = self.flush()
        numbers = [job.transfer.id for job in jobs]
        self._pending.update(dict.fromkeys(numbers, written))

        def forget(_: object) -> None:
            for number in numbers:
                self._pending.pop(number, None)

        written.add_done_callback(forget)

    def flush(self) -> asyncio.Future[None]:
        """Hands over what has gathered; the future is done when it, and all before it, is in the file."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        jobs, self._jobs = list(self._jobs.values()), {}
        batches, self._batches = self._batches, {}
        ended, self._ended = self._ended, []
        if not (jobs or batches or ended) and self._last is not None:
            return self._last
        self._last = written = loop.create_future()

        def work(connection: sqlite3.Connection) -> None:
            self._write(connection, jobs, batches, ended)

        def then(failure: Failure | None) -> None:
            try:
                loop.call_soon_threadsafe(self._written, written, failure, jobs, batches)
            except RuntimeError:
                pass  # the loop has ended: nobody waits any more

        self._store.submit(work, then)
        return written

    async def clear_history(self) -> None:
        """Forgets what has ended; returns when it is gone from the file."""
        self.flush()
        loop = asyncio.get_running_loop()
        gone: asyncio.Future[None] = loop.create_future()

        def then(failure: Failure | None) -> None:
            loop.call_soon_threadsafe(_settle, gone)

        self._store.submit(_clear_history, then)
        await gone

    async def close(self) -> None:
        """Hands everything over, and waits for it as long as the store's own `close` would not."""
        for timer in (self._timer, self._progress_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._progress_timer = None
        self._jobs |= self._moving
        self._moving.clear()
        await asyncio.wait({self.flush()}, timeout=2.0)

    def _schedule(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.flush)

    def _take_progress(self) -> None:
        self._progress_timer = None
        self._jobs |= self._moving
        self._moving.clear()
        self._schedule(0.0)

    def _write(
        self,
        connection: sqlite3.Connection,
        jobs: Sequence[Job],
        batches: dict[int, Batch],
        ended: Sequence[Transfer],
    ) -> None:
        """In the store's thread: only reads what belongs to the loop. What changes meanwhile is noted again."""
        batches = batches | {
            job.batch.id: job.batch
            for job in jobs
            if job.batch.remembered is not self._remembered.get(job.batch.id)
        }
        for batch in batches.values():
            self._remembered[batch.id] = batch.remembered
        # Who is told that a file is there must find it after a power cut, or find it still to be fetched.
        sync_names(job.place for job in jobs if job.place is not None and _has_arrived(job))
        put(connection, BATCHES, map(batch_row, batches.values()))
        put(connection, TRANSFERS, (job_row(job) for job in jobs if _is_kept(job)))
        remove(connection, TRANSFERS, (job.transfer.id for job in jobs if not _is_kept(job)))
        for batch in batches.values():
            if batch.is_read:
                connection.execute(_TIDY, (batch.id, *(state.value for state in GONE)))
        if ended:
            put(connection, HISTORY, map(history_row, ended))
            trim_history(connection)

    def _written(
        self,
        written: asyncio.Future[None],
        failure: Failure | None,
        jobs: Sequence[Job],
        batches: dict[int, Batch],
    ) -> None:
        _settle(written)  # who waits goes on all the same: to transfer matters more than to store
        self._is_failing = failure is not None
        if failure is None:
            return
        if failure.is_new_file:
            self._jobs = {job.transfer.id: job for job in self._everything()}
            self._batches = {job.batch.id: job.batch for job in self._jobs.values()}
        self._jobs = {job.transfer.id: job for job in jobs} | self._jobs
        self._batches = batches | self._batches
        self._schedule(GATHERING if failure.is_new_file else RETRY)
        self._tell(failure.message)

    def _tell(self, message: str) -> None:
        now = asyncio.get_running_loop().time()
        if self._told is None or self._told[0] != message or now - self._told[1] > TOLD_AGAIN:
            self._told = message, now
            self._on_trouble(message)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _clear_history(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM history")


_TIDY = "DELETE FROM transfer WHERE batch = ? AND state IN (?, ?, ?)"


def _has_arrived(job: Job) -> bool:
    return job.transfer.direction.is_to_disk and job.transfer.state is TransferState.DONE


def _is_kept(job: Job) -> bool:
    """Whether a row is of use: something is left to do, or its tree, if read again, would bring it once more."""
    if job is job.batch.unread:
        return False  # the row of the batch says so already
    return not job.batch.is_read or (job.index >= 0 and job.transfer.state not in GONE)
