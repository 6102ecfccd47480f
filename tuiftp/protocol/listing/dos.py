"""The `dir` of DOS and Windows, as IIS and others send it: date, time, size or a mark, name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tuiftp.entries import Entry, EntryKind, Precision, quick_entry
from tuiftp.protocol.listing.dates import full_year
from tuiftp.protocol.listing.lines import Dialect, Window, parse_size

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
