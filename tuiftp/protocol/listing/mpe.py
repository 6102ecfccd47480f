"""HP 3000 MPE/iX: `LISTF` and, with POSIX names behind, `LISTFILE`. No dates; sizes in records, words or bytes.

A file of fixed records or of bytes is as long as its records are together; of others that is not known.
"""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import Dates, drop, rows

_FRAME = re.compile(
    r"\s*ACCOUNT\s?=\s*\S+\s+GROUP\s?=\s*\S+\s*|\s*PATH\s?=\s*\S+\s*"
    r"|\s*(?:FILENAME\s+)?CODE\s+-+\s?LOGICAL RECORD\s?-+\s+-+\s?SPACE\s?-+(?:\s+FILENAME)?\s*"
    r"|\s*SIZE\s+TYP\s+EOF\s+LIMIT(?:\s+R/B\s+SECTORS\s+#X\s+MX)?\s*|(?:\./)?@ not found\s*"
)
_RECORDS = (
    r"(?P<length>\d{1,7})(?P<unit>[WB])\s+(?P<type>[FVUBHDSKORP][A-Z]{0,3})\s+(?P<count>\d{1,12})\s+\d{1,12}\s+"
    r"\d{1,6}\s+\d{1,12}\s+(?:\d{1,4}|\*)\s+(?:\d{1,4}|\*)"
)
_CODE = r"(?:[A-Z0-9-]{1,6}\s+)?"
_FIRST = re.compile(rf"(?P<name>[A-Z][A-Z0-9]{{0,7}})\*?\s+{_CODE}{_RECORDS}\s*")
_LAST = re.compile(rf"\s+{_CODE}{_RECORDS}\s+(?P<name>\S.*?)(?P<dir>/?)\s*")
_WORD = 2


def _size(match: re.Match[str]) -> int | None:
    if match["type"][0] not in "FB":
        return None
    return int(match["length"]) * int(match["count"]) * (_WORD if match["unit"] == "W" else 1)


def _file(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE, _size(match))


def _posix_file(match: re.Match[str], dates: Dates) -> Entry:
    if match["dir"]:
        return Entry(match["name"], EntryKind.DIR)
    return Entry(match["name"], EntryKind.FILE, _size(match))


MPE = rows("MPE/iX", (_FIRST, _file), (_LAST, _posix_file), (_FRAME, drop))
"""Files of MPE/iX."""
