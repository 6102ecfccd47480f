"""How one transfer becomes a line of cells: sign, name, bar, numbers, or what became of it. No Textual."""

from __future__ import annotations

import re
from enum import StrEnum

from tuiftp.protocol.text import (
    cell_width,
    fit,
    human_duration,
    human_left,
    human_rate,
    human_size,
    shown,
)
from tuiftp.transfers.model import Priority, Transfer, TransferState

NAME_LIMIT = 512
"""Characters of a name that are looked at; the detail window shows more."""
ERROR_LIMIT = 512
"""Characters of an error that are looked at."""
_WHERE = re.compile(r"(?:[A-Z]{3,4} )?/[^\n]{0,1000}?: (?=.)")
"""What many reasons begin with: `STOR /a/path: `."""
_NUMBERS = 24
"""Cells of percent, speed and time left, with the blanks between."""
_BAR_FROM = 46
"""From this width on there is a bar, and below it only numbers."""
_SPEED_FROM = 32
"""From this width on there are speed and time left, and below it only how much is done."""
_AMOUNT = 10
"""Cells of how much is done where it stands alone."""
_NOTE_FROM = 12
"""Cells from which on there is room for a reason behind what is done."""
_RETRY = "  · r retry"
_OPEN = "  · Enter why · r retry"
_OPEN_ALONE = "  · Enter why"


class Part(StrEnum):
    """What a piece of a line is; each has a colour in the style sheet, under this name."""

    NAME = "name"
    QUIET = "quiet"
    UP = "up"
    DOWN = "down"
    TRACK = "track"
    DONE = "done"
    FAILED = "failed"
    WARNING = "warning"
    BATCH = "batch"


Span = tuple[Part, str]
"""A piece of a line: what it is, and its text, made visible."""

_SIGNS = {
    TransferState.QUEUED: (Part.QUIET, "·"),
    TransferState.PAUSED: (Part.WARNING, "‖"),
    TransferState.DONE: (Part.DONE, "✓"),
    TransferState.SKIPPED: (Part.QUIET, "–"),
    TransferState.FAILED: (Part.FAILED, "✗"),
    TransferState.CANCELLED: (Part.QUIET, "⊘"),
}


_PRIORITIES = {Priority.HIGH: "▲", Priority.NORMAL: " ", Priority.LOW: "▼"}


def compose(transfer: Transfer, width: int, *, finding: str = "") -> list[Span]:
    """The line of a transfer.

    Args:
        transfer: The transfer.
        width: Cells of the line.
        finding: What the diagnosis says of its failure, in a few words.
    """
    room = max(8, width - 2)
    if transfer.state is TransferState.RUNNING:
        return [*_sign(transfer), *_running(transfer, room)]
    name_width = min(_name_width(room), cell_width(_name(transfer)) + 1 if room < _BAR_FROM else room)
    rest = room - name_width - 1
    return [
        *_sign(transfer),
        (Part.NAME, fit_path(_name(transfer), name_width) + " "),
        *_outcome(transfer, rest, finding),
    ]


