"""What every FTP server under test has in common: an address, a user, a home, and a life of its own."""

from __future__ import annotations

import os
import random
import shutil
import socket
import stat
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

USER = "ftptest"
"""The user that every server lets in; for vsftpd it is a user of the system."""

PASSWORD = "ftppass"
"""The password of that user."""

CONTROL_PORTS = range(20_000, 23_000)
"""Where control ports are taken from: below what Linux gives to outgoing connections."""

PASSIVE_PORTS = range(23_000, 32_000)
"""Where passive ranges are taken from."""

PASSIVE_COUNT = 400
"""How many passive ports one server has."""


class ServerFailed(Exception):
    """A server did not start; the message holds what it printed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens and what it serves."""

    host: str = "127.0.0.1"
    """The address it listens on."""
    port: int = field(default_factory=lambda: free_port())
    """Its control port."""
    passive_ports: tuple[int, int] = field(default_factory=lambda: passive_range())
    """The first and the last of its passive ports."""
    netns: str | None = None
    """The network namespace it runs in, or ours."""

    @property
    def is_ipv6(self) -> bool:
        return ":" in self.host


class RunningServer(ABC):
    """An FTP server that a test uses, stops and brings back.

    Its files lie in `home`, a fresh directory outside the test's own temporary directory: a server that runs
    as another user could not get into that one.
    """

    kind: str
    """The name of the software."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.host = place.host
        self.port = place.port
        self.user = USER
        self.password = PASSWORD
        self.run = Path(tempfile.mkdtemp(prefix="tuiftp-server-"))
        self.run.chmod(0o755)
        self.home = self.run / "home"
        self.home.mkdir(mode=0o755)

    @property
    def root(self) -> str:
        """How the server names `home`: the directory that a login lands in."""
        return str(self.home)

    @property
    def url(self) -> str:
        """The URL of `home`, with user and password."""
        host = f"[{self.host}]" if self.place.is_ipv6 else self.host
        return f"ftp://{self.user}:{self.password}@{host}:{self.port}/"

    def remote(self, path: str) -> str:
        """Return the absolute path by which the server knows a file of `home`."""
        return f"{self.root.rstrip('/')}/{path}"

    def put(self, path: str, data: bytes = b"") -> Path:
        """Write a file below `home`, owned by the server's user, with its directories."""
        target = self.home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.give(target)
        for folder in target.parents:
            if self.home in folder.parents:
                self.give(folder)
        return target

    def own(self) -> None:
        """Give everything in `home` to the server's user; needed after a test has put something there."""
        for folder, folders, files in os.walk(self.home):
            for name in (*folders, *files):
                self.give(Path(folder, name))

    def give(self, path: Path) -> None:  # noqa: B027 - a server that runs as ourselves has nothing to do
        """Give one file or directory to the server's user."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """The process that listens."""

    @abstractmethod
    def start(self) -> None:
        """Start it and wait until it answers; at the same port after a stop."""

    @abstractmethod
    def stop(self) -> None:
        """End it, with all its sessions, at once."""

    @abstractmethod
    def output(self) -> str:
        """Return what it printed."""

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def discard(self) -> None:
        """Stop it and remove its files, whatever their modes are."""
        self.stop()
        if not self.run.exists():
            return
        for folder, _, _ in os.walk(self.run):
            os.chmod(folder, stat.S_IRWXU)
        shutil.rmtree(self.run)


def free_port() -> int:
    """Return a control port on which nobody listens."""
    own = _share(CONTROL_PORTS)
    for _ in range(200):
        port = random.choice(own)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise ServerFailed("no free control port was found")


def passive_range() -> tuple[int, int]:
    """Return a range of passive ports."""
    own = _share(PASSIVE_PORTS)
    first = random.choice(own[: max(1, len(own) - PASSIVE_COUNT)])
    return first, first + PASSIVE_COUNT - 1


def _share(ports: range) -> range:
    """What is this process's own where pytest-xdist has several run the tests side by side; else all."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = len(ports) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return ports[number * size : (number + 1) * size]
