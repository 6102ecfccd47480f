"""Bull GCOS 7 and GCOS 8: both with their rights in groups apart, as `d rwx rwx ---`."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import TIME, Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_SEVEN = re.compile(
    r"(?P<kind>[-d]) [-dsm] [-\w]{1,8}\s+\S{1,16}\s+(?P<owner>\S{1,16})\s+"
    r"(?P<date>[A-Z]{3} [ \d]\d,? \d{4}) (?P<name>\S.*)"
)
_EIGHT = re.compile(
    r"(?P<kind>[-d]) (?P<rights>[-rwxts]{3} [-rwxts]{3} [-rwxts]{3})\s+(?P<size>\d+)\s+(?P<date>\d\d/\d\d/\d\d)"
    rf"(?:\s+(?P<time>{TIME}))?\s+(?P<owner>\S{{1,14}})\s+(?P<name>\S.*)"
)


def _seven(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    kind = EntryKind.DIR if match["kind"] == "d" else EntryKind.FILE
    return Entry(match["name"], kind, None, *stamp, owner=match["owner"]) if stamp else None


def _eight(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    is_dir = match["kind"] == "d"
    kind = EntryKind.DIR if is_dir else EntryKind.FILE
    size = None if is_dir else parse_size(match["size"])
    return Entry(match["name"], kind, size, *stamp, match["rights"].replace(" ", ""), owner=match["owner"])


GCOS = rows("GCOS", (_SEVEN, _seven), (_EIGHT, _eight), hint=" ")
"""Catalogs of GCOS."""
