"""`--timeout` on the command line: how long `get` waits for data that do not come."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.scripted import ScriptedServer, quirks
from tuiftp.cli import main


async def test_the_timeout_holds_for_silent_transfers_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without it, one waits 45 s a try."""
    async with ScriptedServer({"a": b"x" * 100_000}, [quirks.stall_data(50_000)]) as server:
        url = f"ftp://u:p@127.0.0.1:{server.port}/a"
        words = ["get", url, "-o", str(tmp_path / "a"), "--timeout", "1", "--retries", "0"]
        began = time.monotonic()
        assert await asyncio.to_thread(main, words) == 1
        assert time.monotonic() - began < 30
    assert "no byte moved for 1 s" in capsys.readouterr().err
