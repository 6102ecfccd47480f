"""The log's lines are bounded, filtered, and found by line, whatever was appended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.panel_host import record
from tuiftp.ui.log import line_model as log_lines
from tuiftp.ui.log.line_model import LogKinds, LogLines
from tuiftp.ui.log.rows import LogLayout, LogRow, compose, count_lines
from tuiftp.wirelog.records import DataEvent


def filled(count: int, limit: int = 50) -> LogLines:
    lines = LogLines(limit)
    for number in range(count):
        note = "two\nnotes" if number % 3 == 0 else None
        lines.append(record(f"200 line {number}", note=note, conn=number % 2 + 1))
    return lines


def walk(lines: LogLines) -> list[tuple[int, int]]:
    found = [lines.at(line) for line in range(lines.origin, lines.end)]
    return [(each[0].number, each[1]) for each in found if each is not None]


@given(st.integers(0, 300), st.integers(1, 40))
def test_each_line_belongs_to_the_row_that_lies_there(count: int, limit: int) -> None:
    lines = filled(count, limit)
    kept = range(max(0, count - limit), count)
    assert walk(lines) == [(n, place) for n in kept for place in range(3 if n % 3 == 0 else 1)]
    assert lines.at(lines.origin - 1) is None
    assert lines.at(lines.end) is None
    for number in kept:
        start, height = lines.span(number)
        found = lines.at(start)
        assert found is not None
        assert found[0].number == number
        assert height == (3 if number % 3 == 0 else 1)


def test_what_falls_out_moves_no_line_that_is_left() -> None:
    lines = filled(50, limit=50)
    before = lines.span(40)
    lines.append(record("200 one more"))
    assert lines.span(40) == before
    assert lines.origin > 0


def test_twenty_thousand_records_stay_bounded_and_each_is_measured_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = 0

    def count(row: LogRow, layout: LogLayout) -> int:
        nonlocal measured
        measured += 1
        return count_lines(row, layout)

    monkeypatch.setattr(log_lines, "count_lines", count)
    lines = filled(20_000, limit=5000)
    assert len(lines) == lines.shown_count == 5000
    assert measured == 20_000
    assert len(lines._shown) <= 2 * 5000 + 1  # what fell out is forgotten, in steps


def test_filters() -> None:
    lines = LogLines()
    for each in [
        record("PASV", "command"), record("227 Entering (1,2,3,4,5,6)", note="server listens"),
        record("connected", "data", event=DataEvent.CONNECTED), record("RETR x", "command"),
        record("550 No such file"), record("reconnecting", "status", conn=0), record("a NAT", "finding"),
        record("nothing came", "data", event=DataEvent.FAILED, conn=2),
    ]:  # fmt: skip
        lines.append(each)

    def shown() -> list[str]:
        return [row.record.text.split()[0] for row in lines.shown_rows()]

    wanted = {
        LogKinds.ALL: ["PASV", "227", "connected", "RETR", "550", "reconnecting", "a", "nothing"],
        LogKinds.CONTROL: ["PASV", "227", "RETR", "550"],
        LogKinds.DATA: ["PASV", "227", "connected", "nothing"],
        LogKinds.PROBLEMS: ["550", "a", "nothing"],
        LogKinds.STATUS: ["reconnecting", "a"],
    }
    for kinds, texts in wanted.items():
        lines.set_kinds(kinds)
        assert shown() == texts
    lines.set_kinds(LogKinds.ALL)
    for words, texts in {
        "LISTENS": ["227"], "#2": ["nothing"], "such file": ["550"], "no such thing": [], "": wanted[LogKinds.ALL],
    }.items():  # fmt: skip
        lines.set_text(words)
        assert shown() == texts
    assert lines.conns == [1, 2]


def test_a_filter_holds_for_what_comes_later() -> None:
    lines = filled(10)
    lines.set_text("line 5")
    lines.append(record("200 line 55"))
    lines.append(record("200 other"))
    assert [row.record.text for row in lines.shown_rows()] == ["200 line 5", "200 line 55"]


def test_every_kind_is_reached_by_stepping() -> None:
    kinds = [LogKinds.ALL]
    for _ in LogKinds:
        kinds.append(kinds[-1].following)
    assert kinds[0] is kinds[-1]
    assert set(kinds) == set(LogKinds)


def test_a_smaller_limit_lets_the_oldest_go_at_once() -> None:
    lines = filled(50)
    lines.set_limit(10)
    assert [row.number for row in lines.shown_rows()] == list(range(40, 50))
    assert walk(lines)[0] == (40, 0)


def test_clearing_leaves_nothing() -> None:
    lines = filled(30)
    lines.clear()
    assert (len(lines), lines.height, lines.conns, lines.last) == (0, 0, [], None)
    lines.append(record("200 new"))
    assert lines.height == 1


def test_long_numbers_of_connections_are_shown_whole_and_keep_the_column() -> None:
    lines = LogLines(10)
    for conn in (7, 1_000, 12_345):
        lines.append(record("200 Ok.", conn=conn))
    lines.set_layout()
    heads = [compose(row, lines.layout)[0][0][1] for row in lines.since(0)]
    assert len({len(head) for head in heads}) == 1
    assert heads[-1].endswith(" #12345 ")
