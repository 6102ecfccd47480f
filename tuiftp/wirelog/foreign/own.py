"""Reader of tuiftp's own JSON-lines log, one of the formats that `loading` detects."""

from __future__ import annotations

from collections.abc import Sequence

from tuiftp.wirelog.foreign.model import ForeignLog, Reader
from tuiftp.wirelog.recorder import bounded
from tuiftp.wirelog.records import WireRecord, record_from_json


def _is_typical(line: str) -> bool:
    return line.startswith('{"at": ')


def _read(lines: Sequence[str]) -> ForeignLog:
    records: list[WireRecord] = []
    broken = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            records.append(bounded(record_from_json(line)))
        except (ValueError, RecursionError):  # deeply nested JSON exhausts the parser
            broken += 1
    return ForeignLog(tuple(records), broken, "tuiftp")


READER = Reader("tuiftp", _is_typical, _read)
"""For our own logs."""
