"""VSE: its root, libraries, members, catalogs and the queues of POWER. Sizes are in records, so they stay unknown."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.dates import Stamp, full_year, make_stamp

_NAME = r"(?P<name>[A-Z0-9#$@][A-Z0-9#$@._-]{0,43})"
_WHEN = r"(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d)\s+(?P<time>\d\d:\d\d(?::\d\d)?)"
_OTHER = r"\d\d/\d\d/\d\d\s+\d\d:\d\d(?::\d\d)?"
_PLACE = re.compile(rf"{_NAME}\s+<(?:Directory|VSE VTOC|Library|Power Queues|VSAM Catalog)>\s*")
_VSAM = re.compile(rf"{_NAME}\s+Entry Seq VSAM\s*")
_LIBRARY = re.compile(rf"{_NAME}\s+<Sub Library>\s+\d+\s+\d+\s+{_WHEN}\s*")
_MEMBER = re.compile(rf"{_NAME}\s+\d+\s+\d+\s+(?:{_OTHER}\s+)?{_WHEN}\s+[FS]\s*")
_DATASET = re.compile(rf"{_NAME}\s+{_WHEN}\s+\d+\s+[SDVIUEKR]\s*")
_JOB = re.compile(
    r"(?P<name>[A-Z0-9#$@]{1,8}\.\d{1,5}\.\d{1,3})(?:\s+\d+){4}\s+[A-Z*](?:\s+(?P<owner>[A-Z0-9#$@]{1,8}))?\s*"
)


def _stamp(match: re.Match[str]) -> Stamp | None:
    return make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), match["time"])


def _place(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.DIR)


def _vsam(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE)


def _library(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match)
    return Entry(match["name"], EntryKind.DIR, None, *stamp) if stamp else None


def _file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match)
    return Entry(match["name"], EntryKind.FILE, None, *stamp) if stamp else None


def _job(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE, owner=match["owner"])


VSE = rows(
    "VSE",
    (_PLACE, _place), (_VSAM, _vsam), (_LIBRARY, _library), (_MEMBER, _file), (_DATASET, _file), (_JOB, _job),
)  # fmt: skip
"""Places of VSE."""
