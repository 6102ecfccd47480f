"""Mainframes and minicomputers of other makers: GCOS, MCP, MPE/iX, NonStop, VOS, TOPS-20."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import TIME, Dates, drop, rows
from tuiftp.protocol.listing.dates import full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size

# Bull GCOS 7 and GCOS 8: both with their rights in groups apart, as `d rwx rwx ---`.

_GCOS7 = re.compile(
    r"(?P<kind>[-d]) [-dsm] [-\w]{1,8}\s+\S{1,16}\s+(?P<owner>\S{1,16})\s+"
    r"(?P<date>[A-Z]{3} [ \d]\d,? \d{4}) (?P<name>\S.*)"
)
_GCOS8 = re.compile(
    r"(?P<kind>[-d]) (?P<rights>[-rwxts]{3} [-rwxts]{3} [-rwxts]{3})\s+(?P<size>\d+)\s+(?P<date>\d\d/\d\d/\d\d)"
    rf"(?:\s+(?P<time>{TIME}))?\s+(?P<owner>\S{{1,14}})\s+(?P<name>\S.*)"
)


def _gcos7_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    kind = EntryKind.DIR if match["kind"] == "d" else EntryKind.FILE
    return Entry(match["name"], kind, None, *stamp, owner=match["owner"]) if stamp else None


def _gcos8_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    is_dir = match["kind"] == "d"
    kind = EntryKind.DIR if is_dir else EntryKind.FILE
    size = None if is_dir else parse_size(match["size"])
    return Entry(match["name"], kind, size, *stamp, match["rights"].replace(" ", ""), owner=match["owner"])


GCOS = rows("GCOS", (_GCOS7, _gcos7_entry), (_GCOS8, _gcos8_entry), hint=" ")
"""Catalogs of GCOS."""


# Unisys ClearPath MCP: title, kind of file, octets, date and time, below `Report for:`. Titles hold slashes.

_MCP_HEADER = re.compile(r"Report for:\s.*")
_MCP_LINE = re.compile(
    r"(?P<name>(?:[^\s\"]|\"[^\"]{1,60}\"){1,200})\s+(?P<kind>[A-Z][A-Z0-9]{2,16})\s+(?P<size>\d+)\s+"
    r"(?P<date>\d\d/\d\d/\d{4})\s+(?P<time>\d\d:\d\d(?::\d\d)?)\s*"
)


def _mcp_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp) if stamp else None


MCP = rows("MCP", (_MCP_LINE, _mcp_entry), (_MCP_HEADER, drop), hint=":")
"""Directories of MCP in their native format."""


# HP 3000 MPE/iX: `LISTF` and, with POSIX names behind, `LISTFILE`. No dates; sizes in records, words or bytes.
#
# A file of fixed records or of bytes is as long as its records are together; of others that is not known.

_MPE_FRAME = re.compile(
    r"\s*ACCOUNT\s?=\s*\S+\s+GROUP\s?=\s*\S+\s*|\s*PATH\s?=\s*\S+\s*"
    r"|\s*(?:FILENAME\s+)?CODE\s+-+\s?LOGICAL RECORD\s?-+\s+-+\s?SPACE\s?-+(?:\s+FILENAME)?\s*"
    r"|\s*SIZE\s+TYP\s+EOF\s+LIMIT(?:\s+R/B\s+SECTORS\s+#X\s+MX)?\s*|(?:\./)?@ not found\s*"
)
_RECORDS = (
    r"(?P<length>\d{1,7})(?P<unit>[WB])\s+(?P<type>[FVUBHDSKORP][A-Z]{0,3})\s+(?P<count>\d{1,12})\s+\d{1,12}\s+"
    r"\d{1,6}\s+\d{1,12}\s+(?:\d{1,4}|\*)\s+(?:\d{1,4}|\*)"
)
_CODE = r"(?:[A-Z0-9-]{1,6}\s+)?"
_FIRST = re.compile(rf"(?P<name>[A-Z][A-Z0-9]{{0,7}})\*?\s+{_CODE}{_RECORDS}\s*")
_LAST = re.compile(rf"\s+{_CODE}{_RECORDS}\s+(?P<name>\S.*?)(?P<dir>/?)\s*")
_WORD = 2


def _size(match: re.Match[str]) -> int | None:
    if match["type"][0] not in "FB":
        return None
    return int(match["length"]) * int(match["count"]) * (_WORD if match["unit"] == "W" else 1)


def _mpe_file(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE, _size(match))


def _posix_file(match: re.Match[str], dates: Dates) -> Entry:
    if match["dir"]:
        return Entry(match["name"], EntryKind.DIR)
    return Entry(match["name"], EntryKind.FILE, _size(match))


MPE = rows("MPE/iX", (_FIRST, _mpe_file), (_LAST, _posix_file), (_MPE_FRAME, drop))
"""Files of MPE/iX."""


# NonStop (Tandem Guardian): name, code, end of file, date, owner, and who may read, write, execute, purge.

_NONSTOP_HEADER = re.compile(r"\s*File\s+Code\s+EOF\s+Last Modification\s+Owner\s+RWEP\s*")
_NONSTOP_LINE = re.compile(
    r"\s?(?P<name>[\w$#^-]{1,32})\s+(?:[A-Z?]\s+)?\d{1,5}[A-Z+]?\s+(?P<size>\d+)\s+"
    rf"(?P<date>\d{{1,2}}-[A-Z][a-z]{{2}}-\d\d(?:\d\d)?\s+{TIME})\s+(?P<group>\d{{1,3}}),\s*(?P<owner>\d{{1,3}})\s+"
    r"\"[^\"\s]{4,8}\"\s*"
)


def _nonstop_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(" ".join(match["date"].split()))
    if stamp is None:
        return None
    size = parse_size(match["size"])
    return Entry(match["name"], EntryKind.FILE, size, *stamp, owner=match["owner"], group=match["group"])


NONSTOP = rows("NonStop", (_NONSTOP_LINE, _nonstop_entry), (_NONSTOP_HEADER, drop))
"""`FILEINFO` of Guardian."""


# Stratus VOS: sections of files, directories and links; blocks, dates with the year first.
#
# A block has 4096 bytes, the last of them not full, and an index may be among them, so the size stays unknown. A
# link's target may go on behind a plus sign on the next line.

_VOS_WHEN = r"(?P<year>\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\s+(?P<time>\d\d:\d\d:\d\d)"
_VOS_FRAME = re.compile(r"\s*(?:Files:\s+\d+,?\s+Blocks:\s+\d+|Dirs:\s+\d+|Links:\s+\d+)\s*")
_VOS_FILE = re.compile(
    rf"\s?[enruw]\s+\d+\s+[a-z][a-z0-9]{{1,7}}\s+{_VOS_WHEN}\s+(?P<name>\S+)\s*", re.IGNORECASE
)
_VOS_DIRECTORY = re.compile(rf"\s?[msnu]\s+\d+\s+{_VOS_WHEN}\s+(?P<name>\S+)\s*", re.IGNORECASE)
_LINK = re.compile(rf"\s?{_VOS_WHEN}\s+(?P<name>\S+)\s+->\s*(?P<target>\S*)\s*")
_MORE = re.compile(r"\+(\S+)\s*")


class VosReader:
    """Reads files, directories and links."""

    def __init__(self) -> None:
        self._link: Entry | None = None
        self._targets: dict[int, tuple[Entry, str]] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of VOS."""
        more = _MORE.fullmatch(line) if self._link is not None else None
        if more is not None and self._link is not None:
            _, begun = self._targets.get(id(self._link), (self._link, self._link.target or ""))
            self._targets[id(self._link)] = self._link, begun + more[1]
            return DROPPED
        self._link = None
        if _VOS_FRAME.fullmatch(line):
            return DROPPED
        for pattern, kind in (
            (_VOS_FILE, EntryKind.FILE),
            (_VOS_DIRECTORY, EntryKind.DIR),
            (_LINK, EntryKind.LINK),
        ):
            match = pattern.fullmatch(line)
            if match is not None:
                return self._entry(match, kind)
        return None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Puts the targets of links together."""
        if not self._targets:
            return entries
        return [
            replace(entry, target=self._targets[id(entry)][1]) if id(entry) in self._targets else entry
            for entry in entries
        ]

    def _entry(self, match: re.Match[str], kind: EntryKind) -> Entry | None:
        stamp = make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), match["time"])
        if stamp is None:
            return None
        target = (match["target"] or None) if kind is EntryKind.LINK else None
        entry = Entry(match["name"], kind, None, *stamp, target=target)
        if kind is EntryKind.LINK:
            self._link = entry
        return entry


def _open_vos(window: Window, now: datetime) -> VosReader:
    return VosReader()


VOS = Dialect("VOS", _open_vos)
"""`list` of VOS."""


# TOPS-20: `<DIRECTORY>NAME.TYPE.GENERATION;P…` with dates behind, or bare names below `DEVICE:<DIRECTORY>`.

_TOPS20_HEADER = re.compile(r"\s*[\w$-]{1,39}:<[\w$.-]{1,100}>\s*")
_TOPS20_NAME = r"(?P<name>[\w$%-]{1,39}\.[\w$-]{0,39}\.\d{1,6})"
_DATE = r"\d{1,2}-[A-Za-z]{3}-\d{2,4} \d\d:\d\d:\d\d"
_FULL = re.compile(
    rf"<[\w$.-]{{1,100}}>{_TOPS20_NAME};P\d{{6}};?A?[^,\s]*,\d+,{_DATE},(?P<date>{_DATE}),{_DATE}\s*"
)
_BARE = re.compile(rf"\s?{_TOPS20_NAME}\s*")
_TOPS20_DIRECTORY = re.compile(r"(.+)\.DIRECTORY\.\d+", re.IGNORECASE)


class Tops20Reader:
    """Reads files; bare names only below the name of a directory."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._is_below = False

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of TOPS-20."""
        if _TOPS20_HEADER.fullmatch(line):
            self._is_below = True
            return DROPPED
        match = _FULL.fullmatch(line) if ">" in line else None
        if match is not None:
            return _tops20_entry(match["name"], self._dates, match["date"])
        match = _BARE.fullmatch(line) if self._is_below else None
        return _tops20_entry(match["name"], self._dates, None) if match is not None else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _tops20_entry(name: str, dates: Dates, date: str | None) -> Entry:
    modified, precision = (dates.worded(date) if date else None) or (None, None)
    directory = _TOPS20_DIRECTORY.fullmatch(name)
    if directory is not None:
        return Entry(directory[1], EntryKind.DIR, None, modified, precision)
    return Entry(name, EntryKind.FILE, None, modified, precision)


def _open_tops20(window: Window, now: datetime) -> Tops20Reader:
    return Tops20Reader(window, now)


TOPS20 = Dialect("TOPS-20", _open_tops20)
"""`VDIRECTORY` of TOPS-20."""
