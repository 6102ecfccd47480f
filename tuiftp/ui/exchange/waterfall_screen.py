"""Waterfall screen: the timing of an operation, with a bar for each wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.wirelog.operations import Operation
from tuiftp.wirelog.waterfall import Segment

_LABEL = 20
_TIME = 10


def bars(operation: Operation, width: int) -> Iterator[tuple[Segment, str]]:
    """Each segment with its line: what was waited for, the bar in its place, how long it took."""
    whole = max((one.start_ms + one.length_ms for one in operation.segments), default=0.0) or 1.0
    room = max(8, width - _LABEL - _TIME)
    for segment in operation.segments:
        start = min(room - 1, round(segment.start_ms / whole * room))
        length = max(1, min(room - start, round(segment.length_ms / whole * room)))
        bar = " " * start + ("▒" if segment.failed else "█") * length
        sign = "✗ " if segment.failed else ""
        label = fit(sign + shown(segment.label), _LABEL - 1)
        yield segment, f"{label} {bar:<{room}}{fit(span_of(segment.length_ms), _TIME, align='right')}"


def span_of(ms: float) -> str:
    """A span of time: `3 ms`, `10.1 s`."""
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms"


class WaterfallScreen(ModalScreen[None]):
    """The tries of one task, each with its bars."""

    DEFAULT_CSS = """
    WaterfallScreen {
        align: center middle;

        & > VerticalScroll {
            width: 92%;
            max-width: 120;
            height: auto;
            max-height: 85%;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 1 1 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { height: auto; margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,w", "close", "Close", show=False)]

    def __init__(self, operations: Sequence[Operation]) -> None:
        super().__init__()
        self._operations = operations

    def compose(self) -> ComposeResult:
        """A block for each try."""
        with VerticalScroll() as box:
            box.border_title = Content("Where the time went")
            box.border_subtitle = Content("█ waited   ▒ waited in vain   Esc close")
            for _operation in self._operations:
                yield Static("", markup=False)

    def on_resize(self) -> None:
        """Draws the bars as wide as there is room."""
        for place, block in enumerate(self.query(Static)):
            operation = self._operations[place]
            width = max(40, block.size.width or self.size.width - 12)
            block.update(_content(operation, width))

    def action_close(self) -> None:
        """Leaves."""
        self.dismiss(None)


def _content(operation: Operation, width: int) -> Content:
    head = shown("   ".join(part for part in (operation.summary, operation.transfer) if part))
    if cell_width(head) > width:
        head = fit(head, width)
    parts: list[tuple[str, str]] = [(head, "bold")]
    for segment, line in bars(operation, width):
        parts.append((f"\n{line}", "$wire-error" if segment.failed else "$wire-data"))
    if not operation.segments:
        parts.append(("\nThe log tells no times of it.", "$text-muted"))
    return Content.assemble(*parts)
