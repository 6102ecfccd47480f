"""Each pane may show any site: the disk in both, a server in the left one. Both are browsed, and copied between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.servers import RunningServer
from tests.support.services import real_app
from tests.ui.browser_host import names, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import lines_of, sees, until
from tuiftp.choices import TlsPolicy
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.files.local_site import LocalSite
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.dialogs.basic import Prompt
from tuiftp.ui.main.screen import Browser
from tuiftp.ui.panes.pane import Pane

SIZE = (120, 36)


@asynccontextmanager
async def opened(here: Path) -> AsyncIterator[tuple[Browser, LocalSite, Pilot[Any]]]:
    """The app on a whole engine, with `here` in the left pane."""
    engine = Engine(Arguments(), say=lambda line: None)
    slot = engine.trust_decider = DeciderSlot()
    queue = engine.make_queue(slot)
    app = real_app(engine, queue, slot, local_directory=str(here))
    await queue.start()
    try:
        async with app.run_test(size=SIZE) as pilot:
            await ready(pilot, app.browser.left_pane)
            yield app.browser, engine.disk, pilot
            await app.browser.close_sites()
    finally:
        await queue.close()
        engine.close()


def request_of(server: RunningServer) -> ConnectRequest:
    target = Target(server.host, server.port, server.user, Secret(server.password))
    return ConnectRequest(target, tls=TlsPolicy.OFF)


async def copy(pilot: Pilot[Any], browser: Browser, pane: Pane, name: str, *, key: str = "f5") -> None:
    """Copies an entry to the other pane, as a user does, and waits until it is shown there."""
    browser.set_focus(pane.list)
    await until(pilot, lambda: browser.active is pane)
    pane.list.move_to(names(pane).index(name))
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
    await pilot.press("enter")
    await sees(pilot, lambda: name in names(browser.opposite(pane)))


def fill(directory: Path, *files: str) -> Path:
    for file in files:
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).write_bytes(file.encode())
    return directory


async def test_the_disk_in_both_panes_is_browsed_and_copied_both_ways(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one", "a", "tree/deep/b"), fill(tmp_path / "two", "c", "below/d")
    async with opened(one) as (browser, disk, pilot):
        left, right = browser.panes
        right.attach(disk, str(two))
        await ready(pilot, right)
        assert (left.title, right.title) == ("Local", "Local")
        assert names(right) == ["..", "below", "c"]
        await copy(pilot, browser, left, "a")
        await copy(pilot, browser, left, "tree")
        await copy(pilot, browser, right, "c")
        await sees(pilot, lambda: (two / "tree/deep/b").exists())
        assert ((two / "a").read_bytes(), (one / "c").read_bytes()) == (b"a", b"c")
        browser.set_focus(right.list)
        right.list.move_to(names(right).index("below"))
        await pilot.press("enter")
        await until(pilot, lambda: right.directory == str(two / "below") and not right.is_loading)
        assert names(right) == ["..", "d"]
        assert left.directory == str(one)
        assert "not connected" in lines_of(browser.status)[0]


async def test_a_move_between_two_directories_of_the_disk_shows_both_anew(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one", "a"), fill(tmp_path / "two", "c")
    async with opened(one) as (browser, disk, pilot):
        browser.right_pane.attach(disk, str(two))
        await ready(pilot, browser.right_pane)
        await copy(pilot, browser, browser.left_pane, "a", key="f6")
        await sees(pilot, lambda: names(browser.left_pane) == [".."])
        assert not (one / "a").exists()


@pytest.mark.parametrize(
    ("typed", "said"), [("{one}", "It is there already"), ("{one}/tree", "cannot go into itself")]
)
async def test_nothing_is_copied_onto_itself_or_into_itself(tmp_path: Path, typed: str, said: str) -> None:
    one = fill(tmp_path / "one", "tree/b")
    async with opened(one) as (browser, disk, pilot):
        browser.right_pane.attach(disk, str(one / "tree"))
        await ready(pilot, browser.right_pane)
        browser.left_pane.list.move_to(names(browser.left_pane).index("tree"))
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        pilot.app.screen.query_one(Input).value = typed.format(one=one)
        await pilot.press("enter")
        await until(pilot, lambda: said in text_of(browser.app))
        assert not browser.services.queue.transfers()


async def test_both_panes_on_the_disk_go_together(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one", "sub/a"), fill(tmp_path / "two", "sub/b")
    async with opened(one) as (browser, disk, pilot):
        left, right = browser.panes
        right.attach(disk, str(two))
        await ready(pilot, right)
        browser.together.begin()
        left.open(str(one / "sub"))
        await until(pilot, lambda: right.directory == str(two / "sub"))
        assert right.title.startswith("Local ")


async def test_a_server_in_the_left_pane_and_the_disk_in_the_right_one(
    pyftpdlib_server: RunningServer, tmp_path: Path
) -> None:
    server, two = pyftpdlib_server, fill(tmp_path / "two", "down/x", "up")
    fill(server.home, "pub/there", "pub/sub/deep")
    async with opened(tmp_path) as (browser, disk, pilot):
        left, right = browser.panes
        right.attach(disk, str(two))
        await ready(pilot, right)
        assert await browser.connections[left].connect(request_of(server), server.remote("pub"))
        await ready(pilot, left)
        assert (left.title, right.title) == ("Remote", "Local")
        assert names(left) == ["..", "sub", "there"]
        assert browser.site is left.site
        assert "connected" in lines_of(browser.status)[0]
        await copy(pilot, browser, left, "there")
        await copy(pilot, browser, right, "up")
        assert (two / "there").read_bytes() == b"pub/there"
        assert (server.home / "pub/up").read_bytes() == b"up"
        await pilot.press("down")
        browser.action_disconnect()  # while the pane of the disk is in use
        await until(pilot, lambda: left.site is None)
        assert "not connected" in lines_of(browser.status)[0]
        assert right.directory == str(two)


async def test_with_a_server_in_each_pane_commands_are_about_the_one_in_use(
    pyftpdlib_server: RunningServer, tmp_path: Path
) -> None:
    server = pyftpdlib_server
    fill(server.home, "pub/there", "sub/deep")
    async with opened(tmp_path) as (browser, _, pilot):
        left, right = browser.panes
        for pane, path in ((left, "pub"), (right, "sub")):
            assert await browser.connections[pane].connect(request_of(server), server.remote(path))
            await ready(pilot, pane)
        await copy(pilot, browser, left, "there")
        assert (server.home / "sub/there").read_bytes() == b"pub/there"
        browser.set_focus(right.list)
        await until(pilot, lambda: browser.active is right)
        assert browser.site is right.site
        browser.action_disconnect()
        await until(pilot, lambda: right.site is None)
        assert left.site is not None
        browser.set_focus(left.list)
        await until(pilot, lambda: "connected" in lines_of(browser.status)[0].replace("not connected", ""))
