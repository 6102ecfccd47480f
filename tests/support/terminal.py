"""A terminal of its own for a program under test: what it writes, what it is typed, and the mode it leaves behind."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WAIT = 60.0
"""Seconds that a program has for anything; a loaded machine is slow."""

SESSION = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Makes the terminal on its standard input the one of a new session, as a terminal's window does for a shell."""


class Terminal:
    """Both ends of a pseudo-terminal, and the program in it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.master, self.slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.output = b""
        """All that was written so far."""
        self.process: subprocess.Popen[bytes] | None = None

    def mode(self) -> list[Any]:
        """The mode of the line: echo, signals, special keys."""
        return termios.tcgetattr(self.slave)

    def start(self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Starts a program in a session of its own, with this terminal."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", SESSION, *words], stdin=self.slave, stdout=self.slave, stderr=self.slave,
            cwd=cwd, env=dict(env),
        )  # fmt: skip
        return self.process

    def type(self, keys: bytes | str) -> None:
        """Types."""
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def read(self, seconds: float) -> bool:
        """Takes in what has been written; returns whether there was anything within the time."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, seconds))
        if ready:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:  # all have closed it
                return False
        return bool(ready)

    def until(self, text: bytes | str, *, since: int = 0) -> int:
        """Waits until a text has been written behind a place; returns the place behind it."""
        wanted = text.encode() if isinstance(text, str) else text
        last = time.monotonic() + WAIT
        while (found := self.output.find(wanted, since)) < 0:
            assert self.read(last - time.monotonic()), (wanted, self.output[since:][-3000:])
        return found + len(wanted)

    def ended(self) -> int:
        """Waits until the program has ended, reading what it writes meanwhile; returns its exit status."""
        assert self.process is not None
        last = time.monotonic() + WAIT
        while self.process.poll() is None:
            assert time.monotonic() < last, self.output[-3000:]
            self.read(0.05)
        while self.read(0.0):
            pass
        return self.process.returncode

    def close(self) -> None:
        """Ends the program, and takes the terminal away."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)


@contextmanager
def terminal(size: tuple[int, int] = (120, 36)) -> Iterator[Terminal]:
    """A terminal for one test."""
    made = Terminal(size)
    try:
        yield made
    finally:
        made.close()
