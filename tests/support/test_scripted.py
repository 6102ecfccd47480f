"""The scripted server is right where it should be right, and wrong as its quirks say."""

from __future__ import annotations

import asyncio
import ftplib
import io
import socket
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.support.scripted import ScriptedServer, mischief, quirks

Result = TypeVar("Result")


async def with_ftplib(server: ScriptedServer, work: Callable[[ftplib.FTP], Result]) -> Result:
    """Run `work` with a client of the standard library, in a thread."""

    def run() -> Result:
        client = ftplib.FTP(timeout=5, encoding="latin-1")
        client.connect(server.host, server.port)
        client.login("ftptest", "ftppass")
        try:
            return work(client)
        finally:
            client.close()

    return await asyncio.to_thread(run)


def fetch(client: ftplib.FTP, name: str = "a.txt", **more: int) -> bytes:
    got = io.BytesIO()
    client.retrbinary(f"RETR {name}", got.write, **more)
    return got.getvalue()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("passive", [True, False])
async def test_serves_files_both_ways_in_both_modes(host: str, passive: bool) -> None:
    async with ScriptedServer({"a.txt": b"hello", "dir": {"b": b""}}, host=host) as server:

        def work(client: ftplib.FTP) -> tuple[bytes, list[str], list[str]]:
            client.set_pasv(passive)
            client.storbinary("STOR up.bin", io.BytesIO(b"x" * 300_000))
            lines: list[str] = []
            client.dir(lines.append)
            return fetch(client), lines, [name for name, _ in client.mlsd()]

        got, lines, names = await with_ftplib(server, work)
    assert got == b"hello"
    assert [line.rsplit(" ", 1)[1] for line in lines] == names == ["a.txt", "dir", "up.bin"]
    assert server.tree.read("up.bin") == b"x" * 300_000
    assert server.data_open == 0
    assert server.count("EPSV" if host == "::1" and passive else "STOR") >= 1


async def test_changes_its_tree() -> None:
    async with ScriptedServer({"a.txt": b"hello"}) as server:

        def work(client: ftplib.FTP) -> None:
            client.mkd("new")
            client.rename("a.txt", "new/b.txt")
            client.cwd("new")
            assert client.pwd() == "/new"
            assert client.size("b.txt") == 5
            client.sendcmd("SITE CHMOD 600 b.txt")
            client.cwd("..")
            with pytest.raises(ftplib.error_perm):
                client.rmd("new")
            client.delete("new/b.txt")
            client.rmd("new")

        await with_ftplib(server, work)
    assert server.tree.names() == []


async def test_resumes_where_rest_says_unless_it_ignores_it() -> None:
    async with ScriptedServer({"a.txt": b"hello"}) as server:
        assert await with_ftplib(server, lambda client: fetch(client, rest=3)) == b"lo"
    async with ScriptedServer({"a.txt": b"hello"}, [quirks.rest_ignored()]) as server:
        assert await with_ftplib(server, lambda client: fetch(client, rest=3)) == b"hello"


@pytest.mark.parametrize(("state", "error"), [("closed", ConnectionRefusedError), ("silent", TimeoutError)])
async def test_passive_ports_can_be_closed_or_silent(state: str, error: type[OSError]) -> None:
    quirk = quirks.passive_port("closed" if state == "closed" else "silent")
    async with ScriptedServer({"a.txt": b"hello"}, [quirk]) as server:

        def work(client: ftplib.FTP) -> None:
            address = client.makepasv()
            with pytest.raises(error):
                socket.create_connection(address, timeout=0.5)

        await with_ftplib(server, work)


async def test_stranger_comes_first_to_the_active_port() -> None:
    async with ScriptedServer({"a.txt": b"hello"}, [quirks.stranger_first(b"evil")]) as server:

        def work(client: ftplib.FTP) -> tuple[str, str]:
            with client.makeport() as listener:
                client.putcmd("RETR a.txt")
                first, visitor = listener.accept()
                second, peer = listener.accept()
                with first, second:
                    assert first.recv(10) == b"evil"
                    assert second.recv(10) == b"hello"
                return str(visitor[0]), str(peer[0])

        assert await with_ftplib(server, work) == ("127.0.0.2", "127.0.0.1")


async def test_never_reaches_out_of_loopback() -> None:
    async with ScriptedServer({"a.txt": b"hello"}) as server:

        def work(client: ftplib.FTP) -> None:
            client.sendcmd("PORT 203,0,113,7,10,10")
            with pytest.raises(ftplib.error_temp, match="425"):
                client.sendcmd("RETR a.txt")

        await with_ftplib(server, work)


