"""Synchronized browsing: both panes enter and leave directories together, as long as each has a counterpart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.main.sync_browsing_dialog import ApartAnswer, SyncMismatchDialog
from tuiftp.ui.panes.pane import Pane

SIGN = "⇄"
"""What stands in the titles of panes that are browsed together."""
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class RelativePath:
    """How one directory is reached from another."""

    up: int = 0
    """How many directories up."""
    down: Sequence[str] = ()
    """The names to go down, the first one first."""


def way_between(endpoint: Endpoint, old: str, new: str) -> RelativePath | None:
    """The way straight up or straight down; None where one is neither above nor below the other."""
    down = _names_below(endpoint, old, new)
    if down is not None:
        return RelativePath(down=down)
    up = _names_below(endpoint, new, old)
    return RelativePath(up=len(up)) if up is not None else None


def _names_below(endpoint: Endpoint, above: str, path: str) -> list[str] | None:
    names: list[str] = []
    for _ in range(_DEEPEST):
        if path == above:
            return names[::-1]
        names.append(endpoint.name(path))
        higher = endpoint.parent(path)
        if higher == path:
            return None
        path = higher
    return None


class SyncBrowsing:
    """Whether both panes go together, and which two directories belong together now.

    The pair changes only when the other side has followed. So a step that was made while one was still being
    followed is counted from the last pair, and none gets lost.
    """

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._pair: dict[Pane, str] = {}
        self._step: tuple[Pane, str] | None = None

    @property
    def is_on(self) -> bool:
        """Whether both go together."""
        return bool(self._pair)

    def begin(self, going: Mapping[Pane, str] | None = None) -> None:
        """Has both go together from where they are.

        Args:
            going: Where panes are going just now; one that is not in it stays where it is.
        """
        places = [(pane, (going or {}).get(pane) or pane.directory) for pane in self._screen.panes]
        pair = {pane: directory for pane, directory in places if directory is not None}
        if len(pair) < len(places):
            self._screen.active.notice.say("Both sides must show a directory first.", is_error=True)
            return
        self._pair = pair
        self._show()

    def end(self) -> None:
        """Has each go alone."""
        self._pair, self._step = {}, None
        self._show()

    def _show(self) -> None:
        for pane in self._screen.panes:
            pane.mark(SIGN if self.is_on else "")

    def step_of(self, pane: Pane) -> str | None:
        """Where a pane has gone, if the other one is to follow there; None: it is where it should be."""
        path = pane.directory
        if not self.is_on or path is None or path == self._pair[pane] or (pane, path) == self._step:
            return None
        return path

    async def follow(self, pane: Pane, path: str) -> None:
        """Takes the other pane where one has gone. Call it in a worker; a later step takes the place of this one.

        Raises:
            TuiftpError: The other side cannot be asked.
        """
        other = self._screen.opposite(pane)
        if not self.is_on or pane.endpoint is None or other.endpoint is None:
            return
        self._step = pane, path
        way = way_between(pane.endpoint, self._pair[pane], path)
        if way is None:
            self.end()
            text = "The new directory is neither above nor below the old one: each side goes alone now."
            self._screen.app.notify(text, markup=False)
            return
        target = _walked(other.endpoint, self._pair[other], way)
        if target is not None and await _is_directory(other, target):
            self._go(pane, path, other, target)
        else:
            await self._ask(pane, path, other, target)

    def _go(self, pane: Pane, path: str, other: Pane, target: str) -> None:
        left = self._pair[other]
        self._pair, self._step = {pane: path, other: target}, None
        if other.directory == target:
            return
        assert other.endpoint is not None
        is_up = other.endpoint.parent(left) == target
        other.open(target, cursor_on=other.endpoint.name(left) if is_up else None)

    async def _ask(self, pane: Pane, path: str, other: Pane, target: str | None) -> None:
        endpoint = other.endpoint
        assert endpoint is not None
        side = "This machine" if other.is_this_machine else "The server"
        where = endpoint.display(target) if target is not None else None
        answer = await self._screen.ask(SyncMismatchDialog(side, where))
        if answer is ApartAnswer.CREATE and target is not None:
            await self._create(other, endpoint, target)
            self._go(pane, path, other, target)
        elif answer is ApartAnswer.APART:
            self.end()
        else:
            self._step = None
            pane.open(self._pair[pane])

    async def _create(self, pane: Pane, endpoint: Endpoint, target: str) -> None:
        missing: list[str] = []
        while endpoint.parent(target) != target and not await _is_directory(pane, target):
            missing.append(target)
            target = endpoint.parent(target)
        for path in reversed(missing):
            try:
                await endpoint.make_directory(path)
            except TuiftpError:
                self.end()
                raise


async def _is_directory(pane: Pane, path: str) -> bool:
    if pane.site is None:
        return False
    endpoint = pane.site.endpoint
    return endpoint.parent(path) == path or await endpoint.is_directory(path)


def _walked(endpoint: Endpoint, path: str, way: RelativePath) -> str | None:
    for _ in range(way.up):
        above = endpoint.parent(path)
        if above == path:
            return None
        path = above
    for name in way.down:
        path = endpoint.join(path, name)
    return path
