"""A whole answer to LIST: mixed, framed, broken, in any encoding; never an exception, never a line lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing import parse_listing, parse_mlsd
from tuiftp.protocol.text import decode_wire, encode_wire

NOW = datetime(2026, 7, 1, 12)
UNIX = b"-rw-r--r--    1 demo     users      812 Jun 23 09:42 "
DOS = b"06-25-26  03:09PM                  812 "
MLSD = b"type=file;size=812; "
ENCODINGS = ("utf-8", "latin-1", "cp1252", "shift_jis", "cp932", "gb18030", "big5", "euc_jp", "koi8_r")

byte_lines = st.lists(st.binary(max_size=80), max_size=12)
pieces = st.sampled_from(
    [b"-rw-r--r--", b"drwx", b"l", b" ", b"  ", b"1", b"812", b"u", b"Jun", b"23", b"09:42", b"2018", b"->", b";",
     b"=", b"type=file", b"<DIR>", b"06-25-26", b"03:09PM", b",", b"\xff", b"\x81\x5c", b"\xe3\x81\x82", b"\r",
     b"\n", b"\0", b"x", b"OS.unix=slink:", b"unique=1;", b"total"]
)  # fmt: skip
odd_lines = st.lists(st.lists(pieces, max_size=16).map(b"".join), max_size=8)


def check_bounds(entries: list[Entry], lines: list[bytes]) -> None:
    assert len(entries) <= b"\n".join(lines).count(b"\n") + 1
    for entry in entries:
        assert entry.name not in ("", ".", "..")
        assert "\n" not in entry.name
        assert entry.size is None or 0 <= entry.size < 2**63
        assert (entry.modified is None) == (entry.precision is None)
        assert entry.permissions is None or len(entry.permissions) == 9
        assert entry.raw is None or (entry.raw == entry.name and entry.kind is EntryKind.OTHER)


@given(byte_lines | odd_lines, st.sampled_from(ENCODINGS), st.datetimes())
def test_nothing_raises_and_nothing_is_invented(lines: list[bytes], encoding: str, now: datetime) -> None:
    check_bounds(parse_listing(lines, now=now, encoding=encoding), lines)
    check_bounds(parse_mlsd(lines, encoding=encoding), lines)


@given(byte_lines | odd_lines)
def test_fed_whole_or_line_by_line_it_is_the_same(lines: list[bytes]) -> None:
    whole = b"\r\n".join(lines)
    assert parse_listing([whole], now=NOW) == parse_listing(whole.split(b"\r\n"), now=NOW)
    assert parse_mlsd([whole]) == parse_mlsd(whole.split(b"\r\n"))


@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=12), st.sampled_from(ENCODINGS), st.sampled_from([UNIX, DOS, MLSD]))
def test_the_bytes_of_a_name_come_back(name: bytes, encoding: str, head: bytes) -> None:
    name = name.strip().translate(None, b"\r\n\t\0 ") + b"!"
    (entry,) = parse_listing([head + name + b"\r"], now=NOW, encoding=encoding)
    assert encode_wire(entry.name, encoding) == name
    assert entry.name == decode_wire(name, encoding)
    assert entry.size == 812


def test_dialects_may_change_within_a_listing() -> None:
    lines = [UNIX + b"a", DOS + b"b", MLSD + b"c", b"?", UNIX + b"d", DOS + b"e"]
    entries = parse_listing(lines, now=NOW)
    assert [entry.name for entry in entries] == ["a", "b", "c", "?", "d", "e"]
    assert [entry.is_unreadable for entry in entries] == [False, False, False, True, False, False]


@pytest.mark.parametrize(
    "line",
    [
        "", "\r", "   ", "total 12", "total 0\r", "total 12K", "insgesamt 4", "итого 8", "總用量 4",
        "ls: cannot access x: Permission denied", "/bin/ls: memory exhausted",
        "               6 files           75,978,506,648 bytes",
        "               3 Dir(s)  22,198,362,112 bytes free",
        " Volume in drive C has no label.", " Directory of C:\\pub",
    ],
)  # fmt: skip
def test_what_stands_around_a_listing_is_left_out(line: str) -> None:
    assert parse_listing([line.encode()], now=NOW) == []


@pytest.mark.parametrize("line", ["total", "total nonsense", "als: x", "what a hell?!", "\x1b[2J", "ls"])
def test_what_nobody_understands_stays_visible(line: str) -> None:
    assert parse_listing([line.encode()], now=NOW) == [Entry(line, EntryKind.OTHER, raw=line)]


@pytest.mark.parametrize("encoding", ["no-such", "utf-16", "", "a\0b", "base64"])
def test_an_encoding_that_cannot_be_used_is_read_as_utf8(encoding: str) -> None:
    (entry,) = parse_listing([UNIX + "é".encode()], now=NOW, encoding=encoding)
    assert entry.name == "é"


FILLING = [b"-rw-r--r--    1 demo     users        1 Jun 23 09:42 a-file-of-many"] * 80_000


def test_a_long_listing_is_read_like_a_short_one() -> None:
    """It is read in pieces: a line on the edge of one, and what stands before the edge, lose nothing."""
    vms = [
        b"A_LONG_NAME_OF_A_FILE_IN_A_LISTING.LOG;29",
        b"    0/18  8-JUN-2024 14:42  [STAFF,ANNA]  (RWED,RWED,RE,)",
    ]
    for shift in range(7):
        entries = parse_listing([*FILLING[: 21_000 + shift], *vms * 4_000], now=NOW)
        assert len(entries) == 25_000 + shift
        assert {entry.name for entry in entries[21_000 + shift :]} == {vms[0].decode()}
        assert not any(entry.is_unreadable for entry in entries)


def test_a_listing_can_be_read_while_it_comes() -> None:
    handed_out = 0

    def lines() -> Iterator[bytes]:
        nonlocal handed_out
        for line in FILLING:
            handed_out += 1
            yield line

    def check() -> None:
        if 0 < handed_out < len(FILLING):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        parse_listing(lines(), now=NOW, check=check)
    assert handed_out < len(FILLING)


def test_the_last_piece_of_mlsd_lines_is_not_lost() -> None:
    lines = [MLSD + b"%06d" % number for number in range(80_000)]
    for count in (79_998, 79_999, 80_000):
        names = [entry.name for entry in parse_mlsd(lines[:count])]
        assert names == [f"{number:06}" for number in range(count)]


N = 60_000
HEAD = "-rw-r--r-- 1 u g "


@pytest.mark.parametrize(
    "line",
    [
        HEAD + "1 " * N, HEAD + "1" * N, HEAD + " " * N, HEAD + "5 Jan " * N, HEAD + "5 a" + " " * N,
        HEAD + "5 1\u6708" * N, HEAD + "1 3 29 " * N, HEAD + "5 Jan  2 10:00 a" + " -> b" * N,
        "06-25-26  03:09PM  <DIR> " + " " * N, "06-25-26  03:09PM  " + "1,234" * N,
        "06-25-26  03:09PM  <SYMLINKD> d" + " [" * N, "a=b;" * N + " x", "a=b;" * N, " " * N + "x",
        "total 1" + " " * N + "x", " 1 files" + " " * N + "x", "/" * N + "ls", "1-" * N,
    ],
    ids=range(18),
)  # fmt: skip
def test_long_lines_cost_no_more_than_their_length(line: str) -> None:
    begin = perf_counter()
    parse_listing([line.encode()], now=NOW)
    parse_mlsd([line.encode()])
    assert perf_counter() - begin < 2


def test_a_known_zone_of_the_server_makes_times_exact() -> None:
    lines = [UNIX + b"a", b"-rw-r--r-- 1 u g 5 Jan  1  2020 b", MLSD[:-1] + b"modify=20260101000000; c"]
    zone = timezone(timedelta(hours=-5))
    first, second, third = parse_listing(lines, now=NOW, zone=zone)
    assert first.modified == datetime(2026, 6, 23, 14, 42, tzinfo=UTC)
    assert second.modified == datetime(2020, 1, 1)  # a day, not a moment
    assert third.modified == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_present_is_taken_to_the_zone_of_the_server() -> None:
    line = [b"-rw-r--r-- 1 u g 5 Jan  1 00:30 a"]
    now = datetime(2025, 12, 31, 16, tzinfo=UTC)
    (entry,) = parse_listing(line, now=now, zone=timezone(timedelta(hours=9)))
    assert entry.modified == datetime(2025, 12, 31, 15, 30, tzinfo=UTC)


def test_the_ends_of_the_calendar_stay_as_they_are_printed() -> None:
    line = [b"-rw-r--r-- 1 u g 5 0001-01-01 00:30 a"]
    (entry,) = parse_listing(line, now=NOW, zone=timezone(timedelta(hours=9)))
    assert entry.modified == datetime(1, 1, 1, 0, 30)
