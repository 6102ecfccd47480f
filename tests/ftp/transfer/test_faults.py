"""Transfers that break, stall, end early or late: what is reported is what happened, and nothing hangs."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site, rules
from tuiftp.errors import (
    CommandRefused,
    DiskFull,
    FileRefused,
    SizeMismatch,
    StorageFull,
    TransferInterrupted,
    TuiftpError,
)
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.endpoint import FtpEndpoint

BIG = bytes(range(256)) * 12_000
TREE: dict[str, Content] = {"big": BIG, "empty": b"", "dir": {}}


@pytest.fixture
def target(tmp_path: Path) -> Iterator[BinaryIO]:
    with (tmp_path / "target").open("w+b", buffering=0) as file:
        yield file


@pytest.fixture
def full_disk() -> Iterator[BinaryIO]:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "r+b", buffering=0) as file:
        yield file


def open_files() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/dev/fd"))


@contextmanager
def source_of(tmp_path: Path, content: bytes) -> Iterator[BinaryIO]:
    path = tmp_path / "source"
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        yield file


def read_back(file: BinaryIO) -> bytes:
    return os.pread(file.fileno(), 10 * len(BIG), 0)


@pytest.mark.parametrize(
    "quirk",
    [
        quirks.no_preliminary(),
        quirks.early_completion(),
        quirks.doubled_completion(),
        quirks.preliminary_first(),
        mischief.drip_replies(),
    ],
    ids=["no 150", "early 226", "doubled 226", "150 first", "dripping"],
)
@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_odd_replies_around_a_good_transfer(
    quirk: Quirk, mode: str, target: BinaryIO, tmp_path: Path
) -> None:
    """A missing 150, an early or doubled 226: the bytes are all there and it is a success, both ways."""
    async with (
        ScriptedServer(TREE, [quirk]) as server,
        open_site(server, rules=rules(mode), timeout=2.0) as opened,  # as long as a 150 is waited for
    ):
        assert await opened.endpoint.download("/big", target, progress=Progress()) == len(BIG)
        assert read_back(target) == BIG
        with source_of(tmp_path, b"up" * 5000) as source:
            assert await opened.endpoint.upload(source, "/up", progress=Progress()) == 10_000
        assert await opened.endpoint.size("/up") == 10_000
        assert await opened.endpoint.read("/empty", limit=5) == b""


@pytest.mark.parametrize("reset", [False, True])
async def test_a_cut_download_says_so_and_counts_what_came(reset: bool, target: BinaryIO) -> None:
    async with (
        ScriptedServer(TREE, [quirks.cut_data(500_000, reset=reset)]) as server,
        open_site(server) as opened,
    ):
        progress = Progress()
        with pytest.raises(TransferInterrupted) as caught:
            await opened.endpoint.download("/big", target, progress=progress)
        assert "426" in str(caught.value)
        assert progress.transferred <= 500_000
        assert read_back(target) == BIG[: progress.transferred]
        assert "EPSV" not in opened.sent, "the first byte had moved: another mode is no answer"
        assert await opened.names() == ["big", "dir", "empty"]


async def test_resuming_goes_on_from_the_offset(target: BinaryIO) -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        os.write(target.fileno(), BIG[:1_000_000])
        moved = await opened.endpoint.download("/big", target, offset=1_000_000, progress=Progress())
        assert moved == len(BIG) - 1_000_000
        assert read_back(target) == BIG
        assert b"REST 1000000" in server.lines


async def test_a_refused_rest_is_told_and_tries_no_other_mode(target: BinaryIO) -> None:
    async with (
        ScriptedServer(TREE, [quirks.refuse("REST", 502)]) as server,
        open_site(server) as opened,
    ):
        with pytest.raises(CommandRefused) as caught:
            await opened.endpoint.download("/big", target, offset=10, progress=Progress())
        assert caught.value.command == "REST"
        assert "EPSV" not in opened.sent
        assert "RETR" not in opened.sent


async def test_a_stall_ends_at_the_limit(target: BinaryIO) -> None:
    async with (
        ScriptedServer(TREE, [quirks.stall_data(100_000)]) as server,
        open_site(server, stall_timeout=0.4) as opened,
    ):
        with pytest.raises(TransferInterrupted) as caught:
            await opened.endpoint.download("/big", target, progress=Progress())
        assert "no byte moved" in str(caught.value)
        assert await opened.endpoint.size("/big") == len(BIG)


@pytest.mark.parametrize("mode", ["passive", "active"])
@pytest.mark.parametrize("verb", ["RETR", "STOR"])
async def test_cancel_works_within_a_second(mode: str, verb: str, target: BinaryIO, tmp_path: Path) -> None:
    """In mid-transfer, with the server holding still: the task ends at once and the session can be used."""
    async with (
        ScriptedServer(TREE, [quirks.hold_data(100_000, verbs=[verb])]) as server,
        open_site(server, rules=rules(mode), stall_timeout=30) as opened,
    ):
        with source_of(tmp_path, BIG * 4) as source:
            if verb == "RETR":
                work = opened.endpoint.download("/big", target, progress=Progress())
            else:
                work = opened.endpoint.upload(source, "/up", progress=Progress())
            task = asyncio.create_task(work)
            await asyncio.wait_for(server.fault_reached.wait(), 5)
            began = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - began < 1.0
        server.release.set()
        assert "big" in await opened.names()


async def test_a_full_disk_on_the_server_is_told_as_that(tmp_path: Path) -> None:
    """552 arrives while the data connection is reset: the server's words win over the socket's."""
    async with (
        ScriptedServer(TREE, [quirks.disk_full(50_000)]) as server,
        open_site(server) as opened,
    ):
        with source_of(tmp_path, BIG * 4) as source, pytest.raises(StorageFull):
            await opened.endpoint.upload(source, "/up", progress=Progress())
        assert "EPSV" not in opened.sent
        assert await opened.endpoint.size("/big") == len(BIG)


async def test_a_full_local_disk_is_told_as_that(full_disk: BinaryIO) -> None:
    """/dev/full says ENOSPC to every write."""
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        with pytest.raises(DiskFull):
            await opened.endpoint.download("/big", full_disk, progress=Progress())
        assert await opened.endpoint.size("/big") == len(BIG)


async def test_a_lost_226_is_decided_by_size(target: BinaryIO) -> None:
    """All data came, the control connection died: SIZE on a new connection says that it is complete."""
    async with (
        ScriptedServer(TREE, [quirks.missing_completion(), mischief_cut_after_data()]) as server,
        open_site(server) as opened,
    ):
        assert await opened.endpoint.download("/big", target, progress=Progress()) == len(BIG)
        assert read_back(target) == BIG
        assert "is complete" in opened.log
        assert len(server.sessions) == 2


def mischief_cut_after_data() -> Quirk:
    """Once a RETR was dealt with, its control connection is cut."""

    def apply(server: ScriptedServer) -> None:
        usual = server.handler("RETR")

        async def handler(session: Session, argument: bytes) -> None:
            await usual(session, argument)
            session.cut()

        server.verbs["RETR"] = handler

    return apply


async def test_a_lost_226_after_half_the_data_is_no_success(target: BinaryIO) -> None:
    async with (
        ScriptedServer(TREE, [quirks.cut_data(1000, reply=None), mischief_cut_after_data()]) as server,
        open_site(server) as opened,
    ):
        with pytest.raises((SizeMismatch, TransferInterrupted)):
            await opened.endpoint.download("/big", target, progress=Progress())


async def test_an_interrupted_listing_is_not_a_short_one() -> None:
    cut = quirks.cut_data(20, verbs=["MLSD"])
    async with ScriptedServer(TREE, [cut]) as server, open_site(server) as opened:
        with pytest.raises(TuiftpError):
            await opened.names()


async def test_refusals_leave_no_socket_behind(target: BinaryIO) -> None:
    """aioftp leaks its data socket when RETR is refused; here the server sees every one closed."""
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        for _ in range(5):
            with pytest.raises(FileRefused):
                await opened.endpoint.download("/nowhere", target, progress=Progress())
        before = open_files()
        for _ in range(5):
            with pytest.raises(FileRefused):
                await opened.endpoint.download("/nowhere", target, progress=Progress())
        after = open_files()
        assert after <= before + 1


NO_CONNECTION = (425, b"Failed to establish connection.")


@pytest.mark.parametrize("size", [2_000, len(BIG)], ids=["small", "large"])
async def test_a_425_behind_the_bytes_of_an_upload_has_the_next_attempt_take_another_way(
    size: int, tmp_path: Path
) -> None:
    """The bytes went into our socket and nowhere else: something between us takes connections and drops them."""
    fault = quirks.cut_data(1_000, NO_CONNECTION, verbs=["STOR"], times=2)
    async with ScriptedServer(TREE, [fault]) as server, open_site(server) as opened:
        with source_of(tmp_path, BIG[:size]) as source:
            for way in ("PASV", "EPSV"):
                with pytest.raises(TransferInterrupted, match="425"):
                    await opened.endpoint.upload(source, "/up", progress=Progress())
                assert [verb for verb in opened.sent if verb in ("PASV", "EPSV", "PORT")][-1] == way
                opened.records.clear()
            await opened.endpoint.upload(source, "/up", progress=Progress())
        assert "PORT" in opened.sent
        assert "425" in " ".join(step.reason for step in opened.site.mode_history() if not step.ok)
        opened.records.clear()
        await opened.names()
        assert not {"PASV", "EPSV"} & set(opened.sent)
        opened.site.forget_mode()
        await opened.names()
        assert "PASV" in opened.sent


async def test_in_a_pinned_mode_the_doubted_ways_take_turns(tmp_path: Path) -> None:
    fault = quirks.cut_data(1_000, NO_CONNECTION, verbs=["STOR"], times=3)
    async with ScriptedServer(TREE, [fault]) as server, open_site(server, rules=rules("passive")) as opened:
        with source_of(tmp_path, BIG) as source:
            for way in ("PASV", "EPSV", "PASV"):
                with pytest.raises(TransferInterrupted):
                    await opened.endpoint.upload(source, "/up", progress=Progress())
                assert [verb for verb in opened.sent if verb in ("PASV", "EPSV")][-1] == way
            await opened.endpoint.upload(source, "/up", progress=Progress())


async def begin(endpoint: FtpEndpoint, verb: str, source: BinaryIO, target: BinaryIO) -> None:
    """Does what sends `verb`."""
    if verb == "LIST":
        await endpoint.list("/dir")
    elif verb == "RETR":
        await endpoint.download("/big", target, offset=0, progress=Progress())
    else:
        await endpoint.upload(source, "/new", offset=0, progress=Progress())


@pytest.mark.parametrize("code", [314, 350, 631])
@pytest.mark.parametrize("verb", ["RETR", "LIST", "STOR"])
async def test_an_answer_that_cannot_be_is_a_refusal(
    code: int, verb: str, target: BinaryIO, tmp_path: Path
) -> None:
    """At once: no data are waited for."""
    async with (
        ScriptedServer(
            TREE, [mischief.features(b"EPSV", b"SIZE"), quirks.refuse(verb, code, "What?")]
        ) as server,
        open_site(server, stall_timeout=60.0, timeout=60.0) as opened,
    ):
        words = rf"{code} What\? \({verb} .*cannot be answered so\)"
        with source_of(tmp_path, b"x" * 1000) as source, pytest.raises(CommandRefused, match=words) as caught:
            await asyncio.wait_for(begin(opened.endpoint, verb, source, target), 20)
        assert not caught.value.is_transient
        assert opened.sent.count(verb) == 1


async def test_an_end_that_cannot_be_is_a_refusal(target: BinaryIO) -> None:
    """All data came, and what follows is neither yes nor no: that is no success."""
    odd = quirks.cut_data(len(BIG), (314, b"Hm."))
    async with ScriptedServer(TREE, [odd]) as server, open_site(server) as opened:
        with pytest.raises(CommandRefused, match="314 Hm"):
            await opened.endpoint.download("/big", target, offset=0, progress=Progress())
