"""S31 to S33, S35 and S36: servers that never end. Little memory, a bound in time, and a cancel that is heard."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.security.hostile import ALLOWED, MEGABYTES, WHEN, bounded_memory, listing
from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import OpenSite, open_site
from tests.transfers.wire import wire_desk
from tuiftp.cli.log_file import LogFile
from tuiftp.demo.lab.transfer import _begin
from tuiftp.errors import ConnectionFailed, ProtocolViolation, RemoteError, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.transfer.listing import ReceivedLines
from tuiftp.protocol.replies import MAX_LINE, MAX_REPLY, ReplyReader
from tuiftp.wirelog.recorder import MAX_TEXT, Recorder, bounded
from tuiftp.wirelog.records import RecordKind, WireRecord

TREE: dict[str, Content] = {"a.txt": b"hello", "big": b"x" * 3_000_000, "d": {"e": b"1"}}
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def flood(verb: str, block: bytes, *, times: int = 2_000) -> Quirk:
    """Answers a command with the same bytes, over and over."""

    async def handler(session: Session, _: bytes) -> None:
        for _turn in range(times):
            if session.gone.is_set():
                return
            await session.raw(block)

    return mischief.on(verb, handler)


WIDE = "😀".encode() + b"z" * 60_000
ENDLESS: dict[str, Quirk] = {
    "a line of text": flood("SIZE", b"z" * 65_536),
    "a line of zeros": flood("SIZE", b"\0" * 65_536),
    "a reply": flood("SIZE", b"213-a\r\n" * 8_192),
    "a reply of long lines": flood("SIZE", b"213-" + WIDE + b"\r\n"),
    "a reply with inner codes": flood("SIZE", b"213-a\r\n214 no end\r\n226 no end\r\n213-\r\n" * 2_048),
    "empty lines": flood("SIZE", b"\r\n" * 32_768),
    "replies to nothing": flood("SIZE", b"213 5\r\n" + b"226 Done.\r\n" * 8_192),
    "preliminary replies": flood("SIZE", b"150 Wait.\r\n" * 8_192),
    "other protocols": flood("SIZE", b"<html>" * 10_000 + b"\n"),
}


@pytest.mark.parametrize("kind", ENDLESS)
async def test_s32_a_reply_without_an_end_costs_little(kind: str) -> None:
    """64 MB and more come; next to nothing is kept, within seconds, and the session can be used again."""
    async with ScriptedServer(TREE, [ENDLESS[kind]]) as server, open_site(server, timeout=3.0) as opened:
        began = time.monotonic()
        with bounded_memory():
            told = await asyncio.gather(opened.endpoint.size("/a.txt"), return_exceptions=True)
        assert isinstance(told[0], RemoteError | int | None)
        assert len(str(told[0])) < 5_000
        assert time.monotonic() - began < 15
        server.verbs["SIZE"] = ScriptedServer().handler("SIZE")
        assert "a.txt" in await opened.names()
        assert sum(len(record.text) for record in opened.records) < 10 * MEGABYTES


async def test_s32_a_transfer_that_is_announced_for_ever_is_given_up() -> None:
    """A RETR that is answered by 150 and 150 again, and by no data."""
    async with (
        ScriptedServer(TREE, [flood("RETR", b"150 Wait.\r\n" * 4_096)]) as server,
        open_site(server) as opened,
    ):
        with bounded_memory(), pytest.raises(RemoteError):
            async with asyncio.timeout(15):
                await opened.endpoint.read("/a.txt", limit=10)
        assert "without coming to an end" in opened.log


@pytest.mark.parametrize(
    ("data", "ends"),
    [
        (b"213-a\r\n213 b\r\n", True), (b"213-a\r\n226 b\r\n 213 c\r\n213-d\r\n", False),
        (b"213-a\r\n2134 b\r\n", False), (b"213-a\r\n213b\r\n", False), (b"213-a\n213 b\n", True),
    ],
)  # fmt: skip
def test_s32_only_the_same_code_and_a_blank_end_a_reply(data: bytes, ends: bool) -> None:
    reader = ReplyReader()
    for place in range(len(data)):
        reader.feed(data[place : place + 1])
        reply = reader.next_reply()
        assert (reply is not None) == (ends and place == len(data) - 1)


def test_s32_the_limits_hold_in_bytes_too() -> None:
    reader = ReplyReader()
    line = b"213-" + b"z" * (MAX_LINE - 10) + b"\r\n"
    for _ in range(MAX_REPLY // MAX_LINE):
        reader.feed(line)
        assert reader.next_reply() is None
    reader.feed(line)
    with pytest.raises(ProtocolViolation, match="more than 1,024 KiB"):
        reader.next_reply()
    assert reader.pending == b""


async def test_s33_a_listing_that_is_cut_is_shown_and_said_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the server says 426 to it; and the session goes on."""
    monkeypatch.setattr("tuiftp.ftp.transfer.listing.ReceivedLines", lambda: ReceivedLines(lines=1_000))
    async with ScriptedServer(TREE, [mischief.endless_listing()]) as server, open_site(server) as opened:
        found = await opened.endpoint.list("/")
        assert found.is_cut
        assert len(found.entries) == 1_000
        assert await opened.endpoint.size("/a.txt") == 5


