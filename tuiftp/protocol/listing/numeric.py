"""A listing in numbers alone: mode in octal, owner, group, size, seconds since 1970, name."""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind, Precision, permissions_from_mode
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.eplf import moment
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(
    r"0?(?P<type>0[1246]|1[024])0?(?P<mode>[0-7]{4}|[0-7]{3})\s+(?P<owner>\d+)\s+(?P<group>\d+)\s+(?P<size>\d+)\s+"
    r"(?P<time>\d{1,12})\s+(?P<name>\S.*)",
    re.DOTALL,
)
_KINDS = {"04": EntryKind.DIR, "10": EntryKind.FILE, "12": EntryKind.LINK}


def _entry(match: re.Match[str], dates: Dates) -> Entry:
    modified = moment(match["time"])
    return Entry(
        match["name"], _KINDS.get(match["type"], EntryKind.OTHER), parse_size(match["size"]), modified,
        Precision.SECOND if modified else None, permissions_from_mode(int(match["mode"], 8)),
        owner=match["owner"], group=match["group"],
    )  # fmt: skip


NUMERIC = rows("numbers", (_LINE, _entry))
"""Modes and times in numbers."""
