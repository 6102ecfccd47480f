"""`dir` as Windows servers and shells print it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.protocol.listing import parse_listing

NOW = datetime(2026, 7, 1, 12)


def names(*lines: str) -> list[Entry]:
    return parse_listing([line.encode() for line in lines], now=NOW)


def test_an_ordinary_listing_of_iis() -> None:
    assert names(
        "06-25-26  03:09PM       <DIR>          docs\r",
        "06-25-2026  12:09AM                  812 SHA256SUMS\r",
    ) == [
        Entry("docs", EntryKind.DIR, None, datetime(2026, 6, 25, 15, 9), Precision.MINUTE),
        Entry("SHA256SUMS", EntryKind.FILE, 812, datetime(2026, 6, 25, 0, 9), Precision.MINUTE),
    ]


@pytest.mark.parametrize(
    ("line", "name", "size", "modified"),
    [
        ("04-27-00  12:09PM   589 x", "x", 589, datetime(2000, 4, 27, 12, 9)),
        ("04-27-96  12:09AM   589 x", "x", 589, datetime(1996, 4, 27, 0, 9)),
        ("2002-09-02  19:06                9,730 x", "x", 9730, datetime(2002, 9, 2, 19, 6)),
        ("04-08-14  15:09   1,234,567 x", "x", 1234567, datetime(2014, 4, 8, 15, 9)),
        ("27-04-2000  09:09   589 x", "x", 589, datetime(2000, 4, 27, 9, 9)),
        ("25.12.2018  14:16             1.234 x", "x", 1234, datetime(2018, 12, 25, 14, 16)),
        ("05.12.2018  14:16             1.234 x", "x", 1234, datetime(2018, 12, 5, 14, 16)),
        ("10/03/2018  02:58 PM    34,359,738,368 win.img", "win.img", 34359738368, datetime(2018, 10, 3, 14, 58)),
        ("04-08-14  03:09PM   7  led", " led", 7, datetime(2014, 4, 8, 15, 9)),
        ("04-08-14  03:09PM   99999999999999999999 x", "x", None, datetime(2014, 4, 8, 15, 9)),
    ],
)  # fmt: skip
def test_files(line: str, name: str, size: int | None, modified: datetime) -> None:
    assert names(line) == [Entry(name, EntryKind.FILE, size, modified, Precision.MINUTE)]


@pytest.mark.parametrize(
    ("rest", "kind", "name", "target"),
    [
        ("<DIR>          docs", EntryKind.DIR, "docs", None),
        ("<DIR>           led", EntryKind.DIR, " led", None),
        ("<DIR> docs", EntryKind.DIR, "docs", None),
        ("<dir>    docs", EntryKind.DIR, "docs", None),
        (r"<JUNCTION>     Docs [C:\Users\x]", EntryKind.LINK, "Docs", r"C:\Users\x"),
        (r"<SYMLINKD>     d [..\d]", EntryKind.LINK, "d", r"..\d"),
        ("<SYMLINK>      f", EntryKind.LINK, "f", None),
    ],
)
def test_marks(rest: str, kind: EntryKind, name: str, target: str | None) -> None:
    (entry,) = names(f"01-02-18  02:16PM       {rest}")
    assert (entry.kind, entry.name, entry.target, entry.size) == (kind, name, target, None)


def test_days_come_first_where_the_listing_shows_it() -> None:
    days = [entry.modified for entry in names("02/01/2018  14:16   5 a", "25/01/2018  14:16   5 b")]
    assert days == [datetime(2018, 1, 2, 14, 16), datetime(2018, 1, 25, 14, 16)]


@pytest.mark.parametrize(
    "line",
    [
        "34-08-14  03:09PM  <DIR> docs",
        "-08-14  03:09PM  <DIR> docs",
        "04-08-14  13:09PM  <DIR> docs",
        "04-08-14  25:09  <DIR> docs",
        "04-08-14  03:61PM  <DIR> docs",
        "04-08-114  03:09PM  <DIR> docs",
        "04-08-14  03:09PM  OMAR docs",
        "04-08-14  03:09PM  <WHAT> docs",
        "04-08-14  03:09PM  12",
        "04-08-14  03:09PM  1,23,4 x",
    ],
)
def test_what_is_no_such_line_stays_visible(line: str) -> None:
    assert names(line) == [Entry(line, EntryKind.OTHER, raw=line)]


def test_a_column_that_is_wider_than_usual_is_no_part_of_the_names() -> None:
    entries = parse_listing(
        [
            b"2026-06-25  15:09    <DIR>             docs",
            b"2026-06-25  15:09    <DIR>               led",
            b"2026-06-25  15:09              812     a.txt",
            b"2026-06-25  15:09                7      b.txt",
        ],
        now=NOW,
    )
    assert [entry.name for entry in entries] == ["docs", "  led", "a.txt", " b.txt"]
