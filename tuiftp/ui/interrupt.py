"""What Ctrl+C does in the app: it cancels what is under way where the focus is, as Escape does, and never quits.

In a field with a selection, and where text is selected with the mouse, it copies, as it does in other programs.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.screen import Screen
from textual.widgets import Input

KEY = "ctrl+c"
"""The key, as Textual calls it."""


def copies(screen: Screen[Any]) -> bool:
    """Whether there is selected text on a screen that Ctrl+C copies."""
    field = screen.focused
    if isinstance(field, Input) and field.selected_text:
        return True
    return screen.get_selected_text() is not None


def as_escape(event: events.Event, screen: Screen[Any]) -> events.Event:
    """The event that is to be handled for one: Ctrl+C as Escape, unless there is something to copy."""
    if not isinstance(event, events.Key) or event.key != KEY or event.is_forwarded:
        return event
    if copies(screen):
        screen.notify("Copied. Escape cancels.", markup=False)
        return event
    return events.Key("escape", None)


async def acts_as_escape(screen: Screen[Any]) -> bool:
    """Does at once what Escape would do where the focus is; returns whether there is anything that it would do."""
    active = screen.active_bindings.get("escape")
    if active is None or not active.enabled:
        return False
    await screen.app.run_action(active.binding.action, default_namespace=active.node)
    return True
