"""TOPS-20: `<DIRECTORY>NAME.TYPE.GENERATION;P…` with dates behind, or bare names below `DEVICE:<DIRECTORY>`."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window

_HEADER = re.compile(r"\s*[\w$-]{1,39}:<[\w$.-]{1,100}>\s*")
_NAME = r"(?P<name>[\w$%-]{1,39}\.[\w$-]{0,39}\.\d{1,6})"
_DATE = r"\d{1,2}-[A-Za-z]{3}-\d{2,4} \d\d:\d\d:\d\d"
_FULL = re.compile(rf"<[\w$.-]{{1,100}}>{_NAME};P\d{{6}};?A?[^,\s]*,\d+,{_DATE},(?P<date>{_DATE}),{_DATE}\s*")
_BARE = re.compile(rf"\s?{_NAME}\s*")
_DIRECTORY = re.compile(r"(.+)\.DIRECTORY\.\d+", re.IGNORECASE)


class Tops20Reader:
    """Reads files; bare names only below the name of a directory."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._is_below = False

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of TOPS-20."""
        if _HEADER.fullmatch(line):
            self._is_below = True
            return DROPPED
        match = _FULL.fullmatch(line) if ">" in line else None
        if match is not None:
            return _entry(match["name"], self._dates, match["date"])
        match = _BARE.fullmatch(line) if self._is_below else None
        return _entry(match["name"], self._dates, None) if match is not None else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _entry(name: str, dates: Dates, date: str | None) -> Entry:
    modified, precision = (dates.worded(date) if date else None) or (None, None)
    directory = _DIRECTORY.fullmatch(name)
    if directory is not None:
        return Entry(directory[1], EntryKind.DIR, None, modified, precision)
    return Entry(name, EntryKind.FILE, None, modified, precision)


def _open(window: Window, now: datetime) -> Tops20Reader:
    return Tops20Reader(window, now)


TOPS20 = Dialect("TOPS-20", _open)
"""`VDIRECTORY` of TOPS-20."""
