"""Passwords before a login: found where they are kept, else asked for, and kept only if the site says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.errors import ConfigurationError, LoginRefused
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest, request_for
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.ui.dialogs.basic import PasswordDialog

SITE = SavedSite("Work", host="h", user="bob", local_directory="/docs")
REFUSED = LoginRefused("530 no", command="PASS", code=530, text="no")


class Passwords:
    """Knows one password, or none, and notes what is kept."""

    def __init__(self, app: BrowserHost, known: Secret | None = None, problem: str = "") -> None:
        self.known, self.problem = known, problem
        self.opened: list[ConnectRequest] = []
        self.kept: list[tuple[SavedSite, Secret]] = []
        self.wrong: set[Secret] = set()
        equip(app, find_password=self.find)
        equip(app, keep_password=lambda site, password: self.kept.append((site, password)))
        equip(app, open_site=self.open(app))

    def find(self, request: ConnectRequest) -> Secret | None:
        if self.problem:
            raise ConfigurationError(self.problem)
        return self.known

    def open(self, app: BrowserHost) -> Any:
        def open_site(request: ConnectRequest) -> Any:
            self.opened.append(request)
            if self.wrong:
                app.site.failure = REFUSED if request.target.password in self.wrong else None
            return app.site

        return open_site

    @property
    def used(self) -> list[Secret | None]:
        return [request.target.password for request in self.opened]


async def asked(app: BrowserHost, pilot: Pilot[Any]) -> None:
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, PasswordDialog) and bool(app.screen.query(Input)) and not app.keys.is_deaf
        ),
    )


async def test_a_password_that_is_kept_is_used_and_the_left_pane_goes_along() -> None:
    app = BrowserHost(tree("/docs/", "/docs/a"))
    passwords = Passwords(app, Secret("known"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(SITE))
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("known")]
        assert passwords.kept == []
        await until(pilot, lambda: app.local.directory == "/docs")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (PasswordFrom.ASK, ""),
        (PasswordFrom.KEYRING, "it will be kept in the system's keyring"),
        (PasswordFrom.FILE, "are not encrypted"),
    ],
)
async def test_one_that_is_not_is_asked_for_and_kept_where_the_site_says(
    place: PasswordFrom, said: str
) -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app)
    site = replace(SITE, password=place)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(site))
        await asked(app, pilot)
        assert "ftp://bob@h" in text_of(app)
        assert said in " ".join(text_of(app).replace("│", " ").split())
        await pilot.press(*"typed", "enter")
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("typed")]
        await until(pilot, lambda: passwords.kept == ([(site, Secret("typed"))] if said else []))
        assert "typed" not in text_of(app)


async def test_a_login_too_many_asks_for_no_other_password() -> None:
    """The kept password is right: it is used again at the next try."""
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app, Secret("right"))
    app.site.failure = LoginRefused("530 zu viele", command="PASS", code=530, text="zu viele")
    app.site.failure.is_limit = True
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(replace(SITE, password=PasswordFrom.KEYRING)))
        await until(pilot, lambda: "530 zu viele" in app.remote.notice.text)
        assert not isinstance(app.screen, PasswordDialog)
        app.site.failure = None
        await pilot.press("alt+c")
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("right"), Secret("right")]


async def test_a_password_that_was_wrong_is_not_kept() -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app)
    app.site.failure = LoginRefused("530 no", command="PASS", code=530, text="no")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(replace(SITE, password=PasswordFrom.KEYRING)))
        await asked(app, pilot)
        await pilot.press(*"wrong", "enter")
        await until(pilot, lambda: "530 no" in app.remote.notice.text)
        assert passwords.kept == []


async def test_one_that_is_kept_and_refused_is_asked_for_at_once_and_the_new_one_kept() -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app, Secret("old"))
    passwords.wrong = {Secret("old")}
    site = replace(SITE, password=PasswordFrom.KEYRING)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(site))
        await asked(app, pilot)
        assert "The server has refused the password that is kept." in " ".join(
            text_of(app).replace("│", " ").split()
        )
        await pilot.press(*"new", "enter")
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("old"), Secret("new")]
        await until(pilot, lambda: passwords.kept == [(site, Secret("new"))])


async def test_it_is_not_used_again_by_itself() -> None:
    """Whatever is pressed: it is asked for, until another one is right."""
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app, Secret("old"))
    passwords.wrong = {Secret("old"), Secret("x")}
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(SITE))
        await asked(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert "530 no" in app.remote.notice.text, "why nothing is there stays in sight"
        await pilot.press("alt+c")
        await asked(app, pilot)
        await pilot.press("x", "enter")
        await until(pilot, lambda: app.screen is app.main and len(passwords.opened) == 2)
        await until(pilot, lambda: "530 no" in app.remote.notice.text)
        await pilot.press("alt+c")
        await asked(app, pilot)
        await pilot.press(*"right", "enter")
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("old"), Secret("x"), Secret("right")]


async def test_one_that_is_refused_when_the_connection_is_made_anew_is_asked_for() -> None:
    """It was changed on the server meanwhile."""
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app, Secret("old"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(SITE))
        await ready(pilot, app.remote)
        app.site.failure = REFUSED
        passwords.wrong = {Secret("old")}
        await pilot.press("alt+c")
        await asked(app, pilot)
        await pilot.press(*"new", "enter")
        await ready(pilot, app.remote)
        assert passwords.used == [Secret("old"), Secret("new")]


async def test_escape_connects_to_nothing() -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(SITE))
        await asked(app, pilot)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert passwords.opened == []


async def test_a_file_that_may_not_be_used_is_told_and_nothing_is_kept() -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app, problem="others than you can read it")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(replace(SITE, password=PasswordFrom.FILE)))
        await asked(app, pilot)
        assert "others than you can read it" in text_of(app)
        await pilot.press(*"typed", "enter")
        await ready(pilot, app.remote)
        assert passwords.kept == []


async def test_anonymous_is_not_asked() -> None:
    app = BrowserHost(tree("/a"))
    passwords = Passwords(app)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.connect_to(request_for(replace(SITE, password=PasswordFrom.ANONYMOUS)))
        await ready(pilot, app.remote)
        assert [(request.target.user, request.target.password) for request in passwords.opened] == [
            (None, None)
        ]
