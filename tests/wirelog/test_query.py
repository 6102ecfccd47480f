"""The query bar's language, as a user types it, letter by letter."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wirelog.scenarios import records
from tests.wirelog.script import START, Script
from tuiftp.wirelog.query import KEYS, Query, QueryError, addresses_of, compile_query
from tuiftp.wirelog.records import RecordKind, WireRecord


def found(text: str, log: list[WireRecord] | None = None) -> list[str]:
    query = compile_query(text)
    assert isinstance(query, Query), query
    return [record.text for record in log or records("dropped") if query.matches(record)]


@pytest.mark.parametrize(
    ("text", "first", "count"),
    [
        ("", "connecting to 203.0.113.7:21", 46),
        ("feat -kind:reply", "FEAT", 1),
        ("FAILED to", "425 Failed to establish connection.", 2),
        ('"to establish"', "425 Failed to establish connection.", 2),
        ('"establish to"', "", 0),
        ("code:425", "425 Failed to establish connection.", 2),
        ("code:4xx", "425 Failed to establish connection.", 2),
        ("code:4", "425 Failed to establish connection.", 2),
        ("code:2X6", "226 Directory send OK.", 1),
        ("cmd:port", "we listen on 192.168.1.100:50000", 3),
        ("cmd:port kind:command", "PORT 192,168,1,100,195,80", 1),
        ("conn:1 code:220", "220 (vsFTPd 3.0.3)", 1),
        ("conn:2", "", 0),
        ("dir:out kind:data", "we connect to 203.0.113.7:50123", 2),
        ("dir:in code:2xx 226", "226 Directory send OK.", 1),
        ("kind:data -cmd:PASV", "we listen on 192.168.1.100:50000", 4),
        ("slower:9s kind:data", "no connection arrived at 192.168.1.100:50000 in 10 s", 2),
        ("slower:500ms kind:data", "no connection arrived at 192.168.1.100:50000 in 10 s", 2),
        ("ip:private kind:command", "PORT 192,168,1,100,195,80", 2),
        ("ip:192.168.1.100 kind:command", "PORT 192,168,1,100,195,80", 2),
        ("ip:public code:227", "227 Entering Passive Mode (203,0,113,7,195,203).", 1),
        ("-kind:reply -kind:command -kind:data code:2xx", "", 0),
        ("  SYSTEM ", "", 0),
    ],
)
def test_what_a_query_finds(text: str, first: str, count: int) -> None:
    texts = found(text)
    assert len(texts) == count
    assert not count or texts[0] == first


def test_a_note_and_a_title_are_searched_too() -> None:
    log = [
        WireRecord(START, 1, RecordKind.REPLY, "227 x", note="server listens on…"),
        WireRecord(START, 1, RecordKind.FINDING, "because", title="A NAT", code="R11"),
    ]
    assert found("listens", log) == ["227 x"]
    assert found("nat rule:r11", log) == ["because"]


def test_a_word_with_a_colon_is_a_word() -> None:
    log = [WireRecord(START, 1, RecordKind.STATUS, "see http://example.com and C:\\x")]
    assert found("http://example.com", log)
    assert found("c:\\x", log)


@pytest.mark.parametrize(
    ("text", "position", "length", "part"),
    [
        ("code:9", 0, 6, "no code"),
        ("retr  code:", 6, 5, "needs a value, as code:4xx"),
        ("conn:two", 0, 8, "no connection"),
        ("a dir:up", 2, 6, "dir:in or dir:out"),
        ("kind:thing", 0, 10, "command, reply"),
        ("slower:fast", 0, 11, "no time"),
        ("since:14", 0, 8, "as since:14:03:10"),
        ("x until:2026-13-01T00:00", 2, 22, "no time"),
        ("since:0001-01-01T00:00", 0, 22, "no time"),
        ("ip:here", 0, 7, "neither"),
        ('a "b c', 2, 4, "closing quote"),
        ("a -", 2, 1, "minus"),
        ('""', 0, 2, "nothing"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, position: int, length: int, part: str) -> None:
    error = compile_query(text)
    assert isinstance(error, QueryError)
    assert (error.position, error.length) == (position, length)
    assert part in error.message


def test_times_of_day_and_moments() -> None:
    log = [
        WireRecord(START + timedelta(seconds=seconds), 1, RecordKind.STATUS, str(seconds))
        for seconds in (0, 10, 20)
    ]
    ten, day = log[1].at.astimezone(), timedelta(days=1)
    assert found(f"since:{ten:%H:%M:%S.%f}", log) == ["10", "20"]
    assert found(f"until:{ten:%H:%M:%S.%f}", log) == ["0", "10"]
    assert found(f"since:{ten.isoformat()} until:{ten.isoformat()}", log) == ["10"]
    assert found(f"since:{ten.replace(tzinfo=None).isoformat()}", log) == ["10", "20"]
    assert found(f"since:{(ten + day).isoformat()}", log) == []


def test_each_example_can_be_read() -> None:
    assert all(isinstance(compile_query(example), Query) for example in KEYS)


@given(st.text())
def test_whatever_is_typed_gives_a_query_or_an_error_within_the_text(text: str) -> None:
    result = compile_query(text)
    if isinstance(result, QueryError):
        assert 0 <= result.position <= result.position + result.length <= len(text)
        assert result.message
    else:
        for record in records("dropped")[:5]:
            result.matches(record)


@given(st.lists(st.sampled_from([*KEYS, "-", '"', "word", " ", "-code:5xx", "code:x", "ip:"])), st.text())
def test_pieces_of_queries_never_fail(pieces: list[str], text: str) -> None:
    compile_query("".join(pieces) + text)


@given(st.text(), st.sampled_from(RecordKind))
def test_addresses_are_found_in_any_text_without_failing(text: str, kind: RecordKind) -> None:
    addresses_of(WireRecord(START, 1, kind, f"227 {text}"))
    addresses_of(WireRecord(START, 1, kind, f"PORT {text}", local=text))


def test_an_ipv6_end_is_found() -> None:
    log = Script(peer="2001:db8::7", local="fe80::1").begin().records
    assert found("ip:2001:db8::7", log)[0] == "connecting to [2001:db8::7]:21"
    assert found("ip:link-local", log)


def test_a_hundred_thousand_records_are_filtered_quickly() -> None:
    log = [record for _ in range(2_500) for record in records("healthy_passive")]
    query = compile_query('code:2xx -kind:data slower:1ms "complete"')
    assert isinstance(query, Query)
    began = time.process_time()
    sum(query.matches(record) for record in log)
    assert time.process_time() - began < 3
