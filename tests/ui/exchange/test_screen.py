"""The exchange view: as in its pictures, live, in step with the log, with what the rules say."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from time import thread_time
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot

from tests.support.svg import draw
from tests.ui.exchange_host import (
    active,
    active_blocked,
    exchange,
    is_open,
    lines,
    many,
    matches_picture,
    panel,
    passive,
    utc,
)
from tests.ui.hosts import text_of
from tests.ui.panel_host import PanelHost, until
from tuiftp.ui.diagnosis.finding_box import FindingBox
from tuiftp.ui.diagnosis.inspector import Inspector
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.exchange.waterfall_screen import WaterfallScreen
from tuiftp.ui.log.explanation_screen import ExplanationScreen
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.log.view import LogView
from tuiftp.wirelog.findings import diagnose, finding_record
from tuiftp.wirelog.records import WireRecord

SESSIONS = {"port": active, "pasv": passive, "port-blocked": active_blocked}


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_session_looks_as_in_its_picture(session: str, size: tuple[int, int]) -> None:
    with utc():
        app = panel()
        async with app.run_test(size=size) as pilot:
            records = SESSIONS[session]()
            app.send(records)
            log = app.query_one(LogPanel).view
            await until(pilot, lambda: len(log.lines) == len(records))
            log.show_record(next(place for place, each in enumerate(records) if each.text == "LIST"))
            await pilot.press("e")
            await until(pilot, lambda: is_open(app, ExchangeScreen) and not exchange(app).view.unread)
            await pilot.pause()
            assert matches_picture(app, f"{session}-{size[0]}x{size[1]}")


def test_a_picture_holds_colours_and_takes_text_as_text() -> None:
    line = [
        Segment("<b>", Style(color="#ff0000", bold=True)),
        Segment("äb", Style(color="#00ff00", bgcolor="#000001")),
    ]
    picture = draw([line], columns=5)
    assert '<text x="0" y="13" textLength="24" fill="#ff0000" font-weight="bold">&lt;b&gt;</text>' in picture
    assert '<rect x="24" y="0" width="16" height="17" fill="#000001"/>' in picture
    assert picture != draw([[Segment("<b>äb")]], columns=5)


async def opened(app: PanelHost, pilot: Pilot[Any], records: list[WireRecord]) -> ExchangeScreen:
    app.send(records)
    await until(pilot, lambda: len(app.query_one(LogPanel).view.lines) == len(records))
    await pilot.press("e")
    await until(pilot, lambda: is_open(app, ExchangeScreen))
    await pilot.pause()
    return exchange(app)


async def test_what_comes_while_it_is_open_is_drawn() -> None:
    app = panel()
    records = passive()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, records[:12])
        assert not any("227" in line for line in lines(app))
        exchange(app).view.follow()
        app.send(records[12:])
        await until(pilot, lambda: any("221 Goodbye." in line for line in lines(app)))
        assert any("#2 PASV 203.0.113.7:50123 ok" in line for line in lines(app))


async def test_it_is_left_where_it_was_and_the_log_goes_there() -> None:
    app = panel()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, passive())
        await pilot.press("home", "down", "down", "down")
        spot = screen.view.cursor
        assert spot is not None
        await pilot.press("q")
        await until(pilot, lambda: not is_open(app, ExchangeScreen))
        await pilot.pause()
        cursor = app.query_one(LogPanel).view.cursor
        assert cursor is not None
        assert cursor.number == spot.record


@pytest.mark.parametrize("size", [(160, 40), (80, 24)])
async def test_the_log_beside_it_moves_with_it_and_it_with_the_log(size: tuple[int, int]) -> None:
    app = panel()
    async with app.run_test(size=size) as pilot:
        screen = await opened(app, pilot, passive())
        await pilot.press("l")
        await until(
            pilot,
            lambda: bool(screen.query(LogView)) and len(screen.query_one(LogView).lines) == len(passive()),
        )
        log = screen.query_one(LogView)
        await pilot.press("home", "down", "down")
        spot = screen.view.cursor
        assert spot is not None
        await until(pilot, lambda: log.cursor is not None and log.cursor.number == spot.record)
        screen.set_focus(log)
        await pilot.press("down", "down", "down", "down")
        await until(
            pilot,
            lambda: (
                log.cursor is not None
                and (at := screen.view.cursor) is not None
                and at == screen.view.lines.spot_of(log.cursor.number)
            ),
        )
        assert log.cursor is not None
        assert log.cursor.number > spot.record
        await pilot.press("l")
        assert screen.view.has_focus


async def test_a_finding_stands_below_and_can_be_dismissed() -> None:
    app = panel()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, active_blocked())
        box = screen.query_one(FindingBox)
        assert box.finding is not None
        assert box.finding.code == "R11"
        text = text_of(app)
        assert "Finding  A NAT is in the way of active mode   sure: high" in text
        assert "You       Use passive mode" in text
        assert "Firewall  On this host" in text
        assert "a apply" not in text  # no site is open
        await pilot.press("escape")
        await pilot.pause()
        assert not box.has_class("-shown")
        assert is_open(app, ExchangeScreen)
        await pilot.press("f")
        await until(pilot, lambda: box.has_class("-shown"))
        assert screen.view.cursor is not None
        assert screen.view.cursor.record == box.finding.evidence[0]
        assert screen.view.cursor.item.is_open


async def test_opened_on_the_line_of_a_finding_it_shows_the_evidence() -> None:
    records = active_blocked()
    (finding,) = (found for found in diagnose(records) if found.code == "R11")
    app = panel()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, [*records, finding_record(finding, records[-1].at)])
        assert screen.view.cursor is not None
        assert screen.view.cursor.record == finding.evidence[0]


async def test_enter_opens_an_operation_and_explains_an_arrow() -> None:
    app = panel()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(app, pilot, passive())
        await pilot.press("home")
        while (spot := screen.view.cursor) is None or spot.row is not None:
            await pilot.press("down")
        before = screen.view.lines.height
        await pilot.press("enter")
        assert screen.view.lines.height > before
        await pilot.press("down", "enter")
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        await pilot.press("escape")
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        await pilot.press("space")
        assert screen.view.lines.height == before
        await pilot.press("o")
        assert screen.view.lines.height > before + 5


async def test_the_waterfall_shows_where_the_time_went() -> None:
    app = panel()
    async with app.run_test(size=(100, 30)) as pilot:
        records = active_blocked()
        app.send(records)
        log = app.query_one(LogPanel).view
        await until(pilot, lambda: len(log.lines) == len(records))
        log.show_record(24)
        await pilot.press("e")
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        await pilot.press("w")
        await until(pilot, lambda: is_open(app, WaterfallScreen))
        await pilot.pause()
        text = text_of(app)
        (waited,) = (line for line in text.splitlines() if "wait for connect" in line)
        assert waited.count("▒") > 40
        assert "10.0 s" in waited or "10.1 s" in waited
        (quick,) = (line for line in text.splitlines() if "│ 200 " in line)
        assert quick.count("█") == 1
        await pilot.press("escape")
        await until(pilot, lambda: is_open(app, ExchangeScreen))


async def test_an_empty_log_opens_too() -> None:
    app = panel()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        await pilot.press("up", "down", "enter", "w", "f", "a", "o", "c", "space", "pageup")
        assert "Nothing has passed yet." in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(app, ExchangeScreen))


async def when(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Lets the app work until `condition` holds, which may take a while."""
    async with asyncio.timeout(120):
        while not condition():
            await pilot.pause()


