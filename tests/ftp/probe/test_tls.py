"""The probe over TLS: every way encrypted, resumption seen, and no password in clear where TLS was wished for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.certificates import Authority, Identity
from tests.support.fixtures import kinds
from tests.support.scripted import ScriptedServer
from tests.support.servers import KINDS, RunningServer, make_tls_server
from tests.support.sites import QUICK, Server, open_site
from tuiftp.choices import TlsPolicy
from tuiftp.events import EventBus
from tuiftp.ftp.events import WireRecorded
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.probe import probe_site
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer
from tuiftp.secret import Secret
from tuiftp.wirelog.probing import ProbeReport, Security, Way


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(params=kinds(*KINDS))
def tls_server(request: pytest.FixtureRequest, authority: Authority) -> Iterator[RunningServer]:
    """Each of the servers; they want TLS on all connections, and resumption where they can."""
    server = make_tls_server(request.param, authority.issue().path)
    try:
        server.start()
        yield server
    finally:
        server.discard()


async def probe(
    server: Server, tls: TlsOptions, *, user: str = "ftptest", bus: EventBus | None = None
) -> ProbeReport:
    address = SiteAddress(server.host, server.port, Credentials(user, Secret("ftppass")))
    options = replace(QUICK, tls=tls, stall_timeout=5.0)
    return await probe_site(address, options, bus=bus or EventBus(), limit=30.0)


async def test_every_way_is_encrypted(tls_server: RunningServer, authority: Authority) -> None:
    tls_server.put("a.txt", b"hello")
    report = await probe(tls_server, TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path)))
    assert report.status == 0
    assert {row.security for row in report.rows} == {Security.TLS}
    assert report.findings == ()
    # Pure-FTPd gives out no tickets in TLS 1.3; all others resume the control connection's session.
    assert {row.tls_resumed for row in report.tried} == {tls_server.kind != "pureftpd"}


async def test_a_certificate_that_nobody_vouches_for_ends_it(tls_server: RunningServer) -> None:
    report = await probe(tls_server, TlsOptions(TlsPolicy.REQUIRED))
    assert report.status == 4
    assert "certificate" in str(report.login_error)


async def test_tls_that_is_not_offered_leaves_plain_rows() -> None:
    async with ScriptedServer({"a.txt": b""}) as server:
        report = await probe(server, TlsOptions(TlsPolicy.IF_OFFERED))
    assert report.status == 0
    assert {row.security for row in report.rows} == {Security.PLAIN}


async def test_no_password_goes_in_clear_where_tls_was_refused_to() -> None:
    async with ScriptedServer({"a.txt": b""}) as server:
        report = await probe(server, TlsOptions(TlsPolicy.REQUIRED))
        assert server.count("PASS") == 0
    assert report.status == 4


@pytest.mark.real_server
async def test_a_password_is_not_sent_in_clear_to_compare(authority: Authority) -> None:
    """Where TLS is offered, the plain ways are left out: only an anonymous login has nothing to lose."""
    server = make_tls_server("vsftpd", authority.issue().path)
    texts: list[str] = []
    bus = EventBus()
    bus.subscribe(WireRecorded, lambda event: texts.append(event.record.text))
    try:
        server.start()
        report = await probe(server, TlsOptions(TlsPolicy.IF_OFFERED, ca_file=str(authority.path)), bus=bus)
    finally:
        server.discard()
    assert {row.security for row in report.rows} == {Security.TLS}
    assert len([text for text in texts if text.startswith("AUTH ")]) == len(
        [text for text in texts if text.startswith("USER ")]
    )


async def test_an_anonymous_login_is_probed_in_clear_as_well() -> None:
    async with ScriptedServer({"a.txt": b""}) as server:
        report = await probe(server, TlsOptions(TlsPolicy.IF_OFFERED), user="anonymous")
    assert [row.way for row in report.rows].count(Way.EPSV) == 2


class TrustsOnce:
    """A person who trusts any certificate for this run, and counts how often that was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        self.asked += 1
        return TrustAnswer.ONCE

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        return False


@pytest.mark.real_server
async def test_what_was_trusted_for_this_run_is_not_asked_about_again(tmp_path: Path) -> None:
    """In the app the probe goes by the answers of the open site."""
    server = make_tls_server("vsftpd", Identity(tmp_path / "own.pem", "127.0.0.1").path)
    person = TrustsOnce()
    options = replace(QUICK, tls=TlsOptions(TlsPolicy.REQUIRED), stall_timeout=5.0)
    try:
        server.start()
        async with open_site(server, options, decider=person) as opened:
            report = await probe_site(
                opened.site.address, options, bus=EventBus(), limit=30.0, guard=opened.site.guard
            )
    finally:
        server.discard()
    assert report.status == 0
    assert person.asked == 1
