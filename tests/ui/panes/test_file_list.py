"""The file list: order, marks, search, the mouse; and that a key press costs the same in any directory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from textual import events

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, many, names, ready
from tests.ui.panel_host import lines_of, until
from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import cell_width
from tuiftp.ui.dialogs.basic import Prompt
from tuiftp.ui.panes.column_header import ColumnHeader
from tuiftp.ui.panes.file_rows import SortKey

SIZE = (120, 36)
OLD = datetime(2020, 1, 1, tzinfo=UTC)


def directory(*entries: Entry) -> FakeSite:
    site = FakeSite()
    site.extra["/"] = list(entries)
    return site


class Counting(Sequence[Entry]):
    """Entries that count how often they are looked at."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self.looks = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, place: Any) -> Any:
        self.looks += 1
        return self._entries[place]


@pytest.mark.parametrize("key", ["down", "end", "home", "pagedown", "space", "insert", "j", "G"])
async def test_a_key_press_looks_at_no_more_entries_than_are_in_sight(key: str) -> None:
    app = BrowserHost(directory(*many(100_000)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert app.local.list.rows.shown_count == 100_000
        await pilot.press("down", "down")
        counting = Counting(list(app.local.list.rows.entries))
        app.local.list.rows.entries = counting
        row = app.local.list.cursor
        await pilot.press(key)
        await pilot.pause()
        assert app.local.list.cursor != row
        assert counting.looks <= 4 * app.local.list.size.height


async def test_moving_by_one_draws_two_lines() -> None:
    app = BrowserHost(directory(*many(5_000)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        before = app.local.list.lines_drawn
        await pilot.press("down")
        await pilot.pause()
        assert app.local.list.lines_drawn - before <= 2


async def test_directories_come_first_and_names_without_regard_to_case() -> None:
    entries = [
        Entry("b", EntryKind.FILE),
        Entry("A", EntryKind.FILE),
        Entry("z", EntryKind.DIR),
        Entry("c", EntryKind.FILE),
    ]
    app = BrowserHost(directory(*entries))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert names(app.local) == ["z", "A", "b", "c"]
        await pilot.press("1")
        await until(pilot, lambda: names(app.local) == ["z", "c", "b", "A"])


async def test_sorting_by_size_and_time_keeps_the_cursor_on_its_entry() -> None:
    small = Entry("small", EntryKind.FILE, 1, OLD.replace(year=2024))
    big = Entry("big", EntryKind.FILE, 1000, OLD)
    unknown = Entry("unknown", EntryKind.FILE)
    app = BrowserHost(directory(small, big, unknown))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert app.local.list.current == big
        await pilot.press("3")
        await until(pilot, lambda: names(app.local) == ["small", "big", "unknown"])
        assert app.local.list.current == big
        await pilot.press("2")
        await until(pilot, lambda: names(app.local) == ["big", "small", "unknown"])
        await pilot.press("2")
        await until(pilot, lambda: names(app.local) == ["unknown", "small", "big"])
        assert app.local.list.current == big


async def test_a_click_on_a_heading_sorts_and_shows_the_direction() -> None:
    app = BrowserHost(directory(Entry("a", EntryKind.FILE, 1), Entry("b", EntryKind.FILE, 2)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        header = app.local.query_one(ColumnHeader)
        await pilot.click(header, offset=(lines_of(header)[0].index("Size"), 0))
        await until(pilot, lambda: names(app.local) == ["b", "a"])
        await until(pilot, lambda: "Size ▼" in lines_of(header)[0])


async def test_hidden_entries_show_on_demand_and_lose_their_marks_when_they_go() -> None:
    app = BrowserHost(directory(Entry(".secret", EntryKind.FILE, 1), Entry("plain", EntryKind.FILE, 1)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert names(app.local) == ["plain"]
        await pilot.press("full_stop")
        await until(pilot, lambda: names(app.local) == [".secret", "plain"])
        await pilot.press("ctrl+a")
        await until(pilot, lambda: len(app.local.list.rows.marks) == 2)
        await pilot.press("full_stop")
        await until(pilot, lambda: names(app.local) == ["plain"])
        assert [entry.name for entry in app.local.list.rows.marked()] == ["plain"]
        assert app.local.list.rows.marked_size == 1


async def test_marks_by_pattern_inverted_and_all() -> None:
    entries = [Entry(name, EntryKind.FILE, 10) for name in ("a.txt", "b.TXT", "c.bin")]
    app = BrowserHost(directory(Entry("dir", EntryKind.DIR), *entries))

    def marked() -> list[str]:
        return [entry.name for entry in app.local.list.rows.marked()]

    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("plus")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"*.txt", "enter")
        await until(pilot, lambda: marked() == ["a.txt", "b.TXT"])
        assert app.local.list.rows.marked_size == 20
        await pilot.press("asterisk")
        await until(pilot, lambda: marked() == ["c.bin"])
        await pilot.press("ctrl+a")
        await until(pilot, lambda: marked() == ["dir", "a.txt", "b.TXT", "c.bin"])
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"?.bin", "enter")
        await until(pilot, lambda: marked() == ["dir", "a.txt", "b.TXT"])
        await pilot.press("ctrl+a", "ctrl+a")
        await until(pilot, lambda: marked() == [])


async def test_the_parent_row_cannot_be_marked() -> None:
    here = FakeSite()
    here.add("/d/file")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("enter")
        await until(pilot, lambda: app.local.directory == "/d")
        await pilot.press("space")
        assert not app.local.list.rows.marks
        assert app.local.list.cursor == 1


async def test_the_mouse_moves_opens_and_marks() -> None:
    here = FakeSite()
    here.add("/d/file")
    here.add("/x")
    app = BrowserHost(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.click(app.local.list, offset=(5, 1))
        assert app.local.list.cursor == 1
        await pilot.click(app.local.list, offset=(5, 1), button=3)
        assert [entry.name for entry in app.local.list.rows.marked()] == ["x"]
        await pilot.click(app.local.list, offset=(5, 0), times=2)
        await until(pilot, lambda: app.local.directory == "/d")


async def test_a_mark_is_told_by_a_sign_not_by_colour_alone() -> None:
    app = BrowserHost(directory(Entry("a", EntryKind.FILE, 1)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert "◆" not in lines_of(app.local.list)[0]
        await pilot.press("space")
        assert lines_of(app.local.list)[0].startswith(" ◆ a")


async def test_search_finds_what_is_typed_and_the_arrows_find_the_next() -> None:
    app = BrowserHost(
        directory(*(Entry(name, EntryKind.FILE) for name in ("alpha", "beta", "gamma", "Alphorn")))
    )

    def current() -> str | None:
        entry = app.local.list.current
        return entry.name if entry is not None else None

    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", *"lph")
        await until(pilot, lambda: current() == "alpha" and "/lph" in app.local.notice.text)
        await pilot.press("down")
        await until(pilot, lambda: current() == "Alphorn")
        await pilot.press("down")
        await until(pilot, lambda: current() == "alpha")
        await pilot.press("q")
        await until(pilot, lambda: "not found" in app.local.notice.text)
        await pilot.press("backspace", "escape")
        await until(pilot, lambda: app.local.notice.text == "")
        await pilot.press("j")
        assert current() == "Alphorn"


async def test_letters_typed_at_once_after_the_search_key_are_its_text() -> None:
    app = BrowserHost(directory(*(Entry(name, EntryKind.FILE) for name in ("alpha", "file1", "gamma"))))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.post_message(events.Key("slash", "/"))
        for letter in "file1":
            app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: "/file1" in app.local.notice.text)
        assert app.local.list.current is not None
        assert app.local.list.current.name == "file1"
        assert not app.local.list.rows.arrangement.is_descending


async def test_a_name_that_begins_with_what_is_typed_comes_first() -> None:
    app = BrowserHost(
        directory(*(Entry(name, EntryKind.FILE) for name in ("backup", "setup", "up", "upper")))
    )

    def current() -> str | None:
        entry = app.local.list.current
        return entry.name if entry is not None else None

    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", *"up")
        await until(pilot, lambda: current() == "up")
        await pilot.press("down")
        await until(pilot, lambda: current() == "upper")
        await pilot.press("down")
        await until(pilot, lambda: current() == "backup")


async def test_directories_add_nothing_to_the_sums_at_the_foot() -> None:
    app = BrowserHost(
        directory(Entry("sub", EntryKind.DIR, size=4096), Entry("a.txt", EntryKind.FILE, size=100))
    )
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        assert app.local.list.rows.total_size == 100
        await pilot.press("ctrl+a")
        assert app.local.list.rows.marked_size == 100


async def test_search_in_a_long_directory_gives_others_their_turn() -> None:
    app = BrowserHost(directory(*many(20_000), Entry("zzz-last", EntryKind.FILE)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", *"zzz")
        await until(
            pilot, lambda: app.local.list.current is not None and app.local.list.current.name == "zzz-last"
        )


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
async def test_lines_are_as_wide_as_the_pane_whatever_the_names(width: int) -> None:
    hostile = [
        "リリースノート.txt",
        "e\u0301" * 300,
        "\u202e" * 40,
        "x" * 4000,
        "\x1b[31m",
        "👨‍👩‍👧‍👦 family",
        "\udcff" * 60,
    ]
    entries = [Entry(name, EntryKind.FILE, 10**15, OLD, permissions="rwxr-xr-x") for name in hostile]
    app = BrowserHost(directory(*entries))
    async with app.run_test(size=(width, 24)) as pilot:
        await ready(pilot, app.local)
        pane = app.local.list
        for y in range(len(hostile)):
            text = pane.render_line(y).text
            assert cell_width(text) == pane.size.width
            assert "\x1b" not in text


async def test_a_narrow_pane_gives_up_permissions_first_then_half_of_the_date() -> None:
    name = "a name of thirty-one characters"
    entry = Entry(name, EntryKind.FILE, 812, OLD, permissions="rw-r--r--")
    app = BrowserHost(directory(entry))
    async with app.run_test(size=(160, 36)) as pilot:
        await ready(pilot, app.local)
        assert "rw-r--r--" in lines_of(app.local.list)[0]
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: "rw-r--r--" not in lines_of(app.local.list)[0])
        assert "Jan 01  2020" in lines_of(app.local.list)[0]
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Jan 01" not in lines_of(app.local.list)[0])
        assert lines_of(app.local.list)[0].split()[-3:] == ["812", "B", "2020"]
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: "2020" not in lines_of(app.local.list)[0])
        assert lines_of(app.local.list)[0].split()[-2:] == ["812", "B"]


async def test_columns_stay_when_a_scroll_bar_comes() -> None:
    site = directory(*many(5))
    app = BrowserHost(site)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        before = app.local.list.columns
        assert not app.local.list.show_vertical_scrollbar
        site.extra["/"] = many(500)
        app.local.reload()
        await until(pilot, lambda: app.local.list.show_vertical_scrollbar)
        assert app.local.list.columns == before


def test_sort_keys_have_a_first_direction_of_their_own() -> None:
    assert [key for key in SortKey if key.begins_descending] == [SortKey.SIZE, SortKey.MODIFIED]
