"""Welcome text of an empty pane: all of it where there is room, else the most useful lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tuiftp.protocol.text import fit


class Welcome(Widget):
    """A headline and lines of help, the most useful one first. Never cut in the middle of them by a notice."""

    DEFAULT_CSS = """
    Welcome { height: 1fr; padding: 0 2; color: $text-muted; background: $surface; }
    """

    def __init__(self, headline: str = "", lines: Sequence[str] = ()) -> None:
        """Makes it.

        Args:
            headline: What is the matter.
            lines: What can be done, one line each, the most useful one first.
        """
        super().__init__()
        self._headline = headline
        self._lines = list(lines)

    def say(self, lines: Sequence[str]) -> None:
        """Gives it other lines of help."""
        self._lines = list(lines)
        self.refresh()

    def render(self) -> Content:
        """As much as there is room for: without the headline first, then without the last lines."""
        width, height = self.content_size
        lines = ["", self._headline, "", *self._lines] if self._headline else self._lines
        if len(lines) > height:
            lines = self._lines[:height]
        return Content("\n".join(fit(line, width) for line in lines))
