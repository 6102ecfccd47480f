"""Which transfer or batch lies in which row, filtered and grouped: kept up to date by what changed. No Textual."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from tuiftp.transfers.model import Transfer, TransferState
from tuiftp.ui.widgets.transfer_index import KindIndex

RowKey = tuple[int, int]
"""What a row is, wherever it lies: the batch, and the transfer; 0 for the row of the batch itself."""


class Filter(StrEnum):
    """Which transfers are shown."""

    ALL = "all"
    ACTIVE = "active"
    QUEUED = "queued"
    FAILED = "failed"
    DONE = "done"

    @property
    def following(self) -> Filter:
        """The next one, round and round."""
        filters = list(Filter)
        return filters[(filters.index(self) + 1) % len(filters)]


_FILTERS = (Filter.ACTIVE, Filter.QUEUED, Filter.FAILED, Filter.DONE)
_FAILED = _FILTERS.index(Filter.FAILED)
_KIND_OF = {
    TransferState.RUNNING: 0, TransferState.QUEUED: 1, TransferState.PAUSED: 1, TransferState.FAILED: 2,
    TransferState.DONE: 3, TransferState.SKIPPED: 3, TransferState.CANCELLED: 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchRow:
    """The row that stands over the transfers of a batch."""

    batch: int
    """Which batch."""
    is_folded: bool
    """Whether its transfers are hidden."""


Row = Transfer | BatchRow
"""What lies in a row."""


def key_of(row: Row) -> RowKey:
    """What tells a row from all others."""
    return (row.batch, 0) if isinstance(row, BatchRow) else (row.batch, row.id)


@dataclass(slots=True)
class _Group:
    """The transfers of a batch, in their order."""

    batch: int
    number: int
    ids: array[int] = field(default_factory=lambda: array("q"))
    kinds: KindIndex = field(default_factory=lambda: KindIndex(number=len(_FILTERS)))
    is_folded: bool = False


class TransferList:
    """Transfers in the order of the queue, or batch by batch. An update costs by what it brings."""

    def __init__(self) -> None:
        self.filter = Filter.ALL
        """Which are shown; see `show`."""
        self.is_grouped = False
        """Whether they stand batch by batch; see `group`."""
        self._rows: list[Transfer] = []
        self._place: dict[int, int] = {}
        self._kinds = KindIndex(number=len(_FILTERS))
        self._slots: array[int] = array("q")
        """For each place the one within its batch."""
        self._groups: dict[int, _Group] = {}
        self._running: set[int] = set()
        self._folded: set[int] = set()
        self._ends: list[int] | None = None
        self._order: list[_Group] = []

    def __len__(self) -> int:
        """How many rows are shown."""
        if self.is_grouped:
            ends = self._group_ends()
            return ends[-1] if ends else 0
        return self._shown_in(self._kinds)

    @property
    def total(self) -> int:
        """How many transfers there are, shown or not."""
        return len(self._rows)

    def _shown_in(self, kinds: KindIndex) -> int:
        return len(kinds) if self.filter is Filter.ALL else kinds.count(_FILTERS.index(self.filter))

    # -- what is shown

    def show(self, filter: Filter) -> None:
        """Shows other transfers."""
        self.filter = filter
        self._ends = None

    def group(self, is_grouped: bool) -> None:
        """Puts them batch by batch, or in the order of the queue."""
        self.is_grouped = is_grouped
        self._ends = None

    def fold(self, batch: int, is_folded: bool) -> None:
        """Hides the transfers of a batch, or shows them again."""
        (self._folded.add if is_folded else self._folded.discard)(batch)
        if (group := self._groups.get(batch)) is not None:
            group.is_folded = is_folded
        self._ends = None

    # -- what comes in

    def replace(self, transfers: Iterable[Transfer]) -> None:
        """Takes the whole queue anew, after transfers have left it."""
        rows = self._rows = list(transfers)
        self._place = {transfer.id: place for place, transfer in enumerate(rows)}
        self._running = {each.id for each in rows if each.state is TransferState.RUNNING}
        self._slots, self._groups, self._order, self._ends = array("q"), {}, [], None
        kinds = bytes([_KIND_OF[each.state] for each in rows])
        self._kinds = KindIndex(kinds, number=len(_FILTERS))
        # All at once: one after the other they would take three times as long, and there may be many.
        inside: dict[int, bytearray] = {}
        for transfer, kind in zip(rows, kinds, strict=True):
            group = self._groups.get(transfer.batch) or self._begin_group(transfer.batch)
            of_group = inside.setdefault(transfer.batch, bytearray())
            self._slots.append(len(of_group))
            of_group.append(kind)
            group.ids.append(transfer.id)
        for batch, group in self._groups.items():
            group.kinds = KindIndex(inside[batch], number=len(_FILTERS))
        self._folded.intersection_update(self._groups)

    def _begin_group(self, batch: int) -> _Group:
        group = self._groups[batch] = _Group(batch, len(self._order), is_folded=batch in self._folded)
        self._order.append(group)
        return group

    def update(self, transfers: Iterable[Transfer]) -> bool:
        """Takes changed transfers, and new ones at the end; returns whether rows lie elsewhere now."""
        is_shifted = False
        for transfer in transfers:
            kind = _KIND_OF[transfer.state]
            place = self._place.get(transfer.id)
            if place is None:
                self._add(transfer, kind)
                is_shifted = True
            else:
                self._rows[place] = transfer
                if self._kinds.put(place, kind):
                    self._groups[transfer.batch].kinds.put(self._slots[place], kind)
                    is_shifted = is_shifted or self.filter is not Filter.ALL
            if transfer.state is TransferState.RUNNING:
                self._running.add(transfer.id)
            else:
                self._running.discard(transfer.id)
        if is_shifted:
            self._ends = None
        return is_shifted

    def _add(self, transfer: Transfer, kind: int) -> None:
        group = self._groups.get(transfer.batch) or self._begin_group(transfer.batch)
        self._place[transfer.id] = len(self._rows)
        self._rows.append(transfer)
        self._kinds.append(kind)
        self._slots.append(len(group.ids))
        group.ids.append(transfer.id)
        group.kinds.append(kind)

    def swap(self, first: int, second: int) -> None:
        """Has two transfers change places; in their batches only if that is the same one."""
        here, there = self._place[first], self._place[second]
        rows, slots = self._rows, self._slots
        if rows[here].batch == rows[there].batch:
            group = self._groups[rows[here].batch]
            one, other = slots[here], slots[there]
            group.ids[one], group.ids[other] = second, first
            _swap_kinds(group.kinds, one, other)
        else:
            slots[here], slots[there] = slots[there], slots[here]
        rows[here], rows[there] = rows[there], rows[here]
        _swap_kinds(self._kinds, here, there)
        self._place[first], self._place[second] = there, here

    # -- where things lie

    def at(self, row: int) -> Row | None:
        """What lies in a row."""
        if not 0 <= row < len(self):
            return None
        if not self.is_grouped:
            return self._rows[self._nth(self._kinds, row)]
        group, start = self._group_at(row)
        if row == start:
            return BatchRow(group.batch, group.is_folded)
        return self._rows[self._place[group.ids[self._nth(group.kinds, row - start - 1)]]]

    def row_of(self, key: RowKey | None) -> int | None:
        """The row in which something lies; None: nowhere, or it is not shown."""
        if key is None:
            return None
        batch, id = key
        if not self.is_grouped:
            place = self._place.get(id)
            return None if place is None else self._shown_before(self._kinds, place)
        group = self._groups.get(batch)
        if group is None:
            return None
        start = self._start_of(group)
        if start is None or not id:
            return start
        place = self._place.get(id)
        if place is None or group.is_folded:
            return None
        before = self._shown_before(group.kinds, self._slots[place])
        return None if before is None else start + 1 + before

    def next_failed(self, row: int) -> RowKey | None:
        """The first failed transfer behind `row`, or from the beginning; None: none is shown."""
        if self.filter not in (Filter.ALL, Filter.FAILED) or not self._kinds.count(_FAILED):
            return None
        if self.is_grouped:
            return self._next_failed_in_groups(row)
        place = self._nth(self._kinds, row) if 0 <= row < len(self) else -1
        found = self._kinds.after(place, _FAILED)
        if found is None:
            found = self._kinds.find(0, _FAILED)
        return key_of(self._rows[found])

    def _next_failed_in_groups(self, row: int) -> RowKey | None:
        first, slot = 0, -1
        here = self.at(row)
        if here is not None:
            first = self._groups[here.batch].number
            slot = -1 if isinstance(here, BatchRow) else self._slots[self._place[here.id]]
        around = [*self._order[first:], *self._order[: first + 1]]
        for number, group in enumerate(around):
            found = group.kinds.after(slot if number == 0 else -1, _FAILED)
            if found is not None:
                return group.batch, group.ids[found]
        return None

    def running_rows(self) -> list[int]:
        """The rows of what runs, in order: as many as run at once and are shown."""
        running = (self._rows[self._place[id]] for id in self._running)
        return sorted(row for row in map(self.row_of, map(key_of, running)) if row is not None)

    def _nth(self, kinds: KindIndex, number: int) -> int:
        return number if self.filter is Filter.ALL else kinds.find(number, _FILTERS.index(self.filter))

    def _shown_before(self, kinds: KindIndex, place: int) -> int | None:
        if self.filter is Filter.ALL:
            return place
        kind = _FILTERS.index(self.filter)
        return kinds.before(place, kind) if kinds[place] == kind else None

    # -- batches

    def _group_ends(self) -> list[int]:
        """Behind which row each batch ends; made anew when that has changed."""
        if self._ends is None:
            self._ends = list(accumulate(map(self._height, self._order)))
        return self._ends

    def _height(self, group: _Group) -> int:
        shown = self._shown_in(group.kinds)
        return 0 if not shown else 1 if group.is_folded else 1 + shown

    def _group_at(self, row: int) -> tuple[_Group, int]:
        ends = self._group_ends()
        number = bisect_right(ends, row)
        return self._order[number], ends[number - 1] if number else 0

    def _start_of(self, group: _Group) -> int | None:
        height = self._height(group)
        return self._group_ends()[group.number] - height if height else None


def _swap_kinds(kinds: KindIndex, one: int, other: int) -> None:
    first, second = kinds[one], kinds[other]
    kinds.put(one, second)
    kinds.put(other, first)
