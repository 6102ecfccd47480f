"""The part file of a download: it grows beside its target and takes its place only when it is whole.

Whatever happens before `publish`, the file that was there stays as it was. Everything here blocks: call it in
a thread. After each step the object knows what it has made, so that cleaning up needs nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from tuiftp.errors import LocalFileError, SizeMismatch
from tuiftp.files.checksums import read_at
from tuiftp.files.disk import local_errors
from tuiftp.files.safe_open import Folder, Mark, Place, part_name, usual_mode, usual_umask
from tuiftp.protocol.text import shown

_COPY_BLOCK = 1 << 20
_FICLONE = 0x40049409
"""Linux: shares the blocks of one file with another (`ioctl_ficlone(2)`), on Btrfs, XFS and the like."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What becomes of a part that is whole, beside its name."""

    replace: bool
    """Whether a file that is there may be replaced; it was decided so."""
    modified: datetime | None = None
    """The time to give it (aware); the moment by default."""
    mode: int | None = None
    """The permission bits of a new file; the usual ones by default. The umask holds for them too."""


class Register(Protocol):
    """Who writes down which parts there are, for the case that this run does not come to remove them."""

    def note_part(self, place: Place, name: str, *, is_lasting: bool = True) -> None:
        """A part of this name is about to be made beside its target. Never raises."""
        ...

    def forget_part(self, place: Place, name: str) -> None:
        """It is gone, or has become its target."""
        ...


