"""The lines of the log panel: bounded records, a filter, and which row lies at which line. No Textual."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from enum import StrEnum

from tuiftp.ui.widgets.log_rows import LogLayout, LogRow, ReplyTones, Tone, count_lines
from tuiftp.wirelog.records import RecordKind, WireRecord

LIMIT = 5000
"""Records kept."""
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


class LogLines:
    """Keeps the newest records and tells which of the shown rows lies at which line.

    Lines are counted from the first line that was ever shown under this filter, so that a line keeps its
    place when older ones fall out: `origin` is the first that is left, `end` the one after the last.
    Appending costs the same whatever is kept.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        """Records kept."""
        self.layout = LogLayout()
        """How rows become lines."""
        self.kinds = LogKinds.ALL
        """Which kinds are shown."""
        self.text = ""
        """What a shown record must contain; a word like `#2` asks for a connection."""
        self.origin = 0
        """The first line that is left."""
        self.end = 0
        """The line after the last."""
        self._rows: deque[LogRow] = deque()
        self._next = 0
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

    def append(self, record: WireRecord) -> None:
        """Takes a record in, and lets the oldest go where there are too many."""
        row = LogRow(self._next, record, self._tones.tone(record))
        self._next += 1
        self._rows.append(row)
        self._conns[record.conn] += 1
        if len(self._rows) > self.limit:
            self._drop_oldest()
        if self._accepts(row):
            self._show(row)

    def set_limit(self, limit: int) -> None:
        """Keeps at most so many records."""
        self.limit = limit
        while len(self._rows) > limit:
            self._drop_oldest()

    def clear(self) -> None:
        """Forgets all."""
        self._rows.clear()
        self._conns.clear()
        self.rebuild()

    def set_kinds(self, kinds: LogKinds) -> None:
        """Shows other kinds."""
        self.kinds = kinds
        self.rebuild()

    def set_text(self, text: str) -> None:
        """Shows only what contains each word of `text`, in whatever case."""
        self.text = text
        self.rebuild()

    def set_layout(self, *, width: int | None = None, is_wrapped: bool | None = None) -> bool:
        """Lays the lines out anew where something differs; returns whether it did."""
        numbers = max((len(str(conn)) for conn in self._conns), default=1)
        layout = LogLayout(
            width=self.layout.width if width is None else width,
            is_wrapped=self.layout.is_wrapped if is_wrapped is None else is_wrapped,
            conn_width=1 + min(numbers, 4),
        )
        if layout == self.layout:
            return False
        self.layout = layout
        self.rebuild()
        return True

    def rebuild(self) -> None:
        """Chooses and lays out all kept rows again."""
        self._shown, self._starts, self._head = [], [], 0
        self.origin = self.end
        for row in self._rows:
            if self._accepts(row):
                self._show(row)

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
        return self.kinds.accepts(row) and (not self.text or _contains(row.record, self.text))

    def _show(self, row: LogRow) -> None:
        self._shown.append(row)
        self._starts.append(self.end)
        self.end += count_lines(row, self.layout)

    def _drop_oldest(self) -> None:
        row = self._rows.popleft()
        self._conns[row.record.conn] -= 1
        if not self._conns[row.record.conn]:
            del self._conns[row.record.conn]
        if self.shown_count and self._shown[self._head] is row:
            self._head += 1
            self.origin = self._starts[self._head] if self.shown_count else self.end
            if self._head > self.limit:  # once in so many records, so that each pays a constant share
                del self._shown[: self._head], self._starts[: self._head]
                self._head = 0


def _contains(record: WireRecord, text: str) -> bool:
    pieces = (record.text, record.note, record.title, record.advice)
    hay = "\n".join(piece for piece in pieces if piece).casefold()
    return all(
        word in hay or (word[:1] == "#" and word[1:] == str(record.conn)) for word in text.casefold().split()
    )
