"""Answers about one file: what is not of the expected form is no answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.protocol.file_replies import encode_time, parse_checksum, parse_hash, parse_time

WHEN = datetime(2026, 11, 23, 9, 40, 12, tzinfo=UTC)
SHA256 = "ab" * 32


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("20261123094012", WHEN),
        (" 20261123094012.250 ", WHEN),
        ("191261123094012", WHEN),
        ("20261323094012", None),
        ("2026112309401", None),
        ("202611230940123", None),
        ("20261123094012 a", None),
        ("٢٠٢٦١١٢٣٠٩٤٠١٢", None),
        ("", None),
    ],
)
def test_times(text: str, when: datetime | None) -> None:
    assert parse_time(text) == when


def test_a_time_is_written_in_utc() -> None:
    there = WHEN.astimezone(timezone(timedelta(hours=-5)))
    assert encode_time(there) == "20261123094012"
    assert parse_time(encode_time(WHEN)) == WHEN


@pytest.mark.parametrize(
    ("text", "size", "found"),
    [
        (f"SHA-256 0-49 {SHA256} a b.txt", 50, ("sha256", SHA256)),
        (f"SHA-256 0-50 {SHA256.upper()} a", 50, ("sha256", SHA256)),
        (f"SHA-256 0-49 {SHA256}", 50, ("sha256", SHA256)),
        ("CRC32 0-49 0000abcd a", 50, ("crc32", "0000abcd")),
        (f"SHA-256 0-48 {SHA256} a", 50, None),
        (f"SHA-256 10-49 {SHA256} a", 50, None),
        (f"SHA-256 0-49 {SHA256[:-2]} a", 50, None),
        (f"SHA-1 0-49 {SHA256} a", 50, None),
        (f"WHIRL 0-49 {SHA256} a", 50, None),
        (SHA256, 50, None),
        ("", None, None),
    ],
)
def test_hash(text: str, size: int | None, found: tuple[str, str] | None) -> None:
    assert parse_hash(text, size=size) == found


@pytest.mark.parametrize(
    ("text", "verb", "digest"),
    [
        (SHA256, "XSHA256", SHA256),
        (f"XSHA256 {SHA256.upper()}", "XSHA256", SHA256),
        ("ABCD", "XCRC", "0000abcd"),
        ("123456789", "XCRC", None),
        ("d41d8cd98f00b204e9800998ecf8427e", "XMD5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a b.txt d41d8cd98f00b204e9800998ecf8427e", "MD5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("d41d8cd98f00b204e9800998ecf8427e a.txt", "XMD5", None),
        ("Requested action ok", "XMD5", None),
        ("", "XCRC", None),
    ],
)
def test_checksums(text: str, verb: str, digest: str | None) -> None:
    assert parse_checksum(text, verb) == digest


@given(st.text())
def test_no_text_makes_them_fail(text: str) -> None:
    parse_time(text)
    parse_hash(text)
    for verb in ("XCRC", "MD5", "XSHA512"):
        parse_checksum(text, verb)
