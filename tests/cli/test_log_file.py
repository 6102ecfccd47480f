"""`--log` writes records as they come, and never disturbs the exchange that it tells of."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuiftp.cli.log_file import LogFile, log_to
from tuiftp.errors import LocalFileError
from tuiftp.events import EventBus
from tuiftp.ftp.events import WireRecorded
from tuiftp.wirelog.foreign import load_file
from tuiftp.wirelog.recorder import MAX_TEXT
from tuiftp.wirelog.records import RecordKind, WireRecord


def record(text: str) -> WireRecord:
    return WireRecord(datetime(2026, 11, 24, tzinfo=UTC), 1, RecordKind.REPLY, text, note="noted")


def test_json_lines_are_there_at_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path, bus, said = tmp_path / "log", EventBus(), list[str]()
    end = log_to(str(path), bus, say=said.append)
    bus.publish(WireRecorded(record("226 one")))
    assert [found.text for found in load_file(path).records] == ["226 one"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    end()
    bus.publish(WireRecorded(record("226 two")))
    assert len(load_file(path).records) == 1
    assert said == []


def test_a_log_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    log_to(str(path), EventBus(), say=print)()
    assert path.read_text() == ""


def test_a_dash_is_readable_text(capsys: pytest.CaptureFixture[str]) -> None:
    bus, said = EventBus(), list[str]()
    log_to("-", bus, say=said.append)
    bus.publish(WireRecorded(record("226 \x1b[31m" + "a" * 60_000)))
    assert len(said) == 2
    assert said[0][12:].startswith(" #1 ← 226 ␛[31ma")
    assert len(said[0]) < MAX_TEXT + 40
    assert said[1].strip() == "⤷ noted"


def test_a_log_has_an_end(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log", complain=print, limit=1000)
    for _ in range(100):
        log.write(record("a" * 100))
    assert (tmp_path / "log").stat().st_size < 1300
    assert "greatest length" in load_file(tmp_path / "log").records[-1].text


def test_a_disk_that_is_full_ends_the_log_and_nothing_else() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    said = list[str]()
    log = LogFile(Path("/dev/full"), complain=said.append)
    log.write(record("a"))
    log.write(record("b"))
    log.close()
    assert len(said) == 1
    assert "ends early: No space left" in said[0]


def test_a_log_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="cannot write"):
        log_to(str(tmp_path / "missing" / "log"), EventBus(), say=print)
