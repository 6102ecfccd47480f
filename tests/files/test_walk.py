"""Walking and deleting trees: bounded, in order, never through a link."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.fake_endpoint import FakeEndpoint, FakeSite, refused
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import ConnectionLost, FileRefused
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.walk import TURN, Found, TreeCount, count_tree, delete_tree, walk


def site() -> FakeSite:
    built = FakeSite()
    built.add("/t/a", b"aa")
    built.add("/t/x/b", b"bbb")
    built.add("/t/x/y/c", b"c")
    built.add("/t/link", b"", kind=EntryKind.LINK)
    built.add_directory("/t/empty")
    built.add("/other/precious", b"p")
    return built


async def walked(fake: FakeSite, path: str = "/t", **limits: int) -> list[Found]:
    return [found async for found in walk(FakeEndpoint(fake), path, **limits)]


async def test_directories_come_before_their_contents() -> None:
    found = [item.path for item in await walked(site())]
    assert set(found) == {"/t/a", "/t/x", "/t/x/b", "/t/x/y", "/t/x/y/c", "/t/link", "/t/empty"}
    for path in found:
        above = path.rpartition("/")[0]
        assert above == "/t" or found.index(above) < found.index(path)
    assert {item.parts for item in await walked(site())} >= {("x", "y", "c")}


async def test_self_and_parent_entries_of_a_server_are_left_out() -> None:
    fake = site()
    fake.extra["/t/x"] = [Entry(".", EntryKind.DIR), Entry("..", EntryKind.DIR)]
    assert all(item.entry.name not in (".", "..") for item in await walked(fake))


async def test_a_name_that_leads_elsewhere_is_a_problem_and_no_path() -> None:
    fake = site()
    fake.extra["/t"] = [Entry("../other", EntryKind.DIR)]
    bad = [item for item in await walked(fake) if item.problem]
    assert [item.entry.name for item in bad] == ["../other"]
    assert "/other/precious" not in {item.path for item in await walked(fake)}


async def test_what_cannot_be_read_is_a_problem_and_the_rest_goes_on() -> None:
    fake = site()
    fake.refusals["LIST", "/t/x"] = refused("LIST", text="Permission denied")
    found = await walked(fake)
    assert [item.path for item in found if item.problem] == ["/t/x"]
    assert "/t/empty" in {item.path for item in found}


async def test_the_top_must_be_readable_and_the_connection_alive() -> None:
    fake = site()
    fake.refusals["LIST", "/t"] = refused("LIST")
    with pytest.raises(FileRefused):
        await walked(fake)
    del fake.refusals["LIST", "/t"]
    fake.refusals["LIST", "/t/x"] = ConnectionLost("gone")
    with pytest.raises(ConnectionLost):
        await walked(fake)


async def test_depth_is_bounded() -> None:
    fake = FakeSite()
    path = ""
    for _ in range(100):
        path += "/x"
    fake.add_directory(path)
    found = await walked(fake, "/x")
    assert len(found) == 66
    assert "64 levels" in (found[-1].problem or "")


async def test_a_circle_that_the_server_tells_of_is_not_walked_again() -> None:
    fake = site()
    fake.aliases["/t/x/y"] = "/t"
    found = await walked(fake)
    assert [item.path for item in found if item.problem] == ["/t/x/y"]
    assert "/t/x/y/c" not in {item.path for item in found}


async def test_number_is_bounded() -> None:
    fake = FakeSite()
    for number in range(20):
        fake.add(f"/d/{number}", b"")
    found = await walked(fake, "/d", entry_limit=10)
    assert len(found) == 11
    assert "stopped after 10" in (found[-1].problem or "")


async def test_a_directory_can_be_left_out_by_the_caller() -> None:
    paths = []
    async for found in walk(FakeEndpoint(site()), "/t"):
        paths.append(found.path)
        found.descend = found.entry.name != "x"
    assert "/t/x" in paths
    assert "/t/x/b" not in paths


async def test_counts_for_a_question_before_a_deletion() -> None:
    fake, told = site(), list[TreeCount]()
    sources = [fake.source("/t"), fake.source("/other/precious")]
    count = await count_tree(FakeEndpoint(fake), sources, on_progress=told.append)
    assert (count.files, count.directories, count.size) == (5, 4, 7)
    assert told[-1] == count


async def test_a_tree_is_deleted_and_nothing_else() -> None:
    fake, told = site(), list[str]()
    problems = await delete_tree(FakeEndpoint(fake), *fake.source("/t"), on_progress=told.append)
    assert problems == ()
    assert set(fake.nodes) == {"/", "/other", "/other/precious"}
    assert told[-1] == "/t"


async def test_a_link_that_a_server_calls_a_directory_is_unlinked_not_emptied() -> None:
    fake = site()
    fake.nodes["/t/x"].kind = EntryKind.LINK
    fake.nodes["/t/x"].data = b""
    fake.extra["/t"] = []
    entry = Entry("x", EntryKind.DIR)
    await delete_tree(FakeEndpoint(fake), "/t/x", entry)
    assert "/t/x" not in fake.nodes
    assert "/t/x/b" in fake.nodes
    assert fake.count("LIST") == 0


async def test_what_is_refused_stays_with_what_holds_it_and_is_named() -> None:
    fake = site()
    fake.refusals["DELE", "/t/x/b"] = refused("DELE", text="Permission denied")
    problems = await delete_tree(FakeEndpoint(fake), *fake.source("/t"))
    assert set(fake.nodes) == {"/", "/other", "/other/precious", "/t", "/t/x", "/t/x/b"}
    assert any("Permission denied" in problem for problem in problems)


async def test_a_lost_connection_ends_a_deletion() -> None:
    fake = site()
    fake.refusals["DELE", "/t/a"] = ConnectionLost("gone")
    with pytest.raises(ConnectionLost):
        await delete_tree(FakeEndpoint(fake), *fake.source("/t"))


async def test_on_the_local_disk_links_are_unlinked_only(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "precious").touch()
    (tmp_path / "t" / "x").mkdir(parents=True)
    (tmp_path / "t" / "link").symlink_to(tmp_path / "home")
    (tmp_path / "t" / "x" / "f").touch()
    local = LocalEndpoint()
    entry = await local.entry(str(tmp_path / "t"))
    assert entry is not None
    assert await delete_tree(local, str(tmp_path / "t"), entry) == ()
    assert not (tmp_path / "t").exists()
    assert (tmp_path / "home" / "precious").exists()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    link = await local.entry(str(tmp_path / "link"))
    assert link is not None
    await delete_tree(local, str(tmp_path / "link"), link)
    assert (tmp_path / "home" / "precious").exists()
    local.close()


async def test_a_long_directory_lets_others_have_their_turn() -> None:
    fake = FakeSite()
    fake.extra["/"] = [Entry(f"file-{number}", EntryKind.FILE, 1) for number in range(20 * TURN)]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    count = await count_tree(FakeEndpoint(fake), [("/", Entry("", EntryKind.DIR))])
    task.cancel()
    assert count.files == 20 * TURN
    assert turns >= 20
