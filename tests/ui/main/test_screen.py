"""The main screen, in the user's words: moving about, viewing, panels, keys, themes, hostile names."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from textual.app import App
from textual.timer import Timer

from tests.support.fake_endpoint import FakeSite, refused
from tests.ui.browser_host import BrowserHost, names, ready, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import lines_of, sees, until
from tuiftp.entries import Entry, EntryKind
from tuiftp.storage.settings import Settings
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.ui.commands.key_bar import KeyBar
from tuiftp.ui.dialogs.basic import Confirm, Prompt
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.viewer.screen import ViewerScreen

SIZE = (120, 36)


async def test_enter_goes_into_a_directory_and_backspace_comes_back_onto_it() -> None:
    app = BrowserHost(tree("/a/", "/b/inside.txt", "/c/"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.local.directory == "/b")
        assert names(app.local) == ["..", "inside.txt"]
        await pilot.press("backspace")
        await until(pilot, lambda: app.local.directory == "/")
        current = app.local.list.current
        assert current is not None
        assert current.name == "b"


async def test_back_and_forward_lead_through_what_was_visited() -> None:
    app = BrowserHost(tree("/b/c/deep.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.local.open("/b/c")
        await until(pilot, lambda: app.local.directory == "/b/c")
        await pilot.press("alt+left")
        await until(pilot, lambda: app.local.directory == "/")
        await pilot.press("alt+right")
        await until(pilot, lambda: app.local.directory == "/b/c")


async def test_a_pane_keeps_its_directory_when_a_listing_is_refused() -> None:
    here = tree("/secret/", "/plain.txt")
    here.refusals["LIST", "/secret"] = refused("LIST", 550, "Permission denied\x1b[2J")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("enter")
        await until(pilot, lambda: "Permission denied" in app.local.notice.text)
        assert app.local.directory == "/"
        assert names(app.local) == ["secret", "plain.txt"]
        assert "\x1b" not in app.local.notice.text
        await pilot.press("escape")
        assert app.local.notice.text == ""


async def test_escape_ends_the_reading_of_a_directory() -> None:
    here = tree("/slow/")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await pilot.press("enter")
        await until(pilot, lambda: ("LIST", "/slow") in here.asked)
        assert app.local.is_loading
        await pilot.press("escape")
        await until(pilot, lambda: not app.local.is_loading)
        assert app.local.directory == "/"
        assert app.local.notice.text == "Reading /slow was cancelled."
        await pilot.press("escape")
        assert app.local.notice.text == ""


async def test_a_late_timer_says_nothing_of_a_listing_that_was_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, late = tree("/slow/a"), list[Callable[[], None]]()
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        set_timer = app.local.set_timer

        def noting(delay: float, callback: Callable[[], None]) -> Timer:
            late.append(callback)
            return set_timer(delay)

        monkeypatch.setattr(app.local, "set_timer", noting)
        await pilot.press("enter")
        await until(pilot, lambda: ("LIST", "/slow") in here.asked)
        late[-1]()
        assert app.local.notice.text == "Reading /slow …  Esc cancels"
        await pilot.press("escape")
        await until(pilot, lambda: app.local.notice.text == "Reading /slow was cancelled.")
        late[-1]()
        assert app.local.notice.text == "Reading /slow was cancelled."


async def test_a_first_listing_that_is_cancelled_says_which_key_reads_it() -> None:
    there = tree("/pub/a")
    app = BrowserHost(tree("/a"), there, keymap={"refresh_listing": "ctrl+u"})
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.remote)
        there.listing_gate = asyncio.Event()
        app.remote.attach(cast(Any, app.site), "/pub")
        await until(pilot, lambda: ("LIST", "/pub") in there.asked)
        await pilot.press("escape")
        await until(pilot, lambda: not app.remote.is_loading)
        assert app.remote.notice.text == "Reading /pub was cancelled.\n→ ^U reads it"
        there.listing_gate.set()
        await pilot.press("ctrl+u")
        await ready(pilot, app.remote)
        assert app.remote.directory == "/pub"


async def test_a_typed_path_is_followed_from_where_the_pane_is() -> None:
    app = BrowserHost(tree("/a/b/c.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"a/b", "enter")
        await until(pilot, lambda: app.local.directory == "/a/b")


async def test_refreshing_keeps_the_cursor_and_the_marks() -> None:
    here = tree("/1", "/2", "/3")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("space", "down")
        here.add("/0", b"new")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: names(app.local) == ["0", "1", "2", "3"])
        assert [entry.name for entry in app.local.list.rows.marked()] == ["1"]
        current = app.local.list.current
        assert current is not None
        assert current.name == "3"


async def test_tab_switches_panes_and_from_a_panel_goes_back_to_the_pane() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("tab")
        assert app.main.active is app.remote
        await pilot.press("ctrl+l")
        assert not app.remote.has_focus_within
        await pilot.press("tab")
        assert app.remote.list.has_focus


async def test_f3_shows_a_file_with_control_characters_visible() -> None:
    here = FakeSite()
    here.add("/evil.txt", b"one\x1b]0;pwned\x07\n[red]two[/red]\n" + "全角\u202e".encode())
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, ViewerScreen) and bool(app.screen.page.rows))
        assert isinstance(app.screen, ViewerScreen)
        assert app.screen.page.rows == ["one␛]0;pwned␇", "[red]two[/red]", "全角⟨U+202E⟩"]
        await pilot.press("f4")
        await until(pilot, lambda: "6f 6e 65 1b" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_enter_on_a_link_that_leads_to_a_file_views_it() -> None:
    here = tree("/x")
    here.nodes["/link"] = here.nodes["/x"].__class__(EntryKind.LINK, b"seen")
    here.refusals["LIST", "/link"] = refused("LIST", text="Not a directory")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ViewerScreen))
        assert app.local.directory == "/"


async def test_a_narrow_screen_shows_one_panel_under_tabs_and_a_wide_one_both() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        assert "[Transfers]" in text_of(app)
        assert "╭─ Protocol log" not in text_of(app)
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert "[Protocol log]" in text_of(app)
        assert "╭─ Protocol log" in text_of(app)
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert "╭─ Protocol log" in text_of(app)
        assert "╭─ Transfers" in text_of(app)


async def test_the_panels_can_be_hidden_and_come_back() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        before = app.local.size.height
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert app.local.size.height > before
        await pilot.press("ctrl+o", "ctrl+up")
        await pilot.pause()
        assert app.local.size.height < before


async def test_every_label_of_the_footer_is_whole_at_80_columns() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        keys = text_of(app).splitlines()[-1].rstrip()
        assert keys.startswith("F1Help F2Sites")
        assert keys.endswith("F10Quit ^PCmd")
        await pilot.click("KeyBar", offset=(keys.index("Mkdir"), 0))
        await until(pilot, lambda: isinstance(app.screen, Prompt))


async def test_a_key_of_ones_own_replaces_the_default_one() -> None:
    app = BrowserHost(tree("/a"), keymap={"make_directory": "ctrl+n"})
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f7")
        await pilot.pause()
        assert app.screen is app.main
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert "^N Mkdir" in lines_of(app.main.query_one(KeyBar))[0]


async def test_hostile_names_show_as_they_are_and_obey_nobody() -> None:
    here = FakeSite()
    hostile = [
        "[red]x[/red]",
        "[/nope] a[b",
        "[@click=app.quit]y",
        "\x1b]0;title\x07",
        "a\u202egpj.exe",
        "\udcff\udc80",
    ]
    here.extra["/"] = [Entry(name, EntryKind.FILE, 1) for name in hostile]
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        said = text_of(app)
        for text in (
            "[red]x[/red]",
            "[/nope] a[b",
            "[@click=app.quit]y",
            "␛]0;title␇",
            "⟨U+202E⟩gpj.exe",
            "\\xff\\x80",
        ):
            assert text in said
        assert "\x1b" not in said
        await pilot.press("ctrl+a", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "“[red]x[/red]”" in text_of(app))


async def test_a_slow_directory_says_that_it_is_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuiftp.ui.panes.pane.PATIENCE", 0.001)
    here = tree("/slow/[x]")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        here.listing_gate = asyncio.Event()
        await pilot.press("enter")
        await until(pilot, lambda: "Reading /slow …  Esc cancels" in app.local.notice.text)
        here.listing_gate.set()
        await until(pilot, lambda: app.local.directory == "/slow")
        assert app.local.notice.text == ""


async def test_another_theme_draws_everything_anew() -> None:
    app = BrowserHost(tree("/d/", "/f"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        before = next(iter(app.local.list.render_line(1))).style
        app.theme = "tuiftp-light"
        await pilot.pause()
        after = next(iter(app.local.list.render_line(1))).style
        assert before is not None
        assert after is not None
        assert before.bgcolor != after.bgcolor


class WaitingStore(SettingsStore):
    """A settings file on a disk that does not answer until `answers` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers = threading.Event()
        self.written: list[str] = []

    def save(self, settings: Settings) -> None:
        assert threading.current_thread() is not threading.main_thread()
        assert self.answers.wait(60)
        super().save(settings)
        self.written.append(settings.theme)


