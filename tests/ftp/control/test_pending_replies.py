"""Replies are accounted for: a stale, doubled or late reply never becomes the answer to the next command."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import QUICK, open_site
from tuiftp.errors import (
    CommandRefused,
    ConnectionFailed,
    ConnectionLost,
    LoginRefused,
    ProtocolViolation,
    RemoteError,
    UnsafeName,
)
from tuiftp.ftp.events import SessionState

TREE: dict[str, Content] = {"a.txt": b"hello", "b.txt": b"more", "dir": {}}


@pytest.mark.parametrize("later", [False, True], ids=["in one segment", "a moment later"])
async def test_a_doubled_226_is_not_the_next_answer(later: bool) -> None:
    """After each listing a second 226 comes; every further command still gets its own answer."""
    async with (
        ScriptedServer(TREE, [quirks.doubled_completion(later=later)]) as server,
        open_site(server) as opened,
    ):
        for _ in range(3):
            assert await opened.names() == ["a.txt", "b.txt", "dir"]
            assert await opened.endpoint.size("/b.txt") == 4
            assert await opened.endpoint.read("/a.txt", limit=10) == b"hello"
        assert opened.worked == "PASV"
        assert "PORT" not in opened.sent


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("stale", [b"226 Transfer complete.\r\n", b"150 Here it comes.\r\n"])
async def test_a_stale_reply_is_skipped(before: bool, stale: bytes) -> None:
    async with (
        ScriptedServer(TREE, [mischief.stale_reply("SIZE", stale, before=before)]) as server,
        open_site(server) as opened,
    ):
        assert await opened.endpoint.size("/b.txt") == 4
        assert await opened.endpoint.size("/a.txt") == 5


async def test_a_type_that_is_answered_as_a_transfer_ends_is_positive() -> None:
    """No transfer has been before the first TYPE; and a server that answers so once answers so each time."""
    async with (
        ScriptedServer(TREE, [quirks.refuse("TYPE", 226, "Type set.")]) as server,
        open_site(server) as opened,
    ):
        assert await opened.names() == ["a.txt", "b.txt", "dir"]
        async with opened.site.pool.lease() as lent:
            await lent.session.run(lambda client: client.ask("TYPE", "A", timeout=2))
            assert await lent.read("/a.txt", limit=10) == b"hello"
    assert "left over from before" not in opened.log


async def test_an_answer_to_nothing_makes_the_session_start_anew() -> None:
    """A 250 that nobody asked for could be taken for the next DELE's: the connection is given up instead."""
    async with (
        ScriptedServer(TREE, [mischief.stale_reply("NOOP", b"257 what?\r\n")]) as server,
        open_site(server) as opened,
    ):
        await opened.endpoint.session.run(lambda client: client.ask("NOOP"))
        assert await opened.endpoint.size("/b.txt") == 4
        await opened.endpoint.remove_file("/b.txt")
        assert await opened.names() == ["a.txt", "dir"]


async def test_a_cancelled_command_keeps_its_place_in_the_row() -> None:
    """The late answer to a cancelled SIZE is not taken for the answer to the next one."""
    release = asyncio.Event()

    def late(server: ScriptedServer) -> None:
        usual = server.handler("SIZE")

        async def handler(session: Session, argument: bytes) -> None:
            if argument == b"/b.txt":
                await release.wait()
            await usual(session, argument)

        server.verbs["SIZE"] = handler

    async with ScriptedServer(TREE, [late]) as server, open_site(server) as opened:
        task = asyncio.create_task(opened.endpoint.size("/b.txt"))
        await server.wait_for("SIZE")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        release.set()
        assert await opened.endpoint.size("/a.txt") == 5
        assert len(server.sessions) == 1


async def test_a_reply_that_never_comes_ends_the_connection_not_the_session() -> None:
    async with (
        ScriptedServer(TREE, [mischief.silent("SIZE")]) as server,
        open_site(server, timeout=0.3) as opened,
    ):
        with pytest.raises(ConnectionLost):
            await opened.endpoint.size("/a.txt")
        server.verbs["SIZE"] = ScriptedServer().handler("SIZE")
        assert await opened.endpoint.size("/a.txt") == 5


