"""Months as servers of other countries print them, in the encodings of those countries."""

from __future__ import annotations

from datetime import datetime

import pytest

from tuiftp.protocol.listing import parse_listing

NOW = datetime(2026, 7, 1, 12)


@pytest.mark.parametrize(
    ("date", "encoding", "expected"),
    [
        ("26. Juli, 20:10", "utf-8", datetime(2026, 7, 26, 20, 10)),
        ("2.   Okt.  2003", "utf-8", datetime(2003, 10, 2)),
        (" 3 Mär 08:30", "latin-1", datetime(2026, 3, 3, 8, 30)),
        ("Mär  3 08:30", "cp850", datetime(2026, 3, 3, 8, 30)),
        ("déc.  7  2019", "utf-8", datetime(2019, 12, 7)),
        ("août 14 09:15", "latin-1", datetime(2026, 8, 14, 9, 15)),
        ("14 févr. 09:15", "utf-8", datetime(2026, 2, 14, 9, 15)),
        ("dic 25  2001", "utf-8", datetime(2001, 12, 25)),
        ("ene  9 10:00", "utf-8", datetime(2026, 1, 9, 10)),
        ("сен  5 10:00", "utf-8", datetime(2026, 9, 5, 10)),
        ("ноя 12  2018", "koi8_r", datetime(2018, 11, 12)),
        ("май  1 09:00", "cp1251", datetime(2026, 5, 1, 9)),
        ("січ 17  2020", "utf-8", datetime(2020, 1, 17)),
        ("paź  4 11:11", "iso8859_2", datetime(2026, 10, 4, 11, 11)),
        ("ม.ค.  5  2021", "utf-8", datetime(2021, 1, 5)),
        ("يناير  5  2021", "utf-8", datetime(2021, 1, 5)),
        ("ינו  5  2021", "utf-8", datetime(2021, 1, 5)),
        ("αυγούστου 15  2022", "utf-8", datetime(2022, 8, 15)),
        ("8月 17 08:52", "utf-8", datetime(2026, 8, 17, 8, 52)),
        ("8月 17 08:52", "euc_jp", datetime(2026, 8, 17, 8, 52)),
        ("4月 18日 2003年", "cp932", datetime(2003, 4, 18)),
        ("2003年 3月 20日", "utf-8", datetime(2003, 3, 20)),
        ("12月  3 08:52", "gb18030", datetime(2026, 12, 3, 8, 52)),
        ("十月  3  2019", "utf-8", datetime(2019, 10, 3)),
        ("2005년  1월  6일", "utf-8", datetime(2005, 1, 6)),
        ("1월  6 10:20", "euc_kr", datetime(2026, 1, 6, 10, 20)),
        ("Thg 3 5 2020", "utf-8", None),
    ],
)
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "guessed"])
def test_months_of_the_world(date: str, encoding: str, expected: datetime | None, is_told: bool) -> None:
    line = f"-rw-r--r--    1 demo     users      812 {date} name".encode(encoding)
    (entry,) = parse_listing([line], now=NOW, encoding=encoding if is_told else "utf-8")
    assert (entry.name == "name") is (expected is not None)
    assert entry.modified == expected
