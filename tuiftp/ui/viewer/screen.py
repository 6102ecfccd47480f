"""Viewer screen: a local or remote file as text or hexadecimal; reads only the visible part, and searches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint
from tuiftp.protocol.text import fit, human_size, shown
from tuiftp.ui.panes.notice import error_text
from tuiftp.ui.viewer.pages import (
    BlockFile,
    Place,
    hex_rows,
    hex_span,
    hex_width,
    text_down,
    text_end,
    text_page,
    text_up,
)
from tuiftp.ui.viewer.search import Needle, find_above, find_below, hex_needle, text_needle, text_place

_SNIFFED = 4096
_TELL = 0.1
"""Seconds between two words on how far a search has come."""


class ViewerPage(Widget, can_focus=True):
    """Widget of the visible rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"viewer--found"}
    DEFAULT_CSS = """
    ViewerPage {
        height: 1fr;
        padding: 0 1;
        background: $surface;
        color: $foreground;
        & > .viewer--found { background: $accent; color: $background; text-style: bold; }
    }
    """

    def __init__(
        self, *, found: Callable[[int, str], list[tuple[int, int]]], take_key: Callable[[events.Key], bool]
    ) -> None:
        """Makes an empty page.

        Args:
            found: Where, in a row of this number and text, something is that was searched for.
            take_key: Is asked first about each key. A key that goes by way of the app comes back behind the letters
                that were typed right after it.
        """
        super().__init__()
        self.rows: list[str] = []
        """What it shows, from the top."""
        self._found = found
        self._take_key = take_key

    def render_line(self, y: int) -> Strip:
        """Draws one row."""
        width = self.size.width
        text = fit(self.rows[y], width) if y < len(self.rows) else ""
        if not text:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style("viewer--found")
        segments, at = [], 0
        for start, end in self._found(y, text):
            segments += [Segment(text[at:start], self.rich_style), Segment(text[start:end], style)]
            at = end
        return Strip([*segments, Segment(text[at:], self.rich_style)], width)

    def on_key(self, event: events.Key) -> None:
        """Keys of the search."""
        if self._take_key(event):
            event.stop()
            event.prevent_default()


