"""NetWare, and HellSoft's server for it: `d [RWCEAFMS] owner size date name`. Its rights are not Unix's."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.dates import DATE_PATTERN
from tuiftp.protocol.listing.lines import last_component, parse_size

_LINE = re.compile(
    r"(?P<kind>[-d])\s?\[[-RWCEAFMSX ]{1,10}\]\s+(?:\d+\s+(?=\S+\s+\d+\s))?(?P<owner>\S+)\s+(?P<size>\d+)\s+"
    rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["kind"] == "d" else EntryKind.FILE
    name = last_component(match["name"].lstrip(" ") or match["name"])
    return Entry(name, kind, parse_size(match["size"]), *stamp, owner=match["owner"])


NETWARE = rows("NetWare", (_LINE, _entry), hint="[")
"""`ls` with trustee rights."""
