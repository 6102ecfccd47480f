"""`--overwrite` by time or size where the server tells neither: not done, so the exit status is 1."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.scripted import Quirk, ScriptedServer, quirks
from tuiftp.cli import main

REFUSED = [quirks.refuse(verb, 502) for verb in ("MLST", "MLSD", "LIST", "MDTM")]
"""Leaves SIZE and RETR, as some gateways do: no time of any file."""


@pytest.mark.parametrize(
    ("how", "more", "why"),
    [
        ("newer", [], "which one is newer cannot be told"),
        ("size", [quirks.refuse("SIZE", 502)], "the sizes cannot be compared"),
        ("newer-or-size", [quirks.refuse("SIZE", 502)], "which one is newer cannot be told"),
    ],
)
async def test_a_comparison_that_cannot_be_made_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, more: list[Quirk], why: str
) -> None:
    (tmp_path / "a").write_bytes(b"mine!")
    async with ScriptedServer({"a": b"hello"}, [*REFUSED, *more]) as server:
        words = ["get", f"ftp://u:p@127.0.0.1:{server.port}/a", "-o", str(tmp_path / "a"), "--overwrite", how]
        assert await asyncio.to_thread(main, words) == 1
    assert (tmp_path / "a").read_bytes() == b"mine!"
    assert why in capsys.readouterr().err


async def test_what_can_be_told_is_success(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine!")
    async with ScriptedServer({"a": b"hello"}, REFUSED) as server:
        words = ["get", f"ftp://u:p@127.0.0.1:{server.port}/a", "-o", str(tmp_path / "a")]
        assert await asyncio.to_thread(main, [*words, "--overwrite", "size"]) == 0
    assert (tmp_path / "a").read_bytes() == b"mine!"
