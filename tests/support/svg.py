"""Draws a screen as an SVG of our own: every cell with its colours, and nothing else that a library could change.

Textual's export carries fonts, ids and a frame that differ from version to version; a picture that is compared may
hold only what a person sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

CELL = 8
"""Width of a cell, in pixels."""
LINE = 17
"""Height of a line, in pixels."""
_BASE = 13


def draw(lines: Iterable[Iterable[Segment]], *, columns: int) -> str:
    """The lines of a screen as an SVG, a line of it for each run of cells that look alike."""
    drawn = [list(_runs(line)) for line in lines]
    width, height = columns * CELL, len(drawn) * LINE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" xml:space="preserve" '
        f'font-family="monospace" font-size="{_BASE}">'
    ]
    for row, runs in enumerate(drawn):
        column = 0
        for text, look in runs:
            parts += _drawn(text, look, column, row)
            column += cell_len(text)
    return "\n".join([*parts, "</svg>", ""])


def _runs(line: Iterable[Segment]) -> Iterator[tuple[str, tuple[str, str, bool]]]:
    for look, segments in groupby(line, key=lambda segment: _look(segment.style or Style())):
        yield "".join(segment.text for segment in segments), look


def _look(style: Style) -> tuple[str, str, bool]:
    """Foreground, background, and whether it is bold; reversed colours are told as they are seen."""
    colours = [
        "" if colour is None or colour.is_default else colour.get_truecolor().hex
        for colour in (style.color, style.bgcolor)
    ]
    if style.reverse:
        colours.reverse()
    return colours[0], colours[1], bool(style.bold)


def _drawn(text: str, look: tuple[str, str, bool], column: int, row: int) -> Iterator[str]:
    foreground, background, is_bold = look
    x, y, width = column * CELL, row * LINE, cell_len(text) * CELL
    if background:
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{LINE}" fill="{background}"/>'
    if not text.strip():
        return
    weight = ' font-weight="bold"' if is_bold else ""
    yield (
        f'<text x="{x}" y="{y + _BASE}" textLength="{width}" fill="{foreground or "#ffffff"}"{weight}>'
        f"{escape(text)}</text>"
    )
