"""Tells a pane that files have arrived in the directory that it shows, while their batch still runs."""

from __future__ import annotations

from collections.abc import Sequence

from tuiftp.transfers.model import Transfer, TransferState
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.panes.pane import Pane


class Landing:
    """Looks at what the queue has finished, a few times a second."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def transfers_changed(self, transfers: Sequence[Transfer]) -> None:
        """Has each pane read again in which one of these has made a name, or changed one."""
        done = [transfer for transfer in transfers if transfer.state is TransferState.DONE]
        for pane in self._screen.panes:
            if any(_is_shown(pane, transfer) for transfer in done):
                pane.note_change()


def _is_shown(pane: Pane, transfer: Transfer) -> bool:
    """Whether it lies in the directory that a pane shows, or in a new one there."""
    site, directory, path = pane.site, pane.directory, transfer.target
    if site is None or directory is None or pane.is_this_machine != transfer.direction.is_to_disk:
        return False
    if not pane.is_this_machine and transfer.target_site != site.label:
        return False
    if site.endpoint.parent(path) == directory:
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
