"""Connecting, losing and leaving a site, as the remote pane and the status line tell it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, names, ready, takes_keys, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import lines_of, until
from tuiftp.errors import CertificateRefused, ConnectionFailed, LoginRefused
from tuiftp.ftp.events import ModeChanged, SessionChanged, SessionState
from tuiftp.ftp.tls.trust import CertificateProblem, refusal_words
from tuiftp.protocol.certificates import Certificate, CertificateReason
from tuiftp.storage.recents import Recents, RecentSite
from tuiftp.transfers.model import QueueTotals
from tuiftp.ui.dialogs.basic import Confirm
from tuiftp.ui.panes.welcome import Welcome
from tuiftp.ui.sites.connect_dialog import ConnectScreen

SIZE = (120, 36)


async def test_a_failed_connection_says_why_in_the_right_pane() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection", hint="check the port")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        assert "check the port" in app.remote.notice.text
        assert app.main.site is None
        assert app.site.calls == ["connect", "close"]
        assert "not connected" in lines_of(app.main.status)[0]


async def test_a_failed_connection_says_why_in_a_small_terminal_too() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection", hint="check the port")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        await pilot.pause()
        pane = app.remote.content_region
        assert app.remote.notice.region.bottom == pane.bottom
        assert app.remote.notice.region.height >= 4


@pytest.mark.parametrize("known", [None, "cd" * 32])
async def test_after_a_refused_certificate_the_advice_is_in_sight(known: str | None) -> None:
    certificate = Certificate("ab" * 32, "CN=self.test", "CN=self.test", ("self.test",), None, None)
    faults = (CertificateReason.SELF_SIGNED, CertificateReason.WRONG_NAME)
    problem = CertificateProblem("127.0.0.1", 22824, certificate, faults, known)
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.failure = CertificateRefused(refusal_words(problem), hint="trust it only if the owner says so")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Cannot connect" in app.remote.notice.text)
        await pilot.pause()
        assert "AB:AB" not in app.remote.notice.text
        assert "owner says so" in text_of(app)


async def test_what_can_be_done_stays_in_sight_beside_a_long_reason() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection " * 3, hint="check the port")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        await pilot.pause()
        welcome = app.remote.query_one(Welcome)
        assert welcome.region.bottom <= app.remote.notice.region.y
        shown = [line.strip() for line in lines_of(welcome) if line.strip()]
        assert shown[:2] == ["F2   opens a saved site", "^N   connects to any server"]


async def test_all_help_is_in_sight_where_nothing_is_connected() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        shown = [line.strip() for line in lines_of(app.remote.query_one(Welcome)) if line.strip()]
        assert (shown[0], shown[-1]) == ("Not connected.", "F1   all keys")
        await pilot.press("tab", "alt+c")
        assert app.focused is app.remote.list


async def test_the_status_line_tells_state_mode_and_that_nothing_is_encrypted() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        said = lines_of(app.main.status)[0]
        assert "ftp://demo@ftp.example.com" in said
        assert "● connected" in said
        assert "plain text" in said
        app.services.bus.publish(ModeChanged(app.site.label, "auto → passive (EPSV)"))
        await until(pilot, lambda: "auto → passive (EPSV)" in lines_of(app.main.status)[0])
        app.services.bus.publish(SessionChanged(app.site.label, 1, SessionState.LOST, True, "timed out"))
        await until(pilot, lambda: "○ connection lost" in lines_of(app.main.status)[0])
        assert names(app.remote) == ["b"]


async def test_disconnecting_while_transfers_run_leaves_them_their_connections() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.queue.now = QueueTotals(active=1)
        await pilot.press("alt+d")
        await until(pilot, lambda: app.main.site is None)
        assert "close" not in app.site.calls
        assert app.remote.directory is None
        app.services.bus.publish(ModeChanged("wakes the clock", ""))
        await until(
            pilot, lambda: (totals := app.main.status.status.totals) is not None and totals.active == 1
        )
        app.queue.now = QueueTotals(done=1)
        await until(pilot, lambda: "close" in app.site.calls)


async def test_a_visited_site_is_written_beside_the_loop_so_that_a_slow_disk_holds_nothing_up() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    recents, threads = Recents(), list[threading.Thread]()

    def add(site: RecentSite) -> None:
        threads.append(threading.current_thread())
        Recents.add(recents, site)

    recents.add = add  # type: ignore[method-assign, assignment]
    equip(app, recents=recents)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        await until(pilot, lambda: bool(recents.sites()))
    assert threads
    assert threading.main_thread() not in threads


async def test_reconnect_takes_up_a_site_that_was_left_where_it_was_left() -> None:
    app = BrowserHost(tree("/a"), tree("/sub/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.open("/sub")
        await until(pilot, lambda: app.remote.directory == "/sub")
        await pilot.press("alt+d")
        await until(pilot, lambda: app.remote.directory is None)
        await pilot.press("alt+c")
        await until(pilot, lambda: app.remote.directory == "/sub")
        assert app.main.site is not None


async def test_reconnect_tries_a_site_again_that_was_not_reached() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        app.site.failure = None
        await pilot.press("alt+c")
        await ready(pilot, app.remote)
        assert names(app.remote) == ["b"]


async def test_after_a_refused_login_only_the_password_is_asked_for_again() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    equip(app, recents=Recents())
    app.site.failure = LoginRefused("530 Login incorrect", command="PASS", code=530, text="Login incorrect")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Login incorrect" in app.remote.notice.text)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.pause()
        assert app.screen.query_one("#host", Input).value == "ftp.example.com"
        assert app.screen.query_one("#user", Input).value == "demo"
        assert app.screen.query_one("#password", Input).value == ""
        assert app.focused is app.screen.query_one("#password", Input)


async def test_what_was_typed_for_a_server_that_is_not_reached_is_in_the_dialog_again() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    equip(app, recents=Recents())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        await pilot.press("ctrl+n")
        for _ in range(2):  # the second time it comes by itself, after another try from the dialog
            await until(pilot, lambda: takes_keys(app, ConnectScreen))
            await pilot.pause()
            assert app.screen.query_one("#host", Input).value == "ftp.example.com"
            assert app.screen.query_one("#user", Input).value == "demo"
            password = app.screen.query_one("#password", Input)
            if not password.value:
                password.value = "sesame"
            assert password.value == "sesame"
            before = len(app.site.calls)
            await pilot.press("enter")
            await until(pilot, lambda before=before: len(app.site.calls) >= before + 2)  # type: ignore[misc]
        await until(pilot, lambda: takes_keys(app, ConnectScreen))
        await pilot.pause()
        assert app.screen.query_one("#password", Input).value == "sesame"
        assert "ftp.example.com refused the connection" in text_of(app)


async def test_the_dialog_does_not_come_again_where_somebody_has_typed_meanwhile() -> None:
    app = BrowserHost(tree("/a", "/b"), tree("/b"))
    equip(app, recents=Recents())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        gate = app.site.gate = asyncio.Event()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: takes_keys(app, ConnectScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.site.calls.count("connect") == 2)
        await pilot.press("tab", "j")
        gate.set()
        await until(pilot, lambda: app.site.calls[-1] == "close" and app.keys.is_idle)
        assert app.screen is app.main
        assert app.local.list.cursor == 1


async def test_leaving_asks_first_while_transfers_run() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.queue.now = QueueTotals(active=2, queued=3)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        app.queue.now = QueueTotals()
        await pilot.press("f10")
        await until(pilot, lambda: not app.is_running)


async def test_escape_ends_an_attempt_to_connect() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.gate = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "connect" in app.site.calls)
        assert "Connecting to ftp://demo@ftp.example.com …  Esc cancels" in app.remote.notice.text
        await pilot.press("escape")
        await until(pilot, lambda: "close" in app.site.calls)
        assert app.main.site is None
        assert "not connected" in lines_of(app.main.status)[0]
        assert "ftp://demo@ftp.example.com was cancelled" in app.remote.notice.text
        assert "→ Alt+C tries again" in app.remote.notice.text
        app.site.gate.set()
        await pilot.press("alt+c")
        await ready(pilot, app.remote)
        assert app.remote.notice.text == ""


async def test_the_loop_connects_as_asyncio_means_it_to() -> None:
    """Textual's eager tasks break `happy_eyeballs_delay` in Python 3.12 and 3.13.0; `run_test` has none of them."""
    app = BrowserHost(tree("/a"))
    factories: list[object] = []

    async def look(pilot: Pilot[Any]) -> None:
        await ready(pilot, app.local)
        factories.append(asyncio.get_running_loop().get_task_factory())
        app.exit()

    await app.run_async(headless=True, auto_pilot=look)
    assert factories == [None]
