"""Opening and naming files inside a tree without ever following a link that somebody planted there.

The directory that the user chose may itself be a link: it is their choice. Everything below it is opened
one component at a time, relative to the directory above (`O_DIRECTORY | O_NOFOLLOW`), so that no swapped
component leads elsewhere. Where the platform has no directory descriptors, each component is looked at first.
All functions block: call them in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from tuiftp.entries import Entry
from tuiftp.errors import LocalFileError
from tuiftp.files.disk import entry_of, local_errors
from tuiftp.files.name_rules import other_spellings, spelling_key
from tuiftp.protocol.paths import check_local_name
from tuiftp.protocol.text import shown

PART_SUFFIX = ".tuiftp-part"
"""What the name of an unfinished file ends in."""

NAME_LIMIT = 255
"""The longest name, in bytes, that the usual file systems take."""

_HAS_DIRECTORY_FDS = {os.open, os.mkdir, os.stat, os.rename, os.unlink, os.link} <= os.supports_dir_fd
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file is known by again, whatever its name: to rename it changes none of this."""

    number: int
    """Its number on its disk."""
    size: int
    """Bytes."""
    changed: int
    """When it was last written, in nanoseconds."""

    @classmethod
    def of(cls, found: os.stat_result) -> Mark:
        """The mark of a file that was looked at."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Place:
    """A file inside a tree: the directory that the user chose, the way down from it, and the name."""

    root: str
    """The directory that the user chose, an absolute path."""
    parts: tuple[str, ...]
    """The directories below it; each is one component."""
    name: str
    """The name of the file, one component."""

    def __post_init__(self) -> None:
        for part in (*self.parts, self.name):
            check_local_name(part)

    @property
    def path(self) -> str:
        """The whole path, for people and for what is not dangerous."""
        return os.path.join(self.root, *self.parts, self.name)


class Folder:
    """An open directory, in which names mean what they meant when it was opened. Close it."""

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        """Its path, for people; it is not opened again by it where the platform has descriptors."""
        self._descriptor = descriptor

    @classmethod
    def open(cls, root: str, parts: tuple[str, ...] = (), *, create: bool = False) -> Folder:
        """Opens the directory `parts` below `root`, which may be a link; no part of the way down may be one.

        Args:
            root: The directory that the user chose.
            parts: The way down, checked names.
            create: Whether directories that are missing below `root` are made.

        Raises:
            LocalFileError: There is no such directory, or a link or a file stands in the way.
        """
        with local_errors("open the directory", root):
            descriptor = os.open(root, _DIRECTORY) if _HAS_DIRECTORY_FDS else None
        folder = cls(root, descriptor)
        for part in parts:
            try:
                below = folder._enter(part, create)
            finally:
                folder.close()
            folder = below
        return folder

    def _enter(self, name: str, create: bool) -> Folder:
        check_local_name(name)
        path = os.path.join(self.path, name)
        with local_errors("make the directory", path):
            if create:
                with suppress(FileExistsError):
                    self._call(os.mkdir, name)
        found = self._stat(name)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            what = (
                "a link, and links are not followed here"
                if stat.S_ISLNK(found.st_mode)
                else "not a directory"
            )
            raise LocalFileError(f"{shown(path)} is {what}", path=path)
        with local_errors("open the directory", path):
            if self._descriptor is None:
                os.stat(path)
                return Folder(path, None)
            return Folder(path, os.open(name, _DIRECTORY | _NO_LINKS, dir_fd=self._descriptor))

    def mark(self, name: str) -> Mark | None:
        """What a regular file is known by again; None for anything else, or where there is nothing."""
        found = self._stat(name)
        return None if found is None or not stat.S_ISREG(found.st_mode) else Mark.of(found)

    def sync(self) -> None:
        """Has the names in it be on the disk; no platform without descriptors of directories can.

        Raises:
            OSError: The file system does not do that.
        """
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Closes it; doing so twice is harmless."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def entry(self, name: str) -> Entry | None:
        """What is called `name` here, links not followed; None where there is nothing."""
        found = self._stat(name)
        return None if found is None else entry_of(name, found)

    def identity(self, name: str) -> tuple[int, int] | None:
        """Which file this is, whatever its spelling: device and number."""
        found = self._stat(name)
        return None if found is None else (found.st_dev, found.st_ino)

    def real_spelling(self, name: str) -> str:
        """The name by which the directory lists what is found under `name`.

        It is another one where the disk takes several spellings for the same file (case on FAT, NTFS and most
        Macs, Unicode form on HFS+). Elsewhere this costs a look or two, and the directory is not read.
        """
        found = self.identity(name)
        if found is None or not any(self.identity(one) == found for one in other_spellings(name)):
            return name
        with local_errors("read", self.path):
            listed = os.listdir(self.path if self._descriptor is None else self._descriptor)
        if name in listed:
            return name
        same = spelling_key(name)
        return next((one for one in listed if spelling_key(one) == same), name)

    def regular_mode(self, name: str) -> int | None:
        """The permission bits (0777) of a regular file; None for anything else, or where there is nothing."""
        found = self._stat(name)
        if found is None or not stat.S_ISREG(found.st_mode):
            return None
        return stat.S_IMODE(found.st_mode) & 0o777

    def create(self, name: str) -> BinaryIO:
        """Makes a new file for this user only (0600) and opens it; never takes one that is there."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINKS
        with local_errors("create", self.path, name):
            return os.fdopen(self._open(name, flags), "r+b", buffering=0)

    def create_nameless(self, mode: int) -> int | None:
        """Makes a new file that has no name; returns its descriptor, to be closed. None: not known here.

        It is gone with its descriptor, after a kill too, unless `give_name` was called.

        Args:
            mode: Its permission bits, from which the umask takes. Nobody else reaches it before it has a name.
        """
        flag = getattr(os, "O_TMPFILE", None)
        if flag is None or self._descriptor is None:
            return None
        with local_errors("create a file in", self.path):
            try:
                return os.open(".", os.O_RDWR | flag | _NO_LINKS, mode, dir_fd=self._descriptor)
            except OSError as error:
                # What a file system or a kernel says that does not know it (`open(2)`).
                if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL):
                    return None
                raise

    def give_name(self, descriptor: int, name: str) -> bool:
        """Gives a file without a name this one, which nothing may have; returns False where that cannot be done.

        Raises:
            LocalFileError: Something has that name.
        """
        with local_errors("create", self.path, name):
            try:
                os.link(
                    f"/proc/self/fd/{descriptor}", name, dst_dir_fd=self._descriptor, follow_symlinks=True
                )
            except FileExistsError:
                raise _came_meanwhile(os.path.join(self.path, name)) from None
            except OSError as error:
                # No /proc, no hard links, or a kernel that forbids it: a part does what this cannot.
                if error.errno in (errno.ENOENT, errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP):
                    return False
                raise
        return True

    def open_file(self, name: str, *, write: bool = False) -> BinaryIO:
        """Opens a file that is there; anything but a regular file is refused.

        Raises:
            LocalFileError: It is a link, a pipe, a device, a directory; or the disk refused.
        """
        path = os.path.join(self.path, name)
        # Without O_NONBLOCK the open of a named pipe would wait for its other end for ever.
        flags = (os.O_RDWR if write else os.O_RDONLY) | _NO_LINKS | getattr(os, "O_NONBLOCK", 0)
        found = self._stat(name)
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise LocalFileError(f"{shown(path)} is not a regular file", path=path)
        with local_errors("open", path):
            file = os.fdopen(self._open(name, flags), "r+b" if write else "rb", buffering=0)
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise LocalFileError(f"{shown(path)} is not a regular file", path=path)
        return file

    def remove(self, name: str) -> None:
        """Unlinks a file or a link; one that is gone already is no error."""
        with local_errors("delete", self.path, name), suppress(FileNotFoundError):
            self._call(os.unlink, name)

    def replace(self, source: str, target: str) -> None:
        """Puts `source` in the place of `target`, in one step; a link there is replaced, not followed."""
        with local_errors("replace", self.path, target):
            if self._descriptor is None:
                os.replace(os.path.join(self.path, source), os.path.join(self.path, target))
            else:
                os.replace(source, target, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def publish_new(self, source: str, target: str) -> None:
        """Gives `source` the name `target`, which nothing may have.

        Raises:
            LocalFileError: Something of that name has come meanwhile.
        """
        path = os.path.join(self.path, target)
        with local_errors("create", path):
            try:
                if self._descriptor is None:
                    os.link(os.path.join(self.path, source), path)
                else:
                    os.link(source, target, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
            except FileExistsError:
                raise _came_meanwhile(path) from None
            except OSError:  # FAT and some network file systems have no hard links
                if self._stat(target) is not None:
                    raise
            else:
                self._call(os.unlink, source)
                return
        self.replace(source, target)

    def adopt(self, path: str, target: str, *, replace: bool) -> bool:
        """Gives a regular file of the same file system its new name in here: it is moved, and no byte of it.

        Args:
            path: Where it is.
            target: Its name in here.
            replace: Whether a file of that name goes.

        Returns:
            False where it cannot be moved so, and is where it was.

        Raises:
            LocalFileError: Something of that name has come meanwhile, or the disk refused.
        """
        with local_errors("move", path):
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return False
            to = os.path.join(self.path, target) if self._descriptor is None else target
            try:
                if replace:
                    os.replace(path, to, dst_dir_fd=self._descriptor)
                else:
                    os.link(path, to, dst_dir_fd=self._descriptor, follow_symlinks=_LINK_FOLLOWS)
                    os.unlink(path)
            except FileExistsError:
                raise _came_meanwhile(os.path.join(self.path, target)) from None
            except OSError as error:
                if error.errno in _NOT_BY_NAME:
                    return False
                raise
        return True

    def _open(self, name: str, flags: int) -> int:
        if self._descriptor is None:
            return os.open(os.path.join(self.path, name), flags, 0o600)
        return os.open(name, flags, 0o600, dir_fd=self._descriptor)

    def _stat(self, name: str) -> os.stat_result | None:
        with local_errors("look at", self.path, name):
            try:
                if self._descriptor is None:
                    return os.lstat(os.path.join(self.path, name))
                return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
            except FileNotFoundError:
                return None

    def _call(self, work: Callable[..., None], name: str) -> None:
        if self._descriptor is None:
            work(os.path.join(self.path, name))
        else:
            work(name, dir_fd=self._descriptor)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_LINK_FOLLOWS = os.link not in os.supports_follow_symlinks
_NOT_BY_NAME = frozenset(
    {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
)
"""Another disk, or one that has no second names for a file."""


def _came_meanwhile(path: str) -> LocalFileError:
    return LocalFileError(f"{shown(path)} has come into being meanwhile", path=path, hint="retry, and decide")


def part_name(name: str, token: str | None = None) -> str:
    """A hidden name for the unfinished file of `name`: not to be guessed, and never too long for a disk.

    Args:
        name: What the finished file is called.
        token: What keeps it from being guessed; a new one by default.
    """
    ending = f".{token or os.urandom(5).hex()}{PART_SUFFIX}"
    room = NAME_LIMIT - 1 - len(ending)
    kept = name
    while len(os.fsencode(kept)) > room:
        kept = kept[:-1]
    return f".{kept}{ending}"


def numbered(name: str, number: int) -> str:
    """The name to use when `name` is taken: `photo (1).jpg`; a hidden file keeps its dot (`.rc (1)`)."""
    stem, extension = os.path.splitext(name)
    if stem.endswith(".tar"):
        stem, extension = stem[:-4], ".tar" + extension
    ending = f" ({number}){extension}"
    while stem and len(os.fsencode(stem + ending)) > NAME_LIMIT:
        stem = stem[:-1]
    return stem + ending


def usual_mode() -> int:
    """The permissions that a new file gets from this process (0666 without the umask)."""
    return 0o666 & ~usual_umask()


@cache
def usual_umask() -> int:
    """The umask of this process. Asked once: reading it means setting it for a moment, which threads would see."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
