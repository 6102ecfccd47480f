"""The order of keys: each acts on what the earlier ones have left, at any speed.

A key is handed on only when all that it depends on has come to rest: the messages of the key before it are handled,
the screen that was opened is mounted and painted, the focus is where it goes, and the work that its effect depends on
has ended. Until then it waits in a row, and what is typed after it waits behind it. What releases keys is always the
end of that work, never the passing of time.

On the main screen a key depends on work (the rules are in `ui.main.key_rules`) where it is for the pane that lists a
directory, or for both sides (a copy, synchronized browsing), or for a site that is being connected. All else acts at
once: going to the other pane or a panel, browsing there, help, settings, the palette, quitting. A command that may
open a dialog holds every key, since the next one may be the answer.

One key may pass others: going elsewhere passes keys that wait for a pane and do nothing outside of it (moving,
marking, sorting, going up). They stay with that pane, act on it in their order once its directory is there, and what
is typed for the pane later comes after them. Nothing passes a key that may open something or take the focus.

Work that takes long can be cancelled: Escape and Ctrl+C go past the row then, and what was typed before them for the
same pane is dropped. In the first moment of work they are keys like others, so that the speed of typing does not
change what they mean.

A dialog that no key has asked for (a question of a transfer, a certificate) comes between two keys, never within the
handling of one, and takes none that was typed before it was seen (`ui.unasked`). Keys that wait when it comes go on
waiting beneath it, and act where they were meant to when it has gone.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from tuiftp.ui.dialogs.basic import Busy
from tuiftp.ui.interrupt import KEY as INTERRUPT
from tuiftp.ui.unasked import UnaskedDialogs

Answer = TypeVar("Answer")

PATIENCE = 0.2
"""Seconds of work after which it counts as long: it says that it is under way, and Escape cancels it at once."""
QUIET = 0.4
"""Seconds without a key for which a dialog that nobody has asked for waits, so as not to interrupt who types."""
_MOST_QUIET = 3.0
_PASSES = 2
"""How often all queues must be found empty: a message that is just being handled stands in none of them."""

HOLDING = frozenset(
    {
        "arrange", "cancel batch", "charset", "connect", "flow", "forget", "history", "keep", "leave", "limit",
        "load", "log in", "marks", "page", "quit", "restored", "save", "search", "sites", "together", "users",
    }
)  # fmt: skip
"""Groups of workers whose end keys may wait for, as long as the screen that they run on takes the keys."""


class Part(StrEnum):
    """A part of the main screen that a key may depend on."""

    LEFT = "left"
    RIGHT = "right"
    SITE = "site"


Parts = frozenset[Part]


@dataclass(frozen=True)
class Chosen:
    """A command without its key: chosen in the palette, or left behind by who went elsewhere."""

    action: str
    """The action's name."""
    node: DOMNode
    """Where it lives."""


Typed = events.Key | events.Paste | Chosen
"""What waits."""


class Rules(Protocol):
    """What keys and work of the main screen depend on."""

    @property
    def is_starting(self) -> bool:
        """Whether the screen lacks something that keys may need; `stir` tells of its coming."""

    def needs(self, typed: Typed) -> Parts:
        """The parts of the screen that a key depends on, typed where the focus is now."""

    def concerns(self, worker: Worker[Any], *, is_slow: bool) -> Parts | None:
        """The parts that a worker may change; None: it may do anything, as open a dialog."""

    def left_behind(self, typed: Typed) -> tuple[Part, Chosen] | None:
        """What a key does within the pane of the focus, and only there; None: it may do more."""

    def lists(self) -> Sequence[DOMNode]:
        """Where messages of the panes begin their way."""


