"""Takes a listing from a data socket, piece by piece, in bounded memory: it may never end, or be one endless line."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

from tuiftp.files.endpoint import Progress
from tuiftp.ftp.transfer.byte_mover import receive_into

MAXIMUM_BYTES = 256 * 1024 * 1024
"""Bytes of memory that the entries of a listing may take, counted by their lines."""
MAXIMUM_LINES = 1_000_000
"""Lines that we are willing to read, each of them an entry."""
MAXIMUM_LINE = 64 * 1024
"""Bytes that one line may have."""

_BLOCK = 256 * 1024
_ENTRY = 128
"""Bytes that an entry takes besides the text of its line; what of that is not kept makes up for the rest of it."""
_FOUR_BYTES = re.compile(rb"[\xf0-\xff]")


class Taken:
    """What comes of a listing, handed out as it comes and not kept."""

    def __init__(self, lines: int = MAXIMUM_LINES, size: int = MAXIMUM_BYTES) -> None:
        """Begins with nothing.

        Args:
            lines: How many lines to take at most.
            size: How many bytes of memory their entries may take.
        """
        self.is_cut = False
        """Whether there was more than we are willing to take; known when all has been handed out."""
        self._lines = lines
        self._size = size
        self._rest = b""

    def pieces(self, sock: socket.socket, progress: Progress, limit: float) -> Iterator[bytes]:
        """Reads what comes, until the end or until it is too much, or takes more than `limit` seconds.

        Hands out whole lines, many at a time.

        Raises:
            Stalled, OSError: As `receive_into`.
        """
        buffer = memoryview(bytearray(_BLOCK))
        until = time.monotonic() + limit
        while not progress.cancelled and time.monotonic() < until:
            count = receive_into(sock, buffer, progress)
            if count == 0:
                yield self._rest
                return
            progress.transferred += count
            piece = self._whole_lines(bytes(buffer[:count]))
            if piece is not None:
                yield piece
            if self._lines < 0 or self._size < 0 or len(self._rest) > MAXIMUM_LINE:
                break
        self.is_cut = True

    def _whole_lines(self, data: bytes) -> bytes | None:
        """The lines that are whole now, and not too many; remembers the begun one."""
        end = data.rfind(b"\n")
        if end < 0:
            self._rest += data
            return None
        piece, self._rest = self._rest + data[:end], data[end + 1 :]
        count = piece.count(b"\n") + 1
        self._lines -= count
        if self._lines < 0:
            return piece.rsplit(b"\n", -self._lines)[0] if -self._lines < count else None
        self._size -= _weight(piece) + count * _ENTRY
        return piece


def _weight(piece: bytes) -> int:
    """Bytes that it may take as text: a character beyond ASCII widens all of its line."""
    if piece.isascii():
        return len(piece)
    return len(piece) * (4 if _FOUR_BYTES.search(piece) else 2)