class Part:
    """An unfinished file that we made ourselves: in this run, or in an earlier one under a name only we know."""

    def __init__(self, place: Place, token: str | None = None, *, register: Register | None = None) -> None:
        """Names a part that is not made yet.

        Args:
            place: Where the finished file goes.
            token: The secret of its name, from which a later run knows it again; a new one by default.
            register: Who writes down that it is there, before it is.
        """
        self.place = place
        """Where the finished file goes."""
        self._token = token
        self._register = register
        self._is_found = False
        self._name: str | None = None
        self._identity: tuple[int, int] | None = None
        self._state: tuple[int, int, int] | None = None
        self._file: BinaryIO | None = None
        self.published: tuple[int, int] | None = None
        """Which file it has become (device and number), once it is in its place."""

    @classmethod
    def left_behind(cls, place: Place, token: str) -> Part:
        """The part that an earlier run may have left, which was killed. Whether it is there, `reopen` tells.

        Nobody else knows its name: the token was written down before it was made, and nowhere else.
        """
        part = cls(place, token)
        part._name, part._is_found = part_name(place.name, token), True
        return part

    @property
    def exists(self) -> bool:
        """Whether there is a part of ours on the disk, as far as we know."""
        return self._name is not None

    @property
    def is_left_behind(self) -> bool:
        """Whether it is of an earlier run, and was not opened since."""
        return self._is_found

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._file is not None

    @property
    def path(self) -> str | None:
        """Where the part lies, for people."""
        return None if self._name is None else os.path.join(os.path.dirname(self.place.path), self._name)

    @property
    def own_place(self) -> Place:
        """Where the part lies, for who opens it."""
        assert self._name is not None, "it was made"
        return Place(self.place.root, self.place.parts, self._name)

    @property
    def file(self) -> BinaryIO:
        """The open part."""
        assert self._file is not None, "a part is opened before it is used"
        return self._file

    @property
    def size(self) -> int:
        """How many bytes the open part holds."""
        return os.fstat(self.file.fileno()).st_size

    def begin(self, *, is_lasting: bool = True) -> None:
        """Makes a new, empty part and opens it; an older one of ours is removed.

        Args:
            is_lasting: Whether it will be there for some time; False: it is filled and published at once.

        Raises:
            LocalFileError: The disk refused.
        """
        self.discard()
        with self._folder() as folder:
            try:
                self._create(folder, part_name(self.place.name, self._token), is_lasting)
            except LocalFileError:
                # eCryptfs and others take less than 255 bytes: a short name says as much.
                self._create(folder, part_name("file"), is_lasting)

    def _create(self, folder: Folder, name: str, is_lasting: bool) -> None:
        if self._register is not None:
            self._register.note_part(self.place, name, is_lasting=is_lasting)
        try:
            self._file = folder.create(name)
        except LocalFileError:
            self._tell_gone(name)
            raise
        self._name = name
        found = os.fstat(self._file.fileno())
        self._identity = (found.st_dev, found.st_ino)

    def reopen(self) -> bool:
        """Opens our own part again; returns False if it is gone or is not the file that we made."""
        if self._name is None:
            return False
        self.close()
        try:
            with self._folder() as folder:
                file = folder.open_file(self._name, write=True)
        except LocalFileError:
            self._forget()
            return False
        found = os.fstat(file.fileno())
        if not (_is_ours_alone(found) if self._is_found else self._is_unchanged(found)):
            file.close()
            # Only we know its name: it has a second one where a kill came while it was published.
            if self._is_found:
                self.abandon()
            self._forget()
            return False
        self._file, self._is_found = file, False
        self._identity = (found.st_dev, found.st_ino)
        return True

    def _is_unchanged(self, found: os.stat_result) -> bool:
        # The number alone does not tell: a file that is made after another was removed may get the same.
        return (found.st_dev, found.st_ino) == self._identity and _state_of(found) == self._state

    def copy_target(self, should_stop: Callable[[], bool]) -> int:
        """Fills the open part with what the target holds, so that it can be gone on with; returns how much.

        Raises:
            LocalFileError: The target cannot be read, is a link, or the disk is full.
        """
        with self._folder() as folder, folder.open_file(self.place.name) as source:
            if not _share_blocks(source, self.file):
                with local_errors("copy", self.place.path):
                    _copy(source, self.file, should_stop)
        return self.size

    def fill(self, data: bytes) -> None:
        """Writes all of a small file into the open part."""
        with local_errors("write", self.path or self.place.path):
            view = memoryview(data)
            while view:
                view = view[self.file.write(view) :]

    def read(self, position: int, count: int) -> bytes:
        """What the open part holds from `position` on, at most `count` bytes."""
        with local_errors("read", self.path or self.place.path):
            return read_at(self.file, position, count)

    def note(self, position: int, record: bytes) -> None:
        """Writes a record into the open part that speaks of its bytes, once all that is in it is on the disk.

        Args:
            position: Where the record lies, beyond all that it speaks of.
            record: What it says.
        """
        with local_errors("write", self.path or self.place.path):
            self.sync()
            self.file.seek(position)
            view = memoryview(record)
            while view:
                view = view[self.file.write(view) :]

    def cut(self, size: int) -> None:
        """Drops what the open part holds beyond `size` bytes."""
        with local_errors("shorten", self.path or self.place.path):
            os.ftruncate(self.file.fileno(), size)

    def sync(self) -> int:
        """Has what has been written so far be on the disk; returns how many bytes that are at least."""
        size = self.size
        with local_errors("write", self.path or self.place.path):
            getattr(os, "fdatasync", os.fsync)(self.file.fileno())
        return size

    def finish(self, how: Finish) -> Mark:
        """Gives the whole part all but its name; returns what it will be known by once `publish` has followed.

        Raises:
            LocalFileError: The disk refused.
        """
        with self._folder() as folder:
            self._finish_file(folder, how)
        return Mark.of(os.fstat(self.file.fileno()))

    def publish(self, size: int, how: Finish) -> None:
        """Makes the part, which must hold exactly `size` bytes, into the target.

        The bytes are on the disk before the name is (fsync). A file that is replaced keeps its permissions,
        a new one gets the usual ones.

        Args:
            size: How many bytes there must be.
            how: What becomes of it.

        Raises:
            SizeMismatch: The part holds another number of bytes.
            LocalFileError: The disk refused, the part was tampered with, or something new has the name.
        """
        if self.size != size:
            raise SizeMismatch(f"{shown(self.place.path)}: {self.size} bytes arrived of {size}")
        name, identity = self._name, self._identity
        assert name is not None, "an open part has a name"
        with self._folder() as folder:
            if folder.identity(name) != identity:
                raise LocalFileError(
                    f"{shown(self.path or name)} was replaced by somebody else", path=self.path
                )
            self._finish_file(folder, how)
            if os.name == "nt":  # an open file cannot be renamed there
                self.close()
            if how.replace:
                folder.replace(name, self.place.name)
            else:
                folder.publish_new(name, self.place.name)
        self.published = identity
        self.close()
        self._forget()
        self._tell_gone(name)

    def _finish_file(self, folder: Folder, how: Finish) -> None:
        # Whatever the server says, its owner can read and write the file.
        mode = usual_mode() if how.mode is None else how.mode & 0o777 & ~usual_umask() | 0o600
        if how.replace:
            mode = folder.regular_mode(self.place.name) or mode
        with local_errors("write", self.path or self.place.path):
            self.set_time(how.modified)
            os.fsync(self.file.fileno())
            if hasattr(os, "fchmod"):
                os.fchmod(self.file.fileno(), mode)

    def set_time(self, modified: datetime | None) -> None:
        """Gives the open part a time (aware); None: as it is."""
        if modified is None or os.utime not in os.supports_fd:
            return
        seconds = modified.timestamp()
        # A time that the disk cannot hold (before 1901, after 2106) is no reason to lose the file.
        with suppress(OSError, OverflowError, ValueError):
            os.utime(self.file.fileno(), (seconds, seconds))

    def close(self) -> None:
        """Closes the part and keeps it on the disk."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                self._state = _state_of(os.fstat(file.fileno()))
                file.close()

    def leave(self) -> None:
        """Closes the part and keeps what has arrived; where nothing has, nothing stays on the disk."""
        if self._file is not None and self.size == 0:
            self.discard()
        else:
            self.close()

    def discard(self) -> None:
        """Closes and removes the part; never removes a file that is not the one that we made."""
        self.close()
        self.abandon()

    def is_there(self) -> bool:
        """Whether a file has the name of the part; a look at the disk."""
        with suppress(LocalFileError), self._folder() as folder:
            return self._name is not None and folder.regular_mode(self._name) is not None
        return False

    def abandon(self) -> None:
        """Removes the part and leaves it open, for a thread that may still write into it."""
        name, identity, is_found = self._name, self._identity, self._is_found
        self._forget()
        if name is None:
            return
        with suppress(LocalFileError), self._folder() as folder:
            if folder.identity(name) == identity or (is_found and folder.regular_mode(name) is not None):
                folder.remove(name)
            self._tell_gone(name)

    def _tell_gone(self, name: str) -> None:
        if self._register is not None:
            self._register.forget_part(self.place, name)

    def _forget(self) -> None:
        self._name = self._identity = None
        self._is_found = False

    def _folder(self) -> Folder:
        return Folder.open(self.place.root, self.place.parts)


def _is_ours_alone(found: os.stat_result) -> bool:
    """Whether a file belongs to this user and has no second name."""
    is_mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return is_mine and found.st_nlink == 1


def _state_of(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _share_blocks(source: BinaryIO, target: BinaryIO) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
    except OSError:
        return False
    return True


def _copy(source: BinaryIO, target: BinaryIO, should_stop: Callable[[], bool]) -> None:
    target.seek(0)
    while not should_stop() and (block := source.read(_COPY_BLOCK)):
        view = memoryview(block)
        while view:
            view = view[target.write(view) :]
