"""How fast bytes moved over the last minutes, second by second: the throughput curve. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from tuiftp.transfers.model import Direction

KEPT = 600
"""Seconds that are remembered."""


class Throughput:
    """Bytes a second, down and up, one pair for each second that is over."""

    def __init__(self, at: float) -> None:
        """Begins at a moment of a clock that never goes back."""
        self._second = int(at)
        self._now = [0, 0]
        self._seconds: deque[tuple[int, int]] = deque(maxlen=KEPT)
        self.moved = 0
        """Bytes that have moved in all, both ways."""

    def add(self, at: float, direction: Direction, count: int) -> None:
        """Notes that `count` bytes have moved by now."""
        self.go_to(at)
        if direction is not Direction.LOCAL:  # that goes over no wire
            self._now[direction is Direction.UPLOAD] += count
        self.moved += count

    def go_to(self, at: float) -> None:
        """Ends the seconds that are over; those in which nobody looked are taken as silent."""
        second = int(at)
        if second <= self._second:
            return
        self._seconds.append((self._now[0], self._now[1]))
        self._now = [0, 0]
        silent = min(second - self._second - 1, KEPT)
        self._seconds.extend([(0, 0)] * silent)
        self._second = second

    def seconds(self, at: float) -> Sequence[tuple[int, int]]:
        """The last minutes, oldest first; the second that is not over is left out."""
        self.go_to(at)
        return tuple(self._seconds)
