"""Moving bytes at the pace that the speed limits allow. Blocks: call it in a thread."""

from __future__ import annotations

import os
import time
from typing import BinaryIO

from tuiftp.files.checksums import read_at
from tuiftp.files.endpoint import Progress

_BLOCK = 1 << 20


class Pace:
    """Keeps a worker thread within its speed limits; a cancel ends a wait within a twentieth of a second."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def block(self, largest: int) -> int:
        """How many bytes to move at once."""
        for limiter in self._progress.limiters:
            largest = limiter.block(largest)
        return largest

    def moved(self, count: int) -> None:
        """Waits as long as the limits ask for after `count` bytes."""
        for limiter in self._progress.limiters:
            until = time.monotonic() + limiter.reserve(count)
            while (left := until - time.monotonic()) > 0 and not self._progress.cancelled:
                time.sleep(min(left, 0.05))


def copy_bytes(
    source: BinaryIO,
    target: BinaryIO,
    offset: int,
    progress: Progress,
    *,
    to: int | None = None,
    length: int | None = None,
    lead: bytearray | None = None,
) -> int:
    """Copies between two open files, block by block, until the source ends or `progress` is cancelled.

    Args:
        source: Read from `offset` on.
        target: Written from `to` on, or from `offset` where that is None.
        offset: Which byte of the source comes first.
        progress: Counts, and has the speed limits.
        to: Where the first byte goes.
        length: How many bytes are wanted at most.
        lead: Is filled with the first bytes, which are then not written.

    Returns:
        How many bytes were read.

    Raises:
        OSError: The disk refused.
    """
    pace, skipped = Pace(progress), len(lead) if lead is not None else 0
    shift = (offset if to is None else to) - offset
    while not progress.cancelled:
        done = progress.transferred
        most = pace.block(_BLOCK) if done >= skipped else skipped - done
        block = read_at(source, offset + done, most if length is None else min(most, length - done))
        if not block:
            break
        progress.note_first()
        if lead is not None and done < skipped:
            lead[done : done + len(block)] = block
        else:
            _write_at(target, offset + done + shift, block)
        progress.transferred += len(block)
        pace.moved(len(block))
    return progress.transferred


def _write_at(file: BinaryIO, position: int, data: bytes) -> None:
    os.lseek(file.fileno(), position, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(file.fileno(), view) :]
