"""Moving bytes at the pace that the speed limits allow. Blocks: call it in a thread."""

from __future__ import annotations

import errno
import os
import time
from typing import BinaryIO

from tuiftp.files.checksums import read_at
from tuiftp.files.endpoint import Progress

_BLOCK = 1 << 20
_LARGEST = 8 << 20
"""Bytes that the system copies in one call: a cancel waits for one of them."""
_NOT_HERE = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM})
"""What `copy_file_range` says where it cannot copy between two files: other disks, file systems, kernels."""


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

    Where the system copies by itself no byte comes here (`copy_file_range`; it may share the blocks on one disk).

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
    is_direct = lead is None
    while not progress.cancelled:
        done = progress.transferred
        most = pace.block(_LARGEST if is_direct else _BLOCK) if done >= skipped else skipped - done
        most = most if length is None else min(most, length - done)
        if is_direct:
            count = _copy_range(source, target, most, offset + done, offset + done + shift)
            is_direct = count > 0  # at the end of the source too, of which only a read is sure
            if count > 0:
                progress.note_first()
                progress.transferred += count
                pace.moved(count)
            continue
        block = read_at(source, offset + done, most)
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


def _copy_range(source: BinaryIO, target: BinaryIO, count: int, position: int, to: int) -> int:
    """Has the system copy; returns how many bytes it has, 0 where it cannot or nothing is left."""
    copy = getattr(os, "copy_file_range", None)
    if copy is None or not count:
        return 0
    try:
        return int(copy(source.fileno(), target.fileno(), count, position, to))
    except OSError as error:
        if error.errno in _NOT_HERE:
            return 0
        raise


def _write_at(file: BinaryIO, position: int, data: bytes) -> None:
    os.lseek(file.fileno(), position, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(file.fileno(), view) :]
