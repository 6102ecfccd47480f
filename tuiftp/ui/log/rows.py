"""Renders one record of the protocol log into lines of cells: symbols, styles, columns, notes. No Textual."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tuiftp.protocol.text import fit, shown
from tuiftp.ui.lines.wrapping import count_wrapped_cells, wrap_cells, wrap_words
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord
from tuiftp.wirelog.text import SIGNS

NOTE_LINES = 3
"""The most lines of one note, and of a sentence of ours."""
WRAPPED_LINES = 8
"""The most lines of a command or a reply when long lines are wrapped."""
FULL_TIME_WIDTH = 72
"""From this width on the whole time of day is shown; below it, seconds."""

_CODE = re.compile(r"([1-5])\d\d([ -]|$)")


class Tone(StrEnum):
    """What a piece of a line is; each has a colour in the style sheet, under this name."""

    TIME = "time"
    COMMAND = "command"
    PRELIMINARY = "preliminary"
    REPLY = "reply"
    ERROR = "error"
    DATA = "data"
    STATUS = "status"
    FINDING = "finding"
    NOTE = "note"
    WARNING = "warning"


_TONES = {
    RecordKind.COMMAND: Tone.COMMAND,
    RecordKind.STATUS: Tone.STATUS,
    RecordKind.ERROR: Tone.ERROR,
    RecordKind.FINDING: Tone.FINDING,
    RecordKind.DATA: Tone.DATA,
}
_REPLY_TONES = {"1": Tone.PRELIMINARY, "2": Tone.REPLY, "3": Tone.REPLY, "4": Tone.ERROR, "5": Tone.ERROR}
_BROKEN = (DataEvent.FAILED, DataEvent.REFUSED)
_SENTENCES = (RecordKind.STATUS, RecordKind.ERROR, RecordKind.FINDING, RecordKind.DATA)

Span = tuple[Tone, str]
"""A piece of a line: what it is, and its text, made visible."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """A record with what the panel knows of it."""

    number: int
    """Counted from 0 over the life of the panel."""
    record: WireRecord
    """The record itself."""
    tone: Tone
    """How it is shown; a reply's comes from the reply that the line belongs to."""


@dataclass(frozen=True, slots=True)
class LogLayout:
    """What decides how many lines a record takes."""

    width: int = 80
    """Cells of a line."""
    is_wrapped: bool = False
    """Whether long commands and replies go on in the next line."""
    conn_width: int = 2
    """Cells of the column with the connection's number."""
    has_times: bool = True
    """Whether the times are real; else none is shown."""

    @property
    def time_width(self) -> int:
        """Cells of the time: `HH:MM:SS.mmm`, or `SS.mmm` where it is narrow."""
        if not self.has_times:
            return 0
        return 12 if self.width >= FULL_TIME_WIDTH else 6

    @property
    def indent(self) -> int:
        """Cells before the text: time, connection and sign."""
        return self.time_width + self.conn_width + 4

    @property
    def body(self) -> int:
        """Cells of the text."""
        return max(8, self.width - self.indent)


