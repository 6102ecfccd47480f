"""KA9Q NOS, the packet radio suite: name, size, time, date, and often two entries on one line."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size

_ITEM = re.compile(
    r"\s*(?P<name>[^\s/]{1,64})(?:(?P<dir>/)|\s+(?P<size>\d{1,3}(?:,\d{3})+|\d+))\s+(?P<time>\d{1,2}:\d\d(?::\d\d)?)\s+"
    r"(?P<date>\d{1,2}/\d{1,2}/\d\d(?:\d\d)?)(?=\s|\Z)"
)
_FOOTER = re.compile(r"#\s*|\s*[\d,]{1,16}\s+files?\.\s+[\d,]{1,24}\s+bytes free\..*", re.DOTALL)
_MAX_ITEMS = 2


class Ka9qReader:
    """Reads lines of one or two entries; those that stand behind another come at the end of the listing."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._others: list[Entry] = []

    def read(self, line: str) -> Entry | None:
        """The first entry on a line, or None where this is no line of KA9Q."""
        if ":" not in line:
            return DROPPED if _FOOTER.fullmatch(line) else None
        found: list[Entry] = []
        place = 0
        while len(found) < _MAX_ITEMS and line[place:].strip():
            match = _ITEM.match(line, place)
            entry = self._entry(match) if match else None
            if match is None or entry is None:
                return None
            found.append(entry)
            place = match.end()
        if not found or line[place:].strip():
            return None
        self._others += found[1:]
        return found[0]

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Adds what stood behind others."""
        return [*entries, *self._others] if self._others else entries

    def _entry(self, match: re.Match[str]) -> Entry | None:
        stamp = self._dates.numbers(match["date"], match["time"])
        if stamp is None:
            return None
        if match["dir"]:
            return Entry(match["name"], EntryKind.DIR, None, *stamp)
        return Entry(match["name"], EntryKind.FILE, parse_size(match["size"].replace(",", "")), *stamp)


def _open(window: Window, now: datetime) -> Ka9qReader:
    return Ka9qReader(window, now)


KA9Q = Dialect("KA9Q", _open)
"""`dir` of KA9Q NOS."""
