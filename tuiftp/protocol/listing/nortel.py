"""The wfFtp server of Nortel's (Bay's) routers: name, size, date, the day of the week, time."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    rf"\s*(?P<name>\S{{1,64}})\s+(?P<size>\d+)\s+(?P<date>{NUMBERS})\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}}\.?\s+"
    rf"(?P<time>{TIME})\s*"
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp) if stamp else None


NORTEL = rows("Nortel", (_LINE, _entry), hint=":")
"""`dir` of Nortel's routers."""
