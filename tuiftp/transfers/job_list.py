"""The list of all transfers in their order, with running counts: each change costs the same, however long it is."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tuiftp.events import EventBus
from tuiftp.transfers.job import Job
from tuiftp.transfers.journal import Forgetful, Journal
from tuiftp.transfers.model import (
    Direction,
    Hold,
    OrderChanged,
    Priority,
    QueueTotals,
    Transfer,
    TransferChanged,
    TransfersRemoved,
    TransferState,
)
from tuiftp.transfers.speed_meter import Pace, both_left

_UNFINISHED = (TransferState.QUEUED, TransferState.RUNNING)
_PRIORITIES = tuple(Priority)
_MOVABLE = (TransferState.QUEUED, TransferState.PAUSED)
_WEIGHTS = frozenset({"state", "size", "transferred", "priority"})
"""What the totals are made of."""
_FLEETING = frozenset({"transferred", "speed", "eta", "retry_in"})
"""What changes many times a second and is stored now and then only."""


_LONG = 5_000
"""From so many transfers on the garbage collector would be felt."""
_FREEZE_EVERY = 2_000


class JobList:
    """Who is in the queue, where, and in which state. Publishes every change."""

    def __init__(self, bus: EventBus, journal: Journal | None = None) -> None:
        self._bus = bus
        self._journal: Journal = journal or Forgetful()
        self._jobs: list[Job] = []
        self._view: list[Transfer] = []
        self._by_id: dict[int, Job] = {}
        self._states: Counter[TransferState] = Counter()
        self._waiting = [0, 0, 0]
        """How many wait, by priority."""
        self._bytes_left = 0
        self._unknown_sizes = 0
        self._failed_begun = self._failed_bytes = 0
        self._first_ready = [0, 0, 0]
        """By priority: no transfer before this place waits and is ready."""
        self._dropped: list[int] = []
        self._fresh = 0
        self._last_order = 0
        self._first_order = 0
        self.ended: Counter[TransferState] = Counter()
        """How many have ended, and how, since it was last set back."""
        self.ended_size = 0
        """Bytes of those that are done."""
        self.all_ended = dict.fromkeys(Direction, 0)
        """How often a transfer has ended, whichever way; never set back."""

    @property
    def view(self) -> Sequence[Transfer]:
        """All transfers in queue order; always the same list, kept up to date."""
        return self._view

    @property
    def jobs(self) -> Sequence[Job]:
        """All jobs in queue order."""
        return self._jobs

    def get(self, number: int) -> Job | None:
        """The job of a transfer."""
        return self._by_id.get(number)

    def count(self, state: TransferState) -> int:
        """How many are in a state."""
        return self._states[state]

    def add(self, job: Job) -> None:
        """Puts a job at the end."""
        job.index = len(self._jobs)
        self._last_order = job.order = max(job.order, self._last_order + 1)
        self._jobs.append(job)
        self._view.append(job.transfer)
        self._by_id[job.transfer.id] = job
        job.batch.states[job.state] += 1
        _count_in(job, 1)
        _weigh_in(job, job.transfer, 1)
        self._weigh(job.transfer, 1)
        if job.state.is_finished:
            self._count_end(job.transfer)
        self._journal.note(job)
        self._bus.publish(TransferChanged(job.transfer))
        self._age()

    def change(self, job: Job, **changes: Any) -> None:
        """Gives a transfer new values and tells of it. One that has left the queue is changed in silence."""
        before = job.transfer
        for name, value in changes.items():
            if getattr(before, name) != value:
                break
        else:
            return
        job.transfer = after = before.changed(**changes)
        if job.index < 0:
            return
        self._view[job.index] = after
        if after.state is not before.state:
            job.batch.states[before.state] -= 1
            job.batch.states[after.state] += 1
            if after.state.is_finished:
                self._count_end(after)
        if not _WEIGHTS.isdisjoint(changes):
            job.batch.size += (after.size or 0) - (before.size or 0)
            job.batch.moved += after.transferred - before.transferred
            for transfer, sign in ((before, -1), (after, 1)):
                _weigh_in(job, transfer, sign)
                self._weigh(transfer, sign)
        if after.state is TransferState.QUEUED:
            self.reconsider(job)
        if changes.keys() <= _FLEETING:
            self._journal.note_progress(job)
        else:
            self._journal.note(job)
        self._bus.publish(TransferChanged(after))
        self._age()

    def _age(self) -> None:
        """Keeps a long queue out of the garbage collector's way: to walk over it takes longer than a key press may.

        What is frozen still goes when nobody refers to it; only circles of it would stay, and there are none.
        """
        self._fresh += 1
        if self._fresh >= _FREEZE_EVERY:
            self._fresh = 0
            if len(self._jobs) > _LONG:
                gc.freeze()

    def keep(self, job: Job) -> None:
        """Has what is known of a job beyond what is shown written down."""
        self._journal.note(job)

    def reconsider(self, job: Job) -> None:
        """Says that this job may be taken now."""
        priority = job.transfer.priority
        if 0 <= job.index < self._first_ready[priority]:
            self._first_ready[priority] = job.index

    def reconsider_all(self) -> None:
        """Says that many may be taken now."""
        self._first_ready = [0, 0, 0]

    def take(self, is_ready: Callable[[Job], bool]) -> Job | None:
        """The first waiting job that is ready, of the highest priority that has one; it stays where it is.

        Places where none is are not looked at again: call `reconsider` when one becomes ready.
        """
        for priority in _PRIORITIES:
            place = self._first_ready[priority] if self._waiting[priority] else len(self._jobs)
            while place < len(self._jobs):
                job = self._jobs[place]
                if (
                    job.transfer.state is TransferState.QUEUED
                    and job.transfer.priority == priority
                    and is_ready(job)
                ):
                    self._first_ready[priority] = place
                    return job
                place += 1
            if self._waiting[priority]:
                self._first_ready[priority] = place
        return None

    def following(self, job: Job, number: int) -> list[Job]:
        """This job, and those that are likely to be taken next."""
        after = self._jobs[job.index + 1 : job.index + number] if job.index >= 0 else []
        return [job, *(one for one in after if one.transfer.state is TransferState.QUEUED)]

    def move_up(self, numbers: Iterable[int]) -> None:
        """Moves waiting transfers one step to the front, past the next one that waits too."""
        self._step(self._chosen(numbers), -1)

    def move_down(self, numbers: Iterable[int]) -> None:
        """Moves waiting transfers one step to the end, past the next one that waits too."""
        self._step(list(reversed(self._chosen(numbers))), 1)

    def move_top(self, numbers: Iterable[int]) -> None:
        """Moves waiting transfers to the front of all that wait, in their order."""
        chosen = self._chosen(numbers)
        if not chosen:
            return
        first = next(place for place, job in enumerate(self._jobs) if job.state in _MOVABLE)
        rest: list[Job] = []
        end = first
        for job in chosen:
            rest += self._jobs[end : job.index]
            end = job.index + 1
        self._jobs[first:end] = [*chosen, *rest]
        self._renumber(first, end)
        self._first_order -= len(chosen)
        for place, job in enumerate(chosen):
            job.order = self._first_order + place
            self._journal.note(job)
        self._bus.publish(OrderChanged())

    def drop(self, job: Job) -> None:
        """Takes a job out; its place stays empty until `compact`, for it may be one of a hundred thousand."""
        if job.index < 0:
            return
        del self._by_id[job.transfer.id]
        _weigh_in(job, job.transfer, -1)
        self._weigh(job.transfer, -1)
        _count_in(job, -1)
        job.index = -1
        self._dropped.append(job.transfer.id)
        self._journal.note(job)

    def compact(self) -> list[Job]:
        """Closes the places of those that were dropped, and tells that they are gone; returns them."""
        leaving = [job for job in self._jobs if job.index < 0]
        if leaving:
            self._jobs[:] = [job for job in self._jobs if job.index >= 0]
            self._renumber(0)
            del self._view[len(self._jobs) :]
            gone, self._dropped = tuple(self._dropped), []
            self._bus.publish(TransfersRemoved(gone))
        return leaving

    def totals(
        self,
        *,
        is_paused: bool,
        paces: Mapping[Direction, Pace],
        holds: tuple[Hold, ...] = (),
        down_limit: int | None = None,
        up_limit: int | None = None,
    ) -> QueueTotals:
        """The queue in numbers; costs the same however long it is."""
        active, queued = self._states[TransferState.RUNNING], self._states[TransferState.QUEUED]
        now = paces if active else dict.fromkeys(Direction, Pace())
        return QueueTotals(
            active=active,
            queued=queued,
            paused=self._states[TransferState.PAUSED],
            failed=self._states[TransferState.FAILED],
            done=self._states[TransferState.DONE],
            failed_begun=self._failed_begun,
            failed_bytes=self._failed_bytes,
            down_speed=now[Direction.DOWNLOAD].speed + now[Direction.RELAY].speed,
            up_speed=now[Direction.UPLOAD].speed + now[Direction.RELAY].speed,
            eta=both_left(self._bytes_left, active + queued, *now.values()),
            is_eta_least=bool(self._unknown_sizes),
            is_paused=is_paused,
            holds=holds,
            down_limit=down_limit,
            up_limit=up_limit,
        )

    def _count_end(self, transfer: Transfer) -> None:
        self.ended[transfer.state] += 1
        self.all_ended[transfer.direction] += 1
        if transfer.state is TransferState.DONE:
            self.ended_size += transfer.size or 0

    def _chosen(self, numbers: Iterable[int]) -> list[Job]:
        found = (self._by_id.get(number) for number in dict.fromkeys(numbers))
        movable = [job for job in found if job is not None and job.state in _MOVABLE]
        return sorted(movable, key=lambda job: job.index)

    def _step(self, chosen: Sequence[Job], direction: int) -> None:
        moved = set(map(id, chosen))
        swaps: list[tuple[int, int]] = []
        for job in chosen:
            place = job.index + direction
            while 0 <= place < len(self._jobs) and self._jobs[place].state not in _MOVABLE:
                place += direction
            # A neighbour that was to move as well and could not holds the others back: they stay a block.
            if 0 <= place < len(self._jobs) and id(self._jobs[place]) not in moved:
                swaps.append((job.transfer.id, self._jobs[place].transfer.id))
                self._swap(job, self._jobs[place])
        if swaps:
            self._bus.publish(OrderChanged(tuple(swaps)))

    def _swap(self, first: Job, second: Job) -> None:
        first.index, second.index = second.index, first.index
        first.order, second.order = second.order, first.order
        for job in (first, second):
            self._jobs[job.index] = job
            self._view[job.index] = job.transfer
            self._journal.note(job)
            self.reconsider(job)

    def _renumber(self, start: int, end: int | None = None) -> None:
        """Has the jobs from `start` on, up to `end`, know their places, and the view show them there."""
        changed = self._jobs[start:end]
        for place, job in enumerate(changed, start):
            job.index = place
        self._view[start:end] = [job.transfer for job in changed]
        self._first_ready = [min(first, start) for first in self._first_ready]

    def _weigh(self, transfer: Transfer, sign: int) -> None:
        """Adds what a transfer counts for in the totals, or takes it away again."""
        self._states[transfer.state] += sign
        if transfer.state is TransferState.FAILED and transfer.transferred:
            self._failed_begun += sign
            self._failed_bytes += sign * transfer.transferred
        if transfer.state not in _UNFINISHED:
            return
        if transfer.state is TransferState.QUEUED:
            self._waiting[transfer.priority] += sign
        if transfer.size is None:
            self._unknown_sizes += sign
        else:
            self._bytes_left += sign * max(0, transfer.size - transfer.transferred)


def _weigh_in(job: Job, transfer: Transfer, sign: int) -> None:
    """Adds what a transfer that has not ended counts for in its batch, or takes it away again."""
    if transfer.state.is_finished:
        return
    left = sign * max(0, (transfer.size or 0) - transfer.transferred)
    job.batch.left += left
    job.batch.paused += left if transfer.state is TransferState.PAUSED else 0
    if transfer.transferred:
        job.batch.begun += sign
        job.batch.begun_bytes += sign * transfer.transferred


def _count_in(job: Job, sign: int) -> None:
    """Adds a transfer to what is in the queue of its batch, or takes it away."""
    batch, transfer = job.batch, job.transfer
    batch.listed += sign
    batch.size += sign * (transfer.size or 0)
    batch.moved += sign * transfer.transferred
