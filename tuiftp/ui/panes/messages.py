"""Textual message of panes: a directory was listed or refreshed, or the pane is empty now."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget


class Listed(Message):
    """A directory has been read and is shown, or the pane shows nothing any more."""

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self.pane = pane
        """Which pane."""
