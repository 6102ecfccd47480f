"""What a path on the command line names. A person named it: a link is looked through here, and only here."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import UnsafeName
from tuiftp.files.endpoint import Transfers
from tuiftp.protocol.text import shown

Complain = Callable[[str], None]
"""Takes what keeps a pattern from being followed completely, a sentence each, already made visible."""


async def find_entry(endpoint: Transfers, path: str) -> Entry | None:
    """What is at `path` on a server, links followed: a file, a directory, or None."""
    return (await endpoint.look_up(path)).entry


def has_wildcards(path: str) -> bool:
    """Whether the last part of a path may be a pattern."""
    return any(sign in path.rstrip("/").rpartition("/")[2] for sign in "*?[")


async def find_all(endpoint: Transfers, path: str, complain: Complain) -> list[tuple[str, Entry]]:
    """What a path on a server names: the one thing of that name, or else all that its last part matches.

    Where the server tells nothing of a path, it is taken for a file of unknown size: to fetch it will tell. Links
    among what matches are looked through, for a person has named them.
    """
    looked_up = await endpoint.look_up(path)
    if looked_up.entry is not None:
        return [(path, looked_up.entry)]
    if has_wildcards(path):
        return await _find_matching(endpoint, path, complain)
    return [] if looked_up.is_sure else [(path, Entry(endpoint.name(path), EntryKind.FILE))]


async def _find_matching(endpoint: Transfers, path: str, complain: Complain) -> list[tuple[str, Entry]]:
    directory, pattern = endpoint.parent(path), endpoint.name(path)
    listing = await endpoint.list(directory)
    found: list[tuple[str, Entry]] = []
    for listed in sorted(listing.entries, key=lambda each: each.name):
        if listed.is_unreadable:
            complain(f"{shown(listed.name)}: the server's line about it could not be read")
        elif _matches(listed.name, pattern):
            try:
                inside = endpoint.join(directory, listed.name)
            except UnsafeName as error:
                complain(shown(str(error)))
                continue
            found += await _looked_through(endpoint, inside, listed, complain)
    if listing.is_cut:
        complain(f"{shown(directory)}: {CUT}")
    return found


CUT = "the listing was cut: it holds more than can be read, and what is missing is not fetched"
"""What is said of a directory that could not be listed to its end."""


async def _looked_through(
    endpoint: Transfers, path: str, listed: Entry, complain: Complain
) -> list[tuple[str, Entry]]:
    """One match with its path; a link, and what a listing cannot say the kind of, is asked about."""
    if listed.kind in (EntryKind.FILE, EntryKind.DIR):
        return [(path, listed)]
    entry = await find_entry(endpoint, path)
    if entry is not None:
        return [(path, entry)]
    complain(f"{shown(path)}: {'a link that leads nowhere' if listed.kind is EntryKind.LINK else NO_FILE}")
    return []


NO_FILE = "neither a file nor a directory"
"""What is said of an entry that cannot be fetched."""


def _matches(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatchcase(name, pattern)


async def ensure_directory(endpoint: Transfers, path: str) -> None:
    """Makes a directory on a server, and those above it, where they do not exist."""
    entry = await find_entry(endpoint, path)
    if entry is not None and entry.is_dir:
        return
    await ensure_directory(endpoint, endpoint.parent(path))
    await endpoint.make_directory(path)
