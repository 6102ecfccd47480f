"""EPLF, the "easily parsed list format" of publicfile and others: `+facts,` a tab, and the name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tuiftp.entries import Entry, EntryKind, Precision, permissions_from_mode
from tuiftp.protocol.listing.columns import Dates, rows
from tuiftp.protocol.listing.lines import parse_size

_LINE = re.compile(r"\+([^\t]*)\t(.+)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _entry(match: re.Match[str], dates: Dates) -> Entry:
    """Facts are told by their first letter: / directory, r file, s size, m time (UTC), up permissions."""
    facts = match[1].split(",")
    kind = EntryKind.OTHER
    size = modified = permissions = None
    for fact in facts:
        if fact == "/":
            kind = EntryKind.DIR
        elif fact == "r":
            kind = EntryKind.FILE
        elif fact.startswith("s"):
            size = parse_size(fact[1:])
        elif fact.startswith("m"):
            modified = moment(fact[1:])
        elif re.fullmatch("up0?[0-7]{3}", fact):
            permissions = permissions_from_mode(int(fact[2:], 8))
    return Entry(match[2], kind, size, modified, Precision.SECOND if modified else None, permissions)


def moment(seconds: str) -> datetime | None:
    """A time that is counted in seconds since 1970, in UTC."""
    count = parse_size(seconds)
    try:
        return None if count is None else _EPOCH + timedelta(seconds=count)
    except OverflowError:
        return None


EPLF = rows("EPLF", (_LINE, _entry))
"""Facts behind a plus sign."""
