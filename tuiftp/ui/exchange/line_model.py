"""Line model of the exchange view: an arrow per event; a data connection is one line until it is unfolded.

No Textual. Records are fed under the number that the log panel gives them, so that both show the same one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tuiftp.wirelog.findings import Diagnosis, Finding
from tuiftp.wirelog.ladder import Ladder, Lane, Row, RowKind
from tuiftp.wirelog.operations import Operation
from tuiftp.wirelog.records import WireRecord

CAPACITY = 100_000
"""Arrows that are kept."""


@dataclass(slots=True, eq=False)
class Item:
    """An arrow that stands alone, or an operation with its arrows."""

    number: int
    """Counted from 0 over the life of the view."""
    first: int
    """The number of its first record."""
    conn: int
    """The control connection; 0 for none."""
    rows: list[Row] = field(default_factory=list)
    """Its arrows: one, if it is no operation."""
    operation: int | None = None
    """The operation's number."""
    is_open: bool = False
    """Whether the operation's arrows are shown."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the diagram: an item, and one of its arrows; -1 is the line of the operation itself."""

    item: Item
    """The item."""
    arrow: int = -1
    """The arrow's place in `item.rows`."""

    @property
    def row(self) -> Row | None:
        """The arrow, unless it is the line of an operation."""
        if self.item.operation is None:
            return self.item.rows[0]
        return self.item.rows[self.arrow] if self.arrow >= 0 else None

    @property
    def record(self) -> int:
        """The number of the record that it shows."""
        row = self.row
        return row.record_index if row is not None else self.item.first


