"""The terminal is closed under the app: it ends, also where the system sends it no signal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WAIT = 30.0
"""Seconds that the program has for anything."""


def read_until(master: int, text: bytes) -> None:
    output, last = b"", time.monotonic() + WAIT
    while text not in output:
        ready, _, _ = select.select([master], [], [], last - time.monotonic())
        assert ready, output
        output += os.read(master, 65536)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a terminal can be waited for so")
def test_the_app_ends_with_a_terminal_that_is_not_its_own(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tuiftp"], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"}, cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    os.close(slave)
    try:
        read_until(master, b"Quit")
        os.close(master)
        assert process.wait(WAIT) == 128 + signal.SIGHUP
    finally:
        process.kill()
        process.wait()
