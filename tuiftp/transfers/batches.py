"""The batches of the queue: opened by one key press, over when all of it has ended, and told so once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry
from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.site import TransferSite
from tuiftp.transfers.background_tasks import BackgroundTasks
from tuiftp.transfers.cleanup import remove_emptied
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import Attempt, BatchFinished, BatchOverview, BatchState, TransferState
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.transfers.speed_meter import Pace

if TYPE_CHECKING:
    from tuiftp.transfers.planner import Sources


class Batches:
    """All batches of this run."""

    def __init__(
        self, bus: EventBus, context: TransferContext, tasks: BackgroundTasks, *, rules: RetryRules
    ) -> None:
        self._bus = bus
        self._context = context
        self._tasks = tasks
        self.rules = rules
        """How often what failed is tried again."""
        self._batches: dict[int, Batch] = {}
        self._unfinished: set[Batch] = set()
        self._waiters: dict[int, list[asyncio.Future[BatchFinished]]] = {}
        self.last_number = 0
        """The highest number that was ever given."""

    @property
    def all(self) -> Sequence[Batch]:
        """All batches, in the order in which they were opened."""
        return tuple(self._batches.values())

    def get(self, number: int) -> Batch | None:
        """The batch of a number."""
        return self._batches.get(number)

    def open(
        self,
        source: TransferSite,
        target: TransferSite,
        directory: str,
        policy: ConflictPolicy,
        *,
        move: bool,
        sources: Sources = (),
        rename_to: str | None = None,
        is_text: bool | None = None,
        expected: Entry | None = None,
    ) -> Batch:
        """Begins a batch."""
        self.last_number += 1
        batch = Batch(self.last_number, source, target, directory, policy, move)
        batch.sources, batch.rename_to = tuple(sources), rename_to
        batch.is_text, batch.expected = is_text, expected
        batch.title = title_of(sources, rename_to)
        self.add(batch)
        self._context.journal.note_batch(batch)
        return batch

    def add(self, batch: Batch) -> None:
        """Takes in a batch that an earlier run has opened."""
        self.last_number = max(self.last_number, batch.id)
        self._batches[batch.id] = batch
        self._unfinished.add(batch)

    def settle(self, batch: Batch) -> None:
        """Takes a batch that an earlier run has opened as ended, if all of it has."""
        if batch.is_over:
            batch.finished = batch.result()
            self._unfinished.discard(batch)

    def waiting(self, of_which: Callable[[Batch], bool]) -> int:
        """How many transfers wait in the batches of which it is so."""
        return sum(batch.states[TransferState.QUEUED] for batch in self._unfinished if of_which(batch))

    def reopen(self, batch: Batch) -> None:
        """Says that something of it will be done again."""
        batch.finished = None
        self._unfinished.add(batch)

    def check(self, batch: Batch) -> None:
        """Ends the batch if all of it has ended."""
        if batch.finished is not None or batch.is_tidying or not batch.is_over:
            return
        if batch.move and batch.directories and batch.states[TransferState.DONE]:
            batch.is_tidying = True
            self._tasks.begin(self._tidy(batch), f"tidying batch {batch.id}")
        else:
            self._finish(batch)

    async def wait(self, number: int, is_stopped: Callable[[Batch], bool]) -> BatchFinished:
        """Returns how a batch ended, once it has; at once if it is stopped already, what waits counted as failed."""
        batch = self._batches[number]
        if batch.finished is not None:
            return batch.finished
        if is_stopped(batch):
            return batch.result(waiting_failed=True)
        waiter: asyncio.Future[BatchFinished] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(number, []).append(waiter)
        return await waiter

    def give_up_waiting(self, of_which: Callable[[Batch], bool] = lambda batch: True) -> None:
        """Answers those who wait for a batch of which it is so: nothing more happens there without the user."""
        for number in tuple(self._waiters):
            if of_which(self._batches[number]):
                self._answer(number, self._batches[number].result(waiting_failed=True))

    async def _tidy(self, batch: Batch) -> None:
        try:
            await remove_emptied(batch, self._context.local, rules=self.rules, clock=self._context.clock)
        except TuiftpError as error:
            batch.problems.append(f"the emptied directories were not removed: {error}")
        finally:
            batch.is_tidying = False
            if batch.is_over:
                self._finish(batch)

    def _finish(self, batch: Batch) -> None:
        batch.finished = batch.result()
        self._unfinished.discard(batch)
        self._bus.publish(batch.finished)
        self._answer(batch.id, batch.finished)

    def _answer(self, number: int, result: BatchFinished) -> None:
        for waiter in self._waiters.pop(number, ()):
            if not waiter.done():
                waiter.set_result(result)


def title_of(sources: Sources, rename_to: str | None) -> str:
    """What to call a batch: `release`, or `release and 3 more`."""
    if not sources:
        return ""
    name = rename_to or sources[0][1].name
    return name if len(sources) == 1 else f"{name} and {len(sources) - 1:,} more"


_ATTEMPTED = (TransferState.RUNNING, TransferState.DONE)


def overview_of(batch: Batch) -> BatchOverview:
    """A batch as it stands now."""
    states = batch.states
    pace = batch.pace if states[TransferState.RUNNING] else Pace()
    return BatchOverview(
        batch.id,
        batch.title,
        batch.direction,
        batch.source.label,
        batch.target.label,
        batch.directory,
        _state_of(batch),
        files=batch.listed,
        done=states[TransferState.DONE],
        failed=states[TransferState.FAILED],
        skipped=states[TransferState.SKIPPED] + states[TransferState.CANCELLED],
        waiting=states[TransferState.QUEUED] + states[TransferState.RUNNING] + states[TransferState.PAUSED],
        size=batch.size,
        transferred=batch.moved,
        running=states[TransferState.RUNNING],
        left=batch.left,
        begun=batch.begun,
        begun_bytes=batch.begun_bytes,
        speed=pace.speed,
        eta=pace.seconds_left(
            batch.left - batch.paused, states[TransferState.RUNNING] + states[TransferState.QUEUED]
        ),
    )


def attempts_of(job: Job) -> Sequence[Attempt]:
    """Every attempt of a transfer, oldest first: those that failed, and the one that runs or brought the file."""
    transfer = job.transfer
    past = tuple(job.past or ())
    if transfer.state not in _ATTEMPTED or transfer.started_at is None:
        return past
    return (*past, Attempt(transfer.started_at, transfer.finished_at, None, job.conn))


def _state_of(batch: Batch) -> BatchState:
    states = batch.states
    if batch.is_scanning and not batch.waits_for_scan:
        return BatchState.SCANNING
    for state, is_so in (
        (BatchState.RUNNING, states[TransferState.RUNNING]),
        (BatchState.QUEUED, states[TransferState.QUEUED]),
        (BatchState.PAUSED, states[TransferState.PAUSED] or batch.waits_for_scan),
        (BatchState.FAILED, states[TransferState.FAILED]),
        (BatchState.DONE, states[TransferState.DONE] or states[TransferState.SKIPPED]),
    ):
        if is_so:
            return state
    return BatchState.CANCELLED if states[TransferState.CANCELLED] else BatchState.DONE