class ReplyTones:
    """Tells the tone of each record; remembers which multi-line reply a connection is in."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[str, Tone]] = {}

    def tone(self, record: WireRecord) -> Tone:
        """The tone of the next record, in the order of the log."""
        if record.kind is not RecordKind.REPLY:
            if record.kind is RecordKind.COMMAND:  # whatever was not ended before is over now
                self._open.pop(record.conn, None)
            return Tone.ERROR if record.event in _BROKEN else _TONES[record.kind]
        if (current := self._open.get(record.conn)) is not None:
            code, tone = current
            if record.text.startswith(code) and record.text[3:4] in ("", " "):
                del self._open[record.conn]
            return tone
        match = _CODE.match(record.text)
        if match is None:
            return Tone.REPLY
        tone = _REPLY_TONES[match[1]]
        if match[2] == "-" and "\n" not in record.text:
            self._open[record.conn] = (record.text[:3], tone)
        return tone


def count_lines(row: LogRow, layout: LogLayout) -> int:
    """How many lines `compose` gives for this row; cheap for the rows of which there are many."""
    record = row.record
    lines = 1
    if record.kind in _SENTENCES:
        lines = len(_heading(record, layout))
    elif layout.is_wrapped:
        text = _visible(_line_text(record), layout.body * WRAPPED_LINES)
        lines = count_wrapped_cells(text, layout.body, limit=WRAPPED_LINES)
    return lines + sum(len(_wrap_note(note, layout)) for note in _notes(record))


def compose(row: LogRow, layout: LogLayout) -> list[list[Span]]:
    """The lines of a row, each a list of spans."""
    record = row.record
    prefix: list[Span] = [
        (Tone.TIME, f"{_time(record, layout)} {_conn(record, layout)} "),
        (row.tone, f"{sign_of(record)} "),
    ]
    blank: list[Span] = [(Tone.TIME, " " * layout.indent)]
    lines = [
        [*(blank if place else prefix), (row.tone, text)]
        for place, text in enumerate(_heading(record, layout))
    ]
    for note in _notes(record):
        lines.extend([*blank, *spans] for spans in _note_lines(note, layout))
    return lines


def sign_of(record: WireRecord) -> str:
    """What stands before a record, so that colour is never the only signal."""
    return SIGNS[RecordKind.ERROR if record.event in _BROKEN else record.kind]


def time_of_day(record: WireRecord) -> str:
    """The record's time on this machine's clock, `HH:MM:SS.mmm`."""
    local = record.at.astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"


def _time(record: WireRecord, layout: LogLayout) -> str:
    return time_of_day(record)[-layout.time_width :] if layout.time_width else ""


def _conn(record: WireRecord, layout: LogLayout) -> str:
    return fit(f"#{record.conn}" if record.conn else "", layout.conn_width)


def _line_text(record: WireRecord) -> str:
    """The text of the first line: a finding's is its title."""
    if record.kind is RecordKind.FINDING and record.title:
        return record.title
    return f"{record.text}{_took(record)}"


def _took(record: WireRecord) -> str:
    if record.kind is not RecordKind.DATA or record.ms is None or record.event in _BROKEN:
        return ""
    return f"  {record.ms:.0f} ms"


def _short_text(record: WireRecord) -> str | None:
    """For a data connection that came about: without the end that the line can do without."""
    if record.event is DataEvent.CONNECTED and record.remote:
        return f"we connected → {record.remote}{_took(record)}"
    if record.event is DataEvent.ACCEPTED and record.local:
        return f"the server connected → {record.local}{_took(record)}"
    return None


def _heading(record: WireRecord, layout: LogLayout) -> list[str]:
    text = _line_text(record)
    if len(text) > layout.body:
        text = _short_text(record) or text
    if record.kind in _SENTENCES:
        return wrap_words(_visible(text, layout.body * NOTE_LINES), layout.body, limit=NOTE_LINES)
    if layout.is_wrapped:
        return wrap_cells(_visible(text, layout.body * WRAPPED_LINES), layout.body, limit=WRAPPED_LINES)
    return [fit(_visible(text, layout.body), layout.body).rstrip(" ")]


def _visible(text: str, cells: int) -> str:
    """The text made visible, and not much more of it than fits: a server must not make us measure it all."""
    limit = 2 * cells + 2  # marks take no cell
    visible = shown(text[:limit])
    return visible if len(text) <= limit and len(visible) <= limit else visible[:limit] + "…"


def _notes(record: WireRecord) -> Iterator[str]:
    """What stands under a record, each piece with a `⤷` of its own."""
    if record.kind is RecordKind.FINDING and record.title and record.text != record.title:
        yield record.text
    if record.note:
        yield from [line for line in record.note.splitlines() if line.strip()][:NOTE_LINES]
    if record.advice:
        yield record.advice


def _wrap_note(note: str, layout: LogLayout) -> list[str]:
    width = layout.body - 2
    return wrap_words(_visible(note, width * NOTE_LINES), width, limit=NOTE_LINES)


def _note_lines(note: str, layout: LogLayout) -> Iterator[list[Span]]:
    is_warning = False
    for place, text in enumerate(_wrap_note(note, layout)):
        spans: list[Span] = [(Tone.NOTE, "  " if place else "⤷ ")]
        calm, sign, alarm = ("", "", text) if is_warning else text.partition("⚠")
        is_warning = is_warning or bool(sign)
        if calm:
            spans.append((Tone.NOTE, calm))
        if sign or alarm:
            spans.append((Tone.WARNING, sign + alarm))
        yield spans
