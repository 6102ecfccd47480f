"""Connect:Enterprise: batches with their flags (`-C--E-----FTP A mailbox number size date name`)."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.dates import DATE_PATTERN, full_year, make_stamp
from tuiftp.protocol.listing.lines import parse_size

_UNIX = re.compile(
    r"-[-A-Z]{9}(?:FTP|FTS|TCP|BSC|ASY|WEB|SSH|HTP|[A-Z]{3})\s+[A-Z]\s+(?P<owner>\S+)\s+\d+\s+(?P<size>\d+)\s+"
    rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
_MAINFRAME = re.compile(
    r"(?P<owner>\S{1,8})\s+\d{4,10}\s+\d{4,12}\s+<(?P<name>[^>]{1,64})>\s+"
    r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)-(?P<hour>\d\d)(?P<minute>\d\d)(?:\s+\S{1,8}){1,12}\s*"
)


def _batch(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    size = parse_size(match["size"])
    return Entry(match["name"], EntryKind.FILE, size, *stamp, owner=match["owner"]) if stamp else None


def _mainframe_batch(match: re.Match[str], dates: Dates) -> Entry | None:
    """What the mainframe counts may be records, so the size stays unknown."""
    time = f"{match['hour']}:{match['minute']}"
    stamp = make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), time)
    name = match["name"].strip()
    return Entry(name, EntryKind.FILE, None, *stamp, owner=match["owner"]) if stamp and name else None


ENTERPRISE = rows("Connect:Enterprise", (_UNIX, _batch), (_MAINFRAME, _mainframe_batch))
"""Batches of Connect:Enterprise."""
