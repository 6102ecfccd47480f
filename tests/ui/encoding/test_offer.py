"""Names that are no UTF-8: the offer below the panes, the list of encodings, and what is kept for the site."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, cast

from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.support.fake_endpoint import FakeSite
from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, names, ready, tree
from tests.ui.panel_host import lines_of, until
from tuiftp.protocol.charset_titles import CHARSETS, title_of
from tuiftp.protocol.charsets import rank_charsets
from tuiftp.protocol.text import decode_wire
from tuiftp.storage.connect_request import ConnectRequest, request_for
from tuiftp.storage.recents import Recents
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.encoding.dialog import CharsetDialog

JAPANESE = ["写真", "議事録2019.docx", "新しいフォルダー", "請求書_5月分.pdf", "バックアップ"]
SIZE = (120, 36)


class Japan(BrowserHost):
    """A server that writes its names in Shift-JIS, read as the site's encoding says."""

    def __init__(self) -> None:
        super().__init__(tree("/a"), FakeSite())
        self.requests: list[ConnectRequest] = []
        equip(self, open_site=self._open)
        equip(self, recents=Recents())

    def _open(self, request: ConnectRequest) -> Any:
        self.requests.append(request)
        encoding = request.encoding or (request.saved.encoding if request.saved else "") or "utf-8"
        self.site.endpoint.site = tree(
            *(f"/sub/{decode_wire(name.encode('cp932'), encoding)}" for name in JAPANESE),
            *(f"/{decode_wire(name.encode('cp932'), encoding)}" for name in JAPANESE),
        )
        return cast(Any, self.site)

    @property
    def said(self) -> str:
        """What the line below the panes says; empty where it is hidden."""
        line = self.main.charsets.line
        return lines_of(line)[0] if line.has_class("-shown") else ""


async def offered(pilot: Pilot[Any], app: Japan) -> None:
    await ready(pilot, app.local, app.remote)
    await until(pilot, lambda: "Names look like" in app.said)
    await pilot.pause()


async def test_names_that_look_like_shift_jis_are_offered_and_shown_at_once() -> None:
    app = Japan()
    async with app.run_test(size=SIZE) as pilot:
        await offered(pilot, app)
        assert "Names look like Shift-JIS, as “" in app.said
        assert "Alt+N shows them so" in app.said
        await pilot.press("tab")
        app.remote.open("/sub")
        await until(pilot, lambda: app.remote.directory == "/sub")
        await pilot.press("alt+n")
        await until(pilot, lambda: "写真" in names(app.remote))
        assert app.remote.directory == "/sub"
        assert app.said == ""
        assert sorted(names(app.remote)[1:]) == sorted(JAPANESE)
        assert app.requests[-1].encoding == "cp932"
        assert app.services.recents.sites()[0].encoding == "cp932"


async def test_the_line_fits_a_small_terminal() -> None:
    app = Japan()
    async with app.run_test(size=(80, 24)) as pilot:
        await offered(pilot, app)
        assert len(app.said.rstrip()) <= 80
        assert "Shift-JIS" in app.said
        assert "Alt+N shows them so" in app.said


async def test_what_was_chosen_is_remembered_for_the_server() -> None:
    app = Japan()
    async with app.run_test(size=SIZE) as pilot:
        await offered(pilot, app)
        await pilot.press("alt+n")
        await until(pilot, lambda: "写真" in names(app.remote))
    again = Japan()
    async with again.run_test(size=SIZE) as pilot:
        await ready(pilot, again.local, again.remote)
        assert "写真" in names(again.remote)
        assert again.said == ""


async def test_a_saved_site_keeps_it(tmp_path: Path) -> None:
    store = SiteStore(tmp_path / "sites.toml")
    store.put(
        SavedSite("tokyo", host="ftp.example.com", user="demo", note="mine", local_directory="/elsewhere")
    )
    app = Japan()
    equip(app, sites=store)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.main.connect_to(request_for(store.sites()[0]))
        await until(pilot, lambda: len(app.requests) == 2)
        await offered(pilot, app)
        await pilot.press("alt+n")
        await until(pilot, lambda: "写真" in names(app.remote))
        [kept] = SiteStore(tmp_path / "sites.toml").sites()
        assert (kept.encoding, kept.note) == ("cp932", "mine")


