"""The connect dialog: from what was typed, pasted or visited to a target, with plain words where it cannot be."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.widget import Widget
from textual.widgets import Input

from tests.ui.hosts import THEMES, Host, text_of
from tuiftp.choices import ConnectionMode, TlsMode, TlsPolicy
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest, request_for
from tuiftp.storage.recents import Recents, RecentSite
from tuiftp.storage.sites import SavedSite
from tuiftp.ui.sites.connect_dialog import ConnectScreen


class Dialog:
    """A connect dialog with its surroundings."""

    def __init__(
        self, theme: str = THEMES[0], request: ConnectRequest | None = None, saved: Sequence[SavedSite] = ()
    ) -> None:
        self.recents = Recents()
        self.screen = ConnectScreen(
            self.recents, default_mode=ConnectionMode.AUTO, request=request, saved=saved
        )
        self.app = Host(self.screen, theme)

    def value(self, name: str) -> str:
        return self.screen.query_one(f"#{name}", Input).value

    def focused(self) -> Widget | None:
        return self.app.focused

    def results(self) -> list[Any]:
        return list(self.app.results)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("theme", THEMES)
async def test_the_whole_form_is_in_sight(theme: str, size: tuple[int, int]) -> None:
    dialog = Dialog(theme)
    for number in range(20):
        dialog.recents.add(RecentSite(f"ftp://host{number}"))
    async with dialog.app.run_test(size=size):
        text = text_of(dialog.app)
        for word in ("Server", "Port", "User", "Password", "Directory", "Connect ", "Cancel", "host19"):
            assert word in text
        assert "◉ Anonymous   ○ As a user" in text
        assert "◉ If offered   ○ Required   ○ Implicit   ○ Off" in text
        assert "◉ As in settings (Auto)   ○ Auto   ○ Passive   ○ Active" in text


async def test_a_name_is_enough() -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(*"ftp.example.com", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("ftp.example.com"))]


async def test_every_field_by_key() -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(
            *"host", "down", "end", *"21", "down", "down", "right", "down", *"bob", "tab", *"s3cret"
        )
        await pilot.press("tab", *"/pub", "down", "right", "right", "right")
        assert "s3cret" not in text_of(dialog.app)
        await pilot.press("enter")
        await pilot.pause()
        expected = Target("host", 2121, "bob", Secret("s3cret"), "/pub")
        assert dialog.results() == [ConnectRequest(expected, ConnectionMode.ACTIVE)]
        assert "s3cret" not in repr(dialog.results())


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "ftp://bob:pa%20ss@example.com:2121//pub",
            Target("example.com", 2121, "bob", Secret("pa ss"), "/pub"),
        ),
        ("example.com:990", Target("example.com", 990)),
        ("bob@example.com/in", Target("example.com", 21, "bob", None, "in")),
        ("ftp://[2001:db8::1]:2121/", Target("2001:db8::1", 2121)),
        ("2001:db8::1", Target("2001:db8::1")),
        ("ftpes://example.com", Target("example.com", tls=TlsMode.EXPLICIT)),
        ("ftps://bob@example.com/in", Target("example.com", 990, "bob", None, "in", TlsMode.IMPLICIT)),
    ],
)
async def test_a_pasted_url_is_spread_over_the_fields(url: str, target: Target) -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        focused = dialog.focused()
        assert focused is not None
        focused.post_message(events.Paste(url))
        await pilot.pause()
        assert dialog.value("host") == target.host
        assert dialog.value("port") == str(target.port)
        assert dialog.value("user") == (target.user or "")
        assert dialog.value("password") == (target.password.reveal() if target.password else "")
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(target)]


async def test_a_typed_url_is_spread_when_the_field_is_left() -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(*"ftp://bob:pw@host", "tab")
        await pilot.pause()
        assert [dialog.value(name) for name in ("host", "port", "user", "password")] == [
            "host",
            "21",
            "bob",
            "pw",
        ]
        assert "◉ As a user" in text_of(dialog.app)


@pytest.mark.parametrize(
    ("keys", "message", "field"),
    [
        (["enter"], "Which server?", "host"),
        ([*"a b", "enter"], "“a b” is not a host name", "host"),
        ([*"http://host", "enter"], "not a scheme of tuiftp", "host"),
        ([*"host:99999", "enter"], "“99999” is not a port", "host"),
        ([*"host", "tab", "0", "enter"], "A port is a number from 1 to 65535.", "port"),
        ([*"host", "tab", "x", "enter"], "A port is a number from 1 to 65535.", "port"),
        ([*"host", "tab", "tab", "tab", "right", "enter"], "Who logs in?", "user"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(keys: list[str], message: str, field: str) -> None:
    dialog = Dialog()
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert message in text_of(dialog.app)
        assert dialog.results() == []
        assert dialog.focused() is dialog.screen.query_one(f"#{field}")
        await pilot.press("z")
        await pilot.pause()
        assert message not in text_of(dialog.app)


async def test_being_anonymous_takes_name_and_password_away() -> None:
    dialog = Dialog(request=ConnectRequest(parse_url("ftp://bob:pw@host:2121/x")))
    async with dialog.app.run_test() as pilot:
        assert [dialog.value(name) for name in ("host", "port", "user", "directory")] == [
            "host",
            "2121",
            "bob",
            "x",
        ]
        await pilot.press("tab", "tab", "tab", "left")
        await pilot.pause()
        assert dialog.value("user") == ""
        assert dialog.value("password") == ""
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("host", 2121, path="x"))]


@pytest.mark.parametrize(
    ("steps", "request_"),
    [
        (0, ConnectRequest(Target("host"))),
        (1, ConnectRequest(Target("host", tls=TlsMode.EXPLICIT))),
        (2, ConnectRequest(Target("host", 990, tls=TlsMode.IMPLICIT))),
        (3, ConnectRequest(Target("host"), tls=TlsPolicy.OFF)),
    ],
)
async def test_how_to_encrypt_is_chosen_and_the_usual_port_goes_along(
    steps: int, request_: ConnectRequest
) -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(*"host", "tab", "tab", *["right"] * steps)
        await pilot.pause()
        assert dialog.value("port") == str(request_.target.port)
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.results() == [request_]


async def test_a_port_of_ones_own_stays_whatever_the_encryption() -> None:
    dialog = Dialog(request=ConnectRequest(parse_url("ftps://host:21")))
    async with dialog.app.run_test() as pilot:
        await pilot.pause()
        assert dialog.value("port") == "21"
        await pilot.press("tab", "end", "1", "tab", "right")
        await pilot.pause()
        assert dialog.value("port") == "211"


async def test_a_recent_site_without_tls_stays_without() -> None:
    dialog = Dialog()
    dialog.recents.add(RecentSite("ftp://one", tls="off"))
    async with dialog.app.run_test() as pilot:
        dialog.screen.query_one("#recents").focus()
        await pilot.press("home", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("one"), tls=TlsPolicy.OFF)]


async def test_a_recent_site_connects_at_once_where_no_password_is_needed() -> None:
    dialog = Dialog()
    dialog.recents.add(RecentSite("ftp://one:2121", remote_directory="/pub", mode="passive"))
    async with dialog.app.run_test() as pilot:
        dialog.screen.query_one("#recents").focus()
        await pilot.press("home", "enter")
        await pilot.pause()
        expected = ConnectRequest(Target("one", 2121, path="/pub"), ConnectionMode.PASSIVE)
        assert dialog.results() == [expected]


async def test_a_recent_site_with_a_user_asks_for_the_password() -> None:
    dialog = Dialog()
    dialog.recents.add(RecentSite("ftp://one"))
    dialog.recents.add(RecentSite("ftp://bob@two", remote_directory="/[b]x[/b]"))
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        assert "ftp://bob@two  /[b]x[/b]" in text_of(dialog.app)
        await pilot.click("#recents", offset=(3, 0))
        await pilot.pause()
        assert dialog.focused() is dialog.screen.query_one("#password")
        await pilot.press(*"pw", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("two", 21, "bob", Secret("pw"), "/[b]x[/b]"))]


SHOP = SavedSite(
    "Shop",
    "Work",
    "two",
    user="bob",
    tls=TlsPolicy.REQUIRED,
    mode=ConnectionMode.ACTIVE,
    remote_directory="/in",
)


@pytest.mark.parametrize(
    ("recent", "path"),
    [
        (RecentSite("ftpes://bob@two", remote_directory="/old", folder="Work", name="Shop"), "/in"),
        (RecentSite("ftp://bob@TWO", remote_directory="/else", mode="passive", tls="off"), "/else"),
        (RecentSite("ftp://bob@two", folder="", name="was renamed"), "/in"),
    ],
)
async def test_a_recent_site_that_is_saved_is_opened_as_it_is_kept_now(recent: RecentSite, path: str) -> None:
    dialog = Dialog(saved=[SavedSite("other", host="two", user="eve"), SHOP])
    dialog.recents.add(recent)
    async with dialog.app.run_test() as pilot:
        dialog.screen.query_one("#recents").focus()
        await pilot.press("home", "enter")
        await pilot.pause()
        request = request_for(SHOP)
        assert dialog.results() == [replace(request, target=replace(request.target, path=path))]


async def test_enter_takes_the_last_one_visited_as_soon_as_the_list_has_the_focus() -> None:
    dialog = Dialog()
    dialog.recents.add(RecentSite("ftp://one"))
    dialog.recents.add(RecentSite("ftp://two", folder="Work", name="Two"))
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        assert "Work/Two  ftp://two" in text_of(dialog.app)
        await pilot.press("up", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("two"))]


async def test_another_user_or_port_of_a_saved_sites_server_is_not_that_site() -> None:
    dialog = Dialog(saved=[SHOP])
    dialog.recents.add(RecentSite("ftp://two"))
    dialog.recents.add(RecentSite("ftp://bob@two:2121"))
    async with dialog.app.run_test() as pilot:
        dialog.screen.query_one("#recents").focus()
        await pilot.press("home", "enter")
        await pilot.pause()
        assert dialog.results() == []
        assert dialog.value("port") == "2121"
        dialog.screen.query_one("#recents").focus()
        await pilot.press("end", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("two"))]


async def test_recent_sites_are_forgotten() -> None:
    dialog = Dialog()
    dialog.recents.add(RecentSite("ftp://one"))
    dialog.recents.add(RecentSite("ftp://two"))
    async with dialog.app.run_test() as pilot:
        dialog.screen.query_one("#recents").focus()
        await pilot.press("home", "delete")
        await pilot.pause()
        assert [site.url for site in Recents().sites()] == ["ftp://one"]
        assert "two" not in text_of(dialog.app)
        await pilot.press("delete")
        await pilot.pause()
        assert Recents().sites() == ()
        assert "Recent sites" not in text_of(dialog.app)
        assert dialog.focused() is dialog.screen.query_one("#host")


async def test_space_presses_a_button_too() -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(*"host")
        dialog.screen.query_one("#connect").focus()
        await pilot.press("space")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("host"))]


async def test_buttons_and_escape() -> None:
    dialog = Dialog()
    async with dialog.app.run_test() as pilot:
        await pilot.press(*"host")
        await pilot.click("#mode", offset=(30, 0))
        await pilot.click("#connect")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("host"), ConnectionMode.AUTO)]
    for leave in ("escape", "cancel"):
        dialog = Dialog()
        async with dialog.app.run_test() as pilot:
            await (pilot.press("escape") if leave == "escape" else pilot.click("#cancel"))
            await pilot.pause()
            assert dialog.results() == [None]


async def test_mode_and_encryption_stay_as_they_were_entered() -> None:
    request = ConnectRequest(Target("host", 2121, "bob"), ConnectionMode.ACTIVE, TlsPolicy.OFF)
    dialog = Dialog(request=request)
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        text = text_of(dialog.app)
        assert "◉ Active" in text
        assert "◉ Off" in text
        assert dialog.value("port") == "2121"
        await pilot.press(*"pw", "enter")
        await pilot.pause()
        assert dialog.results() == [replace(request, target=replace(request.target, password=Secret("pw")))]


class Slow(Recents):
    """Notes in which threads it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = set[int]()

    def write(self) -> None:
        self.threads.add(threading.get_ident())
        super().write()