async def test_a_theme_from_the_palette_is_kept_while_a_slow_disk_holds_nothing_up(tmp_path: Path) -> None:
    app = BrowserHost(tree("/d/", "/f"))
    store = app.start.run_settings.store = WaitingStore(tmp_path / "settings.toml")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        for theme in ("tuiftp-light", "tuiftp-norton"):
            app.theme = theme
            await until(pilot, lambda theme=theme: app.settings.theme == theme)  # type: ignore[misc]
        await pilot.press("down")
        assert app.local.list.cursor == 1
        store.answers.set()
        await sees(pilot, lambda: len(store.written) == 2)
    assert SettingsStore(store.path).load().theme == "tuiftp-norton"


@pytest.mark.parametrize(("columns", "are_both_shown"), [(120, True), (80, False)])
async def test_the_first_thing_painted_is_the_whole_screen_as_it_stays(
    columns: int, are_both_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[tuple[str, bool]] = []
    display = App._display

    def noting(self: App[Any], screen: Any, renderable: Any) -> None:
        log = screen.query(LogPanel)
        painted.append((type(screen).__name__, bool(log) and log.first().size.width > 0))
        display(self, screen, renderable)

    monkeypatch.setattr(App, "_display", noting)
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(columns, 30)) as pilot:
        await ready(pilot, app.local)
        assert set(painted) == {("Browser", are_both_shown)}
        assert app.theme == "tuiftp-dark"
