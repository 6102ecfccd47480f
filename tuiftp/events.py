"""The EventBus: how the engine tells whoever listens, without knowing them.

Event dataclasses live with those who emit them. The bus belongs to the event loop's thread: worker threads
never publish, they keep counters that the loop samples.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")


class EventBus:
    """Delivers each published event, at once and in order, to those who asked for its exact type.

    What a listener publishes itself is delivered when the event at hand has reached all of its listeners: so
    everybody sees the same events in the same order.
    """

    def __init__(self) -> None:
        self._listeners: dict[type[Any], list[Callable[[Any], None]]] = {}
        self._aside: list[Callable[[Any], None]] = []
        self._waiting: deque[object] = deque()
        self._is_delivering = False

    def subscribe(
        self, kind: type[Event], listener: Callable[[Event], None], *, is_aside: bool = False
    ) -> Callable[[], None]:
        """Calls `listener` with every event of `kind` from now on; returns a function that ends it.

        Args:
            kind: The exact type.
            listener: Who is called.
            is_aside: Whether it only listens along, and is no reason to make an event that costs something (`wants`).
        """
        listeners = self._listeners.setdefault(kind, [])
        listeners.append(listener)
        if is_aside:
            self._aside.append(listener)

        def unsubscribe() -> None:
            if listener in listeners:
                listeners.remove(listener)

        return unsubscribe

    def wants(self, kind: type[Any]) -> bool:
        """Whether anybody listens for events of `kind` who does more than listen along."""
        return any(listener not in self._aside for listener in self._listeners.get(kind, ()))

    def publish(self, event: object) -> None:
        """Hands `event` to its listeners. A listener must be quick and must not raise."""
        self._waiting.append(event)
        if self._is_delivering:
            return
        self._is_delivering = True
        try:
            while self._waiting:
                event = self._waiting.popleft()
                for listener in tuple(self._listeners.get(type(event), ())):
                    listener(event)
        finally:
            self._waiting.clear()
            self._is_delivering = False
