"""The order of keys: each acts on what the earlier ones have left, at any speed.

A key is handed on only when all that the one before it has set in motion has come to rest: its messages are handled,
the screen that it opened is mounted and painted, the focus is where it goes, and the work that it began on the screen
that takes keys (a listing, a search, a connection, a command) has ended. Until then keys wait in a row. What releases
them is always the end of that work, never the passing of time.

Work that takes long can be cancelled: Escape and Ctrl+C go past the row then, and what was typed before them is
dropped. In the first moment of work they are keys like others, so that the speed of typing does not change what they
mean.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from weakref import WeakSet

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from tuiftp.ui.dialogs.basic import Busy
from tuiftp.ui.interrupt import KEY as INTERRUPT

PATIENCE = 0.2
"""Seconds of work after which it counts as long: it says that it is under way, and Escape cancels it at once."""
QUIET = 0.4
"""Seconds without a key, after which a dialog that nobody has asked for may come under a user's fingers."""
_MOST_QUIET = 3.0
_PASSES = 2
"""How often all queues must be found empty: a message that is just being handled stands in none of them."""

HOLDING = frozenset(
    {
        "arrange", "cancel batch", "charset", "connect", "flow", "forget", "history", "keep", "leave", "limit",
        "load", "log in", "marks", "page", "quit", "restored", "save", "search", "sites", "together", "users",
    }
)  # fmt: skip
"""Groups of workers whose end the next key waits for, as long as the screen that they run on takes the keys."""

Typed = events.Key | events.Paste
"""What waits."""


