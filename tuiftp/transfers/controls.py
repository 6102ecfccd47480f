"""What a user does to transfers that are in the queue: stop them, let them go, order them, limit them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from tuiftp.transfers.bulk_actions import AT_ONCE, BulkAction
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.dispatcher import Dispatcher
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.job_list import JobList
from tuiftp.transfers.model import Direction, Priority, TransferState

_Choice = Callable[[Job], bool]
_AGAIN = (TransferState.FAILED, TransferState.SKIPPED, TransferState.CANCELLED)


class Controls(ABC):
    """The part of the queue that acts on what is in it. Numbers that nobody has are passed over."""

    def __init__(self, job_list: JobList, dispatch: Dispatcher, context: TransferContext) -> None:
        self._job_list = job_list
        self._dispatch = dispatch
        self._context = context

    @abstractmethod
    def _scan(self, batch: Batch) -> None:
        """Has the sources of a batch read."""

    # Stop and go.

    def pause(self, *ids: int) -> None:
        """Holds transfers; a part is kept, so that `resume` goes on from its end."""
        self._do(self._these(ids), self._pause_one, stops=True)

    def resume(self, *ids: int) -> None:
        """Lets paused transfers go on, and those that wait for their next try at once."""
        self._do(self._these(ids), self._resume_one)

    def cancel(self, *ids: int) -> None:
        """Gives transfers up and removes their parts; what an upload has sent stays on the server."""
        self._do(self._these(ids), self._cancel_one, stops=True)

    def retry(self, *ids: int) -> None:
        """Queues failed, skipped and cancelled transfers again; what a refused name made fail stays so."""
        self._do(self._these(ids), self._retry_one)

    def retry_now(self, *ids: int) -> None:
        """Tries transfers at once that wait for their next try; all that do if none is named."""
        self._do(self._these(ids) if ids else _retrying, self._resume_one)

    def retry_failed(self) -> None:
        """Queues all failed transfers again."""
        self._do(_failed, self._retry_one)

    def pause_all(self) -> None:
        """Holds the whole queue: what runs is paused, what waits is not begun."""
        self._dispatch.hold()

    def resume_all(self) -> None:
        """Lets the queue go on, with everything that is paused, and what errors have held."""
        self._dispatch.is_held = False
        self._dispatch.release()
        for batch in self._dispatch.batches.all:
            self._read_on(batch)
        self._do(_paused, self._resume_one)

    # Batches.

    def pause_batch(self, *batches: int) -> None:
        """Holds all transfers of batches."""
        self._do(_of_batch(batches), self._pause_one, stops=True)

    def resume_batch(self, *batches: int) -> None:
        """Lets all paused transfers of batches go on."""
        for batch in self._batches_of(batches):
            self._read_on(batch)
        self._do(_of_batch(batches), self._resume_one)

    def cancel_batch(self, *batches: int) -> None:
        """Gives up all of batches that has not ended, what was not read of their sources too."""
        for batch in self._batches_of(batches):
            self._dispatch.stop_scan(batch)
            if batch.waits_for_scan:
                batch.waits_for_scan = batch.is_scanning = False
                self._leave_unread(batch)
        self._do(_of_batch(batches), self._cancel_one, stops=True)

    def retry_batch(self, *batches: int) -> None:
        """Queues again what failed in batches, was skipped or cancelled."""
        self._do(_of_batch(batches), self._retry_one)

    # Order.

    def move_up(self, *ids: int) -> None:
        """Moves waiting transfers one step to the front."""
        self._job_list.move_up(ids)

    def move_down(self, *ids: int) -> None:
        """Moves waiting transfers one step to the end."""
        self._job_list.move_down(ids)

    def move_top(self, *ids: int) -> None:
        """Moves waiting transfers to the front of all that wait."""
        self._job_list.move_top(ids)

    def set_priority(self, priority: Priority, *ids: int) -> None:
        """Has transfers go before or after others, whatever their place."""
        self._do(self._these(ids), lambda job: self._job_list.change(job, priority=priority))

    def set_batch_priority(self, priority: Priority, *batches: int) -> None:
        """Has all transfers of batches go before or after others, those too that are still to be found."""
        for batch in self._batches_of(batches):
            batch.priority = priority
        self._do(_of_batch(batches), lambda job: self._job_list.change(job, priority=priority))

    def clear_finished(self) -> None:
        """Takes everything that has ended out of the list; parts of failed downloads are removed."""
        self._do(
            _finished,
            self._clear_one,
            then=lambda batches: self._dispatch.slices.let_go(self._job_list.compact()),
        )

    # Limits.

    def set_parallel(self, n: int) -> None:
        """Sets how many transfers run at once; those beyond it end what they are at."""
        self._dispatch.set_parallel(n)

    def set_limit(self, direction: Direction, rate: int | None) -> None:
        """Sets how many bytes a second all transfers of a direction may take together; None: as many as they can."""
        self._context.rate_limits.set_rate(direction, rate)

    def set_transfer_limit(self, id: int, rate: int | None) -> None:
        """Sets how many bytes a second one transfer may take, also under way; None: no limit of its own."""
        for job in self._jobs((id,)):
            self._context.rate_limits.set_own(job, rate)
            self._job_list.change(job, limit=rate or None)

    # One by one.

    def _pause_one(self, job: Job) -> None:
        if job.state in (TransferState.QUEUED, TransferState.RUNNING):
            self._dispatch.interrupt(job, TransferState.PAUSED)

    def _resume_one(self, job: Job) -> None:
        if job.state is TransferState.PAUSED or job.timer is not None:
            self._dispatch.requeue(job)

    def _cancel_one(self, job: Job) -> None:
        if not job.state.is_finished:
            note = "cancelled; an incomplete file stays on the server" if job.has_sent else None
            self._dispatch.interrupt(job, TransferState.CANCELLED, note=note)

    def _retry_one(self, job: Job) -> None:
        if job is job.batch.unread:
            self._read_again(job)
        elif job.state in _AGAIN and job.place is not None:
            self._dispatch.batches.reopen(job.batch)
            self._dispatch.requeue(job)

    def _read_on(self, batch: Batch) -> None:
        """Has the rest of the sources read that an earlier run has left."""
        if batch.waits_for_scan:
            batch.waits_for_scan = False
            self._scan(batch)

    def _read_again(self, job: Job) -> None:
        """Reads the sources of a batch once more, where that had failed; what is in the queue stays as it is."""
        batch, jobs = job.batch, self._job_list.jobs
        batch.unread, batch.is_scanning = None, True
        batch.known = {other.transfer.source for other in jobs if other.batch is batch and other is not job}
        batch.states[job.state] -= 1  # it was no transfer: nothing of the batch has failed by it any more
        self._dispatch.batches.reopen(batch)
        self._job_list.drop(job)
        self._dispatch.slices.let_go(self._job_list.compact())
        self._scan(batch)

    def _leave_unread(self, batch: Batch) -> None:
        """Gives up what was not read of the sources of a batch."""
        batch.unread, batch.sources, batch.known = None, (), None
        self._context.journal.note_batch(batch)

    def _clear_one(self, job: Job) -> None:
        if job is job.batch.unread:
            self._leave_unread(job.batch)
        self._job_list.drop(job)
        self._dispatch.discard_part(job)

    def _do(
        self,
        concerns: _Choice | Sequence[Job],
        act: Callable[[Job], None],
        *,
        stops: bool = False,
        then: Callable[[Iterable[Batch]], None] | None = None,
    ) -> None:
        """Acts on the transfers of a choice, or on these."""
        jobs = tuple(self._job_list.jobs) if callable(concerns) else concerns
        choice: _Choice = concerns if callable(concerns) else _all
        self._dispatch.slices.do(BulkAction(jobs, choice, act, then or self._done, stops))
        self._dispatch.pump()

    def _done(self, batches: Iterable[Batch]) -> None:
        self._dispatch.after_end(batches)
        self._dispatch.pump()

    def _these(self, ids: Sequence[int]) -> _Choice | Sequence[Job]:
        """The transfers of these numbers: looked up if they are few, else found on the way."""
        return self._jobs(ids) if len(ids) <= AT_ONCE else _of_number(ids)

    def _jobs(self, ids: Iterable[int]) -> list[Job]:
        found = (self._job_list.get(number) for number in ids)
        return [job for job in found if job is not None]

    def _batches_of(self, numbers: Iterable[int]) -> list[Batch]:
        found = (self._dispatch.batches.get(number) for number in numbers)
        return [batch for batch in found if batch is not None]


def _of_number(numbers: Iterable[int]) -> _Choice:
    wanted = frozenset(numbers)
    return lambda job: job.transfer.id in wanted


def _of_batch(numbers: Iterable[int]) -> _Choice:
    wanted = frozenset(numbers)
    return lambda job: job.transfer.batch in wanted


def _all(job: Job) -> bool:
    return True


def _retrying(job: Job) -> bool:
    return job.timer is not None


def _paused(job: Job) -> bool:
    return job.transfer.state is TransferState.PAUSED


def _failed(job: Job) -> bool:
    return job.transfer.state is TransferState.FAILED


def _finished(job: Job) -> bool:
    return job.transfer.state.is_finished
