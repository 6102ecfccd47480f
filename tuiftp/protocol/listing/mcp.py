"""Unisys ClearPath MCP: title, kind of file, octets, date and time, below `Report for:`. Titles hold slashes."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, drop, rows
from tuiftp.protocol.listing.lines import parse_size

_HEADER = re.compile(r"Report for:\s.*")
_LINE = re.compile(
    r"(?P<name>(?:[^\s\"]|\"[^\"]{1,60}\"){1,200})\s+(?P<kind>[A-Z][A-Z0-9]{2,16})\s+(?P<size>\d+)\s+"
    r"(?P<date>\d\d/\d\d/\d{4})\s+(?P<time>\d\d:\d\d(?::\d\d)?)\s*"
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp) if stamp else None


MCP = rows("MCP", (_LINE, _entry), (_HEADER, drop), hint=":")
"""Directories of MCP in their native format."""
