"""Lines whose columns have grown together, or whose names have outgrown their column."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.entries import Entry
from tuiftp.protocol.listing import parse_listing

NOW = datetime(2026, 11, 24, 12)


def read(*lines: str) -> list[Entry]:
    return parse_listing([line.encode() for line in lines], now=NOW)


def brief(*lines: str) -> list[tuple[str, str, int | None]]:
    return [(entry.name, entry.kind.value, entry.size) for entry in read(*lines)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("d [RWCEMFA] supervisor 512 Jan 16 18:53 login", ("login", "dir", 512)),
        ("-[R----F--]  1 raup  1234 Jan 16 18:53 notes.txt", ("notes.txt", "file", 1234)),
        ("- [ RWCEMFA ] guest  99 Jan 16 2019 two words", ("two words", "file", 99)),
        ("d [] guest 512 Jan 16 2019 none", None),
        ("-rw-r--r-- 1 owner group 12345678901Nov 23 09:12 b.iso", ("b.iso", "file", 12345678901)),
        ("-rw-r--r-- 1 owner group 99Nov 23 2019 c", ("c", "file", 99)),
        ("-rw-r--r--   1 owner  group123456789 Nov 23 09:12 a.iso", ("a.iso", "file", None)),
        ("03-20-26  10:11PM    <JUNCTION>     All [C:\\Users\\All Users]", ("All", "link", None)),
    ],
)
def test_netware_rights_and_columns_that_touch(
    line: str, expected: tuple[str, str, int | None] | None
) -> None:
    assert brief(line) == [expected if expected is not None else (line, "other", None)]


def test_a_group_in_digits_that_runs_into_the_size_leaves_the_size_unknown() -> None:
    usual = "-rw-r--r-- 1 1001 1001   123456 Nov 23 09:12 usual"
    assert brief(usual, "-rw-r--r-- 1 1001 1001123456789 Nov 23 09:12 big") == [
        ("usual", "file", 123456),
        ("big", "file", None),
    ]
    big = read("-rw-r--r-- 1 1002 1001123456789 Nov 23 09:12 big", usual)[0]
    assert (big.owner, big.group) == ("1002", "1001")


@pytest.mark.parametrize(
    "others",
    [[], ["-rw-r--r-- 1 anna users 5 Nov 23 09:12 a"], ["-rw-r--r-- 1 1001 2002 5 Nov 23 09:12 a"]],
    ids=["alone", "groups with names", "another group"],
)
def test_a_line_without_a_group_keeps_its_size(others: list[str]) -> None:
    assert brief("-rw-r--r-- 1 1001 1001123456 Nov 23 09:12 b", *others)[0] == ("b", "file", 1001123456)


def test_a_vms_name_may_hold_blanks() -> None:
    lines = (
        "Directory DISK:[USER]",
        "My first file.txt;1   2 30-DEC-2025 17:44 [SYSTEM] (RWED,RWED,RE,RE)",
        "A name that goes on and on and has blanks.txt;2",
        "                      7 30-DEC-2025 17:44 [SYSTEM] (RWED,RWED,RE,RE)",
        "Old letters.DIR;1     1 30-DEC-2025 17:44 [SYSTEM] (RWE,RWE,RE,E)",
    )
    assert brief(*lines) == [
        ("My first file.txt;1", "file", None),
        ("A name that goes on and on and has blanks.txt;2", "file", None),
        ("Old letters", "dir", None),
    ]


def test_names_of_dls_whose_columns_never_came_stay_visible() -> None:
    found = read("first:", "second:", "   12  Nov 12 1994  text", "third:  5", "last:")
    assert [(entry.name, entry.kind.value, entry.size) for entry in found] == [
        ("second", "file", 12),
        ("third", "file", 5),
        ("first", "other", None),
        ("last", "other", None),
    ]


def test_lines_that_only_resemble_dls_are_not_taken_for_it() -> None:
    """No colon behind a name, no directory with a dash: two words and a number may be anything."""
    lines = ("README 763 text", "pub 12", "Chapter 5 begins here")
    assert [(entry.name, entry.kind.value) for entry in read(*lines)] == [(line, "other") for line in lines]


def test_a_vms_name_may_be_cut_in_its_midst() -> None:
    """Its end stands on the next line, with the rest or once more alone."""
    lines = (
        "Directory DISK:[USER]",
        "SHORT.TXT;1   2 30-DEC-2025 17:44 [SYSTEM] (RWED,RWED,RE,RE)",
        "A_NAME_THAT_GOES_ON_AND_ON_AND",
        "_COMES_TO_AN_END.DAT;3     5  8-SEP-2025 16:09 [SYSTEM] (RWE,RWE,RE,RE)",
        "ANOTHER_ONE_OF_THAT_LENGTH_AND",
        "_MORE.TXT;12",
        "                     213/216  29-JAN-2026 03:33:12  [ANON,ANONYMOUS]   (RWED,RWED,,)",
        "Total of 3 files, 20 blocks",
    )
    assert [name for name, _, _ in brief(*lines)] == [
        "SHORT.TXT;1",
        "A_NAME_THAT_GOES_ON_AND_ON_AND_COMES_TO_AN_END.DAT;3",
        "ANOTHER_ONE_OF_THAT_LENGTH_AND_MORE.TXT;12",
    ]


def test_a_load_module_is_a_member() -> None:
    lines = (
        " Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode",
        " BEGIN     000158   000104          00 FO             RN RU            31    ANY",
        " START     000158   000104 BEGIN    00 FO             RN RU            31    ANY",
    )
    assert brief(*lines) == [("BEGIN", "file", None), ("START", "file", None)]


@given(st.lists(st.text(alphabet="a: -=;[]()1JanNov\t.<>\\", max_size=60), max_size=8))
def test_nothing_is_raised(lines: list[str]) -> None:
    read(*lines)
