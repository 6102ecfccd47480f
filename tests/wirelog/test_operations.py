"""One line for each data connection and login, its state at any moment, and where its time went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import Script
from tuiftp.wirelog.conversation.model import LostHow
from tuiftp.wirelog.conversation.texts import how_lost
from tuiftp.wirelog.operations import LOGIN, Operations, operations, waterfall
from tuiftp.wirelog.records import DataEvent, WireRecord


def summaries(log: list[WireRecord]) -> list[str]:
    return [operation.summary for operation in operations(log)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("healthy_active", [
            "#1 login 192.168.1.20 ok 98 ms", "#2 PORT 192.168.1.100:50000 ok 117 ms 4.2 kB",
        ]),
        ("dropped", [
            "#1 login 203.0.113.7 ok 98 ms", "#2 PORT 192.168.1.100:50000 failed 12.0 s no connection arrived",
            "#3 EPRT 192.168.1.100:50001 failed 12.0 s no connection arrived",
            "#4 PASV 203.0.113.7:50123 ok 76 ms 4.2 kB",
        ]),
        ("closed_port", [
            "#1 login 203.0.113.7 ok 98 ms", "#2 PASV 203.0.113.7:50123 failed 48 ms connection refused",
            "#3 EPSV 203.0.113.7:50124 failed 48 ms connection refused",
        ]),
        ("wrong_password", ["#1 login 203.0.113.7 failed 3.1 s 530 Login incorrect."]),
        ("file_missing", [
            "#1 login 203.0.113.7 ok 98 ms", "#2 PASV 203.0.113.7:50123 failed 73 ms 550 Failed to open file.",
        ]),
    ],
)  # fmt: skip
def test_an_operation_in_one_line(name: str, lines: list[str]) -> None:
    assert summaries(records(name)) == lines


def test_tries_that_belong_together_are_one_task() -> None:
    assert [operation.task for operation in operations(records("dropped"))] == [1, 2, 2, 2]
    assert [operation.task for operation in operations(records("healthy_passive"))] == [1, 2, 3]


def test_an_operation_under_way_is_neither_good_nor_bad() -> None:
    (_, passive) = operations(Script().begin().pasv().dial(50_123).send("RETR a").reply("150 Ok.").records)
    assert passive.ok is None
    assert passive.transfer == "RETR a"
    assert "…" in passive.summary


def test_the_waterfall_says_where_the_time_went() -> None:
    script = (
        Script()
        .begin()
        .pasv()
        .dial(50_123)
        .send("LIST")
        .reply("150 Here.", 1.0)
        .reply("226 Done.", 0.5)
        .close()
    )
    operation = operations(script.records)[-1]
    assert [(segment.label, round(segment.length_ms)) for segment in waterfall(operation)] == [
        ("227", 27), ("connect", 12), ("150", 1000), ("data", 505), ("226", 0),
    ]  # fmt: skip


def test_the_wait_for_the_first_byte_has_a_segment_of_its_own() -> None:
    script = Script().begin().pasv().dial(50_123).send("RETR a").reply("150 Ok.", 0.001)
    stood = next(record.at for record in script.records if record.event is DataEvent.CONNECTED)
    script.now = stood + timedelta(seconds=5)
    closed = script.data(
        DataEvent.CLOSED, "data connection closed, 9 bytes", 0.0, command="PASV", bytes=9, ms=5000.0,
        first_byte_ms=3000.0,
    )  # fmt: skip
    segments = {one.label: one.length_ms for one in operations(closed.records)[-1].segments}
    assert round(segments["first byte"]) == pytest.approx(2998, abs=3)
    assert round(segments["data"]) == 2000


def test_a_late_final_reply_is_seen() -> None:
    script = (
        Script().begin().pasv().dial(50_123).send("LIST").reply("150 Here.").close().reply("226 Done.", 10.0)
    )
    operation = operations(script.records)[-1]
    assert [(s.label, round(s.length_ms)) for s in operation.segments][-1] == ("226", 10_000)


def test_a_server_that_looks_up_names_shows_in_the_login() -> None:
    login = operations(Script().connect(after=20.0).login().records)[0]
    assert login.command == LOGIN
    assert [(s.label, round(s.length_ms)) for s in login.segments] == [
        ("connect", 12), ("greeting", 20_000), ("USER 331", 27), ("PASS 230", 27),
    ]  # fmt: skip


def test_the_handshake_shows_in_the_login() -> None:
    login = operations(Script().begin(tls=True).records)[0]
    assert [s.label for s in login.segments][:4] == ["connect", "greeting", "AUTH 234", "TLS"]


def test_a_server_that_is_not_there_is_a_failed_login() -> None:
    (login,) = operations(records("nobody_there"))
    assert (login.ok, login.why) == (False, "203.0.113.7:21 did not answer within 20 s")
    assert login.endpoint == "203.0.113.7:21"


def test_waiting_for_the_servers_connect_is_a_failed_segment() -> None:
    operation = operations(records("dropped"))[1]
    waits = [s for s in operation.segments if s.label == "wait for connect"]
    assert [(round(s.length_ms), s.failed) for s in waits] == [(10_000, True)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_live_the_last_state_is_that_of_the_whole_log(name: str) -> None:
    log = records(name)
    live = Operations()
    states = {}
    for record in log:
        live.append(record)
        states.update({operation.number: operation for operation in live.all()})
    assert tuple(states.values()) == operations(log)
    for operation in states.values():
        assert operation.first <= operation.last < len(log)
        assert all(segment.length_ms >= 0 <= segment.start_ms for segment in operation.segments)


@pytest.mark.parametrize("name", SCENARIOS)
def test_cut_logs_do_no_harm(name: str) -> None:
    log = records(name)
    for cut in range(0, len(log), 3):
        operations(log[cut:])
        operations(log[:cut])


def test_what_is_kept_is_bounded() -> None:
    found = Operations(capacity=5)
    for _ in range(10):
        for record in records("healthy_passive"):
            found.append(record)
    assert len(found) == len(found.all()) == 5


@pytest.mark.parametrize(
    "words",
    [
        "we closed the control connection",
        "the control connection was closed: closed by us",
    ],  # new and old logs
)
def test_a_connection_that_we_closed_is_no_failure(words: str) -> None:
    assert how_lost(words) is LostHow.OURS
