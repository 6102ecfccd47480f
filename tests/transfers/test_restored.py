"""Transfers of an earlier run: gone on with where what was left is a beginning of the file, else done anew."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.fake_endpoint import WHEN
from tests.transfers.conftest import Desk
from tests.transfers.test_store import Runs
from tuiftp.choices import ConflictPolicy, TemporaryUpload
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.transfer_options import TransferOptions

DATA = bytes(number * number % 253 for number in range(150_000))
CUT = 60 * 1024


@pytest_asyncio.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    built = Runs(tmp_path)
    yield built
    await built.end()


async def left_in_the_middle(runs: Runs) -> None:
    """A run that ends while one upload is under way, over an old file."""
    desk = await runs.start()
    runs.site.add("/in/a", b"old")
    (desk.root / "a").write_bytes(DATA)

    def pause(path: str, count: int) -> None:
        if count >= CUT and runs.site.nodes[path].data != DATA:
            desk.queue.pause(1)

    runs.site.on_block = pause
    desk.send("a", policy=ConflictPolicy.OVERWRITE)
    await desk.events.until(lambda: bool(desk.queue.transfers()) and desk.state(1) is TransferState.PAUSED)
    await desk.idle()
    await desk.queue.close()
    runs.site.on_block = lambda path, count: None


async def finished(runs: Runs, how: TransferOptions | None = None) -> Desk:
    """A run that brings the upload back and ends it."""
    desk, restored = await runs.restored()
    desk.queue.how = how or desk.queue.how
    assert restored.count == 1
    desk.queue.resume_all()
    await desk.idle()
    assert desk.only().state is TransferState.DONE
    assert desk.only().is_verified
    assert set(runs.site.nodes) == {"/", "/in", "/in/a"}
    return desk


async def test_it_goes_on_behind_what_the_server_holds(runs: Runs) -> None:
    await left_in_the_middle(runs)
    assert runs.site.nodes["/in/a"].data == b"old"
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, CUT]
    assert runs.site.nodes["/in/a"].data == DATA


async def test_what_was_damaged_meanwhile_is_sent_whole(runs: Runs) -> None:
    await left_in_the_middle(runs)
    (path,) = (path for path in runs.site.nodes if path.endswith(".part"))
    runs.site.nodes[path].data = runs.site.nodes[path].data[:-1] + b"?"
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, 0]
    assert runs.site.nodes["/in/a"].data == DATA


async def test_a_local_file_that_changed_meanwhile_is_sent_whole(runs: Runs) -> None:
    await left_in_the_middle(runs)
    other = b"x" * 1000 + DATA[1000:]
    (runs.root / "a").write_bytes(other)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, 0]
    assert runs.site.nodes["/in/a"].data == other


async def test_one_that_was_whole_and_renamed_is_known_again(runs: Runs) -> None:
    """Killed after the rename, before that was written down."""
    await left_in_the_middle(runs)
    (path,) = (path for path in runs.site.nodes if path.endswith(".part"))
    del runs.site.nodes[path]
    entry = (runs.root / "a").stat()
    node = runs.site.add("/in/a", DATA)
    node.modified = node.modified and node.modified.fromtimestamp(int(entry.st_mtime), node.modified.tzinfo)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0]


async def test_a_beginning_in_its_very_place_is_replaced_without_asking(runs: Runs) -> None:
    """A small file that is sent without a temporary name, and an end in its middle: half of it must not stay."""
    desk = await runs.start()
    runs.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA[:20_000])
    stop = runs.site.stop("/in/a", 8192)
    desk.send("a", policy=ConflictPolicy.SKIP)
    await desk.meets(stop)
    await desk.queue.close()
    assert runs.site.nodes["/in/a"].data == DATA[:8192]
    await finished(runs)
    assert runs.site.nodes["/in/a"].data == DATA[:20_000]


@pytest.mark.parametrize("held", [0, 8192])
@pytest.mark.parametrize("policy", [ConflictPolicy.SKIP, ConflictPolicy.NEWER])
async def test_a_beginning_that_may_be_another_s_is_neither_replaced_nor_taken_for_the_whole(
    runs: Runs, held: int, policy: ConflictPolicy
) -> None:
    """Written down as about to begin, and killed before it was: the file was there all along."""
    desk = await runs.start()
    runs.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA[:20_000])
    (desk.root / "first").write_bytes(DATA[:20_000])
    stop = runs.site.stop("/in/first", 8192)
    desk.queue.set_parallel(1)
    desk.send("first", "a", policy=policy)
    await desk.meets(stop)
    await desk.queue.close()
    runs.site.add("/in/a", DATA[:held])
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert runs.site.nodes["/in/a"].data == DATA[:held]
    transfer = desk.only_named("a")
    assert transfer.state is TransferState.FAILED
    assert f"holds only the first {held:,} of 20,000 bytes" in (transfer.error or "")


@pytest.mark.parametrize("held", [0, 8192])
async def test_rename_leaves_a_beginning_that_may_be_another_s(runs: Runs, held: int) -> None:
    """Only what was written down as free before it was begun is taken as our own."""
    desk = await runs.start()
    runs.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA[:20_000])
    (desk.root / "first").write_bytes(DATA[:20_000])
    stop = runs.site.stop("/in/first", 8192)
    desk.queue.set_parallel(1)
    desk.send("first", "a", policy=ConflictPolicy.RENAME)
    await desk.meets(stop)
    await desk.queue.close()
    runs.site.add("/in/a", DATA[:held])
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert runs.site.nodes["/in/a"].data == DATA[:held]
    assert runs.site.nodes["/in/a (1)"].data == DATA[:20_000]
    assert runs.site.nodes["/in/first"].data == DATA[:20_000]
    assert "/in/first (1)" not in runs.site.nodes


async def test_another_file_under_a_name_that_was_free_is_not_replaced_unasked(runs: Runs) -> None:
    desk = await runs.start()
    runs.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA[:20_000])
    stop = runs.site.stop("/in/a", 8192)
    desk.send("a", policy=ConflictPolicy.RENAME)
    await desk.meets(stop)
    await desk.queue.close()
    runs.site.add("/in/a", b"of another")
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert runs.site.nodes["/in/a"].data == b"of another"
    assert runs.site.nodes["/in/a (1)"].data == DATA[:20_000]


async def test_a_beginning_that_may_be_another_s_is_asked_about(runs: Runs) -> None:
    """Nothing was decided when the run was killed: the user is asked, as without that run."""
    desk = await runs.start()
    runs.site.add_directory("/in")
    (desk.root / "a").write_bytes(DATA[:20_000])
    (desk.root / "first").write_bytes(DATA[:20_000])
    stop = runs.site.stop("/in/first", 8192)
    desk.queue.set_parallel(1)
    desk.send("first", "a", policy=ConflictPolicy.ASK)
    await desk.meets(stop)
    await desk.queue.close()
    runs.site.add("/in/a", DATA[:8192])
    desk, _ = await runs.restored()
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    desk.queue.resume_all()
    await desk.idle()
    assert len(desk.decider.questions) == 1
    assert runs.site.nodes["/in/a"].data == DATA[:8192]
    assert desk.only_named("a").state is TransferState.SKIPPED


async def test_a_download_that_was_in_its_place_is_known_again_and_its_part_is_removed(runs: Runs) -> None:
    """Killed after the file got its name, and before the name of the part was taken away."""
    desk = await runs.start()
    runs.site.add("/b", DATA)
    stop = runs.site.stop("/b", 60_000)
    desk.fetch("/b", policy=ConflictPolicy.SKIP)
    await desk.meets(stop)
    await desk.queue.close()
    (part,) = desk.parts()
    part.write_bytes(DATA)
    os.utime(part, (WHEN.timestamp(),) * 2)
    (desk.root / "b").hardlink_to(part)
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert desk.only().state is TransferState.DONE
    assert desk.names() == ["b"]
    assert [offset for *_, offset in runs.site.offsets] == [0]


async def test_a_part_with_a_second_name_is_not_written_to(runs: Runs) -> None:
    """As before, but the file was given another time since: it is fetched anew, and nothing is left over."""
    desk = await runs.start()
    runs.site.add("/b", DATA)
    stop = runs.site.stop("/b", 60_000)
    desk.fetch("/b", policy=ConflictPolicy.OVERWRITE)
    await desk.meets(stop)
    await desk.queue.close()
    (part,) = desk.parts()
    (desk.root / "kept").hardlink_to(part)
    before = part.read_bytes()
    desk, _ = await runs.restored()
    desk.queue.resume_all()
    await desk.idle()
    assert (desk.root / "b").read_bytes() == DATA
    assert (desk.root / "kept").read_bytes() == before
    assert desk.names() == ["b", "kept"]


async def sent_before(runs: Runs, name: str = "a", *, old: bytes | None = None, move: bool = False) -> None:
    """A run that is killed right after the rename: the file is whole in its place, and nobody has noted that."""
    desk = await runs.start()
    runs.site.add_directory("/in")
    if old is not None:
        runs.site.add(f"/in/{name}", old)
    (desk.root / name).write_bytes(DATA)
    runs.site.on_block = lambda path, count: desk.queue.pause(1) if count >= CUT else None
    desk.send(name, policy=ConflictPolicy.OVERWRITE, move=move)
    await desk.events.until(lambda: bool(desk.queue.transfers()) and desk.state(1) is TransferState.PAUSED)
    await desk.idle()
    await desk.queue.close()
    runs.site.on_block = lambda path, count: None
    (part,) = (path for path in runs.site.nodes if path.endswith(".part"))
    del runs.site.nodes[part]


def puts_there(runs: Runs, data: bytes) -> None:
    """What is in the upload's place when the next run begins, with the time of its arrival."""
    node = runs.site.add("/in/a", data)
    node.modified = WHEN


