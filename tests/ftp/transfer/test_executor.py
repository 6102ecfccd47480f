"""The threads that move bytes give way to a program's screen, and only where there is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

MOVE = """
import asyncio, os, socket, threading
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.transfer import executor

def niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

async def main():
    one, other = socket.socketpair()
    print(await executor.in_thread(niceness, sock=one, progress=Progress()), niceness())
    other.close()

{first}
asyncio.run(main())
"""


def nicenesses(first: str = "") -> list[int]:
    """How nice a thread that moves bytes is, and the loop's own, in a program of its own."""
    argv = [sys.executable, "-c", MOVE.format(first=first)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness of its own")
def test_behind_a_screen_the_threads_step_back_and_the_loop_does_not() -> None:
    usual = nicenesses()[1]
    assert nicenesses("executor.step_back()") == [19, usual]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no niceness")
def test_without_a_screen_nothing_steps_back() -> None:
    moving, loop = nicenesses()
    assert moving == loop
