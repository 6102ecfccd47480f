"""The site manager: sites found, opened, made, moved and forgotten, with their passwords."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from tests.ui.browser_host import ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tests.ui.sites_host import BACKUP, MIRROR, SHOP, Sites, form, manager, shown_again
from tuiftp.errors import ConnectionFailed
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import request_for
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.dialogs.basic import Confirm, Message, Prompt
from tuiftp.ui.sites.connect_dialog import ConnectScreen
from tuiftp.ui.sites.import_dialog import ImportDialog
from tuiftp.ui.sites.import_export import ExportScreen
from tuiftp.ui.sites.move_dialog import MoveDialog

SIZES = [(80, 24), (120, 36)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_tree_and_all_about_the_site_under_the_cursor(size: tuple[int, int]) -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=size) as pilot:
        await manager(sites, pilot)
        assert sites.names() == ["Work", "Clients", "Shop", "Mirror", "Backup"]
        await pilot.press("end")
        text = text_of(sites.app)
        for word in (
            "▾ Work/",
            "▾ Clients/",
            "▲ Backup",
            "ftp://bob@backup.example.com",
            "▲ red",
            "at night",
            "bob",
        ):
            assert word in text
        await pilot.press("home", "down", "down")
        text = text_of(sites.app)
        for word in ("ftpes://kim@shop.example.com", "Work/Clients", "Required", "Active"):
            assert word in text
        for label in ("F2", "F3 New", "F4 Edit", "F5 Copy", "F6 Move", "F7 Folder", "F8 Delete"):
            assert label in text


@pytest.mark.parametrize("size", SIZES)
async def test_import_and_export_are_in_sight_and_under_the_mouse(
    size: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "bookmarks").write_text("attic ftp://attic.example.com/\n")
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=size) as pilot:
        await manager(sites, pilot)
        [line] = [line for line in text_of(sites.app).splitlines() if "Import from FileZilla, lftp" in line]
        assert "Alt+U Export for FileZilla" in line
        assert "Esc Close" in text_of(sites.app)
        await pilot.click(offset=(line.index("Import"), size[1] - 2))
        await until(pilot, lambda: isinstance(sites.app.screen, ImportDialog) and sites.app.screen.is_mounted)
        await pilot.pause()
        sites.app.screen.query_one(Input).value = str(tmp_path / "bookmarks")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(sites.app.screen, Confirm) and sites.app.screen.is_mounted)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(sites.app.screen, Message) and sites.app.screen.is_mounted)
        await pilot.press("enter")
        await shown_again(sites, pilot)
        assert sites.names() == ["attic", "Backup"]
        await pilot.click(offset=(line.index("Export"), size[1] - 2))
        await until(pilot, lambda: isinstance(sites.app.screen, ExportScreen))


async def test_enter_connects_as_the_site_wants_it() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    sites.keep(SHOP, Secret("pw"))
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("home", "down", "down", "enter")
        await ready(pilot, sites.app.remote)
        (request,) = sites.opened
        assert request.saved == SHOP
        assert replace(request, target=replace(request.target, password=None)) == request_for(SHOP)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("shop", ["Work", "Clients", "Shop"]),
        ("WORK ftp", ["Work", "Mirror"]),
        ("night", ["Backup"]),
        ("bob?", []),
        ("l c", ["Work", "Clients", "Shop", "Backup"]),
    ],
)
async def test_letters_search_in_name_folder_server_user_and_note(typed: str, found: list[str]) -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press(*("space" if char == " " else char for char in typed))
        assert sites.names() == found
        await until(pilot, lambda: f"/{typed}▏" in text_of(sites.app))
        await pilot.press("escape")
        assert len(sites.names()) == 5
        await pilot.press("escape")
        await until(pilot, lambda: sites.app.screen is sites.app.main)


async def test_a_letter_with_alt_is_a_command_and_not_searched_for() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        sites.app.post_message(
            events.Key("alt+o", "o")
        )  # as a terminal's ESC o is read; the pilot has no character
        await until(pilot, lambda: isinstance(sites.app.screen, ImportDialog) and sites.app.screen.is_mounted)
        await pilot.press("escape")
        await shown_again(sites, pilot)
        assert sites.view.words == ""


async def test_a_letter_with_alt_is_not_typed_into_a_field_either() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, sites.app.local)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(sites.app.screen, ConnectScreen) and bool(sites.app.focused))
        await pilot.pause()
        sites.app.post_message(events.Key("alt+d", "d"))
        await pilot.press("x")
        assert sites.app.screen.query_one("#host", Input).value == "x"


async def test_the_first_hit_is_under_the_cursor_so_that_enter_connects() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press(*"mirr", "enter")
        await until(pilot, lambda: len(sites.opened) == 1)
        assert sites.opened[0].saved == MIRROR


async def test_folders_close_and_open() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("home", "enter")
        assert sites.names() == ["Work", "Backup"]
        assert "3 sites" not in text_of(sites.app)
        assert "2 sites" in text_of(sites.app)
        await pilot.press("right", "down", "down", "left")
        assert sites.view.current is not None
        assert sites.view.current.name == "Clients"
        await pilot.press("left", "left", "left")
        assert sites.names() == ["Work", "Backup"]


async def test_a_new_site_in_the_folder_under_the_cursor() -> None:
    sites = Sites(MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await form(sites, pilot, "f3")
        await pilot.press(*"hjkl d", "down", "down", *"ftp.new.example", "down", *"2121", "f2")
        await shown_again(sites, pilot)
        (made,) = [site for site in sites.saved() if site != MIRROR]
        assert made == SavedSite("hjkl d", "Work", "ftp.new.example", 2121)
        assert sites.view.current is not None
        assert sites.view.current.site == made


async def test_a_duplicate_is_another_site() -> None:
    sites = Sites(SHOP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("end")
        await form(sites, pilot, "f5")
        await pilot.press("f2")
        await shown_again(sites, pilot)
        assert sites.saved() == [SHOP, replace(SHOP, name="Shop 2")]


async def test_a_site_is_renamed_and_moved() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("end", "f6")
        await until(pilot, lambda: isinstance(sites.app.screen, MoveDialog))
        await pilot.press(*"Mirror", "tab", *"Work", "enter")
        await until(pilot, lambda: "in this folder already" in text_of(sites.app))
        assert sites.app.screen.query_one("#name", Input).value == "Mirror"
        await pilot.press("end", *"/New", "enter")
        await shown_again(sites, pilot)
        assert replace(BACKUP, name="Mirror", folder="Work/New") in sites.saved()
        assert sites.view.current is not None
        assert sites.view.current.folder == "Work/New"


async def test_a_folder_is_made_renamed_and_deleted_with_its_sites() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("home", "f7")
        await until(pilot, lambda: isinstance(sites.app.screen, Prompt))
        await pilot.press(*"Old", "enter")
        await shown_again(sites, pilot)
        await until(pilot, lambda: "Old" in sites.names())
        assert SiteStore().folders() == ["Work", "Work/Clients", "Work/Old"]
        await pilot.press("home", "f4")
        await until(pilot, lambda: isinstance(sites.app.screen, Prompt))
        await pilot.press(*"Business", "enter")
        await shown_again(sites, pilot)
        await until(pilot, lambda: "Business" in sites.names())
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(sites.app.screen, Confirm))
        for word in ("Business", "Shop", "Mirror"):
            assert word in text_of(sites.app)
        await pilot.press("y")
        await shown_again(sites, pilot)
        await until(pilot, lambda: sites.names() == ["Backup"])
        assert sites.saved() == [BACKUP]
        assert SiteStore().folders() == []


async def test_a_deleted_site_takes_its_password_along_unless_another_needs_it() -> None:
    one = replace(BACKUP, password=PasswordFrom.FILE)
    two = replace(one, name="Twin")
    sites = Sites(one, two)
    sites.keep(one, Secret("pw"))
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        for key, kept in (("escape", 1), ("y", 1), ("y", 0)):
            await pilot.press("home", "delete")
            await until(pilot, lambda: isinstance(sites.app.screen, Confirm))
            assert "password" in text_of(sites.app)
            count = len(sites.saved())
            await pilot.press(key)
            await shown_again(sites, pilot)
            await until(pilot, lambda key=key, count=count: len(sites.saved()) == count - (key == "y"))  # type: ignore[misc]
            await until(pilot, lambda kept=kept: len(sites.kept) == kept)  # type: ignore[misc]


async def test_quick_connect_is_one_key_away() -> None:
    sites = Sites(BACKUP)
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(sites.app.screen, ConnectScreen))
        await pilot.press("escape")
        await until(pilot, lambda: sites.app.screen is sites.app.main)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(sites.app.screen, ConnectScreen))


async def test_after_a_failure_the_manager_begins_at_the_site_that_failed() -> None:
    sites = Sites(BACKUP, SHOP, MIRROR)
    sites.app.site.failure = ConnectionFailed("refused")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await pilot.press(*"mirr", "enter")
        await until(pilot, lambda: "refused" in sites.app.remote.notice.text)
        await pilot.press("f2")
        await shown_again(sites, pilot)
        assert sites.view.current is not None
        assert sites.view.current.site == MIRROR


async def test_names_from_the_file_are_shown_literally() -> None:
    hostile = SavedSite("[red]x[/]", "[b]f[/b]", "h", note="[@click=app.quit]n[/]")
    sites = Sites(hostile)
    async with sites.app.run_test(size=(120, 36)) as pilot:
        await manager(sites, pilot)
        await pilot.press("end")
        text = text_of(sites.app)
        for word in ("[red]x[/]", "[b]f[/b]", "[@click=app.quit]n[/]"):
            assert word in text
        await form(sites, pilot, "f4")
        assert "[red]x[/]" in text_of(sites.app)


async def test_a_file_that_is_broken_is_told() -> None:
    sites = Sites()
    sites.store.path.parent.mkdir(parents=True, exist_ok=True)
    sites.store.path.write_text("[[site]\n")
    async with sites.app.run_test(size=(80, 24)) as pilot:
        await manager(sites, pilot)
        await until(pilot, lambda: "It is kept; there are no sites" in text_of(sites.app))
