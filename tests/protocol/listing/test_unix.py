"""`ls -l` as servers print it: each line, and what a user should see of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.protocol.listing import parse_listing
from tuiftp.protocol.listing.unix import split_link

NOW = datetime(2026, 7, 1, 12)


def one(line: str | bytes, now: datetime = NOW) -> Entry:
    data = line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line
    (entry,) = parse_listing([data], now=now)
    return entry


def test_an_ordinary_line() -> None:
    assert one("-rw-r--r--    1 demo     users      812 Jun 23 09:42 SHA256SUMS\r") == Entry(
        "SHA256SUMS", EntryKind.FILE, 812, datetime(2026, 6, 23, 9, 42), Precision.MINUTE, "rw-r--r--",
        None, "demo", "users",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("date", "modified", "precision"),
    [
        ("Nov 21  2024", datetime(2024, 11, 21), Precision.DAY),
        ("Nov 21 2024", datetime(2024, 11, 21), Precision.DAY),
        ("Nov  5 10:02", datetime(2026, 11, 5, 10, 2), Precision.MINUTE),
        ("Nov 5 10:02", datetime(2026, 11, 5, 10, 2), Precision.MINUTE),
        ("Oct 08, 2002 09:47", datetime(2002, 10, 8, 9, 47), Precision.MINUTE),
        ("Nov  5 12:00:03 2018", datetime(2018, 11, 5, 12, 0, 3), Precision.SECOND),
        ("Tue Apr  2 10:00:00 2013", datetime(2013, 4, 2, 10), Precision.SECOND),
        ("2026-06-07 21:22", datetime(2026, 6, 7, 21, 22), Precision.MINUTE),
        ("2024-01-03 10:00:01.123456789 +0100", datetime(2024, 1, 3, 10, 0, 1), Precision.SECOND),
        ("2024-01-03T10:00:01+01:00", datetime(2024, 1, 3, 10, 0, 1), Precision.SECOND),
        ("Nov 5 2018 10:02", datetime(2018, 11, 5, 10, 2), Precision.MINUTE),
        ("5 Nov 2018 10:02", datetime(2018, 11, 5, 10, 2), Precision.MINUTE),
        ("Tue Apr  2 10:00:00 CEST 2013", datetime(2013, 4, 2, 10), Precision.SECOND),
        ("24.04.03 17:12", datetime(2003, 4, 24, 17, 12), Precision.MINUTE),
        ("2018. nov.  5.", datetime(2018, 11, 5), Precision.DAY),
        ("2018年11月5日", datetime(2018, 11, 5), Precision.DAY),
        ("2018年 11月  5日 10:02", datetime(2018, 11, 5, 10, 2), Precision.MINUTE),
        ("1999/10/12 17:12", datetime(1999, 10, 12, 17, 12), Precision.MINUTE),
        ("24-04-2003 17:12", datetime(2003, 4, 24, 17, 12), Precision.MINUTE),
        ("09-26 2000", datetime(2000, 9, 26), Precision.DAY),
        ("06-26 13:45", datetime(2026, 6, 26, 13, 45), Precision.MINUTE),
        ("3 29 03:26", datetime(2026, 3, 29, 3, 26), Precision.MINUTE),
        ("12 Nov 2010", datetime(2010, 11, 12), Precision.DAY),
        ("12 Nov 10:00", datetime(2026, 11, 12, 10), Precision.MINUTE),
        ("26. Juli, 20:10", datetime(2026, 7, 26, 20, 10), Precision.MINUTE),
        ("2.   Okt.  2003", datetime(2003, 10, 2), Precision.DAY),
        ("szept 26 20:10", datetime(2026, 9, 26, 20, 10), Precision.MINUTE),
        ("фев  3 10:00", datetime(2026, 2, 3, 10), Precision.MINUTE),
        ("3 déc. 10:00", datetime(2026, 12, 3, 10), Precision.MINUTE),
        ("8月 17 08:52", datetime(2026, 8, 17, 8, 52), Precision.MINUTE),
        ("4月 18日 2003年", datetime(2003, 4, 18), Precision.DAY),
        ("2003年 3月 20日", datetime(2003, 3, 20), Precision.DAY),
        ("2월 25 19:03", datetime(2026, 2, 25, 19, 3), Precision.MINUTE),
    ],
)
def test_dates_in_every_order_and_language(date: str, modified: datetime, precision: Precision) -> None:
    entry = one(f"-rw-r--r--   1 root     other        531 {date} the name")
    assert (entry.name, entry.size, entry.owner, entry.group) == ("the name", 531, "root", "other")
    assert (entry.modified, entry.precision) == (modified, precision)


@pytest.mark.parametrize("day", ["Nov 31 2018", "Jun 30 25:00", "Foo 12 2018", "Feb 29  2023", "13-40 12:00"])
def test_days_that_do_not_exist_leave_the_line_unreadable(day: str) -> None:
    line = f"-rw-r--r-- 1 u g 5 {day} x"
    assert one(line) == Entry(line, EntryKind.OTHER, raw=line)


def test_months_in_another_encoding_than_the_names() -> None:
    assert one(b"-rw-r--r-- 1 u g 5 5. M\xe4r 2019 n\xe4me") == Entry(
        "n\udce4me", EntryKind.FILE, 5, datetime(2019, 3, 5), Precision.DAY, "rw-r--r--", None, "u", "g"
    )


@pytest.mark.parametrize(
    ("tail", "name"),
    [
        ("Jun 23 09:42  led", " led"),
        ("Jun 23 09:42   led", "  led"),
        ("Jun 23 09:42 trailed  ", "trailed  "),
        ("Jun 23  2020  led", " led"),
        ("Jun 23 09:42 a\tb", "a\tb"),
        ("Jun 23 2020  padded year", "padded year"),
        ("2020-06-23  padded day", "padded day"),
        ("Jun 23 09:42 -> odd", "-> odd"),
        ("Jun 23 09:42 Jun 23 09:42", "Jun 23 09:42"),
        ("Jun 23 09:42 2018 report", "2018 report"),
    ],
)
def test_blanks_of_a_name_are_kept_and_those_of_a_column_are_not(tail: str, name: str) -> None:
    assert one(f"-rw-r--r--   1 demo users 531 {tail}").name == name


@pytest.mark.parametrize(
    ("columns", "size", "owner", "group"),
    [
        ("1 root 531", 531, "root", None),
        ("1 root other 33.5k", 34304, "root", "other"),
        ("1 admin Domain Users 531", 531, "admin", "Domain Users"),
        ("1 ftp 14 2048", 2048, "ftp", "14"),
        ("root staff 7", 7, "root", "staff"),
        ("  326  1391972  1392298", 1392298, None, None),
        ("   folder        2", 2, None, None),
        ("1 u g 9223372036854775807", 2**63 - 1, "u", "g"),
        ("1 u g 9223372036854775808", None, "u", "g"),
        ("1 u g -1", None, "u", "g"),
        ("1 u g 1,234,567", 1234567, "u", "g"),
        ("1 u g 1.234.567", 1234567, "u", "g"),
        ("1 u g 1'234'567", 1234567, "u", "g"),
        ("- hdfs supergroup 531", 531, "hdfs", "supergroup"),
        ("1 anna staff hidden,uchg 531", 531, "anna", "staff"),
        ("1 anna staff - 531", 531, "anna", "staff"),
    ],
)
def test_columns_that_are_missing_or_odd(
    columns: str, size: int | None, owner: str | None, group: str | None
) -> None:
    entry = one(f"-rw-r--r-- {columns} Jun 23 09:42 x")
    assert (entry.name, entry.size, entry.owner, entry.group) == ("x", size, owner, group)
    assert entry.raw is None


@pytest.mark.parametrize(
    ("start", "kind", "permissions"),
    [
        ("-rw-r--r--+", EntryKind.FILE, "rw-r--r--"),
        ("-rw-r--r--.", EntryKind.FILE, "rw-r--r--"),
        ("drwxr-xr-x@", EntryKind.DIR, "rwxr-xr-x"),
        ("drwsrwSrwT", EntryKind.DIR, "rwsrwSrwT"),
        ("prw-r--r--", EntryKind.OTHER, "rw-r--r--"),
        ("srwxr-xr-x", EntryKind.OTHER, "rwxr-xr-x"),
        ("-rw-r-lr--", EntryKind.FILE, "rw-r-Sr--"),
        ("drw-r--rw ", EntryKind.DIR, None),
        ("  -rw-r--r--", EntryKind.FILE, "rw-r--r--"),
        ("123456 8 -rw-r--r--", EntryKind.FILE, "rw-r--r--"),
    ],
)
def test_kinds_and_permissions(start: str, kind: EntryKind, permissions: str | None) -> None:
    entry = one(f"{start} 1 u g 5 Jun 23 09:42 x")
    assert (entry.name, entry.kind, entry.permissions) == ("x", kind, permissions)


@pytest.mark.parametrize("numbers", ["8,   0", "8, 0", "8,100", "0x800010"])
def test_devices_have_no_size(numbers: str) -> None:
    entry = one(f"brw-rw----   1 root disk   {numbers} Jun 23 10:02 sda")
    assert (entry.name, entry.kind, entry.size, entry.group) == ("sda", EntryKind.OTHER, None, "disk")


@pytest.mark.parametrize(
    ("text", "size", "parts"),
    [
        ("bin -> usr/bin", 7, ("bin", "usr/bin")),
        ("bin", 7, ("bin", None)),
        ("a -> b -> cd", 2, ("a -> b", "cd")),
        ("a -> b -> cd", 7, ("a", "b -> cd")),
        ("a -> b -> cd", None, ("a", "b -> cd")),
        ("ä -> b -> ö", 2, ("ä -> b", "ö")),
    ],
)
def test_link_targets(text: str, size: int | None, parts: tuple[str, str | None]) -> None:
    assert split_link(text, size) == parts


def test_a_link_stays_a_link() -> None:
    entry = one("lrwxrwxrwx 1 root root 3 Jun 23 09:42 latest -> 2.0")
    assert (entry.kind, entry.name, entry.target, entry.is_dir) == (EntryKind.LINK, "latest", "2.0", False)


def test_a_slash_behind_a_directory_is_no_part_of_its_name() -> None:
    assert one("drwxr-xr-x 2 u g 5 Jun 23 09:42 docs/").name == "docs"


@pytest.mark.parametrize(
    ("mark", "kind"), [("d", EntryKind.DIR), ("-", EntryKind.FILE), ("?", EntryKind.OTHER)]
)
def test_what_ls_could_not_look_at_has_a_name_all_the_same(mark: str, kind: EntryKind) -> None:
    assert one(f"{mark}????????? ? ?    ?           ?            ? lost on a disk") == Entry(
        "lost on a disk", kind
    )
