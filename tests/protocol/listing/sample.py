"""How a sample listing and its entries are written down for the tables."""

from __future__ import annotations

from datetime import UTC, datetime

from tuiftp.entries import Entry, EntryKind, Precision

FILE, DIR, LINK, OTHER = EntryKind.FILE, EntryKind.DIR, EntryKind.LINK, EntryKind.OTHER


def entry(
    name: str, kind: EntryKind = FILE, size: int | None = None, when: str = "", permissions: str | None = None,
    owner: str | None = None, group: str | None = None, target: str | None = None,
) -> Entry:  # fmt: skip
    """An entry whose precision is told by how its time is written."""
    modified = datetime.fromisoformat(when) if when else None
    precision = {0: None, 10: Precision.DAY, 16: Precision.MINUTE}.get(len(when), Precision.SECOND)
    return Entry(name, kind, size, modified, precision, permissions, target, owner, group)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> str:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).isoformat()


Sample = tuple[str, list[Entry]]
"""A whole listing, and what it means."""
