"""What a path of the command line names is found out briefly, and no single lying reply is believed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.scripted import File, Quirk, ScriptedServer, Session, mischief, quirks
from tuiftp.cli import main
from tuiftp.demo.lab.tree import Content, NoSuchPath
from tuiftp.ftp.transfer.listing import ReceivedLines

LOGIN_AND_DATA = ("OPTS", "TYPE", "PASV", "EPSV")
TREE: dict[str, Content] = {"pub": {"a.txt": b"hello", "sub": {"b.bin": b"b" * 5000}, ".hidden": b"h"}}


def without_mlst(server: ScriptedServer) -> None:
    """An old server: no MLST, no MLSD."""
    server.features = tuple(line for line in server.features if not line.startswith(b"MLST"))
    for verb in ("MLST", "MLSD"):
        server.verbs.pop(verb, None)


def enters_anything(server: ScriptedServer) -> None:
    """Says 250 to every CWD, and stays where it is if there is no such directory."""

    async def change(session: Session, argument: bytes) -> None:
        path = server.tree.path(session.cwd, argument)
        with contextlib.suppress(NoSuchPath):
            server.tree.directory(path)
            session.cwd = path
        await session.reply(250, "Directory changed.")

    server.verbs["CWD"] = change


def sizes_directories(server: ScriptedServer) -> None:
    """Answers SIZE with what `stat` says, whatever it is."""
    usual = server.verbs["SIZE"]

    async def size(session: Session, argument: bytes) -> None:
        try:
            server.tree.directory(server.tree.path(session.cwd, argument))
        except NoSuchPath:
            await usual(session, argument)
        else:
            await session.reply(213, "4096")

    server.verbs["SIZE"] = size


def refuse(verb: str, code: int = 502) -> Quirk:
    return quirks.refuse(verb, code)


@pytest_asyncio.fixture
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer(TREE, getattr(request, "param", ())) as running:
        yield running


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that the command runs in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def run(server: ScriptedServer, verb: str, *words: str) -> int:
    urls = [word if word.startswith("-") else f"ftp://u:p@127.0.0.1:{server.port}/{word}" for word in words]
    return await asyncio.to_thread(main, [verb, *urls])


def asked(server: ScriptedServer) -> list[str]:
    """What was asked between the login and the first byte, without the ways to a data connection."""
    commands = server.commands[server.commands.index("PWD") + 1 :]
    return commands[: commands.index("RETR") + 1]


async def test_a_file_takes_one_question_where_mlst_is_offered(server: ScriptedServer, here: Path) -> None:
    assert await run(server, "get", "pub/a.txt") == 0
    assert (here / "a.txt").read_bytes() == b"hello"
    before = asked(server)
    assert [verb for verb in before if verb not in LOGIN_AND_DATA] == ["MLST", "RETR"]


@pytest.mark.parametrize("server", [[without_mlst]], indirect=True)
async def test_a_file_takes_no_cwd_and_no_listing_elsewhere(server: ScriptedServer, here: Path) -> None:
    assert await run(server, "get", "pub/a.txt") == 0
    assert (here / "a.txt").read_bytes() == b"hello"
    assert [verb for verb in asked(server) if verb not in LOGIN_AND_DATA] == [
        "SIZE",
        "SIZE",
        "RETR",
    ]
    assert server.lines.count(b"SIZE /pub") == 1, "whether SIZE is answered for directories is asked once"


LYING = [
    [enters_anything],
    [enters_anything, without_mlst],
    [enters_anything, refuse("MLST", 550)],
    [enters_anything, without_mlst, refuse("SIZE")],
    [enters_anything, without_mlst, refuse("SIZE", 550)],
    [enters_anything, without_mlst, sizes_directories],
]


@pytest.mark.parametrize("server", LYING, indirect=True)
async def test_a_file_is_fetched_from_a_server_that_lets_one_go_anywhere(
    server: ScriptedServer, here: Path
) -> None:
    assert await run(server, "get", "pub/a.txt") == 0
    assert (here / "a.txt").read_bytes() == b"hello"
    assert await run(server, "get", "pub/nothing") == 1
    assert not (here / "nothing").exists()


@pytest.mark.parametrize(
    "server",
    [
        [],
        [without_mlst],
        [sizes_directories],
        [without_mlst, sizes_directories],
        [without_mlst, refuse("SIZE")],
    ],
    indirect=True,
)
async def test_a_directory_stays_a_directory(server: ScriptedServer, here: Path) -> None:
    assert await run(server, "get", "pub/sub") == 0
    assert (here / "sub" / "b.bin").read_bytes() == b"b" * 5000


@pytest.mark.parametrize("server", [[without_mlst, sizes_directories]], indirect=True)
async def test_a_file_is_one_although_size_is_answered_for_directories(
    server: ScriptedServer, here: Path
) -> None:
    assert await run(server, "get", "pub/a.txt") == 0
    assert (here / "a.txt").read_bytes() == b"hello"


@pytest.mark.parametrize("code", [502, 550])
async def test_a_file_that_nothing_tells_of_is_tried(code: int, here: Path) -> None:
    """Below a directory that may be entered and not read, on a server without MLST and SIZE."""
    async with ScriptedServer(TREE, [without_mlst, refuse("SIZE", code), refuse("LIST", 550)]) as server:
        assert await run(server, "get", "pub/a.txt") == 0
        assert (here / "a.txt").read_bytes() == b"hello"
        assert await run(server, "get", "pub/nothing") == 1
    assert os.listdir(here) == ["a.txt"]


async def test_a_file_that_all_calls_a_directory_does_not_become_an_empty_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = mischief.says_raw("MLST", b"250-Listing\r\n type=dir; /pub/a.txt\r\n250 End\r\n")
    async with ScriptedServer(TREE, [facts, enters_anything, mischief.raw_listing(b"")]) as server:
        assert await run(server, "get", "pub/a.txt") == 1
        assert "it is a file of 5 bytes" in capsys.readouterr().err
        assert await run(server, "get", "pub/sub") == 0, "nothing speaks against that one"
    assert os.listdir(here) == ["sub"]


async def test_a_directory_that_may_not_be_listed_does_not_become_an_empty_one(here: Path) -> None:
    async with ScriptedServer(TREE, [quirks.refuse("MLSD", 550), quirks.refuse("LIST", 550)]) as server:
        assert await run(server, "get", "pub/sub") == 1
    assert os.listdir(here) == []


@pytest.mark.parametrize("server", LYING[:3], indirect=True)
async def test_put_to_a_new_name_is_no_put_into_a_directory(server: ScriptedServer, here: Path) -> None:
    (here / "up").write_bytes(b"up")
    url = f"ftp://u:p@127.0.0.1:{server.port}/pub/new"
    assert await asyncio.to_thread(main, ["put", "up", url]) == 0
    found = server.tree.get(server.tree.path((), b"/pub/new"))
    assert isinstance(found, File)


@pytest.mark.parametrize("server", LYING[:5], indirect=True)
async def test_ls_of_a_file_shows_it(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(server, "ls", "pub/a.txt", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["name"], json.loads(line)["kind"]) == ("a.txt", "file")
    assert await run(server, "ls", "pub/nothing") == 1


@pytest.mark.parametrize("path", ["", "pub/", "pub/*", "pub/a*", "pub"])
async def test_what_a_cut_listing_left_out_is_a_failure(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tuiftp.ftp.transfer.listing.ReceivedLines", lambda: ReceivedLines(lines=2))
    tree = TREE | {f"{number}": b"" for number in range(3)}
    async with ScriptedServer(tree) as server:
        assert await run(server, "get", path) == 1
        error = capsys.readouterr().err
        assert "more than can be read" in error or "more entries than can be read" in error
        assert await run(server, "ls", "") == 1


async def test_names_and_kinds_that_cannot_be_fetched_are_named_and_fail(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        b"type=file;size=5;modify=20260101000000; a.txt\r\n",
        b"type=file;size=5;modify=20260101000000; x/evil\r\n",
        b"type=OS.odd;modify=20260101000000; device\r\n",
        b"type=OS.unix=slink:/x;modify=20260101000000; link\r\n",
    )
    async with ScriptedServer({"a.txt": b"hello"}, [mischief.raw_listing(b"".join(lines))]) as server:
        for path in ("", "*"):
            assert await run(server, "get", path, "--overwrite=always") == 1
            error = capsys.readouterr().err
            assert "evil" in error
            assert "device" in error
    assert (here / "a.txt").read_bytes() == b"hello"