async def test_forgetting_a_site_does_not_wait_for_the_disk_in_the_loop() -> None:
    dialog = Dialog()
    for number in range(3):
        dialog.recents.add(RecentSite(f"ftp://host{number}"))
    slow = dialog.screen._recents = Slow()
    async with dialog.app.run_test() as pilot:
        await pilot.press("shift+tab", "delete", "delete")
        await dialog.app.workers.wait_for_complete()
        assert [site.url for site in slow.sites()] == ["ftp://host0"]
        assert threading.get_ident() not in slow.threads
        assert [site.url for site in Recents().sites()] == ["ftp://host0"]


def with_users(**users: str) -> Dialog:
    dialog = Dialog()
    dialog.screen = ConnectScreen(
        dialog.recents,
        default_mode=ConnectionMode.AUTO,
        find_users=lambda: {"ftp.example.com": "kim"} | users,
    )
    dialog.app = Host(dialog.screen, THEMES[0])
    return dialog


async def test_who_is_known_to_log_in_there_is_filled_in_before_one_connects() -> None:
    """From ~/.netrc; the password is found later, where commands find it too."""
    dialog = with_users()
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        await dialog.app.workers.wait_for_complete()
        await pilot.press(*"FTP.example.co")
        assert "◉ Anonymous" in text_of(dialog.app)
        await pilot.press("m")
        assert "◉ As a user" in text_of(dialog.app)
        assert dialog.value("user") == "kim"
        await pilot.press("x")
        assert "◉ Anonymous" in text_of(dialog.app)
        assert dialog.value("user") == ""
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("FTP.example.com", user="kim"))]


async def test_a_visit_of_late_goes_before_netrc_and_a_choice_before_both() -> None:
    dialog = with_users()
    for url in ("ftp://lee@ftp.example.com", "ftp://ftp.example.com"):
        dialog.recents.add(RecentSite(url))
    async with dialog.app.run_test(size=(80, 24)) as pilot:
        await dialog.app.workers.wait_for_complete()
        await pilot.press(*"ftp.example.com")
        assert dialog.value("user") == "lee"
        await pilot.press("down", "down", "down", "left")
        assert "◉ Anonymous" in text_of(dialog.app)
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.results() == [ConnectRequest(Target("ftp.example.com"))]
