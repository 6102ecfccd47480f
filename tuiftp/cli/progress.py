"""What `get`, `put` and `cp` show while bytes move, and what they tell of each transfer that ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import Final, Protocol

from tuiftp.cli.console import Console
from tuiftp.events import EventBus
from tuiftp.protocol.text import cell_width, fit, human_left, human_rate, human_size, shown
from tuiftp.transfers.model import (
    QueueTotals,
    Transfer,
    TransferChanged,
    TransferState,
)

INTERVAL: Final = 0.1
"""Seconds between two looks at the queue."""
_BAR: Final = 20
_NAME: Final = 28
_LEAST_NAME: Final = 12
_NAME_LIMIT: Final = 512
_ROWS: Final = 8
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


class Queue(Protocol):
    """What is looked at."""

    def sample(self) -> None:
        """Reads the counters."""
        ...

    def totals(self) -> QueueTotals:
        """The queue in numbers."""
        ...


class Reporter:
    """Follows the transfers of one command."""

    def __init__(self, console: Console, bus: EventBus) -> None:
        self._console = console
        self._shown: dict[int, Transfer] = {}
        self._named: set[int] = set()
        self.left_alone: set[str] = set()
        """Targets of which it was told already that they are left alone."""
        self.done = 0
        """How many files are over."""
        self.size = 0
        """How many bytes they have."""
        bus.subscribe(TransferChanged, self._follow)

    def _follow(self, event: TransferChanged) -> None:
        transfer = event.transfer
        if transfer.state is TransferState.RUNNING or transfer.retry_in is not None:
            self._shown[transfer.id] = transfer
            return
        self._shown.pop(transfer.id, None)
        if not transfer.state.is_finished or transfer.id in self._named:
            return
        self._named.add(transfer.id)
        self._tell_end(transfer)

    def _tell_end(self, transfer: Transfer) -> None:
        name, reason = shown(transfer.name), shown(transfer.error or "")
        if transfer.state is TransferState.DONE:
            self.done += 1
            self.size += transfer.transferred
            if not transfer.is_verified:
                why = reason or "the server does not tell the size"
                self._console.note(f"{name}: done, not verified: {why}")
        elif transfer.state is TransferState.SKIPPED:
            if transfer.target not in self.left_alone:
                self._console.note(f"{name}: skipped" + (f": {reason}" if reason else ""))
        else:
            hint = f" ({shown(transfer.hint)})" if transfer.hint else ""
            self._console.fail(f"{name}: {reason or transfer.state}{hint}")

    def name_untried(self, transfers: Iterable[Transfer]) -> None:
        """Names what the queue gave up on: those that met an error one by one, the rest by number."""
        untried = 0
        for transfer in transfers:
            if transfer.state.is_finished:
                continue
            if transfer.error:
                self._console.fail(f"{shown(transfer.name)}: {shown(transfer.error)}")
            else:
                untried += 1
        if untried:
            self._console.fail("1 more was not tried" if untried == 1 else f"{untried:,} more were not tried")

    async def draw(self, queue: Queue) -> None:
        """Draws until it is cancelled, if there is a terminal to draw on."""
        while self._console.draws:
            queue.sample()
            self._console.draw(self.lines(queue.totals(), *self._console.size))
            await asyncio.sleep(INTERVAL)

    def lines(self, totals: QueueTotals, width: int, height: int) -> list[str]:
        """A line for each that runs or waits for its next try, as many as there is room for; and the total."""
        rows = list(islice(self._shown.values(), max(0, min(_ROWS, height - 2))))
        return [*(row(transfer, width) for transfer in rows), total(totals, self.done, width)]

    def summary(self) -> str:
        """What was done, in a line."""
        files = "1 file" if self.done == 1 else f"{self.done:,} files"
        failed = f", {self._console.failures:,} failed" if self._console.failures else ""
        return f"{files}, {human_size(self.size)}{failed}"


def row(transfer: Transfer, width: int) -> str:
    """The line of a transfer; where there is little room the bar goes first, then what is left of the time."""
    sign = transfer.direction.sign
    name = shown(transfer.name[-_NAME_LIMIT:])
    if transfer.retry_in is not None:
        why = shown((transfer.error or "")[:_NAME_LIMIT])
        return fit(
            f"{sign} {fit(name, _NAME, middle=True)} again in {transfer.retry_in} s: {why}", width
        ).rstrip()
    speed = fit(human_rate(transfer.speed), 10, align="right")
    if not transfer.size:
        numbers = f"{fit(human_size(transfer.transferred), 10, align='right')} {speed}"
        return _line(sign, name, "", numbers, width)
    share = min(1.0, transfer.transferred / transfer.size)
    left = fit(human_left(transfer.eta), 7, align="right")
    room = width - 2 - _NAME - 1
    for drawn, numbers in (
        (bar(share, _BAR), f"{share:4.0%} {speed} {left}"),
        ("", f"{share:4.0%} {speed} {left}"),
        ("", f"{share:4.0%} {speed}"),
        ("", f"{share:4.0%}"),
    ):
        if len(drawn) + 1 + len(numbers) <= room or (not drawn and len(numbers) + _LEAST_NAME + 3 <= width):
            break
    return _line(sign, name, drawn, numbers, width)


def _line(sign: str, name: str, drawn: str, numbers: str, width: int) -> str:
    room = max(1, width - 2 - len(drawn) - len(numbers) - (2 if drawn else 1))
    parts = [sign, fit(name, min(_NAME, room), middle=True), *([drawn] if drawn else []), numbers]
    return fit(" ".join(parts), width).rstrip()


def bar(share: float, width: int) -> str:
    """A bar of `width` cells of which `share` (0 to 1) is full, to an eighth of a cell."""
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    text = "█" * full + (_EIGHTHS[rest] if rest else "")
    return text + "─" * (width - len(text))


def total(totals: QueueTotals, done: int, width: int) -> str:
    """The line of them all."""
    parts = [f"{totals.active:,} active", f"{totals.queued:,} queued", f"{done:,} done"]
    if totals.failed:
        parts.append(f"{totals.failed:,} failed")
    speed = human_rate(totals.down_speed + totals.up_speed)
    left = human_left(totals.eta)
    text = f"  {' · '.join(parts)}  {speed}"
    least = "at least " if totals.is_eta_least else ""
    whole = f"{text}  {least}{left} left" if left else text
    return whole if cell_width(whole) <= width else fit(text, width).rstrip()
