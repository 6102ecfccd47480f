"""Which side of the queue is held, because whatever comes next there would meet the same error. Pure.

A full disk here stops downloads and what else is written on it, a full server stops uploads to it, a refused login
stops that site; all the others go on.
"""

from __future__ import annotations

from collections.abc import Callable

from tuiftp.errors import DiskFull, StorageFull, TuiftpError
from tuiftp.files.endpoint import EndpointPool
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import Direction, Hold

_DISK, _STORAGE, _SITE = "disk", "storage", "site"
"""What is held: all that writes on the disk, what goes to a place, all that has to do with a place."""

_Side = tuple[str, EndpointPool | None]


class BlockedSides:
    """The sides on which nothing is begun."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        """Begins with none; `on_change` is called whenever there is one more or less."""
        self._sides: dict[_Side, Hold] = {}
        self._on_change = on_change

    @property
    def all(self) -> tuple[Hold, ...]:
        """What is held."""
        return tuple(self._sides.values())

    def __bool__(self) -> bool:
        return bool(self._sides)

    def stops(self, batch: Batch) -> bool:
        """Whether nothing of a batch may be begun."""
        return self.over(batch) is not None

    def over(self, batch: Batch) -> Hold | None:
        """What keeps a batch from going on."""
        if not self._sides:
            return None
        for side in _sides_of(batch):
            if side in self._sides:
                return self._sides[side]
        return None

    def add(self, job: Job, error: TuiftpError) -> Hold:
        """Holds the side of a transfer that an error is about."""
        pool = job.pool
        if isinstance(error, DiskFull):
            side: _Side = (_DISK, None)
            reason = f"downloads are held: {error.message}"
            direction: Direction | None = Direction.DOWNLOAD
        elif isinstance(error, StorageFull):
            side, direction = (_STORAGE, pool), Direction.UPLOAD
            reason = f"uploads to {pool.label} are held, it cannot store more: {error.message}"
        else:
            side, direction = (_SITE, pool), None
            reason = f"transfers with {pool.label} are held: {error.message}"
        hold = Hold(reason, direction, None if side[1] is None else side[1].label)
        if side not in self._sides:
            self._sides[side] = hold
            self._on_change()
        return self._sides[side]

    def release(self, batch: Batch) -> bool:
        """Lets a batch go on; returns whether something had held it."""
        found = [side for side in _sides_of(batch) if self._sides.pop(side, None) is not None]
        if found:
            self._on_change()
        return bool(found)

    def release_all(self) -> None:
        """Lets everything go on."""
        if self._sides:
            self._sides.clear()
            self._on_change()


def _sides_of(batch: Batch) -> tuple[_Side, ...]:
    source, target = batch.pools
    sides: tuple[_Side, ...] = ((_STORAGE, target), (_SITE, source), (_SITE, target))
    return sides if batch.direction is Direction.UPLOAD else ((_DISK, None), *sides)
