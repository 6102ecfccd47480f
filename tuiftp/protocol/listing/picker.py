"""Parses a LIST answer line by line, choosing the dialect: the one that parsed the last line is tried first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from tuiftp.entries import Entry, Precision
from tuiftp.protocol.listing.lines import LineReader, Window, decode_lines, in_turns, unreadable
from tuiftp.protocol.listing.unix import UNIX

_TOTALS = (
    "total|totaal|totale|totalt|insgesamt|summe|celkem|razem|yhteensä|összesen|toplam|итого|всего|усього|"
    "总用量|總用量|总计|合計|합계|σύνολο|samtals|ukupno|skupaj|spolu"
)
_NOISE = re.compile(
    rf"(?:{_TOTALS}):?\s+[\d.,]+\s?[KMGT]?\s*\Z"
    # what ls complains about goes to the data connection of some servers
    r"|(?:/\S*/)?ls: |ftpd(?:-BSD)?: .*: Permission denied\s*\Z"
    # the name that ls -R gives to the directory itself
    r"|\.:\s*\Z"
    # the frame that dir puts around a listing
    r"|\s+\d[\d.,\xa0]* +(?:files?|dirs?|directories|File\(s\)|Dir\(s\))\s+[\d.,\xa0]+ bytes(?: free)?\s*\Z"
    # the last lines of MCP and of NCSA's server for DOS
    r"|\s*\d+ Files?\s+\d+ Octets?\s*\Z|\s*[\d,]+ Bytes Available\s*\Z"
    r"|\s+Volume in drive |\s+Volume Serial Number is |\s+Directory of ",
    re.IGNORECASE,
)


def parse_listing(
    lines: Iterable[bytes],
    *,
    now: datetime,
    encoding: str = "utf-8",
    zone: tzinfo | None = None,
    check: Callable[[], object] = lambda: None,
) -> list[Entry]:
    """Reads what a server answered to LIST, in whatever dialect. Raises nothing but what `check` raises.

    `.` and `..`, totals, empty lines and complaints of `ls` are left out. A line that nobody understands
    becomes an entry of kind `OTHER` that holds it as `raw`.

    Lines are taken as they are needed and not kept, so `lines` may be an iterator over a socket. What only many
    lines tell, as the order of day and month, is learned from the first two million bytes.

    Args:
        lines: As they came, with or without line ends, one or many at a time.
        now: The server's present time as well as it is known; it decides on years that are not printed.
        encoding: What names are written in. Bytes that do not decode are kept (`text.decode_wire`).
        zone: The zone of the server's clock, where it is known (a fixed offset is `timezone(timedelta(...))`).
            Times then come back aware, in UTC; an aware `now` is taken to that zone first. A date without a
            time stays naive: it is a day on the server's calendar, and no moment. Without a zone all times
            stay naive, as the server prints them.
        check: Is called now and then; it ends the parsing of a long listing by raising.
    """
    if zone is not None and now.tzinfo is not None:
        now = now.astimezone(zone)
    pieces = decode_lines(lines, encoding)
    window = Window(next(pieces))
    readers = _Readers(window, now)
    entries: list[Entry] = []
    _read_piece(window, readers, entries, check)
    for window.at_hand in pieces:
        _read_piece(window, readers, entries, check)
    for reader in readers.asked:
        entries = reader.finish(entries)
    if zone is not None:
        for place, entry in enumerate(entries):
            entries[place] = _in_utc(entry, zone)
    return entries


class _Readers:
    """The readers of one listing. What hardly any server speaks is loaded for a line that needs it."""

    def __init__(self, window: Window, now: datetime) -> None:
        self.asked: list[LineReader] = [UNIX.open(window, now)]
        """In the order in which they are asked."""
        self._window = window
        self._now = now
        self._has_all = False

    def read(self, line: str) -> Entry:
        """Asks all but the first, who has been asked, and puts the one that understood in front."""
        if not self._has_all:
            from tuiftp.protocol.listing.dialects import DIALECTS

            self.asked += [each.open(self._window, self._now) for each in DIALECTS if each is not UNIX]
            self._has_all = True
        for place in range(1, len(self.asked)):
            entry = self.asked[place].read(line)
            if entry is not None:
                self.asked.insert(0, self.asked.pop(place))
                return entry
        return unreadable(line)


def _read_piece(window: Window, readers: _Readers, entries: list[Entry], check: Callable[[], object]) -> None:
    read = readers.asked[0].read
    for line in in_turns(window.at_hand, check):
        entry = read(line)
        if entry is None:
            if not line or line.isspace() or _NOISE.match(line):
                continue
            entry = readers.read(line)
            read = readers.asked[0].read
        if entry.name != "." and entry.name != "..":
            entries.append(entry)


def _in_utc(entry: Entry, zone: tzinfo) -> Entry:
    if entry.modified is None or entry.modified.tzinfo is not None or entry.precision is Precision.DAY:
        return entry
    try:
        return replace(entry, modified=entry.modified.replace(tzinfo=zone).astimezone(UTC))
    except OverflowError:  # the first or the last day that there is
        return entry