LAG = 0.5
"""Seconds of work that a key may have to wait for; what others take of the machine is not counted."""


@pytest.mark.timeout(180)
async def test_a_hundred_thousand_records_are_opened_filtered_and_scrolled_without_a_pause() -> None:
    records = many(100_000)
    app = PanelHost(lambda services: LogView(limit=100_000))
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            begun = thread_time()
            await asyncio.sleep(0.005)
            worst = max(worst, thread_time() - begun)

    # As the program does when it starts: what other tests have left is not looked through again and again.
    gc.collect()
    gc.freeze()
    async with app.run_test(size=(120, 36)) as pilot:
        log = app.query_one(LogView)
        log.pause = 0.001
        ticker = asyncio.create_task(tick())
        log.take(records)
        await when(pilot, lambda: not log.unread)
        log.show_text("code:4xx")
        await when(pilot, lambda: not log.lines.unplaced)
        found = sum(record.text.startswith("425") for record in records)
        assert log.lines.shown_count == found
        Inspector(app, app.services, log).open_exchange(99_000)
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        await pilot.press("pageup", "home", "pagedown", "end", "pageup")
        await when(pilot, lambda: len(exchange(app).view.lines._arrows) > 70_000)
        await when(pilot, lambda: not exchange(app).view.unread)
        await pilot.press("pageup", "home", "pagedown", "end", "pageup")
        ticker.cancel()
        assert worst < LAG


async def test_connections_above_999_are_shown_whole() -> None:
    app = panel()
    async with app.run_test(size=(120, 36)) as pilot:
        records = [*passive(), *(replace(each, conn=12_345) for each in passive())]
        app.send(records)
        await until(pilot, lambda: len(app.query_one(LogPanel).view.lines) == len(records))
        await pilot.press("e")
        await until(pilot, lambda: is_open(app, ExchangeScreen) and not exchange(app).view.unread)
        await until(pilot, lambda: "#12345" in text_of(app).split("Protocol log")[0])
