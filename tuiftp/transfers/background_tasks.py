"""Background tasks with an owner: planners, timers, removals. None is ever lost or left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class BackgroundTasks:
    """Small tasks that are under way."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        """Those that have not ended."""
        self.on_end: Callable[[], None] = lambda: None
        """Called whenever one has ended."""
        self._needed: set[asyncio.Task[Any]] = set()
        self._then: dict[asyncio.Task[Any], Callable[[BaseException | None], None]] = {}

    def begin(
        self,
        work: Coroutine[Any, Any, Any],
        name: str,
        *,
        is_needed: bool = False,
        then: Callable[[BaseException | None], None] | None = None,
    ) -> asyncio.Task[Any]:
        """Starts a task and keeps hold of it until it ends.

        Args:
            work: What it does.
            name: What it is called.
            is_needed: Whether it is brief, and never cancelled.
            then: Callback: it has ended, with this error or (None) without one, or cancelled.
        """
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        if is_needed:
            self._needed.add(task)
        if then is not None:
            self._then[task] = then
        task.add_done_callback(self._ended)
        return task

    def cancel(self) -> None:
        """Cancels all that are under way; whoever closes waits for them."""
        for task in self.tasks - self._needed:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        self._needed.discard(task)
        error = None if task.cancelled() else task.exception()
        then = self._then.pop(task, None)
        if then is not None:
            then(error)
        self.on_end()
        if then is None and error is not None:
            raise error  # a mistake of ours: the loop's handler tells of it
