"""NetWare Print Services for UNIX: trustee or Unix rights, and dates as `Sept 14, 99 2:30 pm`."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.dates import full_year, make_stamp
from tuiftp.protocol.listing.lines import parse_size
from tuiftp.protocol.listing.months import month_number

_WHEN = (
    r"(?P<month>[A-Za-z]{3,9})\s+(?P<day>\d{1,2}),?\s+(?P<year>\d\d)\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)\s?"
    r"(?P<half>[AaPp])[Mm]\s(?P<name>\S.*)"
)
_DOS = re.compile(
    rf"(?P<kind>[-dD])\s?\[[-RWCEAFMSX]{{7,9}}\]\s+(?P<owner>\S+)\s+(?P<size>\d+)\s+{_WHEN}", re.DOTALL
)
_NFS = re.compile(
    r"(?P<kind>[-dD])(?P<rights>[-rwxsStT]{8}\s?-|[-rwxsStT]{9})\s+\d+\s+(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)\s+"
    rf"{_WHEN}",
    re.DOTALL,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    month, hour = month_number(match["month"]), int(match["hour"])
    if month is None or not 1 <= hour <= 12:
        return None
    time = f"{hour % 12 + 12 * (match['half'] in 'Pp')}:{match['minute']}"
    stamp = make_stamp(full_year(match["year"]), month, int(match["day"]), time)
    if stamp is None:
        return None
    parts = match.groupdict()
    rights = parts.get("rights")
    return Entry(
        match["name"], EntryKind.FILE if match["kind"] == "-" else EntryKind.DIR, parse_size(match["size"]), *stamp,
        "".join(rights.split()) if rights else None, None, match["owner"], parts.get("group"),
    )  # fmt: skip


NETWARE_PRINT = rows("NetWare Print Services", (_DOS, _entry), (_NFS, _entry), hint=":")
"""`ls` of Print Services for UNIX."""
