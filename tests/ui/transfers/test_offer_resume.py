"""What an earlier run has left is asked about once, and gone on with, kept or given up; passwords are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, ready, takes_keys
from tests.ui.hosts import text_of
from tests.ui.panel_host import transfer, until
from tuiftp.secret import Secret
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.transfers.model import (
    BatchOverview,
    BatchState,
    Direction,
    QueueTotals,
    Restored,
    TransferState,
)
from tuiftp.ui.dialogs.basic import PasswordDialog
from tuiftp.ui.transfers.panel import TransfersPanel
from tuiftp.ui.transfers.resume_dialogs import ResumeDialog

MINE, OTHERS = "ftp://me@one.example", "ftp://two.example"


def batch(id: int, site: str) -> BatchOverview:
    return BatchOverview(
        id, "release", Direction.DOWNLOAD, site, "Local", "/home/me", BatchState.PAUSED, files=2, done=0, failed=0,
        skipped=0, waiting=2, size=4000, transferred=1000,
    )  # fmt: skip


class Logins:
    """Who has no password yet, and what was given."""

    def __init__(self, *missing: str) -> None:
        self.missing = list(missing)
        self.given: list[tuple[str, str]] = []
        self.when_right: Callable[[], None] = lambda: None

    def give(self, site: str, password: Secret, when_right: Callable[[], None]) -> None:
        self.missing.remove(site)
        self.given.append((site, password.reveal()))
        self.when_right = when_right


def host(restored: Restored | None, *missing: str) -> tuple[BrowserHost, Logins]:
    app, logins = BrowserHost(FakeSite()), Logins(*missing)
    app.queue.batches = {1: batch(1, MINE), 2: batch(2, OTHERS)}
    equip(app, restored=restored or Restored())
    equip(app, missing_logins=lambda: logins.missing)
    equip(app, give_login=logins.give)
    return app, logins


LEFT = Restored(count=3, failed=2, size=84_200_000, sites=(MINE, OTHERS), batches=(1, 2))


@pytest.mark.parametrize(
    ("keys", "calls"),
    [
        (["enter"], ["resume_batch 1", "resume_batch 2"]),
        (["r"], ["resume_batch 1", "resume_batch 2"]),
        (["k"], []),
        (["escape"], []),
        (["d"], ["cancel_batch 1 2"]),
    ],
)
async def test_each_answer_does_what_it_says(keys: list[str], calls: list[str]) -> None:
    app, _ = host(LEFT)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: takes_keys(app, ResumeDialog))
        said = text_of(app)
        words = "3 interrupted transfers: resume?", "84.2 MB are still to go", "2 more had failed", MINE
        for word in (*words, "Resume", "Keep paused", "Discard"):
            assert word in said
        await pilot.press(*keys)
        await until(pilot, lambda: app.screen is app.main)
        await pilot.pause()
        assert app.queue.calls == calls


async def test_a_password_is_asked_for_and_a_site_without_one_stays_paused() -> None:
    for typed, calls in ("geheim", ["resume_batch 1", "resume_batch 2"]), (None, ["resume_batch 2"]):
        app, logins = host(LEFT, MINE)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda app=app: takes_keys(app, ResumeDialog))  # type: ignore[misc]
            await pilot.press("r")
            await until(pilot, lambda app=app: takes_keys(app, PasswordDialog))  # type: ignore[misc]
            assert MINE in text_of(app)
            if typed is not None:
                app.screen.query_one(Input).value = typed
                await pilot.pause()
                assert typed not in text_of(app)
            await pilot.press("escape" if typed is None else "enter")
            await until(pilot, lambda app=app, calls=calls: app.queue.calls == calls)  # type: ignore[misc]
            assert logins.given == ([] if typed is None else [(MINE, typed)])


async def test_a_batch_between_two_servers_wants_the_passwords_of_both() -> None:
    app, logins = host(LEFT, MINE, OTHERS)
    app.queue.batches = {1: replace(batch(1, MINE), direction=Direction.RELAY, target_site=OTHERS)}
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: takes_keys(app, ResumeDialog))
        await pilot.press("r")
        for site in (MINE, OTHERS):
            await until(
                pilot,
                lambda site=site: takes_keys(app, PasswordDialog) and site in text_of(app),  # type: ignore[misc]
            )
            app.screen.query_one(Input).value = "typed"
            await pilot.press("enter")
        await until(pilot, lambda: app.queue.calls == ["resume_batch 1"])
        assert logins.given == [(MINE, "typed"), (OTHERS, "typed")]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (PasswordFrom.ASK, ""),
        (PasswordFrom.KEYRING, "it will be kept in the system's keyring"),
        (PasswordFrom.FILE, "are not encrypted"),
    ],
)
async def test_a_password_that_lets_them_go_on_is_kept_where_the_site_says(
    place: PasswordFrom, said: str
) -> None:
    """Once the server has taken it, and not before."""
    app, logins = host(LEFT, MINE)
    equip(app, sites=SiteStore())
    app.services.sites.put(SavedSite("One", host="one.example", user="me", password=place))
    kept: list[tuple[str, Secret]] = []
    equip(app, keep_password=lambda site, password: kept.append((site.name, password)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: takes_keys(app, ResumeDialog))
        await pilot.press("r")
        await until(pilot, lambda: takes_keys(app, PasswordDialog))
        assert said in " ".join(text_of(app).replace("│", " ").split())
        await pilot.press(*"typed", "enter")
        await until(pilot, lambda: bool(logins.given))
        await pilot.pause()
        assert kept == []
        logins.when_right()
        await until(pilot, lambda: kept == ([("One", Secret("typed"))] if said else []))


async def test_nothing_left_asks_nothing_and_a_broken_store_is_told() -> None:
    app, _ = host(Restored())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        assert app.screen is app.main
    app, _ = host(Restored(problem="it was damaged and is kept as x\x1b[2J"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app._notifications) == 1)
        assert ["kept as x␛[2J" in notice.message for notice in app._notifications] == [True]
        assert app.screen is app.main


@pytest.mark.parametrize(
    ("key", "state", "call"),
    [
        ("p", TransferState.PAUSED, "resume 1"), ("r", TransferState.FAILED, "retry 1"),
        ("R", TransferState.FAILED, "retry_failed"), ("P", TransferState.PAUSED, "resume_all"),
    ],
)  # fmt: skip
async def test_the_panel_asks_for_a_password_before_it_goes_on(
    key: str, state: TransferState, call: str
) -> None:
    app, logins = host(None, "ftp://demo@host")
    app.queue.all = {1: transfer(1, state=state)}
    app.queue.now = QueueTotals(paused=1)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.reveal(app.main.query_one(TransfersPanel))
        for keys in (["escape"], ["x", "enter"]):
            await pilot.press(key)
            await until(pilot, lambda: takes_keys(app, PasswordDialog))
            assert app.queue.calls == []
            await pilot.press(*keys)
            await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: app.queue.calls == [call])
        assert logins.given == [("ftp://demo@host", "x")]


async def test_going_on_asks_for_no_password_of_a_site_that_has_only_failures() -> None:
    app, logins = host(None, "ftp://demo@host")
    app.queue.all = {1: transfer(1, state=TransferState.FAILED)}
    app.queue.now = QueueTotals(is_paused=True, failed=1)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.reveal(app.main.query_one(TransfersPanel))
        await pilot.press("P")
        await until(pilot, lambda: app.queue.calls == ["resume_all"])
        assert app.screen is app.main
        assert logins.given == []
