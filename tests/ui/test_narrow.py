"""Narrow and poor terminals: nothing that matters is lost, and what has the focus can be told without colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.hosts import Host, text_of
from tests.ui.panel_host import until
from tuiftp.storage.settings import Settings
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.ui.commands.command import spell_key
from tuiftp.ui.commands.key_bar import fit_keys
from tuiftp.ui.commands.main import BROWSER_COMMANDS
from tuiftp.ui.dialogs.basic import LongMessage, Prompt
from tuiftp.ui.settings.screen import SettingsScreen
from tuiftp.ui.sites.connect_dialog import ConnectScreen

LONG = (
    "✗ Cannot read /some/where\n"
    + "no data connection came about, because of the wall; " * 18
    + "\n→ the end"
)


async def test_the_connect_dialog_shows_all_choices_at_60_columns() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and app.screen.is_mounted)
        await until(pilot, lambda: "Cancel" in text_of(app))
        said = text_of(app)
        for choice in ("If offered", "Required", "Implicit", "○ Off", "As in settings (Auto)", "○ Auto"):
            assert choice in said
        for choice in ("Passive", "Active"):
            assert choice in said
        await pilot.click("#mode", offset=(2, 1))
        await until(pilot, lambda: "◉ Active" in text_of(app))


async def test_settings_keep_their_values_at_60_columns(tmp_path: Path) -> None:
    screen = SettingsScreen(
        SettingsStore(tmp_path / "settings.toml"), Settings(), on_change=lambda _: None, mode_history=list,
        forget=lambda: None,
    )  # fmt: skip
    app = Host(screen)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "Connect timeout in Auto" in text_of(app))
        lines = text_of(app).splitlines()
        assert any("Connect timeout in Auto" in line and "5 s" in line for line in lines)
        assert any("Wait for the server's connection" in line and "10 s" in line for line in lines)


@pytest.mark.parametrize(("width", "first", "last"), [(60, "1Help", "10Quit"), (80, "F1Help", "F10Quit")])
async def test_the_key_bar_shortens_words_before_it_loses_a_key(width: int, first: str, last: str) -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(width, 20)) as pilot:
        await ready(pilot, app.local)
        bar = text_of(app).splitlines()[-1]
        assert bar.startswith(first)
        assert last in bar
        assert "^P" in bar
        await pilot.click("KeyBar", offset=(bar.index("Mk"), 0))
        await until(pilot, lambda: isinstance(app.screen, Prompt))


def test_every_key_stays_down_to_the_width_of_the_keys() -> None:
    items = [(f"F{number}", command.label, command.short) for number, command in enumerate(BROWSER_COMMANDS)]
    items = [item for item in items if item[1]]
    for width in range(200):
        *_, pairs = fit_keys(items, width)
        assert len(pairs) == len(items)


async def test_the_pane_in_use_is_told_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local, app.remote)
        for pane, other in ((app.local, app.remote), (app.remote, app.local)):
            pane.list.focus()
            await until(pilot, lambda pane=pane: pane.list.has_focus and "►" in str(pane.border_title))  # type: ignore[misc]
            assert "►" not in str(other.border_title)
            assert pane.styles.border_top[0] == "double"
            assert other.styles.border_top[0] == "solid"
            bars = [
                [
                    segment.style is not None and bool(segment.style.reverse)
                    for segment in each.list.render_line(0)
                ]
                for each in (pane, other)
            ]
            assert all(bars[0][:3])
            assert not any(bars[1])


async def test_an_error_that_has_no_room_says_so_and_a_key_shows_all() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        app.remote.notice.say(LONG, is_error=True)
        await until(pilot, lambda: "… Alt+A shows all" in text_of(app))
        assert "the end" not in text_of(app)
        await pilot.press("alt+a")
        await until(pilot, lambda: isinstance(app.screen, LongMessage) and app.screen.is_mounted)
        await pilot.press("end")
        await until(pilot, lambda: "→ the end" in text_of(app))


async def test_an_error_that_has_room_is_shown_whole() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.notice.say("✗ Cannot read\n→ the end", is_error=True)
        await until(pilot, lambda: "→ the end" in text_of(app))
        assert "shows all" not in text_of(app)


async def test_a_toast_hides_neither_the_log_nor_the_status() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, app.local, app.remote)
        app.notify("All is well", markup=False)
        await until(
            pilot, lambda: bool(app.screen.query(Toast)) and app.screen.query_one(Toast).region.height > 0
        )
        toast = app.screen.query_one(Toast).region
        assert toast.y >= app.main.status.region.bottom
        assert not toast.overlaps(app.main.query_one("#panels").region)
        assert toast.height == 1


@pytest.mark.parametrize(
    ("key", "spelled"),
    [("colon", ":"), ("ctrl+r", "^R"), ("less_than_sign", "<"), ("f10", "F10"), ("shift+f6", "Shift+F6")],
)  # fmt: skip
def test_keys_are_named_as_they_are_typed(key: str, spelled: str) -> None:
    assert spell_key(key) == spelled


async def test_long_names_are_cut_last() -> None:
    app = BrowserHost(tree("/a long name of a file that matters.tar.gz"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        assert app.local.list.columns.name >= 30
