"""What happens when the queue is done: a word on the screen, a sign to the terminal, a command of the user's."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.app import App

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import human_duration, human_size, shown
from tuiftp.storage.checks import split_command
from tuiftp.storage.choices import FinishNotice
from tuiftp.transfers.model import QueueFinished
from tuiftp.ui.services import Services

WORTH_TELLING = 10.0
"""Seconds that transfers must have taken for the end to be told: who copies one small file sees it."""
_KEPT_BACK = frozenset({"TUIFTP_PASSWORD"})

Runner = Callable[[Sequence[str], Mapping[str, str], Callable[[str | None], None]], None]
"""Runs a command with an environment, and tells what went wrong, or None."""


def summary_of(event: QueueFinished) -> str:
    """How it went, in a line without a word that is not ours: `120 done, 2 failed, 3.4 GB in 4:12`."""
    # The same words as in the row of a batch.
    parts = [f"{event.done:,} done"] if event.done or not event.skipped else []
    parts += [f"{event.failed:,} failed"] if event.failed else []
    parts += [f"{event.skipped:,} skipped"] if event.skipped else []
    return f"{', '.join(parts)}, {human_size(event.size)} in {human_duration(event.seconds)}"


def sign_of(notice: FinishNotice, text: str) -> str:
    """What is written to the terminal; it shows nothing of it."""
    match notice:
        case FinishNotice.BELL:
            return "\a"
        case FinishNotice.OSC9:
            return f"\x1b]9;tuiftp: {text}\a"
        case FinishNotice.OSC777:
            return f"\x1b]777;notify;tuiftp;{text}\a"
        case _:
            return ""


def environment_of(event: QueueFinished) -> dict[str, str]:
    """The environment of the user's command: ours, without the password, and how it went."""
    ours = {name: value for name, value in os.environ.items() if name not in _KEPT_BACK}
    return ours | {
        "TUIFTP_DONE": str(event.done),
        "TUIFTP_FAILED": str(event.failed),
        "TUIFTP_SKIPPED": str(event.skipped),
        "TUIFTP_BYTES": str(event.size),
        "TUIFTP_SECONDS": f"{event.seconds:.0f}",
    }


def run_detached(
    words: Sequence[str], environment: Mapping[str, str], tell: Callable[[str | None], None]
) -> None:
    """Runs a command on its own: it outlives us, and sees neither the terminal nor a shell.

    Args:
        words: The program and its arguments.
        environment: Its environment.
        tell: Is called in the loop, with what went wrong or None, when it has ended.
    """
    loop = asyncio.get_running_loop()

    def deliver(problem: str | None) -> None:
        try:
            loop.call_soon_threadsafe(tell, problem)
        except RuntimeError:
            pass  # the program is over: there is nobody left to tell

    def run() -> None:
        try:
            process = subprocess.Popen(
                list(words), env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            deliver(f"{words[0]}: {getattr(error, 'strerror', None) or error}")
            return
        status = process.wait()
        deliver(None if status == 0 else f"{words[0]} ended with status {status}")

    # A daemon: the end of the program does not wait for it.
    threading.Thread(target=run, name="tuiftp-finished", daemon=True).start()


class Finishing:
    """Does what the settings say whenever the queue is done."""

    def __init__(self, app: App[Any], services: Services, *, run: Runner = run_detached) -> None:
        self._app = app
        self._services = services
        self._run = run

    def finished(self, event: QueueFinished) -> None:
        """Tells it, and runs the command."""
        settings = self._services.rules
        text = summary_of(event)
        if event.seconds >= WORTH_TELLING:
            severity = "warning" if event.failed else "information"
            self._app.notify(text, title="All transfers have ended", severity=severity, markup=False)  # type: ignore[arg-type]
            self._sign(sign_of(settings.finish_notice, text))
        self._command(settings.finish_command, event)

    def _sign(self, sign: str) -> None:
        driver = self._app._driver  # as App.bell() and copy_to_clipboard() do; there is no other way to it
        if sign and driver is not None and not self._app.is_headless:
            driver.write(sign)

    def _command(self, text: str, event: QueueFinished) -> None:
        try:
            words = split_command(text)
        except ConfigurationError as error:
            self._tell(str(error))
            return
        if words:
            self._run(words, environment_of(event), self._tell)

    def _tell(self, problem: str | None) -> None:
        if problem is not None and self._app.is_running:
            self._app.notify(
                shown(problem), title="The command at the end failed", severity="error", markup=False
            )
