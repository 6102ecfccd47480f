"""Ctrl+C: cancels what is under way where the focus is, copies what is selected, and never ends the app."""

from __future__ import annotations

import asyncio

from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.exchange_host import active_blocked
from tests.ui.hosts import text_of
from tests.ui.log.test_app import host as log_host
from tests.ui.log.test_app import is_on
from tests.ui.panel_host import until
from tuiftp.transfers.model import QueueTotals
from tuiftp.ui.dialogs.basic import Busy, Confirm, Prompt, run_busy
from tuiftp.ui.log.explanation_screen import ExplanationScreen
from tuiftp.ui.log.file_screen import LogFileScreen
from tuiftp.ui.main.screen import NOTHING_TO_CANCEL

SIZE = (120, 36)


async def test_in_a_pane_where_nothing_is_under_way_it_says_how_to_quit() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: NOTHING_TO_CANCEL in app.local.notice.text)
        assert "F10 quits" in app.local.notice.text
        await pilot.press("ctrl+t", "ctrl+c")
        await pilot.pause()
        assert app.is_running


async def test_what_it_says_goes_away_by_itself() -> None:
    """It covers files; what is said meanwhile about something else stays."""
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.local.notice.brief, over = 0.3, asyncio.Event()
        app.local.notice.say_briefly("Look here")
        assert app.local.notice.text == "Look here"
        await until(pilot, lambda: not app.local.notice.text)
        await pilot.press("ctrl+c")
        app.local.notice.say("Something else")
        app.set_timer(app.local.notice.brief, over.set)
        await over.wait()
        assert app.local.notice.text == "Something else"


async def test_it_ends_the_reading_of_a_directory() -> None:
    here = tree("/a/", "/a/b")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.local.is_loading)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "was cancelled" in app.local.notice.text)
        assert app.local.directory == "/"


async def test_it_ends_connecting() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.gate = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Connecting" in app.remote.notice.text)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "was cancelled" in app.remote.notice.text)


async def test_it_ends_a_quick_search_and_a_filter_of_the_log() -> None:
    app = BrowserHost(tree("/a", "/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", "b", "ctrl+c")
        await pilot.pause()
        assert app.local.notice.text == ""
        await pilot.press("ctrl+l", "slash")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not isinstance(app.focused, Input))
        assert app.local.notice.text == ""


async def test_a_dialog_is_cancelled_unless_there_is_something_to_copy() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard == "/")
        assert isinstance(app.screen, Prompt)
        await pilot.press("end", "ctrl+c")
        await until(pilot, lambda: app.screen is app.main)


async def test_work_that_is_waited_for_is_cancelled() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        ended = app.run_worker(run_busy(app, "Counting", lambda say: asyncio.sleep(3600)))
        await until(pilot, lambda: isinstance(app.screen, Busy))
        await pilot.press("ctrl+c")
        assert await ended.wait() == (None, False)


async def test_quitting_asks_while_a_changed_file_waits_to_be_sent() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.queue.now = QueueTotals(queued=1)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, Confirm))


async def test_in_a_saved_log_it_closes_what_is_above_and_says_how_to_leave() -> None:
    app = log_host(active_blocked())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen) and "sure: high" in text_of(app))
        await pilot.press("slash", "x", "ctrl+c")
        await until(pilot, lambda: not isinstance(app.focused, Input))
        await pilot.press("enter")
        await until(pilot, lambda: is_on(app, ExplanationScreen))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: is_on(app, LogFileScreen))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any("q or F10 leaves" in each.message for each in app._notifications))
        assert is_on(app, LogFileScreen)