class KeyGate:
    """Hands on what is typed, one key at a time."""

    def __init__(
        self, app: App[Any], forward: Callable[[events.Event], Awaitable[None]], *, rules: Rules,
        tell_slow: Callable[[], None],
    ) -> None:  # fmt: skip
        """Makes the gate.

        Args:
            app: Whose keys.
            forward: Does what is usually done with a key.
            rules: What keys of the first screen depend on.
            tell_slow: Is called when keys have to wait for long.
        """
        self._app = app
        self._forward = forward
        self._rules = rules
        self._tell_slow = tell_slow
        self._row: deque[Typed] = deque()
        self._left: dict[Part, deque[Chosen]] = {}
        self._task: asyncio.Task[None] | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._stirred = asyncio.Event()
        self._watched: set[Worker[Any]] = set()
        self._asked: WeakSet[Screen[Any]] = WeakSet()
        self._painted: WeakSet[Screen[Any]] = WeakSet()
        self._since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._slow: WeakSet[Any] = WeakSet()
        self.taken = 0
        """How many keys have been taken, each at once or in its turn."""
        self._typed_at = 0.0
        self._unasked = UnaskedDialogs(app)
        self._beneath: list[tuple[Screen[Any], deque[Typed]]] = []
        self._passing = asyncio.Lock()

    @property
    def is_deaf(self) -> bool:
        """Whether what is typed now is refused, as it would answer what nobody has seen yet."""
        return self._unasked.is_deaf

    @property
    def is_idle(self) -> bool:
        """Whether no key waits, and all that the last one has set in motion has come to rest."""
        return self._task is None

    async def take(self, typed: Typed) -> None:
        """Hands a key on, at once or in its turn. Called by the app for every key."""
        if not isinstance(typed, Chosen) and not self.heeds(typed):
            return
        if self._app.screen not in self._unasked:
            self._typed_at = time.monotonic()
        self._bring_back()
        self.taken += 1
        if _cancels(typed) and self._is_held_for_long(typed):
            self._row.clear()
            await self._do(typed)
            self._aside(self._pass_and_stir())
            return
        if self._task is None and not self._is_held(typed):
            await self._do(typed)
        else:
            self._row.append(typed)
        if self._task is None:
            self._task = asyncio.create_task(self._release(), name="keys")
        self.stir()

    def stir(self, *_: object) -> None:
        """Has the gate look again whether the next key may go on."""
        if self._app.screen_stack:
            self._unasked.screen_changed()
        self._bring_back()
        if self._row and self._task is None:
            self._task = asyncio.create_task(self._release(), name="keys")
        self._stirred.set()

    def heeds(self, event: events.Event) -> bool:
        """Whether something typed or clicked may go on; not, and told, where it would answer what nobody has seen."""
        return not self._app.screen_stack or self._unasked.take(event.time)

    def forget_text(self) -> None:
        """Drops the text that waits: it was typed as the answer to a question that does not come."""
        kept = [event for event in self._row if not _is_text(event)]
        if len(kept) < len(self._row):
            self._row = deque(kept)
            self._app.bell()

    def close(self) -> None:
        """Ends the handing on."""
        self._row.clear()
        self._left.clear()
        self._beneath.clear()
        for task in (self._task, *self._asides):
            if task is not None:
                task.cancel()

    # Dialogs that no key has asked for.

    def awaits(self, worker: Worker[Any]) -> bool:
        """Whether every key waits for what a worker does, so that its dialog is what the next ones are meant for."""
        if worker not in set(self._workers(self._app.screen)):
            return False
        return not self._is_on_first or self._concerned(worker) is None

    async def ask(self, dialog: Screen[Answer]) -> Answer | None:
        """Opens a dialog that no key has asked for, and waits for its answer. Call it within the app."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        def take(given: Answer | None) -> None:
            if not answer.done():
                answer.set_result(given)

        try:
            await self.show(dialog, take)
            return await answer
        except asyncio.CancelledError:
            if dialog.is_attached and dialog.is_current:
                dialog.dismiss(None)
            raise

    def show_soon(self, dialog: Screen[Any]) -> None:
        """Opens a dialog that no key has asked for. Call it within the app."""
        self._aside(self.show(dialog))

    async def show(self, dialog: Screen[Answer], take: Callable[[Answer | None], None] | None = None) -> None:
        """Opens a dialog that no key has asked for, between two keys. Call it within the app.

        Args:
            dialog: The dialog.
            take: Is given its answer.
        """
        await self._quiet()
        passes = 0
        while passes < _PASSES:
            passes = passes + 1 if await self._pass() else 0
        self._unasked.add(dialog)
        if self._row:
            self._beneath.append((dialog, self._row))
            self._row = deque()
        self._app.push_screen(dialog, take)

    def _bring_back(self) -> None:
        """Goes on with the keys that were typed before a dialog has come, once that has gone."""
        while self._beneath and self._beneath[-1][0] not in self._app.screen_stack:
            _, waiting = self._beneath.pop()
            waiting.extend(self._row)
            self._row = waiting

    async def _quiet(self) -> None:
        """Waits until nothing has been typed for a moment, so as not to interrupt who types; but not for ever."""
        last = time.monotonic() + _MOST_QUIET
        # It is the passing of time that is waited for, no event.
        while (now := time.monotonic()) < last and (wait := self._typed_at + QUIET - now) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)

    # One after the other.

    async def _release(self) -> None:
        try:
            while (typed := await self._next()) is not None:
                self._app.call_later(self._do, typed)
                while not await self._pass():  # what comes next is judged by the focus that this one leaves
                    pass
                if _cancels(typed):
                    self.stir()
        finally:
            self._task = None

    async def _do(self, typed: Typed) -> None:
        if self.is_deaf and not isinstance(typed, Chosen):  # a dialog has opened since this one was released
            screen = self._app.screen
            if not self._beneath or self._beneath[-1][0] is not screen:
                self._beneath.append((screen, deque()))
            self._beneath[-1][1].appendleft(typed)
            return
        if _cancels(typed):
            self._drop_left(typed)
        if isinstance(typed, Chosen):
            await self._app.run_action(typed.action, default_namespace=typed.node)
        else:
            await self._forward(typed)

    async def _next(self) -> Typed | None:
        """Waits until the last key has done all that the next one depends on.

        Returns:
            The next one; None when all has come to rest.
        """
        passes = 0
        while passes < _PASSES:
            while self._waits():
                passes = 0
                await self._change()
            before = (self._app.screen, self._app.focused)
            is_quiet = await self._pass()
            is_quiet = is_quiet and not self._waits() and before == (self._app.screen, self._app.focused)
            passes = passes + 1 if is_quiet else 0
        if (part := self._free_part()) is not None:
            return self._take_left(part)
        return self._row.popleft() if self._row else None

    def _waits(self) -> bool:
        """Whether nothing that waits may be handed on now."""
        if self._app.screen not in self._painted:
            return True
        self._go_past()
        self._leave_behind()
        if self._free_part() is not None:
            return False
        head = self._row[0] if self._row else None
        if head is not None and _cancels(head) and self._is_held_for_long(head):
            return False
        return self._is_held(head)

    def _become_slow(self) -> None:
        now = time.monotonic()
        self._slow.update([work for work, since in self._since.items() if now >= since + PATIENCE])
        self.stir()
        if not any(map(_cancels, self._row)):
            self._app.call_later(self._tell_slow)

    def _go_past(self) -> None:
        """Drops what waits for long, where Escape comes behind it."""
        cancels = [place for place, typed in enumerate(self._row) if _cancels(typed)]
        if cancels and self._is_held_for_long(self._row[0]):
            for _ in range(cancels[-1]):
                self._row.popleft()

    def _drop_left(self, typed: Typed) -> None:
        """Drops what was left behind for what a key cancels."""
        needs = self._rules.needs(typed) if self._is_on_first else frozenset()
        self._left = {part: row for part, row in self._left.items() if part not in needs}

    async def _pass_and_stir(self) -> None:
        """Looks again once what a key has set in motion by messages alone is done, be the work's end still far."""
        await self._pass()
        self.stir()

    async def _change(self) -> None:
        """Waits until something has changed of what holds."""
        self._stirred.clear()
        self._watch()
        slow = None
        now = time.monotonic()
        for work in self._holding(self._row[0] if self._row else None):
            self._since.setdefault(work, now)
            if work not in self._slow and slow is None:
                wait = max(0.0, self._since[work] + PATIENCE - now)
                slow = asyncio.get_running_loop().call_later(wait, self._become_slow)
        try:
            await self._stirred.wait()
        finally:
            if slow is not None:
                slow.cancel()

    async def _pass(self) -> bool:
        """Waits until every message is handled that waits on the way of a key, from the focus up to the app.

        Returns:
            Whether there was none, and none has come meanwhile.
        """
        async with self._passing:  # the messages of two would disquiet each other
            is_quiet = True
            pumps = self._pumps()
            for pump in pumps:
                is_quiet = is_quiet and not pump.message_queue_size
                passed = asyncio.Event()
                if pump.call_later(passed.set):
                    await passed.wait()
            return is_quiet and not any(pump.message_queue_size for pump in pumps)

    def _pumps(self) -> Sequence[MessagePump]:
        begins: list[DOMNode] = [self._app.focused or self._app.screen]
        if self._is_on_first or self._left:
            begins += self._rules.lists()
        nodes = dict.fromkeys(node for begin in begins for node in begin.ancestors_with_self)
        return sorted(nodes, key=lambda node: len(node.ancestors), reverse=True)  # the app is the last one

    # What was typed for a pane, and left behind.

    def _leave_behind(self) -> None:
        """Has keys stay with their pane where one that waits for nothing comes behind them."""
        if not self._row or not self._is_on_first or not self._is_held(self._row[0]):
            return
        stay: list[tuple[Part, Chosen]] = []
        for typed in self._row:
            if stay and not self._rules.needs(typed) and not self._is_held(typed):
                break
            left = self._rules.left_behind(typed)
            if left is None:
                return
            stay.append(left)
        else:
            return
        for part, chosen in stay:
            self._row.popleft()
            self._left.setdefault(part, deque()).append(chosen)

    def _free_part(self) -> Part | None:
        """A pane that has come to rest, and has keys left behind."""
        return next((part for part in self._left if not self._is_at_work(part)), None)

    def _is_at_work(self, part: Part) -> bool:
        concerned = [self._concerned(worker) for worker in self._workers(self._app.screen_stack[0])]
        return any(parts is None or part in parts for parts in concerned)

    def _take_left(self, part: Part) -> Chosen:
        row = self._left[part]
        chosen = row.popleft()
        if not row:
            del self._left[part]
        return chosen

    # What holds.

    @property
    def _is_on_first(self) -> bool:
        return self._app.screen is self._app.screen_stack[0]

    def _is_held(self, typed: Typed | None) -> bool:
        """Whether a key has to wait; None: whether something is still to come to rest."""
        if self._app.screen not in self._painted or any(True for _ in self._holding(typed)):
            return True
        if typed is None:
            return bool(self._left)
        return bool(self._left) and self._is_on_first and not self._rules.needs(typed).isdisjoint(self._left)

    def _is_held_for_long(self, typed: Typed) -> bool:
        return any(work in self._slow for work in self._holding(typed))

    def _holding(self, typed: Typed | None) -> Iterator[object]:
        """The work that a key waits for; None: all work on the screen that takes keys."""
        screen = self._app.screen
        if isinstance(screen, Busy):
            yield screen
        if self._is_on_first and self._rules.is_starting:
            yield self._app
        needs: Parts | None = None
        for worker in self._workers(screen):
            parts = self._concerned(worker) if self._is_on_first and typed is not None else None
            if parts is not None and typed is not None:
                needs = self._rules.needs(typed) if needs is None else needs
                if needs.isdisjoint(parts):
                    continue
            yield worker

    def _concerned(self, worker: Worker[Any]) -> Parts | None:
        return self._rules.concerns(worker, is_slow=worker in self._slow)

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
        screens = {screen, self._app.screen_stack[0]} if self._left else {screen}
        for worker in [worker for each in screens for worker in self._workers(each)]:
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


def _cancels(event: Typed | None) -> bool:
    return isinstance(event, events.Key) and event.key in ("escape", INTERRUPT)


def _is_text(event: Typed) -> bool:
    """Whether something typed may be part of a line of text."""
    if not isinstance(event, events.Key):
        return isinstance(event, events.Paste)
    return event.is_printable or event.key in ("enter", "backspace")
