"""Has SIGTERM and SIGHUP end `ls`, `get` and `put` as Ctrl+C does: what is unfinished is cleaned up, then it ends."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

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
