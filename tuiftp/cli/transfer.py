"""`tuiftp get` and `tuiftp put`: what goes where, in the way of `cp -r`; the queue does the rest."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tuiftp.cli.console import Console
from tuiftp.cli.locating import ensure_directory, find_entry
from tuiftp.errors import LocalFileError, RemoteError, TuiftpError, UnsafeName
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.files.local import LocalEndpoint
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target
from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.queue import TransferQueue


@dataclass(frozen=True, slots=True)
class Destination:
    """Where items go."""

    directory: str
    """The directory that takes them."""
    name: str | None = None
    """The name that the one item gets there; None: each keeps its own."""


def local_destination(output: str | None, items: int) -> Destination:
    """Reads `-o DEST`, and makes the directory if it ends in a slash.

    Raises:
        LocalFileError: It cannot be made, or takes one item only.
    """
    path = os.path.abspath(output or ".")
    try:
        if output and output.endswith((os.sep, os.altsep or os.sep)):
            os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise LocalFileError(f"cannot make the directory {shown(path)}: {error.strerror}") from error
    if os.path.isdir(path):
        return Destination(path)
    if items > 1:
        raise LocalFileError(f"{shown(path)} is not a directory, and there are {items} items to put into it")
    directory, name = os.path.split(path)
    if not os.path.isdir(directory):
        raise LocalFileError(f"there is no directory {shown(directory)}")
    return Destination(directory, name)


async def remote_destination(endpoint: RemoteEndpoint, target: Target, items: int) -> Destination:
    """Reads the last URL of `put`, and makes the directory if it ends in a slash.

    Raises:
        TuiftpError: It cannot be made, or takes one item only.
    """
    path = target.path_from(await endpoint.home())
    if target.names_directory:
        await ensure_directory(endpoint, path)
        return Destination(path)
    entry = await find_entry(endpoint, path)
    if entry is not None and entry.is_dir:
        return Destination(path)
    if items > 1:
        raise RemoteError(f"{shown(path)} is not a directory, and there are {items} items to put into it")
    return Destination(endpoint.parent(path), endpoint.name(path))


class Downloads:
    """Queues what `get` names."""

    def __init__(
        self, queue: TransferQueue, destination: Destination, policy: ConflictPolicy, console: Console
    ) -> None:
        self._queue = queue
        self._console = console
        self._to = destination
        self._policy = policy

    async def add(self, site: FtpSite, target: Target) -> list[int]:
        """Queues one item; returns its batches.

        Raises:
            TuiftpError: There is no such thing, or it cannot be read.
        """
        endpoint = site.endpoint
        path = target.path_from(await endpoint.home())
        entry = await find_entry(endpoint, path)
        if entry is None:
            raise RemoteError("no such file or directory", path=path)
        if target.path and target.path.endswith("/") and not entry.is_dir:
            raise RemoteError("not a directory", path=path)
        if _is_nameless(target.path or ""):
            return await self._add_contents(site, path)
        batch = self._queue.download(
            site.pool, [(path, entry)], self._to.directory, policy=self._policy, rename_to=self._to.name
        )
        return [batch]

    async def _add_contents(self, site: FtpSite, path: str) -> list[int]:
        """Queues all that a directory without a name of its own holds, as `cp -r .` does."""
        directory = self._to.directory
        if self._to.name is not None:
            directory = local_destination(os.path.join(directory, self._to.name, ""), 1).directory
        listing = await site.endpoint.list(path)
        sources = _contents(site.endpoint.join, path, listing.entries, self._console)
        return [self._queue.download(site.pool, sources, directory, policy=self._policy)]


class Uploads:
    """Queues what `put` names."""

    def __init__(
        self,
        queue: TransferQueue,
        site: FtpSite,
        local: LocalEndpoint,
        destination: Destination,
        policy: ConflictPolicy,
        console: Console,
    ) -> None:
        self._console = console
        self._queue = queue
        self._site = site
        self._local = local
        self._to = destination
        self._policy = policy

    async def add(self, typed: str) -> list[int]:
        """Queues one item; returns its batches.

        Raises:
            TuiftpError: There is no such thing, or it cannot be read.
        """
        # A link that a person names is meant to be looked through; those inside a tree are not followed.
        path = await self._local.run(os.path.realpath, typed)
        entry = await self._local.entry(path)
        if entry is None:
            raise LocalFileError("no such file or directory", path=typed)
        if typed.endswith(os.sep) and not entry.is_dir:
            raise LocalFileError("not a directory", path=typed)
        if _is_nameless(typed):
            return await self._add_contents(path)
        name = self._to.name or _last_name(typed)
        batch = self._queue.upload(
            self._site.pool, [(path, entry)], self._to.directory, policy=self._policy, rename_to=name
        )
        return [batch]

    async def _add_contents(self, path: str) -> list[int]:
        endpoint, directory = self._site.endpoint, self._to.directory
        if self._to.name is not None:
            directory = endpoint.join(directory, self._to.name)
            await ensure_directory(endpoint, directory)
        listing = await self._local.list(path)
        sources = _contents(self._local.join, path, listing.entries, self._console)
        return [self._queue.upload(self._site.pool, sources, directory, policy=self._policy)]


def _last_name(typed: str) -> str:
    return os.path.basename(os.path.normpath(typed))


def _is_nameless(path: str) -> bool:
    """Whether a path, as it was typed, ends in no name: empty, the root, `.` or `..`."""
    return path.replace(os.sep, "/").rstrip("/").rpartition("/")[2] in ("", ".", "..")


def _contents(
    join: Callable[[str, str], str], directory: str, entries: Sequence[Entry], console: Console
) -> list[tuple[str, Entry]]:
    """The files and directories in a directory, with their paths; the rest is named and left out."""
    sources: list[tuple[str, Entry]] = []
    for entry in entries:
        try:
            path = join(directory, entry.name)
        except UnsafeName as error:
            console.fail(shown(str(error)))
            continue
        if entry.kind in (EntryKind.FILE, EntryKind.DIR):
            sources.append((path, entry))
        else:
            console.note(
                f"{shown(entry.name)}: skipped: {'a link' if entry.kind is EntryKind.LINK else 'no file'}"
            )
    return sources


async def add_all(
    items: Sequence[tuple[str, Callable[[], Awaitable[list[int]]]]], console: Console
) -> list[int]:
    """Queues all items; one that cannot be is named, and the others go on. Returns the batches."""
    batches: list[int] = []
    for name, add in items:
        try:
            batches += await add()
        except TuiftpError as error:
            console.fail(f"{shown(name)}: {shown(str(error))}")
    return batches
