"""Tells a pane that files have arrived in the directory that it shows, while their batch still runs."""

from __future__ import annotations

from collections.abc import Sequence

from tuiftp.transfers.model import Direction, Transfer, TransferState
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.panes.pane import Pane


class Landing:
    """Looks at what the queue has finished, a few times a second."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def transfers_changed(self, transfers: Sequence[Transfer]) -> None:
        """Has each pane read again in which one of these has made a name, or changed one."""
        landed: dict[Direction, bool] = {}
        for transfer in transfers:
            way = transfer.direction
            if transfer.state is TransferState.DONE and not landed.get(way) and self._is_shown(transfer):
                landed[way] = True
                self._pane(way).note_change()

    def _pane(self, direction: Direction) -> Pane:
        return self._screen.local if direction is Direction.DOWNLOAD else self._screen.remote

    def _is_shown(self, transfer: Transfer) -> bool:
        """Whether it lies in the directory that is shown, or in a new one there."""
        pane = self._pane(transfer.direction)
        endpoint, directory, path = pane.endpoint, pane.directory, transfer.target
        if endpoint is None or directory is None:
            return False
        site = self._screen.site
        if transfer.direction is Direction.UPLOAD and (site is None or transfer.target_site != site.label):
            return False
        if endpoint.parent(path) == directory:
            return True
        name = first_name_below(directory, path)
        return name is not None and name not in pane.list.rows.places


def first_name_below(directory: str, path: str) -> str | None:
    """The entry of `directory` on the way down to `path`; None where that lies elsewhere."""
    if not path.startswith(directory):
        return None
    rest = path[len(directory) :].replace("\\", "/")
    if not directory.endswith(("/", "\\")) and not rest.startswith("/"):
        return None
    return rest.lstrip("/").partition("/")[0] or None
