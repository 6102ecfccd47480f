"""The local file that an upload reads: opened without following a link, and looked at again when it was sent.

Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from tuiftp.errors import LocalFileError
from tuiftp.files.checksums import read_at
from tuiftp.files.safe_open import Folder, Place
from tuiftp.protocol.text import shown


@dataclass(frozen=True, slots=True)
class Version:
    """Which file it is and in which state, as far as the disk tells."""

    device: int
    """The disk."""
    number: int
    """The file on it."""
    size: int
    """Bytes."""
    changed: int
    """When it was last written, in nanoseconds."""

    @property
    def modified(self) -> datetime | None:
        """The time of it (aware, UTC); None where the calendar does not know it."""
        try:
            return datetime.fromtimestamp(self.changed // 1_000_000_000, UTC)
        except (OverflowError, ValueError, OSError):
            return None


class Source:
    """A local file that is being sent."""

    def __init__(self, place: Place) -> None:
        self.place = place
        """Where it lies."""
        self._file: BinaryIO | None = None

    @property
    def file(self) -> BinaryIO:
        """The open file."""
        assert self._file is not None, "a source is opened before it is used"
        return self._file

    def open(self) -> Version:
        """Opens it and says in which state it is.

        Raises:
            LocalFileError: It is gone, no regular file, or a link stands on the way to it.
        """
        self.close()
        with Folder.open(self.place.root, self.place.parts) as folder:
            self._file = folder.open_file(self.place.name)
        return self.version()

    def version(self) -> Version:
        """The state in which the open file is now."""
        found = os.fstat(self.file.fileno())
        return Version(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def read(self, position: int, count: int) -> bytes:
        """What the open file holds from `position` on, at most `count` bytes."""
        return read_at(self.file, position, count)

    @property
    def mode(self) -> int:
        """The permission bits (0777) of the open file."""
        return os.fstat(self.file.fileno()).st_mode & 0o777

    def remove(self, sent: Version) -> None:
        """Removes the file that was sent, for a move; never one that has changed or taken its place.

        Raises:
            LocalFileError: It is not what was sent any more, or the disk refused.
        """
        with Folder.open(self.place.root, self.place.parts) as folder:
            with folder.open_file(self.place.name) as file:
                found = os.fstat(file.fileno())
            if Version(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns) != sent:
                path = self.place.path
                raise LocalFileError(f"{shown(path)} has changed meanwhile and is kept", path=path)
            folder.remove(self.place.name)

    def close(self) -> None:
        """Closes it; doing so twice is harmless."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()