@pytest.mark.parametrize(
    "quirk",
    [
        mischief.endless_line("SIZE"),
        mischief.endless_reply("SIZE"),
        mischief.says_raw("SIZE", b"\x00\xff\r\n"),
    ],
    ids=["endless line", "endless reply", "junk"],
)
async def test_what_is_no_ftp_is_an_error_of_ours(quirk: Quirk) -> None:
    async with ScriptedServer(TREE, [quirk]) as server, open_site(server, timeout=3.0) as opened:
        with pytest.raises(RemoteError):
            await opened.endpoint.size("/a.txt")
        assert await opened.names() == ["a.txt", "b.txt", "dir"]


async def test_dripping_replies_are_put_together() -> None:
    async with ScriptedServer(TREE, [mischief.drip_replies()]) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt", "b.txt", "dir"]


@pytest.mark.parametrize(
    ("banner", "error"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", ProtocolViolation),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ProtocolViolation),
        (b"421 Too many connections.\r\n", ConnectionFailed),
        (b"500 Go away.\r\n", ConnectionFailed),
    ],
)
async def test_who_is_no_ftp_server_gets_no_password(banner: bytes, error: type[Exception]) -> None:
    async with (
        ScriptedServer(TREE, [mischief.banner(banner)]) as server,
        open_site(server, connect=False) as opened,
    ):
        with pytest.raises(error):
            await opened.site.connect()
        assert "USER" not in server.commands
        assert "PASS" not in server.commands


async def test_a_banner_in_another_encoding_does_no_harm() -> None:
    greeting = b"220-Gr\xfc\xdfe \xff\r\n inner 226 line\r\n220 bereit\r\n"
    async with ScriptedServer(TREE, [mischief.banner(greeting)]) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt", "b.txt", "dir"]


async def test_the_password_is_in_no_record() -> None:
    """Not in PASS, and not where a server repeats it."""

    async def indiscreet(session: Session, argument: bytes) -> None:
        session.logged_in = True
        await session.reply(230, f"Welcome, {argument.decode()} is a nice password")

    async with (
        ScriptedServer(TREE, [mischief.on("PASS", indiscreet)]) as server,
        open_site(server, password="sesame-77") as opened,
    ):
        await opened.names()
        assert b"PASS sesame-77" in server.lines
        assert "sesame-77" not in opened.log
        assert "PASS ********" in opened.log
        assert "sesame-77" not in repr(opened.site.address)


async def test_a_wrong_password_is_asked_once() -> None:
    async with (
        ScriptedServer(TREE, users={"ftptest": "right"}) as server,
        open_site(server, password="wrong", connect=False) as opened,
    ):
        with pytest.raises(LoginRefused):
            await opened.site.connect()
        assert server.count("PASS") == 1


@pytest.mark.parametrize("name", ["a\r\nDELE b.txt", "a\nb", "a\x00b", "a\x7fb", "a\x1bb"])
async def test_a_name_cannot_smuggle_a_command(name: str) -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        with pytest.raises(UnsafeName):
            await opened.endpoint.remove_file("/" + name)
        assert "DELE" not in server.commands
        assert await opened.names() == ["a.txt", "b.txt", "dir"]


async def test_an_idle_connection_that_was_dropped_comes_back_in_its_directory() -> None:
    """The server closes; the pane is told; the next listing is of the same directory, on a new connection."""
    tree: dict[str, Content] = {"dir": {"inside": b"x"}}
    async with ScriptedServer(tree) as server, open_site(server) as opened:
        assert (await opened.endpoint.list("/dir")).entries[0].name == "inside"
        server.drop_sessions()
        await opened.until(lambda: opened.sessions[-1].state is SessionState.LOST)
        assert (await opened.endpoint.list("/dir")).entries[0].name == "inside"
        assert opened.site.is_connected
        assert server.count("USER") == 2


async def test_a_change_is_not_repeated_when_its_answer_is_lost() -> None:
    """DELE may have worked: it is reported as unknown, not sent again."""
    async with (
        ScriptedServer(TREE, [mischief.loses_reply("DELE")]) as server,
        open_site(server, timeout=1.0) as opened,
    ):
        with pytest.raises(ConnectionLost):
            await opened.endpoint.remove_file("/a.txt")
        assert server.count("DELE") == 1
        assert await opened.names() == ["b.txt", "dir"]


