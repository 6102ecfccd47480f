"""The log as plain text: signs, notes under their line, and nothing in it that a terminal would obey."""

from __future__ import annotations

from datetime import UTC, datetime

from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord
from tuiftp.wirelog.text import SIGNS, render_record, render_records

AT = datetime(2026, 11, 24, 14, 3, 9, 4034, tzinfo=UTC)


def record(kind: RecordKind, text: str, **more: object) -> WireRecord:
    return WireRecord(at=AT, conn=1, kind=kind, text=text, **more)  # type: ignore[arg-type]


def test_a_note_stands_under_its_line() -> None:
    lines = render_record(record(RecordKind.COMMAND, "PORT 1,2,3,4,5,6", note="asks…"), zone=UTC)
    assert lines == ["14:03:09.004 #1 → PORT 1,2,3,4,5,6", "                  ⤷ asks…"]


def test_each_kind_has_its_own_sign() -> None:
    assert len(set(SIGNS.values())) == len(RecordKind)
    assert render_record(record(RecordKind.ERROR, "x"), zone=UTC) == ["14:03:09.004 #1 ✗ x"]


def test_a_data_record_tells_how_long_it_took() -> None:
    data = record(RecordKind.DATA, "we connected, a → b", event=DataEvent.CONNECTED, ms=12.4)
    assert render_record(data, zone=UTC) == ["14:03:09.004 #1 ⇄ we connected, a → b  12 ms"]


def test_a_finding_shows_its_title_and_its_advice() -> None:
    finding = record(RecordKind.FINDING, "because", title="Odd", advice="Use passive mode.", code="R1")
    assert render_record(finding, zone=UTC) == [
        "14:03:09.004 #1 ⚠ Odd: because",
        "                  ⤷ Use passive mode.",
    ]


def test_what_belongs_to_no_connection_has_no_number() -> None:
    line = WireRecord(at=AT, conn=0, kind=RecordKind.STATUS, text="x")
    assert render_record(line, zone=UTC) == ["14:03:09.004    ⓘ x"]


def test_no_control_character_of_a_server_reaches_the_text() -> None:
    evil = "220 \x1b]0;title\x07\n331\u202egpj\udcff"
    (line,) = render_records([record(RecordKind.REPLY, evil)], zone=UTC)
    assert line.isprintable()
    assert "␛" in line
