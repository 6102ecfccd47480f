"""A walk with several readers finds what a walk with one does, reads at once, and stops when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import ConnectionLost, TuiftpError
from tuiftp.files.endpoint import Listing
from tuiftp.files.parallel_walk import walk_widely
from tuiftp.files.walk import walk


class Shelves:
    """A tree in memory that counts who reads at the same time."""

    def __init__(self, tree: dict[str, list[Entry]]) -> None:
        self.tree = tree
        self.now = self.most = self.rests = 0
        self.read: list[str] = []

    def name(self, path: str) -> str:
        return path.rpartition("/")[2]

    def join(self, directory: str, name: str) -> str:
        return f"{directory.rstrip('/')}/{name}"

    async def list(self, path: str) -> Listing:
        self.read.append(path)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.now -= 1
        if path not in self.tree:
            raise ConnectionLost("gone")
        return Listing(path, self.tree[path])

    async def rest(self) -> None:
        self.rests += 1


def folder(name: str) -> Entry:
    return Entry(name, EntryKind.DIR)


def wide_tree() -> dict[str, list[Entry]]:
    tree: dict[str, list[Entry]] = {"/t": [folder(f"d{one}") for one in range(8)]}
    for one in range(8):
        tree[f"/t/d{one}"] = [folder("e"), Entry("f", EntryKind.FILE, size=one), Entry("l", EntryKind.LINK)]
        tree[f"/t/d{one}/e"] = [Entry("g", EntryKind.FILE, size=1)]
    return tree


async def paths(shelves: Shelves, readers: int, **limits: int) -> list[str]:
    return [found.path async for found in walk_widely([shelves] * readers, "/t", **limits)]


async def test_it_finds_what_one_reader_finds_and_each_directory_before_its_contents() -> None:
    shelves = Shelves(wide_tree())
    one = [found.path async for found in walk(shelves, "/t")]
    shelves.read.clear()
    wide = await paths(shelves, 5)
    assert sorted(wide) == sorted(one)
    assert all(wide.index(path.rpartition("/")[0]) < wide.index(path) for path in wide if path.count("/") > 2)
    assert sorted(shelves.read) == sorted(set(shelves.read)), "nothing is read twice"


async def test_so_many_are_read_at_once() -> None:
    shelves = Shelves(wide_tree())
    await paths(shelves, 4)
    assert shelves.most == 4
    assert shelves.rests > 0


async def test_what_the_caller_does_not_want_is_not_read() -> None:
    shelves = Shelves(wide_tree())
    async for found in walk_widely([shelves] * 3, "/t"):
        found.descend = found.path != "/t/d3"
    assert "/t/d3" not in shelves.read
    assert "/t/d2/e" in shelves.read


async def test_the_limits_hold() -> None:
    shelves = Shelves(wide_tree())
    found = [one async for one in walk_widely([shelves] * 3, "/t", entry_limit=5)]
    assert len(found) == 6
    assert found[-1].problem is not None
    shallow = [one async for one in walk_widely([shelves] * 3, "/t", depth_limit=1)]
    assert sum(one.problem is not None for one in shallow) == 8


async def test_a_lost_connection_ends_it_and_leaves_no_task() -> None:
    tree = wide_tree()
    del tree["/t/d5"]
    with pytest.raises(TuiftpError):
        await paths(Shelves(tree), 4)
    assert len(asyncio.all_tasks()) == 1


async def test_stopping_early_leaves_no_task() -> None:
    walking = walk_widely([Shelves(wide_tree())] * 4, "/t")
    await anext(walking)
    await walking.aclose()  # type: ignore[attr-defined]
    assert len(asyncio.all_tasks()) == 1
