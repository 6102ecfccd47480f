"""The main job on vsftpd, ProFTPD, Pure-FTPd and pyftpdlib, in every mode."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.servers import RunningServer
from tests.support.sites import OpenSite, open_site, rules
from tuiftp.entries import EntryKind
from tuiftp.errors import FileRefused
from tuiftp.files.endpoint import Progress
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog.records import DataEvent

MODES = ["auto", "passive", "active"]
BLOB = bytes(range(256)) * 4096 + b"end"


async def do_the_main_job(opened: OpenSite, server: RunningServer, tmp_path: Path) -> None:
    """List, upload, download, rename, chmod, delete, mkdir: on the server's disk is what we think is there."""
    endpoint = opened.endpoint
    home = await endpoint.home()
    server.put("existing.txt", b"hello")
    os.chmod(server.home / "existing.txt", 0o644)
    shown = {entry.name: entry.permissions for entry in (await endpoint.list(home)).entries}
    assert shown == {"existing.txt": "rw-r--r--"}
    assert await endpoint.read(endpoint.join(home, "existing.txt"), limit=100) == b"hello"

    source, target = tmp_path / "blob", endpoint.join(home, "blob ü [x].bin")
    source.write_bytes(BLOB)
    with source.open("rb", buffering=0) as file:
        assert await endpoint.upload(file, target, progress=Progress()) == len(BLOB)
    assert (server.home / "blob ü [x].bin").read_bytes() == BLOB
    assert await endpoint.size(target) == len(BLOB)
    found = await endpoint.entry(target)
    assert found is not None
    assert (found.kind, found.size) == (EntryKind.FILE, len(BLOB))

    for offset in (0, 1000, len(BLOB)):
        with (tmp_path / "got").open("w+b", buffering=0) as file:
            file.write(BLOB[:offset])
            count = await endpoint.download(target, file, offset=offset, progress=Progress())
            assert count == len(BLOB) - offset
        assert (tmp_path / "got").read_bytes() == BLOB

    directory = endpoint.join(home, "new dir")
    await endpoint.make_directory(directory)
    assert (server.home / "new dir").is_dir()
    assert (await endpoint.list(directory)).entries == []
    moved = endpoint.join(directory, "moved")
    await endpoint.rename(target, moved)
    assert (server.home / "new dir" / "moved").read_bytes() == BLOB
    await endpoint.chmod(moved, 0o640)
    assert (server.home / "new dir" / "moved").stat().st_mode & 0o777 == 0o640
    await endpoint.remove_file(moved)
    await endpoint.remove_directory(directory)
    assert not (server.home / "new dir").exists()
    with pytest.raises(FileRefused):
        await endpoint.read(moved, limit=1)
    assert "existing.txt" in await opened.names()


@pytest.mark.parametrize("mode", MODES)
async def test_the_main_job(ftp_server: RunningServer, mode: str, tmp_path: Path) -> None:
    async with open_site(
        ftp_server, rules=rules(mode), accept_timeout=5.0, auto_connect_timeout=5.0
    ) as opened:
        await do_the_main_job(opened, ftp_server, tmp_path)
        wanted = DataCommand.PORT if mode == "active" else DataCommand.PASV
        assert opened.worked is wanted


@pytest.mark.parametrize("mode", MODES)
async def test_the_main_job_with_extended_commands(
    ftp_server: RunningServer, mode: str, tmp_path: Path
) -> None:
    extended = rules(mode, prefer_extended=True)
    async with open_site(ftp_server, rules=extended, accept_timeout=5.0) as opened:
        await do_the_main_job(opened, ftp_server, tmp_path)
        assert opened.worked in (DataCommand.EPSV, DataCommand.EPRT)


@pytest.mark.parametrize("mode", MODES)
async def test_the_main_job_over_ipv6(ftp_server_ipv6: RunningServer, mode: str, tmp_path: Path) -> None:
    """On ::1 only EPSV and EPRT can be used, and they are."""
    async with open_site(ftp_server_ipv6, rules=rules(mode), accept_timeout=5.0) as opened:
        await do_the_main_job(opened, ftp_server_ipv6, tmp_path)
        assert {"PASV", "PORT"}.isdisjoint(opened.sent)


NAMES = [
    b"latin-\xe9.txt", b"sjis-\x83\x5c.txt", b"y-\xff-end", b"-rf", b" leading", b"trailing ", b"a;b, c",
    b"%41", b"~tilde", b'quo"te', b"back\\slash", b"*?[x]", b"a -> b",
]  # fmt: skip


def names_that_can_be_served(kind: str) -> list[bytes]:
    """pyftpdlib sends `?` for what is not UTF-8; Pure-FTPd prohibits a backslash."""
    if kind == "pyftpdlib":
        return [name for name in NAMES if name.isascii()]
    if kind == "pureftpd":
        return [name for name in NAMES if b"\\" not in name]
    return NAMES


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp932"])
async def test_what_was_listed_can_be_fetched_renamed_and_deleted(
    ftp_server: RunningServer, encoding: str, tmp_path: Path
) -> None:
    """The bytes of a name are its identity, in any encoding."""
    names = names_that_can_be_served(ftp_server.kind)
    for name in names:
        ftp_server.put(os.fsdecode(name), name)
    async with open_site(ftp_server, encoding=encoding) as opened:
        home = await opened.endpoint.home()
        listing = await opened.endpoint.list(home)
        assert len(listing.entries) == len(names)
        for entry in listing.entries:
            path = opened.endpoint.join(home, entry.name)
            content = await opened.endpoint.read(path, limit=100)
            assert content in names
            renamed = opened.endpoint.join(home, entry.name + "x")
            await opened.endpoint.rename(path, renamed)
            assert (content + b"x") in os.listdir(os.fsencode(ftp_server.home))
            await opened.endpoint.remove_file(renamed)
    assert os.listdir(ftp_server.home) == []


async def test_a_server_that_restarts_is_found_again(ftp_server: RunningServer, tmp_path: Path) -> None:
    """The idle connection is gone with the server; the next listing reconnects, in the same directory."""
    ftp_server.put("sub/inside", b"x")
    async with open_site(ftp_server) as opened:
        sub = opened.endpoint.join(await opened.endpoint.home(), "sub")
        first = await opened.endpoint.list(sub)
        ftp_server.restart()
        again = await opened.endpoint.list(sub)
        assert (
            [entry.name for entry in again.entries] == [entry.name for entry in first.entries] == ["inside"]
        )


async def test_no_transfer_command_goes_out_before_its_data_connection_stands(
    ftp_server: RunningServer,
) -> None:
    """A server that refuses it stops listening, and that would end a connect that is still under way."""
    ftp_server.put("a", b"hello")
    async with open_site(ftp_server, rules=rules("passive")) as opened:
        for _ in range(3):
            assert await opened.endpoint.read(ftp_server.remote("a"), limit=9) == b"hello"
        stands = False
        for record in opened.records:
            stands = stands or record.event is DataEvent.CONNECTED
            if record.event is DataEvent.CLOSED:
                stands = False
            assert stands or not record.text.startswith(("RETR", "LIST", "MLSD")), opened.log
