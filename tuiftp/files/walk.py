"""Walking a tree over any endpoint: bounded in depth and number, never through a link, cancellable anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import CommandRefused, LocalFileError, LoginRefused, TuiftpError, UnsafeName
from tuiftp.files.endpoint import Endpoint, Listing
from tuiftp.protocol.text import shown

DEPTH_LIMIT = 64
"""How many directories deep a walk goes; a tree that a server invents (`x/x/x…`) ends here."""

TURN = 256
"""After so many entries of a long directory the event loop gets its turn."""

ENTRY_LIMIT = 1_000_000
"""How many entries a walk yields before it stops."""


class Listable(Protocol):
    """What a walk needs of an endpoint."""

    def name(self, path: str) -> str:
        """The last component."""
        ...

    def join(self, directory: str, name: str) -> str:
        """The path of `name` inside `directory`; refuses what is not exactly one component."""
        ...

    async def list(self, path: str) -> Listing:
        """Reads a directory."""
        ...


def concerns_one_item(error: TuiftpError) -> bool:
    """Whether an error is about this one file or directory, so that the others may be gone on with."""
    if isinstance(error, LoginRefused):
        return False
    return isinstance(error, CommandRefused | LocalFileError | UnsafeName)


@dataclass(slots=True)
class Found:
    """One entry that a walk came by, or a place where it could not go on."""

    path: str
    """Where it is, in the endpoint's form."""
    parts: tuple[str, ...]
    """The names from the top of the walk down to it; empty for the top itself."""
    entry: Entry
    """What it is."""
    problem: str | None = None
    """Why it was refused or not gone into, in one sentence. A directory may come twice: first as found, then so."""
    descend: bool = True
    """Set it to False, before asking for the next one, to leave out what is inside this directory."""


@dataclass(frozen=True, slots=True)
class TreeCount:
    """How much there is: what a person is told before something is deleted."""

    files: int = 0
    """Files, links and whatever else is no directory."""
    links: int = 0
    """How many of those are links."""
    directories: int = 0
    """Directories, the top ones included."""
    size: int = 0
    """Bytes of the files whose size is known."""
    problems: tuple[str, ...] = ()
    """What could not be read."""


async def walk(
    endpoint: Listable,
    path: str,
    *,
    depth_limit: int = DEPTH_LIMIT,
    entry_limit: int = ENTRY_LIMIT,
) -> AsyncIterator[Found]:
    """Yields what is below `path`, each directory before its contents. Links are yielded, never gone into.

    What one directory hides (no permission, too deep, seen before) is yielded as a problem, and the walk goes
    on. The caller may cancel or stop at any moment.

    Raises:
        TuiftpError: The top itself cannot be read, or the connection is gone.
    """
    top = Found(path, (), Entry(endpoint.name(path), EntryKind.DIR))
    waiting = [top]
    visited: set[str] = set()
    count = 0
    while waiting:
        directory = waiting.pop()
        if not directory.descend:
            continue
        if len(directory.parts) > depth_limit:
            yield replace(
                directory, problem=f"{shown(directory.path)} is more than {depth_limit} levels deep"
            )
            continue
        entries, problems = await listed(endpoint, directory, visited)
        placed = (placed_in(endpoint, directory, entry) for entry in entries if entry.name not in (".", ".."))
        inside: list[Found] = []
        for found in chain(placed, problems):
            count += 1
            if count % TURN == 0:
                await asyncio.sleep(0)
            if count > entry_limit:
                yield replace(top, problem=f"stopped after {entry_limit:,} entries: {shown(path)} holds more")
                return
            yield found
            if found.entry.is_dir and found.problem is None:
                inside.append(found)
        waiting.extend(reversed(inside))


async def listed(
    endpoint: Listable, directory: Found, visited: set[str]
) -> tuple[Sequence[Entry], list[Found]]:
    """Reads one directory: its entries, and what is wrong with it."""
    try:
        listing = await endpoint.list(directory.path)
    except TuiftpError as error:
        if not directory.parts or not concerns_one_item(error):
            raise
        return (), [replace(directory, problem=str(error))]
    if listing.path in visited or directory.path in visited:
        problem = f"{shown(directory.path)} was read already: it leads in a circle"
        return (), [replace(directory, problem=problem)]
    visited.update((listing.path, directory.path))
    if not listing.is_cut:
        return listing.entries, []
    problem = f"{shown(directory.path)} holds more entries than can be read"
    return listing.entries, [replace(directory, problem=problem)]


