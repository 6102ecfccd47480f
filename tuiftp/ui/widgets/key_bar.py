"""The bottom line: the F-keys and what they do, for keys and mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuiftp.protocol.text import cell_width
from tuiftp.ui.commands import Command, keys_of


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

        def __init__(self, command: type[Command]) -> None:
            super().__init__()
            self.command = command
            """Which one."""

    def __init__(self, commands: Sequence[type[Command]], keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._commands = [command for command in commands if command.label]
        self._keymap = keymap
        self._ends: list[tuple[int, type[Command]]] = []

    def take_keymap(self, keymap: Mapping[str, str]) -> None:
        """Shows other keys."""
        self._keymap = keymap
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draws the keys, closer together where there is little room."""
        pairs = [
            ((keys_of(command, self._keymap) or [""])[0], command.label, command)
            for command in self._commands
        ]
        lead, gap, between = self._spacing([(key, label) for key, label, _ in pairs])
        key_style = self.get_component_rich_style("key-bar--key")
        segments = [Segment(" " * lead, self.rich_style)]
        at = lead
        self._ends = []
        for key, label, command in pairs:
            text = f"{' ' * gap}{label}{' ' * between}"
            if at + cell_width(key + text.rstrip()) > self.size.width:
                break
            segments += [Segment(key, key_style), Segment(text, self.rich_style)]
            at += cell_width(key) + cell_width(text)
            self._ends.append((at, command))
        return Strip(segments, at).adjust_cell_length(self.size.width, self.rich_style)

    def _spacing(self, pairs: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
        words = sum(cell_width(key) + cell_width(label) for key, label in pairs)
        for lead, gap, between in ((1, 1, 2), (1, 1, 1), (0, 0, 1)):
            if lead + words + len(pairs) * (gap + between) - between <= self.size.width:
                return lead, gap, between
        return 0, 0, 1

    def on_click(self, event: events.Click) -> None:
        """Runs what was hit."""
        for end, command in self._ends:
            if event.x < end:
                self.post_message(self.Pressed(command))
                return
