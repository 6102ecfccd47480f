"""From a transfer to its lines in the protocol log, and from a line back to its transfer."""

from __future__ import annotations

from datetime import timedelta

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import START, record, transfer, until
from tuiftp.ftp.events import WireRecorded
from tuiftp.transfers.model import Attempt, TransferChanged, TransferState
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.transfers.attempts_screen import AttemptsScreen
from tuiftp.ui.transfers.log_links import query_of
from tuiftp.ui.transfers.panel import TransfersPanel
from tuiftp.ui.transfers.row_model import Filter
from tuiftp.wirelog.query import Query, compile_query

ATTEMPTS = (
    Attempt(START, START + timedelta(seconds=1), "426 Broken", 3),
    Attempt(START + timedelta(seconds=5), START + timedelta(seconds=6), None, 3),
)
LINES = [
    record("150 first", after=500, conn=3), record("220 other", after=600, conn=4),
    record("150 second", after=5500, conn=3), record("150 third", after=7000, conn=3),
]  # fmt: skip


def test_an_attempt_is_a_stretch_of_its_connection() -> None:
    query = compile_query(query_of(ATTEMPTS[1]))
    assert isinstance(query, Query)
    assert [each.text for each in LINES if query.matches(each)] == ["150 second"]
    running = compile_query(query_of(Attempt(START + timedelta(seconds=5), conn=3)))
    assert isinstance(running, Query)
    assert [each.text for each in LINES if running.matches(each)] == ["150 second", "150 third"]


def host() -> BrowserHost:
    app = BrowserHost(FakeSite())
    app.queue.all = {
        id: transfer(id, state=TransferState.DONE, attempts=2, error="noted") for id in range(1, 60)
    }
    app.queue.attempts = {50: ATTEMPTS}
    app.queue.owners = {3: 50}
    for each in LINES:
        app.services.recorder.append(each)  # type: ignore[attr-defined]
    return app


async def test_enter_leads_from_an_attempt_to_its_lines() -> None:
    app = host()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app.local)
        app.main.query_one(TransfersPanel).go_to(50)
        await pilot.press("ctrl+t", "enter")
        await until(pilot, lambda: isinstance(app.screen, AttemptsScreen))
        assert "426 Broken" in text_of(app)
        await pilot.press("up", "enter")
        await until(pilot, lambda: app.screen is app.main and app.main.query_one(LogPanel).view.has_focus)
        rows = app.main.query_one(LogPanel).view.lines.shown_rows()
        assert [row.record.text for row in rows] == ["150 first"]


async def test_a_line_leads_back_to_its_transfer_even_if_it_was_not_shown() -> None:
    app = host()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app.local)
        panel, log = app.main.query_one(TransfersPanel), app.main.query_one(LogPanel)
        panel.view.show(Filter.FAILED)
        app.main.reveal(log)
        await pilot.press("up", "T")
        await until(pilot, lambda: panel.view.has_focus)
        assert getattr(panel.view.cursor, "id", None) == 50
        app.queue.owners.clear()
        app.main.reveal(log)
        await pilot.press("T")
        await until(pilot, lambda: any("no transfer" in each.message for each in app._notifications))
        assert log.view.has_focus


async def test_o_shows_the_last_attempt_that_had_a_connection() -> None:
    app = host()
    app.queue.attempts[50] = (*ATTEMPTS, Attempt(START, START, "no way there", None))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.services.bus.publish(TransferChanged(app.queue.all[50]))
        app.services.bus.publish(WireRecorded(LINES[0]))
        app.main.query_one(TransfersPanel).go_to(50)
        await pilot.press("ctrl+t", "o")
        log = app.main.query_one(LogPanel)
        await until(pilot, lambda: log.view.has_focus)
        assert [row.record.text for row in log.view.lines.shown_rows()] == ["150 second"]
        await pilot.press("ctrl+t", "end", "o")
        await until(pilot, lambda: any("no connection" in each.message for each in app._notifications))
