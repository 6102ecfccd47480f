"""Ends the app in order when a signal asks for it, and gives the terminal back whatever happens.

SIGTERM, SIGHUP, SIGQUIT and SIGINT (from another program: in the app Ctrl+C is a key) close the app as F10 does, but
without a question: nobody may be there to answer. What is queued is kept. If the app does not get to its end in time,
because its event loop or the terminal is stuck, the terminal is restored and the process ends all the same.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

DEADLINE = 8.0
"""Seconds that the app has for its end: container managers kill what has not ended after ten."""

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)
"""What ends the app."""

LEAVE_SCREEN = (
    "\x1b[?2026l"  # what is drawn is shown again at once
    "\x1b[?2004l"  # pasted text comes as typed
    "\x1b[?7h"  # long lines wrap
    "\x1b[?2048l"  # no reports of a new size
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # no reports of the mouse
    "\x1b[<u"  # the keyboard as it was
    "\x1b[?1049l"  # the screen as it was
    "\x1b[?25h"  # the cursor shown
    "\x1b[?1004l"  # no reports of the focus
    "\x1b[0m"
)
"""Undoes what Textual's driver asks of a terminal."""

POINTER = "\x1b]22;default\x07"
"""The mouse pointer as it was: Textual changes its shape over fields and links, and leaves it so."""


class Ending:
    """Listens to signals while the app runs. A context around it, entered in the event loop's thread."""

    def __init__(self, leave: Callable[[int], object], *, deadline: float = DEADLINE) -> None:
        """Prepares to listen.

        Args:
            leave: Has the app end with an exit status; called in the event loop, once.
            deadline: Seconds that it may take from then on.
        """
        self._leave = leave
        self._deadline = deadline
        self._terminal = Terminal()
        self._handlers: dict[signal.Signals, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watchdog: threading.Timer | None = None
        self.status: int | None = None
        """The exit status, 128 and the number of the signal that ends the app; None: none does."""

    def __enter__(self) -> Self:
        """Begins to listen, and remembers the terminal as it is."""
        self._loop = asyncio.get_running_loop()
        self._terminal.remember()
        for number in SIGNALS:
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends listening; the terminal is as it was before."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._terminal.restore()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Called between two steps of whatever the main thread does, also where its loop does not turn."""
        if self.status is not None:
            return  # a closed terminal is told several times
        self.status = 128 + number
        self._terminal.let_go_if_closed()
        self._watchdog = threading.Timer(self._deadline, self._force)
        self._watchdog.daemon = True
        self._watchdog.start()
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._leave, self.status)

    def _force(self) -> None:
        self._terminal.restore()
        os._exit(self.status or 1)


class Terminal:
    """The terminal that the app was started in, and the state that it was in."""

    def __init__(self) -> None:
        self._descriptor = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
        self._before: list[Any] | None = None

    def remember(self) -> None:
        """Notes its mode."""
        self._before = self._mode()

    def restore(self) -> None:
        """Puts it in the mode that was noted; where it is in another one, the screen is still ours and is left."""
        if self._before is None or (now := self._mode()) is None:
            return
        if now == self._before:
            _write(POINTER)
            return
        import termios

        with suppress(termios.error):
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
        _write(LEAVE_SCREEN + POINTER)

    def let_go_if_closed(self) -> None:
        """Has what is written from now on go nowhere, if the terminal is closed: an error would hold up the end."""
        if sys.platform == "win32" or not _is_closed(self._descriptor):
            return
        let_go_of_closed()
        self._before = None

    def _mode(self) -> list[Any] | None:
        if sys.platform == "win32":
            return None
        import termios

        try:
            return termios.tcgetattr(self._descriptor)
        except termios.error:
            return None


def let_go_of_closed() -> None:
    """Has what is written to a terminal that is closed go nowhere, instead of failing."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        if _is_closed(descriptor):
            os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _is_closed(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)  # that it hangs up is always told
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def _write(text: str) -> None:
    """Writes to the terminal, as much of it as it takes at once: one that is stopped (Ctrl+S) is not waited for."""
    try:
        descriptor = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        descriptor = None
    with suppress(OSError):
        os.write(2 if descriptor is None else descriptor, text.encode())
    if descriptor is not None:
        os.close(descriptor)
