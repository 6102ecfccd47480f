"""A target that exists: asked about once, one question at a time, and the answer is kept to."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.support.fake_endpoint import WHEN, Fault
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import TransferInterrupted
from tuiftp.transfers.conflict_decider import Decision, Side
from tuiftp.transfers.conflicts import newer_of
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.resume_download import PROOF
from tuiftp.transfers.transfer_options import TransferOptions

DATA = bytes(number * number % 251 for number in range(20_000))


async def test_the_question_tells_both_sides(desk: Desk) -> None:
    (desk.root / "a").write_bytes(DATA[:100])
    desk.site.add("/a", DATA)
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    assert (await desk.over(desk.fetch("/a"))).skipped == 1
    (conflict,) = desk.decider.questions
    assert conflict.direction is Direction.DOWNLOAD
    assert (conflict.source, conflict.target) == ("/a", str(desk.root / "a"))
    assert (conflict.source_size, conflict.target_size) == (len(DATA), 100)
    assert conflict.source_modified == WHEN
    assert conflict.target_modified is not None
    assert conflict.can_resume
    assert (desk.root / "a").read_bytes() == DATA[:100]
    assert "exists" in (desk.only().error or "")


@pytest.mark.parametrize(
    ("later", "precision", "newer"),
    [
        (40, Precision.SECOND, Side.SOURCE),
        (-40, Precision.SECOND, Side.TARGET),
        (40, Precision.MINUTE, None),  # LIST gives 14:03 for all of that minute
        (-40, Precision.MINUTE, None),
        (150, Precision.MINUTE, Side.SOURCE),
        (3600 * 20, Precision.DAY, None),
        (1, Precision.SECOND, None),  # as exactly as FAT keeps them
    ],
)
def test_a_file_is_newer_only_as_far_as_the_listing_tells(
    later: int, precision: Precision, newer: Side | None
) -> None:
    target = Entry("a", EntryKind.FILE, 5, WHEN, Precision.SECOND)
    source = Entry("a", EntryKind.FILE, 5, WHEN + timedelta(seconds=later), precision)
    assert newer_of(source, target) is newer


@pytest.mark.parametrize("direction", list(Direction))
async def test_overwrite_for_all_asks_once_whatever_the_number(desk: Desk, direction: Direction) -> None:
    names = [f"f{number}" for number in range(9)]
    for name in names:
        (desk.root / name).write_bytes(b"local")
        desk.site.add(f"/in/{name}", b"remote")
    desk.decider.answers = [Decision(ConflictPolicy.OVERWRITE, for_all=True)]
    if direction is Direction.DOWNLOAD:
        batch = desk.fetch(*(f"/in/{name}" for name in names))
    else:
        batch = desk.send(*names)
    assert (await desk.over(batch)).done == 9
    assert len(desk.decider.questions) == 1
    assert {desk.site.nodes[f"/in/{name}"].data for name in names} == {
        b"remote" if direction is Direction.DOWNLOAD else b"local"
    }


async def test_each_one_is_asked_about_and_never_two_at_a_time(desk: Desk) -> None:
    for name in "abcd":
        (desk.root / name).write_bytes(b"old")
        desk.site.add(f"/{name}", b"new")
    desk.decider.answers = [
        Decision(policy) for policy in (ConflictPolicy.OVERWRITE, ConflictPolicy.SKIP) * 2
    ]
    result = await desk.over(desk.fetch("/a", "/b", "/c", "/d"))
    assert (result.done, result.skipped) == (2, 2)
    assert len(desk.decider.questions) == 4
    assert desk.decider.most_open == 1


async def test_an_open_question_does_not_stop_the_others(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new")
    desk.site.add("/b", b"b")
    desk.site.add("/c", b"c")
    desk.decider.gate = asyncio.Event()
    desk.decider.answers = [Decision(ConflictPolicy.OVERWRITE)]
    batch = desk.fetch("/a", "/b", "/c")
    await desk.events.until(lambda: desk.queue.totals().done == 2)
    assert desk.state(1) is TransferState.RUNNING
    assert (desk.root / "a").read_bytes() == b"old"
    desk.decider.gate.set()
    assert (await desk.over(batch)).done == 3


async def test_a_question_is_withdrawn_when_its_transfer_is_cancelled(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new")
    desk.decider.gate = asyncio.Event()
    desk.fetch("/a")
    async with asyncio.timeout(5):
        await desk.decider.asked.wait()
    desk.queue.cancel(1)
    await desk.idle()
    assert desk.decider.open == 0
    assert (desk.root / "a").read_bytes() == b"old"


async def test_rename_takes_the_name_that_was_given_or_the_next_free_one(desk: Desk) -> None:
    for name in ("a.txt", "a (1).txt"):
        (desk.root / name).write_bytes(b"old")
    desk.site.add("/a.txt", b"new")
    desk.decider.answers = [Decision(ConflictPolicy.RENAME)]
    await desk.over(desk.fetch("/a.txt"))
    assert (desk.root / "a (2).txt").read_bytes() == b"new"
    assert desk.only().target == str(desk.root / "a (2).txt")
    desk.decider.answers = [Decision(ConflictPolicy.RENAME, new_name="b.txt")]
    await desk.over(desk.fetch("/a.txt"))
    assert (desk.root / "b.txt").read_bytes() == b"new"
    assert (desk.root / "a.txt").read_bytes() == b"old"


async def test_who_is_asked_is_offered_the_next_free_name(desk: Desk) -> None:
    """On both sides, with the whole of an ending that has two parts; and is told why nothing can be resumed."""
    for name in ("a.tar.gz", "a (1).tar.gz"):
        (desk.root / name).write_bytes(b"old")
        desk.site.add(f"/in/{name}", b"other")
    desk.site.add("/a.tar.gz", b"new")
    desk.decider.answers = [Decision(ConflictPolicy.SKIP), Decision(ConflictPolicy.SKIP)]
    await desk.over(desk.fetch("/a.tar.gz"))
    await desk.over(desk.send("a.tar.gz"))
    down, up = desk.decider.questions
    assert down.free_name == up.free_name == "a (2).tar.gz"
    assert (down.can_resume, down.why_no_resume) == (False, "both have the same size")
    assert (up.can_resume, up.why_no_resume) == (False, "the target is larger")


async def test_a_new_name_that_exists_as_well_is_asked_about_again(desk: Desk) -> None:
    for name in "ab":
        (desk.root / name).write_bytes(b"old")
    desk.site.add("/a", b"new")
    desk.decider.answers = [Decision(ConflictPolicy.RENAME, "b"), Decision(ConflictPolicy.RENAME, "c")]
    await desk.over(desk.fetch("/a"))
    assert [conflict.target[-1] for conflict in desk.decider.questions] == ["a", "b"]
    assert (desk.root / "c").read_bytes() == b"new"


async def test_a_new_name_that_leads_elsewhere_is_refused(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new")
    desk.decider.answers = [Decision(ConflictPolicy.RENAME, "../b")]
    assert (await desk.over(desk.fetch("/a"))).failed == 1
    assert not (desk.root.parent / "b").exists()


async def test_uploads_are_renamed_as_well(desk: Desk) -> None:
    desk.site.add("/in/a.tar.gz", b"old")
    (desk.root / "a.tar.gz").write_bytes(b"new")
    await desk.over(desk.send("a.tar.gz", policy=ConflictPolicy.RENAME))
    assert desk.site.nodes["/in/a (1).tar.gz"].data == b"new"
    assert desk.site.nodes["/in/a.tar.gz"].data == b"old"


async def test_resume_goes_on_from_the_end_of_what_is_there(desk: Desk) -> None:
    (desk.root / "a").write_bytes(DATA[:5000])
    desk.site.add("/a", DATA)
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.RESUME))
    assert desk.site.offsets == [("RETR", "/a", 5000 - PROOF)]
    assert (desk.root / "a").read_bytes() == DATA


async def test_resume_leaves_the_old_file_whole_until_the_new_one_is(desk: Desk) -> None:
    (desk.root / "a").write_bytes(DATA[:5000])
    desk.site.add("/a", DATA)
    desk.site.fail("/a", Fault(after=PROOF + 500, error=TransferInterrupted("reset")))
    stop = desk.site.stop("/a", 0)
    desk.fetch("/a", policy=ConflictPolicy.RESUME)
    await desk.meets(stop)
    assert (desk.root / "a").read_bytes() == DATA[:5000]
    assert desk.site.offsets[-1] == ("RETR", "/a", 5500 - PROOF)
    desk.queue.cancel(1)
    await desk.idle()
    assert (desk.root / "a").read_bytes() == DATA[:5000]


async def test_resume_of_what_is_all_there_is_skipped(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"x" * len(DATA))
    desk.site.add("/a", DATA)
    assert (await desk.over(desk.fetch("/a", policy=ConflictPolicy.RESUME))).skipped == 1
    assert "same size" in (desk.only().error or "")
    assert (desk.root / "a").read_bytes() == b"x" * len(DATA)


async def test_resume_of_what_is_longer_fails_and_leaves_it_alone(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"x" * (len(DATA) + 1))
    desk.site.add("/a", DATA)
    assert (await desk.over(desk.fetch("/a", policy=ConflictPolicy.RESUME))).failed == 1
    assert "larger" in (desk.only().error or "")
    assert desk.only().attempts == 1
    assert (desk.root / "a").read_bytes() == b"x" * (len(DATA) + 1)


async def test_resume_fails_where_nobody_knows_how_long_the_source_is(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"x")
    desk.site.add("/a", DATA)
    entry = replace(desk.site.entry("/a"), size=None)
    batch = desk.queue.copy(
        desk.place, [("/a", entry)], desk.disk, str(desk.root), policy=ConflictPolicy.RESUME
    )
    assert (await desk.over(batch)).failed == 1
    assert "the sizes are not known" in (desk.only().error or "")
    assert (desk.root / "a").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("remote", "arrives"),
    [
        (WHEN + timedelta(days=1), True),
        (WHEN - timedelta(days=1), False),
        (WHEN, False),
        (None, False),
        ((WHEN + timedelta(hours=2)).replace(tzinfo=None), False),
        ((WHEN + timedelta(days=2)).replace(tzinfo=None), True),
    ],
)
async def test_only_if_newer(desk: Desk, remote: datetime | None, arrives: bool) -> None:
    (desk.root / "a").write_bytes(b"old")
    os.utime(desk.root / "a", (WHEN.timestamp(), WHEN.timestamp()))
    desk.site.add("/a", b"new", modified=remote)
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.NEWER))
    assert (desk.root / "a").read_bytes() == (b"new" if arrives else b"old")


@pytest.mark.parametrize("policy", [ConflictPolicy.NEWER, ConflictPolicy.NEWER_OR_SIZE_DIFFERS])
@pytest.mark.parametrize("remote", [None, (WHEN + timedelta(hours=2)).replace(tzinfo=None)])
async def test_newer_fails_where_nobody_can_tell_which_one_is(
    desk: Desk, policy: ConflictPolicy, remote: datetime | None
) -> None:
    """Whoever asked for what is newer cannot be told that all is well."""
    (desk.root / "a").write_bytes(b"old")
    os.utime(desk.root / "a", (WHEN.timestamp(), WHEN.timestamp()))
    desk.site.add("/a", b"new", modified=remote)
    assert (await desk.over(desk.fetch("/a", policy=policy))).failed == 1
    assert "which one is newer cannot be told" in (desk.only().error or "")
    assert (desk.root / "a").read_bytes() == b"old"


@pytest.mark.parametrize("policy", [ConflictPolicy.SIZE_DIFFERS, ConflictPolicy.NEWER_OR_SIZE_DIFFERS])
async def test_to_compare_sizes_fails_where_one_is_not_known(desk: Desk, policy: ConflictPolicy) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new", modified=WHEN - timedelta(days=3000))
    entry = replace(desk.site.entry("/a"), size=None)
    batch = desk.queue.copy(desk.place, [("/a", entry)], desk.disk, str(desk.root), policy=policy)
    assert (await desk.over(batch)).failed == 1
    assert "a size is not known" in (desk.only().error or "")
    assert (desk.root / "a").read_bytes() == b"old"


@pytest.mark.parametrize("policy", [ConflictPolicy.RESUME, ConflictPolicy.SIZE_DIFFERS])
@pytest.mark.parametrize("direction", list(Direction))
async def test_a_converted_text_is_neither_resumed_nor_compared_by_size(
    desk: Desk, policy: ConflictPolicy, direction: Direction
) -> None:
    """Where line ends are converted the sizes are not the same, and the bytes of one are not those of the other."""
    desk.queue.how = TransferOptions(ascii_extensions=frozenset({"txt"}))
    here = desk.root / "a.txt"
    if direction is Direction.DOWNLOAD:
        here.write_bytes(DATA[:5000])
        desk.site.add("/in/a.txt", DATA)
        result = await desk.over(desk.fetch("/in/a.txt", policy=policy))
    else:
        here.write_bytes(DATA)
        desk.site.add("/in/a.txt", DATA[:5000])
        result = await desk.over(desk.send("a.txt", policy=policy))
    assert result.failed == 1
    assert "line ends are converted" in (desk.only().error or "")
    target = here.read_bytes() if direction is Direction.DOWNLOAD else desk.site.nodes["/in/a.txt"].data
    assert target == DATA[:5000]


async def test_a_converted_text_that_is_not_newer_is_skipped_whatever_its_size(desk: Desk) -> None:
    desk.queue.how = TransferOptions(ascii_extensions=frozenset({"txt"}))
    (desk.root / "a.txt").write_bytes(b"old")
    desk.site.add("/a.txt", b"older", modified=WHEN - timedelta(days=3000))
    batch = desk.fetch("/a.txt", policy=ConflictPolicy.NEWER_OR_SIZE_DIFFERS)
    assert (await desk.over(batch)).skipped == 1


async def test_a_directory_in_the_way_is_never_replaced(desk: Desk) -> None:
    (desk.root / "a").mkdir()
    desk.site.add("/a", b"new")
    assert (await desk.over(desk.fetch("/a", policy=ConflictPolicy.OVERWRITE))).failed == 1
    assert (desk.root / "a").is_dir()


async def test_two_sources_of_one_batch_never_overwrite_each_other(desk: Desk) -> None:
    """As on a disk where case does not count, or when a server lists a name twice."""
    desk.site.add("/one/a.txt", b"one")
    desk.site.add("/two/a.txt", b"two")
    await desk.over(desk.fetch("/one/a.txt", "/two/a.txt", policy=ConflictPolicy.OVERWRITE))
    assert {path.read_bytes() for path in desk.root.iterdir()} == {b"one", b"two"}
    assert desk.names() == ["a (1).txt", "a.txt"]


async def test_the_default_policy_holds_where_a_batch_has_none(desk: Desk) -> None:
    desk.queue.default_policy = ConflictPolicy.SKIP
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new")
    assert (await desk.over(desk.fetch("/a"))).skipped == 1
    assert desk.decider.questions == []


async def test_rename_to_names_the_one_source(desk: Desk) -> None:
    desk.site.add("/d/x", b"x")
    queue = desk.queue
    await desk.over(
        queue.copy(desk.place, [desk.site.source("/d")], desk.disk, str(desk.root), rename_to="e")
    )
    assert desk.names() == ["e", "e/x"]
    with pytest.raises(ValueError, match="single"):
        queue.copy(desk.place, [desk.site.source("/d")] * 2, desk.disk, str(desk.root), rename_to="e")


async def test_a_skipped_one_is_asked_about_again_on_retry(desk: Desk) -> None:
    (desk.root / "a").write_bytes(b"old")
    desk.site.add("/a", b"new")
    desk.decider.answers = [Decision(ConflictPolicy.SKIP), Decision(ConflictPolicy.OVERWRITE)]
    await desk.over(desk.fetch("/a"))
    desk.queue.retry(1)
    await desk.idle()
    assert (desk.root / "a").read_bytes() == b"new"
    assert [finished.done for finished in desk.events.finished] == [0, 1]
