"""The disk as a site: files go to and from open ones as they do on a server, and nothing has to be connected."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal

import pytest
import pytest_asyncio

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import LocalFileError
from tuiftp.files.endpoint import Checksum, Progress
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.files.site import Site, mode_summary_of

DATA = bytes(range(256)) * 8192
WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class TellingLimiter(RateLimiter):
    """Tells that bytes have moved."""

    def __init__(self, rate: int) -> None:
        super().__init__(rate)
        self.moved = threading.Event()

    def reserve(self, count: int) -> float:
        self.moved.set()
        return super().reserve(count)


def opened(path: Path, mode: Literal["rb", "w+b"]) -> BinaryIO:
    """An open file, which the caller closes."""
    return open(path, mode)


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    disk = LocalEndpoint()
    yield LocalSite(disk)
    disk.close()


async def test_it_is_open_without_being_connected(site: Site, tmp_path: Path) -> None:
    await site.connect()
    assert (site.label, site.is_connected, mode_summary_of(site)) == ("Local", True, "")
    assert site.diagnostics is None
    async with site.pool.lease() as one, site.pool.lease() as other, site.pool.lease_extra() as more:
        assert one is other
        assert more is None
    await site.close()
    assert (await site.endpoint.list(str(tmp_path))).entries == []


@pytest.mark.parametrize("offset", [0, 1_000_000])
async def test_a_file_goes_into_an_open_one_each_byte_to_its_place(
    site: Site, tmp_path: Path, offset: int
) -> None:
    (tmp_path / "a").write_bytes(DATA)
    progress = Progress()
    with opened(tmp_path / "part", "w+b") as part:
        part.write(DATA[:offset])
        part.flush()
        count = await site.endpoint.download(str(tmp_path / "a"), part, offset=offset, progress=progress)
    assert count == progress.transferred == len(DATA) - offset
    assert (tmp_path / "part").read_bytes() == DATA


async def test_a_piece_is_fetched_and_its_beginning_is_proved(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA)
    lead = bytearray(10)
    with opened(tmp_path / "part", "w+b") as part:
        count = await site.endpoint.download(
            str(tmp_path / "a"), part, offset=5, length=100, lead=lead, progress=Progress()
        )
    assert count == 100
    assert lead == DATA[5:15]
    assert (tmp_path / "part").read_bytes()[15:] == DATA[15:105]


@pytest.mark.parametrize(("offset", "append"), [(0, False), (700, False), (1000, True)])
async def test_an_open_file_goes_to_a_path(site: Site, tmp_path: Path, offset: int, append: bool) -> None:
    (tmp_path / "a").write_bytes(DATA)
    there = tmp_path / "b"
    there.write_bytes(DATA[:1000])
    with opened(tmp_path / "a", "rb") as file:
        await site.endpoint.upload(file, str(there), offset=offset, append=append, progress=Progress())
    assert there.read_bytes() == DATA
    assert await site.endpoint.size(str(there)) == len(DATA)
    assert await site.endpoint.checksum(str(there)) == Checksum("sha256", sha256(DATA).hexdigest())


async def test_a_cancel_ends_a_slow_copy_and_leaves_what_has_come(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA)
    limiter = TellingLimiter(20_000)
    progress = Progress(limiters=(limiter,))
    with opened(tmp_path / "part", "w+b") as part:
        copying = asyncio.create_task(site.endpoint.download(str(tmp_path / "a"), part, progress=progress))
        assert await asyncio.to_thread(limiter.moved.wait, 10.0)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying
    assert (tmp_path / "part").read_bytes() == DATA[: progress.transferred]
    assert 0 < progress.transferred < len(DATA)


async def test_a_link_is_looked_through_but_never_written_through(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "gone").symlink_to("nowhere")
    looked_up = await site.endpoint.look_up(str(tmp_path / "link"))
    assert looked_up.entry is not None
    assert (looked_up.entry.name, looked_up.entry.kind) == ("link", EntryKind.FILE)
    assert (await site.endpoint.look_up(str(tmp_path / "gone"))).entry is None
    assert await site.endpoint.size_as_file(str(tmp_path / "link")) == 4
    assert await site.endpoint.is_directory(str(tmp_path))
    with opened(tmp_path / "a", "rb") as file, pytest.raises(LocalFileError):
        await site.endpoint.upload(file, str(tmp_path / "link"), progress=Progress())
    with opened(tmp_path / "part", "w+b") as part, pytest.raises(LocalFileError):
        await site.endpoint.download(str(tmp_path / "link"), part, progress=Progress())
    assert (tmp_path / "a").read_bytes() == b"kept"


async def test_a_file_gets_a_time_and_permissions(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert await site.endpoint.set_attributes(str(path), modified=WHEN, mode=0o600)
    found = os.stat(path)
    assert (found.st_mtime, found.st_mode & 0o777) == (WHEN.timestamp(), 0o600)
    assert not await site.endpoint.set_attributes(str(tmp_path / "nowhere"), mode=0o600)
    entry = Entry("a", EntryKind.FILE, 1, WHEN)
    assert await site.endpoint.dated(str(path), entry) is entry
