"""Batches as their user sees them; what goes first; how fast; and that the end is told once."""

from __future__ import annotations

import pytest

from tests.support.fake_endpoint import Fault, refused
from tests.transfers.conftest import Desk, FakeClock
from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.transfers.model import BatchState, Direction, Priority, QueueFinished, TransferState
from tuiftp.transfers.throughput import KEPT, Throughput

DATA = bytes(range(256)) * 40


def fetched(desk: Desk) -> str:
    return "".join(path[1:] for verb, path in desk.site.asked if verb == "RETR")


def waiting(desk: Desk, names: str) -> int:
    desk.queue.pause_all()
    desk.queue.set_parallel(1)
    for name in names:
        desk.site.add(f"/{name}", DATA)
    return desk.fetch(*(f"/{name}" for name in names))


async def read(desk: Desk, count: int) -> None:
    await desk.events.until(lambda: len(desk.queue.transfers()) == count)


async def test_a_batch_tells_how_it_stands(desk: Desk) -> None:
    desk.site.add("/tree/a", DATA)
    desk.site.add("/tree/b", DATA)
    stop = desk.site.stop("/tree/a", 4096)
    desk.site.refusals["RETR", "/tree/b"] = refused("RETR")
    number = desk.fetch("/tree")
    await desk.meets(stop)
    await desk.events.until(lambda: desk.queue.totals().failed == 1)
    desk.queue.sample()
    (batch,) = desk.queue.batches()
    assert (batch.id, batch.title, batch.direction, batch.sites) == (
        number, "tree", Direction.DOWNLOAD, ("ftp://fake",),
    )  # fmt: skip
    assert (batch.state, batch.files, batch.failed, batch.waiting) == (BatchState.RUNNING, 2, 1, 1)
    assert (batch.size, batch.transferred) == (2 * len(DATA), 4096)
    desk.site.open(stop)
    await desk.over(number)
    (batch,) = desk.queue.batches()
    assert (batch.state, batch.done, batch.transferred) == (BatchState.FAILED, 1, len(DATA))
    desk.queue.clear_finished()
    assert list(desk.queue.batches()) == []


async def test_a_batch_is_paused_let_go_cancelled_and_retried_as_one(desk: Desk) -> None:
    desk.queue.set_parallel(2)
    for name in "abcd":
        desk.site.add(f"/{name}", DATA)
    stops = [desk.site.stop(f"/{name}", 2048) for name in "abcd"]
    first, second = desk.fetch("/a", "/b"), desk.fetch("/c", "/d")
    for stop in stops[:2]:
        await desk.meets(stop)
    desk.queue.pause_batch(first)
    for stop in stops[2:]:
        await desk.meets(stop)
    assert [transfer.state for transfer in desk.queue.transfers()] == [
        *[TransferState.PAUSED] * 2, *[TransferState.RUNNING] * 2,
    ]  # fmt: skip
    desk.queue.cancel_batch(second)
    desk.queue.resume_batch(first)
    result = await desk.over(first)
    assert result.done == 2
    assert (await desk.over(second)).skipped == 2
    desk.queue.retry_batch(second)
    assert (await desk.over(second)).done == 2


async def test_what_has_priority_goes_first_whatever_its_place(desk: Desk) -> None:
    batch = waiting(desk, "abcdef")
    await read(desk, 6)
    desk.queue.set_priority(Priority.HIGH, 5)
    desk.queue.set_priority(Priority.LOW, 1, 2)
    desk.queue.resume_all()
    await desk.over(batch)
    assert fetched(desk) == "ecdfab"
    assert [transfer.name for transfer in desk.queue.transfers()] == list("abcdef"), "the list stays as it is"


async def test_a_batch_has_a_priority_too(desk: Desk) -> None:
    waiting(desk, "abc")
    await read(desk, 3)
    later = waiting(desk, "xyz")
    await read(desk, 6)
    desk.queue.set_batch_priority(Priority.HIGH, later)
    desk.queue.resume_all()
    await desk.idle()
    assert fetched(desk) == "xyzabc"


