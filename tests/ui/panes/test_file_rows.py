"""Rows as data: orders of any length, marks, patterns, columns and dates, by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies

from tests.ui.browser_host import many
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.ui.panes.columns import DATE, SHORT_DATE, date_text, layout_columns
from tuiftp.ui.panes.file_rows import SLICE, Arrangement, SortKey, arrange, compile_pattern, prepare

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1)))


@given(
    strategies.lists(
        strategies.tuples(
            strategies.text(max_size=5), strategies.sampled_from(list(EntryKind)),
            strategies.none() | strategies.integers(0, 99),
        ), max_size=40,
    ),
    strategies.sampled_from(list(SortKey)), strategies.booleans(), strategies.booleans(), strategies.booleans(),
)  # fmt: skip
def test_an_order_has_every_shown_entry_once(
    facts: list[tuple[str, EntryKind, int | None]], key: SortKey, down: bool, first: bool, hidden: bool
) -> None:
    entries = [Entry(*fact) for fact in facts]
    rows = prepare(entries, Arrangement(key, down, first, hidden), has_parent=True)
    wanted = [place for place, entry in enumerate(entries) if hidden or not entry.name.startswith(".")]
    assert sorted(rows.order) == [-1, *wanted]
    assert rows.order[0] == -1
    for row, place in enumerate(rows.order):
        assert place < 0 or rows.rows[place] == row
    if first:
        kinds = [entries[place].is_dir for place in rows.order[1:]]
        assert kinds == sorted(kinds, reverse=True)


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, 5 * SLICE + 17])
@pytest.mark.parametrize("down", [False, True])
def test_sorting_in_slices_gives_what_sorting_at_once_gives(count: int, down: bool) -> None:
    entries = many(count)
    rows = prepare(entries, Arrangement(SortKey.SIZE, down), has_parent=False)
    by_name = sorted(entries, key=lambda entry: entry.name)
    assert [entries[place] for place in rows.order] == sorted(
        by_name, key=lambda e: e.size or 0, reverse=down
    )


def test_another_order_makes_no_key_anew() -> None:
    rows = prepare(many(100), Arrangement(), has_parent=False)
    keys = rows.keys[SortKey.NAME]
    arrange(rows, Arrangement(SortKey.SIZE))
    rows.apply(arrange(rows, Arrangement(SortKey.NAME, True)))
    assert rows.keys[SortKey.NAME] is keys


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.txt", "a.TXT", True), ("*.txt", "a.txt.bak", False), ("*.txt, *.md", "README.md", True),
        ("data-??", "data-12", True), ("data-??", "data-123", False), ("[ab]*", "b1", True), ("", "x", False),
        ("*", "line\nbreak", True), ("(a", "(a", True),
    ],
)  # fmt: skip
def test_patterns(pattern: str, name: str, matches: bool) -> None:
    assert bool(compile_pattern(pattern).match(name)) is matches


@given(strategies.text(max_size=20), strategies.text(max_size=20))
def test_any_text_is_a_pattern(pattern: str, name: str) -> None:
    compile_pattern(pattern).match(name)


@pytest.mark.parametrize(
    ("when", "precision", "full", "short"),
    [
        (datetime(2026, 11, 23, 7, 55, tzinfo=UTC), Precision.SECOND, "today 08:55", "08:55"),
        (datetime(2026, 11, 23), Precision.DAY, "today", "today"),
        (datetime(2026, 11, 12), Precision.DAY, "Nov 12", "Nov 12"),
        (datetime(2026, 11, 21, 10, 2), Precision.MINUTE, "Nov 21 10:02", "Nov 21"),
        (datetime(2026, 1, 2, 3, 4), Precision.MINUTE, "Jan 02 03:04", "Jan 02"),
        (datetime(2025, 12, 31, 3, 4), Precision.MINUTE, "Dec 31  2025", "2025"),
        (datetime(2025, 6, 1, 23, 59), Precision.MINUTE, "Jun 01  2025", "2025"),
        (datetime(2031, 6, 1), Precision.SECOND, "Jun 01  2031", "2031"),
        (datetime(1, 1, 1, tzinfo=UTC), Precision.SECOND, "Jan 01     1", "   1"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), Precision.SECOND, "Dec 31  9999", "9999"),
    ],
)  # fmt: skip
def test_dates(when: datetime, precision: Precision, full: str, short: str) -> None:
    assert date_text(when, precision, NOW, DATE) == full
    assert date_text(when, precision, NOW, SHORT_DATE) == short


@pytest.mark.parametrize(
    ("width", "longest", "name", "modified", "permissions"),
    [
        (57, 40, 30, DATE, 0), (57, 12, 19, DATE, 9), (37, 40, 20, SHORT_DATE, 0), (37, 10, 14, DATE, 0),
        (27, 40, 17, 0, 0), (16, 40, 14, 0, 0), (90, 40, 52, DATE, 9),
    ],
)  # fmt: skip
def test_the_name_is_the_last_to_give_way(
    width: int, longest: int, name: int, modified: int, permissions: int
) -> None:
    columns = layout_columns(width, longest=longest, prefers_permissions=True)
    assert (columns.name, columns.modified, columns.permissions) == (name, modified, permissions)


@pytest.mark.parametrize("width", range(250))
@pytest.mark.parametrize("prefers", [False, True])
def test_columns_never_take_more_than_there_is(width: int, prefers: bool) -> None:
    columns = layout_columns(width, prefers_permissions=prefers)
    cells = [c for c in (columns.size, columns.modified, columns.permissions) if c]
    used = columns.lead + columns.name + sum(columns.gap + c for c in cells) + columns.trail
    assert used == width
    assert columns.name >= 0
    if columns.permissions:
        assert columns.modified
