"""Uploads: what the server holds is compared with what was sent, and local links are never followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.fake_endpoint import Fault, refused, rest_refused
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy, TemporaryUpload
from tuiftp.errors import StorageFull, TransferInterrupted, TuiftpError, UnsafeName
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.transfer_options import TransferOptions

DATA = bytes(range(256)) * 40


async def test_a_file_is_sent_and_checked(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a"))).done == 1
    assert desk.site.nodes["/in/a"].data == DATA
    assert desk.only().is_verified
    assert desk.only().target == "/in/a"


async def test_an_upload_cut_short_behind_a_good_reply_is_sent_again_whole(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=4000, ends=True))
    assert (await desk.over(desk.send("a"))).done == 1
    assert [offset for _, _, offset in desk.site.offsets] == [0, 0]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_an_upload_that_is_always_cut_fails_as_incomplete(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=4000, ends=True, times=99))
    assert (await desk.over(desk.send("a", move=True))).failed == 1
    assert "incomplete" in (desk.only().error or "")
    assert (desk.root / "a").exists()
    assert len(desk.clock.waits) == 3


async def test_size_unknown_is_done_and_not_verified(desk: Desk) -> None:
    desk.site.add_directory("/in")
    desk.site.has_size = False
    (desk.root / "a").write_bytes(DATA)
    await desk.over(desk.send("a", move=True))
    assert desk.only().state is TransferState.DONE
    assert not desk.only().is_verified
    assert (desk.root / "a").exists()


async def test_a_broken_upload_goes_on_behind_what_the_server_holds(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=3072, error=TransferInterrupted("reset")))
    await desk.over(desk.send("a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, 3072]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_a_local_file_that_changed_between_attempts_is_sent_from_the_start(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    stop = desk.site.stop("/in/a", 3072)
    desk.send("a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    (desk.root / "a").write_bytes(DATA[::-1] + b"more")
    desk.queue.resume(1)
    await desk.idle()
    assert [offset for _, _, offset in desk.site.offsets] == [0, 0]
    assert desk.site.nodes["/in/a"].data == DATA[::-1] + b"more"


async def test_what_somebody_else_has_put_there_meanwhile_is_not_gone_on_with(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    stop = desk.site.stop("/in/a", 3072)
    desk.send("a")
    await desk.meets(stop)
    desk.queue.pause(1)
    await desk.idle()
    desk.site.nodes["/in/a"].data = b"x" * 5000
    desk.queue.resume(1)
    await desk.idle()
    assert desk.site.nodes["/in/a"].data == DATA


async def test_a_server_that_ignores_rest_gets_the_file_whole_again(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=3072, error=TransferInterrupted("reset")))
    desk.site.fail("/in/a", Fault(after=1 << 60, ignores_rest=True))
    await desk.over(desk.send("a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, 3072, 0]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_a_server_that_refuses_rest_gets_the_file_whole_at_once(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=3072, error=TransferInterrupted("reset")))
    desk.site.fail("/in/a", Fault(error=rest_refused()))
    await desk.over(desk.send("a"))
    assert [offset for _, _, offset in desk.site.offsets] == [0, 3072, 0]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_resume_of_what_is_there_sends_the_rest(desk: Desk) -> None:
    desk.site.add("/in/a", DATA[:1000])
    (desk.root / "a").write_bytes(DATA)
    await desk.over(desk.send("a", policy=ConflictPolicy.RESUME))
    assert desk.site.offsets == [("STOR", "/in/a", 1000)]
    assert desk.site.nodes["/in/a"].data == DATA


async def test_a_file_that_changes_while_it_is_sent_is_not_verified_and_not_removed(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.on_block = lambda path, count: os.utime(desk.root / "a", ns=(count, count))
    await desk.over(desk.send("a", move=True))
    assert desk.only().state is TransferState.DONE
    assert not desk.only().is_verified
    assert "changed" in (desk.only().error or "")
    assert (desk.root / "a").exists()


async def test_links_and_pipes_are_skipped_with_a_reason(desk: Desk, tmp_path: Path) -> None:
    desk.site.add_directory("/in")
    (tmp_path / "secret").write_bytes(b"secret")
    tree = desk.root / "d"
    tree.mkdir()
    (tree / "link").symlink_to(tmp_path / "secret")
    (tree / "dirlink").symlink_to(tmp_path)
    os.mkfifo(tree / "pipe")
    (tree / "file").write_bytes(b"file")
    result = await desk.over(desk.send("d"))
    assert (result.done, result.skipped) == (1, 3)
    assert "link" in (desk.by_name()["d/link"].error or "")
    assert set(desk.site.nodes) == {"/", "/in", "/in/d", "/in/d/file"}
    (desk.root / "single").symlink_to(tmp_path / "secret")
    assert (await desk.over(desk.send("single"))).skipped == 1


async def test_a_file_that_became_a_link_before_its_turn_is_not_read(desk: Desk, tmp_path: Path) -> None:
    desk.site.add_directory("/in")
    (tmp_path / "secret").write_bytes(b"secret")
    (desk.root / "d").mkdir()
    (desk.root / "d" / "a").write_bytes(b"harmless")
    desk.queue.pause_all()
    batch = desk.send("d")
    await desk.events.until(lambda: bool(desk.events.scans and desk.events.scans[-1].is_complete))
    (desk.root / "d").rename(desk.root / "elsewhere")
    (desk.root / "d").symlink_to(tmp_path)
    (tmp_path / "a").write_bytes(b"secret")
    desk.queue.resume_all()
    assert (await desk.over(batch)).failed == 1
    assert "/in/d/a" not in desk.site.nodes


async def test_a_tree_is_sent_with_its_empty_directories(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "d" / "empty").mkdir(parents=True)
    (desk.root / "d" / "x" / "y").mkdir(parents=True)
    (desk.root / "d" / "x" / "y" / "f").write_bytes(b"f")
    assert (await desk.over(desk.send("d"))).done == 1
    assert set(desk.site.nodes) == {"/", "/in", "/in/d", "/in/d/empty", "/in/d/x", "/in/d/x/y", "/in/d/x/y/f"}
    assert desk.site.count("LIST") == 1
    again = await desk.over(desk.send("d", policy=ConflictPolicy.OVERWRITE))
    assert (again.done, again.failed) == (1, 0)


async def test_a_directory_that_cannot_be_made_fails_and_its_contents_are_left_out(desk: Desk) -> None:
    desk.site.add("/in/d/x", b"a file, where a directory should be")
    (desk.root / "d" / "x").mkdir(parents=True)
    (desk.root / "d" / "x" / "inner").write_bytes(b"i")
    (desk.root / "d" / "f").write_bytes(b"f")
    result = await desk.over(desk.send("d"))
    assert (result.done, result.failed) == (1, 1)
    assert "is a file" in (desk.by_name()["d/x"].error or "")


async def test_a_name_that_cannot_be_sent_fails_alone(desk: Desk) -> None:
    desk.site.add_directory("/in")
    desk.site.refusals["STOR", "/in/a\nDELE b"] = UnsafeName("the name holds a line end")
    (desk.root / "a\nDELE b").write_bytes(b"x")
    (desk.root / "b").write_bytes(b"b")
    result = await desk.over(desk.send("a\nDELE b", "b"))
    assert (result.done, result.failed) == (1, 1)


async def test_a_directory_that_may_not_be_listed_is_asked_for_single_names(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    desk.site.refusals["LIST", "/in"] = refused("LIST", text="Permission denied")
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.SKIP))).skipped == 1
    assert desk.site.nodes["/in/a"].data == b"old"


async def test_a_full_server_holds_the_queue_and_says_so_once(desk: Desk) -> None:
    desk.site.add_directory("/in")
    full = StorageFull("552 Disk full", command="STOR", code=552, text="Disk full")
    for name in "abcde":
        (desk.root / name).write_bytes(DATA)
        desk.site.fail(f"/in/{name}", Fault(error=full))
    desk.queue.set_parallel(1)
    result = await desk.over(desk.send(*"abcde"))
    assert (result.done, result.failed) == (0, 5)
    assert desk.queue.totals().is_paused
    assert [transfer.state for transfer in desk.queue.transfers()].count(TransferState.FAILED) == 1
    assert "552" in (desk.by_name()["a"].error or "")
    assert desk.clock.waits == []


FULL = StorageFull("552 Disk full", command="STOR", code=552, text="Disk full")


@pytest.mark.parametrize("error", [FULL, TransferInterrupted("reset")], ids=["full", "cut"])
async def test_a_small_upload_that_fails_leaves_no_beginning_under_the_final_name(
    desk: Desk, error: TuiftpError
) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=3072, error=error))
    desk.site.fail("/in/a", Fault(error=error, times=99))
    assert (await desk.over(desk.send("a"))).failed == 1
    assert "/in/a" not in desk.site.nodes


@pytest.mark.parametrize("error", [FULL, TransferInterrupted("reset")], ids=["full", "cut"])
async def test_what_was_there_before_is_never_removed(desk: Desk, error: TuiftpError) -> None:
    desk.site.add("/in/a", b"old")
    desk.queue.how = TransferOptions(upload_temporary=TemporaryUpload.NEVER)
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(after=3072, error=error))
    desk.site.fail("/in/a", Fault(error=error, times=99))
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).failed == 1
    assert "/in/a" in desk.site.nodes


async def test_what_was_refused_before_a_byte_moved_is_let_alone(desk: Desk) -> None:
    """Nobody knows then whether what has the name is ours."""
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    desk.site.fail("/in/a", Fault(error=FULL))
    await desk.over(desk.send("a"))
    assert ("DELE", "/in/a") not in desk.site.asked


async def test_what_has_grown_large_is_left_to_go_on_with(desk: Desk) -> None:
    desk.site.add_directory("/in")
    desk.queue.how = TransferOptions(upload_temporary=TemporaryUpload.NEVER)
    (desk.root / "a").write_bytes(DATA * 20)
    desk.site.fail("/in/a", Fault(after=200 * 1024, error=FULL))
    await desk.over(desk.send("a"))
    assert len(desk.site.nodes["/in/a"].data) == 200 * 1024


async def test_a_beginning_that_somebody_has_sent_over_since_is_theirs(desk: Desk) -> None:
    """A second upload to the name went through while the first one waited for its next attempt."""
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    (desk.root / "d").mkdir()
    (desk.root / "d" / "a").write_bytes(b"short")
    desk.clock.is_patient = True
    desk.site.fail("/in/a", Fault(after=3072, error=TransferInterrupted("reset")))
    first = desk.send("a")
    await desk.events.until(
        lambda: bool(desk.queue.transfers()) and desk.queue.transfers()[0].retry_in is not None
    )
    assert (await desk.over(desk.send("d/a", policy=ConflictPolicy.OVERWRITE))).done == 1
    desk.site.refusals[("STOR", "/in/a")] = FULL
    desk.clock.advance(60)
    assert (await desk.over(first)).failed == 1
    assert desk.site.nodes["/in/a"].data == b"short"


async def test_a_move_removes_the_sent_files_and_the_emptied_directories(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "d" / "x").mkdir(parents=True)
    (desk.root / "d" / "x" / "f").write_bytes(DATA)
    (desk.root / "d" / "link").symlink_to("x")
    await desk.over(desk.send("d", move=True))
    assert desk.names() == ["d", "d/link"]
    assert desk.site.nodes["/in/d/x/f"].data == DATA


async def test_cancel_tells_of_what_stays_on_the_server(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA)
    stop = desk.site.stop("/in/a", 2048)
    batch = desk.send("a")
    await desk.meets(stop)
    desk.queue.cancel(1)
    assert (await desk.over(batch)).skipped == 1
    assert "stays on the server" in (desk.only().error or "")
    await desk.idle()
    desk.queue.retry(1)
    await desk.idle()
    assert desk.site.nodes["/in/a"].data == DATA
