"""A lock on a file, so that two running programs never write the same queue. It ends with its process, however."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


class FileLock:
    """Held by at most one process at a time. `kill -9` lets it go, too: the system keeps it, not the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Takes the lock, without waiting; returns whether we have it.

        Where the directory cannot be written or locks do not work, there is nobody to be kept out: True.
        """
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError:
            return True
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Lets the lock go. The file stays: to remove it would let two others in at once."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    # Some network file systems know no locks at all.
    return not is_held_by_another(descriptor)


def is_held_by_another(descriptor: int) -> bool | None:
    """Takes the lock of an open file unless somebody has it, and says whether that is so; None: no locks here."""
    if sys.platform == "win32":
        return None
    import errno
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return True if error.errno in (errno.EWOULDBLOCK, errno.EACCES) else None
    return False
