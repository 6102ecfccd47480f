"""`tuiftp get`, `put` and `cp`: what goes where, in the way of `cp -r`; the queue does the rest."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tuiftp.choices import ConflictPolicy
from tuiftp.cli.console import Console
from tuiftp.cli.remote_paths import CUT, NO_FILE, ensure_directory, find_all, find_entry, has_wildcards
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import LocalFileError, RemoteError, TuiftpError, UnsafeName
from tuiftp.files.endpoint import Listing, Transfers
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.site import Site
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target
from tuiftp.transfers.queue import TransferQueue

Got = TypeVar("Got")


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


async def remote_destination(endpoint: Transfers, target: Target, items: int) -> Destination:
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


@dataclass(frozen=True, slots=True)
class Found:
    """What one word of the command line names, ready to be queued."""

    site: Site
    """Where it is."""
    sources: tuple[tuple[str, Entry], ...]
    """Paths, and what is there."""
    is_contents: bool = False
    """Whether these are the contents of a directory that has no name of its own."""

    @property
    def items(self) -> int:
        """How many things are to be put into the destination."""
        return 1 if self.is_contents else len(self.sources)


class Downloads:
    """Finds and queues what `get` names."""

    def __init__(self, queue: TransferQueue, disk: Site, policy: ConflictPolicy, console: Console) -> None:
        self._queue = queue
        self._disk = disk
        self._console = console
        self._policy = policy

    async def find(self, site: Site, target: Target) -> Found:
        """Looks up what a URL names, which may be a pattern.

        Raises:
            TuiftpError: There is no such thing, or it cannot be read.
        """
        endpoint = site.endpoint
        path = target.path_from(await endpoint.home())
        if _is_nameless(target.path or ""):
            entry = await find_entry(endpoint, path)
            if entry is None or not entry.is_dir:
                raise RemoteError("no such directory", path=path)
            listing = await endpoint.list(path)
            return Found(site, self._contents(endpoint, listing), True)
        found = await find_all(endpoint, path, self._console.fail)
        if target.path and target.path.endswith("/"):
            directories = [(path, entry) for path, entry in found if entry.is_dir]
            if found and not directories:
                raise RemoteError("not a directory", path=path)
            found = directories
        if not found:
            words = "nothing there matches" if has_wildcards(path) else "no such file or directory"
            raise RemoteError(words, path=path)
        return Found(site, tuple(found))

    def _contents(self, endpoint: Transfers, listing: Listing) -> tuple[tuple[str, Entry], ...]:
        def leave_out(entry: Entry) -> None:
            if entry.kind is EntryKind.LINK:
                self._console.note(f"{shown(entry.name)}: skipped: a link")
            else:  # it may be a file
                self._console.fail(f"{shown(entry.name)}: {NO_FILE}")

        return _contents(endpoint.join, listing, self._console, leave_out)

    def queue(self, found: Found, to: Destination) -> int:
        """Queues it; returns the batch.

        Raises:
            LocalFileError: The directory for the contents of another cannot be made.
        """
        directory, name = to.directory, to.name
        if found.is_contents and name is not None:
            directory, name = local_destination(os.path.join(directory, name, ""), 1).directory, None
        return self._queue.copy(
            found.site, found.sources, self._disk, directory, policy=self._policy, rename_to=name
        )


class Uploads:
    """Finds what `put` and `cp` name on this machine, and queues what goes to their one destination."""

    def __init__(
        self,
        queue: TransferQueue,
        site: Site,
        disk: Site,
        local: LocalEndpoint,
        policy: ConflictPolicy,
        console: Console,
    ) -> None:
        self._console = console
        self._queue = queue
        self._site = site
        self._disk, self._local = disk, local
        self._policy = policy

    async def find(self, typed: str) -> tuple[str, Found]:
        """Looks up what a path names, and the name that it has.

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
            listing = await self._local.list(path)
            sources = _contents(self._local.join, listing, self._console, self._leave_out)
            return "", Found(self._disk, sources, True)
        return _last_name(typed), Found(self._disk, ((path, entry),))

    def _leave_out(self, entry: Entry) -> None:
        why = "a link" if entry.kind is EntryKind.LINK else "no file"
        self._console.note(f"{shown(entry.name)}: skipped: {why}")

    async def make_way(self, found: Found, to: Destination) -> Destination:
        """Makes the directory that the contents of another one get; returns where they go.

        Raises:
            TuiftpError: It cannot be made.
        """
        if not found.is_contents or to.name is None:
            return to
        directory = self._site.endpoint.join(to.directory, to.name)
        await ensure_directory(self._site.endpoint, directory)
        return Destination(directory)

    def queue(self, name: str | None, found: Found, to: Destination) -> int:
        """Queues it; returns the batch.

        Args:
            name: What it is called there, unless the destination says; None: as where it is.
            found: What was found, here or on a server.
            to: Where it goes.
        """
        return self._queue.copy(
            found.site, found.sources, self._site, to.directory, policy=self._policy,
            rename_to=None if found.is_contents else to.name or name,
        )  # fmt: skip


def _last_name(typed: str) -> str:
    return os.path.basename(os.path.normpath(typed))


def _is_nameless(path: str) -> bool:
    """Whether a path, as it was typed, ends in no name: empty, the root, `.` or `..`."""
    return path.replace(os.sep, "/").rstrip("/").rpartition("/")[2] in ("", ".", "..")


def _contents(
    join: Callable[[str, str], str], listing: Listing, console: Console, leave_out: Callable[[Entry], None]
) -> tuple[tuple[str, Entry], ...]:
    """The files and directories in a directory, with their paths; of the rest it is told that it is left out."""
    sources: list[tuple[str, Entry]] = []
    for entry in listing.entries:
        try:
            path = join(listing.path, entry.name)
        except UnsafeName as error:
            console.fail(shown(str(error)))
            continue
        if entry.kind in (EntryKind.FILE, EntryKind.DIR):
            sources.append((path, entry))
        else:
            leave_out(entry)
    if listing.is_cut:
        console.fail(f"{shown(listing.path)}: {CUT}")
    return tuple(sources)


async def try_all(items: Sequence[tuple[str, Callable[[], Awaitable[Got]]]], console: Console) -> list[Got]:
    """Does something for all items; one for which it cannot be done is named, and the others go on."""
    got: list[Got] = []
    for name, do in items:
        try:
            got.append(await do())
        except TuiftpError as error:
            console.fail(f"{shown(name)}: {shown(str(error))}")
    return got
