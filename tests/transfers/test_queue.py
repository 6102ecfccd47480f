"""The queue as its user meets it: several at once, in order, stopped and let go, and it always comes to an end."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from tests.support.fake_endpoint import Fault
from tests.transfers.conftest import Desk, FakeClock
from tuiftp.choices import ConflictPolicy
from tuiftp.errors import (
    ConnectionFailed,
    ConnectionLost,
    DataConnectionFailed,
    LoginRefused,
    TransferInterrupted,
)
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.resume_download import PROOF

DATA = bytes(range(256)) * 80


def stopped(desk: Desk, *names: str) -> list[Fault]:
    faults = []
    for name in names:
        desk.site.add(f"/{name}", DATA)
        faults.append(desk.site.stop(f"/{name}", 8192))
    return faults


async def test_so_many_run_at_once_and_no_more(desk: Desk) -> None:
    faults = stopped(desk, *"abcdef")
    batch = desk.fetch(*(f"/{name}" for name in "abcdef"))
    for fault in faults[:3]:
        await desk.meets(fault)
    totals = desk.queue.totals()
    assert (totals.active, totals.queued) == (3, 3)
    for fault in faults:
        desk.site.open(fault)
    assert (await desk.over(batch)).done == 6
    assert desk.site.most_active == 3
    await desk.idle()
    assert desk.pool.leases <= 4


async def test_the_number_can_be_changed_under_way(desk: Desk) -> None:
    desk.queue.set_parallel(1)
    faults = stopped(desk, *"abcd")
    batch = desk.fetch(*(f"/{name}" for name in "abcd"))
    await desk.meets(faults[0])
    assert desk.queue.totals().active == 1
    desk.queue.set_parallel(3)
    await desk.meets(faults[2])
    desk.queue.set_parallel(1)
    for fault in faults:
        desk.site.open(fault)
    assert (await desk.over(batch)).done == 4


async def test_one_session_serves_one_file_after_the_other(desk: Desk) -> None:
    desk.queue.set_parallel(1)
    for number in range(20):
        desk.site.add(f"/{number}", b"x")
    await desk.over(desk.fetch(*(f"/{number}" for number in range(20))))
    assert desk.pool.leases == 1
    await desk.idle()
    assert desk.pool.out == 0


async def test_order_can_be_changed(desk: Desk) -> None:
    desk.queue.pause_all()
    desk.queue.set_parallel(1)
    for name in "abcde":
        desk.site.add(f"/{name}", b"x")
    batch = desk.fetch(*(f"/{name}" for name in "abcde"))
    await desk.events.until(lambda: len(desk.queue.transfers()) == 5)

    def order() -> str:
        return "".join(transfer.name for transfer in desk.queue.transfers())

    desk.queue.move_top(4, 5)
    assert order() == "deabc"
    desk.queue.move_up(2)
    assert order() == "debac"
    desk.queue.move_up(4, 5)
    assert order() == "debac"
    desk.queue.move_down(4, 5)
    assert order() == "bdeac"
    desk.queue.move_down(3)
    assert order() == "bdeac"
    assert desk.events.orders == 3
    desk.queue.resume_all()
    await desk.over(batch)
    assert [path[1:] for verb, path in desk.site.asked if verb == "RETR"] == list("bdeac")


async def test_what_runs_keeps_its_place_when_others_move(desk: Desk) -> None:
    desk.queue.set_parallel(1)
    fault, *_ = stopped(desk, *"abc")
    desk.fetch("/a", "/b", "/c")
    await desk.meets(fault)
    desk.queue.move_up(2)
    desk.queue.move_top(3)
    assert [transfer.name for transfer in desk.queue.transfers()] == ["a", "c", "b"]


async def test_pause_all_and_resume_all(desk: Desk) -> None:
    faults = stopped(desk, *"abcd")
    batch = desk.fetch("/a", "/b", "/c", "/d")
    for fault in faults[:3]:
        await desk.meets(fault)
    desk.queue.pause_all()
    totals = desk.queue.totals()
    assert (totals.active, totals.paused, totals.queued, totals.is_paused) == (0, 3, 1, True)
    await desk.idle()
    assert desk.site.active == 0
    desk.site.open(faults[3])
    desk.queue.resume_all()
    assert (await desk.over(batch)).done == 4
    assert [offset for *_, offset in desk.site.offsets] == [0, 0, 0, 4096, 4096, 4096, 0]


async def test_pause_and_resume_while_it_still_cleans_up(desk: Desk) -> None:
    (fault,) = stopped(desk, "a")
    batch = desk.fetch("/a")
    await desk.meets(fault)
    desk.queue.pause(1)
    desk.queue.resume(1)
    assert desk.state(1) is TransferState.QUEUED
    assert (await desk.over(batch)).done == 1
    assert desk.site.offsets[-1] == ("RETR", "/a", 8192 - PROOF)


async def test_cancel_and_retry_while_it_still_cleans_up(desk: Desk) -> None:
    (fault,) = stopped(desk, "a")
    desk.fetch("/a")
    await desk.meets(fault)
    desk.queue.cancel(1)
    desk.queue.retry(1)
    await desk.idle()
    assert desk.state(1) is TransferState.DONE
    assert (desk.root / "a").read_bytes() == DATA


async def test_waiting_transfers_are_paused_and_cancelled_without_having_run(desk: Desk) -> None:
    desk.queue.set_parallel(1)
    fault, *_ = stopped(desk, *"abc")
    batch = desk.fetch("/a", "/b", "/c")
    await desk.meets(fault)
    desk.queue.pause(2)
    desk.queue.cancel(3)
    desk.site.open(fault)
    await desk.idle()
    assert [desk.state(number) for number in (1, 2, 3)] == [
        TransferState.DONE,
        TransferState.PAUSED,
        TransferState.CANCELLED,
    ]
    assert desk.events.finished == []
    desk.queue.cancel(2)
    result = await desk.over(batch)
    assert (result.done, result.skipped) == (1, 2)


async def test_clear_finished_takes_out_what_ended_and_its_parts(desk: Desk) -> None:
    desk.site.add("/a", b"a")
    desk.site.add("/b", DATA)
    desk.site.fail("/b", Fault(after=9000, error=TransferInterrupted("reset")))
    desk.site.fail("/b", Fault(error=TransferInterrupted("reset"), times=3))
    await desk.over(desk.fetch("/a", "/b"))
    assert len(desk.parts()) == 1
    desk.queue.clear_finished()
    assert list(desk.queue.transfers()) == []
    assert desk.events.removed == [1, 2]
    await desk.idle()
    assert desk.parts() == []
    assert desk.queue.totals().failed == 0


async def test_a_failed_one_keeps_its_part_for_a_retry(desk: Desk) -> None:
    desk.site.add("/b", DATA)
    desk.site.fail("/b", Fault(after=9000, error=TransferInterrupted("reset")))
    desk.site.fail("/b", Fault(after=0, error=TransferInterrupted("reset by peer"), times=3))
    await desk.over(desk.fetch("/b"))
    assert desk.only().error == "reset by peer"
    assert desk.clock.waits == [1.0, 2.0, 4.0]
    desk.queue.retry_failed()
    await desk.idle()
    assert desk.site.offsets[-1] == ("RETR", "/b", 9000 - PROOF)
    assert (desk.root / "b").read_bytes() == DATA


async def test_what_the_user_decides_wins_over_how_the_attempt_ended(desk: Desk) -> None:
    for name in "ab":
        desk.site.add(f"/{name}", DATA)
    faults = [
        desk.site.fail(f"/{name}", Fault(after=2048, gate=asyncio.Event(), masks_cancel=True))
        for name in "ab"
    ]
    desk.fetch("/a", "/b")
    for fault in faults:
        await desk.meets(fault)
    desk.queue.pause(1)
    desk.queue.cancel(2)
    await desk.idle()
    assert (desk.state(1), desk.state(2)) == (TransferState.PAUSED, TransferState.CANCELLED)
    assert len(desk.parts()) == 1
    assert desk.clock.waits == []


async def test_the_others_go_on_while_one_waits_for_its_next_try(desk: Desk, patient: FakeClock) -> None:
    desk.queue.set_parallel(1)
    desk.site.add("/a", DATA)
    desk.site.add("/b", b"b")
    desk.site.fail("/a", Fault(error=DataConnectionFailed("no data connection")))
    desk.fetch("/a", "/b")
    await desk.events.until(lambda: desk.queue.totals().done == 1)
    assert desk.state(1) is TransferState.QUEUED
    assert desk.by_name()["a"].attempts == 1
    patient.advance(1.0)
    await desk.idle()
    assert desk.state(1) is TransferState.DONE


async def test_a_wait_says_what_for_and_resume_ends_it(desk: Desk, patient: FakeClock) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=DataConnectionFailed("no data connection")))
    desk.fetch("/a")
    await desk.events.until(lambda: bool(desk.events.changes) and desk.events.changes[-1].error is not None)
    assert desk.only().state is TransferState.QUEUED
    assert (desk.only().error, desk.only().retry_in) == ("no data connection", 1)
    desk.queue.resume(1)
    await desk.idle()
    assert desk.only().state is TransferState.DONE
    assert desk.only().error is None


async def test_a_wait_ends_with_its_time(desk: Desk, patient: FakeClock) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=DataConnectionFailed("no data connection")))
    batch = desk.fetch("/a")
    await desk.events.until(lambda: bool(desk.events.changes) and desk.events.changes[-1].error is not None)
    await asyncio.sleep(0)
    patient.advance(1.0)
    assert (await desk.over(batch)).done == 1


async def test_a_cancelled_wait_is_over(desk: Desk, patient: FakeClock) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(error=ConnectionLost("421 bye")))
    desk.fetch("/a")
    await desk.events.until(lambda: bool(desk.events.changes) and desk.events.changes[-1].error is not None)
    desk.queue.cancel(1)
    await desk.idle()
    assert desk.state(1) is TransferState.CANCELLED
    desk.site.add("/b", b"b")
    await desk.over(desk.fetch("/b"))


async def test_a_server_that_is_away_for_a_while_costs_no_transfer(desk: Desk) -> None:
    names = [f"/{number}" for number in range(50)]
    for name in names:
        desk.site.add(name, DATA)
    desk.site.lost = [ConnectionFailed("refused") for _ in range(6)]
    desk.queue.set_parallel(1)
    assert (await desk.over(desk.fetch(*names))).done == 50
    assert desk.clock.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]


async def test_a_server_that_stays_away_holds_the_queue_instead_of_burning_it(desk: Desk) -> None:
    names = [f"/{number}" for number in range(50)]
    for name in names:
        desk.site.add(name, DATA)
    desk.site.lost = [ConnectionFailed("connection refused") for _ in range(999)]
    result = await desk.over(desk.fetch(*names))
    assert (result.done, result.failed) == (0, 50)
    totals = desk.queue.totals()
    assert totals.is_paused
    assert totals.failed <= 3
    assert len(desk.site.lost) > 999 - 30
    desk.site.lost = []
    desk.queue.resume_all()
    desk.queue.retry_failed()
    await desk.idle()
    assert desk.queue.totals().done == 50


async def test_a_refused_login_is_never_tried_again_by_itself(desk: Desk) -> None:
    for name in "abc":
        desk.site.add(f"/{name}", DATA)
    login = LoginRefused("530 Login incorrect", command="PASS", code=530, text="Login incorrect")
    desk.site.lost = [login] * 9
    desk.queue.set_parallel(1)
    await desk.over(desk.fetch("/a", "/b", "/c"))
    assert len(desk.site.lost) == 8
    assert desk.queue.totals().is_paused


async def test_progress_is_sampled_and_told_only_of_what_moved(desk: Desk, patient: FakeClock) -> None:
    fault, other = stopped(desk, "a", "b")
    desk.fetch("/a", "/b")
    await desk.meets(fault)
    await desk.meets(other)
    patient.advance(2.0)
    desk.queue.sample()
    transfer = desk.by_name()["a"]
    assert transfer.transferred == 8192
    assert transfer.speed == 4096
    assert transfer.eta == (len(DATA) - 8192) / 4096
    totals = desk.queue.totals()
    assert (totals.down_speed, totals.up_speed) == (8192, 0)
    assert totals.eta == 2 * (len(DATA) - 8192) / 8192
    told = len(desk.events.changes)
    desk.queue.sample()
    assert len(desk.events.changes) == told
    desk.site.open(fault)
    desk.site.open(other)
    await desk.idle()
    assert desk.queue.totals().down_speed == 0
    assert desk.by_name()["a"].average_speed is not None


async def test_batch_and_queue_tell_the_same_time_left_while_one_is_paused(
    desk: Desk, patient: FakeClock
) -> None:
    fault, other = stopped(desk, "a", "b")
    batch = desk.fetch("/a", "/b")
    await desk.meets(fault)
    await desk.meets(other)
    patient.advance(2.0)
    desk.queue.sample()
    desk.queue.pause(desk.by_name()["b"].id)
    overview, totals = desk.queue.batch(batch), desk.queue.totals()
    assert overview is not None
    assert overview.eta == totals.eta == (len(DATA) - 8192) / 8192
    assert overview.left == 2 * (len(DATA) - 8192)
    desk.site.open(fault)
    desk.site.open(other)


async def test_close_interrupts_and_removes_parts_within_a_second(desk: Desk) -> None:
    faults = stopped(desk, *"abc")
    desk.fetch("/a", "/b", "/c")
    for fault in faults:
        await desk.meets(fault)
    began = time.monotonic()
    await desk.queue.close()
    assert time.monotonic() - began < 1
    assert desk.names() == []


async def test_ten_thousand_transfers_stay_cheap(desk: Desk) -> None:
    for number in range(10_000):
        desk.site.nodes[f"/{number}"] = desk.site.nodes.get("/0") or desk.site.add("/0", b"x")
    sources = [desk.site.source(f"/{number}") for number in range(10_000)]
    desk.queue.pause_all()
    batch = desk.queue.copy(desk.place, sources, desk.disk, str(desk.root), policy=ConflictPolicy.OVERWRITE)
    await desk.events.until(lambda: bool(desk.events.scans and desk.events.scans[-1].is_complete))
    began = time.process_time()
    for number in range(1, 5_001):
        desk.queue.pause(number)
    for number in range(1, 5_001):
        desk.queue.resume(number)
    for number in range(101, 10_001):
        desk.queue.cancel(number)
    for _ in range(1_000):
        desk.queue.totals()
        desk.queue.transfers()
        desk.queue.sample()
    assert time.process_time() - began < 4
    desk.queue.resume_all()
    result = await desk.over(batch)
    assert (result.done, result.skipped) == (100, 9_900)
    assert Counter(transfer.state for transfer in desk.queue.transfers())[TransferState.DONE] == 100


async def test_the_batch_tells_its_end_once_with_what_the_panes_need(desk: Desk) -> None:
    desk.site.add("/a", b"a")
    await desk.over(desk.fetch("/a"))
    await desk.idle()
    (finished,) = desk.events.finished
    assert finished.direction is Direction.DOWNLOAD
    assert finished.target == str(desk.root)


async def test_what_is_queued_before_the_start_waits_for_it(desk: Desk) -> None:
    desk.site.add("/a", b"a")
    queue = TransferQueue(bus=desk.bus, decider=desk.decider, local=desk.local, clock=desk.clock)
    batch = queue.copy(desk.place, [desk.site.source("/a")], desk.disk, str(desk.root))
    await desk.events.until(lambda: bool(desk.events.scans and desk.events.scans[-1].is_complete))
    assert queue.totals().queued == 1
    await queue.start()
    assert (await queue.wait_batch(batch)).done == 1
    await queue.close()


async def test_numbers_that_nobody_has_are_no_mistake(desk: Desk) -> None:
    assert desk.queue.get(99) is None
    for act in (
        desk.queue.pause,
        desk.queue.resume,
        desk.queue.cancel,
        desk.queue.retry,
        desk.queue.move_top,
    ):
        act(99)
    await desk.idle()
