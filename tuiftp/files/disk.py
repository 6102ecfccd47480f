"""What the operating system says about the local disk, turned into our errors and into entries."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import lru_cache

from tuiftp.entries import Entry, EntryKind, Precision, permissions_from_mode
from tuiftp.errors import DiskFull, LocalFileError, UnsafeName
from tuiftp.files.endpoint import Glance
from tuiftp.protocol.text import shown

LISTING_LIMIT = 1_000_000
"""How many entries of one directory are held in memory; more are cut off, and the listing says so."""

_SETTLED = 2.5
"""Seconds after which a change of a directory has a later time than one before it, on every file system."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_HINTS = {
    errno.EACCES: "check the permissions",
    errno.EPERM: "check the permissions",
    errno.EROFS: "this disk can only be read",
    errno.ELOOP: "links are not followed here",
    errno.ENAMETOOLONG: "choose a shorter name",
}

_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIR, stat.S_IFLNK: EntryKind.LINK}


def local_error(error: OSError, *, doing: str, path: str) -> LocalFileError:
    """Says what the local disk refused, on which path, and why.

    Args:
        error: What the operating system said.
        doing: A verb phrase that completes "Cannot …", as `read`.
        path: The path it failed on.
    """
    reason = error.strerror or str(error)
    kind = DiskFull if error.errno in _FULL else LocalFileError
    hint = "make room, then retry" if kind is DiskFull else _HINTS.get(error.errno or 0)
    return kind(f"Cannot {doing} {shown(path)}: {reason}", path=path, hint=hint)


class _LocalErrors:
    """What `local_errors` returns; no generator, for it surrounds every call about a small file."""

    __slots__ = ("_doing", "_path")

    def __init__(self, doing: str, path: tuple[str, ...]) -> None:
        self._doing = doing
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        path = os.path.join(*self._path)
        if isinstance(error, OSError):
            raise local_error(error, doing=self._doing, path=path) from error
        if isinstance(error, ValueError):
            raise UnsafeName(f"“{shown(path)}” cannot be a path on this disk", path=path) from error


def local_errors(doing: str, *path: str) -> AbstractContextManager[None]:
    """Turns what the operating system raises inside the block into our errors.

    Args:
        doing: A verb phrase that completes "Cannot …", as `read`.
        path: The path that it is about, or the components of it: they are joined only where something is wrong.

    Raises:
        DiskFull: No space, quota, or the largest file that is allowed (ENOSPC, EDQUOT, EFBIG).
        LocalFileError: Anything else that the disk refused.
        UnsafeName: The path holds NUL or what this file system cannot encode.
    """
    return _LocalErrors(doing, path)


def entry_of(name: str, found: os.stat_result, *, target: str | None = None) -> Entry:
    """Describes what `lstat` found under `name`. Only files have a size; times are aware, in UTC."""
    mode = found.st_mode
    kind = _KINDS.get(stat.S_IFMT(mode), EntryKind.OTHER)
    modified = _time_of(found.st_mtime)
    return Entry(
        name,
        kind,
        found.st_size if kind is EntryKind.FILE else None,
        modified,
        None if modified is None else Precision.SECOND,
        _permissions(mode & 0o7777),
        target,
        _owner(found.st_uid),
        _group(found.st_gid),
    )


def stamp_of(path: str) -> tuple[int, ...] | None:
    """What another directory, or a change of its names, makes another value of; None while it is not settled.

    A file system keeps times in steps, of two seconds at most (FAT): as long as the last change is that young,
    another may follow without a trace.

    Raises:
        OSError: It cannot be looked at.
    """
    found = os.stat(path)
    age = time.time() - found.st_mtime
    return None if 0 <= age < _SETTLED else (found.st_dev, found.st_ino, found.st_mtime_ns)


def glance(path: str, names: Sequence[str]) -> Glance:
    """Looks at a directory and at some entries of it.

    Raises:
        LocalFileError: They cannot be looked at.
    """
    with local_errors("look at", path):
        stamp = stamp_of(path)
    return Glance(stamp, [look(os.path.join(path, name)) for name in names])


def scan(path: str, should_stop: Callable[[], bool]) -> tuple[list[Entry], bool]:
    """Reads a directory, links not followed; returns its entries and whether there were too many to hold.

    An entry that vanishes meanwhile is left out; one that cannot be looked at becomes one of kind OTHER.

    Raises:
        LocalFileError: The directory cannot be read.
    """
    entries: list[Entry] = []
    with local_errors("read", path), os.scandir(path) as found:
        for count, item in enumerate(found):
            if count >= LISTING_LIMIT:
                return entries, True
            if not count % 256 and should_stop():
                break
            entry = _scanned(item)
            if entry is not None:
                entries.append(entry)
    return entries, False


def look(path: str) -> Entry | None:
    """Describes what is at `path`, links not followed, or returns None where there is nothing.

    Raises:
        LocalFileError: It cannot be told.
    """
    with local_errors("look at", path):
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
    return entry_of(os.path.basename(path), found, target=_link_target(path, found))


def _scanned(item: os.DirEntry[str]) -> Entry | None:
    try:
        found = item.stat(follow_symlinks=False)
        return entry_of(item.name, found, target=_link_target(item.path, found))
    except FileNotFoundError:
        return None
    except OSError:
        return Entry(item.name, EntryKind.OTHER)


def _link_target(path: str, found: os.stat_result) -> str | None:
    if not stat.S_ISLNK(found.st_mode):
        return None
    try:
        return os.readlink(path)
    except OSError:
        return None


def _time_of(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a time that the calendar does not know
        return None


_permissions = lru_cache(maxsize=4096)(permissions_from_mode)


@lru_cache(maxsize=1024)
def _owner(number: int) -> str:
    try:
        import pwd
    except ImportError:  # Windows has no such list
        return str(number)
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OSError):
        return str(number)


@lru_cache(maxsize=1024)
def _group(number: int) -> str:
    try:
        import grp
    except ImportError:  # Windows has no such list
        return str(number)
    try:
        return grp.getgrgid(number).gr_name
    except (KeyError, OSError):
        return str(number)
