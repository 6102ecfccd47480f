"""An edited file goes back over the one that was fetched, and over no other: nothing is replaced that has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.fake_endpoint import WHEN
from tests.transfers.conftest import Desk
from tests.transfers.test_store import Runs
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import TransferInterrupted
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.model import TransferState

OLD, NEW = b"as it was fetched", b"as it was edited, and a good deal longer" * 4096


def fetched(desk: Desk) -> Entry:
    """Puts the file on the server; its entry as it was when it was fetched."""
    desk.site.add("/in/notes.txt", OLD)
    return desk.site.entry("/in/notes.txt")


def send(desk: Desk, expected: Entry) -> int:
    """Sends the edited copy back."""
    (desk.root / "edit.txt").write_bytes(NEW)
    return desk.queue.copy(
        desk.disk,
        [desk.chosen("edit.txt")],
        desk.place,
        "/in",
        move=True,
        rename_to="notes.txt",
        expected=expected,
    )


async def test_the_file_that_was_fetched_is_replaced_unasked_and_the_copy_goes(desk: Desk) -> None:
    await desk.over(send(desk, fetched(desk)))
    assert desk.site.nodes["/in/notes.txt"].data == NEW
    assert desk.decider.questions == []
    assert desk.names() == []
    assert any(path.endswith(".part") for verb, path in desk.site.asked if verb == "STOR"), (
        "under another name first"
    )


@pytest.mark.parametrize("change", ["size", "time"])
async def test_a_file_that_changed_meanwhile_is_asked_about_and_the_copy_stays(
    desk: Desk, change: str
) -> None:
    expected = fetched(desk)
    node = desk.site.nodes["/in/notes.txt"]
    if change == "size":
        node.data = theirs = b"by somebody else"
    else:
        theirs, node.modified = OLD, WHEN + timedelta(hours=5)
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    result = await desk.over(send(desk, expected))
    assert (result.skipped, len(desk.decider.questions)) == (1, 1)
    assert node.data == theirs
    assert (desk.root / "edit.txt").read_bytes() == NEW


async def test_the_user_may_keep_both(desk: Desk) -> None:
    expected = fetched(desk)
    desk.site.nodes["/in/notes.txt"].data = b"by somebody else"
    desk.decider.answers = [Decision(ConflictPolicy.RENAME)]
    await desk.over(send(desk, expected))
    assert desk.site.nodes["/in/notes.txt"].data == b"by somebody else"
    assert desk.site.nodes["/in/notes (1).txt"].data == NEW


async def test_where_the_server_tells_no_times_the_size_decides(desk: Desk) -> None:
    expected = replace(fetched(desk), modified=None)
    desk.site.nodes["/in/notes.txt"].modified = None
    await desk.over(send(desk, expected))
    assert desk.site.nodes["/in/notes.txt"].data == NEW
    assert desk.decider.questions == []


async def test_a_line_that_is_cut_leaves_the_old_file_whole_until_the_new_one_is(desk: Desk) -> None:
    expected = fetched(desk)
    seen: list[bytes] = []
    cuts = iter([TransferInterrupted("the line was cut")])

    def look(path: str, count: int) -> None:
        seen.append(desk.site.nodes["/in/notes.txt"].data)
        if count > 60_000 and (cut := next(cuts, None)) is not None:
            raise cut

    desk.site.on_block = look
    await desk.over(send(desk, expected))
    assert next(cuts, None) is None
    assert set(seen) == {OLD}
    assert desk.site.nodes["/in/notes.txt"].data == NEW


async def test_what_a_link_leads_to_is_written_and_the_link_stays(desk: Desk) -> None:
    fetched(desk)
    desk.site.nodes["/in/notes.txt"].kind = EntryKind.LINK
    expected = Entry("notes.txt", EntryKind.LINK, len(OLD))
    await desk.over(send(desk, expected))
    node = desk.site.nodes["/in/notes.txt"]
    assert (node.kind, node.data) == (EntryKind.LINK, NEW)


@pytest_asyncio.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    built = Runs(tmp_path)
    yield built
    await built.end()


@pytest.mark.parametrize("has_changed", [False, True])
async def test_a_later_run_sends_it_and_looks_again(runs: Runs, has_changed: bool) -> None:
    desk = await runs.start()
    expected = fetched(desk)
    desk.queue.pause_all()
    send(desk, expected)
    await desk.events.until(lambda: bool(desk.queue.transfers()))
    await desk.queue.close()
    if has_changed:
        runs.site.nodes["/in/notes.txt"].data = b"by somebody else"
    desk, restored = await runs.restored()
    assert restored.count == 1
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    desk.queue.resume_all()
    await desk.idle()
    assert len(desk.decider.questions) == has_changed
    assert (runs.site.nodes["/in/notes.txt"].data == NEW) is not has_changed
    assert (desk.root / "edit.txt").exists() is has_changed


async def test_what_was_left_half_sent_for_long_is_not_put_over_a_file_that_changed(runs: Runs) -> None:
    desk = await runs.start()
    expected = fetched(desk)
    runs.site.on_block = lambda path, count: desk.queue.pause(1) if count > 60_000 else None
    send(desk, expected)
    await desk.events.until(lambda: bool(desk.queue.transfers()) and desk.state(1) is TransferState.PAUSED)
    await desk.idle()
    await desk.queue.close()
    runs.site.on_block = lambda path, count: None
    runs.site.nodes["/in/notes.txt"].data = b"by somebody else"
    desk, _ = await runs.restored()
    desk.decider.answers = [Decision(ConflictPolicy.SKIP)]
    desk.queue.resume_all()
    await desk.idle()
    assert runs.site.nodes["/in/notes.txt"].data == b"by somebody else"
    assert (desk.root / "edit.txt").read_bytes() == NEW
