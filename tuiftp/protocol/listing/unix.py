"""`ls -l` in its many shapes: Unix servers, and most others that imitate them."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind, quick_entry
from tuiftp.protocol.listing.dates import DATE_PATTERN, Stamp, date_reader
from tuiftp.protocol.listing.lines import Dialect, Window, parse_size

_KINDS = {"-": EntryKind.FILE, "d": EntryKind.DIR, "l": EntryKind.LINK}
_FILES = "CMmaf"
"""Contiguous files, files on tape (Cray, HP, DMF), append-only ones (Plan 9) and one server's `f`: all are files."""

_DEVICES = "bc"
"""Their two numbers (`8, 0`) stand where others have a size."""

# What nearly every line of nearly every server looks like; one match does all the work.
_USUAL = re.compile(
    r"([-dl][-rwxsStT]{9}[+.@]? +\d+ +\S+ +\S+) +(\d+) "
    r"([A-Z][a-z][a-z] [ \d]\d (?: \d{4}|\d\d:\d\d)|\d{4}-\d\d-\d\d \d\d:\d\d) (.+)",
    re.ASCII | re.DOTALL,
)

# Inode and blocks (ls -is) may stand in front. A letter too few is a server's bug, three are HylaFAX's way (it has no
# rights for others); l and L are Solaris locks.
_HEAD = re.compile(
    r"\s*(?:\d+\s+){0,2}([-dlbcpsDnCMmafPw?])([-rwxsStTlL]{8,9}|[-rwx]{6})[+.@*]?(?=[\s\d])", re.ASCII
)

_SIZE_AND_DATE = re.compile(
    r"(?<=\s)(\d+,\s*\d+|\d{1,3}(?:([,.'])\d{3})(?:\2\d{3})*|-?\d+(?:\.\d+)?[KMGTkmgt]?|0x[0-9a-f]+)\s+("
    + DATE_PATTERN
    + r")[ \t](.+)",
    re.ASCII | re.DOTALL,
)

_YEAR_AT_ITS_LEFT = re.compile(r"\S{3} [ \d]\d \d{4}\Z")
_ISO_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\Z")
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_FLAGS = frozenset((
    "arch", "nodump", "opaque", "sappnd", "schg", "sunlnk", "uappnd", "uarch", "uchg", "uunlnk", "hidden",
    "compressed", "tracked", "restricted",
))  # fmt: skip
"""What `ls -lo` of the BSDs writes behind the group."""
_MAX_TRIES = 16
_MAX_HEAD = 2000
_MAX_HEADS = 4096
_SAMPLE = 2000

Head = tuple[EntryKind, str, str, str]
"""Kind, permissions, owner and group."""


class UnixReader:
    """Reads lines of `ls -l`."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._window = window
        self._numeric_groups: tuple[str, ...] | None = None
        self._date = date_reader(now)
        # Nearly all lines begin like one that came before: its strings are used again, which saves time and memory.
        self._heads: dict[str, Head] = {}
        self._shared: dict[str, str] = {}

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where it is no line of `ls -l`."""
        match = _USUAL.fullmatch(line)
        if match is None:
            return self._read_unusual(line)
        text, size, date, name = match.groups()
        stamp = self._date(date)
        if stamp is None:
            return self._read_unusual(line)
        kind, permissions, owner, group = self._heads.get(text) or self._head(text)
        number = int(size) if len(size) < 19 else parse_size(size)
        if kind is EntryKind.FILE:
            return quick_entry(name, kind, number, stamp[0], stamp[1], permissions, None, owner, group)
        target = None
        if kind is EntryKind.LINK:
            name, target = split_link(name, number)
        elif name.endswith("/"):  # ls -F
            name = name.rstrip("/") or name
        return quick_entry(name, kind, number, stamp[0], stamp[1], permissions, target, owner, group)

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries

    def _head(self, text: str) -> Head:
        # Not at all that counts as white: a name may hold what is white to Unicode alone.
        marks, _, owner, group = filter(None, text.split(" "))
        if len(self._heads) > _MAX_HEADS:
            self._heads.clear()
            self._shared.clear()
        share = self._shared.setdefault
        rights = marks[1:10]
        head = _KINDS[marks[0]], share(rights, rights), share(owner, owner), share(group, group)
        self._heads[text] = head
        return head

    def _read_unusual(self, line: str) -> Entry | None:
        head = _HEAD.match(line)
        if head is None:
            return None
        place = head.end()
        for _ in range(_MAX_TRIES):
            match = _SIZE_AND_DATE.search(line, place)
            if match is None or match.start() - head.end() > _MAX_HEAD:
                return None
            stamp = self._date(match[3])
            columns = line[head.end() : match.start()].split()
            if stamp is not None and _is_sound(columns):
                return _unusual_entry(head, columns, match, stamp, self._group_run_into(match[1], columns))
            place = match.start() + 1
        return None

    def _group_run_into(self, size: str, columns: list[str]) -> str | None:
        """The group whose number runs into the size without a blank between, as in `1001 1001123456`.

        A line without a group looks the same, so it must be the group of another line of the listing.
        """
        if len(columns) != 2 or not (columns[0].isdecimal() and columns[1].isdecimal() and size.isdecimal()):
            return None
        if self._numeric_groups is None:
            matches = filter(None, map(_USUAL.fullmatch, self._window.first[:_SAMPLE]))
            groups = {match[1].rpartition(" ")[2] for match in matches}
            self._numeric_groups = tuple(sorted(filter(str.isdecimal, groups), key=len, reverse=True))
        return next((one for one in self._numeric_groups if size.startswith(one) and size != one), None)


