"""The form of a site: checked at once, nothing lost, and its password kept where the site says."""

from __future__ import annotations

from dataclasses import replace

from textual import events
from textual.widgets import Input

from tests.support.services import equip
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tests.ui.sites_host import BACKUP, Sites, form, go_to, manager, shown_again
from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret
from tuiftp.storage.sites import SITE_SPECS, PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.dialogs.basic import Confirm
from tuiftp.ui.sites.form_screen import SiteForm


async def test_what_cannot_be_used_is_told_at_once_and_not_lost() -> None:
    sites = Sites()
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        assert "F3  makes a site" in text_of(sites.app)
        await form(sites, pilot, "f3")
        await pilot.press(*"New", "down", "down", "down", *"99999")
        await until(pilot, lambda: "must be within 1–65535" in text_of(sites.app))
        await pilot.press("up", *"h/pub", "down", "down")
        await until(pilot, lambda: "Only the server's name" in text_of(sites.app))
        assert "99999" in text_of(sites.app)
        assert "h/pub" in text_of(sites.app)
        await pilot.press("f2")
        await pilot.pause()
        assert sites.form.focused is sites.form.query_one("#setting-host")
        await pilot.press("enter")
        assert sites.form.query_one(Input).value == "h/pub"
        await pilot.press("end", *["backspace"] * 4, "enter", "down", "enter", *["backspace"] * 9, *"21")
        await pilot.press("f2")
        await shown_again(sites, pilot)
        assert sites.saved() == [SavedSite("New", host="h")]


async def test_a_name_that_is_taken_keeps_the_form_open() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f3")
        await pilot.press(*"Backup", "down", "down", *"h", "f2")
        await until(pilot, lambda: "a site “Backup” in this folder already" in text_of(sites.app))
        assert sites.saved() == [BACKUP]


async def test_leaving_a_changed_form_asks_and_an_unchanged_one_does_not() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        await pilot.press("escape")
        await shown_again(sites, pilot)
        await form(sites, pilot, "f4")
        await pilot.press(*"Other", "enter", "escape")
        await until(pilot, lambda: isinstance(sites.app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(sites.app.screen, SiteForm))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(sites.app.screen, Confirm))
        await pilot.press("y")
        await shown_again(sites, pilot)
        assert sites.saved() == [BACKUP]


async def test_every_field_has_a_row() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        rows = [row.setting for row in sites.form.rows()]
        assert [name for name in rows if name != "password-itself"] == list(SITE_SPECS)


async def test_a_number_that_means_the_settings_says_so() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(120, 50)) as pilot:
        await manager(sites, pilot)
        await pilot.press("end")
        await form(sites, pilot, "f4")
        [row] = [line for line in text_of(sites.app).splitlines() if "Connections at most" in line]
        assert "as in the settings" in row


async def test_a_password_is_kept_where_the_site_says_and_never_shown() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        await go_to(sites, pilot, "password")
        await pilot.press("right", "right")
        await until(pilot, lambda: "they are not encrypted" in " ".join(text_of(sites.app).split()))
        await pilot.press("down", *"s3cret")
        assert "s3cret" not in text_of(sites.app)
        await pilot.press("down")
        assert "s3cret" not in text_of(sites.app)
        assert "••••••••" in text_of(sites.app)
        await pilot.press("f2")
        await shown_again(sites, pilot)
        assert sites.kept == {("file", "bob@backup.example.com:21"): Secret("s3cret")}
        assert "s3cret" not in SiteStore().path.read_text()


async def test_a_password_moves_with_the_place_and_goes_with_the_login() -> None:
    site = replace(BACKUP, password=PasswordFrom.KEYRING)
    sites = Sites(site)
    sites.keep(site, Secret("pw"))
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        await go_to(sites, pilot, "password")
        await pilot.press("right", "f2")
        await shown_again(sites, pilot)
        assert sites.kept == {("file", "bob@backup.example.com:21"): Secret("pw")}
        await form(sites, pilot, "f4")
        await go_to(sites, pilot, "user")
        await pilot.press(*"eve", "f2")
        await shown_again(sites, pilot)
        assert sites.kept == {}


async def test_without_a_keyring_the_form_says_so() -> None:
    sites = Sites(replace(BACKUP, password=PasswordFrom.KEYRING))
    equip(sites.app, why_no_keyring=lambda: "there is no keyring here")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        await go_to(sites, pilot, "password")
        await until(pilot, lambda: "there is no keyring here. Choose File, or Ask." in text_of(sites.app))


async def test_a_password_that_cannot_be_kept_is_told_and_the_site_is_saved() -> None:
    sites = Sites(replace(BACKUP, password=PasswordFrom.KEYRING))

    def refuse(site: SavedSite, password: Secret) -> None:
        raise ConfigurationError("the keyring is [b]locked[/b]")

    equip(sites.app, keep_password=refuse)
    async with sites.app.run_test(size=(120, 36)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        await pilot.press(*"New")
        await go_to(sites, pilot, "password-itself")
        await pilot.press(*"pw", "f2")
        await shown_again(sites, pilot)
        told = sites.app._notifications
        await until(pilot, lambda: [each.message for each in told] == ["the keyring is [b]locked[/b]"])
        assert [site.name for site in sites.saved()] == ["New"]


async def test_what_is_typed_in_one_go_arrives_whole() -> None:
    """A fast hand, or a paste into a terminal that does not say so: all keys are there before the field is."""
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f4")
        for word in ("Nightly", "2 weekly"):
            for key in word:
                sites.app.post_message(events.Key(key, key))
            await until(pilot, lambda word=word: [f.value for f in sites.form.query(Input)] == [word])  # type: ignore[misc]
            await pilot.press("down", "up")
            assert sites.form.site.name == word
