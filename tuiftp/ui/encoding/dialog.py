"""Chooses what the names of a server are written in, with some of them as they would read."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tuiftp.protocol.charset_titles import CHARSETS, title_of
from tuiftp.protocol.text import decode_wire, fit, shown
from tuiftp.ui.dialogs.basic import Dialog

_TITLE_CELLS = 30
_MOST_NAMES = 3


class CharsetDialog(Dialog[str | None]):
    """A list of encodings; gives the codec's name, or None."""

    DEFAULT_CSS = """
    CharsetDialog {
        & > .dialog { width: 100; }
        & OptionList {
            height: auto; max-height: 16; margin: 1 0 0 0; background: $surface; border: none;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    def __init__(self, names: Sequence[bytes], *, present: str) -> None:
        """Makes the dialog.

        Args:
            names: Names of the directory as bytes; the first few are shown as each encoding reads them.
            present: The encoding that is in use.
        """
        lines = [
            "It decides how names are shown and how new ones are written; those that exist stay as they are."
        ]
        super().__init__("Encoding of names", lines)
        self._names = list(names)[:_MOST_NAMES]
        self._present = codecs.lookup(present).name
        self.encodings = tuple(dict.fromkeys([*CHARSETS, self._present]))
        """What can be chosen, in the order of the list."""

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield OptionList(
            *(Option(Content(self._line(encoding))) for encoding in self.encodings), compact=True
        )

    def _line(self, encoding: str) -> str:
        mark = "◉" if encoding == self._present else "○"
        names = "  ".join(shown(decode_wire(name, encoding)) for name in self._names)
        return f"{mark} {fit(title_of(encoding), _TITLE_CELLS)} {names}"

    def on_mount(self) -> None:
        """Begins at the encoding in use."""
        choices = self.query_one(OptionList)
        choices.highlighted = self.encodings.index(self._present)
        choices.focus()

    @on(OptionList.OptionSelected)
    def _on_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.encodings[event.option_index])
