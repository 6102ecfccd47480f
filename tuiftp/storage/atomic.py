"""Atomic file writes (temporary file and rename): a reader sees the old file or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from tuiftp.errors import DiskFull, LocalFileError
from tuiftp.storage.locations import ensure_private

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_atomic(path: Path, text: str) -> None:
    """Replaces the file at `path` with `text` in UTF-8, readable by its owner alone (mode 0600).

    The bytes are on the disk before the name points to them. Where the name is a symbolic link, as dotfile
    managers make them, the file behind it is replaced and the link stays.

    Raises:
        LocalFileError: It could not be written; what was there before is untouched.
    """
    target = Path(os.path.realpath(path))
    ensure_private(target.parent)
    try:
        _replace(target, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        kind = DiskFull if error.errno in _NO_SPACE else LocalFileError
        raise kind(f"{path} could not be written: {error.strerror or error}", path=str(path)) from error


def _replace(target: Path, data: bytes) -> None:
    import tempfile  # brings random and hashlib along: a program that only reads does without them

    # mkstemp opens with O_EXCL and mode 0600: never someone else's file, never readable for a moment.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    # Without this a power cut can undo the rename. Some file systems, and Windows, refuse it.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
