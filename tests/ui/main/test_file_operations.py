"""F5 to F8 and the permissions: what is asked, what is queued, what is sent, and what is told."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Button, Input

from tests.support.fake_endpoint import FakeSite, refused
from tests.ui.browser_host import BrowserHost, names, ready, takes_keys, tree, verbs
from tests.ui.hosts import text_of
from tests.ui.panel_host import sees, until
from tuiftp.entries import Entry, EntryKind
from tuiftp.transfers.model import BatchFinished, Direction
from tuiftp.ui.dialogs.basic import Confirm, Message, Prompt
from tuiftp.ui.dialogs.checkbox import Tick
from tuiftp.ui.dialogs.permissions import PermissionsDialog

SIZE = (120, 36)


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


async def test_f5_in_the_right_pane_downloads_under_the_name_that_was_typed() -> None:
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
        await until(pilot, lambda: "There is no such directory: /nowhere/" in text_of(app))
        assert app.screen.query_one(Input).value == "/nowhere/"
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
        app.services.bus.publish(BatchFinished(app.queue.last_batch, Direction.UPLOAD, "/", 1, 0, 0))
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


async def test_a_name_typed_into_the_move_dialog_takes_the_place_of_the_directory() -> None:
    app = BrowserHost(tree("/old.txt"), tree("/y"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.pause()
        await pilot.press(*"new.txt", "enter")
        await until(pilot, lambda: names(app.local) == ["new.txt"])


async def test_space_presses_the_button_that_has_the_focus() -> None:
    app = BrowserHost(tree("/old.txt"), tree("/y"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.pause()
        await pilot.press("left", "space")
        await until(pilot, lambda: names(app.local) == [])


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [("sub/", "/sub/a.txt"), ("sub", "/sub/a.txt"), ("/sub/b.txt", "/sub/b.txt"), ("../x/", None)],
)
async def test_a_path_moves_within_the_server(typed: str, becomes: str | None) -> None:
    app = BrowserHost(tree("/here"), tree("/sub/", "/a.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("end", "shift+f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = typed if "/" in typed else f"./{typed}"
        await pilot.press("enter")
        if becomes is None:
            await until(pilot, lambda: "There is no such directory: ../x/" in text_of(app))
            assert app.screen.query_one(Input).value == typed
            assert "/a.txt" in app.there.nodes
        else:
            await until(pilot, lambda: becomes in app.there.nodes and "/a.txt" not in app.there.nodes)


async def test_renaming_never_replaces_what_is_there() -> None:
    app = BrowserHost(tree("/a.txt", "/b.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("shift+f6")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "b.txt"
        await pilot.press("enter")
        await until(pilot, lambda: "The name is taken: /b.txt" in text_of(app))
        assert app.screen.query_one(Input).value == "b.txt"
        assert verbs(app.here) == []
        app.screen.query_one(Input).value = "c.txt"
        await pilot.press("enter")
        await until(pilot, lambda: names(app.local) == ["b.txt", "c.txt"])


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


@pytest.mark.parametrize(
    ("typed", "made", "cursor_on"),
    [
        ("new/nested/deep", ["/at/new", "/at/new/nested", "/at/new/nested/deep"], "new"),
        ("old/nested/", ["/at/old/nested"], None),
        ("/else/where", ["/else", "/else/where"], None),
    ],
)
@pytest.mark.parametrize("is_remote", [False, True])
async def test_f7_makes_all_directories_of_a_path_that_are_missing(
    typed: str, made: list[str], cursor_on: str | None, is_remote: bool
) -> None:
    app = BrowserHost(tree("/at/old/", "/at/z"), tree("/at/old/", "/at/z"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        pane, site = (app.remote, app.there) if is_remote else (app.local, app.here)
        pane.open("/at")
        await until(pilot, lambda: pane.directory == "/at" and not pane.is_loading)
        pane.list.focus()
        await pilot.press("end", "f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and not pane.is_loading)
        assert [path for verb, path in verbs(site) if verb == "MKD"] == made
        current = pane.list.current
        assert current is not None
        assert current.name == (cursor_on or "z")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("old", "exists"),
        ("z/sub", "A file has that name: /z"),
        ("bad/sub", "Not allowed"),
        ("", "Type a name"),
    ],
)
async def test_a_directory_that_cannot_be_made_leaves_the_dialog_with_its_text_and_the_reason(
    typed: str, reason: str
) -> None:
    app = BrowserHost(tree("/old/", "/z"))
    app.here.refusals["MKD", "/bad"] = refused("MKD", 550, "Not allowed")
    app.here.refusals["MKD", "/bad/sub"] = refused("MKD", 550, "No such directory")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: reason in text_of(app))
        assert app.screen.query_one(Input).value == typed
        app.screen.query_one(Input).value = "good"
        await pilot.press("enter")
        await until(pilot, lambda: names(app.local) == ["good", "old", "z"])


async def test_a_level_that_the_server_has_but_does_not_show_is_no_hindrance() -> None:
    app = BrowserHost(tree("/x"), tree("/x"))
    app.there.refusals["MKD", "/hidden"] = refused("MKD", 550, "File exists")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "hidden/sub"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert verbs(app.there) == [("MKD", "/hidden"), ("MKD", "/hidden/sub")]


async def test_escape_ends_a_dialog_whose_server_does_not_answer() -> None:
    app = BrowserHost(tree("/x", "/y/"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.here.listing_gate = asyncio.Event()
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "/y"
        await pilot.press("enter")
        await sees(pilot, lambda: "Esc cancels" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert app.local.directory == "/"


async def test_a_path_that_cannot_be_read_stays_in_its_dialog() -> None:
    app = BrowserHost(tree("/sub/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "/nowhere"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one(".dialog--problem").has_class("-shown"))
        assert app.screen.query_one(Input).value == "/nowhere"
        app.screen.query_one(Input).value = "/sub"
        await pilot.press("enter")
        await until(pilot, lambda: app.local.directory == "/sub" and app.screen is app.main)


async def test_permissions_that_are_refused_or_no_number_stay_in_their_dialog() -> None:
    app = BrowserHost(tree("/a"))
    app.here.refusals["CHMOD", "/a"] = refused("SITE CHMOD", 550, "Not yours")
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, PermissionsDialog))
        app.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: "Type an octal number" in text_of(app))
        app.screen.query_one(Input).value = "700"
        await pilot.press("enter")
        await until(pilot, lambda: "Not yours" in text_of(app))
        assert app.screen.query_one(Input).value == "700"
        del app.here.refusals["CHMOD", "/a"]
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)


async def test_f8_tells_how_much_there_is_and_deletes_only_after_a_yes() -> None:
    app = BrowserHost(tree("/d/1", "/d/e/2", "/keep"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        said = text_of(app)
        assert "2 directories and 2 files" in said
        assert "y Delete · Esc Cancel" in said
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
        assert "1 link," in text_of(app)
        await pilot.press("escape", "ctrl+a", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "1 directory and 2 files (1 of them links)" in text_of(app)
        await pilot.press("escape", "ctrl+a", "end", "f8")
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
        await until(pilot, lambda: takes_keys(app, Message))
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


@pytest.mark.parametrize(("second", "is_told"), [("rwxr-xr-x", True), ("rw-r--r--", False)])
async def test_permissions_that_differ_are_told_before_all_get_the_same(second: str, is_told: bool) -> None:
    here = FakeSite()
    here.extra["/"] = [
        Entry("a", EntryKind.FILE, 1, permissions="rw-r--r--"), Entry("b", EntryKind.FILE, 1, permissions=second)
    ]  # fmt: skip
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("space", "space", "c")
        await until(pilot, lambda: isinstance(app.screen, PermissionsDialog) and app.screen.is_mounted)
        await until(pilot, lambda: "rw-r--r--" in text_of(app))
        assert ("They differ now" in text_of(app)) is is_told


@pytest.mark.parametrize("key", ["f5", "f6", "f8", "c"])
async def test_a_key_that_finds_nothing_to_work_on_says_so(key: str) -> None:
    app = BrowserHost(tree("/sub/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.open("/sub")
        await until(pilot, lambda: app.local.directory == "/sub")
        app.local.list.focus()
        await pilot.press("home", key)
        await until(pilot, lambda: "nothing under the cursor" in app.local.notice.text)


async def test_what_was_said_of_one_entry_goes_with_the_next_command() -> None:
    app = BrowserHost(tree("/sub/", "/z"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.local.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: "This is a directory" in app.local.notice.text)
        await pilot.press("down", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert app.local.notice.text == ""


async def test_a_pattern_that_no_name_matches_is_told() -> None:
    app = BrowserHost(tree("/a.txt", "/b.txt"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("+")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "*.md"
        await pilot.press("enter")
        await until(pilot, lambda: "No name here matches" in text_of(app))
        assert app.screen.query_one(Input).value == "*.md"
        assert not app.local.list.rows.marks


@pytest.mark.parametrize("key", ["f5", "f6", "f8", "delete", "c", "f7"])
async def test_file_keys_do_nothing_while_the_queue_has_the_focus(key: str) -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        await pilot.press("ctrl+t", key)
        await pilot.pause()
        assert not isinstance(app.screen, Prompt | Confirm | PermissionsDialog)
        assert verbs(app.here) == verbs(app.there) == []


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
