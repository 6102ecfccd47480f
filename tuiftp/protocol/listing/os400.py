"""OS/400, i5/OS, IBM i: owner, size, date, time, `*TYPE`, name.

Only a stream file's size is what a transfer carries. A database file `NAME.FILE` holds members, so it is a
directory; its members, which are listed with it as `NAME.FILE/MEMBER.MBR`, are seen inside it.
"""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, last_component, parse_size

_LINE = re.compile(
    rf"(?P<owner>[^\s*]\S{{0,31}})\s+(?:(?P<size>\d+)\s+(?P<date>{NUMBERS})\s+(?P<time>{TIME})\s+)?"
    r"\*(?P<type>[A-Z]{2,10})\s+(?P<name>\S.*?)\s*",
    re.DOTALL,
)
_FOLDERS = frozenset(("DIR", "DDIR", "FLR", "LIB"))
_STREAMS = frozenset(("STMF", "DSTMF", "DOC"))


class Os400Reader:
    """Reads objects, and leaves out the members of files that are listed with them."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._files: set[str] = set()

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of OS/400."""
        match = _LINE.fullmatch(line) if "*" in line else None
        if match is None:
            return None
        stamp = self._dates.numbers(match["date"], match["time"]) if match["date"] else None
        if match["date"] and stamp is None:
            return None
        type_, name = match["type"], match["name"]
        if type_ == "MEM" and name.rpartition("/")[0] in self._files:
            return DROPPED
        is_dir = type_ in _FOLDERS or name.endswith("/") or (type_ == "FILE" and name.endswith(".FILE"))
        if type_ == "FILE" and is_dir:
            self._files.add(name)
        size = parse_size(match["size"]) if match["size"] and type_ in _STREAMS else None
        kind = EntryKind.DIR if is_dir else EntryKind.FILE
        modified, precision = stamp or (None, None)
        return Entry(last_component(name), kind, size, modified, precision, owner=match["owner"])

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open(window: Window, now: datetime) -> Os400Reader:
    return Os400Reader(window, now)


OS400 = Dialect("OS/400", _open)
"""Objects of OS/400."""
