"""Records as plain text: for a terminal, a text file and the clipboard. Everything in it is made visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from tuiftp.protocol.text import shown
from tuiftp.wirelog.records import RecordKind, WireRecord

SIGNS: Final = {
    RecordKind.COMMAND: "→",
    RecordKind.REPLY: "←",
    RecordKind.STATUS: "ⓘ",
    RecordKind.ERROR: "✗",
    RecordKind.FINDING: "⚠",
    RecordKind.DATA: "⇄",
}
"""The sign before each kind of record: colour is never the only signal."""


def render_record(record: WireRecord, *, zone: tzinfo | None = None) -> list[str]:
    """Writes one record: a line, and indented under it what it means or what to change.

    Args:
        record: What to write.
        zone: The time zone to show times in; None: that of this machine.
    """
    at = record.at.astimezone(zone)
    conn = f"#{record.conn}" if record.conn else "  "
    head = f"{at:%H:%M:%S}.{at.microsecond // 1000:03} {conn} {SIGNS[record.kind]} "
    first = head + shown(_sentence(record))
    indent = " " * len(head)
    under = [f"{indent}⤷ {shown(record.note)}"] if record.note else []
    if record.advice:
        under.append(f"{indent}⤷ {shown(record.advice)}")
    return [first, *under]


def _sentence(record: WireRecord) -> str:
    if record.title:
        return f"{record.title}: {record.text}" if record.text else record.title
    if record.kind is RecordKind.DATA and record.ms is not None:
        return f"{record.text}  {record.ms:.0f} ms"
    return record.text


def render_records(records: Iterable[WireRecord], *, zone: tzinfo | None = None) -> Iterator[str]:
    """Writes records one after the other, line by line, without ends of lines."""
    for record in records:
        yield from render_record(record, zone=zone)
