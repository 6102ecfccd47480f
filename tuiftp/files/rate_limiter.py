"""Speed limits: a budget of bytes that several worker threads share, and that may change while they run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_BURST = 0.1
"""Seconds of the limit that may go at once: short enough for an even flow, long enough not to wake too often."""


class RateLimiter:
    """Lets at most `rate` bytes a second through, all who use it together. Safe to use from any thread."""

    def __init__(self, rate: int | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate = rate
        self._free_at = clock()

    @property
    def rate(self) -> int | None:
        """Bytes a second; None: no limit. May be set at any moment, and holds at once."""
        return self._rate

    @rate.setter
    def rate(self, rate: int | None) -> None:
        with self._lock:
            self._rate = rate
            # What was waited for under the old limit is no debt under the new one.
            self._free_at = min(self._free_at, self._clock() + _BURST)

    def reserve(self, count: int) -> float:
        """Takes `count` bytes out of the budget; returns how many seconds to wait before the next."""
        with self._lock:
            if not self._rate:
                return 0.0
            now = self._clock()
            # An idle budget does not save up more than one burst.
            self._free_at = max(self._free_at, now - _BURST) + count / self._rate
            return max(0.0, self._free_at - now)

    def block(self, largest: int) -> int:
        """How many bytes to move at once, so that a wait stays short."""
        rate = self._rate
        return largest if not rate else max(1024, min(largest, int(rate * _BURST)))
