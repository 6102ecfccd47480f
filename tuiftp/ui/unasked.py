"""Dialogs that no key has asked for: they come while the user does something else, and must not take its keys.

Such a dialog takes nothing until it has been in sight for a moment in which nothing was typed. What is typed before
was meant for what it has covered. It is refused, not kept for later: the terminal's bell rings, the dialog says that
it awaits a pause, and the moment begins anew.
"""

from __future__ import annotations

from math import inf
from typing import Any
from weakref import WeakSet

from textual.app import App
from textual.content import Content
from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import Screen

SEEN = 0.5
"""Seconds without a key for which such a dialog has to be in sight before it takes one."""
_SIGN = "that key was not taken: pause a moment"


class UnaskedDialogs:
    """Knows which dialogs nobody has asked for, and from when on each takes keys."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._all: WeakSet[Screen[Any]] = WeakSet()
        self._unheard: dict[Screen[Any], float] = {}
        """Those that have taken nothing yet, and since when they are in sight without a key; `inf`: not painted."""
        self._uppermost: Screen[Any] | None = None
        self._hints: dict[Screen[Any], str] = {}

    def __contains__(self, screen: Screen[Any]) -> bool:
        """Whether nobody has asked for a screen."""
        return screen in self._all

    @property
    def is_deaf(self) -> bool:
        """Whether the uppermost screen would refuse what is typed now."""
        return _now() < self._unheard.get(self._app.screen, -inf) + SEEN

    def add(self, dialog: Screen[Any]) -> None:
        """Has a dialog that is about to open take no key until it was seen."""
        self._all.add(dialog)
        self._unheard[dialog] = inf
        dialog.call_after_refresh(self._begin, dialog)

    def take(self, typed_at: float) -> bool:
        """Whether the uppermost screen takes what was typed or clicked; where not, that is told.

        Args:
            typed_at: When, as events have it: a busy app handles it later.
        """
        dialog = self._app.screen
        if dialog not in self._unheard:
            return True
        if typed_at >= self._unheard[dialog] + SEEN:
            del self._unheard[dialog]
            self._unsay(dialog)
            return True
        if self._unheard[dialog] < typed_at:
            self._begin(dialog)
        self._app.bell()
        self._say(dialog)
        return False

    def screen_changed(self) -> None:
        """Has a dialog that was covered begin anew: nobody has seen it beneath another one."""
        uppermost, before = self._app.screen, self._uppermost
        self._uppermost = uppermost
        if uppermost is not before and self._unheard.get(uppermost, inf) < inf:
            self._begin(uppermost)
        for gone in [each for each in self._unheard if each not in self._app.screen_stack]:
            if self._unheard[gone] < inf:  # else it is about to open
                del self._unheard[gone]

    def _begin(self, dialog: Screen[Any]) -> None:
        if dialog in self._unheard:
            self._unheard[dialog] = _now()
            if dialog in self._hints:
                dialog.set_timer(SEEN, lambda: self._unsay(dialog))

    def _say(self, dialog: Screen[Any]) -> None:
        try:
            box = dialog.query_one(".dialog")
        except NoMatches:
            return  # it is about to be made
        if dialog not in self._hints:
            self._hints[dialog] = box.border_subtitle or ""
            box.border_subtitle = Content(_SIGN)
            dialog.set_timer(SEEN, lambda: self._unsay(dialog))

    def _unsay(self, dialog: Screen[Any]) -> None:
        if _now() >= self._unheard.get(dialog, -inf) + SEEN and dialog in self._hints:
            dialog.query_one(".dialog").border_subtitle = Content(self._hints.pop(dialog))


def _now() -> float:
    """The present moment, by the clock of events."""
    return Message().time
