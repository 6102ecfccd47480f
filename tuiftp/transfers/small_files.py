"""Small new files, many in one go: fetched and written by a thread, told to the queue together.

A thread that has a session to itself fetches a small file in a fifth of the time that it takes by way of the event
loop. Only what is plain goes this way: small, new at its target, never begun before. Whatever comes out otherwise is
done once more by itself, in the usual way, which asks, decides, resumes and names what is wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tuiftp.entries import mode_from_permissions
from tuiftp.errors import LocalFileError, TuiftpError
from tuiftp.files.endpoint import Transfers
from tuiftp.files.part_file import Register
from tuiftp.files.pipelining import pipelining_of
from tuiftp.files.safe_open import Folder, Place
from tuiftp.files.write_new import write_new
from tuiftp.transfers.context import TransferContext, claim_key
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.verify import wants_checksum

LONGEST = 0.2
"""Seconds after which no further file of a small batch is begun: as long as a screen may wait for news."""
MOST = 128
"""How many files there may be in a small batch."""
_FIRST = 8
_QUICK = LONGEST / 2
"""Seconds within which a small batch is over that might as well have been larger."""

_WANTED = (TransferState.QUEUED, TransferState.RUNNING)
"""Nobody has stopped it meanwhile."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in its place."""

    job: Job
    """Which transfer it is."""
    at: float
    """When it was begun (seconds since 1970)."""
    seconds: float
    """How long it took."""
    identity: tuple[int, int]
    """Which file it is: device and number."""


class SmallNewFiles:
    """A `files.BatchReceiver`: says what to fetch, and writes what comes. Used in one thread at a time."""

    def __init__(
        self,
        jobs: Sequence[Job],
        how: Callable[[Job], tuple[datetime | None, int | None]],
        register: Register | None = None,
    ) -> None:
        """Begins with all to do.

        Args:
            jobs: The transfers, in order.
            how: The time and the permissions to give the file of a transfer.
            register: Who writes down that there is a part, where one is needed.
        """
        self._register = register
        self.brought: list[Received] = []
        """What is in its place."""
        self.odd: list[Job] = []
        """What has to be done by itself."""
        self._told = 0
        self._todo = deque((job, *how(job)) for job in jobs)
        self._until: float | None = None
        self._at_hand: tuple[Job, datetime | None, int | None] | None = None
        self._at = self._began = 0.0
        self._folder: Folder | None = None
        self._where: tuple[str, tuple[str, ...]] | None = None

    @property
    def has_more(self) -> bool:
        """Whether another one is likely to follow."""
        return bool(self._todo)

    def next(self) -> tuple[str, int] | None:
        """The next file whose target is free; None: that was all, or time is up."""
        if self._until is None:
            self._until = time.monotonic() + LONGEST
        while self._todo and time.monotonic() < self._until:
            self._at_hand = job, _, _ = self._todo.popleft()
            if job.state in _WANTED and self._is_free(_place(job)):
                self._at, self._began = time.time(), time.monotonic()
                return job.transfer.source, job.entry.size or 0
            self.skip()
        return None

    def deliver(self, data: bytes) -> bool:
        """Makes the file; where the disk refuses that ends the small batch."""
        assert self._at_hand is not None, "a file is asked for first"
        assert self._folder is not None, "it was looked for in a folder"
        job, modified, mode = self._at_hand
        try:
            identity = write_new(
                self._folder,
                _place(job),
                data,
                token=job.token,
                modified=modified,
                mode=mode,
                register=self._register,
            )
        except LocalFileError:
            self.skip()
            return False
        self.brought.append(Received(job, self._at, time.monotonic() - self._began, identity))
        self._at_hand = None
        return True

    def skip(self) -> None:
        """Leaves the file at hand, if there is one, to the usual way."""
        if self._at_hand is not None:
            self.odd.append(self._at_hand[0])
            self._at_hand = None

    def news(self) -> Sequence[Received]:
        """What has been brought since the last call. The loop may call it while a thread is at work, as `current`."""
        news = self.brought[self._told :]
        self._told += len(news)
        return news

    def current(self) -> Job | None:
        """What is on its way, or next; None: nothing is left."""
        at_hand = self._at_hand
        if at_hand is not None:
            return at_hand[0]
        with suppress(IndexError):  # the thread may take the last one meanwhile
            return self._todo[0][0]
        return None

    def close(self) -> None:
        """Closes the directory that it works in."""
        if self._folder is not None:
            self._folder.close()

    def _is_free(self, place: Place) -> bool:
        with suppress(LocalFileError):
            if self._where != (place.root, place.parts) or self._folder is None:
                self.close()
                self._folder = Folder.open(place.root, place.parts)
                self._where = (place.root, place.parts)
            return self._folder.identity(place.name) is None
        return False


