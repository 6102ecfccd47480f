"""FTPS on vsftpd, ProFTPD, Pure-FTPd and pyftpdlib: every mode, both versions of TLS, sessions resumed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ftp.test_real_servers import do_the_main_job
from tests.support.certificates import Authority
from tests.support.fixtures import kinds
from tests.support.servers import KINDS, Place, RunningServer, make_tls_server
from tests.support.sites import OpenSite, open_site, rules
from tuiftp.choices import TlsPolicy, TlsVersion
from tuiftp.errors import ConnectionLost, TlsFailed
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.modes import DataCommand

CANNOT_RESUME = ("pureftpd", "1.3")
"""Pure-FTPd gives out no tickets in TLS 1.3; all others resume the control connection's session."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(params=kinds(*KINDS))
def tls_server(request: pytest.FixtureRequest, authority: Authority) -> Iterator[RunningServer]:
    """Run the test with each of the four servers, which want TLS on all connections."""
    yield from started(make_tls_server(request.param, authority.issue().path))


def started(server: RunningServer) -> Iterator[RunningServer]:
    try:
        server.start()
        yield server
    finally:
        server.discard()


def required(authority: Authority, *, newest: str = "1.3") -> TlsOptions:
    return TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path), maximum_version=TlsVersion(newest))


def check_log(opened: OpenSite, server: RunningServer, version: str) -> None:
    """Every data connection was encrypted, and resumed the session where the server can do that."""
    facts = [record.tls for record in opened.records if record.tls]
    control, data = [one for one in facts if "SHA-256" in one], [one for one in facts if "SHA-256" not in one]
    assert len(control) == 1
    assert control[0].startswith(f"TLS {version}, ")
    assert data
    resumes = (server.kind, version) != CANNOT_RESUME
    assert {"session resumed" in one for one in data} == {resumes}


@pytest.mark.parametrize("newest", ["1.2", "1.3"])
@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_the_main_job_over_tls(
    tls_server: RunningServer, authority: Authority, mode: str, newest: str, tmp_path: Path
) -> None:
    """Everything goes over TLS, in both directions of the data connection, with one session."""
    options = required(authority, newest=newest)
    async with open_site(tls_server, rules=rules(mode), accept_timeout=5.0, tls=options) as opened:
        await do_the_main_job(opened, tls_server, tmp_path)
        assert opened.worked is (DataCommand.PORT if mode == "active" else DataCommand.PASV)
        assert opened.sent.index("AUTH") < opened.sent.index("USER")
        assert "CCC" not in opened.sent
        check_log(opened, tls_server, newest)


@pytest.mark.parametrize("kind", kinds(*KINDS))
@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_the_main_job_over_tls_and_ipv6(
    kind: str, authority: Authority, mode: str, tmp_path: Path
) -> None:
    """On ::1, with EPSV and EPRT."""
    for server in started(make_tls_server(kind, authority.issue().path, Place(host="::1"))):
        async with open_site(
            server, rules=rules(mode), accept_timeout=5.0, tls=required(authority)
        ) as opened:
            await do_the_main_job(opened, server, tmp_path)
            check_log(opened, server, "1.3")


@pytest.mark.parametrize("kind", kinds("vsftpd", "proftpd"))
@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_the_main_job_over_implicit_tls(
    kind: str, authority: Authority, mode: str, tmp_path: Path
) -> None:
    """TLS from the first byte: no AUTH, and PROT P all the same."""
    options = TlsOptions(TlsPolicy.IMPLICIT, ca_file=str(authority.path))
    for server in started(make_tls_server(kind, authority.issue().path, is_implicit=True)):
        async with open_site(server, rules=rules(mode), accept_timeout=5.0, tls=options) as opened:
            await do_the_main_job(opened, server, tmp_path)
            assert "AUTH" not in opened.sent
            check_log(opened, server, "1.3")


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_small_files_over_tls(tls_server: RunningServer, authority: Authority, mode: str) -> None:
    """Small files go through the loop, encrypted; what was sent is what lies there."""
    async with (
        open_site(tls_server, rules=rules(mode), accept_timeout=5.0, tls=required(authority)) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        for number in range(12):
            path, content = tls_server.remote(f"n{number}"), bytes([number]) * number * 4000
            await endpoint.store(content, path, progress=Progress())
            assert (tls_server.home / f"n{number}").read_bytes() == content
            progress = Progress()
            assert await endpoint.fetch(path, size=len(content), progress=progress) == content
            assert progress.transferred == len(content)


@pytest.mark.real_server
async def test_a_site_that_would_like_tls_gets_it(authority: Authority, tmp_path: Path) -> None:
    """ "If offered" uses TLS where there is some."""
    options = TlsOptions(TlsPolicy.IF_OFFERED, ca_file=str(authority.path))
    for server in started(make_tls_server("vsftpd", authority.issue().path)):
        async with open_site(server, tls=options) as opened:
            await do_the_main_job(opened, server, tmp_path)
            check_log(opened, server, "1.3")


@pytest.mark.parametrize("kind", kinds("vsftpd", "proftpd"))
async def test_a_client_certificate_is_shown(kind: str, authority: Authority, tmp_path: Path) -> None:
    """A server that lets in only who has a certificate lets us in with it, and not without."""
    ours = authority.issue("a client", file="client")
    for server in started(make_tls_server(kind, authority.issue().path, client_authority=authority.path)):
        known = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path), client_certificate=str(ours.path))
        async with open_site(server, tls=known) as opened:
            await do_the_main_job(opened, server, tmp_path)
        async with open_site(server, tls=required(authority), connect=False) as opened:
            with pytest.raises((TlsFailed, ConnectionLost)):
                await opened.site.connect()
            assert "USER" not in opened.sent or "PASS" not in opened.sent
