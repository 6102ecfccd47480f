"""`tuiftp ls`: a directory of a server, as text like that of `ls -l`, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from tuiftp.cli.remote_paths import find_entry
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.files.endpoint import Listing, Transfers
from tuiftp.protocol.text import fit, shown

_TYPES: Final = {EntryKind.FILE: "-", EntryKind.DIR: "d", EntryKind.LINK: "l", EntryKind.OTHER: "?"}


async def read_listing(endpoint: Transfers, path: str, *, is_directory: bool = False) -> Listing | None:
    """Lists a directory, or the one file that `path` names; None where there is nothing.

    Args:
        endpoint: The server.
        path: Where.
        is_directory: Whether a person has said that it is a directory.

    Raises:
        TuiftpError: It cannot be listed.
    """
    if not is_directory:
        entry = await find_entry(endpoint, path)
        if entry is None or not entry.is_dir:
            return None if entry is None else Listing(path, [entry])
    listing = await endpoint.list(path)
    return Listing(listing.path, sorted(listing.entries, key=lambda entry: entry.name), listing.is_cut)


def entry_fields(entry: Entry) -> dict[str, Any]:
    """The fields of `ls --json`."""
    return {
        "name": entry.name,
        "kind": entry.kind.value,
        "size": entry.size,
        "modified": entry.modified.isoformat() if entry.modified is not None else None,
        "precision": entry.precision.value if entry.precision is not None else None,
        "permissions": entry.permissions,
        "target": entry.target,
    }


def render_json(entries: Sequence[Entry]) -> Iterator[str]:
    """One object a line; bytes of names that do not decode are the escapes \\udc80 to \\udcff."""
    return (json.dumps(entry_fields(entry)) for entry in entries)


def render_text(entries: Sequence[Entry], *, zone: tzinfo | None = None) -> Iterator[str]:
    """A line an entry: type and permissions, owner, group, size, time, name; made visible.

    Each is made twice, for the widths and when it is its turn: a million of them would take more than the entries.
    """
    widths = [0] * 5
    for entry in entries:
        row = _columns(entry, zone)
        for place in range(5):
            if len(row[place]) > widths[place]:
                widths[place] = len(row[place])
    for entry in entries:
        row = _columns(entry, zone)
        owner, group, size, time = (
            fit(text, width, align="right" if place == 2 else "left") if width else ""
            for place, (text, width) in enumerate(zip(row[1:5], widths[1:], strict=True))
        )
        yield " ".join(part for part in (row[0], owner, group, size, time, row[5]) if part)


def _columns(entry: Entry, zone: tzinfo | None) -> tuple[str, ...]:
    permissions = _TYPES[entry.kind] + (entry.permissions or "?" * 9)
    name = shown(entry.name)
    if entry.target is not None:
        name += f" -> {shown(entry.target)}"
    size = "-" if entry.size is None else str(entry.size)
    owner, group = (shown(text or "") for text in (entry.owner, entry.group))
    return permissions, owner, group, size, _time(entry, zone), name


def _time(entry: Entry, zone: tzinfo | None) -> str:
    """As `ls --time-style=long-iso`. A time whose zone is not known is shown as the server gave it."""
    moment: datetime | None = entry.modified
    if moment is None:
        return "-"
    if moment.tzinfo is not None and entry.precision is not Precision.DAY:
        moment = moment.astimezone(zone)
    return f"{moment:%Y-%m-%d}" if entry.precision is Precision.DAY else f"{moment:%Y-%m-%d %H:%M}"
