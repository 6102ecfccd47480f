"""The engine's question about a target that exists: every answer, one question at a time, gone when cancelled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, takes_keys
from tests.ui.exchange_host import utc
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Precision
from tuiftp.transfers.conflict_decider import Conflict, Decision, Side
from tuiftp.transfers.model import Direction
from tuiftp.ui.transfers.conflict_dialog import ConflictDialog

WHEN = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)


def conflict(target: str = "/home/me/a.txt", *, can_resume: bool = True) -> Conflict:
    return Conflict(
        Direction.DOWNLOAD, "/pub/a.txt", target, 5000, WHEN, 1200, WHEN, can_resume, free_name="a (1).txt",
        why_no_resume="" if can_resume else "both have the same size",
    )  # fmt: skip


async def opened(app: BrowserHost, pilot: Pilot[Any], question: Conflict) -> asyncio.Task[Decision]:
    task = asyncio.create_task(app.start.decider.resolve_conflict(question))
    await until(pilot, lambda: takes_keys(app, ConflictDialog))
    return task


@pytest.mark.parametrize(
    ("keys", "decision"),
    [
        (["o"], Decision(ConflictPolicy.OVERWRITE)),
        (["r"], Decision(ConflictPolicy.RESUME)),
        (["w"], Decision(ConflictPolicy.NEWER)),
        (["d"], Decision(ConflictPolicy.SIZE_DIFFERS)),
        (["a", "e"], Decision(ConflictPolicy.NEWER_OR_SIZE_DIFFERS, for_all=True)),
        (["s"], Decision(ConflictPolicy.SKIP)),
        (["enter"], Decision(ConflictPolicy.SKIP)),
        (["escape"], Decision(ConflictPolicy.SKIP)),
        (["a", "o"], Decision(ConflictPolicy.OVERWRITE, for_all=True)),
        (["a", "n"], Decision(ConflictPolicy.RENAME, for_all=True)),
        (["n", "enter"], Decision(ConflictPolicy.RENAME, "a (1).txt")),
    ],
)
async def test_each_answer_has_its_key(keys: list[str], decision: Decision) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, conflict())
        await pilot.press(*keys)
        assert await asyncio.wait_for(task, 5) == decision


async def test_a_new_name_must_be_one_component() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, conflict())
        await pilot.press("n")
        app.screen.query_one(Input).value = "../evil"
        await pilot.press("enter")
        await pilot.pause()
        assert not task.done()
        app.screen.query_one(Input).value = "better.txt"
        await pilot.press("enter")
        assert await asyncio.wait_for(task, 5) == Decision(ConflictPolicy.RENAME, "better.txt")


async def test_where_one_cannot_be_resumed_it_says_why_and_the_others_may_be() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, conflict(can_resume=False))
        assert "It cannot be resumed: both have the same size." in text_of(app)
        await pilot.press("r")
        await pilot.pause()
        assert not task.done()
        await pilot.press("a", "r")
        assert await asyncio.wait_for(task, 5) == Decision(ConflictPolicy.RESUME, for_all=True)


async def test_the_question_fits_80_by_24_and_shows_the_name_literally() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, conflict("/home/me/[red]\x1b[2J\u202etxt.exe"))
        said = text_of(app)
        assert "“/home/me/[red]␛[2J⟨U+202E⟩txt.exe”" in said
        words = (
            "Overwrite",
            "Resume",
            "If newer",
            "If size differs",
            "If either",
            "Rename",
            "Skip",
            "Stop copying",
        )
        for word in (
            *words,
            "[ ] All further ones",
            "1.2 kB, 2026-11-",
            "5.0 kB, 2026-11-",
        ):
            assert word in said
        assert "larger" in said
        await pilot.press("a")
        assert "[x] All further ones" in text_of(app)
        await pilot.press("escape")
        await asyncio.wait_for(task, 5)


@pytest.mark.parametrize(
    ("precision", "newer", "said"),
    [
        (Precision.SECOND, Side.SOURCE, ("2026-11-23 09:40:00  ", "2026-11-23 09:40:25  newer, larger")),
        (Precision.MINUTE, None, ("2026-11-23 09:40  ", "2026-11-23 09:40  larger")),
        (Precision.DAY, None, ("2026-11-23  ", "2026-11-23  larger")),
    ],
)
async def test_two_times_are_shown_as_exactly_as_they_are_known_and_seconds_where_they_matter(
    precision: Precision, newer: Side | None, said: tuple[str, str]
) -> None:
    app = BrowserHost(FakeSite())
    question = replace(
        conflict(), source_modified=WHEN + timedelta(seconds=25), source_precision=precision,
        target_precision=precision, newer=newer,
    )  # fmt: skip
    with utc():
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot, app.local)
            task = await opened(app, pilot, question)
            target, source = (line for line in text_of(app).splitlines() if "kB, 2026" in line)
            assert said[0] in target
            assert said[1] in source
            await pilot.press("escape")
            await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("key", ["c", "click"])
async def test_stop_ends_the_whole_batch_and_asks_no_more_of_it(key: str) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, replace(conflict(), batch=7))
        await (pilot.click("#stop") if key == "click" else pilot.press(key))
        assert await asyncio.wait_for(task, 5) == Decision(ConflictPolicy.SKIP, for_all=True)
        assert app.queue.calls == ["cancel_batch 7"]


async def test_questions_come_one_after_the_other() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        first = await opened(app, pilot, conflict("/one"))
        second = asyncio.create_task(app.start.decider.resolve_conflict(conflict("/two")))
        await pilot.pause()
        assert len(app.screen_stack) == 2
        await pilot.press("o")
        assert (await asyncio.wait_for(first, 5)).policy is ConflictPolicy.OVERWRITE
        await until(pilot, lambda: "“/two”" in text_of(app) and takes_keys(app, ConflictDialog))
        await pilot.press("s")
        assert (await asyncio.wait_for(second, 5)).policy is ConflictPolicy.SKIP


async def test_a_question_whose_asker_has_gone_goes_too() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await opened(app, pilot, conflict())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(pilot, lambda: app.screen is app.main)


async def test_before_there_is_an_app_a_target_is_left_alone() -> None:
    app = BrowserHost(FakeSite())
    assert (await app.start.decider.resolve_conflict(conflict())).policy is ConflictPolicy.SKIP
