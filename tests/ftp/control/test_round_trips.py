"""Over a long line each answer that is waited for costs: what may go out together does, and nothing is mixed up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from tests.support.fixtures import StartServer
from tests.support.scripted import EPOCH, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.servers import RunningServer
from tests.support.sites import OpenSite, open_site
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import ConnectionLost, FileRefused, LoginRefused
from tuiftp.files.endpoint import Progress
from tuiftp.wirelog.records import RecordKind

TREE: dict[str, Content] = {"a": {"x": b"x"}, "b": {"y": b"yy"}, "c": {"z": b"zzz"}}
COPES = mischief.banner(b"220 (vsFTPd 3.0.3)\r\n")


def story(opened: OpenSite, conn: int | None) -> list[str]:
    """What went over a control connection, and connects that were begun: `CWD`, `250`, `connecting`."""
    told = []
    for record in opened.records:
        if record.conn == conn and record.kind in (RecordKind.COMMAND, RecordKind.REPLY):
            told.append(record.text.partition(" ")[0])
        elif record.conn == conn and record.event == "connecting":
            told.append("connecting")
    return told


async def test_a_directory_of_a_tree_costs_one_wait_before_its_listing() -> None:
    """We connect while the server changes directory; the PASV of the next one goes out behind the listing."""
    async with (
        ScriptedServer(TREE, [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        for directory, name in (("/a", "x"), ("/b", "y"), ("/c", "z")):
            await opened.until(lambda: story(opened, endpoint.conn)[-1] == "227")
            assert [entry.name for entry in (await endpoint.list(directory)).entries] == [name]
        told = story(opened, endpoint.conn)
        for at in (at for at, word in enumerate(told) if word == "CWD"):
            assert told[at : at + 4] == ["CWD", "connecting", "250", "MLSD"]
        assert told.count("CWD") == 3


async def test_where_no_pasv_may_stand_behind_a_listing_it_goes_out_with_the_directory() -> None:
    """ProFTPD refuses it while data moves."""
    async with (
        ScriptedServer(TREE, [mischief.banner(b"220 ProFTPD Server\r\n")]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        for directory in ("/a", "/b"):
            await endpoint.list(directory)
        assert story(opened, endpoint.conn)[-8:] == [
            "CWD", "PASV", "250", "227", "connecting", "MLSD", "150", "226",
        ]  # fmt: skip


async def test_a_directory_that_is_refused_is_not_listed() -> None:
    """Nor is the one that the server is in listed in its stead; the session goes on."""
    async with (
        ScriptedServer(TREE, [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await endpoint.list("/a")
        listed = server.count("MLSD")
        for _ in range(2):
            with pytest.raises(FileRefused) as caught:
                await endpoint.list("/nowhere")
            assert caught.value.path == "/nowhere"
        assert server.count("MLSD") == listed
        assert [entry.name for entry in (await endpoint.list("/a")).entries] == ["x"]
        assert server.count("USER") == 2


async def test_a_connection_that_broke_before_says_nothing_of_the_way() -> None:
    async with (
        ScriptedServer(TREE, [COPES, mischief.cuts_control("CWD")]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        assert [entry.name for entry in (await endpoint.list("/a")).entries] == ["x"]
        assert [(step.command.value, step.ok) for step in opened.site.mode_history()] == [("PASV", True)]


async def test_a_server_that_is_not_known_to_cope_is_asked_one_thing_after_the_other() -> None:
    async with (
        ScriptedServer(TREE) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        for directory in ("/a", "/b"):
            await endpoint.list(directory)
        told = story(opened, endpoint.conn)
        first = told.index("CWD")
        assert told[first:] == ["CWD", "250", "PASV", "227", "connecting", "MLSD", "150", "226"] * 2


async def test_directories_of_every_server(ftp_server: RunningServer) -> None:
    for name in ("one", "two", "three"):
        ftp_server.put(f"{name}/in-{name}")
    async with open_site(ftp_server) as opened, opened.site.pool.lease() as endpoint:
        for _ in range(3):
            for name in ("one", "two", "three"):
                listing = await endpoint.list(ftp_server.remote(name))
                assert [entry.name for entry in listing.entries if entry.name[0] != "."] == [f"in-{name}"]
            with pytest.raises(FileRefused):
                await endpoint.list(ftp_server.remote("nowhere"))
        assert opened.sent.count("USER") == 2
        assert all(step.ok for step in opened.site.mode_history())


def told_before(story: list[str], word: str) -> list[str]:
    """What had been told before the first time that `word` was."""
    return story[: story.index(word)]


async def test_the_first_session_logs_in_step_by_step_and_asks_all_else_at_once() -> None:
    """Nothing goes out behind a password that may be wrong."""
    async with ScriptedServer(TREE, [COPES]) as server, open_site(server) as opened:
        told = story(opened, opened.endpoint.conn)
        assert told[:5] == ["220", "USER", "331", "PASS", "230"]
        assert told_before(told[5:], "211-Features:") == ["FEAT", "PWD", "TYPE", "PASV"]


async def test_another_session_logs_in_with_one_wait() -> None:
    """Where one was let in, the next sends all at once that it will ask: not even the password waits."""
    async with (
        ScriptedServer(TREE, [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        told = story(opened, endpoint.conn)
        assert told[0] == "220"
        assert told_before(told, "331")[1:] == ["USER", "PASS", "TYPE", "OPTS", "PASV"]
        assert told.count("TYPE") == told.count("OPTS") == told.count("PASV") == 1
        assert await endpoint.size("/a/x") == 1
        assert [entry.name for entry in (await endpoint.list("/a")).entries] == ["x"]
        assert server.count("PASV") == 3, "the pane's, this one, and one behind the listing"


@pytest.mark.parametrize("banner", [b"220 ready\r\n", b"220 pyftpdlib 2.0 ready.\r\n"])
async def test_a_session_on_another_server_waits_for_each_answer(banner: bytes) -> None:
    async with (
        ScriptedServer(TREE, [mischief.banner(banner)]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        told = story(opened, endpoint.conn)
        assert told[:9] == ["220", "USER", "331", "PASS", "230", "TYPE", "200", "OPTS", "200"]
        assert "PASV" not in told


async def test_a_server_that_breaks_at_a_login_in_one_go_gets_the_next_step_by_step() -> None:
    """As one would that reads no further than the first line of what came."""

    def cuts_second_password(server: ScriptedServer) -> None:
        usual, passwords = server.verbs["PASS"], 0

        async def handler(session: Session, argument: bytes) -> None:
            nonlocal passwords
            passwords += 1
            if passwords == 2:
                session.cut()
            else:
                await usual(session, argument)

        server.verbs["PASS"] = handler

    async with ScriptedServer(TREE, [COPES, cuts_second_password]) as server, open_site(server) as opened:
        with pytest.raises(ConnectionLost):
            async with opened.site.pool.lease():
                pass
        async with opened.site.pool.lease() as endpoint:
            told = story(opened, endpoint.conn)
            assert told[:5] == ["220", "USER", "331", "PASS", "230"]
            assert await endpoint.size("/a/x") == 1


@pytest.mark.parametrize("code", [421, 530])
async def test_too_many_sessions_are_told_though_all_was_sent_at_once(code: int) -> None:
    """The limit is learned from the refusal, and everything is done over the sessions that were let in."""
    faults = [COPES, mischief.too_many(3, code)]
    async with ScriptedServer(TREE, faults) as server, open_site(server, connections=6) as opened:

        async def borrow() -> int | None:
            async with opened.site.pool.lease() as endpoint:
                return await endpoint.size("/b/y")

        assert await asyncio.gather(*(borrow() for _ in range(8))) == [2] * 8
        assert opened.site.pool.limit <= 2


@pytest.mark.real_server
async def test_a_limit_by_user_is_learned_on_a_real_server(start_ftp_server: StartServer) -> None:
    """ProFTPD refuses the password, and closes without reading what stands behind it."""
    server = start_ftp_server("proftpd", options=("MaxClientsPerUser 3",))
    server.put("x").write_bytes(b"12345")
    server.own()
    async with open_site(server, connections=8) as opened:

        async def borrow() -> int | None:
            async with opened.site.pool.lease() as endpoint:
                return await endpoint.size(server.remote("x"))

        assert await asyncio.gather(*(borrow() for _ in range(12))) == [5] * 12
        assert opened.site.pool.limit == 2
        assert "transfers go on with 2 connections" in opened.log


async def test_a_wrong_password_is_one_wrong_password() -> None:
    """However many sessions want to log in: nothing is sent behind it, and nobody tries it again."""
    async with (
        ScriptedServer(TREE, [COPES, quirks.refuse("PASS", 530)]) as server,
        open_site(server, connect=False, connections=6) as opened,
    ):

        async def borrow() -> None:
            with pytest.raises(LoginRefused):
                async with opened.site.pool.lease():
                    pass

        await asyncio.gather(*(borrow() for _ in range(6)))
        assert server.count("PASS") == 1
        assert server.count("FEAT") == server.count("PASV") == 0


async def test_many_sessions_of_every_server(ftp_server: RunningServer) -> None:
    """Eight log in at the same time, and each does its work."""
    for number in range(8):
        ftp_server.put(f"d{number}/f").write_bytes(b"x" * number)
    ftp_server.own()
    async with open_site(ftp_server, connections=8) as opened:

        async def work(number: int) -> None:
            async with opened.site.pool.lease() as endpoint:
                directory = ftp_server.remote(f"d{number}")
                assert [entry.size for entry in (await endpoint.list(directory)).entries] == [number]
                path = ftp_server.remote(f"d{number}/f")
                assert await endpoint.fetch(path, size=number, progress=Progress()) == b"x" * number

        await asyncio.gather(*(work(number) for number in range(8)))
        assert opened.sent.count("USER") == opened.sent.count("PASS") == 9
        assert all(step.ok for step in opened.site.mode_history())


async def test_the_time_of_a_file_is_asked_for_while_its_connection_is_made() -> None:
    """A listing tells only the day of an old file. Its MDTM costs no wait of its own, and is asked for once."""
    old = Entry("x", EntryKind.FILE, 1, datetime(2020, 1, 2), Precision.DAY)
    async with (
        ScriptedServer(TREE, [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        for path in ("/a/x", "/b/y", "/c/z"):
            await endpoint.fetch(path, dates=old, progress=Progress())
            assert (await endpoint.dated(path, old)).modified == EPOCH.replace(microsecond=0)
        told = story(opened, endpoint.conn)
        for at in (at for at, word in enumerate(told) if word == "MDTM"):
            assert told[at + 1] == "connecting"
        assert server.count("MDTM") == 3
        await endpoint.fetch("/a/x", dates=replace(old, modified=EPOCH), progress=Progress())
        assert server.count("MDTM") == 3, "a time that is known is not asked for"


async def test_a_file_that_is_refused_leaves_the_time_to_be_told_again(ftp_server: RunningServer) -> None:
    """Both are refused: each refusal finds its command, and the next file has its own time."""
    ftp_server.put("x").write_bytes(b"1")
    ftp_server.own()
    old = Entry("x", EntryKind.FILE, 1, datetime(2020, 1, 2), Precision.DAY)
    async with open_site(ftp_server) as opened, opened.site.pool.lease() as endpoint:
        for _ in range(3):
            with pytest.raises(FileRefused):
                await endpoint.fetch(ftp_server.remote("nowhere"), dates=old, progress=Progress())
            path = ftp_server.remote("x")
            assert await endpoint.fetch(path, size=1, dates=old, progress=Progress()) == b"1"
            dated = await endpoint.dated(path, old)
            wanted = (ftp_server.home / "x").stat().st_mtime
            assert dated.modified is not None
            assert int(dated.modified.timestamp()) == int(wanted)
