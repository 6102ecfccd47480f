"""Faults of disks, names, times and of this program itself, each by its number."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds
from tests.support.scripted import File, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.servers import Place
from tests.transfers.wire import DATA, wire_desk
from tuiftp.choices import ConflictPolicy
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.transfer_options import TransferOptions

WHEN = datetime(2026, 11, 23, 9, 40, 12, tzinfo=UTC)


@contextlib.contextmanager
def small_disk(path: Path, size: str = "64k", *, mode: str = "rw") -> Iterator[Path]:
    """A disk of its own, so small that it is soon full."""
    path.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},{mode}", "tmpfs", str(path)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def enlarge(disk: Path, size: str) -> None:
    """Makes room on a small disk."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


async def test_f10_a_full_server_is_told_plainly_and_the_old_file_stays(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": b"old"}, [quirks.disk_full(20_000)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).failed == 1
        assert server.tree.read("/a") == b"old"
        assert "552" in (desk.only().error or "")
        assert server.count("STOR") == 1


@pytest.mark.parametrize("kind", kinds("vsftpd", "proftpd", "pureftpd"))
@pytest.mark.parametrize("size", [50_000, 300_000])
@pytest.mark.parametrize("room", ["some", "none"])
async def test_f10_a_server_on_a_full_disk_is_named_held_and_not_asked_again(
    kind: str, size: int, room: str, start_ftp_server: StartServer, tmp_path: Path
) -> None:
    """vsftpd and Pure-FTPd say 451; ProFTPD says 452, or 451 where half of a block still found room."""
    server = start_ftp_server(kind, Place())
    disk = server.home / "small"
    with small_disk(disk, "36k"):
        disk.chmod(0o777)
        (disk / "a").write_bytes(b"old")
        server.give(disk / "a")
        if room == "none":
            (disk / "filling").write_bytes(bytes(32 * 1024))
        async with wire_desk(server, tmp_path / "here") as desk:
            (desk.root / "a").write_bytes(DATA[:1] * size)
            assert (await desk.put("a", to=server.remote("small"))).failed == 1
            assert (disk / "a").read_bytes() == b"old"
            assert desk.only().attempts == 1, desk.only().error
            (hold,) = desk.queue.totals().holds
            assert hold.direction is Direction.UPLOAD
            assert hold.site == desk.opened.site.pool.label
            assert "cannot store more" in hold.reason
            assert "room" in (desk.only().hint or "")


async def test_f10_a_full_server_stops_neither_downloads_nor_other_sites(tmp_path: Path) -> None:
    full = quirks.refuse_transfer(451, b"Failure writing to local file.", verbs=["STOR"])
    async with (
        ScriptedServer({"a": DATA}, [full]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "b").write_bytes(DATA)
        assert (await desk.put("b")).failed == 1
        assert (await desk.get("/a")).done == 1


async def test_f11_a_full_local_disk_keeps_the_old_file_and_the_part(tmp_path: Path) -> None:
    with small_disk(tmp_path / "here", "40k") as disk:
        async with ScriptedServer({"a": DATA}) as server, wire_desk(server, disk) as desk:
            (disk / "a").write_bytes(b"old")
            assert (await desk.get("/a")).failed == 1
            assert (disk / "a").read_bytes() == b"old"
            assert "space" in (desk.only().error or "").lower()
            enlarge(disk, "400k")
            desk.queue.retry_failed()
            desk.queue.resume_all()
            async with asyncio.timeout(5):
                await desk.queue.wait_idle()
            assert (disk / "a").read_bytes() == DATA
            assert server.count("REST") == 1


async def test_f12_what_is_not_permitted_is_not_tried_again(tmp_path: Path) -> None:
    tree = {"a": DATA, "b": DATA}
    refusal = quirks.refuse_transfer(550, b"Permission denied.", verbs=["RETR"], times=1)
    with small_disk(tmp_path / "here", mode="ro") as disk:
        async with ScriptedServer(tree, [refusal]) as server, wire_desk(server, disk) as desk:
            desk.queue.set_parallel(1)
            result = await desk.get("/a", "/b")
            assert (result.done, result.failed) == (0, 2)
            assert [transfer.attempts for transfer in desk.queue.transfers()] == [1, 1]
            assert desk.clock.waits == []


async def test_f15_a_size_is_asked_in_type_i_and_its_refusal_is_no_failure(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a.txt": b"a\r\nb\r\n"}, [quirks.refuse("SIZE", 550, "SIZE not allowed")]) as server,
        wire_desk(server, tmp_path / "here", TransferOptions(ascii_extensions=frozenset({"txt"}))) as desk,
    ):
        assert (await desk.get("/a.txt")).done == 1
        assert (desk.root / "a.txt").read_bytes() == b"a\nb\n"
        assert not desk.only().is_verified
        (desk.root / "c").write_bytes(DATA)
        assert (await desk.put("c")).done == 1
        in_force = dict.fromkeys(range(10), b"")
        for one in server.received:
            in_force[one.conn] = one.line if one.verb == "TYPE" else in_force[one.conn]
            assert one.verb != "SIZE" or in_force[one.conn] == b"TYPE I"
        assert server.count("SIZE") == 1


async def test_f17_an_empty_directory_that_a_server_denies_is_empty(tmp_path: Path) -> None:
    names = mischief.features(b"EPSV", b"SIZE")
    async with (
        ScriptedServer({"d": {"empty": {}, "a": DATA}}, [names]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        usual = server.handler("LIST")

        async def denies(session: Session, argument: bytes) -> None:
            if session.cwd[-1:] == (b"empty",):
                session.drop_port()
                await session.reply(550, "No files found.")
            else:
                await usual(session, argument)

        server.verbs["LIST"] = denies
        result = await desk.get("/d")
        assert (result.done, result.failed) == (1, 0)
        assert (desk.root / "d" / "empty").is_dir()


@pytest.mark.parametrize("hours", [0, -8, 5])
async def test_f18_a_listing_in_the_servers_own_zone_gives_the_right_time(tmp_path: Path, hours: int) -> None:
    names = mischief.features(b"EPSV", b"SIZE", b"MDTM")
    there = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    line = (there + timedelta(hours=hours)).strftime("-rw-r--r-- 1 ftp ftp %%d %b %d %H:%M %%s\r\n")
    tree = {name: File(DATA, modified=there) for name in "ab"}
    listing = "".join(line % (len(DATA), name) for name in "ab").encode()
    async with (
        ScriptedServer(tree, [names, mischief.raw_listing(listing, "LIST")]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        desk.queue.set_parallel(1)
        assert (await desk.get("/a", "/b")).done == 2
        for name in "ab":
            here = (desk.root / name).stat().st_mtime
            assert abs(here - there.timestamp()) < 60
        assert server.count("MDTM") == 1
        assert (await desk.get("/a", policy=ConflictPolicy.NEWER)).skipped == 1


async def test_f19_a_time_alone_never_replaces_what_may_be_newer(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": File(DATA, modified=WHEN)}) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "a").write_bytes(b"mine")
        os.utime(desk.root / "a", (WHEN.timestamp() - 1, WHEN.timestamp() - 1))
        assert (await desk.get("/a", policy=ConflictPolicy.NEWER)).skipped == 1
        assert (desk.root / "a").read_bytes() == b"mine"


@pytest.mark.parametrize("raw", [b"caf\xe9.txt", b"\x83\x5c.txt", "naïve – ☃.txt".encode()])
async def test_f20_the_bytes_of_a_name_come_back_as_they_were(tmp_path: Path, raw: bytes) -> None:
    async with ScriptedServer({raw: DATA}) as server, wire_desk(server, tmp_path / "here") as desk:
        name = os.fsdecode(raw)
        assert (await desk.get(f"/{name}")).done == 1
        assert os.listdir(os.fsencode(desk.root)) == [raw]
        del server.tree.root.children[raw]
        assert (await desk.put(name)).done == 1
        assert list(server.tree.root.children) == [raw]


async def test_f21_words_in_latin_1_stop_nothing(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [mischief.banner(b"220-Caf\xe9\r\n220 \xfcber alles\r\n")]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get("/a")).done == 1


async def test_f26_a_killed_program_leaves_the_old_file_whole(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "a").write_bytes(b"old")
    words = [sys.executable, "-m", "tuiftp", "get", "--overwrite", "always", "-o", str(here) + "/"]
    async with ScriptedServer({"a": DATA}, [quirks.hold_data(20_000, times=1)]) as server:
        url = f"ftp://u:p@127.0.0.1:{server.port}/a"
        running = await asyncio.create_subprocess_exec(*words, url, stderr=subprocess.PIPE)
        async with asyncio.timeout(15):
            await server.fault_reached.wait()
            running.send_signal(signal.SIGKILL)
            await running.wait()
        assert (here / "a").read_bytes() == b"old"
        again = await asyncio.create_subprocess_exec(*words, url, stderr=subprocess.PIPE)
        async with asyncio.timeout(15):
            await again.communicate()
        assert again.returncode == 0
        assert (here / "a").read_bytes() == DATA


async def test_f27_a_file_of_no_bytes_is_made_on_both_sides(tmp_path: Path) -> None:
    async with ScriptedServer({"a": b""}) as server, wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "b").touch()
        assert (await desk.get("/a")).done == 1
        assert (await desk.put("b")).done == 1
        assert (desk.root / "a").read_bytes() == b""
        assert server.tree.read("/b") == b""
        assert all(transfer.is_verified for transfer in desk.queue.transfers())


async def test_f27_a_file_that_grows_meanwhile_is_kept_and_said_to_have_grown(tmp_path: Path) -> None:
    """Listed with half of what then comes, and longer still when its size is asked afterwards."""

    def grows(server: ScriptedServer) -> None:
        usual = server.handler("RETR")

        async def handler(session: Session, argument: bytes) -> None:
            node = session.server.tree.directory(()).children[b"log"]
            assert isinstance(node, File)
            node.announced_size = None
            await usual(session, argument)
            node.announced_size = len(DATA) + 10

        server.verbs["RETR"] = handler

    tree: dict[str, Content] = {"log": File(DATA, announced_size=len(DATA) // 2)}
    async with ScriptedServer(tree, [grows]) as server, wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get("/log")).done == 1
        assert (desk.root / "log").read_bytes() == DATA
        assert desk.only().is_verified is False
        assert desk.only().error == "the file grew while it was fetched"


async def test_f27_an_offset_beyond_four_gigabytes_is_sent_as_it_is(tmp_path: Path) -> None:
    size = (5 << 30) + 1000
    async with (
        ScriptedServer({"a": File(b"", announced_size=size)}) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert await desk.opened.endpoint.size("/a") == size
        assert await desk.opened.endpoint.read("/a", offset=size - 10, limit=10) == b""
        assert f"REST {size - 10}".encode() in server.lines


async def test_s22_two_spellings_of_one_name_never_replace_each_other(tmp_path: Path) -> None:
    """On a disk that tells them apart both are kept as they are."""
    names = ["README", "readme", "\u00e9", "e\u0301"]
    async with (
        ScriptedServer({name: name.encode() for name in names}) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get(*(f"/{name}" for name in names))).done == 4
        assert {path.read_bytes() for path in desk.root.iterdir()} == {name.encode() for name in names}


@pytest.mark.parametrize("text", ["9223372036854775808", "-1", "file: 213, Size =51", "1e9", "٣"])
async def test_s34_a_size_that_is_none_is_not_known(tmp_path: Path, text: str) -> None:
    async with (
        ScriptedServer({}, [quirks.refuse("MLST", 502), mischief.features(b"EPSV")]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        mischief.says_raw("SIZE", f"213 {text}\r\n".encode())(server)
        mischief.raw_listing(b"", "LIST")(server)
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert desk.only().state is TransferState.DONE
        assert not desk.only().is_verified


async def test_s40_a_remote_file_that_is_called_like_a_part_is_a_file_like_any(tmp_path: Path) -> None:
    name = ".a.0123456789.tuiftp-part"
    async with ScriptedServer({name: DATA}) as server, wire_desk(server, tmp_path / "here") as desk:
        (desk.root / name).write_bytes(DATA[:5000])
        assert (await desk.get(f"/{name}", policy=ConflictPolicy.SKIP)).skipped == 1
        assert (desk.root / name).read_bytes() == DATA[:5000]
        assert (await desk.get(f"/{name}")).done == 1
        assert (desk.root / name).read_bytes() == DATA


@pytest.mark.parametrize("says", [8, None], ids=["says the old size", "says no size"])
async def test_more_than_the_server_says_is_kept(says: int | None, tmp_path: Path) -> None:
    """A log that grew while it came: all bytes to the end of the data are the file's own."""
    quirk = mischief.features(b"EPSV", b"SIZE")

    def silent(server: ScriptedServer) -> None:
        if says is None:
            quirks.refuse("SIZE", 550)(server)

    tree: dict[str, Content] = {"log": File(DATA[:49], announced_size=8)}
    async with (
        ScriptedServer(tree, [quirk, silent]) as server, wire_desk(server, tmp_path / "here") as desk,
    ):  # fmt: skip
        assert (await desk.get("/log")).done == 1
        assert (desk.root / "log").read_bytes() == DATA[:49]
        assert desk.only().is_verified is False
        assert desk.only().error == "changed during transfer: 49 bytes arrived, the server says 8"
