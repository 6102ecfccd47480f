"""Ends the program with its terminal, where the system does not see to it."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading


def end_with_terminal() -> None:
    """Sends this process SIGHUP when its terminal hangs up; `cli.ending` says what comes of it.

    The system sends that signal to the programs of a session which the terminal belongs to. Others only read the
    end of their input, again and again, and nobody is there to leave them. Elsewhere than on Linux, `poll` does not
    know terminals.
    """
    if sys.platform == "linux" and sys.stdin.isatty():
        terminal = sys.stdin.fileno()
        threading.Thread(target=_wait_for_end, args=(terminal,), name="tuiftp-terminal", daemon=True).start()


def _wait_for_end(terminal: int) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # that it hangs up is always told
    poll.poll()
    os.kill(os.getpid(), signal.SIGHUP)
