"""The viewer: a file, local or remote, as text or in hexadecimal; only what is on the screen is read."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint
from tuiftp.protocol.text import fit, human_size, shown
from tuiftp.ui.viewer_pages import (
    BlockFile,
    Place,
    hex_rows,
    hex_width,
    text_down,
    text_end,
    text_rows,
    text_up,
)
from tuiftp.ui.widgets.notice import error_text

_SNIFFED = 4096


class ViewerPage(Widget, can_focus=True):
    """The rows in sight."""

    DEFAULT_CSS = "ViewerPage { height: 1fr; padding: 0 1; background: $surface; color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []
        """What it shows, from the top."""

    def render_line(self, y: int) -> Strip:
        """Draws one row."""
        width = self.size.width
        text = self.rows[y] if y < len(self.rows) else ""
        return Strip.blank(width, self.rich_style) if not text else self._strip(fit(text, width))

    def _strip(self, text: str) -> Strip:
        return Strip([Segment(text, self.rich_style)], self.size.width)


class ViewerScreen(Screen[None]):
    """Shows one file."""

    DEFAULT_CSS = """
    ViewerScreen {
        & .viewer--title { height: 1; padding: 0 1; background: $panel; color: $primary; text-style: bold; }
        & .viewer--keys { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f3,f10", "close", "Close", show=False),
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
        self.page = ViewerPage()
        """The rows in sight."""
        self.is_hex = False
        """Whether bytes are shown instead of text."""
        self.place = Place()
        """Where the page begins."""
        self._shown_name = endpoint.display(path)
        self._file = BlockFile(lambda offset, limit: endpoint.read(path, offset=offset, limit=limit), size)

    def compose(self) -> ComposeResult:
        """Title, page, keys."""
        yield Static(Content(shown(self._shown_name)), classes="viewer--title", markup=False)
        yield self.page
        yield Static("", classes="viewer--keys", markup=False)

    def on_mount(self) -> None:
        """Reads the first page; a file with NUL bytes is shown in hexadecimal."""
        self._say("reading …")
        self._open()

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
    async def _open(self) -> None:
        try:
            self.is_hex = b"\0" in await self._file.bytes_at(0, _SNIFFED)
            await self._show()
        except TuiftpError as error:
            self._fail(error)

    @work(exclusive=True, group="page", exit_on_error=False)
    async def _move(self, way: str, count: int) -> None:
        try:
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
        else:
            self.page.rows = await text_rows(self._file, self.place, self._width, self._height)
        self.page.refresh()
        size = self._file.size
        where = human_size(self.place.offset)
        if size:
            where += f" of {human_size(size)} · {min(100, self.place.offset * 100 // size)} %"
        kind = "hex" if self.is_hex else "text"
        self._say(f"{kind} · from {where}    F4 {'text' if self.is_hex else 'hex'}  Esc close")

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
