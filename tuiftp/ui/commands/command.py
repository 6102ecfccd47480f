"""What a user command is: one row, from which its binding, footer, palette entry and help line come.

Its action is `action_<id>` on the widget, screen or app of its scope, where the state that it changes lives. The
user's keymap maps ids to keys. The rows lie beside this module by scope; `catalogue` has all of them.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from textual.binding import Binding
from textual.widget import Widget


class Scope(StrEnum):
    """Where a command's action lives."""

    APP = "app"
    BROWSER = "browser"
    PANE = "pane"
    LIST = "list"
    TRANSFERS = "transfers"
    LOG = "log"
    EXCHANGE = "exchange"
    SITES = "sites"


class Group(StrEnum):
    """Under which heading the help page shows a command."""

    FILES = "Files"
    MARKS = "Marks and search"
    MOVING = "Moving about"
    LOOK = "View and sort"
    CONNECTION = "Connection"
    SITES = "Site manager"
    PANELS = "Transfers and protocol log"
    EXCHANGE = "Exchange view"
    PROGRAM = "Program"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a row, which the lists of this folder hold in the order of the help page."""

    id: str
    """The name in the keymap; the action is named after it."""
    keys: str
    """The default key, or several with commas between, in Textual's words."""
    title: str
    """What the palette and the help page call it."""
    help: str
    """What it does, in sentences, for the help page and the palette."""
    _: KW_ONLY
    group: Group
    """Its heading on the help page."""
    scope: Scope = Scope.BROWSER
    """Where its action lives."""
    label: str = ""
    """What the footer calls it; empty: it is not in the footer."""
    short: str = ""
    """The same where there is little room; empty: the label."""
    in_palette: bool = True
    """Whether the palette offers it; moving a cursor by palette helps nobody."""

    @property
    def action(self) -> str:
        """The action that it runs, on the node of its scope."""
        return self.id

    def binding(self) -> Binding:
        """The binding, which the keymap reaches by the command's id."""
        return Binding(self.keys, self.action, self.title, show=False, id=self.id)


def keys_of(command: Command, keymap: Mapping[str, str]) -> list[str]:
    """The keys of a command as a person reads them (`F5`, `^R`, `Space`), the user's keymap considered."""
    keys = keymap.get(command.id) or command.keys
    return [spell_key(key.strip()) for key in keys.split(",") if key.strip()]


def key_now(widget: Widget, command: Command) -> str:
    """The key that runs a command where the focus is now, as a person reads it; its default key elsewhere."""
    for key, active in widget.screen.active_bindings.items():
        if active.binding.action == command.action:
            return spell_key(key)
    return keys_of(command, {})[0]


_SPELLED = {
    "space": "Space", "insert": "Ins", "enter": "Enter", "escape": "Esc", "backspace": "Bksp", "tab": "Tab",
    "delete": "Del", "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End", "plus": "+", "minus": "-", "asterisk": "*", "slash": "/", "full_stop": ".",
    "question_mark": "?", "comma": ",", "left_square_bracket": "[", "right_square_bracket": "]",
}  # fmt: skip


_PUNCTUATION = {
    unicodedata.name(char).lower().replace("-", "_").replace(" ", "_"): char for char in string.punctuation
}
"""What Textual calls by its Unicode name, as `colon`, and the character that is typed."""


def spell_key(key: str) -> str:
    """Spells one of Textual's keys for a person: `ctrl+r` is `^R`, `shift+f6` is `Shift+F6`."""
    *modifiers, last = key.split("+")
    if last in _SPELLED:
        last = _SPELLED[last]
    elif len(last) > 1 or modifiers:
        last = _PUNCTUATION.get(last, last.upper())
    if modifiers == ["ctrl"]:
        return f"^{last}"
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])
