"""The bottom line: the F-keys and what they do, for keys and mouse."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuiftp.protocol.text import cell_width
from tuiftp.ui.commands.command import Command, keys_of

_NUMBER = re.compile(r"^F(\d+)$")


class KeyBar(Widget):
    """Shows the commands that have a label; a click runs one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .key-bar--key { color: $accent; text-style: bold; }
    }
    """

    class Pressed(Message):
        """A command was clicked."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command
            """Which one."""

    def __init__(self, commands: Sequence[Command], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._commands = [command for command in commands if command.label]
        self._keymap = keymap
        self._ends: list[tuple[int, Command]] = []

    def take_keymap(self, keymap: Mapping[str, str]) -> None:
        """Shows other keys."""
        self._keymap = keymap
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws the keys: closer together, and in shorter words, where there is little room."""
        items = [
            ((keys_of(command, self._keymap) or [""])[0], command.label, command.short or command.label)
            for command in self._commands
        ]
        lead, gap, between, pairs = fit_keys(items, self.size.width)
        key_style = self.get_component_rich_style("key-bar--key")
        segments = [Segment(" " * lead, self.rich_style)]
        at = lead
        self._ends = []
        for (key, label), command in zip(pairs, self._commands, strict=True):
            text = f"{' ' * gap}{label}{' ' * between}"
            if at + cell_width(key + text.rstrip()) > self.size.width:
                break
            segments += [Segment(key, key_style), Segment(text, self.rich_style)]
            at += cell_width(key) + cell_width(text)
            self._ends.append((at, command))
        return Strip(segments, at).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Runs what was hit."""
        for end, command in self._ends:
            if event.x < end:
                self.post_message(self.Pressed(command))
                return


def fit_keys(
    items: Sequence[tuple[str, str, str]], width: int
) -> tuple[int, int, int, list[tuple[str, str]]]:
    """Makes keys fit: blanks go first, then the longest words become short, then F1 becomes 1, then words go.

    Args:
        items: Key, label and short label of each.
        width: The cells that there are.

    Returns:
        The blanks before all, between key and label, and between two of them; and each key with its label.
    """
    pairs = [(key, label) for key, label, _ in items]
    for lead, gap, between in ((1, 1, 2), (1, 1, 1), (0, 0, 1)):
        if lead + _cells(pairs) + len(pairs) * (gap + between) - between <= width:
            return lead, gap, between, pairs

    def is_too_long() -> bool:
        return _cells(pairs) + len(pairs) - 1 > width

    saves = [cell_width(label) - cell_width(short) for _, label, short in items]
    for place in sorted(range(len(items)), key=lambda place: saves[place], reverse=True):
        if is_too_long():
            pairs[place] = (pairs[place][0], items[place][2])
    if is_too_long():
        pairs = [(_NUMBER.sub(r"\1", key), label) for key, label in pairs]
    for place in reversed(range(len(pairs))):
        if is_too_long():
            pairs[place] = (pairs[place][0], "")
    return 0, 0, 1, pairs


def _cells(pairs: Sequence[tuple[str, str]]) -> int:
    return sum(cell_width(key) + cell_width(label) for key, label in pairs)
