"""User commands: one class each, from which the binding, the footer, the palette and the help page come.

A command's docstring is its help text. Its action is `action_<id>` on the widget, screen or app of its scope,
where the state that it changes lives. The user's keymap maps ids to keys.
"""

from __future__ import annotations

import inspect
import string
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

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


class Command:
    """The base of all commands."""

    id: ClassVar[str]
    """The name in the keymap; the action is named after it."""
    keys: ClassVar[str]
    """The default key, or several with commas between, in Textual's words."""
    title: ClassVar[str]
    """What the palette and the help page call it."""
    group: ClassVar[Group]
    """Its heading on the help page."""
    scope: ClassVar[Scope] = Scope.BROWSER
    """Where its action lives."""
    label: ClassVar[str] = ""
    """What the footer calls it; empty: it is not in the footer."""
    short: ClassVar[str] = ""
    """The same where there is little room; empty: the label."""
    in_palette: ClassVar[bool] = True
    """Whether the palette offers it; moving a cursor by palette helps nobody."""

    @classmethod
    def help(cls) -> str:
        """The help text, in sentences."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def binding(cls) -> Binding:
        """The binding, which the keymap reaches by the command's id."""
        return Binding(cls.keys, cls.id, cls.title, show=False, id=cls.id)


def all_commands() -> tuple[type[Command], ...]:
    """Every command, in the order of the help page."""
    # The lists import this module for the base class.
    from tuiftp.ui.commands.exchange import EXCHANGE_COMMANDS
    from tuiftp.ui.commands.file_list import LIST_COMMANDS
    from tuiftp.ui.commands.main import BROWSER_COMMANDS
    from tuiftp.ui.commands.panels import PANEL_COMMANDS
    from tuiftp.ui.commands.sites import SITE_COMMANDS

    return (*BROWSER_COMMANDS, *LIST_COMMANDS, *PANEL_COMMANDS, *EXCHANGE_COMMANDS, *SITE_COMMANDS)


def bindings(scope: Scope) -> list[Binding]:
    """The bindings of one scope, for a `BINDINGS` list."""
    return [command.binding() for command in all_commands() if command.scope is scope]


def command_by_id(id: str) -> type[Command] | None:
    """The command of that name."""
    return next((command for command in all_commands() if command.id == id), None)


def keys_of(command: type[Command], keymap: Mapping[str, str]) -> list[str]:
    """The keys of a command as a person reads them (`F5`, `^R`, `Space`), the user's keymap considered."""
    keys = keymap.get(command.id) or command.keys
    return [spell_key(key.strip()) for key in keys.split(",") if key.strip()]


def key_now(widget: Widget, command: type[Command]) -> str:
    """The key that runs a command where the focus is now, as a person reads it; its default key elsewhere."""
    for key, active in widget.screen.active_bindings.items():
        if active.binding.action == command.id:
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