def _is_sound(columns: list[str]) -> bool:
    """Whether what stands before the size can be a link count (`-` on HDFS), an owner and a group."""
    return len(columns) < 3 or columns[0] == "-" or (columns[0].isascii() and columns[0].isdecimal())


def _unusual_entry(
    head: re.Match[str], columns: list[str], match: re.Match[str], stamp: Stamp, run_into: str | None
) -> Entry:
    kind = EntryKind.FILE if head[1] in _FILES else _KINDS.get(head[1], EntryKind.OTHER)
    permissions = head[2].replace("l", "S").replace("L", "S") if len(head[2]) == 9 else None
    size = None if head[1] in _DEVICES else _size(match[1])
    owner, group = _owner_and_group(columns, size)
    if run_into is not None:
        owner, group, size = columns[1], run_into, None
    name = _without_padding(match[4], match[3])
    target = None
    if kind is EntryKind.LINK:
        name, target = split_link(name, size)
    elif kind is EntryKind.DIR:
        name = name.rstrip("/") or name
    return quick_entry(name, kind, size, stamp[0], stamp[1], permissions, target, owner, group)


def _size(text: str) -> int | None:
    """Bytes; `33.5k` was rounded by the server; what is negative or too big is not known."""
    unit = _UNITS.get(text[-1].lower())
    if unit is None:
        return parse_size(re.sub("[,.']", "", text))
    return int(float(text[:-1]) * unit) if len(text) < 19 else None


def _owner_and_group(columns: list[str], size: int | None) -> tuple[str | None, str | None]:
    """Who owns it. There may be no link count, no group, or (NetPresenz) neither owner nor group."""
    if columns == ["folder"] or _are_forks(columns, size):
        return None, None
    if columns and (columns[0].isdecimal() or (len(columns) > 2 and columns[0] == "-")):
        columns = columns[1:]
    if len(columns) > 2 and (columns[-1] == "-" or _FLAGS.issuperset(columns[-1].split(","))):
        columns = columns[:-1]
    owner = columns[0] if columns else None
    return owner, " ".join(columns[1:]) or None


def _are_forks(columns: list[str], size: int | None) -> bool:
    """Whether two numbers are the sizes of a Macintosh file's forks: they add up to its size."""
    if len(columns) != 2:
        return False
    first, second = parse_size(columns[0]), parse_size(columns[1])
    if first is None or second is None:
        return first == 0 and size is None and columns[1].isdecimal()
    return bool(first or second) and first + second == size


def _without_padding(name: str, date: str) -> str:
    """Takes away blanks that belong to the date's column; all others belong to the name.

    `Jan 03 2016 ` and the `2016-01-03 ` of GNU's iso style are padded to the width of a date with a time.
    """
    if _YEAR_AT_ITS_LEFT.match(date) and name.startswith(" ") and name.strip():
        return name[1:]
    return name.lstrip(" ") or name if _ISO_DAY.match(date) else name


def split_link(text: str, size: int | None) -> tuple[str, str | None]:
    """Splits `name -> target`. Where the arrow occurs twice, the size (the target's length) decides."""
    name, arrow, target = text.partition(" -> ")
    if not arrow:
        return text, None
    if " -> " in target:
        parts = text.split(" -> ")
        for place in range(1, min(len(parts), 32)):
            candidate = " -> ".join(parts[place:])
            if len(candidate.encode("utf-8", "surrogateescape")) == size:
                return " -> ".join(parts[:place]), candidate
    return name, target


def _open(window: Window, now: datetime) -> UnixReader:
    return UnixReader(window, now)


UNIX = Dialect("Unix", _open)
"""`ls -l`."""
