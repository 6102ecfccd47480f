"""Takes a listing from a data socket, line by line, in bounded memory: it may never end, or be one endless line."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

from tuiftp.files.endpoint import Progress
from tuiftp.ftp.mover import receive_into

MAXIMUM_BYTES = 256 * 1024 * 1024
"""Bytes of a listing that we are willing to hold, as they lie in memory once they are text."""
MAXIMUM_LINES = 1_000_000
"""Lines that we are willing to hold, each of them an entry."""
MAXIMUM_LINE = 64 * 1024
"""Bytes that one line may have."""

_BLOCK = 256 * 1024
_FOUR_BYTES = re.compile(rb"[\xf0-\xff]")


class Taken:
    """What came of a listing. Handing it out lets go of it, so that it is not held twice."""

    def __init__(self, lines: int = MAXIMUM_LINES, size: int = MAXIMUM_BYTES) -> None:
        """Begins with nothing.

        Args:
            lines: How many lines to hold at most.
            size: How many bytes of memory to take at most.
        """
        self.is_cut = False
        """Whether there was more than we are willing to hold."""
        self._lines = lines
        self._size = size
        self._pieces: list[bytes] = []
        self._rest = b""

    def take(self, sock: socket.socket, progress: Progress, limit: float) -> None:
        """Reads what comes, until the end or until it is too much, or takes more than `limit` seconds.

        Raises:
            Stalled, OSError: As `receive_into`.
        """
        buffer = memoryview(bytearray(_BLOCK))
        until = time.monotonic() + limit
        while not progress.cancelled and time.monotonic() < until:
            count = receive_into(sock, buffer, progress)
            if count == 0:
                self._pieces.append(self._rest)
                return
            progress.transferred += count
            if not self._add(bytes(buffer[:count])):
                break
        self.is_cut = True

    def pieces(self) -> Iterator[bytes]:
        """Hands out whole lines, many at a time, each piece once."""
        self._pieces.reverse()
        while self._pieces:
            yield self._pieces.pop()

    def _add(self, data: bytes) -> bool:
        """Keeps the whole lines and remembers the begun one; says whether more may come."""
        end = data.rfind(b"\n")
        if end < 0:
            self._rest += data
            return len(self._rest) <= MAXIMUM_LINE
        piece, self._rest = self._rest + data[:end], data[end + 1 :]
        count = piece.count(b"\n") + 1
        self._lines -= count
        if self._lines < 0:
            self._pieces.append(piece.rsplit(b"\n", -self._lines)[0] if -self._lines < count else b"")
            return False
        self._pieces.append(piece)
        self._size -= _weight(piece)
        return self._size >= 0


def _weight(piece: bytes) -> int:
    """Bytes that it may take as text: a character beyond ASCII widens all of its line."""
    if piece.isascii():
        return len(piece)
    return len(piece) * (4 if _FOUR_BYTES.search(piece) else 2)
