"""Runs a server as a process of ours: waits until it answers, keeps what it prints, kills all of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.netns import in_namespace

from .running import ServerFailed

START_LIMIT = 10.0
"""Seconds that a server may take until it answers."""

END_LIMIT = 10.0
"""Seconds that a killed process may take until it is gone."""


class ServerProcess:
    """One process and its children."""

    def __init__(self, argv: list[str], *, output: Path, netns: str | None) -> None:
        self.argv = argv if netns is None else ["ip", "netns", "exec", netns, *argv]
        self.output = output
        self.netns = netns
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed("the server does not run")
        return self._process.pid

    def start(self, host: str, port: int) -> None:
        """Start it and wait until a connect succeeds."""
        with self.output.open("ab") as printed:
            self._process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, start_new_session=True
            )
        deadline = time.monotonic() + START_LIMIT
        while not in_namespace(self.netns, lambda: answers(host, port)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.argv} did not start:\n{self.printed()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Kill it and every process that came from it."""
        if self._process is None:
            return
        # All stand still before any dies: vsftpd would say "500 OOPS: child died" on the control connection.
        family: set[int] = set()
        while born := {self._process.pid, *descendants(self._process.pid)} - family:
            _send(born, signal.SIGSTOP)
            family |= born
        _send(family, signal.SIGKILL)
        self._process.wait(timeout=END_LIMIT)
        # A child that is still going down would hold the port open.
        deadline = time.monotonic() + END_LIMIT
        while any(map(_lives, family)) and time.monotonic() < deadline:
            time.sleep(0.002)
        self._process = None

    def printed(self) -> str:
        """Return what it wrote to its outputs."""
        return self.output.read_text(errors="backslashreplace") if self.output.exists() else ""


def answers(host: str, port: int) -> bool:
    """Return whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that came from `pid`."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent(entry)
            children.setdefault(parent, []).append(int(entry.name))
    yield from _below(pid, children)


def _below(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    for child in children.get(pid, []):
        yield child
        yield from _below(child, children)


def _parent(process: Path) -> int:
    facts = _facts(process)
    return int(facts[1]) if facts else 0


def _lives(pid: int) -> bool:
    facts = _facts(Path("/proc") / str(pid))
    return bool(facts) and facts[0] not in "ZX"


def _facts(process: Path) -> list[str]:
    """Return the state, the parent and so on of a process (proc(5)), or nothing when it is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _send(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
