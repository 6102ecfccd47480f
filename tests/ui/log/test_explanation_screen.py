"""The explanation of a line: what it means, held against the sockets, with the finding, and its neighbours by key."""

from __future__ import annotations

from tests.ui.exchange_host import active_blocked, exchange, is_open, many, panel
from tests.ui.hosts import text_of
from tests.ui.panel_host import record, until
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.log.explanation_screen import ExplanationScreen
from tuiftp.ui.log.panel import LogPanel


async def test_a_line_is_explained_and_its_neighbours_too() -> None:
    app = panel()
    records = active_blocked()
    place = next(place for place, each in enumerate(records) if each.text.startswith("PORT"))
    async with app.run_test(size=(110, 40)) as pilot:
        app.send(records)
        log = app.query_one(LogPanel).view
        await until(pilot, lambda: len(log.lines) == len(records))
        log.show_record(place)
        await pilot.press("enter")
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        await pilot.pause()
        text = text_of(app)
        assert "PORT 192,168,1,100,195,80" in text
        assert "RFC 959 section 4.1.2" in text
        assert "50000 = 195×256+80" in text
        assert "Finding R11: A NAT is in the way of active mode   sure: high" in text
        assert f"record {place + 1} of {len(records)}" in text
        await pilot.press("right")
        await pilot.pause()
        assert "200 PORT command successful." in text_of(app)
        await pilot.press("left", "left")
        await pilot.pause()
        assert f"record {place} of" in text_of(app)
        await pilot.press("c")
        assert "we listen on" in app.copied[0]
        await pilot.press("escape")
        await until(pilot, lambda: not is_open(app, ExplanationScreen))
        await pilot.pause()
        assert log.cursor is not None
        assert log.cursor.number == place - 1


async def test_it_leads_to_the_exchange_view() -> None:
    app = panel()
    records = active_blocked()
    async with app.run_test(size=(110, 40)) as pilot:
        app.send(records)
        log = app.query_one(LogPanel).view
        await until(pilot, lambda: len(log.lines) == len(records))
        log.show_record(22)
        await pilot.press("enter")
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        await pilot.press("e")
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        cursor = exchange(app).view.cursor
        assert cursor is not None
        assert cursor.record == 22


async def test_the_next_line_is_the_next_that_the_filter_shows() -> None:
    app = panel()
    async with app.run_test(size=(80, 24)) as pilot:
        app.send([record("NOOP", "command"), record("200 ok", after=1), record("QUIT", "command", after=2)])
        await until(pilot, lambda: len(app.query_one(LogPanel).view.lines) == 3)
        app.query_one(LogPanel).show_query("kind:command")
        await pilot.press("home", "enter")
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        await pilot.press("right")
        await pilot.pause()
        assert "QUIT" in text_of(app)
        assert "record 3 of 3" in text_of(app)


async def test_it_is_cheap_in_a_long_log_and_bounded_for_a_long_line() -> None:
    app = panel()
    async with app.run_test(size=(80, 24)) as pilot:
        panel_ = app.query_one(LogPanel)
        panel_.view.keep(30_000)
        panel_.view.lines.limit = 30_000
        for each in [*many(20_000), record("211 " + "x" * 2000)]:
            panel_.view.lines.append(each)
        panel_.view.follow()
        panel_.inspector.explain(20_000)
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        assert panel_.inspector.lines.next == 0  # the whole log was not read for it
        await pilot.press("left")
        await pilot.pause()
        assert "record 20,000 of 20,001" in text_of(app)


async def test_a_record_that_is_gone_is_said_to_be_gone() -> None:
    app = panel()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.explain(7)
        await until(pilot, lambda: is_open(app, ExplanationScreen))
        await pilot.pause()
        assert "no longer kept" in text_of(app)