class SmallFileBatch:
    """Has small files fetched in small batches, of a size that is over soon."""

    def __init__(self, context: TransferContext) -> None:
        self._context = context
        self._size = _FIRST
        self._open: dict[SmallNewFiles, int | None] = {}
        """The small batches under way, and the control connection of each."""

    def taking(self, job: Job, endpoint: Transfers) -> Callable[[Job], bool] | None:
        """Tells which transfers can go into a small batch with this one; None if this one cannot go into any."""
        largest = pipelining_of(endpoint).largest_in_batch
        if not largest or wants_checksum(self._context, endpoint):
            return None

        def fits(other: Job) -> bool:
            return other.batch.source.pool is job.batch.source.pool and self._is_plain(
                other, endpoint, largest
            )

        return fits if fits(job) else None

    def share(self, waiting: int, slots: int) -> int:
        """How many of those that wait a slot may take at once, so that the others have something to do too."""
        return min(self._size, max(1, waiting // slots))

    def _is_plain(self, job: Job, endpoint: Transfers, largest: int) -> bool:
        size, rules = job.entry.size, self._context.rules
        if job.transfer.direction is not Direction.DOWNLOAD or size is None or size > largest:
            return False
        if job.is_odd or job.is_decided or job.is_restored or job.resumes_target or job.part is not None:
            return False
        is_limited = any(limiter.rate for limiter in self._context.rate_limits.of(job))
        if self._context.converts(job) or job.batch.move or is_limited:
            return False
        if not rules.keep_times:
            return not self._context.journal.is_lasting
        # A later run knows what this one has brought by its time; without one each arrival is written down.
        fast = pipelining_of(endpoint)
        return fast.time_now(job.entry) is not None or not (
            fast.may_ask_time or self._context.journal.is_lasting
        )

    async def fetch(self, jobs: Sequence[Job], endpoint: Transfers) -> bool:
        """Fetches transfers, of which the first is marked as running; leaves alone those that it does not come to.

        Returns:
            Whether nothing is left to do for the first one: it is done, or put back.
        """
        keys = [claim_key("", _place(job).path) for job in jobs]
        taken = [(job, key) for job, key in zip(jobs, keys, strict=True) if self._context.claims.take(key)]
        files = SmallNewFiles(
            [job for job, _ in taken], lambda job: self._how(job, endpoint), self._context.records
        )
        is_cancelled = False
        self._open[files] = endpoint.conn
        try:
            await self._context.journal.announce_all([job for job, _ in taken])
            await pipelining_of(endpoint).fetch_batch(files)
        except asyncio.CancelledError:
            is_cancelled = True
        except TuiftpError:
            pass  # who does it by itself meets the same, and says so
        finally:
            files.close()
            for _, key in taken:
                self._context.claims.let_go(key)
        self._land(files, self._open.pop(files))
        self._learn(jobs, files)
        return self._leave_rest(jobs, files, is_cancelled)

    def _how(self, job: Job, endpoint: Transfers) -> tuple[datetime | None, int | None]:
        """The time and the permissions that the file gets."""
        rules = self._context.rules
        modified = pipelining_of(endpoint).time_now(job.entry) if rules.keep_times else None
        mode = mode_from_permissions(job.entry.permissions or "") if rules.keep_modes else None
        return modified, mode

    def land(self) -> None:
        """Tells of all that is in its place by now; what is on its way is marked as running, and nothing else is."""
        for files, conn in self._open.items():
            self._land(files, conn)
            job = files.current()
            if job is not None and job.state is TransferState.QUEUED and files.brought:
                self._context.job_list.change(
                    job,
                    state=TransferState.RUNNING,
                    error=None,
                    hint=None,
                    attempts=job.transfer.attempts + 1,
                    started_at=self._context.clock.now(),
                )

    def _land(self, files: SmallNewFiles, conn: int | None) -> None:
        for one in files.news():
            self._end(one, conn)

    def _end(self, one: Received, conn: int | None) -> None:
        """Tells of a file that is in its place, whatever the user has made of its transfer meanwhile."""
        context, job, size = self._context, one.job, one.job.entry.size or 0
        began = datetime.fromtimestamp(one.at, UTC)
        attempts = job.transfer.attempts + (job.state is not TransferState.RUNNING)
        job.conn, job.moved, job.seconds = conn, size, one.seconds
        job.batch.written[one.identity] = job.transfer.id
        context.connection_owners.note(conn, began, job.transfer.id)
        context.note_moved(job, size)
        context.job_list.change(
            job,
            state=TransferState.DONE,
            transferred=size,
            is_verified=True,
            error=job.note,
            hint=None,
            attempts=attempts,
            started_at=began,
            finished_at=began + timedelta(seconds=one.seconds),
            average_speed=size / one.seconds if one.seconds > 0 else None,
        )

    def _learn(self, jobs: Sequence[Job], files: SmallNewFiles) -> None:
        """Learns how large the next small batch should be."""
        took = sum(one.seconds for one in files.brought)
        if len(files.brought) == len(jobs) >= self._size and took < _QUICK:
            self._size = min(MOST, self._size * 2)
        elif took >= LONGEST:
            self._size = max(1, len(files.brought))

    def _leave_rest(self, jobs: Sequence[Job], files: SmallNewFiles, is_cancelled: bool) -> bool:
        """Puts back what was not come to; the first goes on by itself, unless it was cancelled."""
        for job in files.odd:
            job.is_odd = True
        done = {one.job for one in files.brought}
        first = jobs[0]
        for job in jobs:
            is_first = job is first and not is_cancelled
            if job not in done and not is_first and job.state is TransferState.RUNNING:
                self._context.job_list.change(
                    job,
                    state=TransferState.QUEUED,
                    attempts=job.transfer.attempts - 1,
                    started_at=None,
                )
        return is_cancelled or first in done


def _place(job: Job) -> Place:
    assert job.place is not None, "a refused transfer never runs"
    return job.place
