"""The `dir` of DOS and Windows, as IIS and others send it: date, time, size or a mark, name.

And its relatives: Distinct, OS/2, PC/TCP, servers for Windows 3, and KA9Q.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tuiftp.entries import Entry, EntryKind, Precision, quick_entry
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, rows
from tuiftp.protocol.listing.dates import Stamp, full_year
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, parse_size

_LINE = re.compile(
    r"\s*(?P<date>\d{1,4}([-/.])\d{1,2}\2\d{2,4})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?P<half>\s?[AaPp](?:\.?[Mm]\.?)?(?=\s))?\s+"
    r"(?:<(?P<mark>[A-Za-z]{1,12})>|(?P<size>\d{1,3}(?:[.,'\u2019\xa0\u202f\udca0\udcff]\d{3})+|\d+))"
    r"(?P<gap>[ \t]+)(?P<name>\S.*)",
    re.DOTALL,
)
# What IIS sends, nearly always: one match does all the work.
_USUAL = re.compile(
    r"(\d\d-\d\d-(?:\d\d)?\d\d  [01]\d:[0-5]\d[AP]M) +(?:(\d+) |<DIR> {10})(.+)", re.ASCII | re.DOTALL
)
_KINDS = {"DIR": EntryKind.DIR, "REP": EntryKind.DIR, "JUNCTION": EntryKind.LINK,
          "SYMLINK": EntryKind.LINK, "SYMLINKD": EntryKind.LINK}  # fmt: skip
_MAX_SEEN = 20_000
_MARK_GAP = 10
"""The blanks between `<DIR>` and the name in the output of Windows."""


class DosReader:
    """Reads lines of `dir`. Whether days or months come first is learned from the listing."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._is_day_first: bool | None = None
        self._extra: dict[bool, int] = {}
        self._days: dict[str, datetime | None] = {}
        self._moments: dict[str, datetime] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where it is no line of `dir`."""
        usual = _USUAL.fullmatch(line)
        if usual is not None and usual[3][0] != " ":
            when, size, name = usual.groups()
            moment = self._moments.get(when) or self._moment(when)
            if moment is not None:
                kind = EntryKind.DIR if size is None else EntryKind.FILE
                return quick_entry(name, kind, parse_size(size or ""), moment, Precision.MINUTE)
        return self._read_unusual(line)

    def _moment(self, when: str) -> datetime | None:
        match = _LINE.fullmatch(f"{when} 0 x")
        day = self._day(match["date"]) if match else None
        time = _time(match) if match else None
        if day is None or time is None:
            return None
        if len(self._moments) > _MAX_SEEN:
            self._moments.clear()
        moment = self._moments[when] = day.replace(hour=time[0], minute=time[1])
        return moment

    def _read_unusual(self, line: str) -> Entry | None:
        match = _LINE.fullmatch(line) if line[:1] in _STARTS else None
        if match is None:
            return None
        day = self._day(match["date"])
        time = _time(match)
        kind = EntryKind.FILE if match["mark"] is None else _KINDS.get(match["mark"].upper())
        if day is None or time is None or kind is None:
            return None
        name, target = self._name(match, kind)
        precision = Precision.MINUTE if match["second"] is None else Precision.SECOND
        size = parse_size(re.sub(r"\D", "", match["size"])) if match["size"] else None
        return Entry(name, kind, size, day.replace(hour=time[0], minute=time[1], second=time[2]), precision,
                     target=target)  # fmt: skip

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries

    def _name(self, match: re.Match[str], kind: EntryKind) -> tuple[str, str | None]:
        """The name, and the target of a link.

        What blanks are more than usual belong to the name, if they are more than in all other lines. Shells that
        write `03:09 PM` put two or more.
        """
        extra = len(match["gap"]) - _gap(match)
        is_loose = match["half"] is not None and match["half"][0].isspace()
        if extra > 0 and not is_loose:
            extra -= self._least_extra(is_marked=match["mark"] is not None)
        name = " " * extra + match["name"] if extra > 0 and not is_loose else match["name"]
        if kind is not EntryKind.LINK or not name.endswith("]"):
            return name, None
        link, _, target = name[:-1].partition(" [")
        return (link, target or None) if link else (name, None)

    def _least_extra(self, *, is_marked: bool) -> int:
        """How many blanks more than usual stand in front of every name, of two at least: a wider column."""
        if is_marked not in self._extra:
            matches = filter(None, map(_LINE.fullmatch, self._window.first))
            gaps = [
                len(match["gap"]) - _gap(match) for match in matches if (match["mark"] is None) != is_marked
            ]
            self._extra[is_marked] = max(min(gaps), 0) if len(gaps) > 1 else 0
        return self._extra[is_marked]

    def _day(self, text: str) -> datetime | None:
        try:
            return self._days[text]
        except KeyError:
            if len(self._days) > _MAX_SEEN:
                self._days.clear()
            if self._is_day_first is None:
                self._is_day_first = _is_day_first(self._window.first)
            day = self._days[text] = _parse_day(text, self._is_day_first)
            return day


_STARTS = frozenset("0123456789 \t")


def _is_day_first(lines: Sequence[str]) -> bool:
    """Whether some date can only be read with the day first, and none only with the month first."""
    day_first = month_first = 0
    for line in lines:
        match = re.match(r"\s*(\d{1,2})([-/.])(\d{1,2})\2\d{2,4}\s", line)
        if match:
            day_first += match[2] == "." or 12 < int(match[1]) <= 31
            month_first += 12 < int(match[3]) <= 31
    return bool(day_first and not month_first)


def _parse_day(text: str, is_day_first: bool) -> datetime | None:
    first, second, third = re.split(r"[-/.]", text)
    if len(first) == 4:
        year, month, day = first, second, third
    elif len(first) > 2 or len(third) == 3:
        return None
    elif is_day_first:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    for one, two in ((month, day), (day, month)):
        try:
            return datetime(full_year(year), int(one), int(two))
        except ValueError:
            continue
    return None


def _time(match: re.Match[str]) -> tuple[int, int, int] | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 0 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].strip()[0] in "Pp" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _gap(match: re.Match[str]) -> int:
    """The blanks that do not belong to the name: one, or ten behind a mark."""
    return 1 if match["mark"] is None else _MARK_GAP


def _open(window: Window, now: datetime) -> DosReader:
    return DosReader(window)


DOS = Dialect("DOS", _open)
"""`dir`."""


# Distinct's server for Windows: DOS attributes as `-wa--`, size, `Dec 29,2002`, time, name.

_DISTINCT_LINE = re.compile(
    r"(?P<kind>[-d])[-wash]{4}\s+(?P<size>\d+)\s+(?P<month>[A-Za-z]{3,9})\s+(?P<day>\d{1,2})(?:,\s?(?P<year>\d{4}))?\s+"
    rf"(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _distinct_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    day = f"{match['month']} {match['day']}"
    stamp = dates.worded(
        f"{day}, {match['year']} {match['time']}" if match["year"] else f"{day} {match['time']}"
    )
    if stamp is None:
        return None
    is_dir = match["kind"] == "d"
    return Entry(
        match["name"],
        EntryKind.DIR if is_dir else EntryKind.FILE,
        None if is_dir else parse_size(match["size"]),
        *stamp,
    )


DISTINCT = rows("Distinct", (_DISTINCT_LINE, _distinct_entry), hint=":")
"""Files with DOS attributes."""


# OS/2: size, attributes, date, time, name. Its years count on behind 99: `103` is 2003.

_OS2_LINE = re.compile(
    rf"\s*(?P<size>\d+)\s+(?:[ADHRS]{{1,5}}\s+)?(?P<dir>DIR\s+)?(?:[ADHRS]{{1,5}}\s+)?(?P<date>{NUMBERS})\s+(?P<time>{TIME})\s+(?P<name>\S.*)",
    re.DOTALL,
)


def _os2_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, None if match["dir"] else parse_size(match["size"]), *stamp)


OS2 = rows("OS/2", (_OS2_LINE, _os2_entry), hint=":")
"""`dir` of OS/2."""


# PC/TCP's server for DOS: size or `<dir>`, name, and a date as C prints it, `Tue May 31 06:22:00 1994`.

_PCTCP_LINE = re.compile(
    r"\s*(?:(?P<dir><dir>)|(?P<size>\d+))\s+(?P<name>\S{1,64})\s+"
    r"(?P<date>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\s*",
    re.IGNORECASE,
)


def _pctcp_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    if stamp is None:
        return None
    kind = EntryKind.DIR if match["dir"] else EntryKind.FILE
    return Entry(match["name"], kind, parse_size(match["size"] or ""), *stamp)


PCTCP = rows("PC/TCP", (_PCTCP_LINE, _pctcp_entry), hint=":")
"""`dir` of PC/TCP."""


# `dir` with the name first, as servers for DOS, Windows 3 and NT print it: NetManage's, SuperTCP, WinQVT, PC-NFS.
#
# DOS attributes may stand behind a worded date, the long name behind one of numbers, and the extension apart.

_WIN16_LINE = re.compile(
    r"(?P<name>[^\s<>/]+(?: [^\s<>/]+)*)(?P<slash>/?)\s+(?:(?P<dir><DIR>|<dir>)|(?P<size>\d{1,3}(?:,\d{3})+|\d+))\s+"
    rf"(?:(?P<word>[A-Z][a-z]{{2}})\s+(?P<day>\d\d?)\s+(?P<year>\d{{4}})|(?P<date>{NUMBERS}))\s+(?P<time>{TIME})"
    r"(?P<half>\s?[AaPp][Mm]?(?=\s|\Z))?(?P<rest>\s.*)?",
    re.DOTALL,
)
_WITH_EXTENSION = re.compile(r"(\S{1,8})\s{1,8}(\S{1,3})(?=\s+(?:<dir>|[\d,]+)\s+\d\d-\d\d-\d\d\s)")
_ATTRIBUTES = re.compile(r"\s+[RHSA]{1,4}\s*")


def _win16_entry(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _win16_stamp(match, dates)
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
    row = _WIN16_LINE.fullmatch(_WITH_EXTENSION.sub(r"\1.\2", match[0], count=1))
    return _win16_entry(row, dates) if row else None


def _win16_stamp(match: re.Match[str], dates: Dates) -> Stamp | None:
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
    (_WIN16_LINE, _win16_entry),
    (re.compile(_WITH_EXTENSION.pattern + ".*", re.DOTALL), _entry_in_parts),
    hint=":",
)
"""`dir` with the name first."""


# KA9Q NOS, the packet radio suite: name, size, time, date, and often two entries on one line.

_ITEM = re.compile(
    r"\s*(?P<name>[^\s/]{1,64})(?:(?P<dir>/)|\s+(?P<size>\d{1,3}(?:,\d{3})+|\d+))\s+(?P<time>\d{1,2}:\d\d(?::\d\d)?)\s+"
    r"(?P<date>\d{1,2}/\d{1,2}/\d\d(?:\d\d)?)(?=\s|\Z)"
)
_FOOTER = re.compile(r"#\s*|\s*[\d,]{1,16}\s+files?\.\s+[\d,]{1,24}\s+bytes free\..*", re.DOTALL)
_MAX_ITEMS = 2


class Ka9qReader:
    """Reads lines of one or two entries; those that stand behind another come at the end of the listing."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._others: list[Entry] = []

    def read(self, line: str) -> Entry | None:
        """The first entry on a line, or None where this is no line of KA9Q."""
        if ":" not in line:
            return DROPPED if _FOOTER.fullmatch(line) else None
        found: list[Entry] = []
        place = 0
        while len(found) < _MAX_ITEMS and line[place:].strip():
            match = _ITEM.match(line, place)
            entry = self._entry(match) if match else None
            if match is None or entry is None:
                return None
            found.append(entry)
            place = match.end()
        if not found or line[place:].strip():
            return None
        self._others += found[1:]
        return found[0]

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Adds what stood behind others."""
        return [*entries, *self._others] if self._others else entries

    def _entry(self, match: re.Match[str]) -> Entry | None:
        stamp = self._dates.numbers(match["date"], match["time"])
        if stamp is None:
            return None
        if match["dir"]:
            return Entry(match["name"], EntryKind.DIR, None, *stamp)
        return Entry(match["name"], EntryKind.FILE, parse_size(match["size"].replace(",", "")), *stamp)


def _open_ka9q(window: Window, now: datetime) -> Ka9qReader:
    return Ka9qReader(window, now)


KA9Q = Dialect("KA9Q", _open_ka9q)
"""`dir` of KA9Q NOS."""
