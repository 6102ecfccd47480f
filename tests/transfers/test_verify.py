"""What is gone on with is proven: both ways, after breaks, after a kill, and onto what others have left."""

from __future__ import annotations

import pytest

from tests.support.fake_endpoint import Fault, refused
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy, Verification
from tuiftp.errors import TransferInterrupted
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.resume_download import PROOF
from tuiftp.transfers.transfer_options import TransferOptions
from tuiftp.transfers.verify import AS_TEXT

DATA = bytes(number * number % 251 for number in range(20_000))
BREAK = TransferInterrupted("reset")


async def test_a_file_swapped_for_one_that_looks_the_same_is_found_out_by_its_bytes(desk: Desk) -> None:
    """Same size, same time: only the bytes before the break tell."""
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 9000)
    desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    desk.site.nodes["/a"].data = DATA[::-1]
    desk.queue.resume(1)
    await desk.idle()
    assert [offset for *_, offset in desk.site.offsets] == [0, 9000 - PROOF, 0]
    assert (desk.root / "a").read_bytes() == DATA[::-1]


async def test_a_break_in_the_middle_of_the_proof_ruins_nothing(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=9000, error=BREAK))
    desk.site.fail("/a", Fault(after=1000, error=BREAK))
    await desk.over(desk.fetch("/a"))
    assert [offset for *_, offset in desk.site.offsets] == [0, 9000 - PROOF, 9000 - PROOF]
    assert (desk.root / "a").read_bytes() == DATA


async def test_a_break_while_rest_is_ignored_leaves_no_spliced_part(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=9000, error=BREAK))
    desk.site.fail("/a", Fault(after=1024, ignores_rest=True, error=BREAK))
    await desk.over(desk.fetch("/a"))
    assert [offset for *_, offset in desk.site.offsets] == [0, 9000 - PROOF, 0]
    assert (desk.root / "a").read_bytes() == DATA


async def test_resume_onto_a_file_that_is_no_beginning_of_it_fetches_the_whole(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"something else" * 500)
    desk.site.add("/a", DATA)
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.RESUME))
    assert [offset for *_, offset in desk.site.offsets] == [7000 - PROOF, 0]
    assert (desk.root / "a").read_bytes() == DATA
    assert desk.only().is_verified


async def test_resume_onto_a_remote_file_compares_its_end_first(desk: Desk) -> None:
    (desk.root / "a").write_bytes(DATA)
    desk.site.add("/in/a", DATA[:9000])
    await desk.over(desk.send("a", policy=ConflictPolicy.RESUME))
    assert desk.site.offsets == [("STOR", "/in/a", 9000)]
    assert desk.site.nodes["/in/a"].data == DATA


