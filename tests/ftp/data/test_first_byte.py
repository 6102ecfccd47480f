"""The log says when the first byte of a data connection moved: a slow server and a slow line are told apart."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.scripted import ScriptedServer
from tests.support.servers import RunningServer, make_tls_server
from tests.support.sites import OpenSite, open_site, rules
from tuiftp.choices import TlsPolicy
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.wirelog.operations import operations
from tuiftp.wirelog.records import DataEvent, WireRecord

LARGE = b"0123456789abcdef" * 40_000


def ends(opened: OpenSite) -> list[WireRecord]:
    return [record for record in opened.records if record.event is DataEvent.CLOSED]


async def move_everything(opened: OpenSite, server: RunningServer) -> None:
    """List, then a large file by the thread and a small one by the event loop, both ways."""
    server.put("large", LARGE)
    server.put("small", b"few bytes")
    await opened.names()
    with tempfile.TemporaryFile() as file:
        async with opened.site.pool.lease() as endpoint:
            await endpoint.download(server.remote("large"), file, progress=Progress())
            await endpoint.upload(file, server.remote("large-up"), progress=Progress())
            await endpoint.fetch(server.remote("small"), size=9, progress=Progress())
            await endpoint.store(b"few bytes", server.remote("small-up"), progress=Progress())


def check(opened: OpenSite) -> None:
    closed = ends(opened)
    assert len(closed) == 5
    for record in closed:
        assert record.first_byte_ms is not None
        assert record.ms is not None
        assert 0 <= record.first_byte_ms <= record.ms
    for operation in operations(opened.records):
        if operation.bytes:
            assert "first byte" in [segment.label for segment in operation.segments]


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_every_way_of_moving_bytes_notes_the_first(ftp_server: RunningServer, mode: str) -> None:
    async with open_site(ftp_server, rules=rules(mode), accept_timeout=5.0) as opened:
        await move_everything(opened, ftp_server)
        check(opened)


@pytest.mark.real_server
async def test_under_tls_it_is_the_first_byte_of_the_file(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = make_tls_server("vsftpd", authority.issue().path)
    tls = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))
    try:
        server.start()
        async with open_site(server, tls=tls) as opened:
            await move_everything(opened, server)
            check(opened)
    finally:
        server.discard()


async def test_an_empty_file_has_none() -> None:
    async with ScriptedServer({"empty": b""}) as server, open_site(server) as opened:
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.fetch("/empty", size=0, progress=Progress()) == b""
        (end,) = ends(opened)
        assert (end.bytes, end.first_byte_ms) == (0, None)
