"""Ends the program with its terminal, where the system does not see to it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self


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


SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What interrupts a command beside SIGINT, which asyncio sees to."""


class Interrupts:
    """Listens while a command runs. A context around it, entered in its task."""

    def __init__(self) -> None:
        self.status: int | None = None
        """128 and the number of the signal that came; None: none did."""
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Begins to listen. A signal that is ignored stays so, as under `nohup`."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends listening."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self.status is not None:
            return  # it is ending already
        self.status = 128 + number
        if number != signal.SIGTERM:
            from tuiftp.cli.ending import let_go_of_closed

            let_go_of_closed()
        if self._task is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._task.cancel)
