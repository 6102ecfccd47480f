"""Microware OS-9: owner, date as year, month and day, time, attributes, sector, size, name."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, drop, rows
from tuiftp.protocol.listing.dates import full_year, make_stamp
from tuiftp.protocol.listing.lines import parse_size

_HEADER = re.compile(
    r"\s*Directory of .* \d\d:\d\d:\d\d\s*|\s*Owner\s+Last modified\s+Attributes\s.*Name\s*|[- ]{20,80}"
)
_LINE = re.compile(
    r"\s*(?P<group>\d{1,5})\.(?P<owner>\d{1,5})\s+(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d)\s+"
    r"(?P<hour>\d\d):?(?P<minute>\d\d)\s+(?P<attributes>[-dsewrfaRW]{8})\s+[0-9A-Fa-f]+\s+(?P<size>\d+)\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    time = f"{match['hour']}:{match['minute']}"
    stamp = make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), time)
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["attributes"][0] == "d" else EntryKind.FILE
    return Entry(
        match["name"].rstrip(),
        kind,
        parse_size(match["size"]),
        *stamp,
        owner=match["owner"],
        group=match["group"],
    )


OS9 = rows("OS-9", (_LINE, _entry), (_HEADER, drop))
"""`dir -e` of OS-9."""