@pytest.mark.parametrize("how", ["other bytes", "not readable"])
async def test_what_cannot_be_proven_on_the_server_is_sent_whole(desk: Desk, how: str) -> None:
    (desk.root / "a").write_bytes(DATA)
    desk.site.add("/in/a", b"x" * 9000 if how == "other bytes" else DATA[:9000])
    if how == "not readable":
        desk.site.refusals["READ", "/in/a"] = refused("RETR", text="Permission denied")
    await desk.over(desk.send("a", policy=ConflictPolicy.RESUME))
    assert desk.site.offsets == [("STOR", "/in/a", 0)]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_without_rest_an_upload_is_appended_behind_what_was_surely_accepted(desk: Desk) -> None:
    desk.site.add_directory("/in")
    desk.site.restarts_uploads = False
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=9216, error=BREAK))
    await desk.over(desk.send("a"))
    assert desk.site.offsets == [("STOR", "/in/a", 0), ("APPE", "/in/a", 9216)]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_without_rest_what_lost_its_end_on_the_way_is_sent_whole(desk: Desk) -> None:
    desk.site.add_directory("/in")
    desk.site.restarts_uploads = False
    (desk.root / "a").write_bytes(DATA)
    stop = desk.site.stop("/in/a", 9216)
    desk.send("a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    desk.site.nodes["/in/a"].data = DATA[:8000]
    desk.queue.resume(1)
    await desk.idle()
    assert desk.site.offsets[-1] == ("STOR", "/in/a", 0)
    assert desk.site.nodes["/in/a"].data == DATA


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1", "md5"])
async def test_a_checksum_that_is_right_verifies(desk: Desk, algorithm: str) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    desk.site.checksum = algorithm
    desk.site.add("/in/a", DATA)
    assert (await desk.over(desk.fetch("/in/a"))).done == 1
    (desk.root / "b").write_bytes(DATA)
    assert (await desk.over(desk.send("b"))).done == 1
    assert [transfer.is_verified for transfer in desk.queue.transfers()] == [True, True]
    assert desk.site.count("HASH") == 2


async def test_a_checksum_that_is_wrong_fails_and_the_old_file_stays(desk: Desk) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    desk.site.checksum = "sha256"
    desk.site.add("/a", DATA)
    desk.site.digests["/a"] = "0" * 64
    (desk.root / "a").write_bytes(b"old")
    assert (await desk.over(desk.fetch("/a", policy=ConflictPolicy.OVERWRITE))).failed == 1
    assert "damaged" in (desk.only().error or "")
    assert {offset for *_, offset in desk.site.offsets} == {0}
    assert (desk.root / "a").read_bytes() == b"old"


async def test_an_upload_in_its_own_place_that_is_damaged_says_that_it_lies_there(desk: Desk) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    desk.site.checksum = "sha256"
    desk.site.add_directory("/in")
    desk.site.digests["/in/a"] = "0" * 64
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a"))).failed == 1
    assert "/in/a" in desk.site.nodes
    assert "the damaged file is there: /in/a is damaged" in (desk.only().error or "")


async def test_a_checksum_that_cannot_be_had_is_not_verified_and_says_so(desk: Desk) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    desk.site.checksum = "sha256"
    desk.site.add("/a", DATA)
    desk.site.digests["/a"] = ""
    assert (await desk.over(desk.fetch("/a", move=True))).done == 1
    assert not desk.only().is_verified
    assert "/a" in desk.site.nodes


async def test_where_the_server_has_no_checksums_the_size_verifies(desk: Desk) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    desk.site.add("/a", DATA)
    await desk.over(desk.fetch("/a"))
    assert desk.only().is_verified
    assert desk.site.count("HASH") == 0


async def test_text_is_neither_resumed_nor_verified_by_size(desk: Desk) -> None:
    desk.queue.how = TransferOptions(ascii_extensions=frozenset({"txt"}))
    desk.site.add("/in/a.TXT", DATA)
    desk.site.add("/in/b.bin", DATA)
    desk.site.fail("/in/a.TXT", Fault(after=9000, error=BREAK))
    await desk.over(desk.fetch("/in/a.TXT", "/in/b.bin"))
    assert [offset for _, path, offset in desk.site.offsets if path == "/in/a.TXT"] == [0, 0]
    assert desk.site.text == {"/in/a.TXT"}
    assert [desk.by_name()[name].is_verified for name in ("a.TXT", "b.bin")] == [False, True]
    (desk.root / "c.txt").write_bytes(DATA)
    await desk.over(desk.send("c.txt"))
    assert "/in/c.txt" in desk.site.text
    assert not desk.by_name()["c.txt"].is_verified
    assert {each.error for each in desk.queue.transfers() if not each.is_verified} == {AS_TEXT}


async def test_a_file_that_grows_while_it_is_fetched_is_kept_and_says_so(desk: Desk) -> None:
    desk.site.add("/log", DATA, listed_size=len(DATA) - 100)

    def grow(path: str, count: int) -> None:
        desk.site.nodes["/log"].data = DATA + b"more"

    desk.site.on_block = grow
    assert (await desk.over(desk.fetch("/log"))).done == 1
    assert (desk.root / "log").read_bytes() == DATA
    assert not desk.only().is_verified
    assert "grew" in (desk.only().error or "")


async def test_a_part_that_is_longer_than_the_file_is_not_gone_on_with(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 9000)
    desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    desk.site.nodes["/a"].data = DATA[:5000]
    desk.queue.resume(1)
    await desk.idle()
    assert desk.site.offsets[-1] == ("RETR", "/a", 0)
    assert (desk.root / "a").read_bytes() == DATA[:5000]
    assert desk.only().state is TransferState.DONE
