"""Importing and exporting sites by dialogs: the file, what would be taken, what has become of it."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.storage.importers.samples import FILEZILLA, LFTP
from tests.storage.test_themes import SHIPPED
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.errors import TuiftpError
from tuiftp.secret import Secret
from tuiftp.storage.importing import read_sites
from tuiftp.storage.secrets import FileStore
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.dialogs.basic import Confirm, Dialog, Message
from tuiftp.ui.dialogs.choice_line import ChoiceLine
from tuiftp.ui.settings.themes import install_themes
from tuiftp.ui.sites.import_dialog import ImportDialog
from tuiftp.ui.sites.import_export import ExportScreen, export_sites, import_sites

SIZE = (80, 24)


class Host(App[None]):
    """An empty screen that runs a flow."""

    def __init__(self, store: SiteStore) -> None:
        super().__init__()
        install_themes(self, SHIPPED, "tuiftp-dark")
        self.store = store
        self.failure: TuiftpError | None = None
        self.is_over = False

    def begin(self, flow: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await flow
            except TuiftpError as error:
                self.failure = error
            self.is_over = True

        self.run_worker(guarded())

    @property
    def text(self) -> str:
        """What the dialog says."""
        return "\n".join(self.screen.lines) if isinstance(self.screen, Dialog) else ""


@pytest.fixture
def app(tmp_path: Path) -> Host:
    """Return a host with no sites."""
    return Host(SiteStore(tmp_path / "sites.toml"))


async def asked(pilot: Pilot[Any], kind: type[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted)
    await pilot.pause()


def plant(home: Path, name: str, data: bytes) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


async def test_filezilla_is_found_looked_at_and_taken(app: Host, fake_home: Path) -> None:
    path = plant(fake_home, ".config/filezilla/sitemanager.xml", FILEZILLA)
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        assert app.screen.query_one(Input).value == str(path)
        await pilot.press("enter")
        await asked(pilot, Confirm)
        assert "4 sites to take" in app.text
        assert "Work/Clients - old/Büro & Co  (ftp.example.com)" in app.text
        assert "3 skipped: SFTP, Amazon S3" in app.text
        assert "2 with a password, which stays where it is" in app.text
        assert app.store.sites() == []
        await pilot.press("enter")
        await asked(pilot, Message)
        assert "4 sites taken over." in app.text
        await pilot.press("enter")
        await until(pilot, lambda: app.is_over)
    assert len(SiteStore(app.store.path).sites()) == 4


async def test_one_of_several_files_is_chosen_and_passwords_go_into_the_file(
    app: Host, fake_home: Path
) -> None:
    plant(fake_home, ".config/filezilla/sitemanager.xml", FILEZILLA)
    path = plant(fake_home, ".lftp/bookmarks", LFTP)
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        places = app.screen.query_one(OptionList)
        places.focus()
        await pilot.press("down", "enter")
        assert app.screen.query_one(Input).value == str(path)
        app.screen.query_one(ChoiceLine).focus()
        await pilot.press("right")
        said = app.screen.query_one(".import--help", Static)
        assert "they are not encrypted" in str(said.render())
        app.screen.query_one(Input).focus()
        await pilot.press("enter")
        await asked(pilot, Confirm)
        assert "1 with a password, which goes into the file" in app.text
        assert "p@s s" not in app.text
        await pilot.press("enter")
        await asked(pilot, Message)
        assert "Passwords kept in the file: 1" in app.text
    assert FileStore().get("bob@127.0.0.1:2121") == Secret("p@s s")


async def test_what_cannot_be_read_is_told(app: Host, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing")
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        await pilot.press("enter")
        assert "Which file?" in str(app.screen.query_one(".dialog--problem", Static).render())
        app.screen.query_one(Input).value = str(tmp_path / "x")
        await pilot.press("enter")
        await until(pilot, lambda: "not known whose" in text_of(app))
        assert app.screen.query_one(Input).value == str(tmp_path / "x")
        await pilot.press("escape")
        await until(pilot, lambda: app.is_over)


async def test_what_is_there_already_is_told(app: Host, tmp_path: Path) -> None:
    path = plant(tmp_path, "bookmarks", b"x ftp://h/\n")
    app.store.put(SavedSite("x", host="h", password=read_sites(path).found[0].site.password))
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await asked(pilot, Message)
        assert "1 there already" in app.text
        await pilot.press("escape")
        await until(pilot, lambda: app.is_over)
    assert len(app.store.sites()) == 1


async def test_enter_goes_on_from_the_choice_about_passwords_too(app: Host, fake_home: Path) -> None:
    plant(fake_home, ".lftp/bookmarks", LFTP)
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        app.screen.query_one(ChoiceLine).focus()
        await pilot.press("enter")
        await asked(pilot, Confirm)


@pytest.mark.parametrize("keys", [["escape"], ["enter", "escape"]])
async def test_escape_takes_nothing(keys: list[str], app: Host, fake_home: Path) -> None:
    plant(fake_home, ".lftp/bookmarks", LFTP)
    async with app.run_test(size=SIZE) as pilot:
        app.begin(import_sites(app, app.store))
        await asked(pilot, ImportDialog)
        if len(keys) == 2:
            await pilot.press("enter")
            await asked(pilot, Confirm)
        await pilot.press("escape")
        await until(pilot, lambda: app.is_over)
    assert app.store.sites() == []


async def test_export_asks_before_it_replaces(app: Host, fake_home: Path) -> None:
    app.store.put(SavedSite("x", "W", "h", user="bob"))
    there = plant(fake_home, "tuiftp-sites.xml", b"old")
    async with app.run_test(size=SIZE) as pilot:
        app.begin(export_sites(app, app.store))
        await asked(pilot, ExportScreen)
        await pilot.press("enter")
        assert there.read_bytes() == b"old"
        await pilot.press("enter")
        await asked(pilot, Message)
        assert "1 site, without passwords" in app.text
    assert [one.site.name for one in read_sites(there).found] == ["x"]


async def test_the_app_imports_by_a_key_and_tells_what_is_wrong(tmp_path: Path) -> None:
    app = BrowserHost(tree("/a"))
    equip(app, sites=SiteStore(tmp_path / "sites.toml"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("alt+o")
        await asked(pilot, ImportDialog)
        await pilot.press(*"/none", "enter")
        await until(pilot, lambda: "No such file" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("alt+u")
        await asked(pilot, ExportScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
