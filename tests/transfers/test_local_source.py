"""Files of this disk go through the queue as those of a server do: the disk is a place that lends sessions."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest

from tests.files.test_local import OTHER_DISK
from tests.transfers.conftest import BOUND, Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.transfers.model import Direction

FILES = {"a": bytes(range(250)) * 12_000, "deep/b": b"small", "deep/empty": b""}


async def copied(
    desk: Desk, source: Path, *, policy: ConflictPolicy | None = None, move: bool = False
) -> int:
    """Queue all that is in a directory."""
    endpoint = desk.local
    sources = [(endpoint.join(str(source), e.name), e) for e in (await endpoint.list(str(source))).entries]
    return desk.queue.copy(desk.disk, sources, desk.disk, str(desk.root), policy=policy, move=move)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A tree on this disk."""
    for name, data in FILES.items():
        path = tmp_path / "from" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "from"


@pytest.mark.parametrize("move", [False, True])
async def test_a_tree_is_copied_or_moved_on_this_disk(desk: Desk, source: Path, move: bool) -> None:
    (desk.root / "a").write_bytes(b"old")
    batch = await copied(desk, source, policy=ConflictPolicy.OVERWRITE, move=move)
    assert (await desk.over(batch)).done == len(FILES)
    for name, data in FILES.items():
        assert (desk.root / name).read_bytes() == data
        assert (source / name).exists() is not move
    assert all(each.is_verified for each in desk.queue.transfers())
    assert {p.name for p in desk.root.rglob("*") if p.is_file()} == {"a", "b", "empty"}


async def test_a_paused_copy_goes_on_where_it_was(desk: Desk, source: Path) -> None:
    desk.queue.set_limit(Direction.LOCAL, 2_000_000)
    batch = await copied(desk, source)

    def come() -> int:
        desk.queue.sample()
        return sum(each.transferred for each in desk.queue.transfers() if each.name == "a")

    async with asyncio.timeout(BOUND):
        while not come():
            await asyncio.to_thread(lambda: None)
    desk.queue.pause_batch(batch)
    await desk.idle()
    held = come()
    assert 0 < held < len(FILES["a"])
    desk.queue.set_limit(Direction.LOCAL, None)
    desk.queue.resume_batch(batch)
    assert (await desk.over(batch)).done == len(FILES)
    assert (desk.root / "a").read_bytes() == FILES["a"]
    went = sum(moved for moved, _ in desk.queue.throughput())
    assert went < len(FILES["a"]) + held


async def test_a_source_that_vanishes_fails_alone(desk: Desk, source: Path) -> None:
    endpoint = desk.local
    chosen = [(str(source / name), await endpoint.entry(str(source / name))) for name in ("a", "deep/b")]
    (source / "a").unlink()
    sources = [(path, entry) for path, entry in chosen if entry is not None]
    batch = desk.queue.copy(desk.disk, sources, desk.disk, str(desk.root))
    result = await desk.over(batch)
    assert (result.done, result.failed) == (1, 1)
    assert "Cannot read" in str(desk.only_named("a").error)


@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize("way", ["itself", "below", "by a link", "by a hard link"])
async def test_what_would_go_onto_or_into_itself_is_refused(
    desk: Desk, source: Path, move: bool, way: str
) -> None:
    name, directory = {
        "itself": ("deep", source),
        "below": ("deep", source / "deep"),
        "by a link": ("a", source.parent / "link"),
        "by a hard link": ("a", desk.root),
    }[way]
    (source.parent / "link").symlink_to(source)
    (desk.root / "a").hardlink_to(source / "a")
    entry = await desk.local.entry(str(source / name))
    assert entry is not None
    batch = desk.queue.copy(
        desk.disk, [(str(source / name), entry)], desk.disk, str(directory), move=move,
        policy=ConflictPolicy.OVERWRITE,
    )  # fmt: skip
    assert (await desk.over(batch)).failed == 1
    assert ("itself" if way == "below" else "the same") in (desk.only().error or "")
    assert {name: (source / name).read_bytes() for name in FILES} == FILES


async def test_a_move_within_one_file_system_gives_the_file_its_new_name(desk: Desk, source: Path) -> None:
    (desk.root / "a").write_bytes(b"old")
    before = {name: (source / name).stat() for name in FILES}
    assert (await desk.over(await copied(desk, source, policy=ConflictPolicy.OVERWRITE, move=True))).done == 3
    for name, found in before.items():
        now = (desk.root / name).stat()
        assert (now.st_ino, now.st_mtime_ns, now.st_mode) == (found.st_ino, found.st_mtime_ns, found.st_mode)
    assert {each.size for each in desk.queue.transfers()} == {len(data) for data in FILES.values()}


@pytest.mark.skipif(OTHER_DISK is None, reason="needs a second file system")
async def test_a_move_to_another_file_system_copies_and_then_removes(desk: Desk, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as other:
        for name, data in FILES.items():
            (Path(other) / name).parent.mkdir(exist_ok=True)
            (Path(other) / name).write_bytes(data)
        assert (await desk.over(await copied(desk, Path(other), move=True))).done == len(FILES)
        assert os.listdir(other) == []
    assert {name: (desk.root / name).read_bytes() for name in FILES} == FILES
