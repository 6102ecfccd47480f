"""The headings over a file list; a click sorts."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tuiftp.ui.panes.file_lines import header_line
from tuiftp.ui.panes.file_list import FileList
from tuiftp.ui.panes.file_rows import SortKey


class ColumnHeader(Widget):
    """One line with the names of the columns and the direction of the order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"column-header--chosen"}
    DEFAULT_CSS = """
    ColumnHeader {
        height: 1;
        background: $surface;
        color: $text-muted;
        & > .column-header--chosen { color: $foreground; }
    }
    """

    def __init__(self, file_list: FileList) -> None:
        super().__init__()
        self._list = file_list
        self._ends: list[tuple[int, SortKey]] = []

    def render_line(self, y: int) -> Strip:
        """Draws the headings above the columns as they are now."""
        chosen = self.get_component_rich_style("column-header--chosen")
        strip, self._ends = header_line(
            self._list.columns, self._list.rows.arrangement, self.rich_style, chosen
        )
        return strip.adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Sorts by the column that was hit."""
        for end, key in self._ends:
            if event.x < end:
                self._list.sort_by(key)
                self._list.focus()
                return
