"""The file list of a pane, on the Line API: cursor, marks, order and search over any number of entries.

It draws the lines that are in sight and no others; a key press costs the same in a directory of ten entries
and of a hundred thousand. Sorting, patterns and search go through long lists in a thread or in slices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from rich.style import Style
from textual import events, work
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiftp.entries import Entry, EntryKind
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.panes.columns import layout_columns
from tuiftp.ui.panes.file_lines import CSS, PARTS, LineStyles, entry_line, parent_line
from tuiftp.ui.panes.file_rows import (
    PARENT,
    Arrangement,
    FileRows,
    SortKey,
    arrange_rows,
    compile_pattern,
    is_ordinary,
)
from tuiftp.ui.panes.quick_search import QuickSearch
from tuiftp.ui.settings.themes import has_few_colours


class FileList(ScrollView, can_focus=True, inherit_bindings=False):
    """Entries of a directory in columns, one of them under the cursor, some of them marked."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LIST)]
    COMPONENT_CLASSES: ClassVar[set[str]] = PARTS
    DEFAULT_CSS = CSS

    class Opened(Message):
        """Enter or a double click on an entry; None: on `..`."""

        def __init__(self, entry: Entry | None) -> None:
            super().__init__()
            self.entry = entry
            """The entry; None for `..`."""

    class Changed(Message):
        """The marks, the order, or the columns are others than before."""

    class PatternAsked(Message):
        """The user wants to mark, or unmark, by a pattern."""

        def __init__(self, is_marking: bool) -> None:
            super().__init__()
            self.is_marking = is_marking
            """Whether matching entries are to be marked."""

    class Searching(Message):
        """The text of the quick search has changed; None: it has ended."""

        def __init__(self, text: str | None, found: bool) -> None:
            super().__init__()
            self.text = text
            """What has been typed."""
            self.found = found
            """Whether an entry holds it."""

    def __init__(self, *, now: Callable[[], datetime] | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = FileRows()
        """The entries and their order."""
        self.cursor = 0
        """The row of the cursor."""
        self.columns = layout_columns(40)
        """The cells of each column."""
        self.search = QuickSearch(
            rows=lambda: self.rows,
            cursor=lambda: self.cursor,
            run=self._find,
            ended=self._search_ended,
        )
        """The quick search."""
        self.prefers_permissions = False
        """Whether permissions are shown wherever the names leave room for them."""
        self.lines_drawn = 0
        """How many lines have been drawn anew; a cached line does not count."""
        self._laid_out_for = 0
        self._goes_through = 0
        self._now = now or (lambda: datetime.now().astimezone())
        self._cache: LRUCache[tuple[int, bool, bool, bool], Strip] = LRUCache(512)

    # What others ask.

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor; None on `..` and in an empty list."""
        return self.rows.entry_at(self.cursor)

    @property
    def chosen(self) -> list[Entry]:
        """What an operation works on: the marked entries, or else the one under the cursor."""
        if self.rows.marks:
            return self.rows.marked()
        return [self.current] if self.current is not None else []

    def show(self, rows: FileRows, *, cursor_on: str | None = None, row: int = 0) -> None:
        """Shows other rows, with the cursor on the entry of that name or else in that row."""
        self.search.end()
        self.rows = rows
        found = rows.row_of(cursor_on) if cursor_on is not None else None
        self.cursor = max(0, min(row if found is None else found, len(rows) - 1))
        self._redraw()
        self.call_after_refresh(self._keep_cursor_in_sight)
        self.post_message(self.Changed())

    @property
    def is_busy(self) -> bool:
        """Whether a search is on, or all rows are being gone through: other rows would disturb that."""
        return self.search.text is not None or self._goes_through > 0

    @property
    def in_sight(self) -> list[Entry]:
        """The entries that can be seen now."""
        top = self.scroll_offset.y
        rows = range(top, min(top + self.scrollable_content_region.height, len(self.rows)))
        return [entry for row in rows if (entry := self.rows.entry_at(row)) is not None]

    def renew(self, rows: FileRows) -> None:
        """Shows the same directory read anew: the cursor stays on its entry, and that on its line of the screen."""
        line = self.cursor - self.scroll_offset.y
        current = self.current
        found = rows.row_of(current.name) if current is not None else None
        self.rows = rows
        self.cursor = max(0, min(self.cursor if found is None else found, len(rows) - 1))
        self._redraw()
        self.scroll_to(y=self.cursor - line, animate=False, force=True)
        self.post_message(self.Changed())

    def mark_matching(self, pattern: str, *, is_marking: bool) -> None:
        """Marks, or unmarks, all entries whose names match a shell pattern."""
        matches = compile_pattern(pattern).match
        self._mark_where(lambda entry, _: is_marking if matches(entry.name) else None)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draws one line that is in sight."""
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if width != self._laid_out_for:  # a scroll bar has come or gone
            self._lay_out()
            self.post_message(self.Changed())
        if row >= len(self.rows.order):
            return Strip.blank(width, self.rich_style)
        place = self.rows.order[row]
        is_cursor = row == self.cursor
        key = (place, is_cursor, self.has_focus, place in self.rows.marks)
        strip = self._cache.get(key)
        if strip is None:
            strip = self._draw(place, is_cursor)
            self._cache[key] = strip
        return strip.adjust_cell_length(width, self.rich_style)

    def _draw(self, place: int, is_cursor: bool) -> Strip:
        self.lines_drawn += 1
        base = self.rich_style
        if is_cursor:
            base += self._cursor_style()
        is_marked = place in self.rows.marks
        entry = None if place == PARENT else self.rows.entries[place]
        name = Style()
        if is_marked:
            name = self._part("file-list--marked")
        elif entry is None or entry.is_dir:
            name = self._part("file-list--directory")
        elif entry.is_unreadable:
            name = self._part("file-list--unreadable")
        elif entry.kind is EntryKind.LINK:
            name = self._part("file-list--link")
        quiet, faint = self._part("file-list--quiet"), self._part("file-list--faint")
        if is_cursor and has_few_colours(self.app):  # colours of their own would break the bar
            name = quiet = faint = Style()
        styles = LineStyles(base, name, quiet, faint)
        if entry is None:
            return parent_line(self.columns, styles)
        return entry_line(entry, self.columns, styles, is_marked=is_marked, now=self._now())

    def _cursor_style(self) -> Style:
        """The bar; without enough colours only the pane in use has one, and the other a line under its entry."""
        if has_few_colours(self.app):
            return Style(reverse=True, bold=True) if self.has_focus else Style(underline=True)
        cursor = "file-list--cursor" if self.has_focus else "file-list--cursor-blur"
        return Style(bgcolor=self.get_component_rich_style(cursor, partial=True).bgcolor)

    def _part(self, name: str) -> Style:
        style = self.get_component_rich_style(name, partial=True)
        return Style(color=style.color, bold=style.bold, italic=style.italic)

    def _redraw(self) -> None:
        self.virtual_size = Size(0, len(self.rows))
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        self._laid_out_for = self.scrollable_content_region.width
        self._cache.clear()
        # The cell of the scroll bar stays free where there is none: columns must not go when one comes.
        width = max(0, self.outer_size.width - self.styles.scrollbar_size_vertical)
        self.columns = layout_columns(
            width, longest=self.rows.longest, prefers_permissions=self.prefers_permissions
        )

    def notify_style_update(self) -> None:
        """Draws all lines anew when the theme has changed."""
        super().notify_style_update()
        self._cache.clear()

    def on_resize(self) -> None:
        """Finds the columns that fit now."""
        self._redraw()
        self._keep_cursor_in_sight()
        self.post_message(self.Changed())

    def on_blur(self) -> None:
        """Ends a search: its keys go elsewhere now."""
        self.search.end()

    # Moving.

    def move_to(self, row: int) -> None:
        """Puts the cursor into a row, the nearest that there is."""
        row = max(0, min(row, len(self.rows) - 1))
        if row != self.cursor:
            old, self.cursor = self.cursor, row
            self.refresh_line(old)
            self.refresh_line(row)
        self._keep_cursor_in_sight()

    def _keep_cursor_in_sight(self) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if height <= 0:
            return
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def action_cursor_up(self) -> None:
        """One entry up."""
        self.move_to(self.cursor - 1)

    def action_cursor_down(self) -> None:
        """One entry down."""
        self.move_to(self.cursor + 1)

    def action_page_up(self) -> None:
        """One page up."""
        self.move_to(self.cursor - self._page)

    def action_page_down(self) -> None:
        """One page down."""
        self.move_to(self.cursor + self._page)

    def action_cursor_home(self) -> None:
        """To the first entry."""
        self.move_to(0)

    def action_cursor_end(self) -> None:
        """To the last entry."""
        self.move_to(len(self.rows) - 1)

    def action_open_entry(self) -> None:
        """Opens what is under the cursor."""
        if len(self.rows):
            self.post_message(self.Opened(self.current))

    def on_click(self, event: events.Click) -> None:
        """Left: cursor; twice: open; right: mark."""
        row = self.scroll_offset.y + event.y
        if row >= len(self.rows):
            return
        if event.button == 3:
            self._toggle(row)
            return
        self.move_to(row)
        if event.chain == 2:
            self.action_open_entry()

    # Marks.

    def _toggle(self, row: int) -> None:
        if self.rows.toggle(row):
            self.refresh_line(row)
            self.post_message(self.Changed())

    def action_toggle_mark(self) -> None:
        """Marks the entry and goes one down."""
        self._toggle(self.cursor)
        self.move_to(self.cursor + 1)

    def clear_marks(self) -> None:
        """Takes all marks away."""
        if self.rows.marks:
            self.rows.marks.clear()
            self.rows.marked_size = 0
            self.refresh()
            self.post_message(self.Changed())

    def action_mark_pattern(self) -> None:
        """Asks for a pattern to mark by."""
        self.post_message(self.PatternAsked(True))

    def action_unmark_pattern(self) -> None:
        """Asks for a pattern to unmark by."""
        self.post_message(self.PatternAsked(False))

    def action_invert_marks(self) -> None:
        """Marks what is not marked, and the other way round."""
        self._mark_where(lambda entry, is_marked: not is_marked if is_ordinary(entry) else None)

    def action_mark_all(self) -> None:
        """Marks all, or none if all are marked."""
        wanted = len(self.rows.marks) < self.rows.shown_count
        self._mark_where(lambda _, __: wanted)

    @contextmanager
    def _going_through(self) -> Iterator[None]:
        self._goes_through += 1
        try:
            yield
        finally:
            self._goes_through -= 1

    @work(exclusive=True, group="marks")
    async def _mark_where(self, decide: Callable[[Entry, bool], bool | None]) -> None:
        """Marks by a rule that says yes, no, or None for "as it is"; a slice at a time."""
        rows = self.rows
        with self._going_through():
            for places in rows.slices():
                for place in places:
                    wanted = decide(rows.entries[place], place in rows.marks)
                    if wanted is not None:
                        rows.set_mark(place, wanted)
                await asyncio.sleep(0)
                if rows is not self.rows:
                    return
        self.refresh()
        self.post_message(self.Changed())

    # Order.

    def sort_by(self, key: SortKey) -> None:
        """Sorts by a column; by the same once more turns the order round."""
        self.rearrange(self.rows.arrangement.by(key))

    @work(exclusive=True, group="arrange")
    async def rearrange(self, arrangement: Arrangement) -> None:
        """Puts the entries into another order; the cursor stays on its entry."""
        rows = self.rows
        with self._going_through():
            order = await arrange_rows(rows, arrangement)
        if rows is not self.rows:
            return
        entry = self.current
        rows.apply(order)
        found = rows.row_of(entry.name) if entry is not None else None
        self.cursor = found if found is not None else max(0, min(self.cursor, len(rows) - 1))
        self._redraw()
        self._keep_cursor_in_sight()
        self.post_message(self.Changed())

    def rearrange_like(self, arrangement: Arrangement) -> None:
        """Takes over what settings say of hidden files and directories; the column sorted by stays."""
        present = self.rows.arrangement
        wanted = replace(arrangement, key=present.key, is_descending=present.is_descending)
        if wanted != present:
            self.rearrange(wanted)

    def toggle_hidden(self) -> None:
        """Shows or hides the entries whose names begin with a dot."""
        arrangement = self.rows.arrangement
        self.rearrange(replace(arrangement, show_hidden=not arrangement.show_hidden))

    def action_sort_by_name(self) -> None:
        """Sorts by name."""
        self.sort_by(SortKey.NAME)

    def action_sort_by_size(self) -> None:
        """Sorts by size."""
        self.sort_by(SortKey.SIZE)

    def action_sort_by_modified(self) -> None:
        """Sorts by time."""
        self.sort_by(SortKey.MODIFIED)

    def action_sort_by_permissions(self) -> None:
        """Sorts by permissions."""
        self.sort_by(SortKey.PERMISSIONS)

    # Search.

    def action_search(self) -> None:
        """Begins the quick search."""
        self.search.begin()
        self.post_message(self.Searching("", True))

    def _search_ended(self) -> None:
        self.workers.cancel_group(self, "search")
        self.post_message(self.Searching(None, True))

    def on_key(self, event: events.Key) -> None:
        """While a search is on, keys are its text."""
        if self.search.take(event):
            event.stop()
            event.prevent_default()

    @work(exclusive=True, group="search")
    async def _find(self, start: int, step: int) -> None:
        rows = self.rows
        found = await self.search.find(start, step)
        if rows is not self.rows or self.search.text is None:
            return
        if found is not None and self.search.text:
            self.move_to(found)
        self.post_message(self.Searching(self.search.text, found is not None))
