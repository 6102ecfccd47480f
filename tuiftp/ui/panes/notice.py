"""Notice at the foot of a pane: progress, error or search text. Always literal text, never markup."""

from __future__ import annotations

import re

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from tuiftp.errors import CertificateRefused, DataConnectionFailed, TuiftpError
from tuiftp.protocol.text import fit, shown
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.file_list import SHOW_NOTICE
from tuiftp.ui.lines.wrapping import wrap_words

_LONGEST = 600
_MOST_LINES = 40
_SHOWN_BEFORE = re.compile(r" \(SHA-256 [0-9A-F:]+(?:; trusted before was SHA-256 [0-9A-F:]+)?\)$")


class Notice(Static):
    """Widget of the notice; hidden while it is empty."""

    DEFAULT_CSS = """
    Notice {
        display: none;
        dock: bottom;
        height: auto;
        max-height: 80%;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        &.-shown { display: block; }
        &.-error { color: $error; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.text = ""
        """What it says; empty: nothing."""
        self.brief = 4.0
        """Seconds for which something stands that is of no use later."""

    def render(self) -> Content:
        """As much as there is room for; what is left out is told, with the key that shows all."""
        lines, is_cut = self._lines(self.content_size.width)
        if is_cut:
            lines[-1] = fit(f"… {key_now(self, SHOW_NOTICE)} shows all", self.content_size.width)
        return Content("\n".join(lines))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as are shown."""
        return len(self._lines(width)[0])

    def _lines(self, width: int) -> tuple[list[str], bool]:
        """The lines that there is room for, and whether there are more."""
        lines = [
            part for line in self.text.split("\n") for part in wrap_words(line, width, limit=_MOST_LINES)
        ]
        parent = self.parent
        height = parent.size.height if isinstance(parent, Widget) else _MOST_LINES
        is_whole_pane = isinstance(parent, Widget) and parent.has_class("-detached")
        room = max(1, height if is_whole_pane else height * 4 // 5)
        return lines[:room], len(lines) > room

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Says something; an empty text hides it."""
        self.text = text
        self.set_class(bool(text), "-shown")
        self.set_class(is_error, "-error")
        self.update(Content(text))

    def say_briefly(self, text: str) -> None:
        """Says something that goes away by itself, unless something else is said meanwhile."""
        self.say(text)
        self.set_timer(self.brief, lambda: self.say("") if self.text == text else None)

    def say_error(self, error: TuiftpError, *, what: str) -> None:
        """Says what failed, with the reason and what to try, each on a line of its own."""
        self.say(error_text(error, what=what), is_error=True)


def _told(error: TuiftpError) -> str:
    """The message; without the fingerprints that the dialog has just shown in full, which would hide the rest."""
    if isinstance(error, CertificateRefused):
        return _SHOWN_BEFORE.sub("", error.message)
    return error.message


def error_text(error: TuiftpError, *, what: str) -> str:
    """An error as lines: what was tried, why it failed, the steps that were taken, what to try."""
    lines = [f"✗ {what}" if what else f"✗ {error.title}"]
    if isinstance(error, DataConnectionFailed) and error.steps:
        lines.append("no data connection came about:")
        lines += [f"  {command}: {reason[:_LONGEST]}" for command, reason in error.steps]
    else:
        lines.append(_told(error)[:_LONGEST])
    if error.hint:
        lines.append(f"→ {error.hint[:_LONGEST]}")
    return "\n".join(shown(line) for line in lines)
