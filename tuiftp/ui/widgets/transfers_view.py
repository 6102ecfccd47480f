"""The rows of the transfers panel on the Line API: ten thousand cost no more than those in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiftp.transfers.model import Transfer
from tuiftp.ui.widgets.transfer_list import TransferList
from tuiftp.ui.widgets.transfer_rows import Part, Span, compose

EMPTY = "Nothing to transfer. F5 copies to the other pane."


class TransfersView(ScrollView, can_focus=True, inherit_bindings=False):
    """Transfers in the order of the queue; keeps what runs in sight until the user looks elsewhere.

    The cursor stays on its transfer, wherever that goes: a key never acts on another one than was seen.
    """

    DEFAULT_CSS = """
    TransfersView {
        height: 1fr;
        background: $surface;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;

        & > .transfers--name { color: $foreground; }
        & > .transfers--quiet { color: $text-muted; }
        & > .transfers--up { color: $transfer-running; }
        & > .transfers--down { color: $wire-command; }
        & > .transfers--track { color: $border-blurred; }
        & > .transfers--done { color: $transfer-done; }
        & > .transfers--failed { color: $transfer-failed; }
        & > .transfers--warning { color: $wire-warning; }
        & > .transfers--cursor { background: $cursor; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transfers--{part}" for part in Part} | {"transfers--cursor"}

    class Opened(Message):
        """All about a transfer is to be shown."""

        def __init__(self, transfer: Transfer) -> None:
            super().__init__()
            self.transfer = transfer
            """The transfer."""

    def __init__(
        self, *, composer: Callable[[Transfer, int], list[Span]] = compose, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.list = TransferList()
        """Which transfer lies in which row."""
        self.is_following = True
        """Whether what runs is kept in sight while the panel has no focus."""
        self._compose_row = composer
        self._cursor: int | None = None
        self._cursor_row = 0
        self._is_settling = False

    @property
    def cursor(self) -> Transfer | None:
        """The transfer under the cursor."""
        row = self.list.row_of(self._cursor)
        return None if row is None else self.list.at(row)

    # -- what comes in

    def replace(self, transfers: Iterable[Transfer]) -> None:
        """Takes the whole queue anew."""
        self.list.replace(transfers)
        row = self.list.row_of(self._cursor)
        if row is None:  # it has left the queue: the cursor stays where it was on the screen
            row = min(self._cursor_row, len(self.list) - 1)
            transfer = self.list.at(row)
            self._cursor = transfer.id if transfer is not None else None
        is_moved, self._cursor_row = row != self._cursor_row, max(0, row)
        self._settle()
        if is_moved and self.has_focus:
            self._show_row(self._cursor_row)
        self.refresh()

    def update(self, transfers: Iterable[Transfer]) -> None:
        """Takes changed and new transfers."""
        rows = self.list.update(transfers)
        self._settle()
        top, height = self.scroll_offset.y, self.size.height
        in_sight = [row for row in range(top, top + height) if row in rows]
        if len(self.list) == len(rows):  # the first ones: the empty panel's words must go
            self.refresh()
        for row in in_sight:
            self.refresh_line(row)

    def _settle(self) -> None:
        size = Size(self.size.width, len(self.list))
        self._is_settling = True
        try:
            if size.height != self.virtual_size.height:
                self.virtual_size = size
            running = self.list.running_rows()
            if running and self.is_following and not self.has_focus:
                self._show_rows(running[0], running[-1])
        finally:
            self._is_settling = False

    # -- the cursor and what is in sight

    def _show_rows(self, first: int, last: int) -> None:
        """Scrolls as little as needed to bring rows into sight, the first before the last."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if last >= top + height:
            top = last - height + 1
        top = min(top, first)
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def _show_row(self, row: int) -> None:
        settling, self._is_settling = self._is_settling, True
        self._show_rows(row, row)
        self._is_settling = settling

    def put_cursor(self, row: int) -> None:
        """Puts the cursor on a row, or the nearest there is, and brings it into sight."""
        if not len(self.list):
            return
        before = self._cursor_row
        self._cursor_row = min(max(0, row), len(self.list) - 1)
        transfer = self.list.at(self._cursor_row)
        self._cursor = transfer.id if transfer is not None else None
        self._show_row(self._cursor_row)
        self.refresh_line(before)
        self.refresh_line(self._cursor_row)

    def move_cursor(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self.put_cursor(self._cursor_row + by)

    def move_page(self, by: int) -> None:
        """Moves the cursor by so many screens."""
        self.put_cursor(self._cursor_row + by * max(1, self.size.height - 1))

    def go_to_running(self) -> None:
        """Puts the cursor on the first transfer that runs, and follows what runs from now on."""
        self.is_following = True
        if running := self.list.running_rows():
            self.put_cursor(running[0])

    def go_to_failed(self) -> None:
        """Puts the cursor on the next transfer that failed, round and round."""
        if (row := self.list.next_failed(self._cursor_row)) is not None:
            self.put_cursor(row)

    def on_focus(self) -> None:
        """Shows the cursor: where it was if that is in sight, else on what runs."""
        row, top = self.list.row_of(self._cursor), self.scroll_offset.y
        if row is None or not top <= row < top + self.size.height:
            running = [row for row in self.list.running_rows() if row >= top]
            self.put_cursor(running[0] if running else top)
        self.refresh()

    def on_blur(self) -> None:
        """Hides the cursor; what runs is kept in sight again."""
        self.is_following = True
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Leaves the view where the user scrolls it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_settling and round(old_value) != round(new_value):
            self.is_following = False

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a transfer; a double click opens it."""
        transfer = self.list.at(self.scroll_offset.y + event.y)
        if transfer is None:
            return
        self.put_cursor(self.scroll_offset.y + event.y)
        if event.chain == 2:
            self.post_message(self.Opened(transfer))

    # -- rendering

    def on_resize(self) -> None:
        """Keeps in sight what was."""
        self._settle()
        if self.has_focus:
            self._show_row(self._cursor_row)

    def render_line(self, y: int) -> Strip:
        """Renders one line of what is in sight."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        if not len(self.list) and y == 0:
            return self._strip([(Part.QUIET, EMPTY)], is_cursor=False)
        transfer = self.list.at(self.scroll_offset.y + y)
        if transfer is None:
            return Strip.blank(width, base)
        return self._strip(
            self._compose_row(transfer, width), is_cursor=self.has_focus and transfer.id == self._cursor
        )

    def _strip(self, spans: list[Span], *, is_cursor: bool) -> Strip:
        base = self.get_component_rich_style("transfers--cursor") if is_cursor else self.rich_style
        segments = [
            Segment(text, base + self.get_component_rich_style(f"transfers--{part}", partial=True))
            for part, text in spans
        ]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, base)
