"""A few choices on one line, told apart by sign and not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tuiftp.protocol.text import cell_width, shown

_GAP = "   "


class ChoiceLine(Widget, can_focus=True):
    """`◉ Auto   ○ Passive`: arrows, Space and the mouse choose."""

    DEFAULT_CSS = """
    ChoiceLine {
        height: 1; width: 1fr; color: $foreground;
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
        parts = [
            Content.styled(f"◉ {label}{_GAP}", style) if place == self.chosen else Content(f"○ {label}{_GAP}")
            for place, label in enumerate(self._labels)
        ]
        return Content("").join(parts)

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
        end = 0
        for place, label in enumerate(self._labels):
            end += cell_width(f"○ {label}{_GAP}")
            if event.x < end:
                self.chosen = place
                return
