"""Downloads: a file is whole and new, or the old one is untouched; nothing is written where it should not be."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from tests.support.fake_endpoint import Fault, refused
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import ConnectionLost, SizeMismatch
from tuiftp.files.safe_open import usual_mode
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.verify import NO_SIZE

DATA = bytes(range(256)) * 40


async def test_a_file_arrives_whole_with_the_usual_permissions_and_no_part_is_left(desk: Desk) -> None:
    desk.site.add("/a.bin", DATA)
    result = await desk.over(desk.fetch("/a.bin"))
    assert (result.done, result.failed, result.skipped) == (1, 0, 0)
    assert (desk.root / "a.bin").read_bytes() == DATA
    assert stat.S_IMODE((desk.root / "a.bin").stat().st_mode) == usual_mode()
    assert desk.names() == ["a.bin"]
    transfer = desk.only()
    assert transfer.state is TransferState.DONE
    assert transfer.is_verified
    assert transfer.transferred == len(DATA)
    assert transfer.finished_at is not None


async def test_while_it_runs_only_a_hidden_private_part_is_there(desk: Desk) -> None:
    desk.site.add("/a.bin", DATA)
    stop = desk.site.stop("/a.bin", 2048)
    desk.fetch("/a.bin")
    await desk.meets(stop)
    (part,) = desk.parts()
    assert part.name.startswith(".a.bin.")
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert not (desk.root / "a.bin").exists()
    desk.site.open(stop)
    await desk.idle()
    assert desk.names() == ["a.bin"]


async def test_an_empty_file_is_made(desk: Desk) -> None:
    desk.site.add("/empty", b"")
    await desk.over(desk.fetch("/empty"))
    assert (desk.root / "empty").read_bytes() == b""
    assert desk.only().is_verified


async def test_a_refused_file_fails_at_once_and_the_next_goes_on(desk: Desk) -> None:
    desk.site.add("/gone", b"x")
    desk.site.add("/b", b"bb")
    sources = [desk.site.source("/gone"), desk.site.source("/b")]
    del desk.site.nodes["/gone"]
    result = await desk.over(desk.queue.copy(desk.place, sources, desk.disk, str(desk.root)))
    assert (result.done, result.failed) == (1, 1)
    gone = desk.by_name()["gone"]
    assert "550 No such file" in (gone.error or "")
    assert gone.attempts == 1
    assert desk.names() == ["b"]


@pytest.mark.parametrize("name", ["../evil", "..", "a/b", "/etc/evil", "", ".", "nul\0byte"])
async def test_a_name_that_leads_elsewhere_is_refused_with_its_reason(desk: Desk, name: str) -> None:
    desk.site.add("/d/good", b"good")
    desk.site.extra["/d"] = [Entry(name, EntryKind.FILE, 4)]
    desk.site.nodes["/evil"] = desk.site.nodes["/d/good"]
    result = await desk.over(desk.fetch("/d"))
    assert result.done == 1
    assert result.failed == (0 if name in (".", "..") else 1)
    assert desk.names() == ["d", "d/good"]
    assert sorted(path.name for path in desk.root.parent.iterdir()) == ["here"]


async def test_a_hostile_name_chosen_by_the_user_is_refused_too(desk: Desk) -> None:
    source = ("/x", Entry("../../x", EntryKind.FILE, 1))
    result = await desk.over(desk.queue.copy(desk.place, [source], desk.disk, str(desk.root)))
    assert result.failed == 1
    desk.queue.retry_failed()
    await desk.idle()
    assert desk.only().state is TransferState.FAILED
    assert desk.site.count("RETR") == 0


async def test_a_planted_link_in_the_target_tree_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (desk.root / "d").mkdir()
    (desk.root / "d" / "sub").symlink_to(outside)
    desk.site.add("/d/sub/secret", b"overwritten")
    desk.site.add("/d/plain", b"plain")
    result = await desk.over(desk.fetch("/d"))
    assert list(outside.iterdir()) == []
    assert result.failed == 1
    assert "link" in (desk.by_name()["d/sub"].error or "")
    assert (desk.root / "d" / "plain").read_bytes() == b"plain"


async def test_a_directory_that_becomes_a_link_under_way_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    desk.site.add("/d/sub/file", DATA)
    stop = desk.site.stop("/d/sub/file", 1024)
    desk.fetch("/d")
    await desk.meets(stop)
    (desk.root / "d" / "sub").rename(tmp_path / "moved away")
    (desk.root / "d" / "sub").symlink_to(outside)
    desk.site.open(stop)
    await desk.idle()
    assert list(outside.iterdir()) == []
    assert desk.by_name()["d/sub/file"].state is TransferState.FAILED
    for left in (tmp_path / "moved away").iterdir():
        left.unlink()


async def test_a_link_in_the_place_of_the_target_is_replaced_not_followed(desk: Desk, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (desk.root / "a").symlink_to(victim)
    desk.site.add("/a", b"new")
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.OVERWRITE))
    assert victim.read_bytes() == b"precious"
    assert not (desk.root / "a").is_symlink()
    assert (desk.root / "a").read_bytes() == b"new"


async def test_the_directory_that_the_user_chose_may_be_a_link(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(desk.root)
    desk.site.add("/d/x", b"x")
    batch = desk.queue.copy(desk.place, [desk.site.source("/d")], desk.disk, str(tmp_path / "link"))
    assert (await desk.over(batch)).done == 1
    assert (desk.root / "d" / "x").read_bytes() == b"x"


async def test_size_unknown_is_done_and_not_verified(desk: Desk) -> None:
    desk.site.add("/a", DATA, listed_size=None)
    desk.site.has_size = False
    await desk.over(desk.fetch("/a"))
    assert desk.only().state is TransferState.DONE
    assert not desk.only().is_verified
    assert desk.only().error == NO_SIZE


async def test_an_end_that_nothing_confirms_is_told_where_the_size_is_unknown_too(desk: Desk) -> None:
    """TLS tells a cut connection from one that ended; where it does not, and no size is told, nothing does."""
    desk.site.add("/a", DATA, listed_size=None)
    desk.site.has_size = False

    def end_without_word(path: str, count: int) -> None:
        desk.site.progresses[-1].is_unverified = True

    desk.site.on_block = end_without_word
    assert (await desk.over(desk.fetch("/a"))).done == 1
    assert not desk.only().is_verified
    assert "may have been cut" in (desk.only().error or "")


async def test_an_old_listing_is_set_right_by_size(desk: Desk) -> None:
    desk.site.add("/a", DATA, listed_size=10)
    await desk.over(desk.fetch("/a"))
    assert desk.only().is_verified
    assert desk.only().size == len(DATA)


async def test_cancel_removes_the_part_and_stops_at_once(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 4000)
    batch = desk.fetch("/a")
    await desk.meets(stop)
    desk.queue.cancel(1)
    assert desk.site.progresses[0].cancelled
    assert desk.only().state is TransferState.CANCELLED
    assert (await desk.over(batch)).skipped == 1
    async with asyncio.timeout(1):
        await desk.queue.wait_idle()
    assert desk.names() == []


async def test_a_target_that_comes_into_being_meanwhile_is_not_replaced(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    stop = desk.site.stop("/a", 4000)
    desk.fetch("/a")
    await desk.meets(stop)
    (desk.root / "a").write_bytes(b"somebody else's")
    desk.site.open(stop)
    await desk.idle()
    assert desk.only().state is TransferState.FAILED
    assert (desk.root / "a").read_bytes() == b"somebody else's"


async def test_a_replaced_file_keeps_its_permissions(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    (desk.root / "a").chmod(0o600)
    desk.site.add("/a", b"new")
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.OVERWRITE))
    assert stat.S_IMODE((desk.root / "a").stat().st_mode) == 0o600


async def test_a_name_as_long_as_the_disk_allows_works(desk: Desk) -> None:
    name = "ä" * 127 + "x"
    desk.site.add(f"/{name}", b"long")
    assert (await desk.over(desk.fetch(f"/{name}"))).done == 1
    assert (desk.root / name).read_bytes() == b"long"


async def test_a_name_that_does_not_decode_keeps_its_bytes(desk: Desk) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    desk.site.add(f"/{name}", b"latin")
    assert (await desk.over(desk.fetch(f"/{name}"))).done == 1
    assert os.listdir(os.fsencode(desk.root)) == [b"caf\xe9.txt"]


async def test_a_move_removes_what_is_safely_over_and_the_emptied_directories(desk: Desk) -> None:
    desk.site.add("/d/a", DATA)
    desk.site.add("/d/sub/b", b"b")
    desk.site.add("/d/kept/c", b"c")
    desk.site.refusals["RETR", "/d/kept/c"] = refused("RETR")
    result = await desk.over(desk.fetch("/d", move=True))
    assert (result.done, result.failed) == (2, 1)
    assert set(desk.site.nodes) == {"/", "/d", "/d/kept", "/d/kept/c"}


async def test_a_move_keeps_what_could_not_be_verified_or_has_changed(desk: Desk) -> None:
    desk.site.add("/unsure", DATA, listed_size=None)
    desk.site.has_size = False
    await desk.over(desk.fetch("/unsure", move=True))
    assert "/unsure" in desk.site.nodes
    assert "kept" in (desk.only().error or "")
    desk.site.add("/grows", DATA)
    desk.site.on_block = lambda path, count: setattr(desk.site.nodes["/grows"], "modified", None)
    await desk.over(desk.fetch("/grows", move=True))
    assert "/grows" in desk.site.nodes


async def test_a_move_never_has_a_server_remove_a_directory_in_which_something_is_left(desk: Desk) -> None:
    desk.site.removes_full_directories = True
    desk.site.add("/d/a", DATA)

    def appear(path: str, count: int) -> None:
        desk.site.add("/d/new", b"uploaded by somebody else meanwhile")

    desk.site.on_block = appear
    assert (await desk.over(desk.fetch("/d", move=True))).done == 1
    assert set(desk.site.nodes) == {"/", "/d", "/d/new"}


async def test_links_are_fetched_only_when_chosen(desk: Desk) -> None:
    desk.site.add("/d/link", b"target", kind=EntryKind.LINK)
    desk.site.add("/d/odd", b"", kind=EntryKind.OTHER, raw="what is this")
    result = await desk.over(desk.fetch("/d"))
    assert (result.done, result.skipped, result.failed) == (0, 1, 1)
    assert "link" in (desk.by_name()["d/link"].error or "")
    assert "read" in (desk.by_name()["d/odd"].error or "")
    assert (await desk.over(desk.fetch("/d/link"))).done == 1
    assert not (desk.root / "link").is_symlink()
    assert (desk.root / "link").read_bytes() == b"target"


async def test_a_lost_connection_is_met_with_a_new_session(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=2000, error=ConnectionLost("421 bye")))
    await desk.over(desk.fetch("/a"))
    assert desk.pool.leases == 2
    assert (desk.root / "a").read_bytes() == DATA


async def test_an_error_that_nobody_foresaw_costs_one_transfer(desk: Desk) -> None:
    desk.site.add("/a", DATA)
    desk.site.add("/b", b"b")

    def explode(path: str, count: int) -> None:
        if path == "/a":
            raise RuntimeError("a mistake of ours")

    desk.site.on_block = explode
    result = await desk.over(desk.fetch("/a", "/b"))
    assert (result.done, result.failed) == (1, 1)
    assert "a mistake of ours" in (desk.by_name()["a"].error or "")


async def test_a_mismatch_is_told_in_numbers(desk: Desk) -> None:
    assert SizeMismatch.title == "Incomplete"
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=100, ends=True, times=99))
    await desk.over(desk.fetch("/a"))
    assert f"{len(DATA):,}" in (desk.only().error or "")
