"""Pacing (debounce) of refreshes: when a changed directory is listed again, at a bounded cost."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 20
"""A reading that took a second is followed by the next one after so many: it takes a twentieth of the time."""
LAST_SHARE = 2
"""The same where nothing more is to come, and nobody should have to wait."""


class Pacing:
    """Computes when the next listing may start. Changes until then count as one."""

    def __init__(self, least: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Makes one for which nothing is due.

        Args:
            least: Seconds between two readings, however little they cost.
            clock: Seconds.
        """
        self._least = least
        self._clock = clock
        self._ended = float("-inf")
        self._began = 0.0
        self._cost = 0.0
        self._is_due = self._is_last = False

    def note(self, *, is_last: bool = False) -> None:
        """Something has changed; with `is_last` no more changes are expected for now."""
        self._is_due = True
        self._is_last = self._is_last or is_last

    def wait(self) -> float | None:
        """Seconds until the next reading may begin; None: none is due."""
        if not self._is_due:
            return None
        pause = LAST_SHARE * self._cost if self._is_last else max(self._least, SHARE * self._cost)
        return max(0.0, self._ended + pause - self._clock())

    def began(self) -> None:
        """A reading begins: changes from now on are for the one after it."""
        self._is_due = self._is_last = False
        self._began = self._clock()

    def ended(self) -> None:
        """It has ended."""
        self._ended = self._clock()
        self._cost = self._ended - self._began

    def forget(self) -> None:
        """Another directory is shown: nothing is due, and nothing is known of what a reading costs."""
        self._is_due = self._is_last = False
        self._cost = 0.0
