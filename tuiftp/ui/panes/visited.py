"""Navigation history of a pane: back, forward, and the cursor position in each directory."""

from __future__ import annotations

from collections import OrderedDict

_KEPT = 200


class History:
    """The directories of one pane, in the order of the visits."""

    def __init__(self) -> None:
        self._back: list[str] = []
        self._forward: list[str] = []
        self._cursors: OrderedDict[str, str] = OrderedDict()

    def left(self, directory: str) -> None:
        """A directory was left for another by the user's choice: what lay ahead is gone."""
        if not self._back or self._back[-1] != directory:
            self._back.append(directory)
            del self._back[:-_KEPT]
        self._forward.clear()

    def peek(self, *, is_back: bool) -> str | None:
        """Where back, or forward, leads."""
        stack = self._back if is_back else self._forward
        return stack[-1] if stack else None

    def step(self, directory: str, *, is_back: bool) -> None:
        """The step was taken, away from `directory`."""
        origin, other = (self._back, self._forward) if is_back else (self._forward, self._back)
        if origin:
            origin.pop()
        other.append(directory)

    def remember_cursor(self, directory: str, name: str | None) -> None:
        """Keeps the name under the cursor of a directory that is being left."""
        self._cursors.pop(directory, None)
        if name is not None:
            self._cursors[directory] = name
            if len(self._cursors) > _KEPT:
                self._cursors.popitem(last=False)

    def cursor_in(self, directory: str) -> str | None:
        """The name on which the cursor stood there."""
        return self._cursors.get(directory)
