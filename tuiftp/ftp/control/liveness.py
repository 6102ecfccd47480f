"""Liveness after a suspend: detects it, calls back, and tests a connection by NOOP, dropping it if it is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tuiftp.errors import TuiftpError
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.idle_clock import LONG, IdleClock

LOOK_EVERY = 5.0
"""Seconds between two looks whether the machine was asleep."""

_NOOP_LIMIT = 5.0
"""Seconds for the NOOP that tests a connection which was silent for long."""


async def answers(client: FtpClient) -> bool:
    """Tests a connection that was silent for long: a router may have dropped it without a word."""
    client.forget_ahead()
    try:
        await client.ask("NOOP", timeout=min(_NOOP_LIMIT, client.options.timeout))
    except TuiftpError:
        return False
    return client.lost is None


class Liveness:
    """Watches for a suspend of the machine, or a long stop of this process (SIGSTOP)."""

    def __init__(self, on_wake: Callable[[], None], *, every: float = LOOK_EVERY) -> None:
        """Creates a stopped watcher.

        Args:
            on_wake: Callback, called once after each suspend.
            every: Seconds between two checks of the clocks.
        """
        self._on_wake = on_wake
        self._every = every
        self._since = IdleClock()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Starts the periodic check, unless it is running."""
        if self._timer is None:
            self._look_later()

    def stop(self) -> None:
        """Stops the periodic check."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_later(self) -> None:
        self._since.heard()
        self._timer = asyncio.get_running_loop().call_later(self._every, self._look)

    def _look(self) -> None:
        has_slept = self._since.had_sleep or self._since.seconds > self._every + LONG
        self._look_later()
        if has_slept:
            self._on_wake()
