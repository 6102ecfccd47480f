"""The local disk as an endpoint: everything off the loop, links not followed, nothing replaced by accident."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tuiftp.entries import EntryKind, Precision
from tuiftp.errors import LocalFileError, UnsafeName
from tuiftp.files import Endpoint
from tuiftp.files.endpoint import Progress
from tuiftp.files.local import LocalEndpoint

OTHER_DISK = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""A directory on another file system, as a rule."""


@pytest_asyncio.fixture
async def local() -> AsyncIterator[LocalEndpoint]:
    endpoint = LocalEndpoint()
    yield endpoint
    endpoint.close()


async def test_it_is_an_endpoint(local: LocalEndpoint) -> None:
    endpoint: Endpoint = local
    assert endpoint.capabilities.has_local_paths
    assert endpoint.label == "Local"


async def test_a_listing_tells_kinds_sizes_times_and_link_targets(
    local: LocalEndpoint, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "file").chmod(0o4750)
    os.utime(tmp_path / "file", (1_700_000_000.7, 1_700_000_000.7))
    (tmp_path / "dir").mkdir()
    (tmp_path / "link").symlink_to("dir")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    listing = await local.list(str(tmp_path))
    entries = {entry.name: entry for entry in listing.entries}
    assert set(entries) == {"file", "dir", "link", "dangling", "pipe", "caf\udce9"}
    file = entries["file"]
    assert (file.kind, file.size, file.permissions) == (EntryKind.FILE, 5, "rwsr-x---")
    assert file.modified is not None
    assert file.modified.replace(microsecond=0) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert file.precision is Precision.SECOND
    assert file.owner
    assert (entries["dir"].kind, entries["dir"].size) == (EntryKind.DIR, None)
    assert (entries["link"].kind, entries["link"].target) == (EntryKind.LINK, "dir")
    assert entries["dangling"].kind is EntryKind.LINK
    assert entries["pipe"].kind is EntryKind.OTHER
    assert listing.path == str(tmp_path)
    assert not listing.is_cut


async def test_what_cannot_be_listed_says_why(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalFileError, match="No such file"):
        await local.list(str(tmp_path / "gone"))
    with pytest.raises(LocalFileError, match="Not a directory"):
        await local.list(str(tmp_path / "file"))
    with pytest.raises(UnsafeName):
        await local.list(str(tmp_path / "nul\0byte"))


async def test_a_great_directory_never_holds_the_loop(local: LocalEndpoint, tmp_path: Path) -> None:
    for number in range(20_000):
        (tmp_path / str(number)).touch()
    late = 0.0
    done = asyncio.Event()

    async def tick() -> None:
        nonlocal late
        while not done.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late = max(late, time.perf_counter() - began - 0.005)

    ticker = asyncio.create_task(tick())
    listing = await local.list(str(tmp_path))
    done.set()
    await ticker
    assert len(listing.entries) == 20_000
    assert late < 0.2


