"""The tree of sites as a list to move in: arrows, folding, and a search that begins with the first letter typed."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.storage.sites import SiteColour
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.sites.tree_rows import SIGNS, SiteRow, site_rows

_EMPTY = "No sites yet."
_NOT_FOUND = "No site holds these words."
_COLOURS = [colour.value for colour in SiteColour]


class SiteList(ScrollView, can_focus=True):
    """Draws the rows in sight only; says when another one is under the cursor, and when one is chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sites--folder", "sites--quiet", "sites--cursor", *(f"sites--{colour}" for colour in _COLOURS),
    }  # fmt: skip
    DEFAULT_CSS = """
    SiteList {
        height: 1fr;
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .sites--folder { color: $entry-directory; }
        & > .sites--quiet { color: $text-muted; }
        & > .sites--cursor { background: $cursor; }
        & > .sites--none { color: $foreground; }
        & > .sites--red { color: $error; }
        & > .sites--yellow { color: $warning; }
        & > .sites--green { color: $success; }
        & > .sites--blue { color: $secondary; }
        & > .sites--purple { color: $transfer-running; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
        Binding("left", "fold", show=False),
        Binding("right", "unfold", show=False),
        Binding("enter", "choose", show=False),
        Binding("backspace", "shorten", show=False),
    ]

    class Changed(Message):
        """Another row is under the cursor, or other words are looked for."""

    class Chosen(Message):
        """Enter on a site, or two clicks."""

        def __init__(self, row: SiteRow) -> None:
            super().__init__()
            self.row = row
            """The site's row."""

    def __init__(self, store: SiteStore) -> None:
        super().__init__()
        self.words = ""
        """What is looked for."""
        self.rows: list[SiteRow] = []
        """What is shown."""
        self.row = 0
        """Where the cursor is."""
        self._store = store
        self._folded: set[str] = set()

    @property
    def current(self) -> SiteRow | None:
        """What is under the cursor."""
        return self.rows[self.row] if self.rows else None

    def on_mount(self) -> None:
        """Shows what there is."""
        self.reload()

    def reload(self, cursor_on: tuple[str, str | None] | None = None) -> None:
        """Shows the sites as they are kept now; the cursor stays, or goes to the row with this key."""
        key = cursor_on or (self.current.key if self.current is not None else None)
        if cursor_on is not None:
            self._unhide(cursor_on)
        self.rows = site_rows(
            self._store.sites(), self._store.folders(), closed=self._folded, words=self.words
        )
        keys = [row.key for row in self.rows]
        self.row = keys.index(key) if key in keys else max(0, min(self.row, len(keys) - 1))
        self.virtual_size = Size(0, len(self.rows))
        self._show_cursor()

    def _unhide(self, key: tuple[str, str | None]) -> None:
        folder, name = key
        inside = folder if name is not None else folder.rpartition("/")[0]
        self._folded = {each for each in self._folded if not f"{inside}/".startswith(f"{each}/")}

    def search(self, words: str) -> None:
        """Looks for something else; the cursor goes to the first site that has it."""
        before, self.words = self.current, words
        self.reload()
        if words.strip():
            self.row = next((place for place, row in enumerate(self.rows) if row.site is not None), 0)
        elif before is not None:
            self.reload(before.key)
        self._show_cursor()

    def _show_cursor(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.row < top:
            top = self.row
        elif self.row >= top + height:
            top = self.row - height + 1
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Changed())

    # Keys and mouse.

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here, and so no command of the screen or the app."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """A character is looked for; a space only between words."""
        if event.character and event.is_printable and (self.words or event.character != " "):
            event.stop()
            event.prevent_default()
            self.search(self.words + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is looked for."""
        event.stop()
        self.search(self.words + "".join(char for char in event.text if char.isprintable()))

    def on_click(self, event: events.Click) -> None:
        """Goes to a row; opens or closes a folder; two clicks choose a site."""
        place = self.scroll_offset.y + event.y
        if place < len(self.rows):
            self.row = place
            self._show_cursor()
            row = self.rows[place]
            if row.site is None or event.chain == 2:
                self.action_choose()

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        self.row = max(0, min(self.row + by, len(self.rows) - 1))
        self._show_cursor()

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screens."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_choose(self) -> None:
        """Opens or closes a folder; says that a site is wanted."""
        row = self.current
        if row is not None and row.site is not None:
            self.post_message(self.Chosen(row))
        elif row is not None:
            self._fold(row, is_open=not row.is_open)

    def action_fold(self) -> None:
        """Closes the folder, or goes to the one above."""
        row = self.current
        if row is None:
            return
        if row.site is None and row.is_open and not self.words:
            self._fold(row, is_open=False)
            return
        above = row.folder if row.site is not None else row.folder.rpartition("/")[0]
        self.row = next((n for n, each in enumerate(self.rows) if each.key == (above, None)), self.row)
        self._show_cursor()

    def action_unfold(self) -> None:
        """Opens the folder."""
        if self.current is not None and self.current.site is None:
            self._fold(self.current, is_open=True)

    def _fold(self, row: SiteRow, *, is_open: bool) -> None:
        if is_open:
            self._folded.discard(row.folder)
        else:
            self._folded.add(row.folder)
        self.reload()

    def action_shorten(self) -> None:
        """Takes the last character of what is looked for away."""
        if self.words:
            self.search(self.words[:-1])

    # What it shows.

    def render_line(self, y: int) -> Strip:
        """Draws one line."""
        width, place = self.scrollable_content_region.width, self.scroll_offset.y + y
        if place >= len(self.rows):
            words = (_NOT_FOUND if self.words.strip() else _EMPTY) if not self.rows and y == 0 else ""
            return Strip([Segment(words, self._style("quiet"))]).adjust_cell_length(width, self.rich_style)
        row = self.rows[place]
        base = self.get_component_rich_style("sites--cursor") if place == self.row else self.rich_style
        segments = [Segment(text, base + self._style(part)) for text, part in _spans(row, width)]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"sites--{part}", partial=True)


def _spans(row: SiteRow, width: int) -> list[tuple[str, str]]:
    indent = "  " * min(row.depth, 8)
    name = shown(row.name)
    if row.site is None:
        text = f"{indent}{'▾' if row.is_open else '▸'} {name}/"
        return [(fit(text, width), "folder")]
    start = f"{indent}{SIGNS[row.site.colour]} {name}"
    spans = [(start, row.site.colour.value)] if cell_width(start) < width else []
    if not spans:
        return [(fit(start, width), row.site.colour.value)]
    host = shown(row.site.host)
    room = width - cell_width(start)
    if room >= 12:
        spans.append((fit(f"  {host}", room), "quiet"))
    return spans
