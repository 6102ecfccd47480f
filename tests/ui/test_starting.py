"""The first screen is there before the engine is, and nothing that is done meanwhile is lost or goes wrong."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.pilot import Pilot

from tests.storage.test_themes import SHIPPED
from tests.support.services import fake_services
from tests.ui.browser_host import BatchQueue, FakeDisk, OpenSite, names, ready, takes_keys, tree
from tests.ui.panel_host import until
from tests.ui.test_key_gate import type_at_once
from tuiftp.protocol.url import Target
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.run_settings import RunSettings
from tuiftp.storage.settings import Settings
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.bridge import Signals
from tuiftp.ui.commands.help_screen import HelpScreen
from tuiftp.ui.dialogs.basic import Message, Prompt
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.services import LoadedEngine, StartServices

SIZE = (120, 36)


class StartingHost(TuiftpApp):
    """The app, whose engine comes when `engine` is set."""

    def __init__(self, request: ConnectRequest | None = None, *, problems: tuple[str, ...] = ()) -> None:
        self.here = tree("/a.txt", "/b.txt")
        self.site = OpenSite(tree("/remote.txt"))
        self.engine = asyncio.Event()
        self.queue = BatchQueue()
        self._found = problems
        disk = FakeDisk(self.here)
        start = StartServices(
            disk=cast(Any, disk), run_settings=RunSettings(Settings()), load_engine=self._engine_comes,
            themes=SHIPPED,
        )  # fmt: skip
        super().__init__(start, request)

    async def _engine_comes(self, owner: DOMNode) -> LoadedEngine:
        await self.engine.wait()
        return LoadedEngine(
            fake_services(
                self.start, Signals(owner), queue=self.queue, open_site=lambda request: self.site,
                problems=self._found,
            )
        )  # fmt: skip


async def click(app: StartingHost, pilot: Pilot[Any], where: str) -> None:
    """Clicks at the beginning of a widget, by way of the terminal as a user does."""
    x, y = app.browser.query_one(where).region.offset
    for kind in (events.MouseDown, events.MouseUp):
        app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
    await pilot.pause()


async def complete(app: StartingHost, pilot: Pilot[Any]) -> None:
    app.engine.set()
    await until(pilot, lambda: app.browser.is_whole and bool(app.browser.query(LogPanel)))
    await pilot.pause()


async def test_the_files_are_shown_while_the_engine_is_still_on_its_way() -> None:
    app = StartingHost()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.browser.left_pane)
        assert names(app.browser.left_pane) == ["a.txt", "b.txt"]
        assert not app.browser.query(LogPanel)
        await complete(app, pilot)
        assert app.browser.query_one(LogPanel).region.width > 0


async def test_keys_wait_for_the_engine_and_then_do_what_they_say() -> None:
    app = StartingHost()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.browser.left_pane)
        await type_at_once(app, pilot, "f7", "n", "e", "w")
        assert app.screen is app.browser
        await complete(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: ("MKD", "/new") in app.here.asked)


async def test_who_leaves_at_once_leaves_when_the_engine_has_come() -> None:
    app = StartingHost()
    async with app.run_test(size=SIZE) as pilot:
        await type_at_once(app, pilot, "f10")
        assert app.is_running
        app.engine.set()
        await until(pilot, lambda: app.return_code is not None or not app.is_running)


async def test_a_click_on_what_is_not_there_yet_does_nothing() -> None:
    app = StartingHost()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.browser.left_pane)
        await click(app, pilot, "KeyBar")
        assert app.screen is app.browser
        await complete(app, pilot)
        assert app.screen is app.browser
        await click(app, pilot, "KeyBar")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_the_site_of_the_command_line_is_opened_by_the_engine() -> None:
    app = StartingHost(ConnectRequest(Target("ftp.example.com", user=None)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.browser.left_pane)
        assert app.browser.site is None
        await complete(app, pilot)
        await ready(pilot, app.browser.right_pane)
        assert names(app.browser.right_pane) == ["remote.txt"]


async def test_what_was_found_at_the_start_is_told_once_the_engine_is_there() -> None:
    app = StartingHost(problems=("sites.toml is no TOML.",))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.browser.left_pane)
        assert app.screen is app.browser
        app.engine.set()
        await until(pilot, lambda: takes_keys(app, Message))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.browser and app.browser.is_whole)


async def test_a_dialog_that_is_answered_while_the_app_closes_does_nothing() -> None:
    class Closing(App[None]):
        """An app that has but one screen left."""

        def get_default_screen(self) -> Prompt:
            return Prompt("Go to", value="/")

    app = Closing()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.press("escape")
        assert isinstance(app.screen, Prompt)
