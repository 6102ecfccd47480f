"""`ls` and `get` over TLS: what the flags accept, and the sentences for what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority, Identity
from tests.support.servers import Place, RunningServer, make_tls_server
from tests.support.tls_liar import TlsLiar
from tuiftp.cli import main
from tuiftp.protocol.certificates import show_fingerprint
from tuiftp.storage.locations import state_dir


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


@pytest.fixture
def both(identity: Identity, authority: Authority) -> Iterator[TlsLiar]:
    """A server that takes logins with TLS and without."""
    with TlsLiar(identity, files={"/hello.txt": b"hello"}) as server:
        yield server


def link(server: TlsLiar, scheme: str, login: str = "u:pw@") -> str:
    return f"{scheme}://{login}{server.host}:{server.port}/"


def test_no_password_goes_in_clear_where_there_was_tls(
    both: TlsLiar, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that forgets the “es” of its URL is told so, and what to do."""
    assert main(["ls", link(both, "ftpes"), "--ca", str(authority.path)]) == 0
    both.commands.clear()
    assert main(["ls", link(both, "ftp")]) == 1
    assert main(["probe", link(both, "ftp")]) == 4
    assert set(both.commands) <= {"QUIT"}  # of the first, which is not waited for
    err = capsys.readouterr().err
    assert "spoke TLS before, and this connection is not encrypted" in err
    assert "ftpes:// or --tls explicit encrypts it, --tls none sends it in clear" in err


@pytest.mark.parametrize(("typed", "status"), [("y", 0), ("YES", 0), ("", 1), ("n", 1)])
def test_a_person_on_the_terminal_is_asked(
    both: TlsLiar, authority: Authority, typed: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def ask(words: str) -> str:
        asked.append(words)
        return typed

    monkeypatch.setattr("tuiftp.cli.decider.terminal_asker", lambda: ask)
    assert main(["ls", link(both, "ftpes"), "--ca", str(authority.path)]) == 0
    assert main(["ls", link(both, "ftp")]) == status
    (words,) = asked
    assert "a password would be readable for everybody on the way\nSend it in clear? [y/N]" in words


def test_plain_ftp_goes_where_it_is_meant_or_nothing_is_secret(both: TlsLiar, authority: Authority) -> None:
    assert main(["ls", link(both, "ftpes"), "--ca", str(authority.path)]) == 0
    assert main(["ls", link(both, "ftp"), "--tls", "none"]) == 0
    assert main(["ls", link(both, "ftp", "")]) == 0


@pytest.mark.parametrize("broken", [b"{", b"[]", b'{"had_tls": 7}', b'{"certificates": {"h:21": "xx"}}'])
def test_a_broken_memory_of_tls_is_kept_told_and_stops_passwords(
    broken: bytes, both: TlsLiar, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until the person mends or removes it: any server may have had TLS."""
    file = state_dir() / "trust.json"
    file.write_bytes(broken)
    assert main(["ls", link(both, "ftp")]) == 1
    err = capsys.readouterr().err
    assert f"tuiftp: {file} is broken" in err
    assert "It is kept. Every server counts as one that had TLS" in err
    assert file.read_bytes() == broken
    assert main(["ls", link(both, "ftpes"), "--ca", str(authority.path)]) == 0
    (kept,) = file.parent.glob("trust.json.broken-*")
    assert kept.read_bytes() == broken
    with TlsLiar(authority.issue()) as other:
        assert main(["ls", link(other, "ftp")]) == 1
        kept.unlink()
        assert main(["ls", link(other, "ftp")]) == 0
    assert main(["ls", link(both, "ftp")]) == 1


def test_broken_memories_of_modes_are_kept_and_told(
    both: TlsLiar, capsys: pytest.CaptureFixture[str]
) -> None:
    file = state_dir() / "modes.json"
    file.write_bytes(b"[")
    assert main(["ls", link(both, "ftp")]) == 0
    assert f"tuiftp: {file} is broken. It is kept." in capsys.readouterr().err
    assert [kept.read_bytes() for kept in file.parent.glob("modes.json.broken-*")] == [b"["]
