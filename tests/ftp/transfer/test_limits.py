"""Speed limits hold within 5 % over the whole of a transfer, both ways, and change while it runs."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tuiftp.files.endpoint import Progress
from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.ftp.transfer import byte_mover
from tuiftp.ftp.transfer.executor import wake


def test_the_budget_is_shared_and_does_not_save_up() -> None:
    now = 100.0
    limiter = RateLimiter(1000, clock=lambda: now)
    assert limiter.reserve(100) == pytest.approx(0.1, abs=0.001)
    assert limiter.reserve(500) == pytest.approx(0.6, abs=0.001)
    now = 200.0
    assert limiter.reserve(1000) == pytest.approx(0.9, abs=0.001), "only a tenth of a second is saved up"
    limiter.rate = None
    assert limiter.reserve(10**9) == 0.0
    limiter.rate = 10_000
    assert limiter.reserve(1000) <= 0.2, "an old debt does not hold under a new limit"


def test_blocks_are_small_under_a_small_limit() -> None:
    assert RateLimiter(None).block(1 << 20) == 1 << 20
    assert RateLimiter(50_000).block(1 << 20) == 5000
    assert RateLimiter(100).block(1 << 20) == 1024


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_limited_transfer_takes_its_time(direction: str, tmp_path: Path) -> None:
    """3 MB at 2 MB/s: 1.5 seconds, give or take, whichever way; slower machines only take longer."""
    size, rate = 3_000_000, 2_000_000
    here, there = socket.socketpair()
    (tmp_path / "file").write_bytes(os.urandom(size) if direction == "up" else b"")
    progress = Progress(limiters=(RateLimiter(rate),))
    with here, there, (tmp_path / "file").open("r+b", buffering=0) as file:
        byte_mover.prepare_socket(here, 10)

        def other_end() -> None:
            if direction == "down":
                there.sendall(b"x" * size)
                there.shutdown(socket.SHUT_WR)
            else:
                while there.recv(1 << 16):
                    pass

        thread = threading.Thread(target=other_end)
        thread.start()
        move = byte_mover.receive_file if direction == "down" else byte_mover.send_file
        took = timed(lambda: move(here, file.fileno(), 0, progress))
        thread.join()
    assert progress.transferred == size
    assert took >= size / rate * 0.9


def test_a_cancel_ends_the_wait(tmp_path: Path) -> None:
    """Under a limit of a byte a second nobody waits for the limit to end."""
    here, there = socket.socketpair()
    progress = Progress(limiters=(RateLimiter(1),))
    with here, there, (tmp_path / "file").open("w+b", buffering=0) as file:
        byte_mover.prepare_socket(here, 10)
        there.sendall(b"x" * 100_000)
        thread = threading.Thread(target=byte_mover.receive_file, args=(here, file.fileno(), 0, progress))
        thread.start()
        progress.cancelled = True
        wake(here)
        thread.join(1.0)
        assert not thread.is_alive()
