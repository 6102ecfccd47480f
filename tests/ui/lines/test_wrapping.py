"""Text is broken by cells: nothing is lost before the limit, and no line is too wide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.protocol.text import cell_width, shown
from tuiftp.ui.lines.wrapping import count_wrapped_cells, wrap_cells, wrap_words


@pytest.mark.parametrize(
    ("text", "width", "limit", "lines"),
    [
        ("", 5, 3, [""]),
        ("one two", 10, 3, ["one two"]),
        ("one two three", 7, 3, ["one two", "three"]),
        ("one two three four", 7, 2, ["one two", "three …"]),
        ("unbreakable", 4, 9, ["unbr", "eaka", "ble"]),
        ("リリース ノート", 8, 3, ["リリース", "ノート"]),
        ("リリリ", 3, 9, ["リ", "リ", "リ"]),
    ],
)
def test_words(text: str, width: int, limit: int, lines: list[str]) -> None:
    assert wrap_words(text, width, limit=limit) == lines


def test_a_flood_of_marks_is_cut() -> None:
    flood = "e" + "\u0301" * 2000
    assert all(len(line) < 20 for line in [*wrap_words(flood, 9, limit=3), *wrap_cells(flood, 9, limit=3)])


visible = st.text(max_size=300).map(shown)


@given(visible, st.integers(2, 40), st.integers(1, 6))
def test_no_line_is_too_wide_and_none_too_many(text: str, width: int, limit: int) -> None:
    for wrap in (wrap_words, wrap_cells):
        lines = wrap(text, width, limit=limit)
        assert 1 <= len(lines) <= limit
        assert all(cell_width(line) <= width for line in lines)
    assert count_wrapped_cells(text, width, limit=limit) == len(wrap_cells(text, width, limit=limit))


@given(st.text(st.characters(exclude_categories=["Mn", "Me"]), max_size=300).map(shown), st.integers(2, 40))
def test_without_a_limit_nothing_is_lost(text: str, width: int) -> None:
    kept = "".join("".join(wrap_cells(text, width, limit=1000)).split())
    assert kept[:200] == "".join(text.split())[: len(kept[:200])]
