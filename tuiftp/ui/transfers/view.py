"""The rows of the transfers panel on the Line API: ten thousand cost no more than those in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from tuiftp.transfers.model import BatchOverview, Transfer, TransferState
from tuiftp.ui.lines.line_view import LineView
from tuiftp.ui.transfers.batch_rows import compose_batch
from tuiftp.ui.transfers.row_model import BatchRow, Filter, Row, RowKey, TransferList, key_of
from tuiftp.ui.transfers.rows import Part, Span, compose

EMPTY = "Nothing to transfer. F5 copies to the other pane."
NONE_SHOWN = "Nothing here is {}. v shows others."

_FOLD = 2
"""Cells of the fold sign of a batch: a click there folds or unfolds."""
_INDENT = 2
"""Cells before the transfers of a batch."""


class TransfersView(LineView, can_focus=True, inherit_bindings=False):
    """The most urgent transfers first, or batch by batch; keeps what runs in sight until the user looks elsewhere.

    The cursor stays on its transfer, wherever that goes and also when it ends: a key never acts on another one than
    was seen. Where the user has scrolled to, rows that come and go elsewhere move nothing.
    """

    DEFAULT_CSS = """
    TransfersView {
        & > .transfers--name { color: $foreground; }
        & > .transfers--quiet { color: $text-muted; }
        & > .transfers--up { color: $transfer-running; }
        & > .transfers--down { color: $wire-command; }
        & > .transfers--track { color: $border-blurred; }
        & > .transfers--done { color: $transfer-done; }
        & > .transfers--failed { color: $transfer-failed; }
        & > .transfers--warning { color: $wire-warning; }
        & > .transfers--batch { color: $foreground; text-style: bold; }
        & > .transfers--cursor { background: $cursor; }
    }
    """
    STYLES = "transfers"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transfers--{part}" for part in Part} | {"transfers--cursor"}

    class Opened(Message):
        """All about a transfer or a batch is to be shown."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row
            """What lies in the row."""

    def __init__(
        self,
        *,
        composer: Callable[[Transfer, int], list[Span]] = compose,
        batch: Callable[[int], BatchOverview | None] = lambda number: None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.list = TransferList()
        """Which transfer lies in which row."""
        self.is_following = True
        """Whether what runs is kept in sight while the panel has no focus."""
        self._compose_row = composer
        self._batch = batch
        self._cursor: RowKey | None = None
        self._cursor_row = 0

    @property
    def cursor(self) -> Row | None:
        """The transfer or batch under the cursor."""
        row = self.list.row_of(self._cursor)
        return None if row is None else self.list.at(row)

    # -- what comes in

    def replace(self, transfers: Iterable[Transfer]) -> None:
        """Takes the whole queue anew."""
        self.list.replace(transfers)
        self._relaid()

    def reorder(self, swaps: Iterable[tuple[int, int]]) -> None:
        """Has pairs of transfers change places."""
        for first, second in swaps:
            self.list.swap(first, second)
        self._relaid()

    def update(self, transfers: Sequence[Transfer]) -> None:
        """Takes changed and new transfers."""
        anchor = self._anchor()
        if self.list.update(transfers):
            self._relaid(keeps_place=True)
            self._hold(anchor)
            return
        self._settle()
        changed = {(each.batch, each.id) for each in transfers} | {(each.batch, 0) for each in transfers}
        top = self.scroll_offset.y
        for row in range(top, top + self.size.height):
            found = self.list.at(row)
            if found is not None and key_of(found) in changed:
                self.refresh_line(row)

    def refresh_batches(self) -> None:
        """Draws the rows of batches anew: they tell of time too."""
        top = self.scroll_offset.y
        for row in range(top, top + self.size.height):
            if isinstance(self.list.at(row), BatchRow):
                self.refresh_line(row)

    def _anchor(self) -> tuple[RowKey, int] | None:
        """What is to stay where it is on the screen, and the row in which it lies; None: nothing in particular."""
        top = self.scroll_offset.y
        row = self.list.row_of(self._cursor) if self.has_focus else None
        if row is not None and self._cursor is not None and top <= row < top + self.size.height:
            return self._cursor, row
        found = self.list.at(top) if top and (self.has_focus or not self.is_following) else None
        return None if found is None else (key_of(found), top)

    def _hold(self, anchor: tuple[RowKey, int] | None) -> None:
        """Scrolls by as much as the anchor has moved; what is at the top of all stays in sight if it can."""
        row = None if anchor is None else self.list.row_of(anchor[0])
        if anchor is None or row is None or row == anchor[1]:
            return
        top = self.scroll_offset.y
        if top:
            self._jump(min(max(0, top + row - anchor[1]), self._last_top))
        elif row >= self.size.height:
            self._show_lines(row)

    @property
    def _last_top(self) -> int:
        return max(0, len(self.list) - self.size.height)

    # -- what is shown

    def show(self, filter: Filter) -> None:
        """Shows other transfers."""
        self.list.show(filter)
        self._relaid()

    def group(self, is_grouped: bool) -> None:
        """Puts them batch by batch, or in the order of the queue."""
        self.list.group(is_grouped)
        self._relaid()

    def fold(self, is_folded: bool) -> None:
        """Hides the transfers of the batch under the cursor, or shows them again."""
        row = self.cursor
        if row is None or not self._can_fold(row):
            return
        if is_folded:  # the cursor goes to the row that stays
            self._cursor = (row.batch, 0)
        self.list.fold(row.batch, is_folded)
        self._relaid()

    def _can_fold(self, row: Row) -> bool:
        """Whether a fold of its batch shows or hides anything of the kind that is there."""
        if self.list.is_grouped:
            return True
        is_ended = isinstance(row, BatchRow) or (
            row.state.is_finished and row.state is not TransferState.FAILED
        )
        return is_ended and self.list.row_of((row.batch, 0)) is not None

    def _relaid(self, *, keeps_place: bool = False) -> None:
        """Finds the cursor again after rows have moved; one that is gone stays where it was on the screen."""
        row = self.list.row_of(self._cursor)
        if row is None and self._cursor is not None:  # it may be folded by now
            row = self.list.row_of((self._cursor[0], 0))
            self._cursor = self._cursor if row is None else (self._cursor[0], 0)
        if row is None:
            row = min(self._cursor_row, len(self.list) - 1)
            found = self.list.at(row)
            self._cursor = key_of(found) if found is not None else None
        self._keep_cursor()
        is_moved, self._cursor_row = row != self._cursor_row, max(0, row)
        self._settle()
        if is_moved and self.has_focus and not keeps_place:
            self._show_lines(self._cursor_row)
        self.refresh()

    def _settle(self) -> None:
        self._set_height(len(self.list))
        running = self.list.running_rows()
        if running and self.is_following and not self.has_focus:
            is_below_batch = isinstance(self.list.at(running[0] - 1), BatchRow)
            first = running[0] - is_below_batch
            self._show_lines(first, running[-1] + 1 - first)

    # -- the cursor and what is in sight

    def _keep_cursor(self) -> None:
        """Has the transfer under the cursor stay in sight, whatever becomes of it."""
        self.list.keep(self._cursor[1] if self._cursor is not None and self.has_focus else 0)

    def put_cursor(self, row: int) -> None:
        """Puts the cursor on a row, or the nearest there is, and brings it into sight."""
        if not len(self.list):
            return
        before, height = self._cursor_row, len(self.list)
        found = self.list.at(min(max(0, row), height - 1))
        self._cursor = key_of(found) if found is not None else None
        self._keep_cursor()
        self._cursor_row = self.list.row_of(self._cursor) or 0
        if len(self.list) != height:  # the one that it has left is folded now
            self._set_height(len(self.list))
            self.refresh()
        self._show_lines(self._cursor_row)
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
        if (key := self.list.next_failed(self._cursor_row)) is not None:
            self.go_to(key)

    def go_to(self, key: RowKey) -> bool:
        """Puts the cursor on a transfer, unfolding its batch; returns whether it is there and shown."""
        if self.list.row_of(key) is None:
            self.list.fold(key[0], False)
        row = self.list.row_of(key)
        if row is None:
            return False
        self._settle()
        self.put_cursor(row)
        self.refresh()
        return True

    def on_focus(self) -> None:
        """Shows the cursor: where it was if that is in sight, else on what runs."""
        row, top = self.list.row_of(self._cursor), self.scroll_offset.y
        if row is None or not top <= row < top + self.size.height:
            running = [row for row in self.list.running_rows() if row >= top]
            self.put_cursor(running[0] if running else top)
        self._keep_cursor()
        self.refresh()

    def on_blur(self) -> None:
        """Hides the cursor; what runs is kept in sight again."""
        self.is_following = True
        self.call_after_refresh(self._relaid)  # what was kept for the cursor is folded
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Leaves the view where the user scrolls it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_settling and round(old_value) != round(new_value):
            self.is_following = False

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a transfer; a double click opens it."""
        found = self.list.at(self.scroll_offset.y + event.y)
        if found is None:
            return
        self.put_cursor(self.scroll_offset.y + event.y)
        if isinstance(found, BatchRow) and event.x < _FOLD:
            self.fold(not found.is_folded)
        elif event.chain == 2:
            self.post_message(self.Opened(found))

    # -- rendering

    def on_resize(self) -> None:
        """Keeps in sight what was."""
        self._settle()
        if self.has_focus:
            self._show_lines(self._cursor_row)

    def render_line(self, y: int) -> Strip:
        """Renders one line of what is in sight."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        if not len(self.list) and y == 0:
            words = NONE_SHOWN.format(self.list.filter) if self.list.total else EMPTY
            return self._draw([(Part.QUIET, words)], base)
        row = self.list.at(self.scroll_offset.y + y)
        if row is None:
            return Strip.blank(width, base)
        if self.has_focus and key_of(row) == self._cursor:
            base = self.get_component_rich_style("transfers--cursor")
        return self._draw(self._spans(row, width), base)

    def _spans(self, row: Row, width: int) -> list[Span]:
        if isinstance(row, BatchRow):
            return compose_batch(self._batch(row.batch), row.is_folded, width)
        if not self.list.is_grouped:
            return self._compose_row(row, width)
        return [(Part.NAME, " " * _INDENT), *self._compose_row(row, max(1, width - _INDENT))]
