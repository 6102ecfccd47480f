"""The lines that other clients test themselves with, each with what it means.

Compared are the fields that a line's `expect` names. Deliberate readings of it:

- `cdir`, `pdir` and `skip` mean that nothing is listed.
- `reject` means that no line is taken for more than it is. For a LIST line: nothing (an empty line), or an
  unreadable entry that holds the line. Where the note says that the name should be kept, the entry has the
  name and the bad fact is unknown. With `reject_scope` "format" only the upstream's own parser had to refuse:
  there any single entry will do.
- A size that does not fit in 63 bits is unknown.
- `mtime` with `Z` is aware, without it is naive; a date without a time is midnight.
- node-ftp's `group` is the group's permission bits, not a name.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tuiftp.entries import Entry, EntryKind, permissions_from_mode
from tuiftp.protocol.listing import parse_listing, parse_mlsd

CORPORA = Path(__file__).parents[3].parent / "shared" / "corpora"
NOW = "2026-07-01T12:00"


def cases() -> Iterator[Any]:
    for path in sorted(CORPORA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield pytest.param(case, id=case["id"])


def wire_lines(case: dict[str, Any]) -> list[bytes]:
    if "data_b64" in case:
        return b64decode(case["data_b64"]).split(b"\n")
    return [str(case["line"]).encode()]


def parse(case: dict[str, Any], end: bytes = b"") -> list[Entry]:
    now = datetime.fromisoformat(case.get("now", NOW))
    return parse_listing([line + end for line in wire_lines(case)], now=now)


def check(entry: Entry, expect: dict[str, Any], case: dict[str, Any]) -> None:
    found: dict[str, Any] = {
        "name": entry.name,
        "type": entry.kind.value,
        "size": entry.size,
        "permissions": entry.permissions,
        "target": entry.target,
        "owner": entry.owner,
        "group": entry.group,
        "unix_mode": entry.permissions,
        "mtime": entry.modified,
    }
    for key, value in expect.items():
        if key == "unix_mode":
            value = permissions_from_mode(int(value, 8))
        elif key == "mtime":
            value = datetime.fromisoformat(value)
        elif key == "size" and value >= 2**63:
            value = None
        elif key == "group" and case["id"].startswith("node-ftp/"):
            continue
        assert found[key] == value, (key, entry)
    assert entry.raw is None


def check_refused(entries: list[Entry], case: dict[str, Any]) -> None:
    line = case["line"]
    if not line:
        assert entries == []
        return
    (entry,) = entries
    if "keep the name" in case.get("note", ""):
        facts, _, name = line.partition("; ")
        assert entry.name == name
        assert "type=unknown" not in facts or entry.kind is EntryKind.OTHER
        assert "unix.mode" not in facts or entry.permissions is None
        assert "notanumber" not in facts or entry.size is None
        assert "notadate" not in facts or (entry.modified is None and entry.precision is None)
    elif case["reject_scope"] == "universal":
        assert entry == Entry(line, EntryKind.OTHER, raw=line)


def check_case(entries: list[Entry], case: dict[str, Any]) -> None:
    expect = case["expect"]
    if isinstance(expect, list):
        assert [entry.name for entry in entries] == [wanted["name"] for wanted in expect]
        for entry, wanted in zip(entries, expect, strict=True):
            check(entry, wanted, case)
    elif expect.get("skip") or expect.get("type") in ("cdir", "pdir"):
        assert entries == []
    elif expect.get("reject"):
        check_refused(entries, case)
    else:
        (entry,) = entries
        check(entry, expect, case)


@pytest.mark.parametrize("case", cases())
@pytest.mark.parametrize("end", [b"", b"\r", b"\r\n", b"\n"], ids=["bare", "cr", "crlf", "lf"])
def test_every_line_means_what_its_source_says(case: dict[str, Any], end: bytes) -> None:
    check_case(parse(case, end), case)


@pytest.mark.parametrize("case", [case for case in cases() if case.values[0]["format"] == "mlsx"])
def test_mlsd_lines_mean_the_same_to_parse_mlsd(case: dict[str, Any]) -> None:
    check_case(parse_mlsd(wire_lines(case)), case)


def test_corpora_are_read_when_they_are_there() -> None:
    if not CORPORA.is_dir():
        pytest.skip("the corpora are not beside this repository")
    assert sum(1 for _ in cases()) > 200
