"""The sequence diagram: every arrow in its true direction, live as well as from a file, cut logs included."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import START, Script
from tuiftp.wirelog.ladder import Direction, Ladder, Lane, RowKind, rows_of
from tuiftp.wirelog.records import RecordKind, WireRecord


def drawn(name: str) -> Ladder:
    ladder = Ladder()
    for record in records(name):
        ladder.append(record)
    return ladder


def signs(ladder: Ladder, number: int) -> list[str]:
    """One word a row: the arrow and the text."""
    arrows = {Direction.TO_SERVER: "→", Direction.TO_CLIENT: "←", Direction.NONE: "·"}
    shown = ladder.operations.get(number)
    assert shown is not None
    numbers = range(shown.task, number + 1)
    tries = [other for other in map(ladder.operations.get, numbers) if other and other.task == shown.task]
    return [
        f"{arrows[row.direction]}{'✗' if row.failed else ''} {row.text}"
        for row in ladder.rows
        if row.operation in [one.number for one in tries]
    ]


def test_a_passive_connection_is_drawn_towards_the_server() -> None:
    assert signs(drawn("healthy_passive"), 2) == [
        "→ PASV",
        "← 227 Entering Passive Mode (203,0,113,7,195,203).",
        "→ TCP connect  :41001 → 203.0.113.7:50123",
        "→ MLSD",
        "← 150 Here comes the directory listing.",
        "← 226 Directory send OK.",
        "← 4.2 kB",
    ]


def test_an_active_connection_is_drawn_towards_the_client() -> None:
    ladder = drawn("healthy_active")
    rows = signs(ladder, 2)
    texts = [row.text for row in ladder.rows]
    assert texts[texts.index("PORT 192,168,1,100,195,80") - 1] == "listening on 192.168.1.100:50000 · private"
    assert "← TCP connect  192.168.1.20:20 → 192.168.1.100:50000" in rows


def test_a_failure_is_marked_where_it_broke_and_what_followed_belongs_to_it() -> None:
    rows = signs(drawn("dropped"), 4)
    assert "←✗ SYN to 192.168.1.100:50000 never arrived" in rows
    assert "·✗ gave up waiting, listener closed" in rows
    assert rows[-1] == "← 4.2 kB"


def test_a_connect_that_the_server_could_not_make_is_drawn_before_its_425() -> None:
    rows = signs(drawn("repelled"), 2)
    place = rows.index("←✗ the server could not connect to 198.51.100.9:50000")
    assert rows[place + 1] == "←✗ 425 Failed to establish connection."


def test_an_upload_moves_towards_the_server() -> None:
    ladder = Ladder()
    script = Script().begin().pasv().dial(50_123).send("STOR a").reply("150 Ok.").reply("226 Done.").close(99)
    for record in script.records:
        ladder.append(record)
    row = ladder.rows[-1]
    assert (row.kind, row.direction, row.lane, row.text) == (
        RowKind.DATA_CLOSE, Direction.TO_SERVER, Lane.DATA, "99 B",
    )  # fmt: skip


def test_tls_and_the_first_byte_have_rows() -> None:
    script = Script().begin(tls=True).pasv().dial(50_123).send("RETR a").reply("150 Ok.")
    tls = "TLSv1.3, session resumed, the certificate of the control connection"
    script.add(RecordKind.STATUS, f"the data connection is encrypted: {tls}", tls=tls)
    script.close(99, first_byte_ms=6.0).reply("226 Done.")
    rows = rows_of(script.records)[-5:]
    kinds = [row.kind for row in rows]
    assert kinds == [RowKind.REPLY, RowKind.TLS, RowKind.DATA_MOVE, RowKind.DATA_CLOSE, RowKind.REPLY]
    first, end = rows[2:4]
    assert (first.text, first.detail) == ("first byte", "after 6 ms")
    assert (first.direction, first.lane) == (Direction.TO_CLIENT, Lane.DATA)
    assert (end.at - first.at).total_seconds() == pytest.approx(0.002)  # it stood for 8 ms


def test_a_reply_of_many_lines_is_one_row() -> None:
    rows = [row for row in drawn("healthy_passive").rows if row.text.startswith("211")]
    assert [(row.text, row.detail) for row in rows] == [("211 End", "8 lines")]


@pytest.mark.parametrize("name", SCENARIOS)
def test_live_and_whole_are_the_same_and_cuts_do_no_harm(name: str) -> None:
    log = records(name)
    ladder = Ladder()
    live = [row for record in log for row in ladder.append(record)]
    assert live == rows_of(log) == ladder.rows
    for cut in range(0, len(log), 3):
        rows_of(log[cut:])
        rows_of(log[:cut])
    assert all(row.record_index < len(log) for row in live)
    assert [row.offset_ms for row in live] == sorted(row.offset_ms for row in live)


def test_indexes_count_from_the_first_record_that_is_kept() -> None:
    ladder = Ladder(first_index=500)
    (row,) = ladder.append(WireRecord(START, 1, RecordKind.COMMAND, "NOOP"))
    assert row.record_index == 500


def test_the_oldest_rows_go_when_there_are_too_many() -> None:
    ladder = Ladder(capacity=50)
    for number in range(120):
        ladder.append(WireRecord(START, 1, RecordKind.COMMAND, f"NOOP {number}"))
    assert len(ladder.rows) <= 50
    assert ladder.dropped + len(ladder.rows) == 120
    assert ladder.rows[-1].text == "NOOP 119"


def test_a_hundred_thousand_records_are_cheap() -> None:
    log = records("healthy_passive")
    ladder = Ladder()
    began = time.process_time()
    for number in range(100_000 // len(log) + 1):
        for record in log:
            ladder.append(replace(record, conn=number + 1))
    assert time.process_time() - began < 15
