"""How fast bytes moved in the last minutes, as a line of small bars; only where the panel has room for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tuiftp.protocol.text import human_rate

BARS = "▁▂▃▄▅▆▇█"
_LEAST = 12
"""Bars below which a curve tells nothing."""
_RATE_CELLS = 11
"""Cells of the longest rate, and one more."""
_PEAK_CELLS = len(" peak  ") + _RATE_CELLS

Throughput = Sequence[tuple[int, int]]
"""Bytes down and up in each second, oldest first."""


def bars(values: Sequence[int], width: int) -> str:
    """The last values as one bar each, the newest at the right; the highest is full, and 0 is a blank."""
    shown = values[-width:] if width > 0 else []
    peak = max(shown, default=0)
    if not peak:
        return " " * max(0, width)
    drawn = (" " if not value else BARS[(value * len(BARS) - 1) // peak] for value in shown)
    return "".join(drawn).rjust(width)


def compose_curve(throughput: Throughput, width: int) -> list[tuple[str, str]]:
    """The line: part (`down`, `up` or `quiet`) and text. One curve for each way that has a bar in sight."""
    sides = [(0, "down", "↓"), (1, "up", "↑")]
    while True:
        room = width // max(1, len(sides))
        count = room - _PEAK_CELLS - 2
        has_peak = count >= _LEAST
        if not has_peak:
            count = max(1, room - 3)
        moved = [side for side in sides if any(second[side[0]] for second in throughput[-count:])]
        if moved == sides:
            break
        sides = moved  # the other one has more room, and perhaps older bars
    line: list[tuple[str, str]] = []
    for place, way, sign in sides:
        values = [second[place] for second in throughput[-count:]]
        peak = f" peak {human_rate(max(values)):<{_RATE_CELLS}} " if has_peak else " "
        line += [(way, f"{sign} {bars(values, count)}"), ("quiet", peak)]
    return line


class ThroughputLine(Widget):
    """One line under the transfers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"curve--down", "curve--up", "curve--quiet"}
    DEFAULT_CSS = """
    ThroughputLine {
        height: 1;
        display: none;
        background: $surface;
        & > .curve--down { color: $wire-command; }
        & > .curve--up { color: $transfer-running; }
        & > .curve--quiet { color: $text-muted; }
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._throughput: Throughput = ()

    def take(self, throughput: Throughput, *, width: int) -> None:
        """Shows what moved lately, if it has a bar in so many cells."""
        self.set_class(width > 0 and bool(compose_curve(throughput, width)), "-shown")
        if throughput != self._throughput:  # a second is over
            self._throughput = throughput
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws the curves."""
        width = self.size.width
        segments = [
            Segment(text, self.get_component_rich_style(f"curve--{part}"))
            for part, text in compose_curve(self._throughput, width)
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)
