"""Saved logs opened offline: one with its findings, two beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input

from tests.storage.test_themes import SHIPPED
from tests.ui.exchange_host import active_blocked, many, passive
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.storage.settings import Settings
from tuiftp.ui.commands.help_screen import HelpScreen
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.log.app import LogApp, OpenedLog
from tuiftp.ui.log.compare_screen import CompareScreen, ComparisonView, pair_line
from tuiftp.ui.log.explanation_screen import ExplanationScreen
from tuiftp.ui.log.file_screen import LogFileScreen
from tuiftp.wirelog.compare import compare
from tuiftp.wirelog.records import WireRecord


def host(*logs: Sequence[WireRecord], has_times: bool = True) -> LogApp:
    opened = [
        OpenedLog(f"log-{place}.jsonl", f"tuiftp log · {len(log):,} records", log, has_times)
        for place, log in enumerate(logs)
    ]
    return LogApp(opened, settings=Settings(log_lines=100), themes=SHIPPED)


def is_on(app: LogApp, kind: type) -> bool:
    return isinstance(app.screen, kind) and bool(app.screen.size)


async def test_a_letter_with_alt_is_not_typed_into_the_search() -> None:
    app = host(active_blocked())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen))
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, Input))
        app.post_message(events.Key("alt+d", "d"))
        await pilot.press("x")
        assert isinstance(app.focused, Input)
        assert app.focused.value == "x"


async def type_at_once(app: LogApp, *keys: str) -> None:
    """Types keys with no time between them, as a fast hand or a paste does."""
    for key in keys:
        app.post_message(
            events.Key({"/": "slash", ":": "colon"}.get(key, key), key if len(key) == 1 else None)
        )


async def test_keys_typed_at_once_act_one_after_the_other() -> None:
    app = host(active_blocked())
    async with app.run_test(size=(120, 36)) as pilot:
        await type_at_once(app, "/", *"code:4xx", "enter", "f1")
        await until(pilot, lambda: is_on(app, HelpScreen))
        await type_at_once(app, "escape", "enter")
        await until(pilot, lambda: is_on(app, ExplanationScreen))
        await type_at_once(app, "escape", "/", "q")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "code:4xxq")
        assert isinstance(app.screen, LogFileScreen)


async def test_a_key_for_the_other_log_waits_for_it() -> None:
    app = host(passive(), active_blocked())
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: is_on(app, CompareScreen))
        await type_at_once(app, "2", "q", "1", "/", "x")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "x")
        assert "log-0.jsonl" in text_of(app)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_one_log_shows_its_records_and_what_is_found(size: tuple[int, int]) -> None:
    app = host(active_blocked())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen) and "sure: high" in text_of(app))
        text = text_of(app)
        assert "log-0.jsonl   tuiftp log · 38 records" in text
        assert "A NAT is in the way of active mode" in text
        assert "q leave" in text
        assert isinstance(app.screen, LogFileScreen)
        await pilot.press("F")
        await pilot.pause()
        cursor = app.screen.panel.view.cursor
        assert cursor is not None
        assert cursor.number == app.screen.findings[0].evidence[0]
        await pilot.press("e")
        await until(pilot, lambda: is_on(app, ExchangeScreen) and "never arrived" in text_of(app))
        await pilot.press("escape", "q")
        await until(pilot, lambda: is_on(app, LogFileScreen))
        await pilot.press("slash", *"code:4xx", "enter")
        await until(pilot, lambda: "1 of 38" in text_of(app))
        await pilot.press("escape", "q")
        await until(pilot, lambda: app._exit)


async def test_all_of_a_long_log_is_kept_whatever_the_settings_say() -> None:
    app = host(many(12_000))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen))
        assert isinstance(app.screen, LogFileScreen)
        view = app.screen.panel.view
        for _ in range(20):
            await until(pilot, lambda: True)
            if len(view.lines) == 12_000:
                break
            await pilot.pause(0.1)
        assert len(view.lines) == 12_000


async def test_a_saved_log_neither_follows_nor_is_frozen() -> None:
    app = host(many(3_000))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen))
        await pilot.press("home")
        assert isinstance(app.screen, LogFileScreen)
        view = app.screen.panel.view
        await until(pilot, lambda: len(view.lines) == 3_000)
        await pilot.pause()
        assert "frozen" not in text_of(app)
        assert "following" not in text_of(app)


async def test_a_log_without_times_claims_none() -> None:
    app = host(active_blocked(), has_times=False)
    async with app.run_test(size=(110, 30)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen) and "sure: high" in text_of(app))
        assert "09:14" not in text_of(app)
        await pilot.press("F", "enter")
        await until(pilot, lambda: is_on(app, ExplanationScreen))
        await pilot.pause()
        assert "Took " not in text_of(app)
        assert "Time " not in text_of(app)
        await pilot.press("e")
        await until(pilot, lambda: is_on(app, ExchangeScreen) and "never arrived" in text_of(app))
        diagram = text_of(app).split("╰")[0]
        assert "09:14" not in diagram
        assert "+10.0 s" not in diagram


async def test_two_logs_stand_beside_each_other_at_the_first_difference() -> None:
    app = host(passive(), active_blocked())
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: is_on(app, CompareScreen))
        await pilot.pause()
        text = text_of(app)
        assert "is sent in log-1.jsonl" in text.splitlines()[0]
        view = app.screen.query_one(ComparisonView)
        assert view.pairs[view.cursor].differs
        assert "≠" in view.render_line(view.cursor - round(view.scroll_offset.y)).text
        assert "Only in log-1.jsonl: R11" in text
        first = view.cursor
        await pilot.press("home")
        assert view.cursor == 0
        await pilot.press("n")
        assert view.cursor == first
        await pilot.press("end", "up", "N", "pageup", "2")
        await until(pilot, lambda: is_on(app, LogFileScreen))
        assert "log-1.jsonl" in text_of(app)
        await pilot.press("q")
        await until(pilot, lambda: is_on(app, CompareScreen))
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


async def test_logs_that_do_not_differ_say_so() -> None:
    app = host(passive(), passive())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_on(app, CompareScreen))
        await pilot.pause()
        assert "Nothing that matters differs" in text_of(app)
        await pilot.press("n", "N", "down", "pagedown", "home", "escape")
        await until(pilot, lambda: app._exit)


@pytest.mark.parametrize("width", [20, 79, 160])
def test_a_pair_is_one_line_of_the_right_width(width: int) -> None:
    for pair in compare(passive(), active_blocked()).pairs:
        assert len(pair_line(pair, width)) <= max(width, 23)


async def test_help_is_there() -> None:
    app = host(passive())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen))
        await pilot.press("f1")
        await until(pilot, lambda: is_on(app, HelpScreen))


async def test_the_exchange_view_and_the_findings_read_the_log_once() -> None:
    records = [replace(each, conn=number * 2 + 1) for number in range(150) for each in passive()]
    app = host(records)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_on(app, LogFileScreen))
        assert isinstance(app.screen, LogFileScreen)
        panel = app.screen.panel
        await pilot.press("e")  # while the log is still being read for its findings
        await until(pilot, lambda: is_on(app, ExchangeScreen))
        lines = panel.inspector.lines
        async with asyncio.timeout(30):
            while lines.next < len(records):
                await pilot.pause()
        assert lines.operations == 2 * 150
        assert all(operation.ok for operation in lines.ladder.operations.all())
