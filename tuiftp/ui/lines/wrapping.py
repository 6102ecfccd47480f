"""Breaks text that was made visible into lines of so many cells, for the log and the detail windows."""

from __future__ import annotations

import re

from tuiftp.protocol.text import cell_width, fit

_NARROW = re.compile("[ -~\xa1-\xac\xae-\u02ff\u2400-\u2426⟨⟩…]*")
"""Characters of one cell each: most of what there is, and the stand-ins that `shown` puts in."""


def wrap_words(text: str, width: int, *, limit: int) -> list[str]:
    """Breaks `text` at spaces into at most `limit` lines; what does not fit is cut with an ellipsis.

    Args:
        text: What to show, already made visible by `protocol.text.shown`.
        width: The cells of a line.
        limit: The most lines to give; at least one comes back.
    """
    width = max(1, width)
    lines: list[str] = []
    rest = _without_flood(text).strip(" ")
    while rest and len(lines) < limit - 1:
        end = _cells_end(rest, width)
        if end >= len(rest):
            break
        space = rest.rfind(" ", 1, end + 1)
        end = space if space > 0 else end
        lines.append(rest[:end].rstrip(" "))
        rest = rest[end:].lstrip(" ")
    if rest or not lines:
        lines.append(fit(rest, width).rstrip(" "))
    return lines


def wrap_cells(text: str, width: int, *, limit: int) -> list[str]:
    """Breaks `text` wherever a line is full, as a terminal does, into at most `limit` lines."""
    width = max(1, width)
    lines: list[str] = []
    rest = _without_flood(text)
    while len(lines) < limit - 1 and rest:
        end = _cells_end(rest, width)
        if end >= len(rest):
            break
        lines.append(rest[:end])
        rest = rest[end:]
    if rest or not lines:
        lines.append(fit(rest, width).rstrip(" "))
    return lines


def count_wrapped_cells(text: str, width: int, *, limit: int) -> int:
    """How many lines `wrap_cells` gives, told without building them where each character takes one cell."""
    width = max(1, width)
    if _NARROW.fullmatch(text):
        return max(1, min(limit, -(-len(text) // width)))
    return len(wrap_cells(text, width, limit=limit))


def _without_flood(text: str) -> str:
    """Drops the marks beyond what any script puts on one character, as `fit` does."""
    return text if _NARROW.fullmatch(text) else fit(text, cell_width(text))


def _cells_end(text: str, width: int) -> int:
    """How many characters of `text` fit into `width` cells; at least one, so that a wrap always ends."""
    head = text[:width]
    if len(text) > width and _NARROW.fullmatch(text, 0, width + 1):
        return width
    cells = cell_width(head)
    if cells == width or (cells < width and len(head) == len(text)):
        return _with_marks(text, len(head))
    used = 0
    for place, char in enumerate(text):
        used += cell_width(char)
        if used > width:
            return max(1, place)
    return len(text)


def _with_marks(text: str, end: int) -> int:
    """Moves `end` behind the combining marks that belong to the character before it."""
    while end < len(text) and cell_width(text[end]) == 0:
        end += 1
    return end
