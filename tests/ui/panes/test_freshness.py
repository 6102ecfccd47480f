"""What a pane shows stays true: while a batch lands there, and when other programs change it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, many, names, ready, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import sees, transfer, until
from tuiftp.entries import Entry, EntryKind
from tuiftp.files.local import LocalEndpoint
from tuiftp.transfers.model import Direction, TransferChanged, TransferState
from tuiftp.ui.dialogs.basic import Prompt
from tuiftp.ui.main.arrivals import first_name_below
from tuiftp.ui.panes.refresh_pacing import Pacing

SIZE = (120, 36)


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has panes look at the disk twenty times a second."""
    monkeypatch.setattr("tuiftp.ui.panes.pane.LOOKS_EVERY", 0.05)


class OnDisk(BrowserHost):
    """The app whose local pane shows a real directory."""

    def __init__(self, directory: Path, there: FakeSite | None = None) -> None:
        super().__init__(FakeSite(), there)
        self.disk = LocalEndpoint()
        self.listed = 0
        self.local.endpoint = self.disk
        self.browser._local_directory = str(directory)
        inner = self.disk.list

        async def counted(path: str) -> Any:
            self.listed += 1
            return await inner(path)

        self.disk.list = counted  # type: ignore[method-assign]


def quiet_directory(path: Path, *files: str) -> Path:
    """A directory that nobody has changed for a while."""
    path.mkdir(exist_ok=True)
    for name in files:
        (path / name).write_bytes(b"x" * 10)
        os.utime(path / name, (1_700_000_000, 1_700_000_000))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


