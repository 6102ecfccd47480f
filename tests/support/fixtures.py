"""The fixtures that every test directory shares: a home that is nobody's, servers and networks."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from tests.support import netns
from tests.support.servers import KINDS, Place, RunningServer, make_server, skip_or_fail

_numbers = itertools.count()


class StartServer(Protocol):
    """Starts a server for one test."""

    def __call__(
        self, kind: str, place: Place | None = None, options: Sequence[str] = ()
    ) -> RunningServer: ...


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory that holds the home of each test."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="session", autouse=True)
def can_be_interrupted() -> None:
    """Let programs that tests start be interrupted: a shell has what runs in the background ignore that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def fake_home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty home, so that nothing reads or writes the developer's own."""
    home = homes / str(next(_numbers))
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_RUNTIME_DIR", ".run"),
        ("XDG_DOWNLOAD_DIR", "Downloads"),
    ):
        monkeypatch.setenv(name, str(home / folder))
    # COLUMNS and LINES count for more than the size of the terminal that a test makes, and the processes of
    # pytest-xdist have them from the readline library that pytest loads.
    for name in ("TUIFTP_PASSWORD", "NETRC", "VISUAL", "EDITOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return home


@pytest.fixture
def start_ftp_server() -> Iterator[StartServer]:
    """Return a function that starts a server, which is gone with the test."""
    with ExitStack() as cleanup:

        def start(kind: str, place: Place | None = None, options: Sequence[str] = ()) -> RunningServer:
            server = make_server(kind, place, options)
            cleanup.callback(server.discard)
            server.start()
            return server

        yield start


def kinds(*names: str) -> list[object]:
    """Return pytest parameters for some servers; those of Debian carry the marker `real_server`."""
    return [
        name if name == "pyftpdlib" else pytest.param(name, marks=pytest.mark.real_server) for name in names
    ]


@pytest.fixture(params=kinds(*KINDS))
def ftp_server(request: pytest.FixtureRequest, start_ftp_server: StartServer) -> RunningServer:
    """Run the test with each of the four servers."""
    return start_ftp_server(request.param)


@pytest.fixture(params=kinds("pyftpdlib", "vsftpd"))
def ftp_server_ipv6(request: pytest.FixtureRequest, start_ftp_server: StartServer) -> RunningServer:
    """Run the test with servers that listen on ::1."""
    return start_ftp_server(request.param, Place(host="::1"))


@pytest.fixture
def pyftpdlib_server(start_ftp_server: StartServer) -> RunningServer:
    """Start pyftpdlib."""
    return start_ftp_server("pyftpdlib")


@pytest.fixture
def vsftpd(start_ftp_server: StartServer) -> RunningServer:
    """Start vsftpd."""
    return start_ftp_server("vsftpd")


@pytest.fixture
def proftpd(start_ftp_server: StartServer) -> RunningServer:
    """Start ProFTPD."""
    return start_ftp_server("proftpd")


@pytest.fixture
def pureftpd(start_ftp_server: StartServer) -> RunningServer:
    """Start Pure-FTPd."""
    return start_ftp_server("pureftpd")


_why_no_network: Callable[[], str | None] = cache(netns.why_impossible)


@pytest.fixture
def public_network() -> Iterator[netns.Network]:
    """Build a client and a server, both with public addresses."""
    yield from _built(nat=False)


@pytest.fixture
def nat_network() -> Iterator[netns.Network]:
    """Build a client with a private address behind a NAT router, and a server with a public one."""
    yield from _built(nat=True)


def _built(*, nat: bool) -> Iterator[netns.Network]:
    reason = _why_no_network()
    if reason is not None:
        skip_or_fail(reason)
    with netns.network(nat=nat) as built:
        yield built
