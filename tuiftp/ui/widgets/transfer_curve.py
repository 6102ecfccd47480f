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
    """The line: part (`down`, `up` or `quiet`) and text. One curve for each way on which something moved."""
    ways = [
        (way, sign, [second[place] for second in throughput])
        for place, (way, sign) in enumerate((("down", "↓"), ("up", "↑")))
        if any(second[place] for second in throughput)
    ]
    line: list[tuple[str, str]] = []
    for way, sign, values in ways:
        room = width // len(ways)
        peak = f" peak {human_rate(max(values[-room:], default=0))}  "
        count = room - len(peak) - 2
        if count < _LEAST:
            count, peak = max(1, room - 3), " "
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

    def take(self, throughput: Throughput, *, has_room: bool) -> None:
        """Shows what moved lately, if there is room, and if anything did."""
        self.set_class(has_room and any(down or up for down, up in throughput), "-shown")
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
