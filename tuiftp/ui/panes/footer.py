"""Footer text of a pane: number and size of entries and marks, and free space."""

from __future__ import annotations

from tuiftp.protocol.text import cell_width, human_size
from tuiftp.ui.panes.file_rows import FileRows


def summary_of(rows: FileRows, *, is_cut: bool, free: int | None, width: int) -> str:
    """The line.

    Args:
        rows: What the pane lists.
        is_cut: Whether there is more than is listed.
        free: Bytes that are free there; None: unknown.
        width: Cells that there are; free space is told only where there is room for it.
    """
    if rows.marks:
        text = f"{len(rows.marks):,} of {rows.shown_count:,} marked · {human_size(rows.marked_size)}"
    else:
        items = "item" if rows.shown_count == 1 else "items"
        text = f"{rows.shown_count:,} {items} · {human_size(rows.total_size)}"
    if is_cut:
        text += " · cut: there is more"
    space = f" ── {human_size(free)} free" if free is not None else ""
    return text + space if cell_width(text + space) <= width else text
