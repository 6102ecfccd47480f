"""Checksums of local files, read block by block. Blocks: call it in a thread."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable
from typing import BinaryIO

from tuiftp.files.disk import local_errors

_BLOCK = 1 << 20


def digest_of(file: BinaryIO, algorithm: str, should_stop: Callable[[], bool]) -> str | None:
    """The checksum of an open file from its first byte to its last, in small hexadecimal letters.

    The file's position is left alone where the platform can read without it.

    Args:
        file: An open file.
        algorithm: `crc32`, or a name that hashlib knows.
        should_stop: Is asked before each block whether to give up.

    Returns:
        The digest; None if it was told to stop.

    Raises:
        LocalFileError: The file cannot be read.
    """
    state = _Crc() if algorithm == "crc32" else hashlib.new(algorithm, usedforsecurity=False)
    position = 0
    with local_errors("read", str(file.name)):
        while not should_stop():
            block = read_at(file, position, _BLOCK)
            if not block:
                return state.hexdigest()
            state.update(block)
            position += len(block)
    return None


def read_at(file: BinaryIO, position: int, count: int) -> bytes:
    """Reads up to `count` bytes from `position` on."""
    if hasattr(os, "pread"):
        return os.pread(file.fileno(), count, position)
    os.lseek(file.fileno(), position, os.SEEK_SET)  # Windows
    return os.read(file.fileno(), count)


class _Crc:
    """CRC-32 in the manner of hashlib."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def hexdigest(self) -> str:
        return f"{self._value:08x}"
