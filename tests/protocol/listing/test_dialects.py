"""Every dialect reads its own listings, and no dialect reads another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from tests.protocol.listing.sample import Sample
from tests.protocol.listing.samples import SAMPLES
from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing import parse_listing
from tuiftp.protocol.listing.dialects import DIALECTS
from tuiftp.protocol.listing.lines import Window

NOW = datetime(2026, 7, 1, 12)


def cases() -> Iterator[Any]:
    for name, samples in SAMPLES.items():
        for number, sample in enumerate(samples):
            yield pytest.param(name, sample, id=f"{name} {number}")


def parse(text: str) -> list[Entry]:
    return parse_listing([line.encode() for line in text.split("\n")], now=NOW)


def test_every_dialect_of_the_table_has_a_sample() -> None:
    assert {dialect.name for dialect in DIALECTS} == set(SAMPLES)


@pytest.mark.parametrize(("name", "sample"), cases())
def test_a_listing_means_what_its_server_means(name: str, sample: Sample) -> None:
    text, expected = sample
    assert parse(text) == expected
    assert parse(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(("name", "sample"), cases())
def test_no_other_dialect_takes_a_line(name: str, sample: Sample) -> None:
    lines = sample[0].split("\n")
    taken = []
    for dialect in DIALECTS:
        reader = dialect.open(Window(lines), NOW)
        if any(reader.read(line) not in (None, Entry(".", EntryKind.DIR)) for line in lines):
            taken.append(dialect.name)
    assert taken == [name]


@pytest.mark.parametrize(("one", "two"), permutations([name for name in SAMPLES if name != "dls"], 2))
def test_two_dialects_in_one_listing_are_both_read(one: str, two: str) -> None:
    first, second = SAMPLES[one][0], SAMPLES[two][0]
    if "ragged Unix" in (one, two):  # lines without dates count only where no line has one
        first, second = (SAMPLES[name][-1 if name == "ragged Unix" else 0] for name in (one, two))
    expected = [entry.name for entry in (*first[1], *second[1])]
    assert [entry.name for entry in parse(f"{first[0]}\n{second[0]}")] == expected


@pytest.mark.parametrize(
    "line",
    [
        "A.TXT;1", "A.TXT;1 5", "A.TXT;1 what is this", "+nothing", "BARE", "001 JES2 N/A H JESMSGLG 1200",
        "d [RWCEAFMS] anna 512 Foo 45 2008 x", "X 5 31/31/31 10:00:00 *STMF a", "a b c d e f", "12345678",
        "6308/13", "--------", "1123 DIR 99-99-99 10:00 x", "README 12 Nov 45 1994 10:17", "1 2 3 4 5",
        "5 Foo-01-1980 00:00:00 x", 'NAME 101 528 6-Xyz-07 14:21:18 255, 0 "oooo"', "0 Foo 12, 2002 02:13 x",
        "-rw-r--r-- 1 u g 5 Foo 12 2018 x", "-rw-r--r-- 1 u g 5 12:30 x",
    ],
)  # fmt: skip
def test_what_only_resembles_a_dialect_stays_visible(line: str) -> None:
    assert parse(line) == [Entry(line, EntryKind.OTHER, raw=line)]


def test_the_first_half_of_a_vms_line_is_not_lost() -> None:
    rest = "  1/3  2-AUG-2006 13:05"
    names = [entry.name for entry in parse(f"LONG.TXT;1\nLONG.TXT;1\n{rest}\nLATER.TXT;1")]
    assert names == ["LONG.TXT;1", "LATER.TXT;1", "LONG.TXT;1"]


def test_dates_in_numbers_are_read_in_the_order_that_fits_the_whole_listing() -> None:
    line = "  12  A  {}  10:00  x{}"
    days = ["03-04-99", "25-12-98"]
    found = parse("\n".join(line.format(day, number) for number, day in enumerate(days)))
    assert [entry.modified for entry in found] == [datetime(1999, 4, 3, 10), datetime(1998, 12, 25, 10)]


N = 40_000


@pytest.mark.timeout(30)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: str(dialect.name))
def test_no_dialect_is_slow_on_a_long_line(dialect: Any) -> None:
    pieces = [
        " ",
        "1 ",
        "1",
        "a",
        "a ",
        "A ",
        ";1 ",
        "'A",
        "A.",
        "- ",
        "(a)",
        "[a]",
        "1-1-1 ",
        "<a>",
        "a=b;",
        ",",
    ]
    heads = [
        "",
        "+",
        "-rw-r--r-- ",
        "-rw-r--r-- 1 ",
        "d [RWCEAFMS] ",
        "A;1 ",
        "QSYS 1 ",
        "5 ",
        "NAME ",
        "JOB JOB01906 ",
    ]
    begin = datetime.now()
    for head in heads:
        for piece in pieces:
            line = head + piece * (N // len(piece))
            dialect.open(Window([line]), NOW).read(line)
            dialect.open(Window([line]), NOW).read(line + "\t10:00 x")
    assert (datetime.now() - begin).total_seconds() < 10
