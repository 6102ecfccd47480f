"""Over a long line each answer that is waited for costs: what may go out together does, and nothing is mixed up."""

from __future__ import annotations

import pytest

from tests.support.scripted import ScriptedServer, mischief
from tests.support.scripted.tree import Content
from tests.support.servers import RunningServer
from tests.support.sites import OpenSite, open_site
from tuiftp.errors import FileRefused
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
            assert [entry.name for entry in (await endpoint.list(directory)).entries] == [name]
            await opened.until(lambda: story(opened, endpoint.conn)[-1] == "227")
        told = story(opened, endpoint.conn)
        first, second, third = (at for at, word in enumerate(told) if word == "CWD")
        assert told[first : first + 2] == ["CWD", "PASV"]
        for at in (second, third):
            assert told[at : at + 4] == ["CWD", "connecting", "250", "MLSD"]
        assert server.count("PASV") == 4


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
        assert [(step.command.value, step.ok) for step in opened.site.ledger()] == [("PASV", True)]


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
        assert all(step.ok for step in opened.site.ledger())
