"""`dir` with the name first, as servers for DOS, Windows 3 and NT print it: NetManage's, SuperTCP, WinQVT, PC-NFS.

DOS attributes may stand behind a worded date, the long name behind one of numbers, and the extension apart.
"""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, rows
from tuiftp.protocol.listing.dates import Stamp
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"(?P<name>[^\s<>/]+(?: [^\s<>/]+)*)(?P<slash>/?)\s+(?:(?P<dir><DIR>|<dir>)|(?P<size>\d{1,3}(?:,\d{3})+|\d+))\s+"
    rf"(?:(?P<word>[A-Z][a-z]{{2}})\s+(?P<day>\d\d?)\s+(?P<year>\d{{4}})|(?P<date>{NUMBERS}))\s+(?P<time>{TIME})"
    r"(?P<half>\s?[AaPp][Mm]?(?=\s|\Z))?(?P<rest>\s.*)?",
    re.DOTALL,
)
_WITH_EXTENSION = re.compile(r"(\S{1,8})\s{1,8}(\S{1,3})(?=\s+(?:<dir>|[\d,]+)\s+\d\d-\d\d-\d\d\s)")
_ATTRIBUTES = re.compile(r"\s+[RHSA]{1,4}\s*")


def _entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match, dates)
    name = _name(match)
    if stamp is None or name is None:
        return None
    kind = EntryKind.DIR if match["dir"] or match["slash"] else EntryKind.FILE
    size = parse_size(match["size"].replace(",", "")) if match["size"] and not match["slash"] else None
    return Entry(name, kind, size, *stamp)


def _name(match: re.Match[str]) -> str | None:
    rest = match["rest"] or ""
    if not rest.strip() or (match["word"] and _ATTRIBUTES.fullmatch(rest)):
        return match["name"]
    # SuperTCP: the short name stands in front, and it is the same one or made of the long one.
    name, long = match["name"], rest[1:]
    is_short = "~" in name or name.lower() == long.lower()
    return long if is_short and match["date"] and not match["half"] else None


def _entry_in_parts(match: re.Match[str], dates: Dates) -> Entry | None:
    """PC-NFS: `prog1    exe     2,563,136`, where no other server leaves blanks before an extension."""
    row = _LINE.fullmatch(_WITH_EXTENSION.sub(r"\1.\2", match[0], count=1))
    return _entry(row, dates) if row else None


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


WIN16 = rows(
    "Windows 3",
    (_LINE, _entry),
    (re.compile(_WITH_EXTENSION.pattern + ".*", re.DOTALL), _entry_in_parts),
    hint=":",
)
"""`dir` with the name first."""
