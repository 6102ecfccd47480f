"""OS/2: size, attributes, date, time, name. Its years count on behind 99: `103` is 2003."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    rf"\s*(?P<size>\d+)\s+(?:[ADHRS]{{1,5}}\s+)?(?P<dir>DIR\s+)?(?:[ADHRS]{{1,5}}\s+)?(?P<date>{NUMBERS})\s+(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, None if match["dir"] else parse_size(match["size"]), *stamp)


OS2 = rows("OS/2", (_LINE, _entry), hint=":")
"""`dir` of OS/2."""
