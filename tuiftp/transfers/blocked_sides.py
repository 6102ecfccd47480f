"""Which side of the queue is held, because whatever comes next there would meet the same error. Pure.

A full disk here stops downloads, a full server stops uploads to it, a refused login stops that site; all
the others go on.
"""

from __future__ import annotations

from collections.abc import Callable

from tuiftp.errors import DiskFull, StorageFull, TuiftpError
from tuiftp.files.endpoint import EndpointPool
from tuiftp.transfers.job import Batch
from tuiftp.transfers.model import Direction, Hold

_Side = tuple[Direction | None, EndpointPool | None]


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

    def add(self, batch: Batch, error: TuiftpError) -> Hold:
        """Holds the side of the batch that an error is about."""
        if isinstance(error, DiskFull):
            side: _Side = (Direction.DOWNLOAD, None)
            reason = f"downloads are held: {error.message}"
        elif isinstance(error, StorageFull):
            side = (Direction.UPLOAD, batch.pool)
            reason = f"uploads to {batch.pool.label} are held, it cannot store more: {error.message}"
        else:
            side = (None, batch.pool)
            reason = f"transfers with {batch.pool.label} are held: {error.message}"
        hold = Hold(reason, side[0], None if side[1] is None else side[1].label)
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
    return (batch.direction, None), (batch.direction, batch.pool), (None, batch.pool)
