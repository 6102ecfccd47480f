"""`ls` and `get` over TLS: what the flags accept, and the sentences for what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority, Identity
from tests.support.servers import Place, RunningServer, make_tls_server
from tuiftp.cli import main
from tuiftp.protocol.certificates import show_fingerprint


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def identity(authority: Authority) -> Identity:
    return authority.issue()


@pytest.fixture
def server(identity: Identity) -> Iterator[RunningServer]:
    """pyftpdlib, which insists on TLS."""
    server = make_tls_server("pyftpdlib", identity.path)
    try:
        server.start()
        server.put("hello.txt", b"hello")
        yield server
    finally:
        server.discard()


def url(server: RunningServer, scheme: str = "ftpes") -> str:
    return f"{scheme}://{server.user}:{server.password}@{server.host}:{server.port}/"


def test_an_authority_from_a_file(
    server: RunningServer, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ls", url(server), "--ca", str(authority.path)]) == 0
    assert "hello.txt" in capsys.readouterr().out


def test_a_fingerprint_is_enough(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = show_fingerprint(identity.fingerprint).removeprefix("SHA-256 ")
    assert main(["ls", url(server, "ftp"), "--tls", "explicit", "--fingerprint", shown]) == 0
    assert "hello.txt" in capsys.readouterr().out


def test_another_fingerprint_is_refused(
    server: RunningServer, identity: Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ls", url(server), "--fingerprint", "ab" * 32]) == 1
    err = capsys.readouterr().err
    assert show_fingerprint(identity.fingerprint) in err
    assert f"wanted was {show_fingerprint('ab' * 32)}" in err


def test_an_unknown_authority_is_refused_with_the_fingerprint(
    server: RunningServer, identity: Identity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    assert main(["ls", url(server), "--log", str(log)]) == 1
    err = capsys.readouterr().err
    assert "is signed by C=DE, O=Ünit test, CN=authority, which this system does not know" in err
    assert show_fingerprint(identity.fingerprint) in err
    assert "USER" not in log.read_text()


def test_a_file_that_is_no_authority(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", url(server), "--ca", "/nowhere/ca.pem"]) == 1
    assert "the file of certificate authorities /nowhere/ca.pem cannot be used" in capsys.readouterr().err


def test_a_plain_url_does_not_log_in_where_tls_is_wanted(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ls", url(server, "ftp")]) == 1
    assert "the server wants TLS: use ftpes://" in capsys.readouterr().err


@pytest.mark.real_server
def test_implicit_tls(identity: Identity, authority: Authority, capsys: pytest.CaptureFixture[str]) -> None:
    server = make_tls_server("vsftpd", identity.path, Place(), is_implicit=True)
    try:
        server.start()
        server.put("hello.txt", b"hello")
        assert main(["ls", url(server, "ftps"), "--ca", str(authority.path)]) == 0
        assert "hello.txt" in capsys.readouterr().out
    finally:
        server.discard()
