"""Each key acts on what the earlier ones have left, and none is lost or goes to what lies behind a dialog."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, names, ready, tree, verbs
from tests.ui.panel_host import until
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.transfers.model import Restored
from tuiftp.ui.commands.help_screen import HelpScreen
from tuiftp.ui.dialogs.basic import Confirm, PasswordDialog, Prompt

SIZE = (100, 30)


async def type_at_once(app: App[Any], pilot: Pilot[Any], *keys: str) -> None:
    """Types keys with no time between them, as a fast hand or a paste does."""
    for key in keys:
        name = {"/": "slash", ".": "full_stop", "*": "asterisk"}.get(key, key)
        app.post_message(events.Key(name, key if len(key) == 1 else None))
    await pilot.pause()


async def test_f8_and_y_in_one_go_delete() -> None:
    here = tree("/a.txt", "/b.txt")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f8", "y")
        await until(pilot, lambda: names(app.local) == ["b.txt"])


async def test_a_name_typed_right_after_f7_is_the_name() -> None:
    here = tree("/a.txt", "/cj.txt")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f7", "c", "j", ".", "enter")
        await until(pilot, lambda: "cj." in names(app.local))
        assert app.screen is app.main


async def test_an_answer_typed_while_the_tree_is_counted_waits_for_the_question() -> None:
    here = tree("/d/", "/d/x", "/z")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await type_at_once(app, pilot, "f8", "c")
        await until(pilot, lambda: ("LIST", "/d") in here.asked)
        here.listing_gate.set()
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert verbs(here) == []


async def test_escape_typed_right_after_the_key_closes_what_it_opened() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f7", "escape", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert len(app.screen_stack) == 2


async def test_keys_go_on_where_nothing_opens() -> None:
    app = BrowserHost(tree("/a", "/b", "/c"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("tab")
        await type_at_once(app, pilot, "f8", "tab", "j", "j")  # the remote pane has nothing to delete
        await until(pilot, lambda: app.local.list.cursor == 2)
        assert app.screen is app.main


async def test_a_letter_of_a_quick_search_that_would_open_a_dialog_is_a_letter() -> None:
    app = BrowserHost(tree("/a", "/bcd"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "/", "b", "c", "d")
        await until(pilot, lambda: app.local.list.search.text == "bcd")
        assert app.screen is app.main


async def test_a_letter_with_alt_ends_a_quick_search_and_is_a_command() -> None:
    app = BrowserHost(tree("/a", "/bcd"), tree("/x"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        await pilot.press("/", "b")
        app.post_message(
            events.Key("alt+d", "d")
        )  # as a terminal's ESC d is read; the pilot has no character
        await until(pilot, lambda: app.main.site is None)
        assert app.local.list.search.text is None


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_password_typed_before_it_is_asked_for_goes_to_the_question_or_nowhere(
    is_known: bool,
) -> None:
    app = BrowserHost(tree("/a", "/cj"), FakeSite())
    known = asyncio.Event()
    asked: list[ConnectRequest] = []
    loop = asyncio.get_running_loop()

    def find(request: ConnectRequest) -> Secret | None:
        asked.append(request)
        asyncio.run_coroutine_threadsafe(known.wait(), loop).result(10)
        return Secret("kept") if is_known else None

    equip(app, find_password=find)
    async with app.run_test(size=SIZE) as pilot:
        await type_at_once(app, pilot, "c", "j")
        await until(pilot, lambda: bool(asked))
        await type_at_once(app, pilot, "*", "c")
        known.set()
        if not is_known:
            await until(pilot, lambda: isinstance(app.screen, PasswordDialog))
            await until(pilot, lambda: app.screen.query_one(Input).value == "cj*c")
            await pilot.press("enter")
        await ready(pilot, app.remote)
        assert app.screen is app.main
        assert not app.local.list.rows.marks
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))


async def test_where_no_password_will_be_asked_for_a_key_typed_while_connecting_is_not_lost() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await type_at_once(app, pilot, "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_key_typed_after_enter_waits_for_the_listing() -> None:
    here = tree("/d/", "/d/x", "/z")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await type_at_once(app, pilot, "enter", "end", "f8")
        await until(pilot, lambda: ("LIST", "/d") in here.asked)
        assert app.screen is app.main
        here.listing_gate.set()
        await until(pilot, lambda: len(app.screen_stack) > 1)
        dialog: object = app.screen
        assert isinstance(dialog, Confirm)
        assert "x" in dialog.lines[0]


async def test_escape_ends_a_listing_that_hangs_and_drops_what_was_typed_before_it() -> None:
    here = tree("/d/", "/d/x", "/z")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await type_at_once(app, pilot, "enter", "f7", "escape", "j")
        await until(pilot, lambda: app.local.list.current is not None and app.local.list.current.name == "z")
        assert app.local.directory == "/"
        assert app.screen is app.main
        assert app.keys.is_idle


async def test_escape_right_after_a_key_that_opens_a_dialog_is_for_the_dialog() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f7", "x", "escape", "f7", "y", "enter")
        await until(pilot, lambda: "y" in names(app.local))
        assert names(app.local) == ["y", "a"]


async def test_a_paste_waits_for_its_field() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.post_message(events.Key("f7", None))
        app.post_message(events.Paste("pasted"))
        app.post_message(events.Key("enter", None))
        await until(pilot, lambda: "pasted" in names(app.local))


async def test_a_problem_with_the_queue_takes_no_key() -> None:
    app = BrowserHost(tree("/a", "/b"))
    equip(app, restored=Restored(problem="Another tuiftp has the queue."))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "j", "f7", "n")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await until(pilot, lambda: app.screen.query_one(Input).value == "n")
        assert app.local.list.cursor == 1