async def test_it_is_written_beside_the_loop_so_that_a_slow_disk_holds_nothing_up(tmp_path: Path) -> None:
    store, threads = SiteStore(tmp_path / "sites.toml"), list[threading.Thread]()
    store.put(SavedSite("tokyo", host="ftp.example.com", user="demo"))
    app = Japan()
    equip(app, sites=store)

    def put(site: SavedSite, *, instead_of: SavedSite | None = None) -> None:
        threads.append(threading.current_thread())
        SiteStore.put(store, site, instead_of=instead_of)

    store.put = put  # type: ignore[method-assign]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.main.connect_to(request_for(store.sites()[0]))
        await until(pilot, lambda: len(app.requests) == 2)
        await offered(pilot, app)
        await pilot.press("alt+n")
        await until(pilot, lambda: "写真" in names(app.remote))
    assert threads
    assert threading.main_thread() not in threads


async def test_escape_declines_for_this_server() -> None:
    app = Japan()
    async with app.run_test(size=SIZE) as pilot:
        await offered(pilot, app)
        await pilot.press("escape")
        await until(pilot, lambda: app.said == "")
        app.remote.reload()
        await ready(pilot, app.remote)
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.group == "charset"])
        assert app.said == ""
        assert len(app.requests) == 1


async def test_leaving_the_server_takes_the_offer_away() -> None:
    app = Japan()
    async with app.run_test(size=SIZE) as pilot:
        await offered(pilot, app)
        await pilot.press("alt+d")
        await until(pilot, lambda: app.said == "")


async def test_an_encoding_is_chosen_from_a_list_with_names_and_undone() -> None:
    app = Japan()
    async with app.run_test(size=SIZE) as pilot:
        await offered(pilot, app)
        await pilot.press("alt+e")
        await until(pilot, lambda: isinstance(app.screen, CharsetDialog) and app.screen.is_mounted)
        await pilot.pause()
        dialog = cast(CharsetDialog, app.screen)
        choices = dialog.query_one(OptionList)
        options = zip(dialog.encodings, choices.options, strict=True)
        lines = {encoding: str(option.prompt) for encoding, option in options}
        assert "◉ UTF-8" in lines["utf-8"]
        assert "\\x8a" in lines["utf-8"] or "\\x8e" in lines["utf-8"]
        assert any(name in lines["cp932"] for name in JAPANESE)
        assert choices.highlighted == 0
        choices.highlighted = dialog.encodings.index("cp932")
        await pilot.press("enter")
        await until(pilot, lambda: "写真" in names(app.remote))
        await pilot.press("alt+e")
        await until(pilot, lambda: isinstance(app.screen, CharsetDialog) and app.screen.is_mounted)
        await pilot.press("home", "enter")
        await until(pilot, lambda: app.requests[-1].encoding == "utf-8" and not app.remote.is_loading)
        await offered(pilot, app)
        assert "写真" not in names(app.remote)


async def test_wrong_keys_do_no_harm() -> None:
    app = BrowserHost(tree("/a"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("alt+n", "alt+e", "escape")
        assert not isinstance(app.screen, CharsetDialog)


async def test_names_in_utf_8_are_left_alone() -> None:
    app = BrowserHost(tree("/a"), tree("/日本語", "/Größe"))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.group == "charset"])
        assert not app.main.charsets.line.has_class("-shown")


def test_every_encoding_that_is_guessed_has_a_name() -> None:
    guesses = [guess.encoding for guess in rank_charsets(["写真".encode("cp932"), b"\xe9t\xe9"])]
    assert all(title_of(encoding) != encoding for encoding in guesses)
    assert title_of("koi8_r") == CHARSETS["koi8-r"]
    assert title_of("no such") == "no such"
