"""VxWorks, in routers, printers and controllers: size, `Jan-01-1980`, time, name, perhaps `<DIR>`."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import TIME, Dates, drop, rows
from tuiftp.protocol.listing.lines import parse_size

_HEADER = re.compile(r"\s*size\s+date\s+time\s+name\s*|-{4,12}\s+-{4,12}\s+-{4,12}\s+-{4,12}\s*")
_LINE = re.compile(
    rf"\s*(?P<size>\d+)\s+(?P<month>[A-Za-z]{{3}})-(?P<day>\d\d)-(?P<year>\d{{4}})\s+(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)
_MARK = "<DIR>"


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(f"{match['day']}-{match['month']}-{match['year']} {match['time']}")
    if stamp is None:
        return None
    name = match["name"].rstrip()
    is_dir = name.endswith(f" {_MARK}")
    name = name.removesuffix(_MARK).rstrip() if is_dir else name
    kind = EntryKind.DIR if is_dir else EntryKind.FILE
    return Entry(name, kind, None if is_dir else parse_size(match["size"]), *stamp)


VXWORKS = rows("VxWorks", (_LINE, _entry), (_HEADER, drop))
"""`ls` of VxWorks."""
