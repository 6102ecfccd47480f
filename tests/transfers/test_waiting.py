"""Between two tries: the waits grow up to a minute, begin anew with a gain, count down, and can be cut short."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.fake_endpoint import Fault
from tests.transfers.conftest import Desk, FakeClock
from tuiftp.errors import (
    CommandRefused,
    ConnectionFailed,
    DataConnectionFailed,
    FileRefused,
    TransferInterrupted,
)
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.retry_policy import RetryRules

DATA = bytes(range(256)) * 200
RESET = TransferInterrupted("connection reset")


def counts(desk: Desk) -> int | None:
    """What the countdown of the one transfer says."""
    return desk.only().retry_in if desk.queue.transfers() else None


async def test_the_waits_double_up_to_a_minute(desk: Desk) -> None:
    desk.queue.rules = RetryRules(attempts=9)
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=RESET, times=99))
    await desk.over(desk.fetch("/a"))
    assert desk.clock.waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (desk.only().state, desk.only().error) == (TransferState.FAILED, "connection reset")


async def test_each_byte_that_is_gained_begins_the_count_anew(desk: Desk) -> None:
    desk.queue.rules = RetryRules(attempts=2)
    desk.site.add("/a", DATA)
    for _ in range(3):
        desk.site.fail("/a", Fault(error=RESET))
        desk.site.fail("/a", Fault(after=9_000, error=RESET))
    assert (await desk.over(desk.fetch("/a"))).done == 1
    assert max(desk.clock.waits) <= 2
    assert desk.only().attempts == 7


async def test_the_countdown_is_seen_and_ends_with_a_key(desk: Desk, patient: FakeClock) -> None:
    desk.queue.rules = RetryRules(attempts=9)
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=DataConnectionFailed("no data connection"), times=3))
    desk.fetch("/a")
    await desk.events.until(lambda: counts(desk) == 1)
    patient.advance(1)
    await desk.events.until(lambda: counts(desk) == 2)
    patient.advance(2)
    await desk.events.until(lambda: counts(desk) == 4)
    patient.advance(1.2)
    desk.queue.sample()
    assert (desk.only().state, desk.only().retry_in) == (TransferState.QUEUED, 3)
    assert desk.only().error == "no data connection"
    desk.queue.retry_now()
    await desk.idle()
    assert (desk.only().state, desk.only().retry_in, desk.only().error) == (TransferState.DONE, None, None)


async def test_a_countdown_goes_on_while_nothing_else_happens(desk: Desk, patient: FakeClock) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=DataConnectionFailed("no"), times=3))
    desk.fetch("/a")
    await desk.events.until(lambda: counts(desk) == 1)
    patient.advance(1.0)
    await desk.events.until(lambda: counts(desk) == 2)
    patient.advance(2.0)
    await desk.events.until(lambda: counts(desk) == 4)
    for left in (3, 2, 1):
        patient.advance(1.0)
        await desk.events.until(lambda left=left: counts(desk) == left)  # type: ignore[misc]
    patient.advance(1.0)
    await desk.idle()
    assert desk.only().state is TransferState.DONE


async def test_a_file_that_is_busy_is_tried_again_and_one_that_is_refused_is_not(desk: Desk) -> None:
    busy = FileRefused("450 busy", command="RETR", code=450, text="busy")
    refused = FileRefused("550 no", command="RETR", code=550, text="no")
    local = CommandRefused("451 local error", command="RETR", code=451, text="local error")
    for name, error in (("a", busy), ("b", refused), ("c", local)):
        desk.site.add(f"/{name}", DATA)
        desk.site.fail(f"/{name}", Fault(error=error))
    result = await desk.over(desk.fetch("/a", "/b", "/c"))
    assert (result.done, result.failed) == (2, 1)
    assert desk.by_name()["b"].attempts == 1


async def test_every_attempt_is_told_with_its_reason_and_connection(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=5000, error=RESET))
    await desk.over(desk.fetch("/a"))
    first, second = desk.queue.attempts_log(1)
    assert (first.reason, first.conn) == ("connection reset", 7)
    assert first.ended is not None
    assert (second.reason, second.conn) == (None, 7)
    assert second.ended == desk.only().finished_at
    assert desk.queue.attempts_log(99) == ()


async def test_while_all_wait_for_their_next_try_nothing_is_busy(desk: Desk, patient: FakeClock) -> None:
    for name in ("/a", "/b"):
        desk.site.add(name, DATA)
        desk.site.fail(name, Fault(error=DataConnectionFailed("no data connection")))
    desk.fetch("/a", "/b")
    await desk.events.until(lambda: [one.retry_in for one in desk.queue.transfers()] == [1, 1])
    begun = await tasks_begun_in(turns=300)
    assert begun <= 5, f"{begun} tasks were begun while there was nothing to do"
    patient.advance(1)
    await desk.idle()
    assert [one.state for one in desk.queue.transfers()] == [TransferState.DONE, TransferState.DONE]


async def test_a_site_that_is_away_keeps_nobody_busy_until_it_is_tried_again(
    desk: Desk, patient: FakeClock
) -> None:
    desk.queue.set_parallel(1)
    for name in ("/a", "/b", "/c"):
        desk.site.add(name, DATA)
    desk.site.lost = [ConnectionFailed("connection refused")]
    desk.fetch("/a", "/b", "/c")
    await desk.events.until(lambda: any(one.retry_in for one in desk.queue.transfers()))
    begun = await tasks_begun_in(turns=300)
    assert begun <= 5, f"{begun} tasks were begun while there was nothing to do"
    patient.advance(1)
    await desk.idle()
    assert {one.state for one in desk.queue.transfers()} == {TransferState.DONE}


async def tasks_begun_in(*, turns: int) -> int:
    """How many tasks are begun while the event loop goes round so many times."""
    begun: list[str] = []
    loop = asyncio.get_running_loop()

    def note(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
        begun.append(work.__qualname__)
        return asyncio.Task(work, loop=loop, **how)

    loop.set_task_factory(note)
    try:
        for _ in range(turns):
            await asyncio.sleep(0)
    finally:
        loop.set_task_factory(None)
    return len(begun)
