"""`dir` with the name first, as NetManage's and other servers for Windows 3 and NT print it."""

from __future__ import annotations

import re

from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, rows
from tuiftp.protocol.listing.dates import Stamp
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"(?P<name>[^\s<>]+(?: [^\s<>]+)*)\s+(?:(?P<dir><DIR>)|(?P<size>\d+))\s+"
    rf"(?:(?P<word>[A-Z][a-z]{{2}})\s+(?P<day>\d\d?)\s+(?P<year>\d{{4}})|(?P<date>{NUMBERS}))\s+(?P<time>{TIME})"
    r"(?P<half>\s?[AaPp][Mm]?)?\s*"
)


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match, dates)
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, parse_size(match["size"] or ""), *stamp)


def _stamp(match: re.Match[str], dates: Dates) -> Stamp | None:
    time = match["time"]
    if match["half"]:
        hour, _, rest = time.partition(":")
        is_late = match["half"].strip()[0] in "Pp"
        if not 1 <= int(hour) <= 12:
            return None
        time = f"{int(hour) % 12 + 12 * is_late}:{rest}"
    if match["date"]:
        return dates.numbers(match["date"], time)
    return dates.worded(f"{match['day']}-{match['word']}-{match['year']} {time}")


WIN16 = rows("Windows 3", (_LINE, _entry), hint=":")
"""`dir` with the name first."""
