"""Years that are not printed, and the names of months."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tuiftp.entries import Precision
from tuiftp.protocol.listing.dates import date_reader
from tuiftp.protocol.listing.months import month_number


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2017-03-10T23:00", "Sep 10 22:59", "2017-09-10T22:59"),  # not yet half a year ahead
        ("2017-03-10T23:00", "Sep 10 23:00", "2016-09-10T23:00"),  # half a year ahead: last year
        ("2017-03-10T23:00", "Mar 10 23:00", "2017-03-10T23:00"),
        ("2024-01-05T09:00", "Dec 28 10:00", "2023-12-28T10:00"),
        ("2023-12-31T23:50", "Jan  1 00:10", "2024-01-01T00:10"),  # the server's clock is ahead
        ("2023-12-31T23:50", "Jan  2 00:10", "2023-01-02T00:10"),
        ("2026-07-01T12:00", "Feb 29 10:00", "2024-02-29T10:00"),
        ("2025-08-31T00:00", "Feb 27 10:00", "2025-02-27T10:00"),
        ("9999-12-31T23:59", "Feb 27 10:00", "9999-02-27T10:00"),
        ("0001-01-01T00:00", "Jan  1 00:00", "0001-01-01T00:00"),
    ],
)
def test_the_year_that_is_not_printed(now: str, text: str, expected: str) -> None:
    read = date_reader(datetime.fromisoformat(now))
    assert read(text) == (datetime.fromisoformat(expected), Precision.MINUTE)
    assert read(text) == (datetime.fromisoformat(expected), Precision.MINUTE)  # from memory


def test_an_aware_clock_gives_naive_dates_all_the_same() -> None:
    stamp = date_reader(datetime(2026, 7, 1, 12, tzinfo=UTC))("Jun 23 09:42")
    assert stamp == (datetime(2026, 6, 23, 9, 42), Precision.MINUTE)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("Jan", 1), ("JAN", 1), ("jan.", 1), ("January", 1), ("Jänner", 1), ("ene", 1), ("gen", 1), ("янв", 1),
        ("sty", 1), ("led", 1), ("Oca", 1), ("tammi", 1), ("févr.", 2), ("fev", 2), ("lut", 2), ("Şub", 2),
        ("Mär", 3), ("Mrz", 3), ("mrt", 3), ("mars", 3), ("maalis", 3), ("avr.", 4), ("Abr", 4), ("kwi", 4),
        ("Mai", 5), ("mei", 5), ("maj", 5), ("mag", 5), ("мая", 5), ("juin", 6), ("giu", 6), ("cze", 6),
        ("juil.", 7), ("lug", 7), ("lip", 7), ("июл", 7), ("août", 8), ("ago", 8), ("Ağu", 8), ("elo", 8),
        ("sept.", 9), ("set", 9), ("wrz", 9), ("zář", 9), ("Okt", 10), ("ott", 10), ("out", 10), ("paź", 10),
        ("říj", 10), ("lis", 11), ("marras", 11), ("Kas", 11), ("déc.", 12), ("Dez", 12), ("dic", 12),
        ("gru", 12), ("Δεκ", 12), ("8月", 8), ("12월", 12), ("d\udce9c", 12), ("\udcd4\udce5\udce2", 2),
    ],
)  # fmt: skip
def test_months_in_many_languages(word: str, number: int) -> None:
    assert month_number(word) == number


@pytest.mark.parametrize("word", ["", "J", "Ju", "Foo", "root", "13月", "0月", "x" * 500, "é" * 500, "."])
def test_words_that_are_no_month(word: str) -> None:
    assert month_number(word) is None
