"""A full disk, a full server and a refused login stop their own side, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.fake_endpoint import FakePlace, FakePool, FakeSite, Fault
from tests.transfers.conftest import Desk
from tuiftp.errors import DiskFull, LoginRefused, StorageFull, TuiftpError
from tuiftp.transfers.model import Direction, Hold, HoldsChanged, TransferState

DATA = bytes(range(256)) * 40
FULL_HERE = DiskFull("no space left on the disk")
FULL_THERE = StorageFull("552 Quota exceeded", command="STOR", code=552, text="Quota exceeded")
REFUSED = LoginRefused("530 Login incorrect", command="PASS", code=530, text="Login incorrect")


def told(desk: Desk) -> list[tuple[Hold, ...]]:
    found: list[tuple[Hold, ...]] = []
    desk.bus.subscribe(HoldsChanged, lambda event: found.append(event.holds))
    return found


def prepare(desk: Desk, number: int = 4) -> None:
    desk.site.add_directory("/in")
    for place in range(number):
        desk.site.add(f"/down{place}", DATA)
        (desk.root / f"up{place}").write_bytes(DATA)


async def test_a_full_disk_here_stops_downloads_and_uploads_go_on(desk: Desk) -> None:
    prepare(desk)
    holds = told(desk)
    desk.site.fail("/down0", Fault(after=2000, error=FULL_HERE))
    desk.queue.set_parallel(1)
    down = desk.fetch(*(f"/down{place}" for place in range(4)))
    up = desk.send(*(f"up{place}" for place in range(4)))
    assert (await desk.over(up)).done == 4
    result = await desk.over(down)
    assert (result.done, result.failed) == (0, 4), "what waits for room counts as failed to who waits"
    assert [transfer.state for transfer in desk.queue.transfers()][:4] == [
        TransferState.FAILED, *[TransferState.QUEUED] * 3,
    ]  # fmt: skip
    (hold,) = desk.queue.totals().holds
    assert hold == Hold("downloads are held: no space left on the disk", Direction.DOWNLOAD, None)
    assert holds == [(hold,)], "one plain message"
    assert desk.clock.waits == [], "and no retries"


async def test_a_full_server_stops_uploads_to_it_and_downloads_go_on(desk: Desk) -> None:
    prepare(desk)
    desk.site.fail("/in/up0", Fault(error=FULL_THERE))
    desk.queue.set_parallel(1)
    desk.send(*(f"up{place}" for place in range(4)))
    down = desk.fetch(*(f"/down{place}" for place in range(4)))
    assert (await desk.over(down)).done == 4
    await desk.idle()
    (hold,) = desk.queue.totals().holds
    assert (hold.direction, hold.site) == (Direction.UPLOAD, "ftp://fake")
    assert "552 Quota exceeded" in hold.reason


async def test_a_refused_login_stops_that_site_only(desk: Desk) -> None:
    prepare(desk)
    other = FakeSite()
    other.add("/x", DATA)
    other.add("/y", DATA)
    desk.site.lost = [REFUSED] * 9
    desk.queue.set_parallel(1)
    stopped = desk.fetch("/down0", "/down1")
    sources = [other.source("/x"), other.source("/y")]
    going = desk.queue.copy(FakePlace(FakePool(other)), sources, desk.disk, str(desk.root))
    assert (await desk.over(going)).done == 2
    assert (await desk.over(stopped)).failed == 2
    assert len(desk.site.lost) == 8, "a login is never tried again by itself"


@pytest.mark.parametrize("act", ["resume_all", "retry", "resume_batch"])
async def test_the_user_lets_it_go_on_once_there_is_room(desk: Desk, act: str) -> None:
    prepare(desk)
    desk.site.fail("/down0", Fault(after=2000, error=FULL_HERE))
    desk.queue.set_parallel(1)
    batch = desk.fetch(*(f"/down{place}" for place in range(4)))
    await desk.over(batch)
    if act == "retry":
        desk.queue.retry(1)
    elif act == "resume_batch":
        desk.queue.resume_batch(batch)
    else:
        desk.queue.resume_all()
    desk.queue.retry_failed()
    await desk.idle()
    assert desk.queue.totals().done == 4
    assert desk.queue.totals().holds == ()


async def test_what_ran_on_that_side_is_paused_and_says_why(desk: Desk) -> None:
    prepare(desk)
    stop = desk.site.stop("/down1", 2000)
    upload = desk.site.stop("/in/up0", 2000)
    desk.fetch("/down1")
    desk.send("up0")
    await desk.meets(stop)
    await desk.meets(upload)
    desk.site.fail("/down0", Fault(after=2000, error=FULL_HERE))
    desk.fetch("/down0")
    await desk.events.until(lambda: desk.by_name()["down1"].state is TransferState.PAUSED)
    assert desk.by_name()["up0"].state is TransferState.RUNNING
    assert desk.by_name()["down1"].error == "downloads are held: no space left on the disk"
    desk.site.open(upload)
    await desk.idle()


@pytest.mark.parametrize("error", [FULL_HERE, REFUSED])
async def test_a_queue_of_which_all_is_held_says_that_it_stands(desk: Desk, error: TuiftpError) -> None:
    prepare(desk)
    desk.site.fail("/down0", Fault(error=error))
    desk.queue.set_parallel(1)
    await desk.over(desk.fetch("/down0", "/down1"))
    await desk.idle()
    assert desk.queue.totals().is_paused
