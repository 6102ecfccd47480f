"""What a path on the command line names. A person named it: a link is looked through here, and only here."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tuiftp.errors import CommandRefused, LoginRefused
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.protocol.entries import Entry, EntryKind


async def find_entry(endpoint: RemoteEndpoint, path: str) -> Entry | None:
    """What is at `path` on a server, links followed: a file, a directory, or None.

    What no listing shows (a hidden name, a link, a directory above that may not be read) is found by going
    into it, or by asking its size.
    """
    name = endpoint.name(path)
    if not name:
        return Entry("", EntryKind.DIR)
    if await endpoint.is_directory(path):
        return Entry(name, EntryKind.DIR)
    entry = await endpoint.entry(path)
    if entry is not None and entry.kind in (EntryKind.FILE, EntryKind.DIR):
        return entry
    size = await _size(endpoint, path)
    return Entry(name, EntryKind.FILE, size=size) if size is not None else None


def has_wildcards(path: str) -> bool:
    """Whether the last part of a path may be a pattern."""
    return any(sign in path.rstrip("/").rpartition("/")[2] for sign in "*?[")


async def find_all(endpoint: RemoteEndpoint, path: str) -> list[tuple[str, Entry]]:
    """What a path on a server names: the one thing of that name, or else all that its last part matches.

    Links among what matches are looked through, for a person has named them.
    """
    entry = await find_entry(endpoint, path)
    if entry is not None:
        return [(path, entry)]
    if not has_wildcards(path):
        return []
    directory, pattern = endpoint.parent(path), endpoint.name(path)
    found: list[tuple[str, Entry]] = []
    for listed in sorted((await endpoint.list(directory)).entries, key=lambda each: each.name):
        if listed.is_unreadable or not _matches(listed.name, pattern):
            continue
        inside = endpoint.join(directory, listed.name)
        is_plain = listed.kind in (EntryKind.FILE, EntryKind.DIR)
        entry = listed if is_plain else await find_entry(endpoint, inside)
        if entry is not None:
            found.append((inside, entry))
    return found


def _matches(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatchcase(name, pattern)


async def _size(endpoint: RemoteEndpoint, path: str) -> int | None:
    try:
        return await endpoint.size(path)
    except LoginRefused:
        raise
    except CommandRefused:
        return None


async def ensure_directory(endpoint: RemoteEndpoint, path: str) -> None:
    """Makes a directory on a server, and those above it, where they do not exist."""
    entry = await find_entry(endpoint, path)
    if entry is not None and entry.is_dir:
        return
    await ensure_directory(endpoint, endpoint.parent(path))
    await endpoint.make_directory(path)
