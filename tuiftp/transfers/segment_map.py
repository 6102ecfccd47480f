"""What a part file that is fetched in several segments holds, and the record of it that lies behind its end. Pure.

Such a part has holes, and its size says nothing. As long as it has, it is larger than the file will be, by a record
of the ranges that are there; whoever does not know of it, or cannot read it, takes the part for too long and begins
again. Where two ranges meet that came over different connections, the bytes before the seam have come twice.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from itertools import pairwise

_MAGIC = b"tuiftp segments 1"
_HEAD = struct.Struct(">17sQII")
_RANGE = struct.Struct(">QQ")
_DIGEST = 16
_MOST = 4096
"""Ranges and seams in a record; far more than ever come up."""

Range = tuple[int, int]
"""The first byte, and the one after the last."""


class Ledger:
    """Which bytes of a file are there, and which seams are still to be proven."""

    def __init__(self, size: int, done: list[Range] | None = None) -> None:
        """Begins with what is there.

        Args:
            size: How large the file is.
            done: The ranges that are there.
        """
        self.size = size
        """How large the file is."""
        self.seams: dict[int, bytes] = {}
        """For each seam, what the bytes before it must come to (`digest`)."""
        self._done: list[Range] = []
        for start, end in done or ():
            self.add(start, end)

    @property
    def done(self) -> list[Range]:
        """The ranges that are there, in order."""
        return list(self._done)

    @property
    def held(self) -> int:
        """How many bytes are there."""
        return sum(end - start for start, end in self._done)

    @property
    def is_complete(self) -> bool:
        """Whether all bytes are there, and every seam is proven."""
        return self.held == self.size and not self.seams

    def add(self, start: int, end: int) -> None:
        """Notes that the bytes from `start` to before `end` are there."""
        if start >= end:
            return
        apart = []
        for first, last in self._done:
            if last < start or first > end:
                apart.append((first, last))
            else:
                start, end = min(start, first), max(end, last)
        self._done = sorted([*apart, (start, end)])

    def has(self, start: int, end: int) -> bool:
        """Whether all bytes from `start` to before `end` are there."""
        return any(first <= start and end <= last for first, last in self._done)

    def gaps(self) -> list[Range]:
        """The ranges that are missing, in order."""
        found, position = [], 0
        for start, end in (*self._done, (self.size, self.size)):
            if start > position:
                found.append((position, start))
            position = end
        return found

    def pieces(self, number: int, smallest: int) -> list[Range]:
        """What is missing, cut up for so many connections, in order.

        Args:
            number: How many pieces there should be.
            smallest: How small a piece may be made.
        """
        gaps = self.gaps()
        cuts = [1] * len(gaps)
        while gaps and sum(cuts) < number:
            size, place = max(
                ((end - start) // (cuts[one] + 1), one) for one, (start, end) in enumerate(gaps)
            )
            if size < smallest:
                break
            cuts[place] += 1
        found: list[Range] = []
        for (start, end), parts in zip(gaps, cuts, strict=True):
            edges = [start + (end - start) * one // parts for one in range(parts + 1)]
            found += pairwise(edges)
        return found

    def pack(self) -> bytes:
        """The record."""
        lines = [_RANGE.pack(*one) for one in self._done]
        seams = [position.to_bytes(8) + proof for position, proof in self.seams.items()]
        body = _HEAD.pack(_MAGIC, self.size, len(lines), len(seams)) + b"".join([*lines, *seams])
        return body + digest(body)

    @classmethod
    def unpack(cls, record: bytes, size: int) -> Ledger | None:
        """Reads a record of a file of that size; None for anything that is not exactly one."""
        if len(record) < _HEAD.size:
            return None
        magic, noted, ranges, seams = _HEAD.unpack_from(record)
        length = _HEAD.size + _RANGE.size * ranges + (8 + _DIGEST) * seams
        if magic != _MAGIC or noted != size or max(ranges, seams) > _MOST or len(record) < length + _DIGEST:
            return None
        if digest(record[:length]) != record[length : length + _DIGEST]:
            return None
        ledger = cls(
            size, [_RANGE.unpack_from(record, _HEAD.size + _RANGE.size * one) for one in range(ranges)]
        )
        place = _HEAD.size + _RANGE.size * ranges
        for _ in range(seams):
            position = int.from_bytes(record[place : place + 8])
            ledger.seams[position] = record[place + 8 : place + 8 + _DIGEST]
            place += 8 + _DIGEST
        return ledger


LONGEST = _HEAD.size + _MOST * (_RANGE.size + 8 + _DIGEST) + _DIGEST
"""How long a record can be, in bytes."""


def digest(data: bytes) -> bytes:
    """What some bytes come to: the same only for the same bytes."""
    return blake2b(data, digest_size=_DIGEST).digest()
