"""The help screen: every command with its keys, the connection modes, the signs of the log. Typing finds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Input

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.storage.choices import MODES
from tuiftp.ui.commands.catalogue import COMMANDS
from tuiftp.ui.commands.command import Group, keys_of
from tuiftp.wirelog.records import RecordKind
from tuiftp.wirelog.text import SIGNS

Row = tuple[str, str, str]
"""Keys, title, explanation."""

MEANINGS: Mapping[RecordKind, tuple[str, str]] = {
    RecordKind.COMMAND: ("Command", "What we sent. Passwords are masked."),
    RecordKind.REPLY: ("Reply", "What the server answered: 1 to 3 is good, 4 may pass, 5 is a no."),
    RecordKind.STATUS: ("Status", "What tuiftp does and why: which way is tried next."),
    RecordKind.ERROR: ("Error", "What did not work, and after how long."),
    RecordKind.FINDING: ("Finding", "What does not fit together, and what to change."),
    RecordKind.DATA: ("Data connection", "Who listens, who connects to whom, and how long it took."),
}
"""What each kind of log record is, for a person who sees its sign for the first time."""

_KEYS_WIDTH = 18
_TITLE_WIDTH = 34
_WIDE = 100


class HelpScreen(Screen[None]):
    """Lists the commands under their headings; what is typed leaves those that hold all the words."""

    CSS_PATH = "help_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll_page(-1)", show=False),
        Binding("pagedown", "scroll_page(1)", show=False),
        Binding("escape,f1,f10", "close", "Close", key_display="Esc"),
    ]

    def __init__(self, keymap: Mapping[str, str] | None = None) -> None:
        """Makes the screen.

        Args:
            keymap: The user's own keys, by command.
        """
        super().__init__()
        self._sections = help_sections(keymap or {})

    def compose(self) -> ComposeResult:
        """A field to find with, and the text."""
        yield Input(
            placeholder="Type to find a command or a key · ↑↓ PgUp PgDn scroll", id="help-find", compact=True
        )
        with VerticalScroll(id="help-scroll", can_focus=False):
            yield HelpText(self._sections)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Typing goes to the field at once."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(HelpText).find(event.value)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_scroll(self, by: int) -> None:
        """Scrolls by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_scroll_page(self, by: int) -> None:
        """Scrolls by pages."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=by * max(scroll.size.height - 1, 1), animate=False)

    def action_close(self) -> None:
        """Ends what is being found; closes when nothing is."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
        else:
            self.dismiss()


class HelpText(Widget):
    """The text, in three columns where there is room for them, else in two."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--heading", "help--key", "help--title", "help--text"}

    def __init__(self, sections: Mapping[str, tuple[Row, ...]]) -> None:
        super().__init__()
        self._all = sections
        self._words: list[str] = []

    def find(self, text: str) -> None:
        """Leaves the rows that hold all the words of `text`."""
        self._words = text.lower().split()
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many cells as there are lines."""
        return sum(1 for _ in self._lines(width))

    def render(self) -> Content:
        """All the lines."""
        return Content("\n").join(list(self._lines(self.content_size.width)))

    def on_resize(self, event: events.Resize) -> None:
        """Another width, another number of lines."""
        self.refresh(layout=True)

    def _lines(self, width: int) -> Iterator[Content]:
        is_empty = True
        for heading, rows in self._all.items():
            found = [row for row in rows if self._is_found(row)]
            if found:
                if not is_empty:
                    yield Content("")
                is_empty = False
                yield self._styled(heading, "heading")
                for row in found:
                    yield from self._row(row, width)
        if is_empty:
            yield self._styled("Nothing holds these words.", "text")

    def _is_found(self, row: Row) -> bool:
        text = " ".join(row).lower()
        return all(word in text for word in self._words)

    def _row(self, row: Row, width: int) -> Iterator[Content]:
        keys, title, text = row
        is_wide = width >= _WIDE
        head = [self._styled(_column(keys, _KEYS_WIDTH), "key")]
        start = _KEYS_WIDTH + (_TITLE_WIDTH if is_wide else 0)
        lines = textwrap.wrap(text, max(width - start, 20)) or [""]
        if is_wide:
            head += [self._styled(_column(title, _TITLE_WIDTH), "title"), self._styled(lines.pop(0), "text")]
        else:
            head.append(self._styled(title, "title"))
        yield Content("").join(head)
        for line in lines:
            yield Content.assemble(" " * start, self._styled(line, "text"))

    def _styled(self, text: str, part: str) -> Content:
        return Content.styled(text, self.get_visual_style(f"help--{part}", partial=True))


def help_sections(keymap: Mapping[str, str]) -> dict[str, tuple[Row, ...]]:
    """All that the screen lists: a heading and its rows."""
    sections: dict[str, tuple[Row, ...]] = {}
    for group in Group:
        sections[group.value] = tuple(
            (shown("  ".join(keys_of(command, keymap))), command.title, " ".join(command.help.split()))
            for command in COMMANDS
            if command.group is group
        )
    sections["Connection modes: who opens the data connection"] = tuple(
        ("", choice.label, choice.help) for choice in MODES
    )
    sections["Signs of the protocol log"] = tuple(
        (SIGNS[kind], title, meaning) for kind, (title, meaning) in MEANINGS.items()
    )
    return {heading: rows for heading, rows in sections.items() if rows}


def _column(text: str, width: int) -> str:
    """Fills a column; what is too long keeps a gap to the next one."""
    return fit(text, width - 1) + " " if cell_width(text) < width else fit(text, width - 2) + "  "
