"""Widget of the sequence diagram, on Textual's Line API: renders only visible lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from tuiftp.ui.exchange.line_model import LadderLines, Spot
from tuiftp.ui.exchange.rows import (
    LadderLayout,
    compose_arrow,
    compose_operation,
    height_of,
)
from tuiftp.ui.lines.line_view import LineView
from tuiftp.ui.log.rows import LogRow, Span, Tone

SLICE = 0.012
"""Seconds of reading between two turns of the event loop."""


class LadderView(LineView, can_focus=True, inherit_bindings=False):
    """A sequence diagram that follows its end until the cursor leaves it."""

    DEFAULT_CSS = """
    LadderView {
        & > .ladder--time { color: $text-muted; }
        & > .ladder--command { color: $wire-command; }
        & > .ladder--preliminary { color: $wire-preliminary; }
        & > .ladder--reply { color: $wire-reply; }
        & > .ladder--error { color: $wire-error; }
        & > .ladder--data { color: $wire-data; }
        & > .ladder--status { color: $foreground; }
        & > .ladder--finding { color: $wire-warning; text-style: bold; }
        & > .ladder--note { color: $wire-note; }
        & > .ladder--warning { color: $wire-warning; }
        & > .ladder--cursor { background: $cursor-blurred; }
        &:focus > .ladder--cursor { background: $cursor; }
    }
    """
    STYLES = "ladder"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ladder--{tone}" for tone in Tone} | {"ladder--cursor"}

    class Moved(Message):
        """The cursor is on another spot."""

    class Changed(Message):
        """There is more to show, or something else."""

    def __init__(
        self, lines: LadderLines, *, clock: Callable[[], float] = monotonic, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.lines = lines
        """What is shown."""
        self.is_following = True
        """Whether the newest arrow stays in sight."""
        self.has_times = True
        """Whether the log's times are real."""
        self.layout_of = LadderLayout()
        """Where things stand."""
        self._clock = clock
        self._cursor: Spot | None = None
        self._waiting: deque[LogRow] = deque()
        self._wanted: int | None = None
        self._many_conns = False
        self._digits = 2

    @property
    def cursor(self) -> Spot | None:
        """The spot under the cursor: the newest while the view follows."""
        return self.lines.last if self.is_following or self._cursor is None else self._cursor

    @property
    def next(self) -> int:
        """The number of the row that is to be taken in next."""
        return self._waiting[-1].number + 1 if self._waiting else self.lines.next

    @property
    def unread(self) -> int:
        """Records that are still to be read."""
        return len(self._waiting)

    # -- what comes in ------------------------------------------------------------------------------------

    def take(self, rows: Iterable[LogRow]) -> None:
        """Takes rows of the log in, oldest first; many are read a slice at a time, so that keys never wait."""
        is_idle = not self._waiting
        self._waiting.extend(rows)
        if is_idle and self._waiting:
            self._read()

    def _read(self) -> None:
        end = self._clock() + SLICE
        while self._waiting and self._clock() < end:
            for _ in range(min(50, len(self._waiting))):
                row = self._waiting.popleft()
                if row.number >= self.lines.next:  # others read the same log for its findings
                    self.lines.feed(row.record)
        if self._wanted is not None and self.lines.next > self._wanted:
            self.show_record(self._wanted)
        self._settle()
        if self._waiting:
            self.set_timer(0.001, self._read)

    def show_record(self, record: int, *, opens: bool = True) -> None:
        """Puts the cursor on a record and opens its operation, as soon as the record has been read."""
        if record >= self.lines.next and self._waiting:
            self._wanted = record
            return
        self._wanted = None
        spot = self.lines.spot_of(record)
        if spot is None:
            return
        if opens and not spot.item.is_open and spot.item.operation is not None:
            self.lines.open_task(spot.item)
            spot = self.lines.spot_of(record) or spot
        self._relaid()
        self.put_cursor(spot)

    # -- what is shown ------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Opens the operation under the cursor, or closes it."""
        spot = self.cursor
        if spot is None or spot.item.operation is None:
            return
        self.lines.set_open(spot.item, not spot.item.is_open)
        self.is_following = False
        self._cursor = Spot(spot.item)
        self._relaid()
        self._show_cursor()

    def show_conn(self, conn: int | None) -> None:
        """Shows one connection alone, or all."""
        spot = self.cursor
        self.lines.show_conn(conn)
        self._relaid()
        if spot is not None and not self.is_following:
            self.put_cursor(self.lines.spot_of(spot.record) or self.lines.last)

    def _relaid(self) -> None:
        self._settle(is_relaid=True)

    def _settle(self, *, is_relaid: bool = False) -> None:
        self._fit()
        self._set_height(self.lines.height)
        if self.is_following:
            self._jump(self.max_scroll_y)
        elif is_relaid:
            self._show_cursor()
        self.refresh()
        self.post_message(self.Changed())

    def _fit(self) -> None:
        """Finds out where things stand; a column for the connection's number only where there are several."""
        last = self.lines.last
        if not self._many_conns and last is not None and (first := self.lines.first) is not None:
            self._many_conns = (
                0 not in (first.item.conn, last.item.conn) and first.item.conn != last.item.conn
            )
        width = self.scrollable_content_region.width
        newest = last.item.conn if last is not None else 0
        self._digits = max(self._digits, min(7, len(str(newest))))
        layout = LadderLayout(width, 2 + self._digits if self._many_conns else 0, self.has_times)
        if layout != self.layout_of:
            self.layout_of = layout
            self.lines.height_of = partial(height_of, layout=layout)
            self.lines.relayout()

    # -- the cursor ---------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Keeps the newest arrow in sight from now on."""
        self.is_following = True
        self._settle()
        self.post_message(self.Moved())

    def move_cursor(self, by: int) -> None:
        """Moves the cursor by so many lines."""
        if (spot := self.cursor) is not None:
            self.put_cursor(self.lines.step(spot, by))

    def move_page(self, by: int) -> None:
        """Moves the cursor by so many screens."""
        self.move_cursor(by * max(1, self.size.height - 1))

    def put_cursor(self, spot: Spot | None) -> None:
        """Puts the cursor on a spot and brings it into sight."""
        if spot is None:
            return
        self.is_following = False
        self._cursor = spot
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved())

    def _show_cursor(self) -> None:
        if (spot := self.cursor) is not None:
            self._show_lines(*self.lines.span(spot))

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a spot; a double click opens it."""
        found = self.lines.at(self.scroll_offset.y + event.y)
        if found is not None:
            self.put_cursor(found[0])
            if event.chain == 2:
                self.toggle()

    # -- rendering ----------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Lays the lines out for the new width."""
        self._relaid()

    def render_line(self, y: int) -> Strip:
        """Draws one line of what is in sight."""
        found = self.lines.at(self.scroll_offset.y + y)
        if found is None:
            words = "Nothing has passed yet." if y == 0 and not len(self.lines) and not self.unread else ""
            return self._draw([(Tone.TIME, words)], self.rich_style)
        spot, place = found
        spans = self._spans(spot)
        cursor = self.cursor
        is_under = cursor is not None and (cursor.item, cursor.arrow) == (spot.item, spot.arrow)
        base = self.get_component_rich_style("ladder--cursor") if is_under else self.rich_style
        return self._draw(spans[place] if place < len(spans) else [], base)

    def _spans(self, spot: Spot) -> list[list[Span]]:
        if spot.row is None:
            return [compose_operation(spot, self.lines.operation(spot.item), self.layout_of)]
        began = self.lines.began(spot.item) if spot.item.operation is not None else None
        return compose_arrow(spot, began, self.layout_of)