async def test_many_are_acted_on_in_slices_and_none_of_them_is_begun(desk: Desk) -> None:
    desk.site.add("/0", b"x")
    for number in range(3000):
        desk.site.nodes[f"/{number}"] = desk.site.nodes["/0"]
    desk.queue.pause_all()
    batch = desk.fetch(*(f"/{number}" for number in range(3000)))
    await read(desk, 3000)
    desk.queue.cancel_batch(batch)
    desk.queue.resume_all()
    assert desk.queue.totals().queued > 0, "it takes some turns of the loop"
    await desk.idle()
    assert (await desk.over(batch)).skipped == 3000
    assert desk.site.count("RETR") == 0
    desk.queue.clear_finished()
    await desk.idle()
    assert list(desk.queue.transfers()) == []
    assert sorted(desk.events.removed) == list(range(1, 3001))


async def test_the_end_of_all_is_told_once(desk: Desk) -> None:
    told: list[QueueFinished] = []
    desk.bus.subscribe(QueueFinished, told.append)
    desk.site.add("/a", DATA)
    desk.site.add("/b", DATA)
    desk.site.add("/c", DATA)
    desk.site.fail("/b", Fault(error=refused("RETR")))
    desk.site.stop("/c", 100)
    await desk.events.until(lambda: True)
    desk.fetch("/a", "/b", "/c")
    await desk.events.until(lambda: desk.queue.totals().active == 1 and desk.queue.totals().failed == 1)
    desk.queue.pause(3)
    await desk.idle()
    assert told == [], "what is paused is still to be done"
    desk.queue.cancel(3)
    await desk.idle()
    assert [(end.done, end.failed, end.skipped, end.size) for end in told] == [(1, 1, 1, len(DATA))]
    desk.queue.retry_failed()
    await desk.idle()
    assert [(end.done, end.failed) for end in told[1:]] == [(1, 0)]


async def test_limits_hold_for_what_runs_and_what_comes(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.add("/b", DATA)
    stop = desk.site.stop("/a", 2048)
    desk.queue.set_parallel(1)
    desk.queue.set_limit(Direction.DOWNLOAD, 1_000_000)
    batch = desk.fetch("/a", "/b")
    await desk.meets(stop)
    (progress,) = desk.site.progresses
    assert [limiter.rate for limiter in progress.limiters] == [1_000_000]
    desk.queue.set_limit(Direction.DOWNLOAD, 50_000)
    desk.queue.set_transfer_limit(1, 9_000)
    desk.queue.set_transfer_limit(2, 7_000)
    assert [limiter.rate for limiter in progress.limiters] == [50_000, 9_000]
    assert (desk.only_named("a").limit, desk.queue.totals().down_limit) == (9_000, 50_000)
    desk.queue.set_limit(Direction.DOWNLOAD, None)
    desk.site.open(stop)
    await desk.over(batch)
    shared, own = desk.site.progresses[1].limiters
    assert (shared.rate, own.rate) == (None, 7_000)
    assert shared is progress.limiters[0]
    assert isinstance(own, RateLimiter)


async def test_the_curve_shows_what_moved_second_by_second(desk: Desk, patient: FakeClock) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 2048)
    batch = desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.sample()
    patient.advance(3.0)
    desk.site.open(stop)
    await desk.over(batch)
    patient.advance(1.0)
    assert list(desk.queue.throughput()) == [(2048, 0), (0, 0), (0, 0), (len(DATA) - 2048, 0)]


@pytest.mark.parametrize("pause", [1, 50, 10_000])
def test_the_curve_keeps_ten_minutes(pause: int) -> None:
    curve = Throughput(0.5)
    for second in range(700):
        curve.add(float(second), Direction.UPLOAD, 10)
    curve.add(700.0 + pause, Direction.DOWNLOAD, 5)
    seconds = curve.seconds(701.0 + pause)
    assert len(seconds) == KEPT
    assert seconds[-1] == (5, 0)
    assert seconds[0] == ((0, 10) if pause < KEPT else (0, 0))