class KeyGate:
    """Hands on what is typed, one key at a time."""

    def __init__(
        self, app: App[Any], forward: Callable[[events.Event], Awaitable[None]], *,
        is_starting: Callable[[], bool], tell_slow: Callable[[], None],
    ) -> None:  # fmt: skip
        """Makes the gate.

        Args:
            app: Whose keys.
            forward: Does what is usually done with a key.
            is_starting: Whether the first screen lacks something that keys may need; `stir` tells of its coming.
            tell_slow: Is called when keys have to wait for long.
        """
        self._app = app
        self._forward = forward
        self._is_starting = is_starting
        self._tell_slow = tell_slow
        self._row: deque[Typed] = deque()
        self._task: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._stirred = asyncio.Event()
        self._watched: set[Worker[Any]] = set()
        self._asked: WeakSet[Screen[Any]] = WeakSet()
        self._painted: WeakSet[Screen[Any]] = WeakSet()
        self._is_slow = False
        self._typed_at = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether no key waits, and all that the last one has set in motion has come to rest."""
        return self._task is None

    async def take(self, event: Typed) -> None:
        """Hands a key on, at once or in its turn. Called by the app for every key."""
        if self._app.screen is self._app.screen_stack[0]:
            self._typed_at = time.monotonic()
        if self._is_slow and _cancels(event):
            self._row.clear()
            await self._forward(event)
            self._aside(self._pass_and_stir())
            return
        if self._task is None and not self._holds():
            await self._forward(event)
        else:
            self._row.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._release(), name="keys")

    def stir(self, *_: object) -> None:
        """Has the gate look again whether the next key may go on."""
        self._stirred.set()

    def forget_text(self) -> None:
        """Drops the text that waits: it was typed as the answer to a question that does not come."""
        kept = [event for event in self._row if not _is_text(event)]
        if len(kept) < len(self._row):
            self._row = deque(kept)
            self._app.bell()

    def close(self) -> None:
        """Ends the handing on."""
        self._row.clear()
        for task in (self._task, *self._asides):
            if task is not None:
                task.cancel()

    async def quiet(self) -> None:
        """Waits until nothing has been typed for a moment: no dialog takes a key that was not meant for it."""
        last = time.monotonic() + _MOST_QUIET
        # It is the passing of time that is waited for, no event.
        while (now := time.monotonic()) < last and (wait := self._typed_at + QUIET - now) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)

    # One after the other.

    async def _release(self) -> None:
        try:
            while True:
                await self._rest()
                if not self._row:
                    return
                self._app.call_later(self._forward, self._row.popleft())
        finally:
            self._task = None

    def _become_slow(self) -> None:
        self._is_slow = True
        places = [place for place, event in enumerate(self._row) if _cancels(event)]
        if not places:
            self._app.call_later(self._tell_slow)
            return
        for _ in range(places[-1]):
            self._row.popleft()
        self._app.call_later(self._forward, self._row.popleft())
        self._aside(self._pass_and_stir())

    async def _pass_and_stir(self) -> None:
        """Looks again once what a key has set in motion by messages alone is done, be the work's end still far."""
        await self._pass()
        self.stir()

    async def _rest(self) -> None:
        """Waits until the last key has done all that it does."""
        passes = 0
        while passes < _PASSES:
            while self._holds():
                passes = 0
                await self._change()
            before = (self._app.screen, self._app.focused)
            is_quiet = await self._pass()
            is_quiet = is_quiet and not self._holds() and before == (self._app.screen, self._app.focused)
            passes = passes + 1 if is_quiet else 0

    async def _change(self) -> None:
        """Waits until something has changed of what holds."""
        self._stirred.clear()
        self._watch()
        slow = None
        if self._works() and not self._is_slow:
            slow = asyncio.get_running_loop().call_later(PATIENCE, self._become_slow)
        try:
            await self._stirred.wait()
        finally:
            if slow is not None:
                slow.cancel()
            self._is_slow = self._is_slow and self._works()

    async def _pass(self) -> bool:
        """Waits until every message is handled that waits on the way of a key, from the focus up to the app.

        Returns:
            Whether there was none, and none has come meanwhile.
        """
        is_quiet = True
        pumps = list(self._pumps())
        for pump in pumps:
            is_quiet = is_quiet and not pump.message_queue_size
            passed = asyncio.Event()
            if pump.call_later(passed.set):
                await passed.wait()
        return is_quiet and not any(pump.message_queue_size for pump in pumps)

    def _pumps(self) -> Iterator[MessagePump]:
        node = self._app.focused or self._app.screen
        yield from (above for above in node.ancestors_with_self if above is not self._app)
        yield self._app

    # What holds.

    def _holds(self) -> bool:
        return self._app.screen not in self._painted or self._works()

    def _works(self) -> bool:
        """Whether work is under way that the next key waits for."""
        screen = self._app.screen
        if isinstance(screen, Busy) or (screen is self._app.screen_stack[0] and self._is_starting()):
            return True
        return any(True for _ in self._workers(screen))

    def _workers(self, screen: Screen[Any]) -> Iterator[Worker[Any]]:
        for worker in self._app.workers:
            is_under_way = not worker.is_finished and not worker.is_cancelled
            if worker.group in HOLDING and is_under_way and screen in worker.node.ancestors_with_self:
                yield worker

    def _watch(self) -> None:
        """Sees to it that the gate is stirred when something that holds has ended."""
        screen = self._app.screen
        if screen not in self._asked:
            self._asked.add(screen)
            screen.call_after_refresh(self._paint, screen)
        for worker in self._workers(screen):
            if worker not in self._watched:
                self._watched.add(worker)
                self._aside(self._end_of(worker))

    def _paint(self, screen: Screen[Any]) -> None:
        self._painted.add(screen)
        self.stir()

    async def _end_of(self, worker: Worker[Any]) -> None:
        try:
            await worker.wait()
        except WorkerError:
            pass  # whoever began it tells what went wrong
        finally:
            self._watched.discard(worker)
            self.stir()

    def _aside(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


def _cancels(event: Typed) -> bool:
    return isinstance(event, events.Key) and event.key in ("escape", INTERRUPT)


def _is_text(event: Typed) -> bool:
    """Whether something typed may be part of a line of text."""
    if isinstance(event, events.Paste):
        return True
    return event.is_printable or event.key in ("enter", "backspace")
