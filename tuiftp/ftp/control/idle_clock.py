"""Idle time of a connection, including time in which the machine was suspended or this process stopped.

The monotonic clock stops while a machine is suspended (Linux, macOS), the wall clock does not: after a night in
a bag a connection seems to have been used a moment ago, and the server or a router has long forgotten it.
"""

from __future__ import annotations

import time

LONG = 30.0
"""Seconds of silence after which a connection may have died unseen."""

_SLEPT = 5.0
"""Seconds by which the clocks may come apart before that counts as sleep; time servers slew by less."""


def read_clocks() -> tuple[float, float]:
    """The monotonic clock and the wall clock, in seconds."""
    return time.monotonic(), time.time()


class IdleClock:
    """Measures idle time from the last byte received."""

    def __init__(self) -> None:
        self._monotonic, self._wall = read_clocks()

    def heard(self) -> None:
        """Begins anew."""
        self._monotonic, self._wall = read_clocks()

    @property
    def is_long(self) -> bool:
        """Whether it has lasted so long, or the machine slept meanwhile, that the connection may be dead."""
        return self.seconds > LONG or self.had_sleep

    @property
    def seconds(self) -> float:
        """How long it has lasted while the machine was awake."""
        return read_clocks()[0] - self._monotonic

    @property
    def had_sleep(self) -> bool:
        """Whether one clock went on without the other; a clock that was set looks the same, and does no harm."""
        monotonic, wall = read_clocks()
        return abs((wall - self._wall) - (monotonic - self._monotonic)) > _SLEPT