class LadderLines:
    """Follows a log, keeps its arrows, and tells which lies at which line."""

    def __init__(
        self, first: int = 0, *, capacity: int = CAPACITY, height_of: Callable[[Row], int] = lambda row: 1
    ) -> None:
        """Begins.

        Args:
            first: The number of the first record that will come.
            capacity: Arrows that are kept; the oldest go.
            height_of: How many lines an arrow of an opened operation takes.
        """
        self.ladder = Ladder(first, capacity=1)
        """What makes arrows of records; the arrows themselves are kept here."""
        self.diagnosis = Diagnosis(first)
        """What the rules say of them."""
        self.next = first
        """The number of the record that is to come next."""
        self.height_of = height_of
        """How many lines an arrow of an opened operation takes; call `relayout` after a change."""
        self.conn: int | None = None
        """The connection that is shown alone; None: all."""
        self._capacity = capacity
        self._count = 0
        self._items: list[Item] = []
        self._by_operation: dict[int, Item] = {}
        self._listening: dict[int, Row] = {}
        self._shown: list[Item] = []
        self._starts: list[int] = []
        self._end = 0
        self._arrows: list[tuple[int, Item, int]] = []

    # -- what comes in ------------------------------------------------------------------------------------

    def feed(self, record: WireRecord) -> list[Finding]:
        """Takes the next record; what is found by it."""
        for row in self.ladder.append(record):
            self._add(row)
        self.next += 1
        if len(self._arrows) > self._capacity:
            self._trim()
        return self.diagnosis.feed(record)

    def _add(self, row: Row) -> None:
        if row.operation is None:
            if row.kind is RowKind.NOTE and row.lane is Lane.DATA:
                self._listening[row.conn] = row  # it belongs to the PORT that follows
                return
            self._append(Item(self._next_number(), row.record_index, row.conn, [row]), row)
            return
        item = self._by_operation.get(row.operation)
        if item is None:
            item = Item(self._next_number(), row.record_index, row.conn, operation=row.operation)
            self._by_operation[row.operation] = item
            self._append(item, row)
            item.rows.append(row)
            listening = self._listening.pop(row.conn, None)
            if listening is not None and row.kind is RowKind.COMMAND:
                item.rows.append(listening)
                entry = (listening.record_index, item, 1)
                insort_right(self._arrows, entry, key=lambda arrow: arrow[0])
            return
        self._arrows.append((row.record_index, item, len(item.rows)))
        item.rows.append(row)
        if item.is_open:
            self._grow(item, self.height_of(row))

    def _next_number(self) -> int:
        self._count += 1
        return self._count - 1

    def _append(self, item: Item, row: Row) -> None:
        self._items.append(item)
        self._arrows.append((row.record_index, item, 0))
        if self._shows(item):
            self._shown.append(item)
            self._starts.append(self._end)
            self._end += 1

    def _grow(self, item: Item, by: int) -> None:
        place = self._place(item)
        if place is None:
            return
        for later in range(place + 1, len(self._starts)):
            self._starts[later] += by
        self._end += by

    def _trim(self) -> None:
        """Lets the oldest go, a fifth at a time, so that each arrow pays a constant share."""
        cut = self._arrows[len(self._arrows) // 5][1].number
        gone = [item for item in self._items if item.number < cut]
        for item in gone:
            if item.operation is not None:
                self._by_operation.pop(item.operation, None)
        self._items = self._items[len(gone) :]
        self._arrows = [arrow for arrow in self._arrows if arrow[1].number >= cut]
        self.relayout()

    # -- what is shown ------------------------------------------------------------------------------------

    def _shows(self, item: Item) -> bool:
        return self.conn is None or item.conn in (0, self.conn)

    def show_conn(self, conn: int | None) -> None:
        """Shows one connection alone, or all."""
        self.conn = conn
        self.relayout()

    def relayout(self) -> None:
        """Counts the lines anew."""
        self._shown = [item for item in self._items if self._shows(item)]
        self._starts, self._end = [], 0
        for item in self._shown:
            self._starts.append(self._end)
            self._end += self._height(item)

    def set_open(self, item: Item, is_open: bool) -> None:
        """Shows the arrows of an operation, or one line for them."""
        if item.operation is not None and item.is_open != is_open:
            item.is_open = is_open
            self.relayout()

    def open_task(self, item: Item) -> None:
        """Opens an operation, and the tries that belong to it."""
        for other in self.task_of(item):
            other.is_open = True
        self.relayout()

    def set_all_open(self, is_open: bool) -> None:
        """Opens all operations, or closes them."""
        for item in self._by_operation.values():
            item.is_open = is_open
        self.relayout()

    def task_of(self, item: Item) -> list[Item]:
        """The operations that belong together: the tries that failed, and the one that worked."""
        operation = self.operation(item)
        if operation is None:
            return []
        found = []
        for number in range(operation.task, operation.task + 16):
            other = self._by_operation.get(number)
            of_other = self.operation(other) if other is not None else None
            if other is not None and of_other is not None and of_other.task == operation.task:
                found.append(other)
        return found or [item]

    def operation(self, item: Item) -> Operation | None:
        """The operation of an item, as far as it has come."""
        return self.ladder.operations.get(item.operation) if item.operation is not None else None

    def began(self, item: Item) -> datetime:
        """When the operation began, or the first of the tries that it belongs to."""
        operation = self.operation(item)
        first = self._by_operation.get(operation.task) if operation is not None else None
        return (first or item).rows[0].at

    # -- lines and places ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._items)

    @property
    def height(self) -> int:
        """How many lines there are."""
        return self._end

    @property
    def operations(self) -> int:
        """How many operations are kept."""
        return len(self._by_operation)

    @property
    def conns(self) -> list[int]:
        """The connections that the kept arrows tell of."""
        return sorted({item.conn for item in self._items if item.conn})

    def at(self, line: int) -> tuple[Spot, int] | None:
        """What lies at a line, and which of its lines it is."""
        if not 0 <= line < self._end:
            return None
        place = bisect_right(self._starts, line) - 1
        item, rest = self._shown[place], line - self._starts[place]
        if item.operation is None or rest == 0:
            return Spot(item), 0
        rest -= 1
        for arrow, row in enumerate(item.rows):
            height = self.height_of(row)
            if rest < height:
                return Spot(item, arrow), rest
            rest -= height
        return Spot(item), 0

    def span(self, spot: Spot) -> tuple[int, int]:
        """The first line of a spot, and how many it takes."""
        place = self._place(spot.item)
        if place is None:
            return 0, 1
        start = self._starts[place]
        if spot.arrow < 0 or not spot.item.is_open or spot.item.operation is None:
            return start, 1
        above = sum(map(self.height_of, spot.item.rows[: spot.arrow]))
        return start + 1 + above, self.height_of(spot.item.rows[spot.arrow])

    def step(self, spot: Spot, by: int) -> Spot:
        """The spot so many lines away, or the last one that way."""
        start, height = self.span(spot)
        line = start + by if by < 0 else start + height - 1 + by
        found = self.at(min(max(line, 0), self._end - 1))
        return found[0] if found is not None else spot

    @property
    def first(self) -> Spot | None:
        """The first spot."""
        found = self.at(0)
        return found[0] if found else None

    @property
    def last(self) -> Spot | None:
        """The last spot."""
        found = self.at(self._end - 1)
        return found[0] if found else None

    def spot_of(self, record: int) -> Spot | None:
        """Where a record is shown, or the last thing before it; None if nothing is."""
        place = bisect_right(self._arrows, record, key=lambda arrow: arrow[0]) - 1
        while place >= 0 and not self._shows(self._arrows[place][1]):
            place -= 1
        if place < 0:
            return None
        _, item, arrow = self._arrows[place]
        return Spot(item, arrow if item.is_open else -1)

    def findings_of(self, item: Item) -> Iterator[Finding]:
        """The findings whose evidence an operation, or a single arrow, is part of; the newest first."""
        operation = self.operation(item)
        last = operation.last if operation is not None else item.first
        for finding in reversed(self.diagnosis.findings):
            if finding.conn == item.conn and any(item.first <= index <= last for index in finding.evidence):
                yield finding

    def _height(self, item: Item) -> int:
        return 1 + sum(map(self.height_of, item.rows)) if item.is_open and item.operation is not None else 1

    def _place(self, item: Item) -> int | None:
        place = bisect_left(self._shown, item.number, key=lambda other: other.number)
        return place if place < len(self._shown) and self._shown[place] is item else None
