"""The demo server serves a believable tree, takes uploads, and leaves nothing behind."""

from __future__ import annotations

import builtins
import ftplib
import hashlib
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tuiftp.demo import DemoServer
from tuiftp.demo.planting import plant
from tuiftp.demo.tree import BIG, NEWEST, ODD_NAMES, VERSIONS, samples
from tuiftp.errors import ConfigurationError


@pytest.fixture
def server() -> Iterator[DemoServer]:
    demo = DemoServer()
    yield demo
    demo.stop()


def connect(url: str, *, user: str | None = None) -> ftplib.FTP:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    client = ftplib.FTP(timeout=10, encoding="utf-8")
    client.connect(parts.hostname, parts.port)
    client.login(user or parts.username or "", "guest@" if user else parts.password or "")
    return client


def read(client: ftplib.FTP, path: str) -> bytes:
    got = io.BytesIO()
    client.retrbinary(f"RETR {path}", got.write)
    return got.getvalue()


def test_the_url_leads_in_and_names_user_and_password(server: DemoServer) -> None:
    url = server.start()
    assert url.startswith("ftp://demo:demo@127.0.0.1:")
    with connect(url) as client:
        assert {"README.txt", "pub", "docs", "images", "logs", "src"} <= set(client.nlst())


def test_a_few_hundred_files_in_a_dozen_directories_made_quickly(tmp_path: Path) -> None:
    before = time.process_time()
    plant(tmp_path, samples())
    assert time.process_time() - before < 1.0
    found = list(tmp_path.rglob("*"))
    assert 250 <= sum(path.is_file() for path in found) <= 600
    assert sum(path.is_dir() for path in found) >= 12
    assert (tmp_path / "pub/images/sample-live.iso").stat().st_size == BIG
    assert list((tmp_path / "empty directory").iterdir()) == []


def test_the_tree_is_the_same_every_time() -> None:
    assert list(samples()) == list(samples())
    assert max(sample.modified for sample in samples()) == NEWEST


def test_checksums_of_the_releases_are_true(server: DemoServer) -> None:
    with connect(server.start()) as client:
        client.cwd(f"pub/releases/{VERSIONS[0]}")
        for line in read(client, "SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(read(client, name)).hexdigest() == digest


def test_odd_names_are_listed_by_mlsd_and_list(server: DemoServer) -> None:
    with connect(server.start()) as client:
        by_facts = {name for name, facts in client.mlsd("odd names") if facts["type"] == "file"}
        lines: list[str] = []
        client.cwd("odd names")
        client.retrlines("LIST", lines.append)
    assert by_facts == set(ODD_NAMES)
    assert any(line.endswith("[red]brackets.txt") for line in lines)
    assert any("broken link -> " in line for line in lines)


@pytest.mark.parametrize("user", [None, "anonymous"])
@pytest.mark.parametrize("passive", [True, False])
def test_uploads_in_both_modes_for_both_users(server: DemoServer, user: str | None, passive: bool) -> None:
    with connect(server.start(), user=user) as client:
        client.set_pasv(passive)
        client.storbinary("STOR incoming/new.bin", io.BytesIO(b"x" * 100_000))
        assert read(client, "incoming/new.bin") == b"x" * 100_000
        client.rename("incoming/new.bin", "incoming/old.bin")
        client.delete("incoming/old.bin")
        assert client.nlst("incoming") == []


def test_no_client_moves_the_program_to_another_directory(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[object] = []
    url = server.start()
    monkeypatch.setattr(os, "chdir", moves.append)
    with connect(url) as client:
        client.cwd("pub")
        assert client.pwd() == "/pub"
        for wrong in ("/README.txt", "/no such"):
            with pytest.raises(ftplib.error_perm, match="550"):
                client.cwd(wrong)
        assert client.pwd() == "/pub"
    assert moves == []


def test_nothing_is_left_when_it_stops(server: DemoServer) -> None:
    url = server.start()
    root = server.root
    client = connect(url)
    server.stop()
    assert not root.exists()
    with pytest.raises((OSError, EOFError)):
        client.voidcmd("NOOP")
    client.close()
    with pytest.raises(ConnectionRefusedError):
        connect(url)
    server.stop()


def test_it_can_start_again_but_not_twice(server: DemoServer) -> None:
    server.start()
    with pytest.raises(ConfigurationError, match="already"):
        server.start()
    server.stop()
    with connect(server.start()) as client:
        assert client.pwd() == "/"


def test_a_busy_port_is_said_plainly_and_leaves_no_files(server: DemoServer) -> None:
    port = urlsplit(server.start()).port
    assert port is not None
    second = DemoServer(port=port)
    with pytest.raises(ConfigurationError, match="cannot start"):
        second.start()
    with pytest.raises(ConfigurationError):
        _ = second.root


def test_without_pyftpdlib_it_says_how_to_install_it(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> object:
        if name.startswith(("pyftpdlib", "tuiftp.demo.pyftpd")):
            raise ModuleNotFoundError(name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match=r"tuiftp\[demo\]"):
        server.start()


def test_it_prints_nothing(server: DemoServer, capfd: pytest.CaptureFixture[str]) -> None:
    with connect(server.start()) as client, pytest.raises(ftplib.error_perm):
        client.cwd("nowhere")
    server.stop()
    assert capfd.readouterr() == ("", "")
