"""Lines that are not quite what their dialect promises, as real servers send them all the same."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.protocol.listing.sample import DIR, FILE, LINK, OTHER, entry
from tuiftp.entries import Entry
from tuiftp.protocol.listing import parse_listing

NOW = datetime(2026, 7, 1, 12)


def parse(listing: str) -> list[Entry]:
    return parse_listing(listing.encode().split(b"\n"), now=NOW)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # HylaFAX has no rights for others
        ("drwxrwx   2       14     4096 Jun 28 02:41 log", entry("log", DIR, 4096, "2026-06-28T02:41", None, "14")),
        # Plan 9: a file that can only grow
        ("arw-r--r--   2 glenda glenda  88 Jun 26 17:52 journal",
         entry("journal", FILE, 88, "2026-06-26T17:52", "rw-r--r--", "glenda", "glenda")),
        ("frw-r--r--   1 u g  9 Jun 26  2020 odd", entry("odd", FILE, 9, "2020-06-26", "rw-r--r--", "u", "g")),
        # a file that the Data Migration Facility has moved to tape
        ("mrw-r--r--   1 u g  7340032 Jun 26  2020 run.dat",
         entry("run.dat", FILE, 7340032, "2020-06-26", "rw-r--r--", "u", "g")),
        # a minute of one digit
        ("drwxrwxr-x   1 500   244    660 Jan  1 00:0 bin",
         entry("bin", DIR, 660, "2026-01-01T00:00", "rwxrwxr-x", "500", "244")),
        ("-rw-r--r--+1044 u g  12 Jun 26 17:52 many links",
         entry("many links", FILE, 12, "2026-06-26T17:52", "rw-r--r--", "u", "g")),
        ("Crw-r--r--   1 u g  12 Jun 26 17:52 contiguous",
         entry("contiguous", FILE, 12, "2026-06-26T17:52", "rw-r--r--", "u", "g")),
        ("prw-r--r--   1 u g   0 Jun 26 17:52 pipe",
         entry("pipe", OTHER, 0, "2026-06-26T17:52", "rw-r--r--", "u", "g")),
        ("-rw-r--r--   1 d\x1cmo u\u2003g  5 Jun 26 17:52 odd owners",
         entry("odd owners", FILE, 5, "2026-06-26T17:52", "rw-r--r--", "d\x1cmo", "u\u2003g")),
        ("lrwxrwxrwx   1 u g   5 Jun 26 17:52 no arrow",
         entry("no arrow", LINK, 5, "2026-06-26T17:52", "rwxrwxrwx", "u", "g")),
    ],
)  # fmt: skip
def test_unix_lines_of_servers_that_are_no_unix(line: str, expected: Entry) -> None:
    assert parse(line) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("BIG.ISO;2        ******  6-MAY-2008 09:29 [SYSTEM] (RE,RWED,RE,RE)",
         entry("BIG.ISO;2", FILE, None, "2008-05-06T09:29", "rwxr-xr-x", "SYSTEM")),
        ("587823    RSA    DIR   01-18-97   13:58  OS2",
         entry("OS2", DIR, None, "1997-01-18T13:58")),
        ("LOGFILE  101  528 6-Apr-07 14:21:18 255, 0 \"o*o-\"",
         entry("LOGFILE", FILE, 528, "2007-04-06T14:21:18", owner="0", group="255")),
        ("DAILYREPORT TRACE V  65  107  2 2005-10-04 15:28:42 060191",
         entry("DAILYREPORT.TRACE", FILE, None, "2005-10-04T15:28:42", owner="060191")),
        ("VOL001 3390   2011/08/25  2+++++  FB     904 18080  PS  anna.lower.case",
         entry("anna.lower.case", FILE, None, "2011-08-25")),
        ("type=file;size=12;modify=20200102030405;\ttabbed name",
         entry("tabbed name", FILE, 12, "2020-01-02T03:04:05+00:00")),
    ],
)  # fmt: skip
def test_lines_of_other_systems(line: str, expected: Entry) -> None:
    assert parse(line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "ftpd: .: Permission denied",
        "ftpd-BSD: /x: Permission denied",
        ".:",
        "*.*;0   <%RMS-E-FNF, file not found>",
    ],
)
def test_what_is_no_entry(line: str) -> None:
    assert parse(line) == []
