"""A disk that is full: the queue holds, the good file stays, and a retry goes on once there is room."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.resume_download import PROOF

DATA = bytes(range(256)) * 400
LIMIT = 32 * 1024


@pytest.fixture
def make_room() -> Iterator[Callable[[], None]]:
    """No file of this process may grow beyond the limit (EFBIG) until the function is called."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))

    def restore() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    yield restore
    restore()
    signal.signal(signal.SIGXFSZ, old)


async def test_a_full_disk_holds_the_queue_and_a_retry_goes_on(
    desk: Desk, make_room: Callable[[], None]
) -> None:
    (desk.root / "a").write_bytes(b"the good old file")
    desk.queue.set_parallel(1)
    for name in "abc":
        desk.site.add(f"/{name}", DATA)
    result = await desk.over(desk.fetch("/a", "/b", "/c", policy=ConflictPolicy.OVERWRITE))
    assert (result.done, result.failed) == (0, 3)
    assert desk.queue.totals().is_paused
    assert desk.clock.waits == []
    assert "no space" in (desk.by_name()["a"].error or "")
    assert desk.by_name()["b"].state is TransferState.QUEUED
    assert (desk.root / "a").read_bytes() == b"the good old file"
    make_room()
    desk.queue.retry_failed()
    desk.queue.resume_all()
    await desk.idle()
    assert desk.site.offsets[1] == ("RETR", "/a", LIMIT - PROOF)
    assert (desk.root / "a").read_bytes() == DATA
    assert desk.queue.totals().done == 3


async def test_the_copy_for_a_resume_meets_the_limit_too(desk: Desk, make_room: Callable[[], None]) -> None:
    make_room()
    (desk.root / "a").write_bytes(DATA[: LIMIT * 2])
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    desk.site.add("/a", DATA)
    result = await desk.over(desk.fetch("/a", policy=ConflictPolicy.RESUME))
    assert result.failed == 1
    assert desk.queue.totals().is_paused
    assert (desk.root / "a").read_bytes() == DATA[: LIMIT * 2]
    make_room()
