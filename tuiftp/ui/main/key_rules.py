"""What keys of the main screen wait for: each for the work that its effect depends on, and for no other.

A key for a pane waits for the listing of that pane; with synchronized browsing, for both. What uses both sides (a
copy) or the site (log in again) waits for all of it. Going elsewhere, help, settings, the palette and quitting wait
for none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.dom import DOMNode
from textual.worker import Worker

from tuiftp.ui.key_gate import Chosen, Part, Parts, Typed
from tuiftp.ui.panes.pane import Pane

if TYPE_CHECKING:
    from tuiftp.ui.main.screen import Browser

AT_ONCE = frozenset(
    {
        "switch_pane", "focus_transfers", "focus_log", "toggle_panels", "grow_panels", "shrink_panels", "help",
        "command_palette", "open_settings", "change_theme", "quit", "why_mode", "open_finding", "dismiss_finding",
    }
)  # fmt: skip
"""Commands that depend on no work that is under way."""
ABOUT_SITES = frozenset({"open_sites", "connect", "import_sites", "export_sites"})
"""Commands that offer the site that was asked for last, and may open another."""
IN_ONE_PANE = frozenset({"view", "edit", "rename", "make_directory", "delete", "change_permissions"})
"""Commands of the screen that are about the pane in use alone."""
STAY = frozenset(
    {
        "cursor_up", "cursor_down", "page_up", "page_down", "cursor_home", "cursor_end", "parent_directory",
        "go_back", "go_forward", "refresh_listing", "toggle_hidden", "toggle_mark", "invert_marks", "mark_all",
        "sort_by_name", "sort_by_size", "sort_by_modified", "sort_by_permissions",
    }
)  # fmt: skip
"""Commands of a pane that open nothing and leave the focus alone."""
_IN_PANE_WORK = frozenset({"load", "marks", "arrange", "search"})
_EVERYTHING = frozenset(Part)
_BOTH = frozenset({Part.LEFT, Part.RIGHT})
_NOTHING: Parts = frozenset()


class KeyRules:
    """Says for the main screen what keys need, and what work concerns."""

    def __init__(self, screen: Callable[[], Browser]) -> None:
        self._get_screen = screen

    @property
    def is_starting(self) -> bool:
        """Whether the screen lacks something that keys may need."""
        return self._get_screen().is_starting

    def lists(self) -> Sequence[DOMNode]:
        """Where messages of the panes begin their way."""
        screen = self._get_screen()
        return [pane.list for pane in screen.panes]

    # Keys.

    def needs(self, typed: Typed) -> Parts:
        """The parts of the screen that a key depends on, typed where the focus is now."""
        if isinstance(typed, Chosen):
            return self._needed_by(typed)
        pane = self._pane_of(self._get_screen().focused)
        command = self._command(typed)
        return self._both_or(pane) if command is None else self._needed_by(command)

    def left_behind(self, typed: Typed) -> tuple[Part, Chosen] | None:
        """What a key does within the pane of the focus, and only there; None: it may do more."""
        command = typed if isinstance(typed, Chosen) else self._command(typed)
        if command is None or command.action not in STAY:
            return None
        pane = self._pane_of(command.node)
        return (self._part(pane), command) if pane is not None else None

    def _command(self, typed: events.Key | events.Paste) -> Chosen | None:
        """The command that a key stands for; None: it is text, or none."""
        screen = self._get_screen()
        focused = screen.focused
        pane = self._pane_of(focused)
        if isinstance(typed, events.Paste) or (pane is not None and pane.list.search.text is not None):
            return None
        if focused is not None and focused.check_consume_key(typed.key, typed.character):
            return None
        active = screen.active_bindings.get(typed.key)
        return Chosen(active.binding.action, active.node) if active is not None else None

    def _needed_by(self, command: Chosen) -> Parts:
        screen = self._get_screen()
        pane = self._pane_of(command.node)
        if command.action in AT_ONCE:
            return _NOTHING
        if command.action in ABOUT_SITES:
            return frozenset({Part.SITE})
        if command.action == "cancel_loading":
            return self._both_or(pane) | {Part.SITE}
        if command.action == "interrupt":
            pane = self._pane_of(screen.focused)
            return self._both_or(pane) | {Part.SITE} if pane is not None else _NOTHING
        if command.action in IN_ONE_PANE:
            return self._both_or(self._pane_of(screen.focused) or screen.active)
        if pane is not None:
            return self._both_or(pane)
        return _EVERYTHING if command.node in (screen, screen.app) else _NOTHING  # what a panel does

    # Work.

    def concerns(self, worker: Worker[Any], *, is_slow: bool) -> Parts | None:
        """The parts that a worker may change; None: it may do anything, as open a dialog.

        What opens something only now and then holds everything in its first moment alone.
        """
        screen = self._get_screen()
        pane = self._pane_of(worker.node)
        if pane is not None and worker.group in _IN_PANE_WORK:
            may_ask = pane.is_opening_link or self._is_together
            return None if worker.group == "load" and may_ask and not is_slow else self._both_or(pane)
        if worker.group == "charset":
            return self._both_or(screen.server_pane)
        if worker.group == "connect":
            return self._of_connecting(is_slow=is_slow)
        return _BOTH if worker.group == "together" and is_slow else None

    def _of_connecting(self, *, is_slow: bool) -> Parts | None:
        screen = self._get_screen()
        on_their_way = (each for each in screen.connections.values() if each.is_on_its_way)
        connection = next(on_their_way, screen.connection if is_slow else None)
        if connection is None:
            return None
        return (
            _EVERYTHING
            if connection.takes_both_panes
            else frozenset({self._part(connection.pane), Part.SITE})
        )

    # The panes.

    @property
    def _is_together(self) -> bool:
        screen = self._get_screen()
        return screen.is_whole and screen.together.is_on

    def _pane_of(self, node: DOMNode | None) -> Pane | None:
        if node is None:
            return None
        return next((each for each in node.ancestors_with_self if isinstance(each, Pane)), None)

    def _part(self, pane: Pane) -> Part:
        return Part.LEFT if pane is self._get_screen().left_pane else Part.RIGHT

    def _both_or(self, pane: Pane | None) -> Parts:
        """A pane, and the other one too where both are browsed together."""
        if pane is None:
            return _NOTHING
        return _BOTH if self._is_together else frozenset({self._part(pane)})
