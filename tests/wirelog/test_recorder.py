"""The recorder is bounded whatever comes, and what it saves comes back."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuiftp.errors import LocalFileError
from tuiftp.wirelog.foreign import load_file
from tuiftp.wirelog.recorder import CAPACITY, MAX_TEXT, Recorder
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState, record_from_json

AT = datetime(2026, 11, 24, 14, 3, 1, 120034, tzinfo=UTC)


def status(text: str) -> WireRecord:
    return WireRecord(at=AT, conn=1, kind=RecordKind.STATUS, text=text)


SAMPLES = [
    WireRecord(at=AT, conn=1, kind=RecordKind.COMMAND, text="PASV"),
    WireRecord(at=AT, conn=1, kind=RecordKind.REPLY, text="227 \udcff\x1b", note="server listens …", ms=11.5),
    WireRecord(
        at=AT, conn=1, kind=RecordKind.DATA, text="closed", event=DataEvent.CLOSED, command="PASV",
        local="10.0.0.5:41002", remote="203.0.113.7:50123", ms=5.0, bytes=4096,
    ),
    WireRecord(at=AT, conn=2, kind=RecordKind.FINDING, text="x", code="R1", title="Odd", advice="Do"),
]  # fmt: skip


def test_only_the_last_records_are_kept() -> None:
    recorder = Recorder()
    for number in range(CAPACITY + 3):
        recorder.append(status(str(number)))
    assert len(recorder.records()) == CAPACITY
    assert recorder.records()[0].text == "3"
    assert recorder.total_seen == CAPACITY + 3


def test_another_size_keeps_the_last() -> None:
    recorder = Recorder(3)
    for number in range(3):
        recorder.append(status(str(number)))
    recorder.resize(2)
    recorder.append(status("3"))
    assert [record.text for record in recorder.records()] == ["2", "3"]


def test_a_text_without_end_is_cut() -> None:
    recorder = Recorder()
    recorder.append(WireRecord(at=AT, conn=1, kind=RecordKind.REPLY, text="a" * 60_000, note="b" * 60_000))
    recorder.append(status("c" * MAX_TEXT))
    long, whole = recorder.records()
    assert len(long.text) == len(long.note or "") == MAX_TEXT
    assert long.text.endswith("…")
    assert whole.text == "c" * MAX_TEXT


def test_clear_forgets_what_is_kept_and_goes_on_counting() -> None:
    recorder = Recorder()
    recorder.append(status("a"))
    recorder.clear()
    recorder.append(status("b"))
    assert [record.text for record in recorder.records()] == ["b"]
    assert recorder.total_seen == 2


def test_what_is_saved_as_json_comes_back(tmp_path: Path) -> None:
    recorder = Recorder()
    for record in SAMPLES:
        recorder.append(record)
    recorder.save_json(tmp_path / "log.jsonl")
    loaded = load_file(tmp_path / "log.jsonl")
    assert list(loaded.records) == SAMPLES
    assert loaded.broken_lines == 0


def test_the_json_lines_have_the_fields_that_others_rely_on() -> None:
    fields = json.loads(SAMPLES[2].to_json())
    assert fields == {
        "at": "2026-11-24T14:03:01.120034+00:00", "conn": 1, "kind": "data", "text": "closed",
        "event": "closed", "command": "PASV", "local": "10.0.0.5:41002", "remote": "203.0.113.7:50123",
        "ms": 5.0, "bytes": 4096,
    }  # fmt: skip


def test_a_log_as_text_is_readable_and_private(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.append(SAMPLES[1])
    path = tmp_path / "log.txt"
    recorder.save_text(path)
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0].endswith("#1 ← 227 \\xff␛")
    assert text.splitlines()[1].lstrip() == "⤷ server listens …"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_saving_again_replaces_the_file(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.append(status("a"))
    recorder.append(status("b"))
    recorder.save_json(tmp_path / "log")
    recorder.clear()
    recorder.append(status("c"))
    recorder.save_json(tmp_path / "log")
    assert [record.text for record in load_file(tmp_path / "log").records] == ["c"]


def test_broken_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    good = SAMPLES[0].to_json()
    odd = [
        "nonsense", "[]", "{}", '{"at": 5, "conn": 1, "kind": "status", "text": "x"}', good[:-9],
        "[" * 100_000, good.replace('"command"', '"dance"', 1), good[:-1] + ', "ms": "soon"}',
        good[:-1] + ', "event": "flew"}', "\ufffd\0",
    ]  # fmt: skip
    path = tmp_path / "log"
    path.write_bytes(("\n".join([good, *odd, "", good, ""])).encode() + b"\xff\xfe\n")
    loaded = load_file(path)
    assert list(loaded.records) == [SAMPLES[0], SAMPLES[0]]
    assert loaded.broken_lines == len(odd) + 1


def test_a_state_comes_back_and_one_of_a_later_version_is_left_out() -> None:
    told = replace(SAMPLES[0], state=WireState.SILENT)
    assert record_from_json(told.to_json()) == told
    later = told.to_json().replace('"silent"', '"enchanted"')
    assert record_from_json(later) == SAMPLES[0]


def test_fields_of_a_later_version_are_ignored() -> None:
    line = SAMPLES[0].to_json()[:-1] + ', "colour": "blue"}'
    assert record_from_json(line) == SAMPLES[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", '"2026-06-23T09:42:00"'), ("at", '"0001-01-01T00:00:00+14:00"'), ("at", '"9999-12-31T23:59:59+00:00"'),
        ("conn", "Infinity"), ("conn", "1e999"), ("conn", "NaN"), ("kind", "[]"), ("at", "5"),
    ],
)  # fmt: skip
def test_a_record_whose_numbers_make_no_sense_is_none(field: str, value: str) -> None:
    fields = {
        "at": '"2026-06-23T09:42:00+00:00"',
        "conn": "1",
        "kind": '"reply"',
        "text": '"220"',
        field: value,
    }
    line = ", ".join(f'"{name}": {text}' for name, text in fields.items())
    with pytest.raises(ValueError, match=r"record|isoformat|integer|valid|NaN"):
        record_from_json(f"{{{line}}}")


def test_times_of_other_zones_are_taken_to_utc() -> None:
    line = '{"at": "2026-06-23T09:42:00+02:00", "conn": 1, "kind": "reply", "text": "220"}'
    assert record_from_json(line).at == datetime(2026, 6, 23, 7, 42, tzinfo=UTC)


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match=r"cannot read .*missing"):
        load_file(tmp_path / "missing")
    with pytest.raises(LocalFileError, match=r"cannot write .*missing"):
        Recorder().save_json(tmp_path / "missing" / "log")
