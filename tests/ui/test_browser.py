"""The main screen, in the user's words: keys pressed, and what the panes and the queue make of them."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Button, Input

from tests.support.fake_endpoint import FakeSite, refused
from tests.ui.browser_host import BrowserHost, names, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import lines_of, until
from tuiftp.errors import ConnectionFailed
from tuiftp.ftp.events import ModeChanged, SessionChanged, SessionState
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.transfers.model import BatchFinished, Direction, QueueTotals
from tuiftp.ui.screens.dialogs import Confirm, Message, Prompt
from tuiftp.ui.screens.permissions import PermissionsDialog
from tuiftp.ui.screens.viewer import ViewerScreen
from tuiftp.ui.widgets.key_bar import KeyBar
from tuiftp.ui.widgets.tick import Tick

SIZE = (120, 36)


def tree(*paths: str) -> FakeSite:
    """A site with files of ten bytes, and directories for what ends in `/`."""
    site = FakeSite()
    for path in paths:
        if path.endswith("/"):
            site.add_directory(path.rstrip("/"))
        else:
            site.add(path, b"x" * 10)
    return site


def verbs(site: FakeSite) -> list[tuple[str, str]]:
    return [asked for asked in site.asked if asked[0] not in ("LIST", "MLST")]


# Where one is.


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


# Copy and move.


async def test_f5_queues_what_is_marked_for_the_other_pane_and_takes_the_marks_away() -> None:
    app = BrowserHost(tree("/1", "/2", "/3"), tree("/pub/"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("space", "space", "f5")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: any(call.startswith("upload") for call in app.queue.calls))
        call = next(call for call in app.queue.calls if call.startswith("upload"))
        assert "'/1'" in call
        assert "'/2'" in call
        assert "'/3'" not in call
        assert call.endswith(" /")
        assert not app.local.list.rows.marks


async def test_f5_in_the_remote_pane_downloads_under_the_name_that_was_typed() -> None:
    app = BrowserHost(tree("/down/"), tree("/remote.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        field = app.screen.query_one(Input)
        field.value = "/down/other.txt"
        await pilot.press("enter")
        await until(pilot, lambda: any(call.startswith("download") for call in app.queue.calls))
        call = next(call for call in app.queue.calls if call.startswith("download"))
        assert call.endswith("/down")
        assert app.queue.options["rename_to"] == "other.txt"


async def test_f5_to_a_directory_that_is_not_there_says_so_and_queues_nothing() -> None:
    app = BrowserHost(tree("/x"), tree("/y"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "/nowhere/"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Message))
        assert not [call for call in app.queue.calls if "load" in call]


async def test_f5_without_a_connection_says_what_to_do() -> None:
    app = BrowserHost(tree("/x"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f5")
        await until(pilot, lambda: "F2" in app.local.notice.text)
        assert not [call for call in app.queue.calls if "load" in call]


async def test_f6_moves_and_reads_both_panes_anew_when_the_batch_has_ended() -> None:
    app = BrowserHost(tree("/x"), tree("/y"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: any(call.startswith("upload") for call in app.queue.calls))
        assert app.queue.options["move"] is True
        app.here.nodes.pop("/x")
        app.there.add("/x", b"moved")
        app.services.bus.publish(BatchFinished(app.queue.batch, Direction.UPLOAD, "/", 1, 0, 0))
        await until(pilot, lambda: names(app.remote) == ["x", "y"])
        await until(pilot, lambda: names(app.local) == [])


async def test_f6_with_a_bare_name_renames_in_place() -> None:
    app = BrowserHost(tree("/old.txt"), tree("/y"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "new.txt"
        await pilot.press("enter")
        await until(pilot, lambda: names(app.local) == ["new.txt"])


# Rename, make, delete, permissions.


async def test_renaming_never_replaces_what_is_there() -> None:
    app = BrowserHost(tree("/a.txt", "/b.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("shift+f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "b.txt"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Message))
        assert verbs(app.here) == []


async def test_f7_makes_a_directory_and_puts_the_cursor_on_it() -> None:
    app = BrowserHost(tree("/a.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"new", "enter")
        await until(pilot, lambda: names(app.local) == ["new", "a.txt"])
        current = app.local.list.current
        assert current is not None
        assert current.name == "new"


async def test_a_name_that_is_no_component_is_refused_in_the_pane() -> None:
    app = BrowserHost(tree("/a.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"a/b", "enter")
        await until(pilot, lambda: "Cannot make the directory" in app.local.notice.text)
        assert verbs(app.here) == []


async def test_f8_tells_how_much_there_is_and_deletes_only_after_a_yes() -> None:
    app = BrowserHost(tree("/d/1", "/d/e/2", "/keep"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        said = text_of(app)
        assert "2 directories and 2 files" in said
        assert app.screen.focused is app.screen.query_one("#no", Button)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert verbs(app.here) == []
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: names(app.local) == ["keep"])


async def test_deleting_a_link_removes_the_link_alone() -> None:
    here = tree("/target/precious")
    here.nodes["/link"] = here.nodes["/target/precious"].__class__(EntryKind.LINK)
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("end", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: names(app.local) == ["target"])
        assert verbs(app.here) == [("DELE", "/link")]


async def test_what_could_not_be_deleted_is_told() -> None:
    here = tree("/stays", "/goes")
    here.refusals["DELE", "/stays"] = refused("DELE", 550, "Not yours")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+a", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Message))
        assert "Not yours" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: names(app.local) == ["stays"])


async def test_permissions_follow_from_the_boxes_or_the_number() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, PermissionsDialog))
        await pilot.press("home", "shift+end", *"750")
        await until(pilot, lambda: app.screen.query_one("#bit-64", Tick).value)
        assert not app.screen.query_one("#bit-4", Tick).value
        app.screen.query_one("#bit-4", Tick).toggle()
        await until(pilot, lambda: app.screen.query_one(Input).value == "754")
        await pilot.press("enter")
        await until(pilot, lambda: ("CHMOD", "/a") in app.here.asked)


@pytest.mark.parametrize("key", ["f5", "f6", "f8", "delete", "c", "f7"])
async def test_file_keys_do_nothing_while_the_queue_has_the_focus(key: str) -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        await pilot.press("ctrl+t", key)
        await pilot.pause()
        assert not isinstance(app.screen, Prompt | Confirm | PermissionsDialog)
        assert verbs(app.here) == verbs(app.there) == []


# View.


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


# Connecting.


async def test_a_failed_connection_says_why_in_the_remote_pane() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.failure = ConnectionFailed("ftp.example.com refused the connection", hint="check the port")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "refused the connection" in app.remote.notice.text)
        assert "check the port" in app.remote.notice.text
        assert app.main.site is None
        assert app.site.calls == ["connect", "close"]
        assert "not connected" in lines_of(app.main.status)[0]


async def test_the_status_line_tells_state_mode_and_that_nothing_is_encrypted() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        said = lines_of(app.main.status)[0]
        assert "ftp://demo@ftp.example.com" in said
        assert "● connected" in said
        assert "plain text" in said
        app.services.bus.publish(ModeChanged(app.site.label, "auto → passive (EPSV)"))
        await until(pilot, lambda: "auto → passive (EPSV)" in lines_of(app.main.status)[0])
        app.services.bus.publish(SessionChanged(app.site.label, 1, SessionState.LOST, True, "timed out"))
        await until(pilot, lambda: "○ connection lost" in lines_of(app.main.status)[0])
        assert names(app.remote) == ["b"]


async def test_disconnecting_while_transfers_run_leaves_them_their_connections() -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.queue.now = QueueTotals(active=1)
        await pilot.press("alt+d")
        await until(pilot, lambda: app.main.site is None)
        assert "close" not in app.site.calls
        assert app.remote.directory is None
        app.services.bus.publish(ModeChanged("wakes the clock", ""))
        await until(pilot, lambda: app.main.status.status.totals.active == 1)
        app.queue.now = QueueTotals(done=1)
        await until(pilot, lambda: "close" in app.site.calls)


async def test_leaving_asks_first_while_transfers_run() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.queue.now = QueueTotals(active=2, queued=3)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        app.queue.now = QueueTotals()
        await pilot.press("f10")
        await until(pilot, lambda: not app.is_running)


# The screen itself.


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
        assert keys.endswith("F10Quit")
        await pilot.click("KeyBar", offset=(keys.index("Mkdir"), 0))
        await until(pilot, lambda: isinstance(app.screen, Prompt))


async def test_a_key_of_ones_own_replaces_the_default_one() -> None:
    app = BrowserHost(tree("/a"), keymap={"make_directory": "ctrl+n", "no_such_command": "x"})
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
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "“[red]x[/red]”" in text_of(app)


async def test_a_slow_directory_says_that_it_is_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuiftp.ui.widgets.pane.PATIENCE", 0.001)
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


async def test_a_batch_below_whose_target_the_pane_stands_reads_it_anew() -> None:
    here = tree("/down/tree/old")
    app = BrowserHost(here, tree("/x"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.open("/down/tree")
        await until(pilot, lambda: app.local.directory == "/down/tree")
        here.add("/down/tree/new")
        app.services.bus.publish(BatchFinished(7, Direction.DOWNLOAD, "/down", 1, 0, 0))
        await until(pilot, lambda: "new" in names(app.local))
        here.add("/down/tree/later")
        app.services.bus.publish(BatchFinished(8, Direction.DOWNLOAD, "/elsewhere", 1, 0, 0))
        await pilot.pause(0.2)
        assert "later" not in names(app.local)


async def test_escape_ends_an_attempt_to_connect() -> None:
    app = BrowserHost(tree("/a"), FakeSite())
    app.site.gate = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "connect" in app.site.calls)
        assert "Connecting to ftp://demo@ftp.example.com …  Esc cancels" in app.remote.notice.text
        await pilot.press("escape")
        await until(pilot, lambda: "close" in app.site.calls)
        assert app.main.site is None
        assert "not connected" in lines_of(app.main.status)[0]
        assert app.remote.notice.text == ""
