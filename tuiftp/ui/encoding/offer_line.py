"""The quiet line that offers to read names otherwise. It never takes the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuiftp.protocol.charset_titles import title_of
from tuiftp.protocol.text import cell_width, fit, shown

if TYPE_CHECKING:
    from tuiftp.protocol.charsets import Guess


class CharsetLine(Static):
    """Hidden until there is something to offer."""

    DEFAULT_CSS = """
    CharsetLine {
        display: none;
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $text-muted;
        &.-shown { display: block; }
    }
    """

    class Pressed(Message):
        """The line was clicked."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.guess: Guess | None = None
        """What it offers; None: it is hidden."""
        self._keys = ""

    def offer(self, guess: Guess | None, keys: str = "") -> None:
        """Offers an encoding, with the keys that take it and choose another; None hides the line."""
        self.guess, self._keys = guess, keys
        self.set_class(guess is not None, "-shown")
        self._show()

    def on_resize(self) -> None:
        """Says as much as there is room for."""
        self._show()

    def _show(self) -> None:
        if self.guess is None:
            return
        width = max(20, self.size.width - 2)
        text = f"Names look like {title_of(self.guess.encoding)}"
        sample = f", as “{shown(self.guess.sample)}”"
        room = width - cell_width(self._keys) - 2
        if cell_width(text + sample) <= room:
            text += sample
        self.update(Content(f"{fit(text, room)}  {self._keys}" if room >= 20 else fit(text, width)))

    def on_click(self, event: events.Click) -> None:
        """Takes the offer."""
        event.stop()
        self.post_message(self.Pressed())
