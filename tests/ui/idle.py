"""When an app under test has done what it had to do: seen in its queues, not guessed from the time that it takes.

Textual's pilot waits, twice for each key, for 20 ms in which the process has used less than one: half of the time of
all tests of the screen was that. Here nothing may be waiting: no message, no callback, nothing to lay out or paint.
"""

from __future__ import annotations

from asyncio import sleep
from time import monotonic, process_time
from typing import Any

from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump

PERIOD = 0.004
"""Seconds between two looks; time for what threads bring."""
MOST_WORK = 0.0006
"""Seconds of CPU in one period, of all threads, that are no work yet."""


def has_work(app: App[Any]) -> bool:
    """Whether the app, its widgets or the screen on top have something to do."""
    pumps: list[MessagePump] = [app, *app._registry]
    for pump in pumps:
        queue: Any = pump._message_queue
        if not queue.empty() or pump._next_callbacks:
            return True
    if not app._screen_stacks or not app._screen_stack:
        return False
    screen = app.screen
    return bool(screen._layout_required or screen._dirty_widgets or screen._callbacks)


async def wait_for_idle(min_sleep: float = PERIOD, max_sleep: float = 1.0) -> None:
    """Wait until the app under test has nothing to do; stands in for the function of this name in Textual.

    Args:
        min_sleep: Seconds to wait at least.
        max_sleep: Seconds to wait at most.
    """
    app = active_app.get(None)
    began = monotonic()
    while True:
        used = process_time()
        await sleep(PERIOD)
        used, waited = process_time() - used, monotonic() - began
        is_idle = used < MOST_WORK and not (app is not None and has_work(app))
        if waited >= max_sleep or (is_idle and waited >= min_sleep):
            return
