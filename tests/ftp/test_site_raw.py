"""Raw commands over the pane's connection, and rules that are set for one site alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.scripted import ScriptedServer
from tests.support.scripted.mischief import says_raw
from tests.support.servers import RunningServer
from tests.support.sites import QUICK, open_site
from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.errors import ConnectionLost, UnsafeName
from tuiftp.ftp.site_overrides import SiteOverride
from tuiftp.wirelog.probing import Advice
from tuiftp.wirelog.records import RecordKind


async def test_a_raw_command_gives_the_whole_reply_and_stands_in_the_log(ftp_server: RunningServer) -> None:
    async with open_site(ftp_server) as opened:
        lines = await opened.site.send_raw("  FEAT ")
        assert lines[0].startswith("211")
        assert lines[-1].startswith("211 ")
        assert opened.sent[-1] == "FEAT"


async def test_what_a_raw_command_changes_does_not_lead_the_pane_astray(ftp_server: RunningServer) -> None:
    ftp_server.put("inside/a.txt", b"hello")
    async with open_site(ftp_server) as opened:
        before = await opened.names()
        await opened.site.send_raw("CWD inside")
        await opened.site.send_raw("TYPE A")
        assert await opened.names() == before
        home = await opened.endpoint.home()
        listing = await opened.endpoint.list(opened.endpoint.resolve(home, "inside"))
        assert [entry.name for entry in listing.entries] == ["a.txt"]


async def test_a_password_never_reaches_the_log_even_if_the_server_repeats_it() -> None:
    repeats = says_raw("STAT", b"211 your password is geheim77\r\n")
    async with ScriptedServer({}, [repeats]) as server, open_site(server) as opened:
        await opened.site.send_raw("PASS geheim77")
        await opened.site.send_raw("STAT")
        replies = [each.text for each in opened.records if each.kind is RecordKind.REPLY]
        assert replies[-1] == "211 your password is ********"
        assert "geheim77" not in opened.log


@pytest.mark.parametrize("line", ["", " ", "NOOP\r\nDELE x", "NOOP \x00", "Ä x"])
async def test_a_line_that_is_not_one_command_is_not_sent(line: str) -> None:
    async with ScriptedServer({}) as server, open_site(server) as opened:
        before = list(opened.sent)
        with pytest.raises(UnsafeName):
            await opened.site.send_raw(line)
        assert opened.sent == before


async def test_nothing_is_connected_for_a_raw_command() -> None:
    async with ScriptedServer({}) as server, open_site(server, connect=False) as opened:
        with pytest.raises(ConnectionLost):
            await opened.site.send_raw("NOOP")
        assert opened.sent == []


async def test_a_preference_holds_until_the_site_is_left_whatever_the_settings_say() -> None:
    async with ScriptedServer({"a.txt": b"hello"}) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt"]
        assert opened.worked == "PASV"
        opened.site.prefer(Advice("", ConnectionMode.ACTIVE))
        assert opened.site.preferred == Advice("", ConnectionMode.ACTIVE)
        assert opened.site.mode_summary == "active"
        assert await opened.names() == ["a.txt"]
        assert opened.worked == "PORT"
        opened.site.options = replace(QUICK, timeout=4.0)
        assert opened.site.options.timeout == 4.0
        assert opened.site.options.rules.mode is ConnectionMode.ACTIVE


def test_what_was_set_later_holds_and_the_rest_stays() -> None:
    first = SiteOverride(ConnectionMode.PASSIVE, passive_address=AddressPolicy.PEER)
    both = first.and_then(SiteOverride(ConnectionMode.ACTIVE, active_address="203.0.113.7"))
    assert both == SiteOverride(ConnectionMode.ACTIVE, None, AddressPolicy.PEER, "203.0.113.7")
    options = both.and_then(SiteOverride(prefer_extended=True)).on(QUICK)
    assert options.rules.mode is ConnectionMode.ACTIVE
    assert options.rules.prefer_extended
    assert options.passive_address is AddressPolicy.PEER
    assert options.active_address == "203.0.113.7"
    assert SiteOverride().on(QUICK) == QUICK