REFUSALS = [
    (quirks.refuse("EPSV", 500), "EPSV", "500"),
    (quirks.refuse_passive(), "PASV", "502"),
    (quirks.refuse_active(), "PORT 127,0,0,1,9,9", "500 Illegal PORT"),
    (quirks.refuse_active(only_to="203.0.113.7"), "PORT 10,0,0,1,9,9", "to 10.0.0.1 .only to 203.0.113.7"),
    (quirks.refuse_active(501, only_to="203.0.113.7"), "EPRT |1|10.0.0.1|99|", "501.*to 10.0.0.1 .only"),
    (quirks.refuse_transfer(verbs=["LIST"]), "LIST", "425"),
    (mischief.closes_with_421("PWD"), "PWD", "421"),
    (mischief.cuts_at_command(3, with_421=True), "NOOP", "421"),
]


@pytest.mark.parametrize(("quirk", "command", "words"), REFUSALS)
async def test_refusals(quirk: Callable[[ScriptedServer], None], command: str, words: str) -> None:
    async with ScriptedServer({"a.txt": b"hello"}, [quirk]) as server:

        def work(client: ftplib.FTP) -> None:
            with pytest.raises(ftplib.Error, match=words):
                client.sendcmd(command)

        await with_ftplib(server, work)


ODD_PASSIVE = [
    (quirks.pasv_without_parentheses(), "PASV", "227 Entering Passive Mode 127,0,0,1,"),
    (quirks.pasv_answers_229(), "PASV", "229 Entering Extended Passive Mode (|||"),
    (quirks.epsv_answers_227(), "EPSV", "227 Entering Passive Mode (127,0,0,1,"),
    (quirks.announce("10.1.2.3"), "PASV", "227 Entering Passive Mode (10,1,2,3,"),
    (quirks.announce("0.0.0.0", 5060), "PASV", "227 Entering Passive Mode (0,0,0,0,19,196)"),
    (mischief.says_raw("NOOP", b"200-One\r\n 226 two\r\n200-three\r\n200 four\r\n"), "NOOP", "200-One"),
]


@pytest.mark.parametrize(("quirk", "command", "start"), ODD_PASSIVE)
async def test_odd_replies(quirk: Callable[[ScriptedServer], None], command: str, start: str) -> None:
    async with ScriptedServer({"a.txt": b"hello"}, [quirk]) as server:
        reply = await with_ftplib(server, lambda client: client.sendcmd(command))
    assert reply.startswith(start)


async def test_a_quirk_can_happen_once() -> None:
    async with ScriptedServer({"a.txt": b"hello"}, [quirks.refuse("PASV", 425, times=1)]) as server:

        def work(client: ftplib.FTP) -> bytes:
            with pytest.raises(ftplib.error_temp):
                fetch(client)
            return fetch(client)

        assert await with_ftplib(server, work) == b"hello"