def percent(transfer: Transfer) -> int | None:
    """How much of it is done, 0 to 100; None where the size is not known."""
    if not transfer.size:
        return None
    return min(100, transfer.transferred * 100 // transfer.size)


def done_text(transfer: Transfer, *, with_time: bool = True) -> str:
    """`done  4.1 kB in 0.2 s, verified`."""
    size = transfer.size if transfer.size is not None else transfer.transferred
    took = ""
    if with_time and transfer.started_at is not None and transfer.finished_at is not None:
        seconds = max(0.0, (transfer.finished_at - transfer.started_at).total_seconds())
        took = f" in {_span(seconds)}"
    return f"done  {human_size(size)}{took}, {'verified' if transfer.is_verified else 'not verified'}"


def _span(seconds: float) -> str:
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else human_duration(seconds)


def fit_path(path: str, width: int) -> str:
    """Cuts or pads a path to `width` cells; its end tells more than its beginning: `…/loop/here.txt`."""
    if cell_width(path) <= width:
        return fit(path, width)
    *directories, kept = path.split("/")
    while directories and cell_width(kept) + cell_width(directories[-1]) + 3 <= width:
        kept = f"{directories.pop()}/{kept}"
    if directories and cell_width(kept) + 2 <= width:
        kept = f"…/{kept}"
    return fit(kept, width, middle=True)


def _name(transfer: Transfer) -> str:
    return shown(transfer.name[-NAME_LIMIT:])


def _name_width(room: int) -> int:
    """The same for all rows of a panel, so that bars and outcomes stand in one column."""
    if room < _BAR_FROM:
        return max(6, room - (_NUMBERS if room >= _SPEED_FROM else _AMOUNT))
    return min(40, max(14, (room - _NUMBERS) * 3 // 5))


def _sign(transfer: Transfer) -> list[Span]:
    if transfer.state is TransferState.RUNNING:
        return [(_way(transfer), f"{transfer.direction.sign} ")]
    part, sign = _SIGNS[transfer.state]
    return [(part, f"{sign}{' ' if transfer.state.is_finished else _PRIORITIES[transfer.priority]}")]


def _way(transfer: Transfer) -> Part:
    return Part.DOWN if transfer.direction.is_to_disk else Part.UP


def _running(transfer: Transfer, room: int) -> list[Span]:
    done = percent(transfer)
    amount = human_size(transfer.transferred) if done is None else f"{done} %"
    if not transfer.transferred and transfer.size is not None:
        amount = human_size(transfer.size)
    speed = human_rate(transfer.speed)
    left = human_left(transfer.eta)
    name_width = _name_width(room)
    if room < _SPEED_FROM:
        name_width = min(name_width, room)
        cut = fit_path(_name(transfer), name_width)
        return [(Part.NAME, cut), (Part.NAME, fit(amount, room - name_width, align="right"))]
    numbers: list[Span] = [
        (Part.NAME, f" {fit(amount, 5 if done is not None else 8, align='right')}"),
        (Part.QUIET, f" {fit(speed, 9, align='right')} {fit(left, 7, align='right')}"),
    ]
    if not transfer.transferred and transfer.speed < 1:
        # Nothing has come yet, and a small file comes whole: no part and no speed, but how much it is.
        size = "" if transfer.size is None else human_size(transfer.size)
        numbers = [(Part.QUIET, fit(size, sum(len(text) for _, text in numbers), align="right"))]
    name: Span = (Part.NAME, fit_path(_name(transfer), name_width))
    if room < _BAR_FROM:
        return [name, *numbers]
    bar_width = room - name_width - sum(len(text) for _, text in numbers) - 1
    return [name, (Part.TRACK, " "), *_bar(transfer, done, bar_width), *numbers]


def _bar(transfer: Transfer, done: int | None, width: int) -> list[Span]:
    if done is None:
        return [(Part.TRACK, "╌" * width)]
    halves = 2 * width * min(transfer.transferred, transfer.size or 1) // (transfer.size or 1)
    filled = "━" * (halves // 2) + ("╸" if halves % 2 else "")
    return [(_way(transfer), filled), (Part.TRACK, "─" * (width - len(filled)))]


def _outcome(transfer: Transfer, room: int, finding: str) -> list[Span]:
    """What a transfer that does not run waits for, or how it ended."""
    match transfer.state:
        case TransferState.DONE:
            part = Part.DONE if transfer.is_verified else Part.WARNING
            text = done_text(transfer)
            if cell_width(text) > room:  # whether it was verified matters more than how long it took
                text = done_text(transfer, with_time=False)
            if transfer.error and room - cell_width(text) >= _NOTE_FROM:
                text = f"{text}: {_why(transfer)}"
            return [(part, fit(text, room))]
        case TransferState.FAILED:
            return _failed(transfer, room, finding)
        case TransferState.CANCELLED:
            return _with_retry(Part.QUIET, "cancelled", room)
        case TransferState.SKIPPED:
            return [(Part.QUIET, fit(_joined("skipped", _why(transfer)), room))]
        case TransferState.PAUSED:
            done = percent(transfer)
            text = "paused" if done is None or not transfer.transferred else f"paused  {done} %"
            return [(Part.WARNING, fit(_joined(text, _why(transfer)), room))]
        case _:
            part = Part.WARNING if transfer.error else Part.QUIET
            state = "queued" if transfer.retry_in is None else f"again in {transfer.retry_in} s, N now"
            return [(part, fit(_joined(state, _why(transfer)), room))]


def _failed(transfer: Transfer, room: int, finding: str) -> list[Span]:
    why = _why(transfer) or "failed"
    if not finding:
        return _with_retry(Part.FAILED, why, room)
    told = f"⚠ {shown(finding)}"
    left = room - cell_width(told) - len(_OPEN) - 2
    if left < 12:  # the finding says more than the beginning of what the steps met
        return _with_retry(Part.WARNING, told, room, _OPEN if left >= -2 else _OPEN_ALONE)
    return [(Part.WARNING, f"{told}  "), *_with_retry(Part.FAILED, why, room - cell_width(told) - 2, _OPEN)]


def _why(transfer: Transfer) -> str:
    """The reason, without the command and the path before it: the line has little room and tells the name itself."""
    told = transfer.error or ""
    where = _WHERE.match(told)
    return shown(told[where.end() if where else 0 :][:ERROR_LIMIT])


def _joined(state: str, why: str) -> str:
    return f"{state}  {why}" if why else state


def _with_retry(part: Part, why: str, room: int, keys: str = _RETRY) -> list[Span]:
    """The reason, and the key that tries again: the key stays in sight however long the reason is."""
    used = min(cell_width(why), max(0, room - len(keys)))
    return [(part, fit(why, used)), (Part.QUIET, fit(keys, room - used))]