async def test_closing_does_not_hang_on_a_server_that_ignores_quit() -> None:
    async with (
        ScriptedServer(TREE, [mischief.silent("QUIT")]) as server,
        asyncio.timeout(3.0),
        open_site(server, QUICK) as opened,
    ):
        await opened.names()
    assert opened.log.splitlines()[-1].endswith("we closed the control connection")


async def test_each_session_says_goodbye_once_and_need_not_wait_for_the_answer() -> None:
    """Also the pane's where it is the queue's too."""
    async with ScriptedServer(TREE, [mischief.silent("QUIT")]) as server:
        async with open_site(server, goodbye_timeout=0.0) as opened:
            opened.site.share_session()
            async with opened.site.pool.lease(), opened.site.pool.lease():
                pass
            async with asyncio.timeout(0.5):
                await opened.site.close()
        await server.wait_for("QUIT", times=2)
        assert server.count("QUIT") == len(server.sessions) == 2


async def test_mlsd_not_understood_is_remembered() -> None:
    async with (
        ScriptedServer(TREE, [quirks.refuse("MLSD", 500)]) as server,
        open_site(server) as opened,
    ):
        assert await opened.names() == ["a.txt", "b.txt", "dir"]
        assert await opened.names() == ["a.txt", "b.txt", "dir"]
        assert server.count("MLSD") == 1
        assert server.count("LIST") == 2


async def test_a_line_that_cannot_be_read_is_an_entry_and_in_the_log() -> None:
    listing = mischief.raw_listing(b"-rw-r--r-- 1 a b 5 Jan 01 2020 ok\r\n@@ nonsense @@\r\n", "LIST")
    plain = mischief.features(b"SIZE")
    async with ScriptedServer(TREE, [plain, listing]) as server, open_site(server) as opened:
        entries = (await opened.endpoint.list("/")).entries
        assert [entry.is_unreadable for entry in entries] == [False, True]
        assert "@@ nonsense @@" in opened.log


async def test_an_empty_directory_may_be_answered_with_550() -> None:
    refused = quirks.refuse_transfer(550, b"No files found.", verbs=["LIST"])
    async with (
        ScriptedServer(TREE, [mischief.features(b"SIZE"), refused]) as server,
        open_site(server) as opened,
    ):
        assert list((await opened.endpoint.list("/dir")).entries) == []
        with pytest.raises(CommandRefused):
            await opened.endpoint.list("/nowhere")


LIST_ONLY = mischief.features(b"SIZE")


async def test_a_tree_is_read_with_its_hidden_files() -> None:
    """The pane follows the user's setting; who copies or deletes a tree sees everything (`LIST -a`)."""
    async with ScriptedServer(TREE, [LIST_ONLY]) as server, open_site(server) as opened:
        await opened.endpoint.list("/")
        assert b"LIST" in server.lines
        await opened.endpoint.whole().list("/")
        assert server.lines.count(b"LIST -a") == 1
        async with opened.site.pool.lease() as endpoint:
            await endpoint.list("/")
        assert server.lines.count(b"LIST -a") == 2


@pytest.mark.parametrize("code", [None, 501, 550])
async def test_a_server_that_takes_a_for_a_name_is_asked_without_it(code: int | None) -> None:
    """It answers with nothing, or refuses: the plain listing holds, and `-a` is not sent again."""

    def takes_it_for_a_name(server: ScriptedServer) -> None:
        usual = server.handler("LIST")

        async def handler(session: Session, argument: bytes) -> None:
            if argument and code is not None:
                await session.reply(code, "-a: no such file")
            else:
                await usual(session, b"dir" if argument else b"")

        server.verbs["LIST"] = handler

    async with ScriptedServer(TREE, [LIST_ONLY, takes_it_for_a_name]) as server, open_site(server) as opened:
        for _ in range(2):
            names = sorted(entry.name for entry in (await opened.endpoint.whole().list("/")).entries)
            assert names == ["a.txt", "b.txt", "dir"]
        assert server.lines.count(b"LIST -a") == 1
