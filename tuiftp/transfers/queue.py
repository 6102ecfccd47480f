"""The transfer queue: what the screen and the headless commands talk to. Every call returns at once.

It belongs to the event loop's thread. What a user asks for (pause, cancel, order) shows at once; whoever is at
the transfer is interrupted and cleans up behind it (`dispatch`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import count

from tuiftp.events import EventBus
from tuiftp.files.endpoint import EndpointPool
from tuiftp.files.local import LocalEndpoint
from tuiftp.transfers.board import Board
from tuiftp.transfers.dispatch import Dispatcher
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import (
    BatchFinished,
    ConflictPolicy,
    Direction,
    QueueTotals,
    Transfer,
    TransferState,
)
from tuiftp.transfers.planner import Planner, Sources
from tuiftp.transfers.policy import Decider
from tuiftp.transfers.progress import Clock, SystemClock
from tuiftp.transfers.questions import Questions
from tuiftp.transfers.retries import RetryRules
from tuiftp.transfers.rules import TransferRules
from tuiftp.transfers.workbench import Workbench


class TransferQueue:
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
        how: TransferRules | None = None,
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
        """
        self._bus = bus
        self._local = local
        self._clock: Clock = clock or SystemClock()
        self._rules = rules or RetryRules()
        self.default_policy = default_policy
        """What happens to targets that exist, in batches queued from now on."""
        self._board = Board(bus)
        bench = Workbench(local, self._board, Questions(decider), self._clock)
        self._bench = bench
        if how is not None:
            bench.rules = how
        self._dispatch = Dispatcher(bench, bus=bus, rules=self._rules, parallel=parallel)
        self._batches = self._dispatch.batches
        self._ids = count(1)

    @property
    def how(self) -> TransferRules:
        """How transfers are done; a change holds from the next file on."""
        return self._bench.rules

    @how.setter
    def how(self, rules: TransferRules) -> None:
        self._bench.rules = rules

    async def start(self) -> None:
        """Begins to work on what is queued, now and later."""
        self._dispatch.start()

    async def close(self) -> None:
        """Interrupts everything, within about a second; parts of unfinished downloads are removed."""
        await self._dispatch.close()

    def download(
        self,
        pool: EndpointPool,
        sources: Sources,
        directory: str,
        *,
        policy: ConflictPolicy | None = None,
        move: bool = False,
        rename_to: str | None = None,
    ) -> int:
        """Queues remote files and trees to go into a local directory; returns the batch's number.

        Args:
            pool: Who lends sessions of the site.
            sources: Remote paths and what is there, as listed.
            directory: The local directory, an absolute path.
            policy: What to do with targets that exist; the queue's default otherwise.
            move: Whether sources are removed once they are verified to be over.
            rename_to: Another name for the one source.
        """
        return self._queue(Direction.DOWNLOAD, pool, sources, directory, policy, move, rename_to)

    def upload(
        self,
        pool: EndpointPool,
        sources: Sources,
        directory: str,
        *,
        policy: ConflictPolicy | None = None,
        move: bool = False,
        rename_to: str | None = None,
    ) -> int:
        """Queues local files and trees to go into a remote directory; otherwise as `download`."""
        return self._queue(Direction.UPLOAD, pool, sources, directory, policy, move, rename_to)

    def _queue(
        self,
        direction: Direction,
        pool: EndpointPool,
        sources: Sources,
        directory: str,
        policy: ConflictPolicy | None,
        move: bool,
        rename_to: str | None,
    ) -> int:
        if rename_to is not None and len(sources) != 1:
            raise ValueError("only a single source can be renamed")
        batch = self._batches.open(
            direction, pool, directory, policy or self._usual_policy(direction), move=move
        )
        planner = Planner(
            batch,
            enqueue=self._enqueue,
            next_id=lambda: next(self._ids),
            local=self._local,
            bus=self._bus,
            clock=self._clock,
            rules=self._rules,
        )

        self._dispatch.scan(batch, partial(planner.run, tuple(sources), rename_to))
        return batch.id

    def _usual_policy(self, direction: Direction) -> ConflictPolicy:
        """What happens to targets that exist in a batch that does not say."""
        is_open = self.default_policy is ConflictPolicy.ASK
        return self.how.policy(direction) if is_open else self.default_policy

    def _enqueue(self, job: Job) -> None:
        if job.batch.move:
            job.batch.staying[job.transfer.id] = job.parts
        self._board.add(job)
        self._dispatch.pump()

    def transfers(self) -> Sequence[Transfer]:
        """All transfers in queue order. Always the same list: look at it, keep no part of it."""
        return self._board.view

    def get(self, id: int) -> Transfer | None:
        """A transfer as it is now; None if it has left the queue."""
        job = self._board.get(id)
        return None if job is None else job.transfer

    def totals(self) -> QueueTotals:
        """The queue in numbers; costs the same however long it is."""
        return self._board.totals(is_paused=self._dispatch.is_held)

    def sample(self) -> None:
        """Looks at the counters of what runs, and tells of those that moved."""
        self._dispatch.sample()

    def pause(self, *ids: int) -> None:
        """Holds transfers; a part is kept, so that `resume` goes on from its end."""
        for job in self._found(ids):
            if job.state in (TransferState.QUEUED, TransferState.RUNNING):
                self._dispatch.take_out(job, TransferState.PAUSED)
        self._dispatch.pump()

    def resume(self, *ids: int) -> None:
        """Lets paused transfers go on, and those that wait for their next try at once."""
        for job in self._found(ids):
            if job.state is TransferState.PAUSED or job.timer is not None:
                self._dispatch.put_back(job)
        self._dispatch.pump()

    def cancel(self, *ids: int) -> None:
        """Gives transfers up and removes their parts; what an upload has sent stays on the server."""
        jobs = [job for job in self._found(ids) if not job.state.is_finished]
        for job in jobs:
            note = "cancelled; an incomplete file stays on the server" if job.has_sent else None
            self._dispatch.take_out(job, TransferState.CANCELLED, note=note)
        self._dispatch.after_end(jobs)

    def retry(self, *ids: int) -> None:
        """Queues failed, skipped and cancelled transfers again; what a refused name made fail stays so."""
        again = (TransferState.FAILED, TransferState.SKIPPED, TransferState.CANCELLED)
        for job in self._found(ids):
            if job.state in again and job.place is not None:
                self._batches.reopen(job.batch)
                self._dispatch.put_back(job)
        self._dispatch.pump()

    def retry_failed(self) -> None:
        """Queues all failed transfers again."""
        self.retry(*(job.transfer.id for job in self._board.jobs if job.state is TransferState.FAILED))

    def move_up(self, *ids: int) -> None:
        """Moves waiting transfers one step to the front."""
        self._board.move_up(ids)

    def move_down(self, *ids: int) -> None:
        """Moves waiting transfers one step to the end."""
        self._board.move_down(ids)

    def move_top(self, *ids: int) -> None:
        """Moves waiting transfers to the front of all that wait."""
        self._board.move_top(ids)

    def clear_finished(self) -> None:
        """Takes everything that has ended out of the list; parts of failed downloads are removed."""
        for job in self._board.remove(lambda job: job.state.is_finished):
            self._dispatch.discard_part(job)

    def pause_all(self) -> None:
        """Holds the whole queue: what runs is paused, what waits is not begun."""
        self._dispatch.hold()

    def resume_all(self) -> None:
        """Lets the queue go on, with everything that is paused."""
        self._dispatch.is_held = False
        if self._board.count(TransferState.PAUSED):
            for job in self._board.jobs:
                if job.state is TransferState.PAUSED:
                    self._dispatch.put_back(job)
        self._dispatch.pump()

    def set_parallel(self, n: int) -> None:
        """Sets how many transfers run at once; those beyond it end what they are at."""
        self._dispatch.set_parallel(n)

    async def wait_idle(self) -> None:
        """Returns when nothing happens without the user any more: all ended, paused, or the queue is held."""
        await self._dispatch.at_rest.wait()

    async def wait_batch(self, batch: int) -> BatchFinished:
        """Returns how a batch ended.

        If the queue stops itself meanwhile (a disk is full, a login is refused, the server stays away),
        returns at once and counts what still waits as failed.
        """
        return await self._batches.wait(batch)

    def _found(self, ids: Iterable[int]) -> list[Job]:
        found = (self._board.get(number) for number in ids)
        return [job for job in found if job is not None]
