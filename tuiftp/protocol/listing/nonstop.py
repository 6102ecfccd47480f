"""NonStop (Tandem Guardian): name, code, end of file, date, owner, and who may read, write, execute, purge."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import TIME, Dates, drop, rows
from tuiftp.protocol.listing.lines import parse_size

_HEADER = re.compile(r"\s*File\s+Code\s+EOF\s+Last Modification\s+Owner\s+RWEP\s*")
_LINE = re.compile(
    r"\s?(?P<name>[\w$#^-]{1,32})\s+(?:[A-Z?]\s+)?\d{1,5}[A-Z+]?\s+(?P<size>\d+)\s+"
    rf"(?P<date>\d{{1,2}}-[A-Z][a-z]{{2}}-\d\d(?:\d\d)?\s+{TIME})\s+(?P<group>\d{{1,3}}),\s*(?P<owner>\d{{1,3}})\s+"
    r"\"[^\"\s]{4,8}\"\s*"
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(" ".join(match["date"].split()))
    if stamp is None:
        return None
    size = parse_size(match["size"])
    return Entry(match["name"], EntryKind.FILE, size, *stamp, owner=match["owner"], group=match["group"])


NONSTOP = rows("NonStop", (_LINE, _entry), (_HEADER, drop))
"""`FILEINFO` of Guardian."""