def drips(line: bytes, seconds: float) -> Quirk:
    """Sends a listing line by line, with a pause before each."""

    async def dripping(session: Session, _: bytes) -> None:
        channel = await _begin(session)
        assert channel is not None
        with channel:
            while not session.gone.is_set():
                try:
                    await channel.send(line)
                except OSError:
                    break
                await asyncio.sleep(seconds)
        await session.reply(426, "Aborted.")

    return mischief.on("MLSD", dripping)


async def test_s33_a_listing_that_drips_ends_at_its_time() -> None:
    """Never silent for as long as a stall, and never at an end."""
    line = listing(f"type=file;size=1;{WHEN} x")
    async with (
        ScriptedServer(TREE, [drips(line, 0.05)]) as server,
        open_site(server, listing_timeout=0.6) as opened,
    ):
        async with asyncio.timeout(5):
            found = await opened.endpoint.list("/")
        assert found.is_cut
        assert found.entries


@pytest.mark.parametrize("sign", ["z", "é", "😀"])
def test_s31_a_flood_of_records_takes_a_bounded_place(sign: str) -> None:
    text = sign + "z" * 60_000
    recorder = Recorder()
    with bounded_memory(ALLOWED + 5 * MEGABYTES):  # of them 1 kB a record for the record itself
        for _ in range(8_000):
            recorder.append(WireRecord(NOW, 1, RecordKind.REPLY, text))
    assert len(recorder.records()) == 5_000


@pytest.mark.parametrize(
    "name", ["text", "note", "title", "advice", "code", "tls", "local", "remote", "command"]
)
def test_s31_every_text_of_a_record_is_cut(name: str) -> None:
    values: dict[str, Any] = {"text": "", name: "z" * 60_000}
    record = bounded(WireRecord(NOW, 1, RecordKind.REPLY, **values))
    assert len(getattr(record, name)) == MAX_TEXT


async def test_s31_no_record_holds_more_than_a_line_may() -> None:
    """Cut where it is made: whoever listens on the bus may keep it."""
    long = mischief.says_raw("SIZE", b"213-" + b"z" * 60_000 + b"\r\n213 " + b"y" * 60_000 + b"\r\n")
    async with ScriptedServer(TREE, [long]) as server, open_site(server) as opened:
        await opened.endpoint.size("/a.txt")
        assert max(len(record.text) for record in opened.records) == MAX_TEXT


def test_s31_a_log_file_has_an_end(tmp_path: Path) -> None:
    complaints: list[str] = []
    file = LogFile(tmp_path / "log", complain=complaints.append, limit=10_000)
    for _ in range(1_000):
        file.write(WireRecord(NOW, 1, RecordKind.REPLY, "z" * 500))
    file.close()
    assert (tmp_path / "log").stat().st_size < 11_000
    assert "greatest length" in (tmp_path / "log").read_text()


async def test_s35_no_compression_is_offered_or_asked_for() -> None:
    async with ScriptedServer(TREE) as server:
        server.features = (*server.features, b"MODE Z")
        async with open_site(server) as opened:
            assert "a.txt" in await opened.names()
            await opened.endpoint.read("/a.txt", limit=10)
        assert "MODE" not in server.commands


