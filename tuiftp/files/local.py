"""The local disk as an Endpoint. All disk work happens in threads of its own; the event loop only waits.

Links are looked at, renamed and unlinked, never followed, except where the user walks into one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO, Literal, ParamSpec, TypeVar

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import LocalFileError
from tuiftp.files.disk import glance, local_errors, look, scan, stamp_of
from tuiftp.files.endpoint import Capabilities, Checksum, Glance, Listing, LookedUp, Progress
from tuiftp.protocol.paths import check_name
from tuiftp.protocol.text import shown

P = ParamSpec("P")
Result = TypeVar("Result")

_THREADS = 8


class LocalEndpoint:
    """The disk of this machine, as `files.Transfers`. Any number of users at a time."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="tuiftp-disk")

    @property
    def label(self) -> str:
        """What to call it."""
        return "Local"

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return Capabilities(
            has_local_paths=True,
            looks_are_cheap=True,
            tells_links=True,
            can_chmod=os.name == "posix",
            has_free_space=True,
            has_checksums=True,
        )

    @property
    def conn(self) -> None:
        """There is no control connection."""
        return None

    async def run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Does `work` in a thread. A cancel does not wait for it: only for work that leaves nothing behind."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    async def settle(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Does `work` in a thread, and lets it end before a cancel goes on.

        For work that opens or makes something: whoever cleans up afterwards meets no thread at it.
        """
        return await self._settle(lambda: work(*args, **kwargs))

    async def _settle(
        self, work: Callable[[], Result], on_cancel: Callable[[], None] = lambda: None
    ) -> Result:
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        cancelled: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.wait({future})
            except asyncio.CancelledError as error:
                cancelled = error
                on_cancel()
        if cancelled is not None:
            future.exception()  # looked at, so that asyncio does not complain of it
            raise cancelled
        return future.result()

    def close(self) -> None:
        """Lets the threads go; what they are at is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def home(self) -> str:
        """The user's home directory."""
        return _home()

    def join(self, directory: str, name: str) -> str:
        """The path of `name` inside `directory`.

        Raises:
            UnsafeName: `name` is not exactly one path component.
        """
        if os.altsep is not None or os.sep != "/":
            check_name(name.replace(os.sep, "/"))
        return os.path.join(directory, check_name(name))

    def parent(self, path: str) -> str:
        """The directory above; of the root, the root."""
        return os.path.dirname(path.rstrip(os.sep)) or os.path.abspath(os.sep)

    def name(self, path: str) -> str:
        """The last component; empty for the root."""
        return os.path.basename(path.rstrip(os.sep))

    def resolve(self, base: str, typed: str) -> str:
        """The absolute path that a user means who types `typed` while in `base` (`..`, `~`, relative)."""
        path = os.path.normpath(os.path.join(base, os.path.expanduser(typed)))
        # POSIX lets two leading slashes mean something else; nowhere that we run do they.
        return path[1:] if os.sep == "/" and path.startswith("//") else path

    def display(self, path: str) -> str:
        """The path as a person likes to read it (`~/release`). Not yet made visible."""
        home = _home()
        if path == home:
            return "~"
        inside = path.startswith(home + os.sep) and self.parent(home) != home
        return "~" + path[len(home) :] if inside else path

    async def list(self, path: str) -> Listing:
        """Reads a directory. Cancellable at any moment: the thread then stops by itself."""
        stop = threading.Event()
        try:
            return await self.run(_listing, path, stop.is_set)
        finally:
            stop.set()

    async def glance(self, path: str, names: Sequence[str]) -> Glance:
        """Looks at a directory, without reading it, and at some entries of it."""
        return await self.run(glance, path, names)

    def whole(self) -> LocalEndpoint:
        """The disk itself: it hides nothing."""
        return self

    async def entry(self, path: str) -> Entry | None:
        """What is at `path` (links not followed), or None where there is nothing."""
        return await self.run(look, path)

    async def make_directory(self, path: str) -> None:
        """Makes one directory; its parent must exist."""
        await self._act("make the directory", path, os.mkdir, path)

    async def remove_file(self, path: str) -> None:
        """Removes a file, or a link without following it."""
        await self._act("delete", path, os.unlink, path)

    async def remove_directory(self, path: str) -> None:
        """Removes an empty directory."""
        await self._act("delete the directory", path, os.rmdir, path)

    async def rename(self, source: str, target: str) -> None:
        """Renames or moves within this disk. Never replaces what is at `target`."""
        await self._act("rename", source, _rename, source, target)

    async def chmod(self, path: str, mode: int) -> None:
        """Sets the permission bits (07777). A link is refused: its target would be changed."""
        await self._act("change the permissions of", path, _chmod, path, mode)

    async def read(self, path: str, *, offset: int = 0, limit: int) -> bytes:
        """Reads at most `limit` bytes from `offset`: for the viewer, never for transfers."""
        return await self._act("read", path, _read, path, offset, limit)

    async def look_up(self, path: str) -> LookedUp:
        """What a path leads to, links followed."""
        return LookedUp(await self.run(_behind_links, path))

    async def is_directory(self, path: str) -> bool:
        """Whether a path leads to a directory; links are followed."""
        return await self.run(os.path.isdir, path)

    async def size(self, path: str) -> int | None:
        """The size of a file in bytes; a link is followed, None: there is no file."""
        found = await self.run(_behind_links, path)
        return found.size if found is not None else None

    async def size_as_file(self, path: str) -> int | None:
        """The same: only files have a size here."""
        return await self.size(path)

    async def dated(self, path: str, entry: Entry) -> Entry:
        """The entry as it is: the disk tells its time in UTC."""
        return entry

    async def checksum(self, path: str, *, size: int | None = None) -> Checksum | None:
        """The SHA-256 of a file."""
        stop = threading.Event()
        digest = await self._settle(lambda: _digest(path, stop.is_set), stop.set)
        return Checksum("sha256", digest) if digest is not None else None

    async def set_attributes(
        self, path: str, *, modified: datetime | None = None, mode: int | None = None
    ) -> bool:
        """Sets time and permission bits of a file, never through a link; a refusal is no error."""
        try:
            await self._act("set the attributes of", path, _set_attributes, path, modified, mode)
        except LocalFileError:
            return False
        return True

    async def download(
        self, path: str, file: BinaryIO, *, offset: int = 0, length: int | None = None,
        lead: bytearray | None = None, progress: Progress, is_text: bool = False,
    ) -> int:  # fmt: skip
        """Copies a file of this disk into an open one. See `files.Transfers`; text has its line ends already."""

        from tuiftp.files.pace import copy_bytes  # the first screen does without it

        def copy() -> int:
            with _opened(path, os.O_RDONLY) as source:
                return copy_bytes(source, file, offset, progress, length=length, lead=lead)

        return await self._copy("read", path, copy, progress)

    async def upload(
        self, file: BinaryIO, path: str, *, offset: int = 0, append: bool = False, progress: Progress,
        is_text: bool = False,
    ) -> int:  # fmt: skip
        """Copies an open file to `path`. See `files.Transfers`; what is there from `offset` on is replaced."""

        from tuiftp.files.pace import copy_bytes  # the first screen does without it

        def copy() -> int:
            with _opened(path, os.O_WRONLY | os.O_CREAT) as target:
                end = os.fstat(target.fileno()).st_size
                target.truncate(end if append else min(offset, end))
                return copy_bytes(file, target, offset, progress, to=end if append else offset)

        return await self._copy("write", path, copy, progress)

    async def _copy(self, doing: str, path: str, copy: Callable[[], int], progress: Progress) -> int:
        def act() -> int:
            with local_errors(doing, path):
                return copy()

        def cancel() -> None:
            progress.cancelled = True

        return await self._settle(act, cancel)

    async def free_space(self, path: str) -> int | None:
        """Bytes that this user can still write on the disk that holds `path`; None where it cannot be told."""
        return await self.run(_free_space, path)

    async def _act(
        self, doing: str, path: str, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        def act() -> Result:
            with local_errors(doing, path):
                return work(*args, **kwargs)

        return await self.settle(act)


def _listing(path: str, should_stop: Callable[[], bool]) -> Listing:
    with local_errors("read", path):
        stamp = stamp_of(path)  # before it is read: what changes meanwhile shows in the next one
    entries, is_cut = scan(path, should_stop)
    return Listing(path, entries, is_cut, stamp)


def _home() -> str:
    return os.path.abspath(os.path.expanduser("~"))


def _rename(source: str, target: str) -> None:
    found = os.lstat(source)
    try:
        there = os.lstat(target)
    except FileNotFoundError:
        there = None
    # The same file under another spelling is no conflict: `readme` to `README` where case does not count.
    if there is not None and not os.path.samestat(found, there):
        raise LocalFileError(f"{shown(target)} exists already", path=target, hint="choose another name")
    os.rename(source, target)


def _chmod(path: str, mode: int) -> None:
    if stat.S_ISLNK(os.lstat(path).st_mode):
        raise LocalFileError(f"{shown(path)} is a link: it has no permissions of its own", path=path)
    os.chmod(path, mode & 0o7777)


def _behind_links(path: str) -> Entry | None:
    entry = look(path)
    if entry is None or entry.kind is not EntryKind.LINK:
        return entry
    found = look(os.path.realpath(path))
    return None if found is None else replace(found, name=entry.name)


def _opened(path: str, flags: int) -> BinaryIO:
    """Opens a regular file, never through a link, and without waiting for the other end of a named pipe."""
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    mode: Literal["rb", "wb"] = "wb" if flags & os.O_WRONLY else "rb"
    file = open(os.open(path, flags, 0o666), mode, buffering=0)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise LocalFileError(f"{shown(path)} is not a regular file", path=path)
    return file


def _digest(path: str, should_stop: Callable[[], bool]) -> str | None:
    from tuiftp.files.checksums import digest_of  # the first screen does without it

    with local_errors("read", path), _opened(path, os.O_RDONLY) as file:
        return digest_of(file, "sha256", should_stop)


def _set_attributes(path: str, modified: datetime | None, mode: int | None) -> None:
    if mode is not None:
        _chmod(path, mode & 0o777)
    if modified is not None:
        os.utime(path, (time.time(), modified.timestamp()), follow_symlinks=False)


def _read(path: str, offset: int, limit: int) -> bytes:
    # Without O_NONBLOCK the open of a named pipe would wait for a writer for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise LocalFileError(f"{shown(path)} is not a file that can be shown", path=path)
        file.seek(offset)
        blocks: list[bytes] = []
        while limit > 0 and (block := file.read(limit)):
            blocks.append(block)
            limit -= len(block)
        return b"".join(blocks)


def _free_space(path: str) -> int | None:
    try:
        return shutil.disk_usage(path).free
    except (OSError, ValueError):
        return None
