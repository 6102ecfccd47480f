"""S34 and S37 to S40: sizes, claims and replies that are not true, and what a file is through all of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from pathlib import Path

import pytest

from tests.security.hostile import WHEN, below, listed, listing
from tests.support.scripted import File, Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site, rules
from tests.transfers.wire import wire_desk
from tuiftp.choices import ConflictPolicy
from tuiftp.errors import CommandRefused, RemoteError
from tuiftp.files.part_file import Part
from tuiftp.files.safe_open import Folder, Place, part_name
from tuiftp.protocol.listing import parse_mlsd
from tuiftp.transfers.model import TransferState

TREE: dict[str, Content] = {"a.txt": b"hello", "b.txt": b"more", "d": {}}
HUGE = 2**63 - 1

JUNK = [
    "9223372036854775808",
    "-1",
    "0x10",
    "1e9",
    "file: 213, Size =51",
    "",
    " ",
    "٣",
    "12 34",
    "9" * 5_000,
    "\x1b5",
]


@pytest.mark.parametrize("text", JUNK)
async def test_s34_a_size_that_is_none_is_not_known(text: str) -> None:
    quirk = mischief.says_raw("SIZE", f"213 {text}\r\n".encode())
    plain = mischief.features(b"SIZE", b"UTF8")
    listless = mischief.raw_listing(b"", "LIST")
    async with ScriptedServer(TREE, [quirk, plain, listless]) as server, open_site(server) as opened:
        assert await opened.endpoint.size("/a.txt") is None


@pytest.mark.parametrize("text", [*JUNK[:4], "9" * 5_000])
def test_s34_the_same_holds_for_listings(text: str) -> None:
    (entry,) = parse_mlsd([f"type=file;size={text};{WHEN} a".encode()])
    assert entry.size is None


@pytest.mark.parametrize("size", [HUGE, 10**15, 0, 4])
async def test_s34_a_size_that_is_a_lie_allocates_nothing_and_is_found_out(tmp_path: Path, size: int) -> None:
    """Five bytes come. Nothing is preallocated by what was announced; progress copes with both."""
    tree: dict[str, Content] = {"a": File(b"hello", announced_size=size)}
    async with ScriptedServer(tree) as server, wire_desk(server, tmp_path / "here") as desk:
        result = await desk.get("/a")
        transfer = desk.only()
        if size > 5:
            assert result.done == 0
            assert transfer.state is TransferState.FAILED
            assert "a" not in desk.names()
        assert transfer.transferred <= 5
        assert sum(os.stat(desk.root / name).st_blocks for name in desk.names()) <= 64


CLAIMS: dict[str, list[Quirk]] = {
    "MLST is claimed and not known": [quirks.refuse("MLSD", 500), quirks.refuse("MLST", 500)],
    "SIZE is claimed and not known": [quirks.refuse("SIZE", 502)],
    "UTF8 is claimed and refused": [quirks.refuse("OPTS", 501)],
    "EPSV is claimed and not known": [quirks.refuse("EPSV", 502)],
    "REST is claimed and refused": [quirks.refuse("REST", 502)],
    "SYST is nonsense": [mischief.says_raw("SYST", b"215 WINDOWS_NT VMS MVS\r\n")],
    "FEAT is endless promises": [
        mischief.says_raw("FEAT", b"211-F\r\n" + b" MLST type*;\r\n" * 500 + b"211 E\r\n")
    ],
}


@pytest.mark.parametrize("claim", CLAIMS)
async def test_s37_a_claim_chooses_the_first_try_only(tmp_path: Path, claim: str) -> None:
    prefer = rules("auto", prefer_extended=True)
    async with (
        ScriptedServer(TREE, CLAIMS[claim]) as server,
        open_site(server, rules=prefer) as opened,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert await opened.names() == ["a.txt", "b.txt", "d"]
        assert (await desk.get("/a.txt")).done == 1
        assert (await desk.put("a.txt", to="/d")).done == 1
        assert server.tree.read("/d/a.txt") == b"hello"


async def test_s37_names_that_are_not_what_utf8_was_promised_keep_their_bytes(tmp_path: Path) -> None:
    tree: dict[bytes, Content] = {b"caf\xe9": b"latin"}
    async with ScriptedServer(tree) as server, wire_desk(server, tmp_path / "here") as desk:
        (name,) = await desk.opened.names()
        assert (await desk.get(f"/{name}")).done == 1
        assert b"RETR /caf\xe9" in server.lines


@pytest.mark.parametrize(
    "stale", [b"250 Done.\r\n", b"226 Done.\r\n", b"550 No.\r\n", b"200 Fine.\r\n", b"257 x\r\n"]
)
async def test_s38_no_stale_reply_says_that_a_file_is_gone(stale: bytes) -> None:
    """A reply to nothing comes behind a NOOP; then a file is deleted that the server refuses to delete."""
    async with (
        ScriptedServer(TREE, [mischief.stale_reply("NOOP", stale), quirks.refuse("DELE", 550)]) as server,
        open_site(server) as opened,
    ):
        await opened.endpoint.session.run(lambda client: client.ask("NOOP"))
        for _ in range(3):
            with pytest.raises(CommandRefused, match="550 Not this one"):
                await opened.endpoint.remove_file("/a.txt")
        assert await opened.endpoint.size("/b.txt") == 4
        assert server.tree.names() == ["a.txt", "b.txt", "d"]


async def test_s38_the_late_answer_to_one_is_not_that_to_the_next() -> None:
    """DELE is cancelled while its answer is on the way: the RMD that follows gets its own."""
    release = asyncio.Event()

    async def late(session: Session, _: bytes) -> None:
        await release.wait()
        await session.reply(250, "Deleted.")

    async with (
        ScriptedServer(TREE, [mischief.on("DELE", late), quirks.refuse("RMD", 550)]) as server,
        open_site(server, drain_timeout=5.0) as opened,
    ):
        task = asyncio.create_task(opened.endpoint.remove_file("/a.txt"))
        await server.wait_for("DELE")
        task.cancel()
        await asyncio.wait({task})
        release.set()
        with pytest.raises(CommandRefused, match="550 Not this one"):
            await opened.endpoint.remove_directory("/d")


async def test_s38_replies_before_the_login_are_answers_to_nothing() -> None:
    """A server (or somebody between) that says 230 before it was asked does not log us in."""
    greeting = mischief.banner(b"220 Ready.\r\n230 You are in.\r\n230 You are in.\r\n")
    async with (
        ScriptedServer(TREE, [greeting], users={"ftptest": "right"}) as server,
        open_site(server, password="wrong", connect=False) as opened,
    ):
        with pytest.raises(RemoteError):
            await opened.site.connect()
        assert not opened.site.is_connected
        assert not any(session.logged_in for session in server.sessions)


async def test_s38_lines_that_end_in_lf_alone_and_come_byte_by_byte_are_replies() -> None:
    def lf_only(server: ScriptedServer) -> None:
        usual = Session.raw

        class Lf(Session):
            async def raw(self, data: bytes) -> None:
                await usual(self, data.replace(b"\r\n", b"\n"))

        server.guards.append(lambda session, command: _become(session, Lf))
        server.banner = b"220 Ready.\n"

    async def _become(session: Session, kind: type[Session]) -> bool:
        session.__class__ = kind
        return False

    quirk = [lf_only, mischief.drip_replies()]
    async with ScriptedServer(TREE, quirk) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt", "b.txt", "d"]
        assert await opened.endpoint.size("/a.txt") == 5


BREAKS: dict[str, Quirk] = {
    "cut": quirks.cut_data(40_000), "reset": quirks.cut_data(40_000, reset=True),
    "cut and called done": quirks.cut_data(40_000, (226, b"Done.")), "stalled": quirks.stall_data(40_000),
    "refused": quirks.refuse_transfer(451, verbs=["RETR", "STOR"]), "no last word": quirks.cut_data(40_000, None),
}  # fmt: skip


@pytest.mark.parametrize("kind", BREAKS)
async def test_s39_a_good_file_is_never_replaced_by_half_of_one(tmp_path: Path, kind: str) -> None:
    async with (
        ScriptedServer({"a": b"new" * 100_000}, [BREAKS[kind]]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "a").write_bytes(b"old and good")
        batch = await desk.fetch("/a", policy=ConflictPolicy.OVERWRITE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await desk.queue.wait_batch(batch)
        assert (desk.root / "a").read_bytes() == b"old and good"
        desk.queue.cancel_batch(batch)
        await desk.queue.wait_idle()
        desk.queue.clear_finished()
        assert (desk.root / "a").read_bytes() == b"old and good"
    assert below(tmp_path) == ["here", "here/a"], "nothing is left behind"


async def test_s39_a_part_is_for_its_owner_alone_until_it_is_whole(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": b"new" * 200_000}, [quirks.hold_data(300_000)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        batch = await desk.fetch("/a")
        await server.fault_reached.wait()
        await desk.events.until(lambda: desk.only().transferred > 0 or bool(desk.names()))
        (name,) = desk.names()
        assert name.startswith(".a.")
        assert stat.S_IMODE(os.stat(desk.root / name).st_mode) == 0o600
        server.release.set()
        await desk.over(batch)
        assert desk.names() == ["a"]


def test_s40_a_part_s_name_cannot_be_guessed() -> None:
    names = {part_name("a") for _ in range(500)}
    assert len(names) == 500
    assert all(len(name.split(".")[2]) >= 10 for name in names)


def test_s40_a_part_is_made_new_or_not_at_all(tmp_path: Path) -> None:
    """Whatever lies under its name: a file, a link to another's file, a link to nothing."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    with Folder.open(str(tmp_path)) as folder:
        for number, place in enumerate((victim, tmp_path / "nothing")):
            os.symlink(place, tmp_path / f"link{number}")
            with pytest.raises(Exception, match="create"):
                folder.create(f"link{number}")
        with pytest.raises(Exception, match="create"):
            folder.create("victim")
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "nothing").exists()


def test_s40_a_part_that_was_swapped_is_not_gone_on_with(tmp_path: Path) -> None:
    part = Part(Place(str(tmp_path), (), "a"))
    part.begin()
    part.file.write(b"ours")
    part.close()
    path = Path(part.path or "")
    path.unlink()
    path.write_bytes(b"somebody else's")
    assert not part.reopen()
    path.unlink()
    path.symlink_to(tmp_path / "victim")
    assert not Part.left_behind(Place(str(tmp_path), (), "a"), path.name.split(".")[2]).reopen()


async def test_s40_a_remote_file_that_is_named_like_our_part_is_no_part(tmp_path: Path) -> None:
    name = ".a.0123456789.tuiftp-part"
    server = listed({name: b"evil" * 100, "a": b"good" * 30_000}, {"/": listing()})
    async with server, wire_desk(server, tmp_path / "here") as desk:
        (desk.root / name).write_bytes(b"evil" * 10)
        assert (await desk.get("/a")).done == 1
        assert (desk.root / "a").read_bytes() == b"good" * 30_000
        assert not any(line.startswith(b"REST") for line in server.lines)
        assert (desk.root / name).read_bytes() == b"evil" * 10
