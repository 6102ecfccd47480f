"""What a directory holds: entries, their kinds and permissions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


class EntryKind(StrEnum):
    """What an entry is; `OTHER` also stands for a line of a listing that could not be read."""

    FILE = "file"
    DIR = "dir"
    LINK = "link"
    OTHER = "other"


class Precision(StrEnum):
    """How exactly a modification time is known: LIST gives minutes or days, MLSD seconds."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory, local or remote."""

    name: str
    """The name, one path component; bytes that do not decode are kept by `surrogateescape`."""
    kind: EntryKind
    """What it is. A link to a directory is a `LINK`."""
    size: int | None = None
    """Bytes, or None where the listing does not say."""
    modified: datetime | None = None
    """Aware (UTC) where the listing is in UTC (MLSD) or the file is local; naive as the server prints it."""
    precision: Precision | None = None
    """How exactly `modified` is known; None with it."""
    permissions: str | None = None
    """Nine characters as `rwxr-xr-x` (with s, S, t, T), where known."""
    target: str | None = None
    """Where a link points, where known."""
    owner: str | None = None
    """The owner's name or number, where known."""
    group: str | None = None
    """The group's name or number, where known."""
    raw: str | None = None
    """The line as it came, only for entries that could not be read (their name is the line itself)."""

    @property
    def is_dir(self) -> bool:
        """Whether this is a directory itself; a link to one is not."""
        return self.kind is EntryKind.DIR

    @property
    def is_unreadable(self) -> bool:
        """Whether this stands for a line of a listing that no parser understood."""
        return self.raw is not None


class _Draft:
    """The memory of an `Entry`, not yet frozen: the same slots in the same order."""

    __slots__ = tuple(field.name for field in fields(Entry))

    def __init__(
        self, name: str, kind: EntryKind, size: int | None, modified: datetime | None,
        precision: Precision | None, permissions: str | None, target: str | None, owner: str | None,
        group: str | None,
    ) -> None:  # fmt: skip
        self.name = name
        self.kind = kind
        self.size = size
        self.modified = modified
        self.precision = precision
        self.permissions = permissions
        self.target = target
        self.owner = owner
        self.group = group
        self.raw = None


def quick_entry(
    name: str, kind: EntryKind, size: int | None = None, modified: datetime | None = None,
    precision: Precision | None = None, permissions: str | None = None, target: str | None = None,
    owner: str | None = None, group: str | None = None,
) -> Entry:  # fmt: skip
    """An `Entry` like any other, for listings of 100,000 lines: made in a quarter of the time.

    A frozen dataclass sets each field through `object.__setattr__`. Here the fields are set plainly, and the
    finished object becomes an `Entry` by a change of class, which Python allows where the slots are the same.
    """
    draft: Any = _Draft(name, kind, size, modified, precision, permissions, target, owner, group)
    draft.__class__ = Entry
    entry: Entry = draft
    return entry


def permissions_from_mode(mode: int) -> str:
    """Turns the lower twelve bits of a Unix mode into `rwxr-xr-x`, with s, S, t and T."""
    letters = [letter if mode & (0o400 >> place) else "-" for place, letter in enumerate("rwxrwxrwx")]
    for bit, place, yes, no in ((0o4000, 2, "s", "S"), (0o2000, 5, "s", "S"), (0o1000, 8, "t", "T")):
        if mode & bit:
            letters[place] = yes if letters[place] == "x" else no
    return "".join(letters)


def mode_from_permissions(permissions: str) -> int | None:
    """Turns `rwxr-xr-x` back into a mode, or None if it is not of that shape."""
    if len(permissions) != 9:
        return None
    mode = 0
    for place, letter in enumerate(permissions):
        if letter in "rwxst":
            mode |= 0o400 >> place
        if letter in "sStT":
            mode |= (0o4000, 0o2000, 0o1000)[place // 3]
        elif letter not in ("rwx"[place % 3], "-"):
            return None
    return mode
