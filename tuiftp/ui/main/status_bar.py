"""The top line: where we are connected to, how, how safely, and how fast the queue runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tuiftp.protocol.text import cell_width, fit, human_rate, shown
from tuiftp.ui.commands.command import keys_of
from tuiftp.ui.commands.main import OPEN_SITES

if TYPE_CHECKING:
    from tuiftp.transfers.model import QueueTotals

_LEAST_LABEL = 14


@dataclass(frozen=True, slots=True)
class Status:
    """What the status bar shows."""

    site: str = ""
    """The site's label; empty: there is none."""
    state: str = ""
    """`connected`, `connecting …`, `lost`."""
    is_good: bool = False
    """Whether the state is one to be content with."""
    mode: str = ""
    """`auto → passive (PASV)`."""
    lock: str = ""
    """How the control connection is encrypted: `TLS 1.3`; empty: it is not, and passwords can be read."""
    has_plain_data: bool = False
    """Whether listings and files go over the wire unencrypted though the control connection does not."""
    totals: QueueTotals | None = None
    """The queue in numbers; None: nothing is known of it yet."""


class StatusBar(Widget):
    """One line; what matters less goes first when it gets narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"status-bar--{part}" for part in ("name", "good", "bad", "mode", "warning", "quiet")
    }
    DEFAULT_CSS = """
    StatusBar {
        dock: top;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .status-bar--name { background: $primary; color: $background; text-style: bold; }
        & > .status-bar--good { color: $success; }
        & > .status-bar--bad { color: $error; }
        & > .status-bar--mode { color: $accent; }
        & > .status-bar--warning { color: $error; }
        & > .status-bar--quiet { color: $text-muted; }
    }
    """

    def __init__(self, keymap: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__()
        self.status = Status()
        """What it shows."""
        self._opener = keys_of(OPEN_SITES, keymap)[0]

    def take_keymap(self, keymap: Mapping[str, str]) -> None:
        """Names the key that opens a site as it is now."""
        self._opener = keys_of(OPEN_SITES, keymap)[0]
        self.refresh()

    def show(self, status: Status) -> None:
        """Shows how a connection is; the numbers of the queue stay as they are."""
        self._show(replace(status, totals=self.status.totals))

    def show_totals(self, totals: QueueTotals) -> None:
        """Shows the queue in numbers."""
        self._show(replace(self.status, totals=totals))

    def _show(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws the line."""
        width = self.size.width
        left, right = self._left(), self._right()
        while right and _cells(left) + _cells(right) + 1 > width:
            right.pop(0)
        # Too narrow still: the site's label is cut, then what stands last is left out.
        excess = _cells(left) + _cells(right) + 1 - width
        if excess > 0 and len(left) > 1:
            label, style = left[1]
            room = max(_LEAST_LABEL, cell_width(label) - excess)
            if room < cell_width(label):
                left[1] = (fit(label.strip(), room - 2, middle=True).join("  "), style)
        gap = max(0, width - _cells(left) - _cells(right))
        parts = [*left, (" " * gap, ""), *right]
        strip = Strip([Segment(text, self._style(style)) for text, style in parts])
        return strip.adjust_cell_length(width, self.rich_style)

    def _left(self) -> list[tuple[str, str]]:
        status = self.status
        parts = [(" tuiftp ", "name")]
        if not status.site:
            return [*parts, (f"  not connected · {self._opener} opens a site", "quiet")]
        parts.append((f"  {shown(status.site)}  ", ""))
        sign = "●" if status.is_good else "○"
        parts.append((f"{sign} {shown(status.state)}", "good" if status.is_good else "bad"))
        if status.mode:
            parts.append((f"  {shown(status.mode)}", "mode"))
        return [*parts, *self._safety()]

    def _safety(self) -> list[tuple[str, str]]:
        """A lock and what it is, or a warning; nothing before the connection has shown which."""
        status = self.status
        if not status.is_good:
            return []
        if not status.lock:
            return [("  ⚠ plain text", "warning")]
        if status.has_plain_data:
            return [(f"  🔒 {shown(status.lock)}", "good"), ("  ⚠ files in plain text", "warning")]
        return [(f"  🔒 {shown(status.lock)}", "good")]

    def _right(self) -> list[tuple[str, str]]:
        totals = self.status.totals
        parts: list[tuple[str, str]] = []
        if totals is not None and (totals.active or totals.queued):
            parts.append((f"  {totals.active:,} active · {totals.queued:,} queued", "quiet"))
            parts.append((f"  ↓ {human_rate(totals.down_speed)}  ↑ {human_rate(totals.up_speed)} ", "quiet"))
        return parts

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"status-bar--{part}") if part else self.rich_style


def _cells(parts: list[tuple[str, str]]) -> int:
    return sum(cell_width(text) for text, _ in parts)