async def conversation(server: ScriptedServer, *lines: bytes) -> bytes:
    """Log in, send lines and QUIT at once, and return everything that was answered."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"\r\n".join((b"USER x", b"PASS y", *lines, b"QUIT")) + b"\r\n")
    async with asyncio.timeout(5):
        heard = await reader.read()
    writer.close()
    return heard


async def test_dripped_banner_in_latin_1() -> None:
    odd = [mischief.banner(b"220 Gr\xfc\xdfe\r\n"), mischief.drip_replies()]
    async with ScriptedServer(quirks=odd) as server:
        assert (await conversation(server)).startswith(b"220 Gr\xfc\xdfe\r\n331 ")


async def test_stale_reply_and_silence_and_cut() -> None:
    odd = [mischief.stale_reply("PWD"), mischief.cuts_control("SYST", answered=True)]
    async with ScriptedServer(quirks=odd) as server:
        heard = await conversation(server, b"PWD", b"SYST", b"NOOP")
    assert heard.endswith(b"directory.\r\n226 Transfer complete.\r\n215 UNIX Type: L8\r\n")


async def test_lost_reply_means_that_it_was_done() -> None:
    async with ScriptedServer(quirks=[mischief.loses_reply("MKD")]) as server:
        assert (await conversation(server, b"MKD new")).endswith(b"230 Login successful.\r\n")
    assert server.tree.names() == ["new"]


async def test_idle_connection_is_dropped_and_server_comes_back_on_its_port() -> None:
    async with ScriptedServer(quirks=[mischief.idle_drop(0.05)]) as server:
        port = server.port
        reader, writer = await asyncio.open_connection(server.host, port)
        async with asyncio.timeout(5):
            assert await reader.read() == server.banner + b"421 Timeout: closing control connection.\r\n"
        writer.close()
        await server.stop()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(server.host, port)
        await server.start()
        assert server.port == port
        assert (await conversation(server)).startswith(b"220 ")


async def test_too_many_connections() -> None:
    async with ScriptedServer(quirks=[mischief.too_many(1)]) as server:
        _, first = await asyncio.open_connection(server.host, server.port)
        first.write(b"USER x\r\n")
        await server.wait_for("USER")
        assert b"421 Too many" in await conversation(server)
        first.close()


@pytest.mark.parametrize("verb", ["RETR", "STOR"])
async def test_data_cut_with_lying_completion(verb: str) -> None:
    odd = [quirks.cut_data(100_000, (226, b"Transfer complete."))]
    async with ScriptedServer({"a.txt": b"x" * 300_000}, odd) as server:

        def work(client: ftplib.FTP) -> int:
            if verb == "RETR":
                return len(fetch(client))
            with pytest.raises((ConnectionError, BrokenPipeError)):
                client.storbinary("STOR b.txt", io.BytesIO(b"y" * 30_000_000))
            return 100_000

        assert await with_ftplib(server, work) == 100_000
        assert server.data_open == 0
    if verb == "STOR":
        assert len(server.tree.read("b.txt")) == 100_000


async def test_held_transfer_goes_on_when_released() -> None:
    async with ScriptedServer({"a.txt": b"x" * 300_000}, [quirks.hold_data(1000)]) as server:
        fetching = asyncio.create_task(with_ftplib(server, fetch))
        async with asyncio.timeout(5):
            await server.fault_reached.wait()
        assert not fetching.done()
        server.release.set()
        assert len(await fetching) == 300_000


async def test_abort_ends_a_stalled_transfer() -> None:
    async with ScriptedServer({"a.txt": b"x" * 300_000}, [quirks.stall_data(1000)]) as server:

        def work(client: ftplib.FTP) -> str:
            with client.transfercmd("RETR a.txt") as data:
                while client.sock is not None and data.recv(1000):
                    return client.abort() + client.voidresp()
            return ""

        assert (await with_ftplib(server, work)).startswith("426 Transfer aborted.226")


async def test_upload_truncated_or_out_of_space() -> None:
    async with ScriptedServer(quirks=[quirks.upload_truncated(10)]) as server:
        said = await with_ftplib(server, lambda client: client.storbinary("STOR a", io.BytesIO(b"x" * 99)))
        assert said.startswith("226")
    assert server.tree.read("a") == b"x" * 10
    async with ScriptedServer(quirks=[quirks.disk_full(10)]) as server:

        def work(client: ftplib.FTP) -> None:
            data = client.transfercmd("STOR a")
            data.sendall(b"x" * 99)
            with data, pytest.raises(ftplib.error_perm, match="552"):
                client.voidresp()

        await with_ftplib(server, work)


async def test_doubled_and_early_and_missing_completion() -> None:
    for quirk, expected in (
        (quirks.doubled_completion(), b"150 |226 |226 "),
        (quirks.doubled_completion(later=True), b"150 |226 |226 "),
        (quirks.early_completion(), b"150 |226 "),
        (quirks.missing_completion(), b"150 "),
        (quirks.no_preliminary(), b"226 "),
        (quirks.preliminary_first(), b"150 |226 "),
    ):
        async with ScriptedServer({"a.txt": b"hello"}, [quirk]) as server:
            assert await codes_of_transfer(server) == expected.split(b"|")


async def codes_of_transfer(server: ScriptedServer) -> list[bytes]:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    async with asyncio.timeout(5):
        writer.write(b"USER x\r\nPASS y\r\nEPSV\r\n")
        greeting = [await reader.readline() for _ in range(4)]
        port = int(greeting[-1].split(b"|")[3])
        data, sender = await asyncio.open_connection(server.host, port)
        writer.write(b"RETR a.txt\r\nQUIT\r\n")
        assert await data.read() == b"hello"
        heard = await reader.read()
    sender.close()
    writer.close()
    return [line[:4] for line in heard.splitlines()[:-1]]
