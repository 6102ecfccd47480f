"""The FTP gateway of GXS Information Exchange: messages of a mailbox by their key, and members of libraries."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, drop, rows
from tuiftp.protocol.listing.dates import Stamp, full_year, make_stamp
from tuiftp.protocol.listing.lines import parse_size

_FRAME = re.compile(
    r"\s*Filename\s+\(MSGKEY\)\s+Sender\s+Class\s+Size\s+Date\s+Time\s*"
    r"|\s*Access\s+Owner\s+Account\s+Size\s+Last updated\s+Name\s*"
)
_WHEN = (
    r"(?P<year>\d\d(?:\d\d)?)[-/]?(?P<month>\d\d)[-/]?(?P<day>\d\d)\s+"
    r"(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)"
)
_MESSAGE = re.compile(
    rf"\s*(?P<name>\S{{1,64}})\s+\S{{1,8}}\s+(?P<owner>\S{{1,8}})\s+\S{{1,8}}\s+(?P<size>\d{{10}})\s+{_WHEN}\s*"
)
_MEMBER = re.compile(
    r"-(?P<rights>[-rwx]{9})\s+(?P<owner>[^\s\d]\S{0,7})\s+(?P<group>\S{1,8})\s+(?P<size>\d+)\s+"
    rf"{_WHEN}\s+(?P<name>\S.*)",
    re.DOTALL,
)
_KEY = re.compile(r"\s*(?P<name>[A-Z0-9]{8,40}\._IE)(?:\s+\S.*)?", re.DOTALL)


def _stamp(match: re.Match[str]) -> Stamp | None:
    time = f"{match['hour']}:{match['minute']}:{match['second']}"
    return make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), time)


def _message(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match)
    if stamp is None:
        return None
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp, owner=match["owner"])


def _member(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _stamp(match)
    size = parse_size(match["size"])
    return (
        Entry(
            match["name"], EntryKind.FILE, size, *stamp, match["rights"], None, match["owner"], match["group"]
        )
        if stamp
        else None
    )


def _key(match: re.Match[str], dates: Dates) -> Entry:
    """A key alone, or with the name that the sender gave to the file: it is fetched by its key."""
    return Entry(match["name"], EntryKind.FILE)


GXS = rows("GXS", (_MESSAGE, _message), (_MEMBER, _member), (_KEY, _key), (_FRAME, drop))
"""Mailboxes and libraries of Information Exchange."""
