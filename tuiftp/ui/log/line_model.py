"""Line model of the log panel: bounded records, filter, and the mapping of lines to rows. No Textual."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from tuiftp.ui.log.rows import LogLayout, LogRow, ReplyTones, Tone, count_lines
from tuiftp.wirelog.query import Query, QueryError, compile_query
from tuiftp.wirelog.records import RecordKind, WireRecord

LIMIT = 5000
"""Records kept."""
AT_ONCE = 2_000
"""Records that are chosen and laid out at once; the rest waits for `work`, so that keys never wait."""
_CONN_WORD = re.compile(r"(?<!\S)#(\d+)(?!\S)")
_DATA_COMMANDS = ("PASV", "EPSV", "PORT", "EPRT")


class LogKinds(StrEnum):
    """Which records are shown; the value is what the panel calls it."""

    ALL = "all kinds"
    CONTROL = "commands and replies"
    DATA = "data connections"
    PROBLEMS = "problems"
    STATUS = "status and findings"

    @property
    def following(self) -> LogKinds:
        """The next one, round and round."""
        kinds = list(LogKinds)
        return kinds[(kinds.index(self) + 1) % len(kinds)]

    def accepts(self, row: LogRow) -> bool:
        """Whether a row is to be shown."""
        kind = row.record.kind
        match self:
            case LogKinds.ALL:
                return True
            case LogKinds.CONTROL:
                return kind in (RecordKind.COMMAND, RecordKind.REPLY)
            case LogKinds.DATA:
                return kind is RecordKind.DATA or bool(row.record.note) or is_data_command(row.record)
            case LogKinds.PROBLEMS:
                return row.tone in (Tone.ERROR, Tone.FINDING)
            case LogKinds.STATUS:
                return kind in (RecordKind.STATUS, RecordKind.ERROR, RecordKind.FINDING)


def is_data_command(record: WireRecord) -> bool:
    """Whether a record is a command that asks for a data connection."""
    return record.kind is RecordKind.COMMAND and record.text[:4].upper() in _DATA_COMMANDS


def read_query(text: str) -> Query | QueryError:
    """Reads a query as it is typed in the panel, where `#2` is short for `conn:2`."""
    query = compile_query(_CONN_WORD.sub(r"conn:\1", text))
    if isinstance(query, QueryError):  # its place is meant in what was typed
        longer = len("conn:") - len("#")
        shift = longer * sum(1 for word in _CONN_WORD.finditer(text) if word.start() < query.position)
        query = replace(query, position=max(0, query.position - shift))
    return query


def matcher(text: str) -> Callable[[LogRow], bool]:
    """What tells whether a row answers a query; one that cannot be read is answered by none."""
    query = read_query(text)
    return (lambda row: query.matches(row.record)) if isinstance(query, Query) else (lambda row: False)


class LogLines:
    """Keeps the newest records and tells which of the shown rows lies at which line.

    Lines are counted from the first line that was ever shown under this filter, so that a line keeps its
    place when older ones fall out: `origin` is the first that is left, `end` the one after the last.
    Appending costs the same whatever is kept.
    """

    def __init__(self, limit: int = LIMIT, *, first: int = 0) -> None:
        """Begins.

        Args:
            limit: Records kept.
            first: The number of the first record that will come.
        """
        self.limit = limit
        """Records kept."""
        self.layout = LogLayout()
        """How rows become lines."""
        self.kinds = LogKinds.ALL
        """Which kinds are shown."""
        self.text = ""
        """The query that a shown record answers; a word like `#2` asks for a connection."""
        self.error: QueryError | None = None
        """What of the query cannot be read; what stands before it is in force."""
        self.marks: set[int] = set()
        """The numbers of the records that were marked."""
        self._query: Query = Query("", ())
        self._unplaced: deque[LogRow] = deque()
        self.origin = 0
        """The first line that is left."""
        self.end = 0
        """The line after the last."""
        self._rows: deque[LogRow] = deque()
        self.generation = 0
        """How often all was forgotten."""
        self._next = first
        self._tones = ReplyTones()
        self._conns: Counter[int] = Counter()
        self._shown: list[LogRow] = []
        self._starts: list[int] = []
        self._head = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def height(self) -> int:
        """How many lines are shown."""
        return self.end - self.origin

    @property
    def shown_count(self) -> int:
        """How many records are shown."""
        return len(self._shown) - self._head

    @property
    def conns(self) -> list[int]:
        """The connections that the kept records tell of."""
        return sorted(conn for conn in self._conns if conn)

    @property
    def first(self) -> LogRow | None:
        """The oldest shown row."""
        return self._shown[self._head] if self.shown_count else None

    @property
    def last(self) -> LogRow | None:
        """The newest shown row."""
        return self._shown[-1] if self.shown_count else None

    @property
    def next_number(self) -> int:
        """The number of the row that is to come next."""
        return self._next

    def since(self, number: int) -> list[LogRow]:
        """The kept rows from a number on, shown or not, oldest first; costs what it gives."""
        found: list[LogRow] = []
        for row in reversed(self._rows):
            if row.number < number:
                break
            found.append(row)
        found.reverse()
        return found

    def append(self, record: WireRecord) -> None:
        """Takes a record in, and lets the oldest go where there are too many."""
        row = LogRow(self._next, record, self._tones.tone(record))
        self._next += 1
        self._rows.append(row)
        self._conns[record.conn] += 1
        if len(self._rows) > self.limit:
            self._drop_oldest()
        if self._unplaced:  # those before it come first
            self._unplaced.append(row)
        elif self._accepts(row):
            self._show(row)

    def set_limit(self, limit: int) -> None:
        """Keeps at most so many records."""
        self.limit = limit
        while len(self._rows) > limit:
            self._drop_oldest()

    def clear(self) -> None:
        """Forgets all."""
        self._rows.clear()
        self.marks.clear()
        self._conns.clear()
        self.generation += 1
        self.rebuild()

    def set_kinds(self, kinds: LogKinds) -> None:
        """Shows other kinds."""
        self.kinds = kinds
        self.rebuild()

    def set_text(self, text: str) -> None:
        """Shows only what answers a query (`wirelog.query`); of one with a mistake, what stands before it."""
        query = read_query(text)
        self.text = text
        self.error = None
        if isinstance(query, QueryError):
            self.error = query
            query = read_query(text[: query.position])
        self._query = query if isinstance(query, Query) else Query("", ())
        self.rebuild()

    def set_layout(
        self, *, width: int | None = None, is_wrapped: bool | None = None, has_times: bool | None = None
    ) -> bool:
        """Lays the lines out anew where something differs; returns whether it did."""
        numbers = max((len(str(conn)) for conn in self._conns), default=1)
        layout = LogLayout(
            width=self.layout.width if width is None else width,
            is_wrapped=self.layout.is_wrapped if is_wrapped is None else is_wrapped,
            conn_width=1 + min(numbers, 7),
            has_times=self.layout.has_times if has_times is None else has_times,
        )
        if layout == self.layout:
            return False
        self.layout = layout
        self.rebuild()
        return True

    def rebuild(self) -> None:
        """Chooses and lays out all kept rows again; of many, the first, and `work` the rest."""
        self._shown, self._starts, self._head = [], [], 0
        self.origin = self.end
        self._unplaced = deque(self._rows)
        self.work(AT_ONCE)

    @property
    def unplaced(self) -> int:
        """Rows that are still to be chosen and laid out."""
        return len(self._unplaced)

    def work(self, count: int) -> None:
        """Chooses and lays out so many rows more."""
        for _ in range(min(count, len(self._unplaced))):
            row = self._unplaced.popleft()
            if self._accepts(row):
                self._show(row)

    def toggle_mark(self, number: int) -> None:
        """Marks a record, or takes the mark away."""
        self.marks ^= {number}

    def find(self, number: int, by: int, holds: Callable[[LogRow], bool]) -> LogRow | None:
        """The next shown row of which something holds, from a row on and round; `by` is 1 or -1."""
        rows = self.shown_rows()
        place = self._place(number) - self._head
        after = place + 1 if place < len(rows) and rows[place].number == number else place
        ahead, behind = rows[after:], rows[:place]
        order = [*ahead, *behind] if by > 0 else [*reversed(behind), *reversed(ahead)]
        return next((row for row in order if holds(row)), None)

    def at(self, line: int) -> tuple[LogRow, int] | None:
        """The row at a line, counted as `origin` is, and which of its lines it is."""
        if not self.origin <= line < self.end:
            return None
        place = bisect_right(self._starts, line, self._head) - 1
        return self._shown[place], line - self._starts[place]

    def span(self, number: int) -> tuple[int, int]:
        """The first line of a row, or of the next one that is shown, and how many lines it takes."""
        place = min(self._place(number), len(self._shown) - 1)
        if place < self._head:
            return self.end, 0
        after = self._starts[place + 1] if place + 1 < len(self._starts) else self.end
        return self._starts[place], after - self._starts[place]

    def step(self, number: int, by: int) -> LogRow | None:
        """The shown row so many rows away from a row, or the last one that way."""
        if not self.shown_count:
            return None
        place = min(max(self._place(number) + by, self._head), len(self._shown) - 1)
        return self._shown[place]

    def shown_rows(self) -> list[LogRow]:
        """All shown rows, oldest first."""
        return self._shown[self._head :]

    def _place(self, number: int) -> int:
        return bisect_left(self._shown, number, self._head, key=lambda row: row.number)

    def _accepts(self, row: LogRow) -> bool:
        return self.kinds.accepts(row) and self._query.matches(row.record)

    def _show(self, row: LogRow) -> None:
        self._shown.append(row)
        self._starts.append(self.end)
        self.end += count_lines(row, self.layout)

    def _drop_oldest(self) -> None:
        row = self._rows.popleft()
        self._conns[row.record.conn] -= 1
        if not self._conns[row.record.conn]:
            del self._conns[row.record.conn]
        self.marks.discard(row.number)
        if self._unplaced and self._unplaced[0] is row:
            self._unplaced.popleft()
        elif self.shown_count and self._shown[self._head] is row:
            self._head += 1
            self.origin = self._starts[self._head] if self.shown_count else self.end
            if self._head > self.limit:  # once in so many records, so that each pays a constant share
                del self._shown[: self._head], self._starts[: self._head]
                self._head = 0
