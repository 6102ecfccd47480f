"""A dialog that nobody has asked for answers no key that was typed before it was seen; none of them is misplaced."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.events import MouseDown, MouseUp
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.support.fake_endpoint import FakeSite
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, ready, takes_keys, tree, verbs
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tests.ui.test_key_gate import SIZE, type_at_once
from tuiftp.choices import ConflictPolicy
from tuiftp.errors import LocalFileError, LoginRefused
from tuiftp.secret import Secret
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.transfers.model import Direction, Restored
from tuiftp.ui import key_gate, unasked
from tuiftp.ui.dialogs.basic import Confirm, Message, PasswordDialog, Prompt
from tuiftp.ui.transfers.conflict_dialog import ConflictDialog
from tuiftp.ui.transfers.resume_dialogs import ResumeDialog

CONFLICT = Conflict(Direction.DOWNLOAD, "/a", "/a", 1, None, 1, None, can_resume=False)
SIGN = "pause a moment"
LONG, SHORT = 600.0, 0.05


@pytest.fixture(autouse=True)
def _long_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, what is typed is too early, until a test says otherwise."""
    monkeypatch.setattr(unasked, "SEEN", LONG)


def ask(app: BrowserHost) -> asyncio.Task[Decision]:
    return asyncio.create_task(app.start.decider.resolve_conflict(CONFLICT))


async def opens(pilot: Pilot[Any], app: BrowserHost, kind: type[Any]) -> None:
    await until(pilot, lambda: isinstance(app.screen, kind) and bool(app.screen.query(Button)))
    await pilot.pause()


async def seen(pilot: Pilot[Any], app: BrowserHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment has passed in which nothing was typed."""
    monkeypatch.setattr(unasked, "SEEN", SHORT)
    await until(pilot, lambda: not app.keys.is_deaf)


async def test_a_key_that_comes_too_early_is_refused_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bells: list[str] = []
    app = BrowserHost(tree("/a", "/oor"))
    monkeypatch.setattr(app, "bell", lambda: bells.append("bell"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        task = ask(app)
        await opens(pilot, app, ConflictDialog)
        assert SIGN not in text_of(app)
        for key in ("o", "enter", "escape", "ctrl+c"):
            await pilot.press(key)
        assert isinstance(app.screen, ConflictDialog)
        assert len(bells) == 4
        assert SIGN in text_of(app)
        await seen(pilot, app, monkeypatch)
        await pilot.press("f12")
        await until(pilot, lambda: SIGN not in text_of(app))
        await pilot.press("s")
        assert (await asyncio.wait_for(task, 5)).policy is ConflictPolicy.SKIP


async def test_it_does_not_come_while_somebody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_gate, "QUIET", LONG)
    app = BrowserHost(tree("/a", "/oor"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("/")
        task = ask(app)
        await pilot.press("o", "o", "r")
        await pilot.pause()
        assert app.screen is app.main
        assert app.local.list.current is not None
        assert app.local.list.current.name == "oor"
        task.cancel()


async def test_keys_that_wait_for_a_listing_go_on_waiting_beneath_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_gate, "QUIET", 0.0)
    here = tree("/d/", "/z")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        gate = here.listing_gate = asyncio.Event()
        await type_at_once(app, pilot, "enter", "f7", "o")
        await until(pilot, lambda: ("LIST", "/d") in here.asked)
        task = ask(app)
        await opens(pilot, app, ConflictDialog)
        await seen(pilot, app, monkeypatch)
        assert not task.done()
        await pilot.press("s")
        assert (await asyncio.wait_for(task, 5)).policy is ConflictPolicy.SKIP
        await until(pilot, lambda: app.screen is app.main)
        assert verbs(here) == []
        gate.set()
        await until(
            pilot, lambda: isinstance(app.screen, Prompt) and app.screen.query_one(Input).value == "o"
        )
        assert app.local.directory == "/d"


async def test_a_click_is_too_early_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        task = ask(app)
        await opens(pilot, app, ConflictDialog)
        x, y = app.screen.query_one("#overwrite").region.offset

        async def click() -> None:
            for kind, button in ((MouseDown, 1), (MouseUp, 1)):
                app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))
            await pilot.pause()

        await click()
        assert isinstance(app.screen, ConflictDialog)
        await seen(pilot, app, monkeypatch)
        await click()
        assert (await asyncio.wait_for(task, 5)).policy is ConflictPolicy.OVERWRITE


async def test_what_was_interrupted_is_offered_again_before_any_key_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = BrowserHost(tree("/a", "/b"))
    equip(app, restored=Restored(count=3, size=10, sites=("ftp://one",), batches=(1,)))
    async with app.run_test(size=SIZE) as pilot:
        await type_at_once(app, pilot, "d", "d")
        await opens(pilot, app, ResumeDialog)
        await type_at_once(app, pilot, "d", "enter")
        assert isinstance(app.screen, ResumeDialog)
        assert app.queue.calls == []
        await seen(pilot, app, monkeypatch)
        await pilot.press("d")
        assert app.queue.calls == ["cancel_batch 1"]


async def test_a_password_that_is_asked_for_late_takes_no_key_of_the_other_pane(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_gate, "PATIENCE", 0.0)
    monkeypatch.setattr(key_gate, "QUIET", 0.0)
    app = BrowserHost(tree("/a", "/b", "/c"), FakeSite())
    gate = app.site.gate = asyncio.Event()
    app.site.failure = LoginRefused("530 no", command="PASS", code=530, text="no")
    equip(app, find_password=lambda request: Secret("kept"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "connect" in app.site.calls)
        await type_at_once(app, pilot, "tab", "j")
        await until(pilot, lambda: app.local.list.cursor == 1)
        gate.set()
        await opens(pilot, app, PasswordDialog)
        await type_at_once(app, pilot, "j", "enter")
        assert isinstance(app.screen, PasswordDialog)
        assert app.screen.query_one(Input).value == ""
        await seen(pilot, app, monkeypatch)
        app.site.failure = None
        await pilot.press(*"right", "enter")
        await ready(pilot, app.remote)
        assert app.local.list.cursor == 1


async def test_a_failure_is_not_closed_by_a_key_that_was_typed_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = tree("/a", "/b", "/c")
    here.refusals["DELE", "/a"] = LocalFileError("It is held open")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f8", "y", "j", "enter")
        await opens(pilot, app, Message)
        await pilot.press("enter")
        assert isinstance(app.screen, Message)
        await seen(pilot, app, monkeypatch)
        await pilot.press("enter")
        await until(pilot, lambda: app.local.list.cursor == 1)  # what was typed before it is done now


async def test_what_a_key_has_asked_for_takes_the_next_one_at_once() -> None:
    app = BrowserHost(tree("/a", "/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await type_at_once(app, pilot, "f8", "n", "f8")
        await until(pilot, lambda: takes_keys(app, Confirm))
