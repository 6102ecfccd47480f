"""S19 to S21: links that lead out, deletions that go too far, trees that never end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.security.hostile import WHEN, below, endless, listed, listing
from tests.support.scripted import ScriptedServer, Session
from tests.support.scripted.tree import Content
from tests.support.sites import QUICK, open_site
from tests.transfers.wire import wire_desk
from tuiftp.choices import ConflictPolicy
from tuiftp.demo.lab.transfer import send_payload
from tuiftp.entries import Entry, EntryKind
from tuiftp.files.walk import DEPTH_LIMIT, count_tree, delete_tree, walk

LINKS = listing(
    f"type=OS.unix=slink:/etc;{WHEN} etc",
    f"type=OS.unix=symlink;{WHEN} other",
    f"type=OS.unix=slink:..;{WHEN} up",
)


async def test_s19_no_link_is_made_from_a_listing(tmp_path: Path) -> None:
    server = listed({"d": {"good": b"good"}}, {"/d": LINKS})
    async with server, wire_desk(server, tmp_path / "here") as desk:
        await desk.get("/d")
    assert below(tmp_path) == ["here", "here/d", "here/d/good"]


async def test_s19_a_directory_that_was_a_link_a_moment_ago_leads_nowhere(tmp_path: Path) -> None:
    """The listing first says `link -> /outside`, then lists files inside a directory of that name."""
    outside = tmp_path / "outside"
    outside.mkdir()
    link = f"type=OS.unix=slink:{outside};{WHEN} link"
    server = listed({"d": {"link": {"passwd": b"owned"}}}, {"/d": listing(link)})
    async with server, wire_desk(server, tmp_path / "here") as desk:
        await desk.get("/d")
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "here" / "d" / "link").is_symlink()


@pytest.mark.parametrize("policy", [ConflictPolicy.OVERWRITE, ConflictPolicy.RESUME, ConflictPolicy.RENAME])
@pytest.mark.parametrize("where", ["file", "directory"])
async def test_s19_a_link_that_lies_in_the_target_is_not_followed(
    tmp_path: Path, policy: ConflictPolicy, where: str
) -> None:
    outside, here = tmp_path / "outside", tmp_path / "here"
    outside.mkdir()
    (outside / "victim").write_bytes(b"precious")
    (here / "d").mkdir(parents=True)
    if where == "file":
        (here / "d" / "x").symlink_to(outside / "victim")
    else:
        (here / "d" / "sub").symlink_to(outside)
    tree: dict[str, Content] = {"d": {"x": b"attack!!", "sub": {"victim": b"attack!!"}}}
    async with ScriptedServer(tree) as server, wire_desk(server, here) as desk:
        await desk.get("/d", policy=policy)
    assert [path.name for path in outside.iterdir()] == ["victim"]
    assert (outside / "victim").read_bytes() == b"precious"


DECEPTIVE = listing(
    f"type=cdir;{WHEN} .", f"type=pdir;{WHEN} ..", f"type=dir;{WHEN} .", f"type=dir;{WHEN} ..",
    f"type=dir;{WHEN} ../..",
    f"type=dir;{WHEN} /", f"type=dir;{WHEN} /precious", f"type=file;{WHEN} ../precious/file",
    f"type=OS.unix=slink:/precious;{WHEN} link",
)  # fmt: skip


async def test_s20_a_recursive_delete_stays_below_what_was_chosen() -> None:
    server = listed({"d": {"a": b"1", "sub": {"b": b"2"}}, "precious": {"file": b"3"}}, {"/d": DECEPTIVE})
    async with server, open_site(server) as opened:
        problems = await delete_tree(opened.endpoint, "/d", Entry("d", EntryKind.DIR))
        assert server.tree.read("/precious/file") == b"3"
        touched = {one.argument for one in server.received if one.verb in ("DELE", "RMD", "CWD")}
        assert {path for path in touched if not path.startswith(b"/d") and path != b"/"} == set()
        assert not any(b".." in path for path in touched)
        assert b"/d/link" in touched
        assert not any(path.startswith(b"/d/link/") for path in touched)
        assert problems, "what could not be deleted is told"


async def test_s20_a_link_that_passes_for_a_directory_is_unlinked_not_emptied() -> None:
    """pyftpdlib says type=dir for a link to one; DELE takes the link away, and nothing behind it."""
    server = listed({"d": {}, "precious": {"file": b"3"}}, {"/d": listing(f"type=dir;{WHEN} link")})
    usual = server.verbs["DELE"]

    async def delete(session: Session, argument: bytes) -> None:
        await (session.reply(250, "Unlinked.") if argument == b"/d/link" else usual(session, argument))

    server.verbs["DELE"] = delete
    async with server, open_site(server) as opened:
        assert await delete_tree(opened.endpoint, "/d", Entry("d", EntryKind.DIR)) == ()
        assert b"CWD /d/link" not in server.lines
        assert server.tree.read("/precious/file") == b"3"


async def test_s21_a_tree_without_an_end_ends_and_says_so(tmp_path: Path) -> None:
    server = endless()
    async with server, wire_desk(server, tmp_path / "here") as desk:
        result = await desk.over(await desk.fetch("/x"))
        assert result.done == DEPTH_LIMIT + 1
        assert any("levels deep" in (transfer.error or "") for transfer in desk.queue.transfers())


async def test_s21_counting_and_deleting_end_too() -> None:
    server = endless()
    async with server, open_site(server) as opened:
        source = ("/x", Entry("x", EntryKind.DIR))
        count = await count_tree(opened.endpoint, [source])
        assert count.directories <= DEPTH_LIMIT + 2
        assert any("levels deep" in problem for problem in count.problems)
        problems = await delete_tree(opened.endpoint, *source)
        assert any("levels deep" in problem for problem in problems)


async def test_s21_a_broad_tree_stops_at_the_limit_of_entries() -> None:
    server = endless()
    async with server, open_site(server) as opened:
        found = [one async for one in walk(opened.endpoint, "/x", entry_limit=25)]
        assert len(found) == 26
        assert "stopped after 25 entries" in (found[-1].problem or "")


async def test_s21_a_directory_that_contains_itself_is_read_once() -> None:
    """The server resolves `/d/self` to `/d`, and says so where it is asked."""
    server = listed({"d": {"self": {}, "a": b"1"}}, {})

    async def mlsd(session: Session, _: bytes) -> None:
        await send_payload(session, listing(f"type=dir;{WHEN} self", f"type=file;size=1;{WHEN} a"))

    async def into(session: Session, argument: bytes) -> None:
        session.cwd = session.server.tree.path(session.cwd, argument)
        await session.reply(250, "Fine.")

    server.verbs |= {"MLSD": mlsd, "CWD": into}
    async with server, open_site(server) as opened, asyncio.timeout(20):
        count = await count_tree(opened.endpoint, [("/d", Entry("d", EntryKind.DIR))])
        assert count.directories <= DEPTH_LIMIT + 2
        assert count.problems


@pytest.mark.parametrize("act", ["close", "cancel"])
async def test_s21_a_scan_can_be_cancelled_at_once(tmp_path: Path, act: str) -> None:
    server = endless()
    patient = replace(QUICK, timeout=300.0, stall_timeout=300.0, drain_timeout=300.0)
    async with server, wire_desk(server, tmp_path / "here", options=patient) as desk:
        batch = await desk.fetch("/x")
        await server.wait_for("MLSD", times=3)
        began, before = time.monotonic(), server.count("MLSD")
        if act == "cancel":
            desk.queue.cancel_batch(batch)
            await desk.over(batch)
        else:
            await desk.queue.close()
        assert time.monotonic() - began < 20.0  # what could be waited for takes longer
        sent = server.count("MLSD")
        assert sent <= before + 2
        async with asyncio.timeout(5):
            await desk.opened.endpoint.list("/")
        assert server.count("MLSD") <= sent + 2
