"""Renders one item of the exchange view into lines of cells: lifelines, arrows, times. No Textual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.ui.exchange.line_model import Spot
from tuiftp.ui.log.rows import Span, Tone
from tuiftp.wirelog.ladder import Direction, Ending, Lane, Row, RowKind
from tuiftp.wirelog.operations import Operation

WIDE = 100
"""From this width on there is room around the lifelines."""
_STUB = 3
"""Cells of the line before an arrow's text."""
_LONGEST = 400

_TONES = {
    RowKind.COMMAND: Tone.COMMAND, RowKind.REPLY: Tone.REPLY, RowKind.STATUS: Tone.NOTE,
    RowKind.DATA_OPEN: Tone.DATA, RowKind.DATA_MOVE: Tone.DATA, RowKind.DATA_CLOSE: Tone.DATA,
    RowKind.TLS: Tone.DATA, RowKind.NOTE: Tone.WARNING, RowKind.FINDING: Tone.FINDING,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LadderLayout:
    """What decides where things stand."""

    width: int = 80
    """Cells of a line."""
    conn_width: int = 0
    """Cells of the column with the connection's number; 0: there is but one."""
    has_times: bool = True
    """Whether the log's times are real; else none is shown."""

    @property
    def left(self) -> int:
        """The cell of our lifeline."""
        return (12 if self.width >= WIDE else 9) + self.conn_width

    @property
    def right(self) -> int:
        """The cell of the server's lifeline."""
        return max(self.left + 20, self.width - (8 if self.width >= WIDE else 2))

    @property
    def room(self) -> int:
        """Cells between the lifelines."""
        return self.right - self.left - 1


def height_of(row: Row, layout: LadderLayout) -> int:
    """How many lines an arrow takes: its detail stands on it where there is room, else under it."""
    return 2 if row.detail and not _has_room(row, layout) else 1


def _has_room(row: Row, layout: LadderLayout) -> bool:
    return len(row.text) + len(row.detail) + _STUB + 8 <= layout.room


def tone_of(row: Row) -> Tone:
    """What a row is, for its colour."""
    if row.kind is RowKind.FINDING:
        return Tone.FINDING
    if row.failed:
        return Tone.ERROR
    if row.kind is RowKind.REPLY and row.text[:1] == "1":
        return Tone.PRELIMINARY
    if row.kind is RowKind.NOTE and "private" not in row.text:
        return Tone.NOTE
    return _TONES[row.kind]


def elapsed(ms: float) -> str:
    """Time since the beginning of an operation: `+27 ms`, `+10.1 s`."""
    return f"+{ms:.0f} ms" if ms < 1000 else f"+{ms / 1000:.1f} s"


def compose_arrow(spot: Spot, began: datetime | None, layout: LadderLayout) -> list[list[Span]]:
    """The lines of an arrow, each a list of spans.

    Args:
        spot: The arrow.
        began: When its operation began; None: the time of day is shown.
        layout: Where things stand.
    """
    row = spot.row
    assert row is not None
    if not layout.has_times:
        at = ""
    elif began is not None:
        at = elapsed(max(0.0, (row.at - began).total_seconds() * 1000))
    else:
        at = f"{row.at.astimezone():%H:%M:%S}"
    has_room = _has_room(row, layout)
    lines = [_line(at, row, _arrow(row, row.detail if has_room else "", layout), layout)]
    if began is not None and row.detail and not has_room:
        tone = Tone.WARNING if "⚠" in row.detail else Tone.NOTE
        under = [(tone, _fill(_visible(f"⤷ {row.detail}", layout.room - 5), " ", layout.room, lead=4))]
        lines.append(_line("", row, under, layout))
    return lines


def compose_operation(spot: Spot, operation: Operation | None, layout: LadderLayout) -> list[Span]:
    """The line of an operation: `▸ #12 PASV 203.0.113.7:50123 ok 38 ms 1.2 MB`."""
    first = spot.item.rows[0]
    sign = "▾" if spot.item.is_open else "▸"
    clock = f"{first.at.astimezone():%H:%M:%S}" if layout.has_times else ""
    at = fit(clock, layout.left - 1 - layout.conn_width, align="right")
    conn = fit(f" #{first.conn}" if layout.conn_width else "", layout.conn_width)
    if operation is None:
        text, tone, what = first.text, Tone.STATUS, ""
    else:
        tone = {True: Tone.REPLY, False: Tone.ERROR, None: Tone.DATA}[operation.ok]
        told = operation if layout.has_times else replace(operation, ms=None)
        text, what = told.summary, operation.transfer
    if operation is not None and operation.ok is False:
        sign += " ✗"
    room = layout.width - layout.left
    head = _visible(f"{sign} {text}", room)
    spans: list[Span] = [(Tone.TIME, f"{at}{conn} "), (tone, head)]
    left = room - cell_width(head) - 3
    if what and left >= 6:
        spans.append((Tone.STATUS, f"   {_visible(what, left)}"))
    return spans


def legend(you: str, server: str, layout: LadderLayout) -> list[Span]:
    """What stands above the lifelines."""
    left, right = f"you  {shown(you)}".rstrip(), f"{shown(server)}  server".lstrip()
    time = fit("time" if layout.has_times else "", layout.left - 1, align="right")
    middle = "─── control connection   ═══ data connection"
    room = layout.right + 1 - layout.left - cell_width(left) - cell_width(right)
    if room < len(middle) + 4:
        middle = "─── control  ═══ data"
    if room < len(middle) + 2:
        middle = ""
    gap = max(0, room - len(middle))
    return [
        (Tone.TIME, f"{time} {left}{' ' * (gap // 2)}"), (Tone.TIME, middle),
        (Tone.TIME, f"{' ' * (gap - gap // 2)}{right}"),
    ]  # fmt: skip


def _line(at: str, row: Row, between: list[Span], layout: LadderLayout) -> list[Span]:
    conn = fit(f" #{row.conn}" if layout.conn_width and row.conn else "", layout.conn_width)
    time = fit(at, layout.left - 1 - layout.conn_width, align="right")
    return [(Tone.TIME, f"{time}{conn} │"), *between, (Tone.TIME, "│")]


def _arrow(row: Row, detail: str, layout: LadderLayout) -> list[Span]:
    """What stands between the lifelines."""
    tone, room = tone_of(row), layout.room
    text = f"{row.text}   {detail}" if detail else row.text
    if row.direction is Direction.NONE:
        sign = "⚠ " if row.kind is RowKind.FINDING else "✗ " if row.failed else ""
        return [(tone, _centred(_visible(sign + text, room), room))]
    if row.failed and row.lane is Lane.DATA:
        return [(tone, _broken(text, room, row.direction, _ENDS.get(row.ending, "╳")))]
    stroke = "═" if row.lane is Lane.DATA else "─"
    label = f" {_visible(text, room - _STUB - 5)} "
    rest = max(0, room - _STUB - 1 - cell_width(label))
    if row.direction is Direction.TO_SERVER:
        return [(tone, f"{stroke * _STUB}{label}{stroke * rest}►")]
    return [(tone, f"◄{stroke * _STUB}{label}{stroke * rest}")]


_ENDS: dict[Ending | None, str] = {
    Ending.RESET: "┤RST", Ending.ICMP: "┤ICMP", Ending.OWN: "┤own system", Ending.SILENCE: "╳",
}  # fmt: skip
"""How a line ends: at what answered, or nowhere."""


def _broken(text: str, room: int, direction: Direction, end: str = "╳") -> str:
    """An arrow that did not arrive: it breaks off before the other side, at what stopped it."""
    label = f" {_visible(text, room - 11 - len(end))} "
    rest = max(4, room - room // 6 - cell_width(label))
    if direction is Direction.TO_SERVER:
        line = f"{'┄' * _STUB}{label}{'┄' * max(1, rest - _STUB - len(end) + 1)}{end}"
        return _fill(line, " ", room)
    stub = min(6, rest // 2)
    end = end if len(end) == 1 else f"{end[1:]}├"
    line = f"{end}{'┄' * stub}{label}{'┄' * max(1, rest - stub - 1)}"
    return " " * max(0, room - cell_width(line)) + line


def _centred(text: str, room: int) -> str:
    return _fill(text, " ", room, lead=max(0, (room - cell_width(text)) // 2))


def _fill(text: str, stroke: str, room: int, *, lead: int = 0) -> str:
    return f"{' ' * lead}{text}{stroke * max(0, room - lead - cell_width(text))}"


def _visible(text: str, cells: int) -> str:
    cells = max(1, cells)
    visible = shown(text[:_LONGEST])
    return visible if cell_width(visible) <= cells else fit(visible, cells).rstrip()
