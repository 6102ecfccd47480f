"""Downloads that break, lie or are paused: gone on with where that is safe, begun again where it is not."""

from __future__ import annotations

from pathlib import Path

from tests.support.fake_endpoint import Fault, rest_refused
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.errors import ConnectionLost, TransferInterrupted
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.resume_download import PROOF

DATA = bytes(number * number % 251 for number in range(20_000))


async def test_a_broken_transfer_is_resumed_from_where_it_was(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset by peer")))
    assert (await desk.over(desk.fetch("/a"))).done == 1
    assert desk.site.offsets == [("RETR", "/a", 0), ("RETR", "/a", 6000 - PROOF)]
    assert (desk.root / "a").read_bytes() == DATA
    assert desk.only().attempts == 2
    assert desk.clock.waits == [1.0]


async def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(desk: Desk) -> None:
    desk.site.add("/a", DATA)

    def change(path: str, count: int) -> None:
        if count >= 6000:
            desk.site.nodes["/a"].data = DATA[::-1]
            desk.site.nodes["/a"].modified = None

    desk.site.on_block = change
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset")))
    await desk.over(desk.fetch("/a"))
    assert desk.site.offsets[1] == ("RETR", "/a", 0)
    assert (desk.root / "a").read_bytes() == DATA[::-1]


async def test_a_server_that_cannot_resume_gives_the_file_from_the_start(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset")))
    desk.site.fail("/a", Fault(error=rest_refused()))
    await desk.over(desk.fetch("/a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, 6000 - PROOF, 0]
    assert (desk.root / "a").read_bytes() == DATA


async def test_a_server_that_accepts_rest_and_ignores_it_ruins_nothing(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset")))
    desk.site.fail("/a", Fault(after=1 << 60, ignores_rest=True))
    await desk.over(desk.fetch("/a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, 6000 - PROOF, 0]
    assert (desk.root / "a").read_bytes() == DATA


async def test_pieces_from_a_server_that_ignores_rest_never_pass_for_the_whole(desk: Desk) -> None:
    """6000 bytes, then as many of the first ones as are missing: of the right size, and wrong."""
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset")))
    rest = len(DATA) - 6000 + PROOF
    desk.site.fail("/a", Fault(after=rest, ignores_rest=True, error=TransferInterrupted("reset")))
    desk.site.fail("/a", Fault(after=1 << 60, ignores_rest=True))
    await desk.over(desk.fetch("/a"))
    assert (desk.root / "a").read_bytes() == DATA


async def test_a_lost_final_reply_costs_only_the_last_bytes_again(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=len(DATA), error=ConnectionLost("no final reply")))
    await desk.over(desk.fetch("/a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, len(DATA) - PROOF]
    assert (desk.root / "a").read_bytes() == DATA


async def test_a_line_that_breaks_again_and_again_gets_there_as_long_as_something_arrives(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=6000, error=TransferInterrupted("reset"), times=5))
    assert (await desk.over(desk.fetch("/a"))).done == 1
    assert desk.only().attempts == 6
    assert (desk.root / "a").read_bytes() == DATA


async def test_data_cut_short_behind_a_good_reply_is_no_success(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=5000, ends=True))
    await desk.over(desk.fetch("/a"))
    assert (desk.root / "a").read_bytes() == DATA
    assert desk.only().attempts == 2


async def test_a_file_that_is_always_cut_fails_and_the_old_one_stays(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=0, ends=True, times=99))
    result = await desk.over(desk.fetch("/a", policy=ConflictPolicy.OVERWRITE))
    assert result.failed == 1
    assert "incomplete" in (desk.only().error or "")
    assert (desk.root / "a").read_bytes() == b"old"
    assert desk.clock.waits == [1.0, 2.0, 4.0]


async def test_pause_keeps_the_part_and_resume_goes_on_from_its_end(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 6000)
    desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.pause(1)
    assert desk.only().state is TransferState.PAUSED
    await desk.idle()
    assert desk.only().transferred == 6000
    assert len(desk.parts()) == 1
    desk.queue.resume(1)
    await desk.idle()
    assert desk.site.offsets[-1] == ("RETR", "/a", 6000 - PROOF)
    assert (desk.root / "a").read_bytes() == DATA


async def test_a_part_that_somebody_swapped_is_not_gone_on_with(desk: Desk, tmp_path: Path) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 6000)
    desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    (part,) = desk.parts()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    part.unlink()
    part.symlink_to(victim)
    desk.queue.resume(1)
    await desk.idle()
    assert victim.read_bytes() == b"precious"
    assert desk.site.offsets[-1] == ("RETR", "/a", 0)
    assert (desk.root / "a").read_bytes() == DATA
    part.unlink()
