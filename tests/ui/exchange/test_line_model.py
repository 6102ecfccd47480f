"""The exchange view's lines: arrows in order, operations on one line until opened, found by line and by record."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.ui.exchange_host import active, active_blocked, many, passive
from tests.wirelog.script import Script
from tuiftp.protocol.text import cell_width
from tuiftp.ui.exchange.line_model import LadderLines, Spot
from tuiftp.ui.exchange.rows import LadderLayout, compose_arrow, compose_operation, height_of, legend
from tuiftp.wirelog.records import WireRecord, WireState

LAYOUT = LadderLayout(110)


def fed(records: Iterable[WireRecord], first: int = 0) -> LadderLines:
    lines = LadderLines(first, height_of=lambda row: height_of(row, LAYOUT))
    for record in records:
        lines.feed(record)
    return lines


def drawn(lines: LadderLines, layout: LadderLayout = LAYOUT) -> list[str]:
    """Every line of the diagram."""
    found = [lines.at(line) for line in range(lines.height)]
    return [text_of(lines, *spot, layout) for spot in found if spot is not None]


def text_of(lines: LadderLines, spot: Spot, place: int, layout: LadderLayout) -> str:
    if spot.row is None:
        spans = compose_operation(spot, lines.operation(spot.item), layout)
    else:
        began = lines.began(spot.item) if spot.item.operation is not None else None
        spans = compose_arrow(spot, began, layout)[place]
    return "".join(text for _, text in spans)


def test_an_operation_is_one_line_until_opened() -> None:
    lines = fed(active_blocked())
    texts = drawn(lines)
    assert any("▸ ✗ #2 PORT 192.168.1.100:50000 failed 10.1 s" in text for text in texts)
    assert any("▸ #3 PASV 203.0.113.7:50123 ok" in text and "4.2 kB" in text for text in texts)
    assert not any("never arrived" in text for text in texts)
    spot = lines.spot_of(24)
    assert spot is not None
    lines.open_task(spot.item)
    opened = drawn(lines)
    assert any("╳┄┄┄" in text and "SYN to 192.168.1.100:50000 never arrived" in text for text in opened)
    assert any("═══ TCP connect  :41001 → 203.0.113.7:50123   12 ms ═" in text for text in opened)
    assert len(opened) == lines.height > len(texts)
    lines.set_open(spot.item, False)
    assert len(drawn(lines)) == lines.height


@pytest.mark.parametrize("layout", [LAYOUT, LadderLayout(width=60)])
@pytest.mark.parametrize(
    ("end", "icmp", "sign"),
    [
        ("refused", None, "┤RST"),
        ("ECONNREFUSED", "port unreachable from 203.0.113.7", "┤ICMP"),
        ("EHOSTUNREACH", "prohibited by a filter from 203.0.113.1", "┤ICMP"),
        ("EPERM", None, "┤own system"),
        ("ENETUNREACH", None, "┤own system"),
        ("timeout", None, "╳"),
    ],
)
def test_a_line_ends_at_what_stopped_it(layout: LadderLayout, end: str, icmp: str | None, sign: str) -> None:
    """A reset, an ICMP error, our own system and silence: four endings, each in its width."""
    lines = fed(Script().begin().pasv().dial(50_123, end=end, icmp=icmp).records)
    lines.set_all_open(True)
    texts = [text for text in drawn(lines, layout) if "┄┄┄ TCP connect" in text]
    assert len(texts) == 1
    assert texts[0].rstrip(" │").endswith(f"┄{sign}")
    assert cell_width(texts[0]) <= layout.width
    assert [other for other in ("╳", "┤") if other in texts[0]] == [sign[0]]


def test_a_connection_that_was_reset_or_fell_silent_ends_so() -> None:
    for state, errno, sign in (
        (WireState.BROKEN, "ECONNRESET", "RST├"),
        (WireState.TIMED_OUT, None, "╳"),
        (None, None, "◄"),
    ):
        script = Script().begin().pasv().dial(50_123).send("RETR x").reply("150 Here it comes")
        lines = fed(script.close(7_000, state=state, errno=errno, retransmits=3, mss=1_448).records)
        lines.set_all_open(True)
        texts = [text for text in drawn(lines) if ("7.0 kB" in text and "┄┄" in text) or "═ 7.0 kB" in text]
        assert len(texts) == 1
        assert sign in texts[0]
        assert "3 sent again, MSS 1,448" in texts[0]


def test_the_direction_of_the_connect_tells_active_from_passive() -> None:
    for records, begins, ends in (
        (active(), "│◄═══ TCP connect", "═│"),
        (passive(), "│═══ TCP connect", "►│"),
    ):
        lines = fed(records)
        lines.set_all_open(True)
        (connect,) = (text for text in drawn(lines) if "TCP connect" in text)
        assert begins in connect
        assert connect.endswith(ends)


def test_a_listener_stands_under_the_command_that_announces_it() -> None:
    lines = fed(active())
    lines.set_all_open(True)
    texts = drawn(lines)
    (place,) = (place for place, text in enumerate(texts) if "listening on" in text)
    assert any("PORT " in text for text in texts[place - 2 : place])


@pytest.mark.parametrize("is_open", [False, True])
def test_each_line_belongs_to_the_spot_that_lies_there(is_open: bool) -> None:
    lines = fed(many(400))
    lines.set_all_open(is_open)
    line = 0
    while line < lines.height:
        found = lines.at(line)
        assert found is not None
        assert found[1] == 0
        start, height = lines.span(found[0])
        assert start == line
        line += height
    assert line == lines.height
    assert lines.at(lines.height) is None
    assert lines.at(-1) is None


def test_a_record_is_found_again_by_its_number() -> None:
    lines = fed(active_blocked(), first=1000)
    lines.set_all_open(True)
    for number in range(1002, lines.next):
        spot = lines.spot_of(number)
        assert spot is not None
        assert spot.record <= number
        assert number - spot.record <= 8  # lines of a reply, and records that no arrow stands for
    assert lines.spot_of(0) is None


def test_stepping_visits_each_spot_once_and_stops_at_the_ends() -> None:
    lines = fed(active_blocked())
    lines.set_all_open(True)
    spot, seen = lines.first, 1
    assert spot is not None
    assert lines.step(spot, -1) == spot
    while (after := lines.step(spot, 1)) != spot:
        spot, seen = after, seen + 1
    assert spot == lines.last
    found = [lines.at(line) for line in range(lines.height)]
    assert seen == sum(1 for each in found if each is not None and each[1] == 0)


def test_an_open_operation_grows_as_records_come() -> None:
    records = passive()
    cut = next(place for place, each in enumerate(records) if each.text == "PASV") + 1
    lines = fed(records[:cut])
    assert lines.last is not None
    lines.open_task(lines.last.item)
    for record in records[cut:]:
        lines.feed(record)
        assert len(drawn(lines)) == lines.height
    assert any("226 Directory send OK." in text for text in drawn(lines))


def test_one_connection_can_be_shown_alone() -> None:
    s = Script().begin()
    s.begin().pasv().dial(50_123).listing()
    lines = fed(s.records)
    assert lines.conns == [1, 2]
    lines.show_conn(2)
    assert {lines.at(line)[0].item.conn for line in range(lines.height)} == {2}  # type: ignore[index]
    lines.show_conn(None)
    assert any(lines.at(line)[0].item.conn == 1 for line in range(lines.height))  # type: ignore[index]


def test_the_findings_of_a_spot_are_those_that_it_is_evidence_of() -> None:
    lines = fed(active_blocked())
    with_finding = {
        operation.command
        for line in range(lines.height)
        if (found := lines.at(line)) is not None
        and (operation := lines.operation(found[0].item)) is not None
        and [one.code for one in lines.findings_of(found[0].item)] == ["R11"]
    }
    assert with_finding == {"PORT"}


def test_memory_is_bounded_and_what_is_left_still_hangs_together() -> None:
    lines = LadderLines(0, capacity=500)
    for record in many(5000):
        lines.feed(record)
    assert len(lines._arrows) <= 500
    assert lines.operations < 100
    lines.set_all_open(True)
    assert lines.last is not None
    assert lines.span(lines.last.__class__(lines.last.item))[0] < lines.height
    spot = lines.spot_of(lines.next - 1)
    assert spot is not None
    assert spot.item is lines.last.item


@pytest.mark.parametrize("width", [30, 60, 78, 110, 200])
def test_every_line_fits(width: int) -> None:
    layout = LadderLayout(width, conn_width=4)
    lines = LadderLines(0, height_of=lambda row: height_of(row, layout))
    hostile = (
        Script().begin().send("STAT \x1b[2J" + "x" * 900).reply("211 [bold]\u202e 漢字漢字 " + "y" * 900)
    )
    for record in [*active_blocked(), *hostile.records]:
        lines.feed(record)
    lines.set_all_open(True)
    texts = drawn(lines, layout)
    # Below some 35 cells nothing can be drawn; there the view cuts.
    assert max(map(len, texts)) <= max(width, layout.right + 1)
    assert not any(char in text for text in texts for char in "\x1b\u202e")
    assert len("".join(text for _, text in legend("192.168.1.100", "203.0.113.7", layout))) >= layout.left


def test_a_log_without_times_shows_none() -> None:
    layout = LadderLayout(110, has_times=False)
    lines = fed(passive())
    lines.set_all_open(True)
    texts = drawn(lines, layout)
    assert not any("09:14" in text or "+" in text.split("│")[0] for text in texts)
    assert any("PASV 203.0.113.7:50123 ok 4.2 kB" in text for text in texts)
