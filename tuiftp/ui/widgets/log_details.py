"""One record of the protocol log, told as a whole for the detail window."""

from __future__ import annotations

from collections.abc import Iterator

from tuiftp.protocol.text import human_size
from tuiftp.ui.screens.details import Detail
from tuiftp.ui.widgets.log_rows import ReplyTones, Tone, sign_of, time_of_day
from tuiftp.wirelog.records import RecordKind, WireRecord

_CALLED = {
    RecordKind.COMMAND: "command, sent to the server",
    RecordKind.REPLY: "reply of the server",
    RecordKind.STATUS: "status",
    RecordKind.ERROR: "error",
    RecordKind.FINDING: "finding",
    RecordKind.DATA: "data connection",
}


def details_of(record: WireRecord) -> list[Detail]:
    """What there is to know of a record, label by label."""
    return [*_head(record), *_meaning(record), *_data(record)]


def _head(record: WireRecord) -> Iterator[Detail]:
    tone = ReplyTones().tone(record)
    yield Detail("Time", f"{record.at.astimezone():%Y-%m-%d} {time_of_day(record)}")
    if record.conn:
        yield Detail("Connection", f"#{record.conn}")
    yield Detail("Kind", f"{sign_of(record)} {_CALLED[record.kind]}", tone)
    if record.title:
        yield Detail("Finding", record.title, Tone.FINDING)
    yield Detail("Text", record.text, "" if record.kind is RecordKind.FINDING else tone)


def _meaning(record: WireRecord) -> Iterator[Detail]:
    for place, line in enumerate((record.note or "").splitlines()):
        yield Detail("" if place else "Meaning", line, Tone.WARNING if "⚠" in line else "")
    if record.advice:
        yield Detail("Advice", record.advice)
    if record.code:
        yield Detail("Rule", record.code)


def _data(record: WireRecord) -> Iterator[Detail]:
    if record.event is not None:
        yield Detail("Event", record.event.value)
    if record.command:
        yield Detail("Asked by", record.command)
    if record.local:
        yield Detail("Our end", record.local)
    if record.remote:
        yield Detail("Other end", record.remote)
    if record.ms is not None:
        yield Detail("Took", f"{record.ms:.1f} ms")
    if record.bytes is not None:
        yield Detail("Carried", f"{human_size(record.bytes)} ({record.bytes:,} bytes)")
