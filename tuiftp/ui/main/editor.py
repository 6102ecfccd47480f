"""Gives the terminal to the user's editor, and takes it back when the editor has ended.

The editor runs in the app's own process group, as under git and mc, so that Ctrl+Z stops both and the shell's `fg`
goes on with both. What else the terminal sends to the whole group (SIGINT by Ctrl+C, SIGQUIT by Ctrl+\\) is for the
editor alone: the app takes it and does nothing. It has a handler for that, for a program that is started inherits
signals that are ignored, and an editor that ignores Ctrl+C is not what the user knows.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from textual.app import App, SuspendNotSupported

from tuiftp.errors import LocalFileError

PATIENCE = 2.0
"""Seconds that an editor has to end when it is told to, before it is told once more, as by a closed terminal."""

_EDITORS_OWN = tuple(getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name))


class Editor:
    """The editor of one app; runs once at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._is_starting = False
        self._has_started = asyncio.Event()
        self.is_told_to_end = False
        """Whether the whole app ends: nothing is asked any more about what was edited."""

    @property
    def is_running(self) -> bool:
        """Whether the editor has the terminal."""
        return self._is_starting or self._process is not None

    async def run(self, app: App[Any], path: str) -> int:
        """Opens a file and waits until the editor has ended; the event loop goes on, so transfers do too.

        Args:
            app: Who has the terminal.
            path: What to edit.

        Returns:
            Its exit status; below zero: the signal that ended it.

        Raises:
            LocalFileError: It could not be started, or there is no terminal for it.
        """
        argv = [*editor_command(), path]
        try:
            with app.batch_update(), _signals_for_editor(), app.suspend(), _same_mode():
                status = await self._run(argv)
        except SuspendNotSupported as error:
            raise LocalFileError("This terminal cannot be given to an editor") from error
        app.refresh(layout=True)
        if isinstance(status, OSError):
            hint = "set EDITOR to one that is installed"
            raise LocalFileError(f"{argv[0]} could not be started: {status.strerror}", hint=hint) from status
        return status

    async def _run(self, argv: list[str]) -> int | OSError:
        # An error that passed through Textual's `suspend` would leave the app without a screen.
        # It may be at work for a while before asyncio has it at hand: also then it is told to end.
        self._is_starting = True
        try:
            self._process = await asyncio.create_subprocess_exec(*argv)
            self._has_started.set()
            return await self._process.wait()
        except OSError as error:
            return error
        finally:
            self._process, self._is_starting = None, False
            self._has_started.clear()

    async def end(self) -> None:
        """Tells the editor, and what it has started, to end; returns when it has, or does not heed that."""
        self.is_told_to_end = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_started.wait(), PATIENCE)
        for number in ("SIGTERM", "SIGHUP"):
            process = self._process
            if process is None:
                return
            self._tell(process, getattr(signal, number, signal.SIGTERM))
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), PATIENCE)

    @staticmethod
    def _tell(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
        with suppress(OSError):
            if sys.platform != "win32" and os.getpgrp() == os.getpid():
                os.killpg(0, number)  # a script may wait for the editor; the app itself is ending already
            else:
                process.send_signal(number)


def why_ended(status: int) -> str:
    """What is to be said of an editor that did not end well; empty: it did."""
    if not status:
        return ""
    if status > 0:
        return f"The editor ended with status {status}."
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"The editor was ended by {name}."


def editor_command() -> list[str]:
    """The words that begin the editor's command line: $VISUAL, $EDITOR, or what is installed."""
    for name in ("VISUAL", "EDITOR"):
        words = shlex.split(os.environ.get(name, ""))
        if words:
            return words
    return next(([name] for name in ("sensible-editor", "nano", "vi") if shutil.which(name)), ["vi"])


@contextmanager
def _signals_for_editor() -> Iterator[None]:
    before = {number: signal.signal(number, lambda *_: None) for number in _EDITORS_OWN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _same_mode() -> Iterator[None]:
    """Has the terminal in the same mode afterwards: an editor that was killed leaves it as it was using it."""
    if sys.platform == "win32" or sys.__stdin__ is None:
        yield
        return
    import termios

    descriptor = sys.__stdin__.fileno()
    try:
        mode = termios.tcgetattr(descriptor)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, mode)