async def test_what_another_program_makes_removes_and_lets_grow_is_seen(tmp_path: Path) -> None:
    here = quiet_directory(tmp_path / "here", "b", "c")
    app = OnDisk(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        (here / "a").write_bytes(b"")
        await sees(pilot, lambda: names(app.local) == ["..", "a", "b", "c"])
        (here / "b").unlink()
        await sees(pilot, lambda: names(app.local) == ["..", "a", "c"])
        with (here / "c").open("ab") as file:
            file.write(b"x" * 4990)
        await sees(pilot, lambda: "5.00 kB" in text_of(app) or "5.0 kB" in text_of(app))


async def test_a_directory_in_which_nothing_happens_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = quiet_directory(tmp_path / "here", "a", "b")
    (here / "link").symlink_to("a")
    quiet_directory(here)
    app = OnDisk(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        looks = 0
        inner = app.disk.glance

        async def counted(path: str, wanted: Any) -> Any:
            nonlocal looks
            looks += 1
            return await inner(path, wanted)

        monkeypatch.setattr(app.disk, "glance", counted)
        await sees(pilot, lambda: looks > 2)
        assert app.listed == 1


async def test_the_cursor_its_line_on_the_screen_and_the_marks_stay(tmp_path: Path) -> None:
    here = quiet_directory(tmp_path / "here", *(f"f{number:03}" for number in range(200)))
    app = OnDisk(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.local.list.move_to(app.local.list.rows.row_of("f100") or 0)
        await pilot.press("space", "down", "down")
        await pilot.pause()
        line = app.local.list.cursor - app.local.list.scroll_offset.y
        assert app.local.list.scroll_offset.y > 0
        for number in range(50):
            (here / f"a{number:02}").write_bytes(b"")
        (here / "f000").unlink()
        await sees(pilot, lambda: app.local.list.rows.shown_count == 249)
        assert app.local.list.current is not None
        assert app.local.list.current.name == "f103"
        assert app.local.list.cursor - app.local.list.scroll_offset.y == line
        assert [entry.name for entry in app.local.list.rows.marked()] == ["f100"]


async def test_a_search_goes_on_and_the_directory_is_shown_anew_after_it(tmp_path: Path) -> None:
    here = quiet_directory(tmp_path / "here", "aa", "ab", "b")
    app = OnDisk(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("slash", "a")
        (here / "0").write_bytes(b"")
        app.local.note_change()
        await pilot.pause(0.5)
        assert app.local.list.search.text == "a"
        await pilot.press("b")
        await until(pilot, lambda: app.local.list.current is not None and app.local.list.current.name == "ab")
        await pilot.press("escape")
        await sees(pilot, lambda: "0" in names(app.local))
        assert app.local.list.current is not None
        assert app.local.list.current.name == "ab"


async def test_a_dialog_keeps_its_text_while_the_pane_behind_it_is_read_again(tmp_path: Path) -> None:
    here = quiet_directory(tmp_path / "here", "a")
    app = OnDisk(here)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"new")
        (here / "b").write_bytes(b"")
        await sees(pilot, lambda: "b" in names(app.local))
        await pilot.press(*"er", "enter")
        await sees(pilot, lambda: "newer" in names(app.local))


async def test_a_directory_that_vanishes_is_told_and_the_nearest_one_above_is_shown(tmp_path: Path) -> None:
    here = quiet_directory(tmp_path / "here")
    deep = quiet_directory(quiet_directory(here / "one") / "two", "x")
    app = OnDisk(deep)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        (deep / "x").unlink()
        deep.rmdir()
        (here / "one").rmdir()
        await sees(pilot, lambda: app.local.directory == str(here) and not app.local.is_loading)
        assert "two is not there any more" in app.local.notice.text
        assert "nearest" in app.local.notice.text


def landed(number: int, name: str, direction: Direction) -> TransferChanged:
    target = f"/{name}"
    made = transfer(number, name, TransferState.DONE, direction=direction)
    return TransferChanged(made.changed(target=target, target_site="ftp://demo@ftp.example.com"))


@pytest.mark.parametrize("direction", list(Direction))
async def test_a_pane_shows_what_has_arrived_while_the_batch_still_runs(direction: Direction) -> None:
    app = BrowserHost(tree("/a"), tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        pane, site = (app.local, app.here) if direction.is_to_disk else (app.remote, app.there)
        pane._pacing = Pacing(0.0)
        site.add("/b", b"x")
        app.services.bus.publish(landed(1, "b", direction))
        await sees(pilot, lambda: names(pane) == ["a", "b"])


async def test_a_thousand_uploads_are_one_listing() -> None:
    app = BrowserHost(tree("/a"), tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        before = app.there.asked.count(("LIST", "/"))
        for number in range(1000):
            app.there.add(f"/n{number}", b"x")
            app.services.bus.publish(landed(number + 1, f"n{number}", Direction.UPLOAD))
        await sees(pilot, lambda: app.remote.list.rows.shown_count == 1001)
        assert app.there.asked.count(("LIST", "/")) - before <= 2


async def test_files_below_a_directory_that_is_shown_already_cost_no_listing() -> None:
    app = BrowserHost(tree("/a"), tree("/a", "/sub/"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        before = app.there.asked.count(("LIST", "/"))
        app.services.bus.publish(landed(1, "sub/deep/file", Direction.UPLOAD))
        await pilot.pause(0.3)
        assert app.remote._pacing.wait() is None
        assert app.there.asked.count(("LIST", "/")) == before


async def test_marks_that_are_made_while_a_long_directory_is_read_again_count() -> None:
    site = FakeSite()
    site.extra["/"] = many(5_000)
    app = BrowserHost(site)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("down", "space")
        site.listing_gate = asyncio.Event()
        site.extra["/"] = [*site.extra["/"], Entry("another", EntryKind.FILE, 1)]
        app.local.note_change()
        await sees(pilot, lambda: site.asked[-1] == ("LIST", "/") and app.local._pacing.wait() is None)
        await pilot.press("space")
        site.listing_gate.set()
        await sees(pilot, lambda: app.local.list.rows.shown_count == 5_001)
        assert len(app.local.list.rows.marks) == 2


async def test_going_elsewhere_meanwhile_wins() -> None:
    app = BrowserHost(tree("/a", "/sub/"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        app.here.listing_gate = asyncio.Event()
        before = len(app.here.asked)
        app.local.note_change()
        await sees(pilot, lambda: len(app.here.asked) > before)
        app.local.open("/sub")
        app.here.listing_gate.set()
        await sees(pilot, lambda: app.local.directory == "/sub" and not app.local.is_loading)
        await pilot.pause()
        assert names(app.local) == [".."]


def test_readings_take_a_twentieth_of_the_time_however_long_one_takes() -> None:
    now = [100.0]
    pacing = Pacing(0.3, clock=lambda: now[0])
    assert pacing.wait() is None
    pacing.note()
    assert pacing.wait() == 0
    pacing.began()
    now[0] += 2
    pacing.ended()
    assert pacing.wait() is None
    pacing.note()
    assert pacing.wait() == pytest.approx(40)
    pacing.note(is_last=True)
    assert pacing.wait() == pytest.approx(4)
    now[0] += 4
    assert pacing.wait() == 0


@pytest.mark.parametrize(
    ("directory", "path", "name"),
    [
        ("/", "/a/b", "a"),
        ("/pub", "/pub/a/b", "a"),
        ("/pub", "/pub2/a", None),
        ("/pub", "/else", None),
        ("/pub", "/pub", None),
        ("C:\\x", "C:\\x\\y\\z", "y"),
    ],
)
def test_the_entry_on_the_way_down(directory: str, path: str, name: str | None) -> None:
    assert first_name_below(directory, path) == name
