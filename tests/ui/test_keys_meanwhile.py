"""While one pane reads or connects, all that does not depend on it acts at once; the rest waits in order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, tree, verbs
from tests.ui.panel_host import until
from tests.ui.test_key_gate import SIZE, type_at_once
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import ConnectionFailed
from tuiftp.ui.commands.help_screen import HelpScreen
from tuiftp.ui.dialogs.basic import Confirm, Prompt
from tuiftp.ui.panes.pane import Pane


def slow_server() -> BrowserHost:
    """The local pane has `d/`, `a`, `b`; the remote one `r/` with `x`, `y`, `z` in it."""
    return BrowserHost(tree("/d/", "/d/in", "/a", "/b"), tree("/r/", "/r/x", "/r/y", "/r/z", "/s"))


def cursor(pane: Pane) -> str:
    return pane.list.current.name if pane.list.current is not None else ".."


async def enter_and_hang(app: BrowserHost, pilot: Pilot[Any], *keys: str) -> asyncio.Event:
    """Enters the remote `r/` and types more, all at once; the listing waits for the event."""
    await ready(pilot, app.local, app.remote)
    await pilot.pause()
    app.main.set_focus(app.remote.list)
    await until(pilot, lambda: app.main.active is app.remote and app.keys.is_idle)
    gate = app.there.listing_gate = asyncio.Event()
    await type_at_once(app, pilot, "enter", *keys)
    await until(pilot, lambda: ("LIST", "/r") in app.there.asked)
    return gate


async def listed(app: BrowserHost, pilot: Pilot[Any], gate: asyncio.Event) -> None:
    gate.set()
    await until(pilot, lambda: app.remote.directory == "/r" and app.keys.is_idle)


async def test_the_other_pane_is_browsed_at_once() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "tab", "enter", "end")
        await until(pilot, lambda: app.local.directory == "/d" and cursor(app.local) == "in")
        assert app.remote.directory == "/"
        await listed(app, pilot, gate)
        assert app.main.active is app.local
        assert app.local.has_focus_within


async def test_keys_for_the_pane_that_reads_stay_with_it() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "j", "j", "tab", "j", "j")
        await until(pilot, lambda: cursor(app.local) == "b")
        assert (app.remote.directory, cursor(app.remote)) == ("/", "r")
        await listed(app, pilot, gate)
        assert cursor(app.remote) == "y"
        assert cursor(app.local) == "b"


async def test_what_is_typed_after_coming_back_comes_after_what_was_left() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "end", "tab", "j", "tab", "insert", "k", "insert")
        await until(pilot, lambda: app.main.active is app.remote and cursor(app.local) == "a")
        await listed(app, pilot, gate)
        assert [entry.name for entry in app.remote.list.rows.marked()] == ["y", "z"]


async def test_nothing_passes_a_key_that_opens_something() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "j", "f7", "n", "tab", "tab", "tab")
        await pilot.pause()
        assert app.main.active is app.remote
        gate.set()
        await until(pilot, lambda: isinstance(app.screen, Prompt) and app.keys.is_idle)
        assert app.main.active is app.remote


@pytest.mark.parametrize(("key", "screen"), [("f1", HelpScreen), ("ctrl+p", CommandPalette)])
async def test_help_and_the_palette_open_at_once(key: str, screen: type[Any]) -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "j", key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        gate.set()
        await until(pilot, lambda: app.remote.directory == "/r" and cursor(app.remote) == "x")
        assert isinstance(app.screen, screen)


async def test_panels_are_gone_to_at_once() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "ctrl+l", "slash", "a", "b", "enter", "ctrl+t")
        await until(pilot, lambda: app.main.transfers.has_focus_within)
        await listed(app, pilot, gate)
        assert app.main.transfers.has_focus_within


async def test_f10_quits_at_once() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        await enter_and_hang(app, pilot, "f10")
        await until(pilot, lambda: app._exit)


async def test_a_file_command_of_the_other_pane_acts_at_once_and_a_copy_waits_for_both() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "tab", "end", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await type_at_once(app, pilot, "escape", "f5")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.pause()
        assert app.screen is app.main
        gate.set()
        await until(pilot, lambda: len(app.screen_stack) > 1)
        assert app.remote.directory == "/r"


async def test_a_command_of_the_palette_waits_for_what_its_key_waits_for() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        gate = await enter_and_hang(app, pilot, "ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"make directory")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.pause()
        assert app.screen is app.main
        gate.set()
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert app.remote.directory == "/r"


async def test_browsed_together_both_panes_wait() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.here.add_directory("/r")
        app.main.together.begin()
        gate = await enter_and_hang(app, pilot, "tab", "end")
        await pilot.pause()
        assert cursor(app.local) == "d"
        gate.set()
        await until(pilot, lambda: app.local.directory == "/r" and app.keys.is_idle)
        assert cursor(app.local) == ".."  # the end of the directory that it has followed into, which is empty


async def test_escape_in_the_other_pane_leaves_the_reading_alone_and_in_its_own_ends_it() -> None:
    app = slow_server()
    async with app.run_test(size=SIZE) as pilot:
        await enter_and_hang(app, pilot, "j", "tab", "escape")
        await until(pilot, lambda: app.main.active is app.local)
        await pilot.press("escape")
        assert app.remote.is_loading
        await type_at_once(app, pilot, "tab", "escape")
        await until(pilot, lambda: not app.remote.is_loading and app.keys.is_idle)
        assert (app.remote.directory, cursor(app.remote)) == ("/", "r")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_connection_that_comes_about_leaves_the_focus_alone(fails: bool) -> None:
    app = slow_server()
    gate = app.site.gate = asyncio.Event()
    app.site.failure = ConnectionFailed("no answer") if fails else None
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "connect" in app.site.calls)
        await type_at_once(app, pilot, "j", "tab", "enter", "end", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert (app.local.directory, cursor(app.local)) == ("/d", "in")
        gate.set()
        await until(pilot, lambda: app.remote.directory == "/" or bool(fails and app.remote.notice.text))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main and app.keys.is_idle)
        assert app.main.active is app.local
        assert app.local.has_focus_within


async def test_quitting_does_not_wait_for_a_connection() -> None:
    app = slow_server()
    app.site.gate = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "connect" in app.site.calls)
        await type_at_once(app, pilot, "f10")
        await until(pilot, lambda: app._exit)


async def test_a_link_that_turns_out_late_to_be_a_file_opens_nothing_over_what_the_user_does() -> None:
    there = FakeSite(extra={"/": [Entry("link", EntryKind.LINK)]})
    app = BrowserHost(tree("/a", "/b"), there)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.main.set_focus(app.remote.list)
        await until(pilot, lambda: app.main.active is app.remote and app.keys.is_idle)
        gate = there.listing_gate = asyncio.Event()
        await type_at_once(app, pilot, "enter", "tab", "j")
        await until(pilot, lambda: cursor(app.local) == "b")
        gate.set()
        await until(pilot, lambda: "is a file" in app.remote.notice.text)
        assert app.screen is app.main
        assert verbs(there) == []
