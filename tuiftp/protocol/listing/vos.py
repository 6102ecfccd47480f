"""Stratus VOS: sections of files, directories and links; blocks, dates with the year first.

A block has 4096 bytes, the last of them not full, and an index may be among them, so the size stays unknown. A
link's target may go on behind a plus sign on the next line.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.dates import full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window

_WHEN = r"(?P<year>\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\s+(?P<time>\d\d:\d\d:\d\d)"
_FRAME = re.compile(r"\s*(?:Files:\s+\d+,?\s+Blocks:\s+\d+|Dirs:\s+\d+|Links:\s+\d+)\s*")
_FILE = re.compile(rf"\s?[enruw]\s+\d+\s+[a-z][a-z0-9]{{1,7}}\s+{_WHEN}\s+(?P<name>\S+)\s*", re.IGNORECASE)
_DIRECTORY = re.compile(rf"\s?[msnu]\s+\d+\s+{_WHEN}\s+(?P<name>\S+)\s*", re.IGNORECASE)
_LINK = re.compile(rf"\s?{_WHEN}\s+(?P<name>\S+)\s+->\s*(?P<target>\S*)\s*")
_MORE = re.compile(r"\+(\S+)\s*")


class VosReader:
    """Reads files, directories and links."""

    def __init__(self) -> None:
        self._link: Entry | None = None
        self._targets: dict[int, tuple[Entry, str]] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of VOS."""
        more = _MORE.fullmatch(line) if self._link is not None else None
        if more is not None and self._link is not None:
            _, begun = self._targets.get(id(self._link), (self._link, self._link.target or ""))
            self._targets[id(self._link)] = self._link, begun + more[1]
            return DROPPED
        self._link = None
        if _FRAME.fullmatch(line):
            return DROPPED
        for pattern, kind in ((_FILE, EntryKind.FILE), (_DIRECTORY, EntryKind.DIR), (_LINK, EntryKind.LINK)):
            match = pattern.fullmatch(line)
            if match is not None:
                return self._entry(match, kind)
        return None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Puts the targets of links together."""
        if not self._targets:
            return entries
        return [
            replace(entry, target=self._targets[id(entry)][1]) if id(entry) in self._targets else entry
            for entry in entries
        ]

    def _entry(self, match: re.Match[str], kind: EntryKind) -> Entry | None:
        stamp = make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), match["time"])
        if stamp is None:
            return None
        target = (match["target"] or None) if kind is EntryKind.LINK else None
        entry = Entry(match["name"], kind, None, *stamp, target=target)
        if kind is EntryKind.LINK:
            self._link = entry
        return entry


def _open(window: Window, now: datetime) -> VosReader:
    return VosReader()


VOS = Dialect("VOS", _open)
"""`list` of VOS."""
