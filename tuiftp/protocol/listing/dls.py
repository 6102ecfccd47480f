"""`/bin/dls` (descriptive ls): name, perhaps with a colon, size (`-` or `=` for a directory), date, description.

A line has so few marks of its own that it counts only in a listing all of whose lines are like it, where a name with
a colon or a directory (`pub/  -`) is among them. A name too long for its column stands on a line of its own, with the
other columns on the next line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates
from tuiftp.protocol.listing.dates import DATE_PATTERN
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size, unreadable

_GAP = r"[ \t]{1,80}"
_COLUMNS = (
    _GAP + r"(?P<size>\d{1,19}|[-=])(?:" + _GAP + r"(?:(?P<date>" + DATE_PATTERN + r")(?=\s|\Z))?"
    r"(?P<description>.*))?"
)
_LINE = re.compile(r"(?P<name>\S(?:.{0,253}?[^\s:])?)(?P<colon>:?)" + _COLUMNS, re.DOTALL)
_NAME_ALONE = re.compile(r"(?P<name>\S(?:.{0,253}[^\s:])?)(?P<colon>:?)[ \t]*", re.DOTALL)
_COLUMNS_ALONE = re.compile(_COLUMNS, re.DOTALL)
_TARGET = re.compile(r"[ \t]*-> (\S|\S.*\S)\s*", re.DOTALL)
_TOTAL = re.compile(r"total \d{1,19}")
_MAX_LINE = 1000
_SAMPLE = 200


class DlsReader:
    """Reads lines of `dls`."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._dates = Dates(window, now)
        self._is_dls: bool | None = None
        self._name: str | None = None
        self._without_columns: list[str] = []

    def read(self, line: str) -> Entry | None:
        """The entry on a line, `DROPPED` for a name whose columns are on the next line, or None."""
        if self._is_dls is None:
            self._is_dls = _is_dls(self._window.first[:_SAMPLE])
        if not self._is_dls or len(line) > _MAX_LINE:
            return None
        if self._name is not None:
            name, self._name = self._name, None
            if match := _COLUMNS_ALONE.fullmatch(line):
                return self._entry(name, match)
            self._without_columns.append(name)
        if match := _LINE.fullmatch(line):
            return self._entry(match["name"], match)
        if match := _NAME_ALONE.fullmatch(line):
            self._name = match["name"]
            return DROPPED
        return None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Names whose columns never came are shown as they are."""
        last = [self._name] if self._name is not None else []
        return [*entries, *map(unreadable, (*self._without_columns, *last))]

    def _entry(self, name: str, match: re.Match[str]) -> Entry:
        modified, precision = (self._dates.worded(match["date"]) if match["date"] else None) or (None, None)
        link = _TARGET.fullmatch(match["description"] or "")
        if link:
            return Entry(name, EntryKind.LINK, None, modified, precision, target=link[1])
        is_directory = match["size"] in "-=" or name.endswith("/")
        kind = EntryKind.DIR if is_directory else EntryKind.FILE
        return Entry(name.rstrip("/") or name, kind, parse_size(match["size"]), modified, precision)


def _is_dls(lines: Sequence[str]) -> bool:
    """Whether all of these lines are of `dls`, and one of them is of nothing else."""
    is_certain = False
    for line, following in pairwise((*lines, "")):
        if len(line) > _MAX_LINE:
            return False
        if match := _LINE.fullmatch(line):
            is_directory = match["name"].endswith("/") and match["size"] in "-="
            is_certain = is_certain or bool(match["colon"]) or is_directory
        elif line.strip() and not (_COLUMNS_ALONE.fullmatch(line) or _TOTAL.fullmatch(line)):
            match = _NAME_ALONE.fullmatch(line)
            if match is None or not (match["colon"] or _COLUMNS_ALONE.fullmatch(following)):
                return False
    return is_certain


def _open(window: Window, now: datetime) -> DlsReader:
    return DlsReader(window, now)


DLS = Dialect("dls", _open)
"""`/bin/dls`, which describes what it lists."""
