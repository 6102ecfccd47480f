"""The base of views on the Line API that hold many lines and draw those in sight alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiftp.ui.lines.resize import set_height


class LineView(ScrollView):
    """Scrolls without animation, keeps a place in sight, and draws a line from pieces of text with a style each.

    What its lines are, and how the cursor moves among them, is the affair of the views.
    """

    DEFAULT_CSS = """
    LineView {
        height: 1fr;
        background: $surface;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """
    STYLES: ClassVar[str]
    """What the names of the view's component classes begin with: `log` for `log--time`."""
    _is_settling = False
    """Whether the view itself scrolls: what watches `scroll_y` must not take that for the user."""

    def _jump(self, y: float) -> None:
        """Scrolls to a line at once; the lines may have become more since the last layout."""
        settling, self._is_settling = self._is_settling, True
        self.scroll_to(y=max(0, y), animate=False, immediate=True, force=True)
        self._is_settling = settling

    def _show_lines(self, first: int, count: int = 1) -> None:
        """Scrolls as little as needed to bring lines into sight; the first of them if there is no room for all."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if first < top:
            self._jump(first)
        elif first + count > top + height:
            self._jump(min(first, first + count - height))

    def _set_height(self, height: int) -> None:
        """Gives the view another number of lines. The scroll position that changes with it is not the user's."""
        if height != self.virtual_size.height:
            settling, self._is_settling = self._is_settling, True
            set_height(self, height)
            self._is_settling = settling

    def _draw(self, spans: Iterable[tuple[str, str]], base: Style) -> Strip:
        """A line as wide as the view.

        Args:
            spans: Pieces of text, each after the last part of the name of its component class.
            base: The style of the line, over which the pieces' colours go.
        """
        segments = [
            Segment(text, base + self.get_component_rich_style(f"{self.STYLES}--{part}", partial=True))
            for part, text in spans
        ]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, base)
