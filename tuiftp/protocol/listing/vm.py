"""VM/CMS and z/VM: file name and type, record format, length and number, date, owner; and its byte file system.

A file of fixed records (F) is as long as they are together; of variable records (V) only the blocks are known.
"""

from __future__ import annotations

import re

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, drop, rows
from tuiftp.protocol.listing.lines import parse_size

_WHEN = rf"(?P<date>{NUMBERS})\s+(?P<time>{TIME})"
_HEADER = re.compile(r"\s*Filename\s+FileType\s+Fm\s+Format\s+Lrecl\s+Records\s+Blocks\s+Date\s+Time\s*")
_FILE = re.compile(
    r"(?P<name>\S{1,16})\s+(?P<type>\S{1,8})\s+(?:[A-Z]\d\s+)?(?P<format>[FV])\s+(?P<length>\d{1,9})\s+(?P<records>\d{1,9})"
    rf"\s+\d{{1,9}}\s+{_WHEN}(?:\s+(?P<owner>\S+))?\s*"
)
_DIRECTORY = re.compile(rf"(?P<name>\S{{1,16}})\s+(?:[A-Z]\d\s+)?DIR\s+-\s+-\s+-\s+{_WHEN}(?:\s+-)?\s*")
_BYTE_FILE = re.compile(
    rf"{_WHEN}\s+(?P<kind>[FD])\s+(?:\d+|-)\s+(?P<size>\d+|-)\s+'(?P<name>.+)'\s*", re.DOTALL
)


def _file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    size = int(match["length"]) * int(match["records"]) if match["format"] == "F" else None
    owner = match["owner"] if match["owner"] != "-" else None
    return Entry(f"{match['name']}.{match['type']}", EntryKind.FILE, size, *stamp, owner=owner)


def _directory(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.DIR, None, *stamp) if stamp else None


def _byte_file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    kind = EntryKind.DIR if match["kind"] == "D" else EntryKind.FILE
    return Entry(match["name"], kind, parse_size(match["size"]), *stamp) if stamp else None


VM = rows("VM/CMS", (_FILE, _file), (_DIRECTORY, _directory), (_BYTE_FILE, _byte_file), (_HEADER, drop))
"""Minidisks and byte files of VM."""
