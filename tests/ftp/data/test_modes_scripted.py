"""Auto gives the listing wherever one of the four ways works; a pinned mode stays in its family and says why."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.scripted import Quirk, ScriptedServer, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site, rules
from tuiftp.choices import AddressPolicy
from tuiftp.errors import CommandRefused, DataConnectionFailed, FileRefused
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.protocol.modes import DataCommand

TREE: dict[str, Content] = {"a.txt": b"hello", "dir": {}}

AUTO: list[tuple[str, list[Quirk], str]] = [
    ("healthy", [], "PASV"),
    ("PASV 502", [quirks.refuse("PASV", 502)], "EPSV"),
    ("PASV 550", [quirks.refuse("PASV", 550)], "EPSV"),
    ("PASV answered 425", [quirks.refuse("PASV", 425)], "EPSV"),
    ("PASV and EPSV answered 425", [quirks.refuse("PASV", 425), quirks.refuse("EPSV", 425)], "PORT"),
    ("both passive refused", [quirks.refuse_passive(502)], "PORT"),
    ("PASV and EPSV 500", [quirks.refuse("EPSV", 500), quirks.refuse("PASV", 500)], "PORT"),
    ("passive and PORT refused", [quirks.refuse_passive(), quirks.refuse("PORT", 500)], "EPRT"),
    ("passive ports closed", [quirks.passive_port("closed")], "PORT"),
    ("passive ports silent", [quirks.passive_port("silent")], "PORT"),
    ("PASV port closed, EPSV open", [quirks.passive_port("closed", "PASV")], "EPSV"),
    ("227 with 0.0.0.0", [quirks.announce("0.0.0.0")], "PASV"),
    ("227 with a private address", [quirks.announce("192.168.1.5")], "PASV"),
    ("227 with a public address", [quirks.announce("203.0.113.9")], "PASV"),
    ("227 without parentheses", [quirks.pasv_without_parentheses()], "PASV"),
    ("227 with port 0", [quirks.announce(port=0)], "PORT"),
    ("227 with an octet of 300", [quirks.pasv_reply(b"227 Passive (300,0,0,1,10,10)")], "EPSV"),
    ("229 to PASV", [quirks.pasv_answers_229()], "PASV"),
    ("227 to EPSV", [quirks.refuse("PASV", 502), quirks.epsv_answers_227()], "EPSV"),
    (
        "EPSV with another delimiter",
        [quirks.refuse("PASV", 502), quirks.epsv_reply(b"229 ok (!!!%s!)")],
        "EPSV",
    ),
    ("425 to the first listing", [quirks.refuse_transfer(425, times=1)], "EPSV"),
    ("425 to two listings", [quirks.refuse_transfer(425, times=2)], "PORT"),
    ("425 behind a 150, twice", [quirks.refuse_transfer(425, after_preliminary=True, times=2)], "PORT"),
    ("no 150", [quirks.no_preliminary()], "PASV"),
    ("early 226", [quirks.early_completion()], "PASV"),
    ("doubled 226", [quirks.doubled_completion()], "PASV"),
    ("150 before the connection", [quirks.refuse_passive(), quirks.preliminary_first()], "PORT"),
]


@pytest.mark.parametrize(("quirk", "expected"), [row[1:] for row in AUTO], ids=[row[0] for row in AUTO])
async def test_auto_lists_and_downloads(quirk: list[Quirk], expected: str) -> None:
    """Whatever is broken, Auto finds the way that works, and the second listing is right too."""
    async with ScriptedServer(TREE, quirk) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt", "dir"]
        assert await opened.names() == ["a.txt", "dir"]
        assert await opened.endpoint.read("/a.txt", limit=100) == b"hello"
        assert opened.worked == expected


async def test_the_second_listing_does_not_wait_again() -> None:
    """What worked is remembered: after a timeout on the first listing the second goes straight to PORT."""
    async with ScriptedServer(TREE, [quirks.passive_port("silent")]) as server:
        memory = ModeMemory()
        async with open_site(server, memory=memory) as opened:
            await opened.names()
            opened.records.clear()
            await opened.names()
            assert "PASV" not in opened.sent
            assert "EPSV" not in opened.sent
            assert opened.site.mode_summary == "auto → active (PORT)"
        async with open_site(server, memory=memory) as again:
            assert again.site.mode_summary == "auto → active (PORT)"
            await again.names()
            assert "PASV" not in again.sent


async def test_what_is_remembered_can_be_forgotten() -> None:
    async with ScriptedServer(TREE, [quirks.passive_port("closed")]) as server, open_site(server) as opened:
        await opened.names()
        opened.site.forget_mode()
        assert opened.site.mode_summary == "auto"
        assert opened.site.mode_history() == ()
        opened.records.clear()
        await opened.names()
        assert "PASV" in opened.sent


async def test_a_command_not_understood_is_not_asked_again() -> None:
    """500 to PASV means the server does not know it: not asked again on this session, even if EPSV fails later."""
    async with ScriptedServer(TREE, [quirks.refuse("PASV", 500)]) as server, open_site(server) as opened:
        await opened.names()
        server.faults.passive_port["EPSV"] = "closed"
        await opened.names()
        assert opened.sent.count("PASV") == 1


@pytest.mark.parametrize(
    ("mode", "quirk", "steps"),
    [
        ("passive", quirks.passive_port("closed"), ["PASV", "EPSV"]),
        ("active", quirks.refuse_active(500), ["PORT", "EPRT"]),
        ("active", quirks.never_connects(), ["PORT", "EPRT"]),
        ("passive", quirks.refuse_passive(502), ["PASV", "EPSV"]),
    ],
)
async def test_a_pinned_mode_stays_in_its_family(mode: str, quirk: Quirk, steps: list[str]) -> None:
    """Passive never becomes active by itself, nor the other way; the error tells each step and the way out."""
    async with ScriptedServer(TREE, [quirk]) as server, open_site(server, rules=rules(mode)) as opened:
        with pytest.raises(DataConnectionFailed) as caught:
            await opened.names()
        assert [command for command, _ in caught.value.steps] == steps
        assert caught.value.hint is not None


async def test_a_pinned_mode_may_fall_back_when_allowed() -> None:
    allowed = rules("active", allow_fallback=True)
    async with (
        ScriptedServer(TREE, [quirks.refuse_active(500)]) as server,
        open_site(server, rules=allowed) as opened,
    ):
        assert await opened.names() == ["a.txt", "dir"]
        assert opened.worked is DataCommand.PASV


async def test_extended_commands_come_first_when_preferred() -> None:
    async with ScriptedServer(TREE) as server, open_site(server, rules=rules(prefer_extended=True)) as opened:
        await opened.names()
        assert opened.worked is DataCommand.EPSV


async def test_nothing_works_and_the_error_says_what_was_tried() -> None:
    broken = [quirks.passive_port("closed"), quirks.never_connects()]
    async with ScriptedServer(TREE, broken) as server, open_site(server) as opened:
        with pytest.raises(DataConnectionFailed) as caught:
            await opened.names()
        assert [command for command, _ in caught.value.steps] == ["PASV", "EPSV", "PORT", "EPRT"]
        assert "no connection arrived" in str(caught.value)


@pytest.mark.parametrize("code", [550, 450, 553])
async def test_a_file_error_is_no_reason_to_switch(code: int) -> None:
    """A refused RETR is about the file: no other mode is tried, and the session goes on."""
    refused = quirks.refuse_transfer(code, b"No such file.", verbs=["RETR"])
    async with ScriptedServer(TREE, [refused]) as server, open_site(server) as opened:
        with pytest.raises(FileRefused) as caught:
            await opened.endpoint.read("/a.txt", limit=10)
        assert caught.value.code == code
        assert "No such file" in str(caught.value)
        assert opened.sent.count("PASV") == 1
        assert "EPSV" not in opened.sent
        assert await opened.names() == ["a.txt", "dir"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (425, b"Unable to build data connection: TLS session of data connection not resumed."),
        (522, b"SSL connection failed: session reuse required"),
        (450, b"TLS session of data connection has not resumed or the session does not match"),
    ],
)
async def test_session_reuse_refusals_are_no_reason_to_switch(code: int, text: bytes) -> None:
    async with (
        ScriptedServer(TREE, [quirks.refuse_transfer(code, text)]) as server,
        open_site(server) as opened,
    ):
        with pytest.raises(CommandRefused):
            await opened.names()
        assert "EPSV" not in opened.sent
        assert "PORT" not in opened.sent


async def test_the_announced_address_can_be_taken_or_ignored() -> None:
    """With policy `peer` the address in 227 is ignored; each difference is told."""
    for policy in (AddressPolicy.PEER, AddressPolicy.SMART):
        async with (
            ScriptedServer(TREE, [quirks.announce("10.9.8.7")]) as server,
            open_site(server, passive_address=policy) as opened,
        ):
            assert await opened.names() == ["a.txt", "dir"]
            dialled = [record.remote for record in opened.records if record.event == "connected"]
            assert all(remote and remote.startswith("127.0.0.1:") for remote in dialled)
            assert any(record.kind == "status" and "10.9.8.7" in record.text for record in opened.records)


async def test_a_lost_control_connection_at_pasv_goes_on_with_the_next_step() -> None:
    """A firewall that resets on PASV: reconnect, never the same command again, EPSV works."""
    async with (
        ScriptedServer(TREE, [mischief.cuts_control("PASV", times=100, reset=True)]) as server,
        open_site(server) as opened,
    ):
        assert await opened.names() == ["a.txt", "dir"]
        assert opened.sent.count("PASV") == 1
        assert opened.worked is DataCommand.EPSV
        assert len(server.sessions) == 2


async def test_421_to_list_reconnects_and_goes_on() -> None:
    async with (
        ScriptedServer(TREE, [mischief.closes_with_421("MLSD")]) as server,
        open_site(server) as opened,
    ):
        assert await opened.names() == ["a.txt", "dir"]
        assert opened.worked is DataCommand.EPSV


async def test_cancelling_a_hanging_connect_is_quick_and_leaves_the_session_usable() -> None:
    async with (
        ScriptedServer(TREE, [quirks.passive_port("silent")]) as server,
        open_site(server, rules=rules("passive")) as opened,
    ):
        task = asyncio.create_task(opened.names())
        await server.wait_for("PASV")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1.0)
        server.faults.passive_port.clear()
        assert await opened.names() == ["a.txt", "dir"]
