"""Renders the lines of a file list: an entry into cells, with the styles of its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import fit, human_size, shown
from tuiftp.ui.panes.columns import Columns, date_text
from tuiftp.ui.panes.file_rows import Arrangement, SortKey

MARK_SIGN = "◆"
"""Stands before a marked entry: colour is never the only signal."""
DIRECTORY_SIGN = "▸"
"""Stands before a directory."""
PARTS = {
    "file-list--cursor", "file-list--cursor-blur", "file-list--directory", "file-list--marked",
    "file-list--link", "file-list--unreadable", "file-list--quiet", "file-list--faint",
}  # fmt: skip
"""The component classes of a file list."""
CSS = """
FileList {
    height: 1fr;
    background: $surface;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 1;
    & > .file-list--cursor { background: $cursor; }
    & > .file-list--cursor-blur { background: $cursor-blurred; }
    & > .file-list--directory { color: $entry-directory; text-style: bold; }
    & > .file-list--marked { color: $entry-marked; }
    & > .file-list--link { color: $entry-link; }
    & > .file-list--unreadable { color: $entry-unreadable; text-style: italic; }
    & > .file-list--quiet { color: $text-muted; }
    & > .file-list--faint { color: $wire-note; }
}
"""
"""The style of a file list and its parts."""

_SIGNS = {EntryKind.DIR: DIRECTORY_SIGN, EntryKind.LINK: "↪", EntryKind.OTHER: "?", EntryKind.FILE: " "}
_LONGEST_NAME = 512


@dataclass(frozen=True, slots=True)
class LineStyles:
    """The styles of one line; each is laid over the line's base."""

    base: Style
    """What the whole line has, the cursor's background included."""
    name: Style
    """For the name, the sign and the size."""
    quiet: Style
    """For what matters less: times."""
    faint: Style
    """For what matters least: permissions."""


def entry_line(
    entry: Entry, columns: Columns, styles: LineStyles, *, is_marked: bool, now: datetime
) -> Strip:
    """One entry as a line, exactly as wide as its columns."""
    sign = MARK_SIGN if is_marked else _SIGNS[entry.kind]
    size = "" if entry.size is None or entry.is_dir else human_size(entry.size)
    cells = [(_lead(sign, columns) + fit(_name_text(entry), columns.name, middle=True), styles.name)]
    blank = " " * columns.gap
    if columns.size:
        cells.append((blank + fit(size, columns.size, align="right"), styles.name))
    if columns.modified:
        when = entry.modified
        date = "" if when is None else date_text(when, entry.precision, now, columns.modified)
        cells.append((blank + fit(date, columns.modified), styles.quiet))
    if columns.permissions:
        cells.append((blank + fit(shown(entry.permissions or ""), columns.permissions), styles.faint))
    cells.append((" " * columns.trail, styles.base))
    return _strip(cells, styles.base, columns)


def parent_line(columns: Columns, styles: LineStyles) -> Strip:
    """The `..` row."""
    cells = [(_lead(DIRECTORY_SIGN, columns) + fit("..", _width(columns) - columns.lead), styles.name)]
    return _strip(cells, styles.base, columns)


def header_line(
    columns: Columns, arrangement: Arrangement, style: Style, chosen: Style
) -> tuple[Strip, list[tuple[int, SortKey]]]:
    """The headings, and at which cell each ends: for the mouse."""
    arrow = "▼" if arrangement.is_descending else "▲"
    segments: list[Segment] = []
    ends: list[tuple[int, SortKey]] = []
    at = 0
    for key, title, width, lead in (
        (SortKey.NAME, "Name", columns.name, columns.lead),
        (SortKey.SIZE, "Size", columns.size, columns.gap),
        (SortKey.MODIFIED, "Modified" if columns.modified > 8 else "Date", columns.modified, columns.gap),
        (SortKey.PERMISSIONS, "Perms", columns.permissions, columns.gap),
    ):
        if not width:
            continue
        is_chosen = key is arrangement.key
        align: str = "right" if key is SortKey.SIZE else "left"
        text = f"{title} {arrow}" if is_chosen else title
        if len(text) > width:
            text = f"{title[: width - 1]}{arrow}"
        cut = fit(text, width, align="right") if align == "right" else fit(text, width)
        segments.append(Segment(" " * lead + cut, chosen if is_chosen else style))
        at += lead + width
        ends.append((at, key))
    segments.append(Segment(" " * columns.trail, style))
    return Strip(segments, at + columns.trail), ends


def _name_text(entry: Entry) -> str:
    # A name of megabytes is cut before anything walks over it.
    name = shown(entry.name[:_LONGEST_NAME])
    if entry.kind is EntryKind.LINK and entry.target:
        return f"{name} → {shown(entry.target[:_LONGEST_NAME])}"
    return name


def _lead(sign: str, columns: Columns) -> str:
    return {0: "", 1: sign, 2: f"{sign} "}.get(columns.lead, f" {sign} ")


def _width(columns: Columns) -> int:
    shown_cells = [cells for cells in (columns.size, columns.modified, columns.permissions) if cells]
    return columns.lead + columns.name + sum(columns.gap + cells for cells in shown_cells) + columns.trail


def _strip(cells: list[tuple[str, Style]], base: Style, columns: Columns) -> Strip:
    return Strip([Segment(text, base + style) for text, style in cells if text], _width(columns))