async def test_one_that_was_new_and_is_whole_is_not_sent_again(runs: Runs) -> None:
    """Where the server keeps no times: nothing had the name before, and size and end are those of this file."""
    await sent_before(runs)
    puts_there(runs, DATA)
    desk = await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0], "nothing but what the first run sent"
    assert desk.only().transferred == len(DATA)


async def test_one_whose_end_is_of_another_file_is_sent_again(runs: Runs) -> None:
    await sent_before(runs)
    puts_there(runs, DATA[:-1] + b"?")
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, 0]
    assert runs.site.nodes["/in/a"].data == DATA


async def test_one_that_was_changed_here_since_is_sent_again(runs: Runs) -> None:
    """The end is the same, the middle is not: a database, or the image of a disk."""
    await sent_before(runs)
    puts_there(runs, DATA)
    other = b"x" * 1000 + DATA[1000:]
    (runs.root / "a").write_bytes(other)
    await finished(runs)
    assert runs.site.nodes["/in/a"].data == other


async def test_an_older_file_that_ends_alike_is_not_taken_for_it(runs: Runs) -> None:
    """There was one before: its size and end prove nothing, so that it is sent whole."""
    old = b"x" * 1000 + DATA[1000:]
    await sent_before(runs, old=old)
    puts_there(runs, old)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0, 0]
    assert runs.site.nodes["/in/a"].data == DATA


