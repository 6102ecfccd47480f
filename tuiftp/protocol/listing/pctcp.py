"""PC/TCP's server for DOS: size or `<dir>`, name, and a date as C prints it, `Tue May 31 06:22:00 1994`."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"\s*(?:(?P<dir><dir>)|(?P<size>\d+))\s+(?P<name>\S{1,64})\s+"
    r"(?P<date>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\s*",
    re.IGNORECASE,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, parse_size(match["size"] or ""), *stamp)


PCTCP = rows("PC/TCP", (_LINE, _entry), hint=":")
"""`dir` of PC/TCP."""
