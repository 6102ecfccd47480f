"""On real servers: a file keeps its time and permissions both ways, and replaces another only when it is whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds
from tests.support.servers import RunningServer
from tests.transfers.wire import DATA, wire_desk
from tuiftp.choices import ConflictPolicy, TemporaryUpload, Verification
from tuiftp.transfers.transfer_options import TransferOptions

LARGE = DATA * 3
WHEN = 1_700_000_000
WINTER = 1_500_000_000


@pytest.fixture(params=kinds("pyftpdlib", "vsftpd", "proftpd", "pureftpd"))
def server(request: pytest.FixtureRequest, start_ftp_server: StartServer) -> RunningServer:
    return start_ftp_server(request.param)


async def test_an_upload_keeps_time_and_permissions(server: RunningServer, tmp_path: Path) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "script").write_bytes(LARGE)
        (desk.root / "script").chmod(0o750)
        os.utime(desk.root / "script", (WHEN, WHEN))
        assert (await desk.put("script")).done == 1
        there = server.home / "script"
        assert there.read_bytes() == LARGE
        assert int(there.stat().st_mtime) == WHEN
        assert stat.S_IMODE(there.stat().st_mode) == 0o750
        assert desk.only().is_verified
        assert os.listdir(server.home) == ["script"]


async def test_a_replaced_file_takes_its_place_by_renaming(server: RunningServer, tmp_path: Path) -> None:
    server.put("a", b"old").chmod(0o640)
    async with wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert (server.home / "a").read_bytes() == DATA
        if server.kind != "pyftpdlib":  # which lists permissions only where it is asked to
            assert stat.S_IMODE((server.home / "a").stat().st_mode) == 0o640
        assert "RNTO" in desk.opened.sent
        assert os.listdir(server.home) == ["a"]


@pytest.mark.parametrize("age", [WINTER, None])
async def test_a_download_keeps_time_and_permissions(
    server: RunningServer, tmp_path: Path, age: int | None
) -> None:
    there = server.put("script", DATA)
    there.chmod(0o750)
    if age is not None:
        os.utime(there, (age, age))
    async with wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get(server.remote("script"))).done == 1
        here = desk.root / "script"
        assert here.read_bytes() == DATA
        # A listing of this year is to the minute, and no further.
        assert abs(here.stat().st_mtime - there.stat().st_mtime) < (60 if age is None else 1)
        assert stat.S_IMODE(here.stat().st_mode) & 0o700 == 0o700
        assert desk.only().is_verified


async def test_the_same_file_both_ways_is_neither_newer_nor_of_another_size(
    server: RunningServer, tmp_path: Path
) -> None:
    async with wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "a").write_bytes(DATA)
        await desk.put("a")
        for policy in (
            ConflictPolicy.NEWER,
            ConflictPolicy.SIZE_DIFFERS,
            ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
        ):
            assert (await desk.put("a", policy=policy)).skipped == 1
            assert (await desk.get(server.remote("a"), policy=policy)).skipped == 1


async def test_a_checksum_is_compared_where_the_server_has_one(server: RunningServer, tmp_path: Path) -> None:
    how = TransferOptions(verify=Verification.CHECKSUM, upload_temporary=TemporaryUpload.ALWAYS)
    async with wire_desk(server, tmp_path / "here", how) as desk:
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert desk.only().is_verified
        assert (server.home / "a").read_bytes() == DATA
