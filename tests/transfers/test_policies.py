"""Whole batches by a policy, each direction by its own; and names that a disk mixes up or cannot have."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta

import pytest

from tests.support.fake_endpoint import WHEN
from tests.transfers.conftest import Desk
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.files.name_rules import spelling_key
from tuiftp.files.safe_open import Folder
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.model import Direction
from tuiftp.transfers.same_version import is_newer, is_same_time
from tuiftp.transfers.transfer_options import TransferOptions, parse_extensions

OLD, NEW = b"old", b"newer"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("policy", "data", "when", "arrives"),
    [
        (ConflictPolicy.SIZE_DIFFERS, NEW, WHEN - DAY, True),
        (ConflictPolicy.SIZE_DIFFERS, b"new", WHEN + DAY, False),
        (ConflictPolicy.NEWER_OR_SIZE_DIFFERS, NEW, WHEN - DAY, True),
        (ConflictPolicy.NEWER_OR_SIZE_DIFFERS, b"new", WHEN + DAY, True),
        (ConflictPolicy.NEWER_OR_SIZE_DIFFERS, b"new", WHEN, False),
        (ConflictPolicy.NEWER, NEW, WHEN, False),
        (ConflictPolicy.OVERWRITE, b"new", WHEN - DAY, True),
        (ConflictPolicy.SKIP, NEW, WHEN + DAY, False),
    ],
)
@pytest.mark.parametrize("direction", list(Direction))
async def test_policies(
    desk: Desk, direction: Direction, policy: ConflictPolicy, data: bytes, when: datetime, arrives: bool
) -> None:
    here = desk.root / "a"
    if direction is Direction.DOWNLOAD:
        here.write_bytes(OLD)
        os.utime(here, (WHEN.timestamp(),) * 2)
        desk.site.add("/in/a", data, modified=when)
        await desk.over(desk.fetch("/in/a", policy=policy))
        assert here.read_bytes() == (data if arrives else OLD)
    else:
        here.write_bytes(data)
        os.utime(here, (when.timestamp(),) * 2)
        desk.site.add("/in/a", OLD, modified=WHEN)
        await desk.over(desk.send("a", policy=policy))
        assert desk.site.nodes["/in/a"].data == (data if arrives else OLD)
    assert desk.decider.questions == []


async def test_each_direction_has_its_own_usual_policy(desk: Desk) -> None:
    desk.queue.how = TransferOptions(downloads=ConflictPolicy.SKIP, uploads=ConflictPolicy.OVERWRITE)
    (desk.root / "a").write_bytes(OLD)
    desk.site.add("/in/a", NEW)
    assert (await desk.over(desk.fetch("/in/a"))).skipped == 1
    assert (await desk.over(desk.send("a"))).done == 1
    assert desk.site.nodes["/in/a"].data == OLD


async def test_a_time_without_a_zone_is_asked_for_once_it_matters(desk: Desk) -> None:
    (desk.root / "a").write_bytes(OLD)
    os.utime(desk.root / "a", (WHEN.timestamp(),) * 2)
    desk.site.add("/a", NEW, modified=WHEN.replace(tzinfo=None))
    desk.site.times["/a"] = WHEN + timedelta(hours=3)
    await desk.over(desk.fetch("/a", policy=ConflictPolicy.NEWER))
    assert (desk.root / "a").read_bytes() == NEW
    assert (desk.root / "a").stat().st_mtime == (WHEN + timedelta(hours=3)).timestamp()


async def test_a_person_is_shown_times_that_can_be_compared(desk: Desk) -> None:
    (desk.root / "a").write_bytes(OLD)
    desk.site.add("/a", NEW, modified=WHEN.replace(tzinfo=None))
    desk.site.times["/a"] = WHEN
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    await desk.over(desk.fetch("/a"))
    assert desk.decider.questions[0].source_modified == WHEN


@pytest.fixture
def mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes spellings that differ in case or form for one name, as FAT, NTFS and HFS+ do."""
    usual = Folder._stat

    def stat(self: Folder, name: str) -> os.stat_result | None:
        same = (one for one in os.listdir(self.path) if spelling_key(one) == spelling_key(name))
        listed = next(same, name)
        return usual(self, listed)

    monkeypatch.setattr(Folder, "_stat", stat)


