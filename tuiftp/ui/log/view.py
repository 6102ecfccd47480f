"""Widget of the protocol log's lines, on Textual's Line API: renders only visible lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic
from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.message import Message
from textual.signal import Signal
from textual.strip import Strip

from tuiftp.ui.lines.line_view import LineView
from tuiftp.ui.log.line_model import LIMIT, LogKinds, LogLines
from tuiftp.ui.log.rows import LogLayout, LogRow, Span, Tone, compose
from tuiftp.wirelog.recorder import bounded
from tuiftp.wirelog.records import WireRecord

CHUNK = 500
"""Records taken in at a time; the rest waits for the next step, so that the panes never wait for a flood."""
CHUNK_TIME = 0.01
"""Seconds after which such a step ends, though there were fewer."""
CHUNK_PAUSE = 0.03
"""Seconds between two such steps."""


class LogView(LineView, can_focus=True, inherit_bindings=False):
    """Widget: bounded log lines that follow the end (tail) until the user scrolls up."""

    DEFAULT_CSS = """
    LogView {
        & > .log--time { color: $text-muted; }
        & > .log--command { color: $wire-command; }
        & > .log--preliminary { color: $wire-preliminary; }
        & > .log--reply { color: $wire-reply; }
        & > .log--error { color: $wire-error; }
        & > .log--data { color: $wire-data; }
        & > .log--status { color: $foreground; }
        & > .log--finding { color: $wire-warning; text-style: bold; }
        & > .log--note { color: $wire-note; }
        & > .log--warning { color: $wire-warning; }
        & > .log--cursor { background: $cursor-blurred; }
        &:focus > .log--cursor { background: $cursor; }
    }
    """
    STYLES = "log"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{tone}" for tone in Tone} | {"log--cursor"}

    class Changed(Message):
        """What the log shows, or whether it follows, is another than before."""

    class Moved(Message):
        """The cursor was put on another record."""

    class Opened(Message):
        """A record is to be shown as a whole."""

        def __init__(self, record: WireRecord) -> None:
            super().__init__()
            self.record = record
            """The record."""

    def __init__(
        self, *, limit: int = LIMIT, composer: Callable[[LogRow, LogLayout], list[list[Span]]] = compose,
        clock: Callable[[], float] = monotonic, id: str | None = None, first: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.grown: Signal[None] = Signal(self, "log-grown")
        """Records were taken in."""
        self.lines = LogLines(limit, first=first)
        """The records and where they lie."""
        self.is_following = True
        """Whether the newest record stays in sight."""
        self.unseen = 0
        """Records that came since the log was frozen."""
        self.pause: float | None = None
        """Seconds between two steps of taking records in; None: as where panes need their turn."""
        self._compose_row = composer
        self._clock = clock
        self._cursor: int | None = None
        self._waiting: deque[WireRecord] = deque(maxlen=limit)
        self._strips: LRUCache[tuple[int, bool, bool], list[Strip]] = LRUCache(512)

    @property
    def cursor(self) -> LogRow | None:
        """The row under the cursor: the newest while the log follows."""
        if self.is_following or self._cursor is None:
            return self.lines.last
        return self.lines.step(self._cursor, 0)

    @property
    def unread(self) -> int:
        """Records that are still to be taken in."""
        return len(self._waiting)

    # -- what comes in

    def take(self, records: Iterable[WireRecord]) -> None:
        """Takes records in, oldest first; many at once are spread over time, and only the newest kept."""
        is_idle = not self._waiting
        self._waiting.extend(map(bounded, records))
        if is_idle:
            self._take_some()

    def _take_some(self) -> None:
        end = self._clock() + CHUNK_TIME
        for _ in range(min(CHUNK, len(self._waiting))):
            self.lines.append(self._waiting.popleft())
            self.unseen += 0 if self.is_following else 1
            if self._clock() >= end:
                break
        if self.lines.set_layout():  # a longer number of a connection
            self._relaid()
        else:
            self._settle()
        self.grown.publish(None)
        if self._waiting:
            self.set_timer(CHUNK_PAUSE if self.pause is None else self.pause, self._take_some)

    def keep(self, limit: int) -> None:
        """Keeps at most so many records from now on."""
        if limit != self.lines.limit:
            self._waiting = deque(self._waiting, maxlen=limit)
            self.lines.set_limit(limit)
            self._relaid()

    def clear(self) -> None:
        """Forgets all records and follows again."""
        self._waiting.clear()
        self.lines.clear()
        self.follow()

    # -- what is shown

    def show_kinds(self, kinds: LogKinds) -> None:
        """Shows other kinds of records."""
        self.lines.set_kinds(kinds)
        self._relaid()

    def show_text(self, text: str) -> None:
        """Shows only records that contain each word of `text`."""
        self.lines.set_text(text)
        self._relaid()

    def wrap(self, is_wrapped: bool) -> None:
        """Lets long lines go on in the next line, or cuts them."""
        if self.lines.set_layout(is_wrapped=is_wrapped):
            self._relaid()

    def toggle_mark(self) -> None:
        """Marks the record under the cursor, or takes the mark away."""
        if (row := self.cursor) is not None:
            self.lines.toggle_mark(row.number)
            self._strips.clear()
            self.refresh()
            self.post_message(self.Changed())

    def find(self, by: int, holds: Callable[[LogRow], bool]) -> bool:
        """Puts the cursor on the next row of which something holds; whether there is one."""
        row = self.cursor
        found = self.lines.find(row.number, by, holds) if row is not None else None
        self.put_cursor(found)
        return found is not None

    def _relaid(self) -> None:
        self._strips.clear()
        self._settle(is_relaid=True)
        if self.lines.unplaced and not self._is_placing:
            self._is_placing = True
            self.set_timer(0.001, self._place_some)

    def _place_some(self) -> None:
        end = self._clock() + CHUNK_TIME
        while self.lines.unplaced:
            self.lines.work(100)
            if self._clock() >= end:
                break
        self._settle(is_relaid=True)
        self._is_placing = bool(self.lines.unplaced)
        if self._is_placing:
            self.set_timer(0.001, self._place_some)

    _is_placing = False

    def _settle(self, *, is_relaid: bool = False) -> None:
        """Brings the scroll position in line with what the lines have become."""
        top_line = self._top_line
        self._top_line = self.lines.origin
        self._set_height(self.lines.height)
        if self.is_following:
            self._jump(self.max_scroll_y)
        elif is_relaid:
            self._show_cursor()
        else:
            self._jump(self.scroll_offset.y - (self.lines.origin - top_line))
        self.refresh()
        self.post_message(self.Changed())

    _top_line = 0

    # -- follow, freeze and the cursor

    def follow(self) -> None:
        """Keeps the newest record in sight from now on."""
        self.is_following = True
        self.unseen = 0
        self._cursor = None
        self._settle()

    def freeze(self) -> None:
        """Stays where it is, whatever comes."""
        if self.is_following:
            last = self.lines.last
            self._cursor = last.number if last is not None else None
            self.is_following = False
            self.refresh()
            self.post_message(self.Changed())

    def move_cursor(self, by: int) -> None:
        """Moves the cursor by so many records; freezes."""
        if (row := self.cursor) is not None:
            self.put_cursor(self.lines.step(row.number, by))

    def move_page(self, by: int) -> None:
        """Moves the cursor by so many screens; freezes."""
        if (row := self.cursor) is None:
            return
        start, _ = self.lines.span(row.number)
        line = start + by * max(1, self.size.height - 1)
        found = self.lines.at(min(max(line, self.lines.origin), self.lines.end - 1))
        self.put_cursor(found[0] if found else None)

    def put_cursor(self, row: LogRow | None) -> None:
        """Puts the cursor on a row and brings it into sight; freezes."""
        if row is None:
            return
        self.freeze()
        self._cursor = row.number
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved())

    def show_record(self, number: int) -> None:
        """Puts the cursor on a record, or on the next one that is shown."""
        self.put_cursor(self.lines.step(number, 0))

    def _show_cursor(self) -> None:
        if (row := self.cursor) is not None:
            start, count = self.lines.span(row.number)
            self._show_lines(start - self.lines.origin, count)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Freezes when the user scrolls up, by whatever means; scrolling to the very end follows again."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_settling or round(old_value) == round(new_value):
            return
        is_at_end = round(new_value) >= self.max_scroll_y
        if new_value < old_value and not is_at_end:  # at the end: only as far as the lines have become fewer
            self.freeze()
        elif new_value > old_value and is_at_end and not self.is_following:
            self.call_later(self.follow)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a record; a double click opens it."""
        found = self.lines.at(self.lines.origin + self.scroll_offset.y + event.y)
        if found is None:
            return
        self.put_cursor(found[0])
        if event.chain == 2:
            self.post_message(self.Opened(found[0].record))

    # -- rendering

    def on_resize(self) -> None:
        """Lays the lines out for the new width."""
        if self.lines.set_layout(width=self.scrollable_content_region.width):
            self._relaid()
        else:
            self._settle(is_relaid=True)

    def notify_style_update(self) -> None:
        """Forgets what was rendered in the colours of another theme."""
        super().notify_style_update()
        self._strips.clear()

    def on_focus(self) -> None:
        """Shows the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hides the cursor of a log that follows."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Renders one line of what is in sight."""
        found = self.lines.at(self.lines.origin + self.scroll_offset.y + y)
        if found is None:
            words = self._words() if y == 0 else ""
            return self._draw([(Tone.TIME, words)], self.rich_style)
        row, place = found
        strips = self._row_strips(row)
        return strips[place] if place < len(strips) else self._draw([], self.rich_style)

    def _words(self) -> str:
        """What an empty log says."""
        if not len(self.lines):
            return "Each command, reply and data connection will stand here."
        return "" if self.lines.height else "No record is of this kind and has these words."

    def _row_strips(self, row: LogRow) -> list[Strip]:
        at_cursor = self.cursor is row and (self.has_focus or not self.is_following)
        key = (row.number, at_cursor, self.has_focus)
        if (strips := self._strips.get(key)) is None:
            base = self.get_component_rich_style("log--cursor") if at_cursor else self.rich_style
            composed = self._compose_row(row, self.lines.layout)
            if row.number in self.lines.marks:
                composed[0] = _marked(composed[0], self.lines.layout)
            strips = [self._draw(spans, base) for spans in composed]
            self._strips[key] = strips
        return strips


def _marked(spans: list[Span], layout: LogLayout) -> list[Span]:
    """The first line of a row with a sign behind the time."""
    (tone, text), *rest = spans
    at = layout.time_width
    return [(tone, text[:at]), (Tone.FINDING, "◆"), (tone, text[at + 1 :]), *rest]
