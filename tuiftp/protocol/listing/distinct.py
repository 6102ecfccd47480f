"""Distinct's server for Windows: DOS attributes as `-wa--`, size, `Dec 29,2002`, time, name."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import TIME, Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"(?P<kind>[-d])[-wash]{4}\s+(?P<size>\d+)\s+(?P<month>[A-Za-z]{3,9})\s+(?P<day>\d{1,2})(?:,\s?(?P<year>\d{4}))?\s+"
    rf"(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    day = f"{match['month']} {match['day']}"
    stamp = dates.worded(
        f"{day}, {match['year']} {match['time']}" if match["year"] else f"{day} {match['time']}"
    )
    if stamp is None:
        return None
    is_dir = match["kind"] == "d"
    return Entry(
        match["name"],
        EntryKind.DIR if is_dir else EntryKind.FILE,
        None if is_dir else parse_size(match["size"]),
        *stamp,
    )


DISTINCT = rows("Distinct", (_LINE, _entry), hint=":")
"""Files with DOS attributes."""