@pytest.mark.usefixtures("mixed_up")
@pytest.mark.parametrize(("there", "here"), [("readme", "README"), ("\u00e9", "e\u0301")])
async def test_s22_another_spelling_is_another_file_and_never_replaced_unasked(
    desk: Desk, there: str, here: str
) -> None:
    (desk.root / here).write_bytes(OLD)
    desk.site.add(f"/{there}", NEW)
    await desk.over(desk.fetch(f"/{there}", policy=ConflictPolicy.OVERWRITE))
    assert (desk.root / here).read_bytes() == OLD
    assert (desk.root / f"{there} (1)").read_bytes() == NEW


@pytest.mark.usefixtures("mixed_up")
async def test_s22_two_spellings_of_one_batch_both_arrive(desk: Desk) -> None:
    desk.site.add("/README", OLD)
    desk.site.add("/readme", NEW)
    await desk.over(desk.fetch("/README", "/readme", policy=ConflictPolicy.OVERWRITE))
    assert {path.read_bytes() for path in desk.root.iterdir()} == {OLD, NEW}


async def test_f20_a_name_that_the_disk_cannot_have_is_escaped_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    desk.site.add("/dé/café", NEW)
    await desk.over(desk.fetch("/dé"))
    assert desk.names() == ["d%C3%A9", "d%C3%A9/caf%C3%A9"]
    assert "d%C3%A9/caf%C3%A9" in (desk.only().error or "")


async def test_a_move_of_an_escaped_name_empties_its_directory_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    desk.site.add("/d/café", NEW)
    await desk.over(desk.fetch("/d", move=True))
    assert set(desk.site.nodes) == {"/"}


def entry(when: datetime, precision: Precision = Precision.SECOND) -> Entry:
    return Entry("a", EntryKind.FILE, 1, when, precision)


@pytest.mark.parametrize(
    ("difference", "precision", "same"),
    [
        (timedelta(seconds=2), Precision.SECOND, True),
        (timedelta(seconds=3), Precision.SECOND, False),
        (timedelta(seconds=60), Precision.MINUTE, True),
        (timedelta(seconds=61), Precision.MINUTE, False),
        (timedelta(hours=1, seconds=30), Precision.MINUTE, True),
        (timedelta(hours=1), Precision.SECOND, False),
        (timedelta(hours=2), Precision.MINUTE, False),
    ],
)
def test_f18_times_are_the_same_within_what_is_known_of_them(
    difference: timedelta, precision: Precision, same: bool
) -> None:
    assert is_same_time(entry(WHEN), entry(WHEN + difference, precision)) is same
    assert is_same_time(entry(WHEN + difference), entry(WHEN, precision)) is same
    if same:
        assert not is_newer(entry(WHEN + difference, precision), entry(WHEN))


def test_f18_times_of_unknown_zones_are_not_compared() -> None:
    assert is_same_time(entry(WHEN), entry(WHEN.replace(tzinfo=None))) is None


def test_extensions_are_read_as_people_write_them() -> None:
    assert parse_extensions(" txt, .csv;*.HTML *") == {"txt", "csv", "html"}
    rules = TransferOptions(ascii_extensions=parse_extensions("txt"))
    assert rules.is_text("a.TXT")
    assert not rules.is_text("txt")
    assert not rules.is_text(".txt")


async def test_a_batch_may_be_text_whatever_its_names(desk: Desk) -> None:
    desk.site.add("/a.bin", NEW)
    source = desk.site.source("/a.bin")
    await desk.over(desk.queue.copy(desk.place, [source], desk.disk, str(desk.root), is_text=True))
    assert desk.site.text == {"/a.bin"}
