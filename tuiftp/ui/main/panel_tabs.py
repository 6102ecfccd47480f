"""The tabs over the panels on a narrow screen, where only one of them has room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class PanelTabs(Widget):
    """One line with a name for each panel; a click shows it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel-tabs--chosen"}
    DEFAULT_CSS = """
    PanelTabs {
        height: 1;
        background: $background;
        color: $text-muted;
        & > .panel-tabs--chosen { color: $primary; text-style: bold; background: $surface; }
    }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index
            """Which one, counted from 0."""

    def __init__(self, titles: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.titles = tuple(titles)
        """What stands on the tabs."""
        self.chosen = 0
        """Which one is shown."""

    def choose(self, index: int) -> None:
        """Shows another tab as the chosen one."""
        self.chosen = index
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws the tabs; brackets tell the chosen one without colour."""
        segments = []
        for index, title in enumerate(self.titles):
            is_chosen = index == self.chosen
            style = self.get_component_rich_style("panel-tabs--chosen") if is_chosen else self.rich_style
            segments.append(Segment(f" [{title}] " if is_chosen else f"  {title}  ", style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Chooses the tab that was hit."""
        at = 0
        for index, title in enumerate(self.titles):
            at += len(title) + 4
            if event.x < at:
                self.post_message(self.Chosen(index))
                return