def placed_in(endpoint: Listable, directory: Found, entry: Entry) -> Found:
    """An entry in its place, or what is wrong with its name."""
    parts = (*directory.parts, entry.name)
    try:
        return Found(endpoint.join(directory.path, entry.name), parts, entry)
    except UnsafeName as error:
        return Found(directory.path, parts, entry, problem=str(error))


async def count_tree(
    endpoint: Listable,
    sources: Iterable[tuple[str, Entry]],
    *,
    on_progress: Callable[[TreeCount], None] | None = None,
) -> TreeCount:
    """Counts files, directories and bytes of what the user chose, trees included.

    Args:
        endpoint: Where they are.
        sources: Paths and what is there.
        on_progress: Is told the count so far, once for each entry.
    """
    count = TreeCount()
    for path, entry in sources:
        count = _counted(count, entry)
        if entry.is_dir:
            try:
                async for found in walk(endpoint, path):
                    if found.problem is not None:
                        count = replace(count, problems=(*count.problems[:99], found.problem))
                    else:
                        count = _counted(count, found.entry)
                    if on_progress is not None:
                        on_progress(count)
            except TuiftpError as error:
                if not concerns_one_item(error):
                    raise
                count = replace(count, problems=(*count.problems[:99], str(error)))
        if on_progress is not None:
            on_progress(count)
    return count


def _counted(count: TreeCount, entry: Entry) -> TreeCount:
    if entry.is_dir:
        return replace(count, directories=count.directories + 1)
    size = entry.size if entry.kind is EntryKind.FILE else None
    links = count.links + (entry.kind is EntryKind.LINK)
    return replace(count, files=count.files + 1, links=links, size=count.size + (size or 0))


async def delete_tree(
    endpoint: Endpoint,
    path: str,
    entry: Entry,
    *,
    on_progress: Callable[[str], None] | None = None,
) -> tuple[str, ...]:
    """Deletes a file, a link (itself only), or a directory with all that is in it.

    Goes on after a refusal, so that one file without permission does not keep the others.

    Args:
        endpoint: Where it is.
        path: What to delete.
        entry: What it is, as just listed.
        on_progress: Is told each path that is gone.

    Returns:
        What could not be deleted, a sentence each; empty when all is gone.

    Raises:
        TuiftpError: The connection is gone.
    """
    deletion = _Deletion(endpoint, on_progress)
    await deletion.delete(path, entry)
    return tuple(deletion.problems)


class _Deletion:
    """One deletion under way: what is gone, which directories are still to go, what was refused."""

    def __init__(self, endpoint: Endpoint, on_progress: Callable[[str], None] | None) -> None:
        self._endpoint = endpoint
        self._on_progress = on_progress
        self.problems: list[str] = []

    async def delete(self, path: str, entry: Entry) -> None:
        if not entry.is_dir or await self._is_unlinked(path):
            if not entry.is_dir:
                await self._remove(self._endpoint.remove_file, path)
            return
        directories = [path]
        try:
            async for found in walk(self._endpoint, path):
                await self._meet(found, directories)
        except TuiftpError as error:
            self._note(error)
        for directory in reversed(directories):
            await self._remove(self._endpoint.remove_directory, directory)

    async def _meet(self, found: Found, directories: list[str]) -> None:
        if found.problem is not None:
            self.problems.append(found.problem)
        elif not found.entry.is_dir:
            await self._remove(self._endpoint.remove_file, found.path)
        elif await self._is_unlinked(found.path):
            found.descend = False
        else:
            directories.append(found.path)

    async def _is_unlinked(self, path: str) -> bool:
        """Tries to delete what a server calls a directory as if it were a link.

        pyftpdlib and others pass a link to a directory off as one in MLSD; its contents are not ours to
        delete. DELE takes a link away and is refused for a real directory. Other places tell them apart.
        """
        if self._endpoint.capabilities.tells_links:
            return False
        try:
            await self._endpoint.remove_file(path)
        except LoginRefused:
            raise
        except CommandRefused:
            return False
        self._tell(path)
        return True

    async def _remove(self, remove: Callable[[str], Awaitable[None]], path: str) -> None:
        try:
            await remove(path)
        except TuiftpError as error:
            self._note(error)
            return
        self._tell(path)

    def _note(self, error: TuiftpError) -> None:
        if not concerns_one_item(error):
            raise error
        self.problems.append(str(error))

    def _tell(self, path: str) -> None:
        if self._on_progress is not None:
            self._on_progress(path)
