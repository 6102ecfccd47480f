"""Synchronized browsing: both panes enter and leave directories together, as long as each has a counterpart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuiftp.entries import EntryKind
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

    def begin(self, local: str | None = None, remote: str | None = None) -> None:
        """Has both go together from where they are.

        Args:
            local: Where the local pane is going just now; None: it stays.
            remote: The same of the remote pane.
        """
        panes = self._screen.local, self._screen.remote
        here, there = local or panes[0].directory, remote or panes[1].directory
        if here is None or there is None:
            self._screen.active.notice.say("Both sides must show a directory first.", is_error=True)
            return
        self._pair = {panes[0]: here, panes[1]: there}
        self._show()

    def end(self) -> None:
        """Has each go alone."""
        self._pair, self._step = {}, None
        self._show()

    def _show(self) -> None:
        for pane in (self._screen.local, self._screen.remote):
            pane.title = f"{pane.title.removesuffix(SIGN).rstrip()}{f' {SIGN}' if self.is_on else ''}"
            pane.on_resize()  # the title is drawn anew

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
        other = self._screen.remote if pane is self._screen.local else self._screen.local
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
        if target is not None and await self._is_directory(other.endpoint, target):
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
        side = "This machine" if endpoint.capabilities.has_local_paths else "The server"
        where = endpoint.display(target) if target is not None else None
        answer = await self._screen.ask(SyncMismatchDialog(side, where))
        if answer is ApartAnswer.CREATE and target is not None:
            await self._create(endpoint, target)
            self._go(pane, path, other, target)
        elif answer is ApartAnswer.APART:
            self.end()
        else:
            self._step = None
            pane.open(self._pair[pane])

    async def _is_directory(self, endpoint: Endpoint, path: str) -> bool:
        if endpoint.parent(path) == path:
            return True
        site = self._screen.site
        if site is not None and endpoint is site.endpoint:
            return await site.endpoint.is_directory(path)
        found = await endpoint.entry(path)
        return found is not None and found.kind in (EntryKind.DIR, EntryKind.LINK)

    async def _create(self, endpoint: Endpoint, target: str) -> None:
        missing: list[str] = []
        while endpoint.parent(target) != target and not await self._is_directory(endpoint, target):
            missing.append(target)
            target = endpoint.parent(target)
        for path in reversed(missing):
            try:
                await endpoint.make_directory(path)
            except TuiftpError:
                self.end()
                raise


def _walked(endpoint: Endpoint, path: str, way: RelativePath) -> str | None:
    for _ in range(way.up):
        above = endpoint.parent(path)
        if above == path:
            return None
        path = above
    for name in way.down:
        path = endpoint.join(path, name)
    return path