async def test_s36_a_greeting_that_drips_ends_at_its_time() -> None:
    """A byte every tenth of a second, for ever: the limit is for the whole step."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    server = ScriptedServer(port=listener.getsockname()[1])

    async def drip() -> None:
        loop = asyncio.get_running_loop()
        talking, _ = await loop.sock_accept(listener)
        with talking:
            while True:
                await loop.sock_sendall(talking, b"2")
                await asyncio.sleep(0.1)

    dripping = asyncio.create_task(drip())
    try:
        async with open_site(server, timeout=1.0, connect=False) as opened:
            began = time.monotonic()
            with pytest.raises(ConnectionFailed, match="no answer to the greeting"):
                await opened.site.connect()
            assert 0.9 < time.monotonic() - began < 2.5
    finally:
        dripping.cancel()
        listener.close()


async def send_this(opened: OpenSite) -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        await opened.endpoint.upload(file, "/up", progress=Progress())


MOMENTS: dict[str, tuple[Quirk, Callable[[OpenSite], object], str]] = {
    "PASV": (mischief.silent("PASV"), lambda opened: opened.endpoint.list("/"), "PASV"),
    "a connect": (quirks.passive_port("silent"), lambda opened: opened.endpoint.list("/"), "PASV"),
    "CWD": (mischief.silent("CWD"), lambda opened: opened.endpoint.list("/d"), "CWD"),
    "MLSD": (mischief.silent("MLSD"), lambda opened: opened.endpoint.list("/"), "MLSD"),
    "an endless listing": (
        mischief.endless_listing(), lambda opened: opened.endpoint.list("/"), "LIST",
    ),
    "a listing that drips": (drips(b"x\r\n", 0.2), lambda opened: opened.endpoint.list("/"), "MLSD"),
    "SIZE": (mischief.silent("SIZE"), lambda opened: opened.endpoint.size("/a.txt"), "SIZE"),
    "an endless reply": (
        flood("SIZE", b"213-a\r\n", times=10**9), lambda opened: opened.endpoint.size("/a.txt"), "SIZE",
    ),
    "DELE": (mischief.silent("DELE"), lambda opened: opened.endpoint.remove_file("/a.txt"), "DELE"),
    "RNTO": (mischief.silent("RNTO"), lambda opened: opened.endpoint.rename("/a.txt", "/b"), "RNTO"),
    "RETR": (mischief.silent("RETR"), lambda opened: opened.endpoint.read("/big", limit=10**7), "RETR"),
    "a stalled file": (
        quirks.stall_data(1_000_000), lambda opened: opened.endpoint.read("/big", limit=10**7), "RETR",
    ),
    "STOR": (
        mischief.silent("STOR"),
        send_this, "STOR",
    ),
    "MKD": (mischief.silent("MKD"), lambda opened: opened.endpoint.make_directory("/new"), "MKD"),
    "the last reply": (
        quirks.missing_completion(), lambda opened: opened.endpoint.list("/"), "MLSD",
    ),
}  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS)
async def test_s36_a_cancel_is_heard_within_a_second(moment: str) -> None:
    quirk, work, verb = MOMENTS[moment]
    async with (
        ScriptedServer(TREE, [quirk]) as server,
        open_site(server, timeout=60.0, auto_connect_timeout=60.0, stall_timeout=60.0) as opened,
    ):
        task = asyncio.ensure_future(work(opened))  # type: ignore[call-overload]
        await server.wait_for(verb)
        await asyncio.sleep(0.15)  # let it be in the midst of it: a drip, a part of a listing
        assert not task.done()
        began = time.monotonic()
        task.cancel()
        with pytest.raises((asyncio.CancelledError, TuiftpError)):
            await task
        assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("verb", ["USER", "PASS", "FEAT", "TYPE", ""])
async def test_s36_a_login_can_be_cancelled_too(verb: str) -> None:
    quirk = mischief.silent(verb) if verb else mischief.banner(b"")
    async with (
        ScriptedServer(TREE, [quirk]) as server,
        open_site(server, timeout=60.0, connect=False) as opened,
    ):
        task = asyncio.create_task(opened.site.connect())
        if verb:
            await server.wait_for(verb)
        else:
            await opened.until(lambda: "connected to" in opened.log)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 1.0


async def test_s36_a_transfer_in_the_queue_is_cancelled_within_a_second(tmp_path: Path) -> None:
    stalls = quirks.stall_data(1_000_000)
    async with ScriptedServer(TREE, [stalls]) as server, wire_desk(server, tmp_path / "here") as desk:
        batch = await desk.fetch("/big")
        async with asyncio.timeout(10):
            await server.fault_reached.wait()
        began = time.monotonic()
        desk.queue.cancel_batch(batch)
        await desk.over(batch)
        await desk.queue.wait_idle()
        assert time.monotonic() - began < 1.0
        assert desk.names() == []
