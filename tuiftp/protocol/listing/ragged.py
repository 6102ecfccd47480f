"""Unix lines that lack something: no date (small routers), or no blank between group and size.

A name is then told by less than in `ls -l`, so this dialect is asked last. Lines without a date count only in a
listing that has no dates at all; and where the size runs into the group, it is not known. Where it
runs into the date, the month tells where it ends.
"""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates
from tuiftp.protocol.listing.dates import DATE_PATTERN, Stamp
from tuiftp.protocol.listing.lines import Dialect, Window, parse_size
from tuiftp.protocol.listing.months import month_number
from tuiftp.protocol.listing.unix import split_link

_HEAD = r"(?P<kind>[-dl])(?P<rights>[-rwxsStT]{9})[+.@]?\s+"
_DATELESS = re.compile(
    _HEAD + r"\d+\s+(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)\s+(?P<name>\S.*)", re.DOTALL
)
_GLUED = re.compile(
    _HEAD + rf"(?:\d+\s+)?(?P<owner>\S+)\s+(?P<group>\S*?[^\d\s])\d+\s(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
_DATE_GLUED = re.compile(
    _HEAD
    + r"(?:\d+\s+)?(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)(?=[^\W\d_])"
    + rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
# What `ls` could not look at, as on a disk that is gone
_UNSEEN = re.compile(r"(?P<kind>[-dl?])\?{9}\s+(?:\?\s+){4,6}(?P<name>\S.*)", re.DOTALL)
_DATED = re.compile(
    r"\S+\s+\d{1,2}[.,]?\s+\d{1,4}\b.*|\d{1,4}[-/.]?\s?\S+\s.*|(?P<word>\S+)\s+\d{1,4}\s.*", re.DOTALL
)
_KINDS = {"-": EntryKind.FILE, "d": EntryKind.DIR, "l": EntryKind.LINK}


class RaggedReader:
    """Reads Unix lines without a date, or with columns that ran together."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._dates = Dates(window, now)
        self._is_dateless: bool | None = None

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no such line."""
        if line[1:10] == "?????????":
            match = _UNSEEN.fullmatch(line)
            return Entry(match["name"], _KINDS.get(match["kind"], EntryKind.OTHER)) if match else None
        if line[:1] not in _KINDS:
            return None
        match = _DATELESS.fullmatch(line)
        if match is not None and self._listing_is_dateless():
            return _entry(match, parse_size(match["size"]))
        match = _GLUED.fullmatch(line)
        stamp = self._dates.worded(match["date"]) if match else None
        if match and stamp:
            return _entry(match, None, stamp)
        match = _DATE_GLUED.fullmatch(line)
        stamp = self._dates.worded(match["date"]) if match else None
        return _entry(match, parse_size(match["size"]), stamp) if match and stamp else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries

    def _listing_is_dateless(self) -> bool:
        if self._is_dateless is None:
            matches = [_DATELESS.fullmatch(line) for line in self._window.first if line[:1] in _KINDS]
            self._is_dateless = all(match is not None and not _is_dated(match["name"]) for match in matches)
        return self._is_dateless


def _is_dated(name: str) -> bool:
    match = _DATED.fullmatch(name)
    return match is not None and (match["word"] is None or month_number(match["word"]) is not None)


def _entry(match: re.Match[str], size: int | None, stamp: Stamp | None = None) -> Entry:
    kind = _KINDS[match["kind"]]
    name, target = split_link(match["name"], size) if kind is EntryKind.LINK else (match["name"], None)
    name = name.rstrip("/") or name if kind is EntryKind.DIR else name
    modified, precision = stamp or (None, None)
    owner, group = match["owner"], match["group"]
    return Entry(name, kind, size, modified, precision, match["rights"], target, owner, group)


def _open(window: Window, now: datetime) -> RaggedReader:
    return RaggedReader(window, now)


RAGGED = Dialect("ragged Unix", _open)
"""`ls -l` that lacks a column."""
