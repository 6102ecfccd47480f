"""Synchronized browsing, and the open connection kept as a site."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from tests.ui.browser_host import BrowserHost, ready, takes_keys, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tests.ui.sites_host import Sites
from tuiftp.choices import ConnectionMode, TlsPolicy
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import request_for
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.main.sync_browsing_dialog import SyncMismatchDialog
from tuiftp.ui.sites.form_screen import SiteForm
from tuiftp.ui.sites.save_current import SavingDialog
from tuiftp.wirelog.probing import Advice


async def together(app: BrowserHost, pilot: Pilot[Any]) -> None:
    await ready(pilot, app.local, app.remote)
    await pilot.press("alt+y")
    await pilot.pause()


async def stand(app: BrowserHost, pilot: Pilot[Any], here: str, there: str) -> None:
    await until(pilot, lambda: (app.local.directory, app.remote.directory) == (here, there))


async def test_both_sides_enter_and_leave_together_whoever_leads() -> None:
    app = BrowserHost(tree("/a/b/x"), tree("/a/b/y"))
    async with app.run_test(size=(80, 24)) as pilot:
        await together(app, pilot)
        assert "Local ⇄" in text_of(app)
        assert "Remote ⇄" in text_of(app)
        app.local.open("/a")
        await stand(app, pilot, "/a", "/a")
        app.remote.open("/a/b")
        await stand(app, pilot, "/a/b", "/a/b")
        app.remote.action_parent_directory()
        await stand(app, pilot, "/a", "/a")
        await pilot.press("alt+y")
        assert "⇄" not in text_of(app)
        app.local.open("/a/b")
        await stand(app, pilot, "/a/b", "/a")


async def test_two_steps_in_quick_succession_are_both_followed() -> None:
    app = BrowserHost(tree("/a/b/x"), tree("/a/b/y"))
    async with app.run_test(size=(80, 24)) as pilot:
        await together(app, pilot)
        app.there.listing_gate = gate = asyncio.Event()
        app.local.open("/a")
        await until(pilot, lambda: app.local.directory == "/a")
        app.local.open("/a/b")
        await until(pilot, lambda: app.local.directory == "/a/b")
        gate.set()
        await stand(app, pilot, "/a/b", "/a/b")


@pytest.mark.parametrize(
    ("key", "here", "there", "is_on"),
    [("c", "/a", "/a", True), ("o", "/a", "/", False), ("escape", "/", "/", True), ("b", "/", "/", True)],
)
async def test_a_side_without_such_a_directory_is_asked_about(
    key: str, here: str, there: str, is_on: bool
) -> None:
    app = BrowserHost(tree("/a/x"), tree("/y"))
    async with app.run_test(size=(80, 24)) as pilot:
        await together(app, pilot)
        app.local.open("/a")
        await until(pilot, lambda: takes_keys(app, SyncMismatchDialog))
        assert "The server has no directory" in text_of(app)
        assert "“/a”" in text_of(app)
        await pilot.press(key)
        await until(pilot, lambda: app.screen is app.main)
        await stand(app, pilot, here, there)
        assert app.main.together.is_on is is_on


async def test_a_jump_elsewhere_ends_it_with_a_word() -> None:
    app = BrowserHost(tree("/a/x", "/b/x"), tree("/a/x", "/b/x"))
    async with app.run_test(size=(80, 24)) as pilot:
        await together(app, pilot)
        app.local.open("/a")
        await stand(app, pilot, "/a", "/a")
        app.local.open("/b")
        await until(pilot, lambda: not app.main.together.is_on)
        await stand(app, pilot, "/b", "/a")
        assert any("neither above nor below" in each.message for each in app._notifications)


async def test_a_site_can_want_it_and_begins_where_it_says() -> None:
    site = SavedSite("S", host="h", remote_directory="/pub", local_directory="/here", synchronized=True)
    sites = Sites(site)
    sites.app.here.add("/here/sub/x", b"x")
    sites.app.there.add("/pub/sub/y", b"y")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, sites.app.local)
        sites.app.main.connect_to(request_for(site))
        await stand(sites.app, pilot, "/here", "/pub")
        sites.app.remote.open("/pub/sub")
        await stand(sites.app, pilot, "/here/sub", "/pub/sub")
        await pilot.press("alt+d")
        await until(pilot, lambda: not sites.app.main.together.is_on)


SITE = SavedSite(
    "Work", "Clients", "h", user="bob", tls=TlsPolicy.OFF, mode=ConnectionMode.ACTIVE, encoding="cp1251",
    password=PasswordFrom.FILE,
)  # fmt: skip


async def connected(sites: Sites, pilot: Pilot[Any], *, is_saved: bool) -> None:
    request = replace(
        request_for(SITE), saved=SITE if is_saved else None, encoding="" if is_saved else "cp866"
    )
    await ready(pilot, sites.app.local)
    sites.app.main.connect_to(replace(request, target=replace(request.target, password=Secret("pw"))))
    await ready(pilot, sites.app.remote)
    sites.app.remote.open("/pub")
    await until(pilot, lambda: sites.app.remote.directory == "/pub")


async def test_a_connection_becomes_a_site_with_all_that_is_known() -> None:
    sites = Sites()
    sites.app.there.add("/pub/y", b"y")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await connected(sites, pilot, is_saved=False)
        await pilot.press("alt+s")
        await until(pilot, lambda: isinstance(sites.app.screen, SiteForm))
        await pilot.pause()
        await pilot.press(*"New", "f2")
        await until(pilot, lambda: sites.app.screen is sites.app.main)
        assert sites.saved() == [
            SavedSite(
                "New", host="h", user="bob", tls=TlsPolicy.OFF, mode=ConnectionMode.ACTIVE, encoding="cp866",
                remote_directory="/pub", local_directory="/",
            )
        ]  # fmt: skip
        assert sites.app.main.connection.saved == sites.saved()[0]
        assert sites.kept == {}


async def test_a_connection_of_a_site_brings_it_up_to_date_or_makes_another() -> None:
    sites = Sites(SITE)
    sites.app.there.add("/pub/y", b"y")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await connected(sites, pilot, is_saved=True)
        for key in ("u", "n"):
            await pilot.press("alt+s")
            await until(pilot, lambda: isinstance(sites.app.screen, SavingDialog))
            assert "“Work”" in text_of(sites.app)
            await pilot.press(key)
            await until(pilot, lambda: isinstance(sites.app.screen, SiteForm))
            await pilot.pause()
            await pilot.press("f2")
            await until(pilot, lambda: sites.app.screen is sites.app.main)
        updated = replace(SITE, remote_directory="/pub", local_directory="/")
        assert sites.saved() == [updated, replace(updated, name="Work 2")]
        assert sites.kept == {("file", "bob@h:21"): Secret("pw")}


async def test_without_a_connection_there_is_nothing_to_save() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        await pilot.press("alt+s")
        await until(pilot, lambda: any("Connect to a site first" in n.message for n in app._notifications))


async def test_what_is_applied_to_the_connection_is_kept_in_its_site() -> None:
    sites = Sites(SITE)
    sites.app.there.add("/pub/y", b"y")
    applied = sites.app.site.applied
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await connected(sites, pilot, is_saved=True)
        advice = Advice("passive", ConnectionMode.PASSIVE, True)
        cast(Any, sites.app.main.query_one(LogPanel)).inspector.apply(advice)
        await until(pilot, lambda: SiteStore().sites()[0].mode is ConnectionMode.PASSIVE)
        assert applied == [advice]
        assert SiteStore().sites()[0].extended is True
