"""A few choices, on one line where they fit, told apart by sign and not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tuiftp.protocol.text import cell_width, shown

_GAPS = (3, 2, 1)
"""Blanks between two choices, as many as there is room for."""


class ChoiceLine(Widget, can_focus=True):
    """`◉ Auto   ○ Passive`: arrows, Space and the mouse choose."""

    DEFAULT_CSS = """
    ChoiceLine {
        height: auto; width: 1fr; color: $foreground;
        &:focus { background: $block-cursor-background; }
        & > .choice--chosen { color: $accent; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "Next", show=False),
        Binding("left,h", "step(-1)", "Before", show=False),
    ]

    chosen = reactive(0, init=False)
    """The place of the choice, from 0."""

    class Changed(Message):
        """Another choice was made."""

        def __init__(self, line: ChoiceLine, chosen: int) -> None:
            super().__init__()
            self.line = line
            """Where."""
            self.chosen = chosen
            """Its place, from 0."""

        @property
        def control(self) -> ChoiceLine:
            """The line."""
            return self.line

    def __init__(self, labels: Sequence[str], *, id: str) -> None:
        super().__init__(id=id)
        self._labels = [shown(label) for label in labels]

    def render(self) -> Content:
        """The choices, the chosen one with a full circle."""
        style = self.get_visual_style("choice--chosen", partial=True)
        lines = [
            Content(" " * gap).join(
                Content.styled(f"◉ {self._labels[place]}", style)
                if place == self.chosen
                else Content(f"○ {self._labels[place]}")
                for place in places
            )
            for places, gap in self._rows(self.content_size.width)
        ]
        return Content("\n").join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, or as many as the choices need."""
        return len(self._rows(width))

    def _rows(self, width: int) -> list[tuple[list[int], int]]:
        """The places on each line and the blanks between them: closer together before there are more lines."""
        cells = [cell_width(f"○ {label}") for label in self._labels]
        for gap in _GAPS:
            if sum(cells) + gap * (len(cells) - 1) <= width:
                return [(list(range(len(cells))), gap)]
        rows: list[list[int]] = [[]]
        used = 0
        for place, needed in enumerate(cells):
            if rows[-1] and used + needed > width:
                rows.append([])
                used = 0
            rows[-1].append(place)
            used += needed + _GAPS[-1]
        return [(places, _GAPS[-1]) for places in rows]

    def watch_chosen(self, chosen: int) -> None:
        """Tells of it."""
        self.post_message(self.Changed(self, chosen))

    def action_step(self, by: int) -> None:
        """Goes to the choice beside this one, and round at the end."""
        self.chosen = (self.chosen + by) % len(self._labels)

    def on_click(self, event: events.Click) -> None:
        """Chooses what was clicked."""
        event.stop()
        self.focus()
        rows = self._rows(self.content_size.width)
        places, gap = rows[min(event.y, len(rows) - 1)]
        end = 0
        for place in places:
            end += cell_width(f"○ {self._labels[place]}") + gap
            if event.x < end:
                self.chosen = place
                return
