"""MLSD: facts in any order, any case, missing, wrong, or more than we know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.protocol.listing import parse_listing, parse_mlsd, parse_mlst

NOW = datetime(2026, 7, 1, 12)


def one(line: str) -> Entry:
    (entry,) = parse_mlsd([line.encode()])
    assert parse_listing([line.encode()], now=NOW) == [entry]
    return entry


def test_all_the_facts() -> None:
    line = "type=file;size=812;modify=20260623094201;UNIX.mode=04755;UNIX.owner=1000;UNIX.group=users; a b\r"
    assert one(line) == Entry(
        "a b", EntryKind.FILE, 812, datetime(2026, 6, 23, 9, 42, 1, tzinfo=UTC), Precision.SECOND,
        "rwsr-xr-x", None, "1000", "users",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "permissions"),
    [
        ("0644", "rw-r--r--"), ("644", "rw-r--r--"), ("1777", "rwxrwxrwt"), ("2755", "rwxr-sr-x"),
        ("0100644", "rw-r--r--"), ("64", None), ("06444", None), ("01777", "rwxrwxrwt"),
        ("0o644", "rw-r--r--"), ("0888", None), ("", None),
    ],
)  # fmt: skip
def test_modes(mode: str, permissions: str | None) -> None:
    assert one(f"type=file;unix.mode={mode}; x").permissions == permissions


@pytest.mark.parametrize(
    ("modify", "modified"),
    [
        ("20260623094201", datetime(2026, 6, 23, 9, 42, 1, tzinfo=UTC)),
        ("20260623094201.5", datetime(2026, 6, 23, 9, 42, 1, 500000, tzinfo=UTC)),
        ("20260623094201.123456789", datetime(2026, 6, 23, 9, 42, 1, 123456, tzinfo=UTC)),
        ("20260631094201", None),
        ("20260623254201", None),
        ("2026062309", None),
        ("notadate", None),
        ("", None),
        ("٢٠٢٦٠٦٢٣٠٩٤٢٠١", None),
    ],
)
def test_times(modify: str, modified: datetime | None) -> None:
    entry = one(f"type=file;modify={modify}; x")
    assert entry.modified == modified
    assert entry.precision == (Precision.SECOND if modified else None)
    assert entry.modified is None or entry.modified.tzinfo is not None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("0", 0), ("9223372036854775807", 2**63 - 1), ("9223372036854775808", None), ("-1", None),
        ("1e3", None), ("", None), ("²", None), ("٣", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_sizes(size: str, expected: int | None) -> None:
    assert one(f"type=file;size={size}; x").size == expected


@pytest.mark.parametrize(
    ("facts", "kind", "target"),
    [
        ("TYPE=File;", EntryKind.FILE, None),
        ("Type=DIR;", EntryKind.DIR, None),
        ("type=OS.unix=slink:/a b;", EntryKind.LINK, "/a b"),
        ("type=OS.UNIX=slink;", EntryKind.LINK, None),
        ("type=OS.unix=symlink;", EntryKind.LINK, None),
        ("type=OS.unix=chr-13/29;", EntryKind.OTHER, None),
        ("type=whatever;", EntryKind.OTHER, None),
        ("size=3;", EntryKind.FILE, None),
        ("sizd=4096;", EntryKind.DIR, None),
        ("perm=flcdmpe;", EntryKind.DIR, None),
        ("perm=adfrw;", EntryKind.FILE, None),
        ("type=dir", EntryKind.DIR, None),  # the last semicolon is missing
    ],
)
def test_kinds(facts: str, kind: EntryKind, target: str | None) -> None:
    entry = one(f"{facts} x")
    assert (entry.name, entry.kind, entry.target, entry.raw) == ("x", kind, target, None)


@pytest.mark.parametrize("name", [" led", "trailed  ", "a; b=c; d", "x=y;", "ü", "日本", "\udcff", "a/b"])
def test_names_are_kept_to_the_letter(name: str) -> None:
    line = f"type=file;size=1; {name}".encode("utf-8", "surrogateescape")
    assert [entry.name for entry in parse_mlsd([line, line + b"\r\n"])] == [name, name]


def test_itself_and_its_parent_are_left_out() -> None:
    lines = [
        b"type=cdir; here",
        b"type=PDIR; /",
        b"type=dir; .",
        b"type=dir; ..",
        b"type=dir; ...",
        b"",
        b" \r",
    ]
    assert [entry.name for entry in parse_mlsd(lines)] == ["..."]


@pytest.mark.parametrize("line", ["type=file; ", "nonsense", "a;b; c", "type=file;size=3;", "=", ";", "  "])
def test_what_is_no_such_line_stays_visible(line: str) -> None:
    entries = parse_mlsd([line.encode()])
    assert entries == ([Entry(line, EntryKind.OTHER, raw=line)] if line.strip() else [])


def test_lines_with_other_facts_between_them() -> None:
    lines = [
        f"type=file;{'size' if i % 2 else 'Size'}={i};x{i % 12}=1;perm=r; f{i}".encode() for i in range(50)
    ]
    assert [(entry.name, entry.size) for entry in parse_mlsd(lines)] == [(f"f{i}", i) for i in range(50)]


def test_a_link_finds_its_target_by_the_unique_fact_wherever_it_stands() -> None:
    lines = [b"type=file;unique=1; /away/t", b"type=OS.unix=slink;unique=1; a", b"type=file;unique=2; b"]
    assert [(entry.name, entry.target) for entry in parse_mlsd(lines)] == [("a", "/away/t"), ("b", None)]


def test_the_line_of_mlst_is_a_path_and_may_be_the_directory_itself() -> None:
    entry = parse_mlst(b" type=cdir;modify=20260623094201; /pub/2026")
    assert entry is not None
    assert (entry.name, entry.kind) == ("/pub/2026", EntryKind.DIR)
    assert parse_mlst(b"250 End") is None
    assert parse_mlst(b"") is None


def test_pyftpdlib_writes_the_mode_as_python_does() -> None:
    assert one("type=file;unix.mode=0o644; x").permissions == "rw-r--r--"
    assert one("type=file;unix.mode=0o0x; x").permissions is None
