"""Old VShell: size, `Apr 04, 2000 21:06`, name; a slash behind a directory's."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"\s*(?P<size>\d+)\s+(?P<date>[^\W\d_]{3,9} \d\d, \d{4} \d\d:\d\d)\s(?P<name>.+?)(?P<dir>/?)", re.DOTALL
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, None if match["dir"] else parse_size(match["size"]), *stamp)


VSHELL = rows("VShell", (_LINE, _entry), hint=":")
"""`ls` of old VShell."""
