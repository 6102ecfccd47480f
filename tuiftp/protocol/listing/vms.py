"""VMS and OpenVMS: `NAME.EXT;VERSION`, blocks, date, owner, protection; long names stand on a line of their own.

Sizes are counted in blocks of 512 bytes, the last of them not full, so the size in bytes stays unknown. A file
keeps its version in its name, because each version is a file; a directory loses its `.DIR;1`, because it is
entered without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates
from tuiftp.protocol.listing.dates import Stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, unreadable

# Blanks are in names of ODS-5 disks.
_NAME = r"(\S+;\d{1,5}|[^\s;][^;\t]{0,240};\d{1,5})"
_LINE = re.compile(rf"[ \t]*{_NAME}\s+(\S.*)", re.DOTALL)
_ALONE = re.compile(rf"[ \t]*{_NAME}\s*")
_BEGUN = re.compile(r"[ \t]*[\w$.^~-]{20,255}\s*", re.ASCII)
"""A part of a name long enough to be cut: nothing else is on the line."""
_DIRECTORY = re.compile(r"(.+)\.DIR;\d+", re.IGNORECASE | re.DOTALL)
_FRAME = re.compile(
    r"\s*(?:Directory\s+)?[\w$.-]{1,64}:\[[^\]\s]*\]\s*"
    r"|\s*(?:Grand )?Total of \d+ (?:files?|blocks?|director(?:y|ies))\b[\w ,/.]*"
    r"|\s*%DIRECT-W-NOFILES, no files found\s*"
    r"|\s*\*\.\*;\d\s+<?%RMS-E-FNF, file not found>?\s*",
    re.IGNORECASE,
)
_PART = re.compile(r"\[[^\]]*\]|\([^)]*\)|\S+")
_SIZE = re.compile(r"\d+(?:/\d+)?|\d+(?:\.\d+)?[KMG]?B|\*{2,12}")
_DATE = re.compile(r"\d{1,2}-[^\W\d_]{3,9}-\d{4}")
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?")
_MAX_PARTS = 6
_REFUSED = re.compile(r"%\w+-[A-Z]-\w+,.*|(?:insufficient|no) privilege.*", re.IGNORECASE | re.DOTALL)


class VmsReader:
    """Reads lines of `DIRECTORY`."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._dates = Dates(window, now)
        self._continued: frozenset[str] = frozenset()
        self._split: frozenset[str] = frozenset()
        self._looked_at: Sequence[str] = ()
        self._name: str | None = None
        self._begun = ""
        self._lost: list[str] = []

    def read(self, line: str) -> Entry | None:
        """The entry on a line, `DROPPED` for the first half of one, or None."""
        if self._name is not None and line[:1] in " \t0123456789[":
            entry = self._entry(self._name, line)
            if entry is not None:
                self._name = None
                return entry
        if _FRAME.fullmatch(line):
            return DROPPED
        if ";" not in line:
            if line not in self._beginnings():
                return None
            self._begun = line.strip()
            return DROPPED
        begun, self._begun = self._begun, ""
        if begun:
            line = begun + line.lstrip()
        match = _LINE.fullmatch(line)
        if match is not None:
            return self._entry(match[1], match[2])
        match = _ALONE.fullmatch(line)
        if match is None or not (begun or line in self._first_halves()):
            return None
        if self._name is not None:
            self._lost.append(self._name)
        self._name = match[1]
        return DROPPED

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Names whose other half never came are shown as they are."""
        lost = [*self._lost, self._name] if self._name is not None else self._lost
        return [*entries, *map(unreadable, lost)] if lost else entries

    def _first_halves(self) -> frozenset[str]:
        self._look_ahead()
        return self._continued

    def _beginnings(self) -> frozenset[str]:
        """Lines that are the first part of a name, whose end with the version is on the next one."""
        self._look_ahead()
        return self._split

    def _look_ahead(self) -> None:
        if self._looked_at is self._window.at_hand:
            return
        self._looked_at = self._window.at_hand
        pairs = list(pairwise(self._looked_at))
        halves = {one for one, two in pairs if _ALONE.fullmatch(one) and self._entry("x;1", two)}
        self._continued = frozenset(halves)
        self._split = frozenset(
            one
            for one, two in pairs
            if _BEGUN.fullmatch(one)
            and (two in halves or ((line := _LINE.fullmatch(two)) and self._parts(line[2])))
        )

    def _entry(self, name: str, rest: str) -> Entry | None:
        directory = _DIRECTORY.fullmatch(name)
        kind = EntryKind.DIR if directory else EntryKind.FILE
        name = directory[1] if directory else name
        if _REFUSED.fullmatch(rest.strip()):
            return Entry(name, kind)
        parts = self._parts(rest)
        if parts is None:
            return None
        stamp, owner, rights = parts
        group, _, user = owner.strip("[]").rpartition(",")
        return Entry(
            name, kind, None, *stamp,
            permissions=_permissions(rights), owner=user.strip() or None, group=group.strip() or None,
        )  # fmt: skip

    def _parts(self, rest: str) -> tuple[Stamp, str, str] | None:
        """Date, owner and protection, in whatever order; None where anything else is there."""
        date = time = owner = rights = ""
        for place, match in enumerate(_PART.finditer(rest)):
            part = match[0]
            if place == _MAX_PARTS:
                return None
            if part[0] == "[":
                owner = part
            elif part[0] == "(":
                rights = part
            elif _DATE.fullmatch(part):
                date = part
            elif _TIME.fullmatch(part):
                time = part
            elif not _SIZE.fullmatch(part):
                if owner or not part[0].isalpha():
                    return None
                owner = part
        stamp = self._dates.worded(f"{date} {time}".strip()) if date else None
        return (stamp, owner, rights) if stamp else None


def _permissions(rights: str) -> str | None:
    """`(S:RWED,O:RWED,G:RE,W)` or the same without letters: system, owner, group, world."""
    classes = rights.strip("()").upper().split(",")
    if ":" in rights:
        classes = [right.partition(":")[2] for right in classes]
    if len(classes) != 4:
        return None
    return "".join(
        letter if mark in right else "-"
        for right in classes[1:]
        for letter, mark in (("r", "R"), ("w", "W"), ("x", "E"))
    )


def _open(window: Window, now: datetime) -> VmsReader:
    return VmsReader(window, now)


VMS = Dialect("VMS", _open)
"""`DIRECTORY` of VMS."""
