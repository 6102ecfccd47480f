"""`tuiftp probe` trusts what the app and the flags trust: a server that signed its own certificate, and vsftpd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Identity
from tests.support.servers import RunningServer, make_tls_server
from tuiftp.cli import main
from tuiftp.cli.tls_rules import load_trust

pytestmark = pytest.mark.real_server


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity(tmp_path / "own.pem", "127.0.0.1")


@pytest.fixture
def server(identity: Identity) -> Iterator[RunningServer]:
    """Vsftpd, with a certificate that nobody has signed but itself."""
    server = make_tls_server("vsftpd", identity.path)
    try:
        server.start()
        server.put("a.txt", b"hello")
        yield server
    finally:
        server.discard()


def url(server: RunningServer) -> str:
    return f"ftpes://{server.user}:{server.password}@{server.host}:{server.port}/"


def check_resumed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each way that was tried shows that it resumed the control connection's session."""
    out = capsys.readouterr().out
    heading = next(line for line in out.splitlines() if line.strip().startswith("way "))
    tried = [
        line for line in out.splitlines() if line.startswith(("  EPSV", "  PASV", "  PORT, our l", "  EPRT"))
    ]
    assert len(tried) == 5
    assert {line[heading.index("TLS") :].split()[0] for line in tried} == {"resumed"}


def test_an_unknown_certificate_ends_it(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", url(server)]) == 4
    out, err = capsys.readouterr()
    assert "nobody but itself" in err or "self-signed" in err or "signed by itself" in err
    assert "No login" in out


def test_a_fingerprint_of_the_command_line(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", url(server), "--fingerprint", identity.fingerprint]) == 0
    check_resumed(capsys)


def test_an_authority_of_the_command_line(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", url(server), "--ca", str(identity.path)]) == 0
    check_resumed(capsys)


def test_what_was_trusted_in_the_app(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    load_trust()[0].trust(f"{server.host}:{server.port}", identity.fingerprint)
    assert main(["probe", url(server), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["tls_resumed"] for row in rows if row["verdict"] != "not tried"} == {True}


def test_a_certificate_that_has_changed_since_is_refused(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    load_trust()[0].trust(f"{server.host}:{server.port}", "ab" * 32)
    assert main(["probe", url(server)]) == 4
    assert identity.fingerprint[:2].upper() in capsys.readouterr().err
