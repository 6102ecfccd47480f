"""What F3 does: shows a file."""

from __future__ import annotations

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import shown
from tuiftp.ui.main.context import Workplace
from tuiftp.ui.panes.pane import Pane


class Viewing:
    """Viewing for the main screen."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    async def view(self, pane: Pane, entry: Entry | None) -> None:
        """Opens the viewer on a file, or on a link to one."""
        if pane.endpoint is None or entry is None or not may_be_file(pane, entry):
            return
        from tuiftp.ui.viewer.screen import ViewerScreen  # only needed when asked for

        size = entry.size if entry.kind is EntryKind.FILE else None
        self._place.app.push_screen(ViewerScreen(pane.endpoint, pane.path_of(entry), size=size))


def may_be_file(pane: Pane, entry: Entry) -> bool:
    """Whether an entry may be a file; if not, the pane says what it is."""
    if entry.is_dir:
        pane.notice.say("This is a directory.\n→ Enter opens it", is_error=True)
    elif entry.is_unreadable:
        pane.notice.say(f"This line of the listing could not be read:\n{shown(entry.name)}", is_error=True)
    return not entry.is_dir and not entry.is_unreadable
