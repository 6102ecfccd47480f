"""MVS and z/OS: datasets of the catalog, and members of a partitioned dataset.

A partitioned dataset (`PO`) holds members, so it is a directory. Sizes are in tracks or records, so the size in
bytes stays unknown. Members may be listed by their bare names, which counts only below the header.
"""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.dates import Stamp, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window

_DSNAME = r"(?P<name>'[A-Za-z0-9#$@.{()+-]{1,60}'|[A-Za-z0-9#$@][A-Za-z0-9#$@.{()+-]{0,59})\s*"
_MEMBER_NAME = r"(?P<name>[A-Z0-9#$@{][A-Z0-9#$@{-]{0,15})"
_DATASET_HEADER = re.compile(r"\s*Volume\s+Unit\s+(?:Referred|Date)\s+Ext\s.*Dsname\s*", re.IGNORECASE)
_MEMBER_HEADER = re.compile(r"\s*Name\s+(?:VV\.MM\s+Created|Size\s+TTR)\s.*", re.IGNORECASE)
_DATASET = re.compile(
    r"(?P<volume>[A-Z0-9#$@]{1,6})\s+(?P<unit>\S{1,8})\s+"
    r"(?:(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)|\*\*NONE\*\*)\s+"
    r"(?:[A-Z0-9?+]{1,10}\s+){3,6}(?P<org>P[OS](?:-[A-Z])?|DA|IS|VS|PSU|POU|DAU|ISU)\s+" + _DSNAME
)
_SPECIAL = re.compile(
    r"(?:(?:[A-Z0-9#$@*]{1,6}\s+)?(?P<what>Migrated|Pseudo Directory|Not Direct Access Device|Not Mounted|Tape|"
    r"Error determining attributes|User catalog connector|GDG|VSAM|Path)"
    r"|[A-Z0-9#$@]{1,6}\s+\d{4}\s+VSAM)\s+" + _DSNAME
)
_MEMBER = re.compile(
    rf"\s?{_MEMBER_NAME}\s+\d\d\.\d\d\s+\d{{4}}/\d\d/\d\d\s+"
    r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)\s+(?P<time>\d\d:\d\d(?::\d\d)?)(?:\s+\d+){3}(?:\s+(?P<owner>\S{1,8}))?\s*"
)
_LOAD_MODULE = re.compile(
    rf"\s?{_MEMBER_NAME}\s+[0-9A-F]{{6,8}}\s+[0-9A-F]{{6}}\s+(?:[A-Z#$@{{][A-Z0-9#$@{{]{{0,7}}\s+)?\d\d\s"
    r"(?:.*\s)?(?:24|31|64|ANY)\s+(?:24|31|64|ANY)\s*"
)
_BARE_MEMBER = re.compile(r"\s?(?P<name>[A-Z#$@{][A-Z0-9#$@{]{0,7})\s*")
_LAST_WORD = re.compile(
    r"[A-Z0-9#$@]{1,6}\s+\S.*\s(?P<name>'[^'\s]{1,60}'|[A-Z#$@][A-Z0-9#$@.{()+-]{0,59})\s*"
)


class MvsReader:
    """Reads datasets and members. What is too bare to be told by itself is read below a header only."""

    def __init__(self) -> None:
        self._below: re.Pattern[str] | None = None

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of MVS."""
        for header in (_DATASET_HEADER, _MEMBER_HEADER):
            if header.fullmatch(line):
                self._below = header
                return DROPPED
        match = _DATASET.fullmatch(line)
        if match is not None:
            return _dataset(match)
        match = _SPECIAL.fullmatch(line)
        if match is not None:
            return Entry(
                match["name"], EntryKind.DIR if match["what"] == "Pseudo Directory" else EntryKind.FILE
            )
        match = _MEMBER.fullmatch(line)
        if match is not None:
            return _member(match)
        match = _LOAD_MODULE.fullmatch(line)
        if match is None and self._below is not None:
            match = (_BARE_MEMBER if self._below is _MEMBER_HEADER else _LAST_WORD).fullmatch(line)
        return Entry(match["name"], EntryKind.FILE) if match else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _dataset(match: re.Match[str]) -> Entry:
    """A dataset with its date of last use, where it was ever used."""
    kind = EntryKind.DIR if match["org"].startswith("PO") else EntryKind.FILE
    modified, precision = (_stamp(match, None) if match["year"] else None) or (None, None)
    return Entry(match["name"], kind, None, modified, precision)


def _member(match: re.Match[str]) -> Entry:
    modified, precision = _stamp(match, match["time"]) or (None, None)
    return Entry(match["name"], EntryKind.FILE, None, modified, precision, owner=match["owner"])


def _stamp(match: re.Match[str], time: str | None) -> Stamp | None:
    return make_stamp(int(match["year"]), int(match["month"]), int(match["day"]), time)


def _open(window: Window, now: datetime) -> MvsReader:
    return MvsReader()


MVS = Dialect("MVS", _open)
"""Datasets and members of MVS and z/OS."""
