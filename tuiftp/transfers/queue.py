"""The transfer queue: what the screen and the headless commands talk to. Every call returns at once.

It belongs to the event loop's thread. What a user asks for (pause, cancel, order) shows at once, or slice by
slice where it is about thousands; whoever is at a transfer is interrupted and cleans up behind it (`dispatcher`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry
from tuiftp.errors import ConfigurationError
from tuiftp.events import EventBus
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.site import TransferSite
from tuiftp.transfers.batches import attempts_of, overview_of
from tuiftp.transfers.conflict_decider import Decider
from tuiftp.transfers.conflicts import Conflicts
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.controls import Controls
from tuiftp.transfers.dispatcher import Dispatcher
from tuiftp.transfers.job import Batch, Job, direction_of
from tuiftp.transfers.job_list import JobList
from tuiftp.transfers.journal import Forgetful, Journal
from tuiftp.transfers.model import (
    Attempt,
    BatchFinished,
    BatchOverview,
    Direction,
    Finished,
    Priority,
    QueueTotals,
    Restored,
    StoreTrouble,
    Transfer,
)
from tuiftp.transfers.part_records import PartRecords
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.transfers.speed_meter import Clock, SystemClock
from tuiftp.transfers.store import QueueStore, read_history
from tuiftp.transfers.store_journal import StoreJournal
from tuiftp.transfers.store_restore import Restorer, SiteOpener
from tuiftp.transfers.transfer_options import TransferOptions

if TYPE_CHECKING:
    from tuiftp.transfers.planner import Sources


class TransferQueue(Controls):
    """Moves files and trees in the background, several at once, in order."""

    def __init__(
        self,
        *,
        bus: EventBus,
        decider: Decider,
        local: LocalEndpoint,
        parallel: int = 3,
        default_policy: ConflictPolicy = ConflictPolicy.ASK,
        clock: Clock | None = None,
        rules: RetryRules | None = None,
        how: TransferOptions | None = None,
        store: QueueStore | None = None,
        records: PartRecords | None = None,
        spool: Path | None = None,
    ) -> None:
        """Builds a queue that is at rest until `start`.

        Args:
            bus: Where changes are told.
            decider: Who is asked about targets that exist.
            local: The disk.
            parallel: How many transfers at once.
            default_policy: What to do with targets that exist, unless a batch says otherwise.
            clock: The time; the machine's by default.
            rules: How often a failed transfer is tried again.
            how: How transfers are done: verified, named, what is kept of their source.
            store: Where the queue is kept for the next run, already open; None, or not open: nowhere.
            records: Where it is written down what is unfinished, if the queue is not stored.
            spool: The directory in which files are held on their way from one server to another; None: none is.
        """
        self._spool = None if spool is None else str(spool)
        self._bus = bus
        self._local = local
        self._clock: Clock = clock or SystemClock()
        self._rules = rules or RetryRules()
        self.default_policy = default_policy
        """What happens to targets that exist, in batches queued from now on."""
        self._store = store if store is not None and store.is_open else None
        self._problem = None if store is None else store.problem
        journal = self._journal_of(self._store)
        job_list = JobList(bus, journal)
        context = TransferContext(local, job_list, Conflicts(decider), self._clock)
        context.journal = journal
        if how is not None:
            context.rules = how
        if records is not None:
            context.records = records
            records.is_on = self._store is None
        super().__init__(
            job_list, Dispatcher(context, bus=bus, rules=self._rules, parallel=parallel), context
        )
        self._batches = self._dispatch.batches
        self._ids = count(1 if self._store is None else self._store.last_transfer + 1)
        self._batches.last_number = 0 if self._store is None else self._store.last_batch

    def _journal_of(self, store: QueueStore | None) -> Journal:
        if store is None:
            return Forgetful()
        return StoreJournal(
            store,
            everything=lambda: self._job_list.jobs,
            on_trouble=lambda message: self._bus.publish(StoreTrouble(message)),
        )

    @property
    def how(self) -> TransferOptions:
        """How transfers are done; a change holds from the next file on."""
        return self._context.rules

    @how.setter
    def how(self, rules: TransferOptions) -> None:
        self._context.rules = rules

    @property
    def rules(self) -> RetryRules:
        """How often a failed transfer is tried again; a change holds from the next failure on."""
        return self._rules

    @rules.setter
    def rules(self, rules: RetryRules) -> None:
        self._rules = rules
        self._dispatch.use_rules(rules)

    @property
    def is_stored(self) -> bool:
        """Whether the queue is kept for the next run."""
        return self._store is not None

    async def start(self) -> None:
        """Begins to work on what is queued, now and later."""
        self._dispatch.start()

    async def close(self, *, keep_parts: bool | None = None) -> None:
        """Interrupts everything, within about a second, and writes down how it stands.

        Args:
            keep_parts: Whether what unfinished downloads have fetched stays on the disk; by default it stays if
                the queue is stored, for then the next run goes on with it.
        """
        await self._dispatch.close(keep_parts=self.is_stored if keep_parts is None else keep_parts)
        await self._context.journal.close()
        await self._local.settle(self._context.records.close)
        if self._store is not None:
            await self._local.settle(self._store.close)

    async def flush(self) -> None:
        """Returns when all that has been asked of the queue so far is written down, if it is stored at all."""
        await self._context.journal.settle()

    async def restore(self, open_site: SiteOpener) -> Restored:
        """Brings back what an earlier run has left undone. All of it is paused; what had failed has still failed.

        `resume_all` or `resume_batch` goes on with it, `cancel_batch` gives it up; parts are found again. Call it
        once, before anything is queued.

        Args:
            open_site: Makes a place from its URL, which holds no password, and the encoding in which its paths are
                text; empty where that is not known. Called once for each pair; the disk's URL is `DISK_URL`.
        """
        if self._store is None:
            return Restored(problem=self._problem)
        restored = await Restorer(self._store, self._job_list, self._batches, self._context).run(open_site)
        self._dispatch.forget_ends()
        return restored

    def copy(
        self,
        source: TransferSite,
        entries: Sources,
        target: TransferSite,
        directory: str,
        *,
        policy: ConflictPolicy | None = None,
        move: bool = False,
        rename_to: str | None = None,
        is_text: bool | None = None,
        expected: Entry | None = None,
    ) -> int:
        """Queues files and trees of one place to go into a directory of another; returns the batch's number.

        Args:
            source: Where they are.
            entries: Their paths there and what is at them, as listed.
            target: Where they go to; may be the same place.
            directory: The directory there, an absolute path.
            policy: What to do with targets that exist; the queue's default otherwise.
            move: Whether sources are removed once they are verified to be over.
            rename_to: Another name for the one source.
            is_text: Whether line ends are converted; by default for the endings that the rules name.
            expected: What the one target was when it was fetched to be edited. While it is still that it is replaced,
                else the user is asked; in a later run too.
        """
        if rename_to is not None and len(entries) != 1:
            raise ValueError("only a single source can be renamed")
        direction = direction_of(source, target)
        if direction is Direction.RELAY and self._spool is None:
            raise ConfigurationError("there is no directory to hold files on their way between two servers")
        batch = self._batches.open(
            source,
            target,
            directory,
            policy or (ConflictPolicy.ASK if expected is not None else self._usual_policy(direction)),
            move=move,
            sources=entries,
            rename_to=rename_to,
            is_text=is_text,
            expected=expected,
        )
        self._scan(batch)
        return batch.id

    def _usual_policy(self, direction: Direction) -> ConflictPolicy:
        """What happens to targets that exist in a batch that does not say."""
        is_open = self.default_policy is ConflictPolicy.ASK
        return self.how.policy(direction) if is_open else self.default_policy

    def _scan(self, batch: Batch) -> None:
        from tuiftp.transfers.planner import Planner  # the first screen does without it

        planner = Planner(
            batch,
            enqueue=self._enqueue,
            next_id=lambda: next(self._ids),
            local=self._local,
            spool=self._spool,
            bus=self._bus,
            clock=self._clock,
            rules=self._rules,
        )
        self._dispatch.scan(batch, planner)

    def _enqueue(self, job: Job) -> None:
        known = job.batch.known
        if known is not None and job.transfer.source in known:
            return  # an earlier run had come so far
        if job.batch.priority is not Priority.NORMAL:
            job.transfer = job.transfer.changed(priority=job.batch.priority)
        if job.batch.move:
            job.batch.staying[job.transfer.id] = job.parts
        self._job_list.add(job)
        self._dispatch.pump()

    def transfers(self) -> Sequence[Transfer]:
        """All transfers in queue order. Always the same list: look at it, keep no part of it."""
        return self._job_list.view

    def get(self, id: int) -> Transfer | None:
        """A transfer as it is now; None if it has left the queue."""
        job = self._job_list.get(id)
        return None if job is None else job.transfer

    def attempts_log(self, id: int) -> Sequence[Attempt]:
        """Every attempt of a transfer, oldest first, with its reason and its connection in the protocol log."""
        job = self._job_list.get(id)
        return () if job is None else attempts_of(job)

    def batches(self) -> Sequence[BatchOverview]:
        """The batches that have transfers in the queue, or whose sources are being read; oldest first."""
        return [overview_of(batch) for batch in self._batches.all if batch.is_scanning or batch.listed]

    def batch(self, number: int) -> BatchOverview | None:
        """One batch as it stands now; costs the same however long it is."""
        batch = self._batches.get(number)
        return None if batch is None else overview_of(batch)

    def transfer_of(self, conn: int, at: datetime) -> int | None:
        """The transfer that had a control connection of the protocol log at a moment."""
        return self._context.connection_owners.find(conn, at)

    def totals(self) -> QueueTotals:
        """The queue in numbers; costs the same however long it is."""
        return self._job_list.totals(
            is_paused=self._dispatch.is_at_a_stop,
            paces=self._context.paces,
            holds=self._dispatch.holds.all,
            down_limit=self._context.rate_limits.rate(Direction.DOWNLOAD),
            up_limit=self._context.rate_limits.rate(Direction.UPLOAD),
        )

    def sample(self) -> None:
        """Looks at the counters of what runs, and tells of those that moved."""
        self._dispatch.sample()

    def throughput(self) -> Sequence[tuple[int, int]]:
        """Bytes that went down and up in each second of the last ten minutes, oldest first."""
        return self._context.throughput.seconds(self._clock.monotonic())

    async def history(self, limit: int = 200) -> Sequence[Finished]:
        """What has ended in this run and in earlier ones, the last one first; empty if the queue is not stored."""
        if self._store is None:
            return ()
        return await self._local.run(read_history, self._store, limit)

    async def clear_history(self) -> None:
        """Forgets what has ended."""
        if self._store is not None:
            await self._context.journal.clear_history()

    async def wait_idle(self) -> None:
        """Returns when nothing happens without the user any more: all ended, paused, or held."""
        await self._dispatch.at_rest.wait()

    async def wait_batch(self, batch: int) -> BatchFinished:
        """Returns how a batch ended.

        If its side is held meanwhile (a disk is full, a login is refused, the server stays away), returns at once
        and counts what still waits as failed.
        """
        return await self._batches.wait(batch, self._dispatch.holds.stops)
