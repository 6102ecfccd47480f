"""Finds the n-th of a kind among many, and how many lie before a place: by blocks, at any length. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

BLOCK = 256
"""Places of one block: a search looks at the sums of blocks, and then into one."""


class KindIndex:
    """A row of small numbers. To change one costs the same however many there are."""

    def __init__(self, kinds: Iterable[int] = (), *, number: int) -> None:
        """Takes a row.

        Args:
            kinds: What is there, from 0 to `number` - 1.
            number: How many kinds there are.
        """
        self._kinds = bytearray(kinds)
        blocks = range(0, len(self._kinds), BLOCK)
        self._blocks = [
            [self._kinds.count(kind, start, start + BLOCK) for start in blocks] for kind in range(number)
        ]
        self._totals = [sum(blocks) for blocks in self._blocks]
        self._sums: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def __getitem__(self, place: int) -> int:
        return self._kinds[place]

    def append(self, kind: int) -> None:
        """Adds one at the end."""
        if len(self._kinds) % BLOCK == 0:
            for blocks in self._blocks:
                blocks.append(0)
            self._sums.clear()
        self._kinds.append(kind)
        self._count(len(self._kinds) - 1, kind, 1)

    def put(self, place: int, kind: int) -> bool:
        """Makes one another; returns whether it was."""
        before = self._kinds[place]
        if before == kind:
            return False
        self._kinds[place] = kind
        self._count(place, before, -1)
        self._count(place, kind, 1)
        return True

    def _count(self, place: int, kind: int, by: int) -> None:
        self._blocks[kind][place // BLOCK] += by
        self._totals[kind] += by
        self._sums.pop(kind, None)

    def count(self, kind: int) -> int:
        """How many there are of a kind."""
        return self._totals[kind]

    def before(self, place: int, kind: int) -> int:
        """How many of a kind lie before a place."""
        block = place // BLOCK
        start = block * BLOCK
        above = self._sums_of(kind)[block - 1] if block else 0
        return above + self._kinds.count(kind, start, place)

    def find(self, number: int, kind: int) -> int:
        """The place of one of a kind, counted from 0. There must be so many."""
        sums = self._sums_of(kind)
        block = bisect_right(sums, number)
        left = number - (sums[block - 1] if block else 0)
        place = self._kinds.index(kind, block * BLOCK)
        for _ in range(left):
            place = self._kinds.index(kind, place + 1)
        return place

    def after(self, place: int, kind: int) -> int | None:
        """The first place behind `place` (which may be -1) with that kind."""
        found = self._kinds.find(kind, place + 1)
        return found if found >= 0 else None

    def _sums_of(self, kind: int) -> list[int]:
        sums = self._sums.get(kind)
        if sums is None:
            sums = self._sums[kind] = list(accumulate(self._blocks[kind]))
        return sums
