"""`ls` shows entries like `ls -l`, or as JSON that keeps every byte."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

from tuiftp.cli.listing import render_json, render_text
from tuiftp.entries import Entry, EntryKind, Precision

AT = datetime(2026, 11, 23, 9, 12, 30, tzinfo=UTC)


def test_text_is_aligned_and_literal() -> None:
    entries = [
        Entry("docs", EntryKind.DIR, 4096, AT, Precision.SECOND, "rwxr-xr-x", None, "bob", "users"),
        Entry("a\x1b[31m\udcff", EntryKind.FILE, 5, AT, Precision.MINUTE, "rw-r--r--", None, "root", "0"),
        Entry("now", EntryKind.LINK, None, datetime(2024, 1, 2), Precision.DAY, None, "docs", None, None),
        Entry("?? what", EntryKind.OTHER, raw="?? what"),
    ]
    assert list(render_text(entries, zone=timezone(timedelta(hours=1)))) == [
        "drwxr-xr-x bob  users 4096 2026-11-23 10:12 docs",
        "-rw-r--r-- root 0        5 2026-11-23 10:12 a␛[31m\\xff",
        "l?????????               - 2024-01-02       now -> docs",
        "??????????               - -                ?? what",
    ]


def test_a_column_that_nobody_has_is_left_out() -> None:
    assert list(render_text([Entry("a", EntryKind.FILE, 5)])) == ["-????????? 5 - a"]
    assert list(render_text([])) == []


def test_json_is_one_object_a_line_with_all_fields() -> None:
    entries = [
        Entry("b", EntryKind.FILE, 5, AT, Precision.SECOND, "rw-r--r--"),
        Entry("l", EntryKind.LINK, None, datetime(2024, 1, 2), Precision.DAY, None, "t"),
    ]
    first, second = (json.loads(line) for line in render_json(entries))
    assert first == {
        "name": "b", "kind": "file", "size": 5, "modified": "2026-11-23T09:12:30+00:00", "precision": "second",
        "permissions": "rw-r--r--", "target": None,
    }  # fmt: skip
    assert second == {
        "name": "l", "kind": "link", "size": None, "modified": "2024-01-02T00:00:00", "precision": "day",
        "permissions": None, "target": "t",
    }  # fmt: skip


def test_bytes_that_do_not_decode_survive_json() -> None:
    name = b"caf\xe9\n".decode("utf-8", "surrogateescape")
    (line,) = render_json([Entry(name, EntryKind.FILE)])
    assert line.isascii()
    assert json.loads(line)["name"].encode("utf-8", "surrogateescape") == b"caf\xe9\n"


def test_a_long_listing_is_written_in_little_memory() -> None:
    """What a line is made of is not kept for all of them at once."""
    entries = [Entry(f"file-{number:06}", EntryKind.FILE, number) for number in range(20_000)]
    tracemalloc.start()
    try:
        assert sum(1 for _ in render_text(entries)) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
