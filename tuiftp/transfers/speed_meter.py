"""Speed and remaining time, from counters that are looked at now and then; and the clock that they go by."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import UTC, datetime
from typing import Protocol

WINDOW = 4.0
"""Seconds over which a speed is taken: long enough to be steady, short enough to show a stall."""


class Clock(Protocol):
    """Where the queue takes its time from; a test passes its own."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns after that time."""
        ...


class SystemClock:
    """The clock of this machine."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Returns after that time."""
        await asyncio.sleep(seconds)


class SpeedMeter:
    """Bytes a second over the last few seconds."""

    def __init__(self, at: float, count: int = 0) -> None:
        self._samples: deque[tuple[float, int]] = deque([(at, count)])

    def add(self, at: float, count: int) -> float:
        """Notes how many bytes have moved by now, and returns the speed.

        Args:
            at: Seconds, from a clock that never goes back.
            count: Bytes since the beginning.
        """
        samples = self._samples
        if at > samples[-1][0]:
            samples.append((at, count))
        while len(samples) > 2 and samples[1][0] <= at - WINDOW:
            samples.popleft()
        (first, base), (last, reached) = samples[0], samples[-1]
        return max(0.0, (reached - base) / (last - first)) if last > first else 0.0


class Pace:
    """How fast the bytes and the files of something go; nothing while it rests, and what was before is forgotten."""

    __slots__ = ("_bytes", "_files", "files", "speed")

    def __init__(self) -> None:
        self.speed = 0.0
        """Bytes a second."""
        self.files = 0.0
        """Files a second."""
        self._bytes: SpeedMeter | None = None
        self._files: SpeedMeter | None = None

    def begin(self, at: float, moved: int, ended: int) -> None:
        """Begins to measure, unless it does so already; the counts are those of `sample`."""
        if self._bytes is None:
            self._bytes, self._files = SpeedMeter(at, moved), SpeedMeter(at, ended)

    def sample(self, at: float, moved: int, ended: int) -> None:
        """Notes how many bytes have moved and how many files have ended by now."""
        if self._bytes is not None and self._files is not None:
            self.speed, self.files = self._bytes.add(at, moved), self._files.add(at, ended)

    def rest(self) -> None:
        """Stops measuring."""
        self._bytes = self._files = None
        self.speed = self.files = 0.0

    def seconds_left(self, size: int, files: int) -> float | None:
        """How long the rest takes; by the number of its files where no size is known, or all are empty.

        Args:
            size: Bytes that are left, as far as sizes are known.
            files: Files that are left.
        """
        return both_left(size, files, self)


def both_left(size: int, files: int, *paces: Pace) -> float | None:
    """The same for what goes at several paces at once."""
    if size:
        return seconds_left(size, sum(pace.speed for pace in paces))
    pace = sum(pace.files for pace in paces)
    return files / pace if files and pace > 0 else None


def seconds_left(remaining: int | None, speed: float) -> float | None:
    """How long the rest takes at this speed; None where the size is not known or (next to) nothing moves."""
    if remaining is None or speed < 1:
        return None
    return max(0, remaining) / speed
