"""Xecom's MicroRTOS, in modems: begin and end in memory, length, name. Only below its header."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size

_HEADER = re.compile(r"\s*Start\s+End\s+length\s+File name\s*")
_FOOTER = re.compile(r"\s*\*\*\s+Total \d+ files?,\s+\d+ bytes\s+\*\*\s*")
_LINE = re.compile(r"\s*[0-9A-Fa-f]{4,8}\s+[0-9A-Fa-f]{4,8}\s+(?P<size>\d+)\s+(?P<name>\S.*)", re.DOTALL)


class XecomReader:
    """Reads files below the header."""

    def __init__(self) -> None:
        self._is_below = False

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of MicroRTOS."""
        if _HEADER.fullmatch(line):
            self._is_below = True
            return DROPPED
        if not self._is_below:
            return None
        if _FOOTER.fullmatch(line):
            self._is_below = False
            return DROPPED
        match = _LINE.fullmatch(line)
        return Entry(match["name"], EntryKind.FILE, parse_size(match["size"])) if match else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open(window: Window, now: datetime) -> XecomReader:
    return XecomReader()


XECOM = Dialect("MicroRTOS", _open)
"""Files in a modem's memory."""
