"""Which transfer or batch lies in which row: kept up to date by what changed. No Textual.

Usually what matters comes first: what runs, under its batch; what failed; what waits, in the order of the queue; then
the batches of what has ended, folded. Or batch by batch, or only what a filter leaves. The rows are stretches of
transfers of one kind, which `KindIndex` counts: what lies where is found without a look at the transfers between.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from tuiftp.transfers.model import Transfer, TransferState
from tuiftp.ui.transfers.row_index import KindIndex

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
_ACTIVE, _QUEUED, _DONE = (_FILTERS.index(each) for each in (Filter.ACTIVE, Filter.QUEUED, Filter.DONE))
_URGENCY = (_ACTIVE, _FAILED, _QUEUED, _DONE)
"""In which order the kinds stand within a batch."""
_HEAD = -1
"""Stands for the row of a batch itself, in place of a kind."""
_KEPT = -2
"""The one transfer that a fold does not hide."""
_ALL_BATCHES = -1
"""In place of the number of a batch: the stretch is made of all batches."""
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

    @property
    def has_row(self) -> bool:
        """Whether it has a row of its own among transfers of other batches: one that holds a single file has none."""
        return len(self.ids) > 1

    @property
    def is_under_way(self) -> bool:
        """Whether it has begun and has not ended."""
        count = self.kinds.count
        return count(_ACTIVE) > 0 or (self.has_row and count(_QUEUED) > 0 and count(_DONE) > 0)


_Stretch = tuple[_Group | None, int]
"""Rows of one kind, of one batch or of all of them."""


class TransferList:
    """The rows. An update costs by what it brings, and by the number of batches, never by that of transfers."""

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
        """The batches that are folded where they stand batch by batch."""
        self._opened: set[int] = set()
        """The batches of which that is shown what has ended, where the most urgent stands first."""
        self._kept = 0
        self._order: list[_Group] = []
        self._stretches: list[_Stretch] | None = []
        """What lies in which rows; None: not known any more."""
        self._ends: list[int] = []
        """Behind which row each stretch ends."""
        self._starts: dict[tuple[int, int], int] = {}
        """Where the stretch of a batch (by its number) and a kind begins."""

    def __len__(self) -> int:
        """How many rows are shown."""
        self._lay_out()
        return self._ends[-1] if self._ends else 0

    @property
    def total(self) -> int:
        """How many transfers there are, shown or not."""
        return len(self._rows)

    # -- what is shown

    def show(self, filter: Filter) -> None:
        """Shows other transfers."""
        self.filter = filter
        self._stretches = None

    def group(self, is_grouped: bool) -> None:
        """Puts them batch by batch, or the most urgent first."""
        self.is_grouped = is_grouped
        self._stretches = None

    def fold(self, batch: int, is_folded: bool) -> None:
        """Hides the transfers of a batch, or those that have ended, or shows them again."""
        exceptions = self._folded if self.is_grouped else self._opened
        (exceptions.add if is_folded == self.is_grouped else exceptions.discard)(batch)
        self._stretches = None

    def is_folded(self, batch: int) -> bool:
        """Whether that is hidden."""
        return batch in self._folded if self.is_grouped else batch not in self._opened

    def keep(self, id: int) -> None:
        """Has one transfer stay in sight when it ends, though its batch is folded; 0: none."""
        if id != self._kept:
            self._kept = id
            self._stretches = None

    # -- what comes in

    def replace(self, transfers: Iterable[Transfer]) -> None:
        """Takes the whole queue anew, after transfers have left it."""
        rows = self._rows = list(transfers)
        self._place = {transfer.id: place for place, transfer in enumerate(rows)}
        self._running = {each.id for each in rows if each.state is TransferState.RUNNING}
        self._slots, self._groups, self._order, self._stretches = array("q"), {}, [], None
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
        for batches in (self._folded, self._opened):
            batches.intersection_update(self._groups)

    def _begin_group(self, batch: int) -> _Group:
        group = self._groups[batch] = _Group(batch, len(self._order))
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
                    is_shifted = True
            if transfer.state is TransferState.RUNNING:
                self._running.add(transfer.id)
            else:
                self._running.discard(transfer.id)
        if is_shifted:
            self._stretches = None
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
        stretches = self._lay_out()
        number = bisect_right(self._ends, row)
        group, kind = stretches[number]
        if group is None:
            first = self._starts[_ALL_BATCHES, kind]
            return self._rows[self._kinds.find(row - first, kind)]
        if kind == _HEAD:
            return BatchRow(group.batch, self.is_folded(group.batch))
        if kind == _KEPT:
            return self._rows[self._place[self._kept]]
        place = group.kinds.find(row - self._starts[group.number, kind], kind)
        return self._rows[self._place[group.ids[place]]]

    def row_of(self, key: RowKey | None) -> int | None:
        """The row in which something lies; None: nowhere, or it is not shown."""
        self._lay_out()
        batch, id = key or (0, 0)
        group = self._groups.get(batch)
        if group is None:
            return None
        if not id:
            return self._starts.get((group.number, _HEAD))
        place = self._place.get(id)
        if place is None:
            return None
        kind = self._kinds[place]
        if (start := self._starts.get((group.number, kind))) is not None:
            return start + group.kinds.before(self._slots[place], kind)
        if (start := self._starts.get((_ALL_BATCHES, kind))) is not None:
            return start + self._kinds.before(place, kind)
        return self._starts.get((group.number, _KEPT)) if id == self._kept else None

    def next_failed(self, row: int) -> RowKey | None:
        """The first failed transfer behind `row`, or from the beginning; None: none is shown."""
        if self.filter not in (Filter.ALL, Filter.FAILED) or not self._kinds.count(_FAILED):
            return None
        here = self.at(row)
        if self.is_grouped:
            return self._next_failed_in_groups(here)
        found = None
        if isinstance(here, Transfer) and here.state is TransferState.FAILED:
            found = self._kinds.after(self._place[here.id], _FAILED)
        return key_of(self._rows[self._kinds.find(0, _FAILED) if found is None else found])

    def _next_failed_in_groups(self, here: Row | None) -> RowKey | None:
        first = 0 if here is None else self._groups[here.batch].number
        after = -1
        if isinstance(here, Transfer) and here.state is not TransferState.RUNNING:
            # Those that failed stand before what waits and what has ended.
            is_failed = here.state is TransferState.FAILED
            after = self._slots[self._place[here.id]] if is_failed else len(self._order[first].ids)
        around = [*self._order[first:], *self._order[: first + 1]]
        for number, group in enumerate(around):
            found = group.kinds.after(after if number == 0 else -1, _FAILED)
            if found is not None:
                return group.batch, group.ids[found]
        return None

    def running_rows(self) -> list[int]:
        """The rows of what runs, in order: as many as run at once and are shown."""
        running = (self._rows[self._place[id]] for id in self._running)
        return sorted(row for row in map(self.row_of, map(key_of, running)) if row is not None)

    # -- the stretches

    def _lay_out(self) -> list[_Stretch]:
        """What lies in which rows; found anew when that has changed."""
        if self._stretches is None:
            found = [(group, kind, size) for group, kind, size in self._stretches_now() if size]
            self._stretches = [(group, kind) for group, kind, _ in found]
            self._ends = list(accumulate(size for _, _, size in found))
            starts = (end - size for end, (_, _, size) in zip(self._ends, found, strict=True))
            self._starts = {
                (_ALL_BATCHES if group is None else group.number, kind): start
                for (group, kind), start in zip(self._stretches, starts, strict=True)
            }
        return self._stretches

    def _stretches_now(self) -> Iterator[tuple[_Group | None, int, int]]:
        if self.is_grouped:
            for group in self._order:
                yield from self._whole(group)
        elif self.filter is not Filter.ALL:
            kind = _FILTERS.index(self.filter)
            yield None, kind, self._kinds.count(kind)
        else:
            yield from self._most_urgent_first()

    def _whole(self, group: _Group) -> Iterator[tuple[_Group, int, int]]:
        """A batch with all of its transfers that the filter leaves."""
        kinds = _URGENCY if self.filter is Filter.ALL else (_FILTERS.index(self.filter),)
        sizes = [(kind, group.kinds.count(kind)) for kind in kinds]
        if any(size for _, size in sizes):
            yield group, _HEAD, 1
            if group.batch not in self._folded:
                yield from ((group, kind, size) for kind, size in sizes)

    def _most_urgent_first(self) -> Iterator[tuple[_Group | None, int, int]]:
        under_way = [group for group in self._order if group.is_under_way]
        # What runs is at the top, whatever else has begun.
        for group in sorted(under_way, key=lambda group: not group.kinds.count(_ACTIVE)):
            yield group, _HEAD, int(group.has_row)
            yield group, _ACTIVE, group.kinds.count(_ACTIVE)
            yield from self._ended(group)
        for kind in (_FAILED, _QUEUED):
            yield None, kind, self._kinds.count(kind)
        begun = {group.number for group in under_way}
        for group in self._order:
            if group.number not in begun and group.kinds.count(_DONE):
                yield group, _HEAD, int(group.has_row)
                yield from self._ended(group)

    def _ended(self, group: _Group) -> Iterator[tuple[_Group, int, int]]:
        """What has ended of a batch, as far as it is shown."""
        if not group.has_row or group.batch in self._opened:
            yield group, _DONE, group.kinds.count(_DONE)
        elif (place := self._place.get(self._kept)) is not None:
            is_here = self._rows[place].batch == group.batch and self._kinds[place] == _DONE
            yield group, _KEPT, int(is_here)


def _swap_kinds(kinds: KindIndex, one: int, other: int) -> None:
    first, second = kinds[one], kinds[other]
    kinds.put(one, second)
    kinds.put(other, first)