async def test_a_cancelled_listing_returns_at_once_and_its_thread_ends(
    local: LocalEndpoint, tmp_path: Path
) -> None:
    for number in range(5_000):
        (tmp_path / str(number)).touch()
    task = asyncio.create_task(local.list(str(tmp_path)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await local.run(lambda: 1) == 1


async def test_settle_lets_the_work_end_before_a_cancel_goes_on(local: LocalEndpoint) -> None:
    began, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        may_end.wait(5)
        ended.set()

    task = asyncio.create_task(local.settle(work))
    await asyncio.to_thread(began.wait, 5)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_entry_does_not_follow_links(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    found = await local.entry(str(tmp_path / "link"))
    assert found is not None
    assert found.kind is EntryKind.LINK
    assert await local.entry(str(tmp_path / "gone")) is None


async def test_a_rename_never_replaces(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(LocalFileError, match="exists"):
        await local.rename(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_bytes() == b"b"
    await local.rename(str(tmp_path / "a"), str(tmp_path / "c"))
    assert (tmp_path / "c").read_bytes() == b"a"


async def test_removing_a_link_leaves_its_target(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "x").touch()
    (tmp_path / "link").symlink_to("dir")
    await local.remove_file(str(tmp_path / "link"))
    assert (tmp_path / "dir" / "x").exists()
    with pytest.raises(LocalFileError):
        await local.remove_directory(str(tmp_path / "dir"))
    with pytest.raises(LocalFileError):
        await local.remove_file(str(tmp_path / "dir"))


async def test_permissions_are_changed_but_not_through_a_link(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o644)
    await local.chmod(str(tmp_path / "a"), 0o600)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(LocalFileError, match="link"):
        await local.chmod(str(tmp_path / "link"), 0o777)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


async def test_reading_for_the_viewer_is_bounded_and_never_hangs(
    local: LocalEndpoint, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    assert await local.read(str(tmp_path / "a"), offset=3, limit=4) == b"3456"
    assert await local.read(str(tmp_path / "a"), offset=8, limit=400) == b"89"
    os.mkfifo(tmp_path / "pipe")
    async with asyncio.timeout(2):
        with pytest.raises(LocalFileError):
            await local.read(str(tmp_path / "pipe"), limit=4)
    with pytest.raises(LocalFileError):
        await local.read(str(tmp_path), limit=4)


async def test_free_space(local: LocalEndpoint, tmp_path: Path) -> None:
    free = await local.free_space(str(tmp_path))
    assert free is not None
    assert free > 0
    assert await local.free_space(str(tmp_path / "gone")) is None


@pytest.mark.parametrize(
    ("base", "typed", "path"),
    [
        ("/a/b", "..", "/a"),
        ("/a/b", "c/./d", "/a/b/c/d"),
        ("/a/b", "/x/../y", "/y"),
        ("/a/b", "", "/a/b"),
        ("/a", "../../..", "/"),
        ("/a", "//x", "/x"),
    ],
)
async def test_what_a_user_types_becomes_a_path(
    local: LocalEndpoint, base: str, typed: str, path: str
) -> None:
    assert local.resolve(base, typed) == path


async def test_home_is_written_with_a_tilde(local: LocalEndpoint, fake_home: Path) -> None:
    home = await local.home()
    assert home == str(fake_home)
    assert local.resolve("/x", "~") == home
    assert local.resolve("/x", "~/y") == f"{home}/y"
    assert local.display(f"{home}/y") == "~/y"
    assert local.display(home) == "~"
    assert local.display(f"{home}x") == f"{home}x"
    assert local.display("/") == "/"


async def test_paths_go_up_to_the_root(local: LocalEndpoint) -> None:
    assert local.parent("/a/b") == "/a"
    assert local.parent("/a") == "/"
    assert local.parent("/") == "/"
    assert (local.name("/a/b"), local.name("/")) == ("b", "")
    assert local.join("/", "a") == "/a"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "a\0"])
async def test_a_name_is_one_component(local: LocalEndpoint, name: str) -> None:
    with pytest.raises(UnsafeName):
        local.join("/a", name)


@pytest.mark.parametrize("from_other_disk", [False, True])
@pytest.mark.parametrize(("offset", "length"), [(0, None), (70_000, None), (0, 5000), (299_990, 100)])
async def test_bytes_are_copied_into_an_open_file_from_this_disk_and_from_another(
    local: LocalEndpoint, tmp_path: Path, from_other_disk: bool, offset: int, length: int | None
) -> None:
    """On one disk the system copies by itself; between two it may not, and they are read and written."""
    data = bytes(number % 251 for number in range(300_000))
    above = OTHER_DISK if from_other_disk else str(tmp_path)
    with (
        tempfile.NamedTemporaryFile(dir=above) as source,
        (tmp_path / "target").open("w+b", buffering=0) as target,
    ):
        source.write(data)
        source.flush()
        progress = Progress()
        got = await local.download(source.name, target, offset=offset, length=length, progress=progress)
        wanted = data[offset:] if length is None else data[offset : offset + length]
        assert got == progress.transferred == len(wanted)
        target.seek(offset)
        assert target.read() == wanted


async def test_a_copy_of_an_empty_file_is_empty(local: LocalEndpoint, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with (tmp_path / "target").open("w+b", buffering=0) as target:
        assert await local.download(str(tmp_path / "empty"), target, progress=Progress()) == 0
