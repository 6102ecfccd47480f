"""Listings that resemble `ls -l`: lacking a column, with other rights, or with facts of their own (EPLF)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tuiftp.entries import Entry, EntryKind, Precision, permissions_from_mode
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.dates import DATE_PATTERN, Stamp, full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, last_component, parse_size, unreadable
from tuiftp.protocol.listing.months import month_number
from tuiftp.protocol.listing.unix import split_link

# Unix lines that lack something: no date (small routers), or no blank between group and size.
#
# A name is then told by less than in `ls -l`, so this dialect is asked last. Lines without a date count only in a
# listing that has no dates at all; and where the size runs into the group, it is not known. Where it runs into the
# date, the month tells where it ends.

_HEAD = r"(?P<kind>[-dl])(?P<rights>[-rwxsStT]{9})[+.@]?\s+"
_DATELESS = re.compile(
    _HEAD + r"\d+\s+(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)\s+(?P<name>\S.*)", re.DOTALL
)
_GLUED = re.compile(
    _HEAD + rf"(?:\d+\s+)?(?P<owner>\S+)\s+(?P<group>\S*?[^\d\s])\d+\s(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
_DATE_GLUED = re.compile(
    _HEAD
    + r"(?:\d+\s+)?(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)(?=[^\W\d_])"
    + rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
# What `ls` could not look at, as on a disk that is gone
_UNSEEN = re.compile(r"(?P<kind>[-dl?])\?{9}\s+(?:\?\s+){4,6}(?P<name>\S.*)", re.DOTALL)
_DATED = re.compile(
    r"\S+\s+\d{1,2}[.,]?\s+\d{1,4}\b.*|\d{1,4}[-/.]?\s?\S+\s.*|(?P<word>\S+)\s+\d{1,4}\s.*", re.DOTALL
)
_INCOMPLETE_KINDS = {"-": EntryKind.FILE, "d": EntryKind.DIR, "l": EntryKind.LINK}


class RaggedReader:
    """Reads Unix lines without a date, or with columns that ran together."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._dates = Dates(window, now)
        self._is_dateless: bool | None = None

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no such line."""
        if line[1:10] == "?????????":
            match = _UNSEEN.fullmatch(line)
            return (
                Entry(match["name"], _INCOMPLETE_KINDS.get(match["kind"], EntryKind.OTHER)) if match else None
            )
        if line[:1] not in _INCOMPLETE_KINDS:
            return None
        match = _DATELESS.fullmatch(line)
        if match is not None and self._listing_is_dateless():
            return _incomplete_entry(match, parse_size(match["size"]))
        match = _GLUED.fullmatch(line)
        stamp = self._dates.worded(match["date"]) if match else None
        if match and stamp:
            return _incomplete_entry(match, None, stamp)
        match = _DATE_GLUED.fullmatch(line)
        stamp = self._dates.worded(match["date"]) if match else None
        return _incomplete_entry(match, parse_size(match["size"]), stamp) if match and stamp else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries

    def _listing_is_dateless(self) -> bool:
        if self._is_dateless is None:
            matches = [
                _DATELESS.fullmatch(line) for line in self._window.first if line[:1] in _INCOMPLETE_KINDS
            ]
            self._is_dateless = all(match is not None and not _is_dated(match["name"]) for match in matches)
        return self._is_dateless


def _is_dated(name: str) -> bool:
    match = _DATED.fullmatch(name)
    return match is not None and (match["word"] is None or month_number(match["word"]) is not None)


def _incomplete_entry(match: re.Match[str], size: int | None, stamp: Stamp | None = None) -> Entry:
    kind = _INCOMPLETE_KINDS[match["kind"]]
    name, target = split_link(match["name"], size) if kind is EntryKind.LINK else (match["name"], None)
    name = name.rstrip("/") or name if kind is EntryKind.DIR else name
    modified, precision = stamp or (None, None)
    owner, group = match["owner"], match["group"]
    return Entry(name, kind, size, modified, precision, match["rights"], target, owner, group)


def _open_incomplete(window: Window, now: datetime) -> RaggedReader:
    return RaggedReader(window, now)


RAGGED = Dialect("ragged Unix", _open_incomplete)
"""`ls -l` that lacks a column."""


# `/bin/dls` (descriptive ls): name, perhaps with a colon, size (`-` or `=` for a directory), date, description.
#
# A line has so few marks of its own that it counts only in a listing all of whose lines are like it, where a name
# with a colon or a directory (`pub/ -`) is among them. A name too long for its column stands on a line of its own,
# with the other columns on the next line.

_GAP = r"[ \t]{1,80}"
_COLUMNS = (
    _GAP + r"(?P<size>\d{1,19}|[-=])(?:" + _GAP + r"(?:(?P<date>" + DATE_PATTERN + r")(?=\s|\Z))?"
    r"(?P<description>.*))?"
)
_DLS_LINE = re.compile(r"(?P<name>\S(?:.{0,253}?[^\s:])?)(?P<colon>:?)" + _COLUMNS, re.DOTALL)
_NAME_ALONE = re.compile(r"(?P<name>\S(?:.{0,253}[^\s:])?)(?P<colon>:?)[ \t]*", re.DOTALL)
_COLUMNS_ALONE = re.compile(_COLUMNS, re.DOTALL)
_TARGET = re.compile(r"[ \t]*-> (\S|\S.*\S)\s*", re.DOTALL)
_TOTAL = re.compile(r"total \d{1,19}")
_MAX_LINE = 1000
_SAMPLE = 200


class DlsReader:
    """Reads lines of `dls`."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._dates = Dates(window, now)
        self._is_dls: bool | None = None
        self._name: str | None = None
        self._without_columns: list[str] = []

    def read(self, line: str) -> Entry | None:
        """The entry on a line, `DROPPED` for a name whose columns are on the next line, or None."""
        if self._is_dls is None:
            self._is_dls = _is_dls(self._window.first[:_SAMPLE])
        if not self._is_dls or len(line) > _MAX_LINE:
            return None
        if self._name is not None:
            name, self._name = self._name, None
            if match := _COLUMNS_ALONE.fullmatch(line):
                return self._entry(name, match)
            self._without_columns.append(name)
        if match := _DLS_LINE.fullmatch(line):
            return self._entry(match["name"], match)
        if match := _NAME_ALONE.fullmatch(line):
            self._name = match["name"]
            return DROPPED
        return None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Names whose columns never came are shown as they are."""
        last = [self._name] if self._name is not None else []
        return [*entries, *map(unreadable, (*self._without_columns, *last))]

    def _entry(self, name: str, match: re.Match[str]) -> Entry:
        modified, precision = (self._dates.worded(match["date"]) if match["date"] else None) or (None, None)
        link = _TARGET.fullmatch(match["description"] or "")
        if link:
            return Entry(name, EntryKind.LINK, None, modified, precision, target=link[1])
        is_directory = match["size"] in "-=" or name.endswith("/")
        kind = EntryKind.DIR if is_directory else EntryKind.FILE
        return Entry(name.rstrip("/") or name, kind, parse_size(match["size"]), modified, precision)


def _is_dls(lines: Sequence[str]) -> bool:
    """Whether all of these lines are of `dls`, and one of them is of nothing else."""
    is_certain = False
    for line, following in pairwise((*lines, "")):
        if len(line) > _MAX_LINE:
            return False
        if match := _DLS_LINE.fullmatch(line):
            is_directory = match["name"].endswith("/") and match["size"] in "-="
            is_certain = is_certain or bool(match["colon"]) or is_directory
        elif line.strip() and not (_COLUMNS_ALONE.fullmatch(line) or _TOTAL.fullmatch(line)):
            match = _NAME_ALONE.fullmatch(line)
            if match is None or not (match["colon"] or _COLUMNS_ALONE.fullmatch(following)):
                return False
    return is_certain


def _open_dls(window: Window, now: datetime) -> DlsReader:
    return DlsReader(window, now)


DLS = Dialect("dls", _open_dls)
"""`/bin/dls`, which describes what it lists."""


# EPLF, the "easily parsed list format" of publicfile and others: `+facts,` a tab, and the name.

_EPLF_LINE = re.compile(r"\+([^\t]*)\t(.+)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _eplf_entry(match: re.Match[str], dates: Dates) -> Entry:
    """Facts are told by their first letter: / directory, r file, s size, m time (UTC), up permissions."""
    facts = match[1].split(",")
    kind = EntryKind.OTHER
    size = modified = permissions = None
    for fact in facts:
        if fact == "/":
            kind = EntryKind.DIR
        elif fact == "r":
            kind = EntryKind.FILE
        elif fact.startswith("s"):
            size = parse_size(fact[1:])
        elif fact.startswith("m"):
            modified = moment(fact[1:])
        elif re.fullmatch("up0?[0-7]{3}", fact):
            permissions = permissions_from_mode(int(fact[2:], 8))
    return Entry(match[2], kind, size, modified, Precision.SECOND if modified else None, permissions)


def moment(seconds: str) -> datetime | None:
    """A time that is counted in seconds since 1970, in UTC."""
    count = parse_size(seconds)
    try:
        return None if count is None else _EPOCH + timedelta(seconds=count)
    except OverflowError:
        return None


EPLF = rows("EPLF", (_EPLF_LINE, _eplf_entry))
"""Facts behind a plus sign."""


# A listing in numbers alone: mode in octal, owner, group, size, seconds since 1970, name.

_NUMERIC_LINE = re.compile(
    r"0?(?P<type>0[1246]|1[024])0?(?P<mode>[0-7]{4}|[0-7]{3})\s+(?P<owner>\d+)\s+(?P<group>\d+)\s+(?P<size>\d+)\s+"
    r"(?P<time>\d{1,12})\s+(?P<name>\S.*)",
    re.DOTALL,
)
_NUMERIC_KINDS = {"04": EntryKind.DIR, "10": EntryKind.FILE, "12": EntryKind.LINK}


def _numeric_entry(match: re.Match[str], dates: Dates) -> Entry:
    modified = moment(match["time"])
    return Entry(
        match["name"], _NUMERIC_KINDS.get(match["type"], EntryKind.OTHER), parse_size(match["size"]), modified,
        Precision.SECOND if modified else None, permissions_from_mode(int(match["mode"], 8)),
        owner=match["owner"], group=match["group"],
    )  # fmt: skip


NUMERIC = rows("numbers", (_NUMERIC_LINE, _numeric_entry))
"""Modes and times in numbers."""


# NetWare, and HellSoft's server for it: `d [RWCEAFMS] owner size date name`. Its rights are not Unix's.

_NETWARE_LINE = re.compile(
    r"(?P<kind>[-d])\s?\[[-RWCEAFMSX ]{1,10}\]\s+(?:\d+\s+(?=\S+\s+\d+\s))?(?P<owner>\S+)\s+(?P<size>\d+)\s+"
    rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)


def _netware_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["kind"] == "d" else EntryKind.FILE
    name = last_component(match["name"].lstrip(" ") or match["name"])
    return Entry(name, kind, parse_size(match["size"]), *stamp, owner=match["owner"])


NETWARE = rows("NetWare", (_NETWARE_LINE, _netware_entry), hint="[")
"""`ls` with trustee rights."""


# NetWare Print Services for UNIX: trustee or Unix rights, and dates as `Sept 14, 99 2:30 pm`.

_NETWARE_PRINT_WHEN = (
    r"(?P<month>[A-Za-z]{3,9})\s+(?P<day>\d{1,2}),?\s+(?P<year>\d\d)\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)\s?"
    r"(?P<half>[AaPp])[Mm]\s(?P<name>\S.*)"
)
_DOS = re.compile(
    rf"(?P<kind>[-dD])\s?\[[-RWCEAFMSX]{{7,9}}\]\s+(?P<owner>\S+)\s+(?P<size>\d+)\s+{_NETWARE_PRINT_WHEN}",
    re.DOTALL,
)
_NFS = re.compile(
    r"(?P<kind>[-dD])(?P<rights>[-rwxsStT]{8}\s?-|[-rwxsStT]{9})\s+\d+\s+(?P<owner>\S+)\s+(?P<group>\S+)\s+(?P<size>\d+)\s+"
    rf"{_NETWARE_PRINT_WHEN}",
    re.DOTALL,
)


def _netware_print_entry(match: re.Match[str], dates: Dates) -> Entry | None:
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


NETWARE_PRINT = rows(
    "NetWare Print Services", (_DOS, _netware_print_entry), (_NFS, _netware_print_entry), hint=":"
)
"""`ls` of Print Services for UNIX."""


# Old VShell: size, `Apr 04, 2000 21:06`, name; a slash behind a directory's.

_VSHELL_LINE = re.compile(
    r"\s*(?P<size>\d+)\s+(?P<date>[^\W\d_]{3,9} \d\d, \d{4} \d\d:\d\d)\s(?P<name>.+?)(?P<dir>/?)", re.DOTALL
)


def _vshell_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, None if match["dir"] else parse_size(match["size"]), *stamp)


VSHELL = rows("VShell", (_VSHELL_LINE, _vshell_entry), hint=":")
"""`ls` of old VShell."""
