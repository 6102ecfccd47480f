"""The local disk as an Endpoint. All disk work happens in threads of its own; the event loop only waits.

Links are looked at, renamed and unlinked, never followed, except where the user walks into one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from tuiftp.entries import Entry
from tuiftp.errors import LocalFileError
from tuiftp.files.disk import glance, local_errors, look, scan, stamp_of
from tuiftp.files.endpoint import Capabilities, Glance, Listing
from tuiftp.protocol.paths import check_name
from tuiftp.protocol.text import shown

P = ParamSpec("P")
Result = TypeVar("Result")

_THREADS = 8


class LocalEndpoint:
    """The disk of this machine. Any number of users at a time."""

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
        )

    async def run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Does `work` in a thread. A cancel does not wait for it: only for work that leaves nothing behind."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    async def settle(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Does `work` in a thread, and lets it end before a cancel goes on.

        For work that opens or makes something: whoever cleans up afterwards meets no thread at it.
        """
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, lambda: work(*args, **kwargs))
        cancelled: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.wait({future})
            except asyncio.CancelledError as error:
                cancelled = error
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
