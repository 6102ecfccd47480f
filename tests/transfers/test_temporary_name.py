"""Uploads grow under a name of their own: the old file stays whole until the new one is, whatever the server does."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from tests.support.fake_endpoint import Fault, refused
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy, TemporaryUpload
from tuiftp.errors import CommandRefused, TransferInterrupted
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.temporary_name import temporary_name
from tuiftp.transfers.transfer_options import TransferOptions

DATA = bytes(number * number % 251 for number in range(20_000))
LARGE = DATA * 6


def stored(desk: Desk) -> list[str]:
    """Where uploads went, in order."""
    return [path for verb, path in desk.site.asked if verb == "STOR"]


def is_temporary(path: str) -> bool:
    return path.startswith("/in/.") and path.endswith(".part") and ".tuiftp-" in path


@pytest.mark.parametrize(
    ("setting", "size", "exists", "expected"),
    [
        ("auto", 100, False, False),
        ("auto", 100, True, True),
        ("auto", 120_000, False, True),
        ("always", 100, False, True),
        ("never", 120_000, True, False),
    ],
)
async def test_when_a_temporary_name_is_used(
    desk: Desk, setting: str, size: int, exists: bool, expected: bool
) -> None:
    desk.queue.how = TransferOptions(upload_temporary=TemporaryUpload(setting))
    desk.site.add_directory("/in")
    if exists:
        desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(LARGE[:size])
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).done == 1
    (path,) = stored(desk)
    assert is_temporary(path) is expected
    assert desk.site.nodes["/in/a"].data == LARGE[:size]
    assert desk.only().is_verified
    assert set(desk.site.nodes) == {"/", "/in", "/in/a"}


async def test_the_old_file_is_whole_while_the_new_one_comes(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    seen: set[bytes] = set()
    desk.site.on_block = lambda path, count: seen.add(desk.site.nodes["/in/a"].data)
    await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))
    assert seen == {b"old"}


async def test_a_broken_upload_goes_on_under_its_temporary_name(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    broken: list[str] = []

    def cut(path: str, count: int) -> None:
        if not broken and count >= 9000:
            broken.append(path)
            raise TransferInterrupted("reset")

    desk.site.on_block = cut
    await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))
    assert [offset for *_, offset in desk.site.offsets] == [0, 9216]
    assert len(set(stored(desk))) == 1
    assert desk.site.nodes["/in/a"].data == DATA


async def test_a_cancelled_upload_leaves_the_old_file_and_nothing_else(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)

    def cancel(path: str, count: int) -> None:
        if count >= 9000:
            desk.queue.cancel(1)

    desk.site.on_block = cancel
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).skipped == 1
    await desk.idle()
    assert {path: node.data for path, node in desk.site.nodes.items() if path.startswith("/in/")} == {
        "/in/a": b"old"
    }
    assert "stays on the server" not in (desk.only().error or "")


async def test_one_that_is_paused_and_then_cancelled_leaves_nothing_either(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(LARGE)

    def pause(path: str, count: int) -> None:
        if count >= 9000:
            desk.queue.pause(1)

    desk.site.on_block = pause
    desk.send("a")
    await desk.events.until(lambda: bool(desk.queue.transfers()) and desk.state(1) is TransferState.PAUSED)
    await desk.idle()
    assert any(map(is_temporary, desk.site.nodes))
    desk.queue.cancel(1)
    await desk.idle()
    assert set(desk.site.nodes) == {"/", "/in"}


async def test_an_upload_that_is_always_cut_leaves_the_old_file_and_nothing_else(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)

    def cut(path: str, count: int) -> None:
        if count >= len(DATA):
            desk.site.nodes[path].data = DATA[:100]

    desk.site.on_block = cut
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).failed == 1
    assert "incomplete" in (desk.only().error or "")
    assert set(desk.site.nodes) == {"/", "/in", "/in/a"}
    assert desk.site.nodes["/in/a"].data == b"old"


def not_known(verb: str) -> CommandRefused:
    return CommandRefused("502 no", command=verb, code=502, text="Command not implemented")


@pytest.mark.parametrize("verb", ["RNFR", "RNTO", "STOR"])
async def test_what_a_server_refuses_is_done_without_and_remembered(desk: Desk, verb: str) -> None:
    desk.site.add("/in/a", b"old")
    desk.site.add("/in/b", b"old")
    for name in "ab":
        (desk.root / name).write_bytes(DATA)
    desk.queue.set_parallel(1)
    if verb == "STOR":

        def forbid(path: str) -> bool:
            return is_temporary(path)

        desk.site.forbids = forbid
    else:
        desk.site.refusals[verb, "*"] = not_known(verb)
    assert (await desk.over(desk.send("a", "b", policy=ConflictPolicy.OVERWRITE))).done == 2
    assert [is_temporary(path) for path in stored(desk)] == [True, False, False]
    assert {desk.site.nodes[f"/in/{name}"].data for name in "ab"} == {DATA}
    assert set(desk.site.nodes) == {"/", "/in", "/in/a", "/in/b"}
    assert all(transfer.is_verified for transfer in desk.queue.transfers())


async def test_a_server_that_never_replaces_has_the_old_one_removed_first(desk: Desk) -> None:
    desk.site.replaces = False
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).done == 1
    assert desk.site.nodes["/in/a"].data == DATA
    verbs = [verb for verb, _ in desk.site.asked if verb in ("STOR", "SIZE", "RNTO", "DELE")]
    assert verbs == ["STOR", "SIZE", "RNTO", "DELE", "RNTO"]


async def test_the_old_one_is_not_removed_for_one_that_could_not_be_verified(desk: Desk) -> None:
    desk.site.replaces = desk.site.has_size = False
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).failed == 1
    assert desk.site.nodes["/in/a"].data == b"old"
    assert desk.site.count("DELE") == 0
    desk.queue.clear_finished()
    await desk.idle()
    assert set(desk.site.nodes) == {"/", "/in", "/in/a"}


async def test_a_rename_whose_reply_was_lost_is_looked_at_before_it_is_repeated(desk: Desk) -> None:
    """F23: a second RNTO would fail although the first has worked."""
    desk.site.lost_renames = 1
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).done == 1
    assert desk.site.nodes["/in/a"].data == DATA
    assert desk.site.count("RNTO") == 1


async def test_time_and_permissions_are_given_before_it_takes_its_place(desk: Desk) -> None:
    desk.site.add_directory("/in")
    (desk.root / "a").write_bytes(LARGE)
    (desk.root / "a").chmod(0o750)
    os.utime(desk.root / "a", (1_700_000_000.5, 1_700_000_000.5))
    await desk.over(desk.send("a"))
    ((path, given),) = desk.site.attributes.items()
    assert is_temporary(path)
    assert given == (datetime.fromtimestamp(1_700_000_000, UTC), 0o750)


async def test_neither_is_given_where_the_user_does_not_want_it(desk: Desk) -> None:
    desk.queue.how = TransferOptions(keep_times=False, keep_modes=False)
    desk.site.add("/in/a", DATA)
    (desk.root / "b").write_bytes(DATA)
    await desk.over(desk.send("b"))
    await desk.over(desk.fetch("/in/a"))
    assert desk.site.attributes == {}
    assert (desk.root / "a").stat().st_mtime > 1_700_000_000
    assert abs((desk.root / "a").stat().st_mtime - (desk.root / "b").stat().st_mtime) < 60


async def test_a_resume_of_what_others_left_goes_right_into_it(desk: Desk) -> None:
    desk.site.add("/in/a", LARGE[:50_000])
    (desk.root / "a").write_bytes(LARGE)
    await desk.over(desk.send("a", policy=ConflictPolicy.RESUME))
    assert desk.site.offsets == [("STOR", "/in/a", 50_000)]
    assert desk.site.nodes["/in/a"].data == LARGE


async def test_a_fault_after_the_target_was_chosen_does_not_leave_two(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)
    desk.site.refusals["SIZE", "*"] = refused("SIZE", 550, "not now")
    desk.site.fail("/in/a", Fault(after=0))
    assert (await desk.over(desk.send("a", policy=ConflictPolicy.OVERWRITE))).done == 1
    assert not desk.only().is_verified
    assert set(desk.site.nodes) == {"/", "/in", "/in/a"}


def test_the_name_is_hidden_and_never_too_long() -> None:
    assert temporary_name("a.txt", "0123456789") == ".a.txt.tuiftp-0123456789.part"
    long = temporary_name("ä" * 200, "0123456789")
    assert len(long.encode()) <= 255
    assert long.startswith(".ää")
    assert long.endswith(".tuiftp-0123456789.part")


async def test_a_queue_that_nobody_keeps_leaves_nothing_on_the_server(desk: Desk) -> None:
    desk.site.add("/in/a", b"old")
    desk.site.add("/in/b", b"old")
    for name in "ab":
        (desk.root / name).write_bytes(DATA)
    under_way: set[str] = set()

    def note(path: str, count: int) -> None:
        if count >= 9000:
            under_way.add(path)
            if len(under_way) == 1:
                desk.queue.pause(1 if ".a." in path else 2)

    desk.site.on_block = note
    desk.send("a", "b", policy=ConflictPolicy.OVERWRITE)
    await desk.events.until(lambda: len(under_way) == 2)
    await desk.queue.close()
    left = {path: node.data for path, node in desk.site.nodes.items() if path.startswith("/in/")}
    assert {data for path, data in left.items() if path in ("/in/a", "/in/b")} <= {b"old", DATA}
    assert set(left) == {"/in/a", "/in/b"}
