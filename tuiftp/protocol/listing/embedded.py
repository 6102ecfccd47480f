"""Embedded systems: VxWorks, OS-9, MicroRTOS, and Nortel routers."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, drop, rows
from tuiftp.protocol.listing.dates import full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size

# VxWorks, in routers, printers and controllers: size, `Jan-01-1980`, time, name, perhaps `<DIR>`.

_VXWORKS_HEADER = re.compile(r"\s*size\s+date\s+time\s+name\s*|-{4,12}\s+-{4,12}\s+-{4,12}\s+-{4,12}\s*")
_VXWORKS_LINE = re.compile(
    rf"\s*(?P<size>\d+)\s+(?P<month>[A-Za-z]{{3}})-(?P<day>\d\d)-(?P<year>\d{{4}})\s+(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)
_MARK = "<DIR>"


def _vxworks_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(f"{match['day']}-{match['month']}-{match['year']} {match['time']}")
    if stamp is None:
        return None
    name = match["name"].rstrip()
    is_dir = name.endswith(f" {_MARK}")
    name = name.removesuffix(_MARK).rstrip() if is_dir else name
    kind = EntryKind.DIR if is_dir else EntryKind.FILE
    return Entry(name, kind, None if is_dir else parse_size(match["size"]), *stamp)


VXWORKS = rows("VxWorks", (_VXWORKS_LINE, _vxworks_entry), (_VXWORKS_HEADER, drop))
"""`ls` of VxWorks."""


# Microware OS-9: owner, date as year, month and day, time, attributes, sector, size, name.

_OS9_HEADER = re.compile(
    r"\s*Directory of .* \d\d:\d\d:\d\d\s*|\s*Owner\s+Last modified\s+Attributes\s.*Name\s*|[- ]{20,80}"
)
_OS9_LINE = re.compile(
    r"\s*(?P<group>\d{1,5})\.(?P<owner>\d{1,5})\s+(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d)\s+"
    r"(?P<hour>\d\d):?(?P<minute>\d\d)\s+(?P<attributes>[-dsewrfaRW]{8})\s+[0-9A-Fa-f]+\s+(?P<size>\d+)\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _os9_entry(match: re.Match[str], dates: Dates) -> Entry | None:
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


OS9 = rows("OS-9", (_OS9_LINE, _os9_entry), (_OS9_HEADER, drop))
"""`dir -e` of OS-9."""


# Xecom's MicroRTOS, in modems: begin and end in memory, length, name. Only below its header.

_XECOM_HEADER = re.compile(r"\s*Start\s+End\s+length\s+File name\s*")
_FOOTER = re.compile(r"\s*\*\*\s+Total \d+ files?,\s+\d+ bytes\s+\*\*\s*")
_XECOM_LINE = re.compile(
    r"\s*[0-9A-Fa-f]{4,8}\s+[0-9A-Fa-f]{4,8}\s+(?P<size>\d+)\s+(?P<name>\S.*)", re.DOTALL
)


class XecomReader:
    """Reads files below the header."""

    def __init__(self) -> None:
        self._is_below = False

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of MicroRTOS."""
        if _XECOM_HEADER.fullmatch(line):
            self._is_below = True
            return DROPPED
        if not self._is_below:
            return None
        if _FOOTER.fullmatch(line):
            self._is_below = False
            return DROPPED
        match = _XECOM_LINE.fullmatch(line)
        return Entry(match["name"], EntryKind.FILE, parse_size(match["size"])) if match else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open_xecom(window: Window, now: datetime) -> XecomReader:
    return XecomReader()


XECOM = Dialect("MicroRTOS", _open_xecom)
"""Files in a modem's memory."""


# The wfFtp server of Nortel's (Bay's) routers: name, size, date, the day of the week, time.

_NORTEL_LINE = re.compile(
    rf"\s*(?P<name>\S{{1,64}})\s+(?P<size>\d+)\s+(?P<date>{NUMBERS})\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}}\.?\s+"
    rf"(?P<time>{TIME})\s*"
)


def _nortel_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp) if stamp else None


NORTEL = rows("Nortel", (_NORTEL_LINE, _nortel_entry), hint=":")
"""`dir` of Nortel's routers."""