class ViewerScreen(Screen[None]):
    """The viewer screen of one file."""

    DEFAULT_CSS = """
    ViewerScreen {
        & .viewer--title { height: 1; padding: 0 1; background: $panel; color: $primary; text-style: bold; }
        & Input { display: none; }
        & .viewer--keys { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel or close", show=False),
        Binding("q,f3,f10", "close", "Close", show=False),
        Binding("n", "find(True)", "Next", show=False),
        Binding("N", "find(False)", "Previous", show=False),
        Binding("c", "toggle_case", "Upper and lower case", show=False),
        Binding("down,j,enter", "go(1)", "Down", show=False),
        Binding("up,k", "go(-1)", "Up", show=False),
        Binding("pagedown,space,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,b,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("home,g", "home", "Beginning", show=False),
        Binding("end,G", "end", "End", show=False),
        Binding("f4,x", "toggle_hex", "Hexadecimal", show=False),
    ]

    def __init__(self, endpoint: Endpoint, path: str, *, size: int | None) -> None:
        super().__init__()
        self.page = ViewerPage(found=self._found_in, take_key=self._take_key)
        """The rows in sight."""
        self.is_hex = False
        """Whether bytes are shown instead of text."""
        self.place = Place()
        """Where the page begins."""
        self._shown_name = endpoint.display(path)
        self._read = lambda offset, limit: endpoint.read(path, offset=offset, limit=limit)
        self._file = BlockFile(self._read, size)
        self._field = Input(compact=True)
        self._any_case = True
        self._needle: Needle | None = None
        self._match: tuple[int, int] | None = None
        self._match_place: Place | None = None
        self._is_searching = False
        self._told_at = 0.0
        self._end = 0
        self._is_sniffed = False

    def compose(self) -> ComposeResult:
        """Title, page, keys."""
        yield Static(Content(shown(self._shown_name)), classes="viewer--title", markup=False)
        yield self.page
        yield self._field
        yield Static("", classes="viewer--keys", markup=False)

    def on_mount(self) -> None:
        """Reads the first page; a file with NUL bytes is shown in hexadecimal."""
        self.page.focus()
        self._say("reading …")
        self._move("stay", 0)

    def on_resize(self) -> None:
        """Wraps anew."""
        self._move("stay", 0)

    @property
    def _width(self) -> int:
        return max(1, self.page.size.width)

    @property
    def _height(self) -> int:
        return max(1, self.page.size.height)

    @work(exclusive=True, group="page", exit_on_error=False)
    async def _move(self, way: str, count: int) -> None:
        try:
            if not self._is_sniffed:  # the first size comes while this is under way, and begins anew
                self.is_hex = b"\0" in await self._file.bytes_at(0, _SNIFFED)
                self._is_sniffed = True
            self.place = await self._place_after(way, count)
            await self._show()
        except TuiftpError as error:
            self._fail(error)

    async def _place_after(self, way: str, count: int) -> Place:
        place, file, width = self.place, self._file, self._width
        if self.is_hex:
            return self._hex_place_after(way, count)
        if way == "home":
            return Place()
        if way == "end":
            return await text_end(file, width, self._height)
        if way == "stay":
            return Place(place.offset)
        if count < 0:
            return await text_up(file, place, width, -count)
        last = await text_end(file, width, self._height) if file.size is not None else None
        after = await text_down(file, place, width, count)
        if last is not None and (after.offset, after.row) > (last.offset, last.row):
            return last
        return after

    def _hex_place_after(self, way: str, count: int) -> Place:
        step = hex_width(self._width)
        size = self._file.size
        offset = self.place.offset - self.place.offset % step + count * step
        if way == "home":
            offset = 0
        last = None if size is None else max(0, (size + step - 1) // step - self._height) * step
        if last is not None:
            offset = last if way == "end" else min(offset, last)
        return Place(max(0, offset))

    async def _show(self) -> None:
        if self.is_hex:
            self.page.rows = await hex_rows(self._file, self.place.offset, self._width, self._height)
            end = self.place.offset + len(self.page.rows) * hex_width(self._width)
        else:
            self.page.rows, end = await text_page(self._file, self.place, self._width, self._height)
        self.page.refresh()
        self._end = end
        if not self._is_searching:
            self._say_where()

    def _say_where(self) -> None:
        size, kind, other = self._file.size, *(("hex", "text") if self.is_hex else ("text", "hex"))
        where = f"{kind}  {human_size(self.place.offset)}"
        if size:
            where += f" of {human_size(size)} · {min(100, self._end * 100 // size)} %"
        again = "  n N" if self._needle is not None else ""
        case = "any case" if self._any_case else "exact"
        self._say(f"{where}  / search{again}  c {case}  F4 {other}  Esc close")

    def _fail(self, error: TuiftpError) -> None:
        self.page.rows = error_text(error, what="Cannot read the file").splitlines()
        self.page.refresh()
        self._say("Esc close")

    def _say(self, text: str) -> None:
        self.query_one(".viewer--keys", Static).update(Content(text))

    def action_go(self, count: int) -> None:
        """Some rows down, or up."""
        self._move("by", count)

    def action_page(self, count: int) -> None:
        """Pages down, or up."""
        self._move("by", count * max(1, self._height - 1))

    def action_home(self) -> None:
        """To the beginning."""
        self._move("home", 0)

    def action_end(self) -> None:
        """To the end."""
        self._move("end", 0)

    def action_toggle_hex(self) -> None:
        """Text or hexadecimal."""
        self.is_hex = not self.is_hex
        self._move("stay", 0)

    # Search.

    def _take_key(self, event: events.Key) -> bool:
        if event.key in ("slash", "f7"):
            self.open_search()
        elif self._field.display and event.is_printable and event.character:
            self._field.insert_text_at_cursor(event.character)
        else:
            return False
        return True

    def open_search(self) -> None:
        """Asks what to search for."""
        self._field.placeholder = (
            'bytes as in  de ad be ef  or  "text' if self.is_hex else "text to search for"
        )
        self._field.display = True
        self._field.select_all()
        self.set_focus(self._field)
        self._say("Enter searches from here on  Esc cancels")

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        try:
            self._needle = self._needle_of(event.value)
        except ValueError as error:
            self._say(str(error))
            return
        self._match = None
        self._close_field()
        self._search(is_below=True)

    def _needle_of(self, text: str) -> Needle:
        return hex_needle(text) if self.is_hex else text_needle(text, any_case=self._any_case)

    def _close_field(self) -> None:
        self._field.display = False
        self.set_focus(self.page)
        self._say_where()

    def action_find(self, is_below: bool) -> None:
        """To the next place, or the one before; asks what to search for if nothing has been."""
        if self._needle is None:
            self.open_search()
        else:
            self._search(is_below=is_below)

    def action_toggle_case(self) -> None:
        """Whether upper and lower case are the same; it counts from the next search on."""
        self._any_case = not self._any_case
        if self._needle is not None and self._needle.shown is not None:
            self._needle = text_needle(self._field.value, any_case=self._any_case)
        self._say_where()
        self.page.refresh()

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _search(self, *, is_below: bool) -> None:
        needle = self._needle
        assert needle is not None
        at = self.place.offset
        if self._match is not None and self._match_place == self.place:
            at = self._match[0] + 1 if is_below else self._match[0]
        find = find_below if is_below else find_above
        self._is_searching = True
        try:
            match = await find(self._read, needle, at, on_progress=self._tell)
            self._is_searching = False
            if match is None:
                self._say("not found below · Home, n: from the beginning" if is_below else "not found above")
                return
            await self._go_to_match(match)
        except TuiftpError as error:
            self._fail(error)
        finally:
            self._is_searching = False

    async def _go_to_match(self, match: tuple[int, int]) -> None:
        above = self._height // 3
        if self.is_hex:
            self.place = Place(match[0])
            self.place = self._hex_place_after("by", -above)
        else:
            row = await text_place(self._file, match[0], self._width)
            self.place = await text_up(self._file, row, self._width, above)
        self._match, self._match_place = match, self.place
        await self._show()

    def _tell(self, offset: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL:
            self._told_at = now
            size = self._file.size
            share = f" of {human_size(size)} · {min(100, offset * 100 // size)} %" if size else ""
            self._say(f"searching … {human_size(offset)}{share}    Esc cancels")

    def _found_in(self, row: int, text: str) -> list[tuple[int, int]]:
        if self.is_hex and self._match is not None:
            return hex_span(self._match, self.place.offset, row, self._width)
        if self.is_hex or self._needle is None or self._needle.shown is None:
            return []
        return [found.span() for found in self._needle.shown.finditer(text)]

    def action_cancel(self) -> None:
        """Ends a search, or closes its field, or the viewer."""
        if self._is_searching:
            self.workers.cancel_group(self, "search")
            self._is_searching = False
            self._say("the search was cancelled · n goes on")
        elif self._field.display:
            self._close_field()
        else:
            self.action_close()

    def on_mouse_scroll_down(self) -> None:
        """The wheel, down."""
        self.action_go(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel, up."""
        self.action_go(-3)

    def action_close(self) -> None:
        """Closes; a reading under way is cancelled."""
        self.workers.cancel_node(self)
        self.dismiss(None)