async def test_an_older_file_that_ends_alike_is_not_taken_for_it_in_its_very_place(runs: Runs) -> None:
    """The same without a temporary name."""
    old = b"x" * 1000 + DATA[1000:]
    never = TransferOptions(upload_temporary=TemporaryUpload.NEVER)
    desk = await runs.start()
    desk.queue.how = never
    runs.site.add("/in/a", old)
    (desk.root / "a").write_bytes(DATA)
    stop = runs.site.stop("/in/a", 0)
    desk.send("a", policy=ConflictPolicy.OVERWRITE)
    await desk.meets(stop)
    await desk.queue.close()
    puts_there(runs, old)
    await finished(runs, never)
    assert runs.site.nodes["/in/a"].data == DATA


async def test_a_checksum_of_the_server_proves_it_where_there_was_a_file_before(runs: Runs) -> None:
    runs.site.checksum = "sha256"
    await sent_before(runs, old=b"old")
    puts_there(runs, DATA)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0]
    assert ("HASH", "/in/a") in runs.site.asked


async def test_a_checksum_of_the_server_shows_that_it_is_another(runs: Runs) -> None:
    runs.site.checksum = "sha256"
    old = b"x" * 1000 + DATA[1000:]
    await sent_before(runs, old=old)
    puts_there(runs, old)
    await finished(runs)
    assert runs.site.nodes["/in/a"].data == DATA


async def test_the_source_of_a_move_goes_once_its_copy_is_known_to_be_whole(runs: Runs) -> None:
    await sent_before(runs, move=True)
    puts_there(runs, DATA)
    await finished(runs)
    assert [offset for *_, offset in runs.site.offsets] == [0]
    assert not (runs.root / "a").exists()
