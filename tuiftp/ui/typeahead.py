"""Keys that are typed ahead of a dialog: held until it is there, so that they never reach the list behind it.

Between the key that opens a dialog and the moment at which it takes keys lie some turns of the event loop, and
often a request to the server. A fast hand has typed the answer by then: `F8 y`, or a password.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from textual import events
from textual.app import App
from textual.screen import Screen

from tuiftp.ui.commands import all_commands
from tuiftp.ui.screens.dialogs import Busy, Dialog

LIMIT = 0.5
"""Seconds that keys wait for a dialog that does not come."""
QUIET = 0.4
"""Seconds without a key, after which a dialog that nobody has asked for may come under a user's fingers."""
_MOST_QUIET = 3.0

Typed = events.Key | events.Paste
"""What is held."""


class TypeAhead:
    """Holds what is typed from the key that opens a dialog until the dialog takes keys, or does not come."""

    def __init__(self, app: App[Any], forward: Callable[[Typed], Awaitable[None]]) -> None:
        """Prepares to hold.

        Args:
            app: Whose keys.
            forward: Does what is usually done with a key.
        """
        self._app = app
        self._forward = forward
        self._openers: dict[str, set[str]] = {}
        self._kept: list[Typed] = []
        self._is_holding = False
        self._is_secret = False
        self._holds = 0
        self._base: Screen[Any] | None = None
        self._typed_at = 0.0

    def take_keymap(self, keymap: Mapping[str, str]) -> None:
        """Learns which keys open something."""
        self._openers.clear()
        for command in all_commands():
            if command.opens:
                for key in keymap.get(command.id, command.keys).split(","):
                    self._openers.setdefault(key.strip(), set()).add(command.id)

    def keeps(self, event: Typed) -> bool:
        """Holds what has been typed, if a dialog is about to open; else it is to go its usual way."""
        if not isinstance(self._app.screen, Dialog):
            self._typed_at = time.monotonic()
        if not self._is_holding:
            if isinstance(event, events.Key) and self._opens(event.key):
                self.begin()
            return False
        is_escape = isinstance(event, events.Key) and event.key in ("escape", "ctrl+c")
        if is_escape and (self._is_secret or isinstance(self._app.screen, Busy)):
            self._kept.clear()
            return False
        self._kept.append(event)
        return True

    def _opens(self, key: str) -> bool:
        ids = self._openers.get(key)
        if ids is None:
            return False
        active = self._app.screen.active_bindings.get(key)
        return active is not None and active.enabled and active.binding.action in ids

    def begin(self, limit: float = LIMIT, *, is_secret: bool = False) -> None:
        """Holds keys from now on, because a dialog is about to open.

        Args:
            limit: For how many seconds, if no dialog comes.
            is_secret: Whether they may be a password: without a dialog they are forgotten, not typed elsewhere.
        """
        self._is_secret = is_secret or (self._is_holding and self._is_secret)
        if not self._is_holding:
            self._is_holding = True
            self._base = self._app.screen
        self._holds += 1
        hold = self._holds
        self._app.set_timer(limit, lambda: self._end(hold))

    def opened(self, screen: Screen[Any]) -> None:
        """Hands on what was held to a screen that has been opened, once it takes keys."""
        if self._is_holding and screen is not self._base and not isinstance(screen, Busy):
            screen.call_after_refresh(self._end, self._holds, screen)

    def settle(self) -> None:
        """What was to open something has ended: keys go where they go, unless a screen is still on its way."""
        self._end(self._holds)

    def focus_moved(self) -> None:
        """Another widget takes the keys: it may be what they are for."""
        if not self._is_secret:
            self._end(self._holds)

    def _end(self, hold: int, ready: Screen[Any] | None = None) -> None:
        if not self._is_holding or hold != self._holds:
            return
        if ready is None and self._app.screen is not self._base and not isinstance(self._app.screen, Busy):
            return  # `opened` has been told of that screen
        # Behind what moves the focus, and in front of keys that come later.
        self._app.call_later(self._hand_on, hold, is_for_dialog=ready is not None)

    async def _hand_on(self, hold: int, *, is_for_dialog: bool) -> None:
        if hold != self._holds:
            return  # another dialog is about to open
        kept, self._kept = self._kept, []
        is_lost = self._is_secret and not is_for_dialog
        self._is_holding = self._is_secret = False
        if is_lost:
            if kept:
                self._app.bell()
            return
        while kept and not self._is_holding:
            event = kept.pop(0)
            if not self.keeps(event):
                await self._forward(event)
        self._kept = [*kept, *self._kept]

    async def quiet(self) -> None:
        """Waits until nothing has been typed for a moment: no dialog takes a key that was not meant for it."""
        last = time.monotonic() + _MOST_QUIET
        # It is the passing of time that is waited for, no event.
        while (now := time.monotonic()) < last and (wait := self._typed_at + QUIET - now) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
