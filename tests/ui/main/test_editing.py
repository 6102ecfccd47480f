"""F4: a local file goes to the editor as it is, a remote one as a private copy, which the queue sends if changed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.fake_endpoint import FakeSite, Fault, refused
from tests.ui.browser_host import BrowserHost, ready, takes_keys
from tests.ui.panel_host import until
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import TransferInterrupted
from tuiftp.events import EventBus
from tuiftp.files.local import LocalEndpoint
from tuiftp.storage.locations import state_dir
from tuiftp.transfers.edited_copies import EditedCopies, safe_suffix
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.dialogs.basic import Confirm, Message
from tuiftp.ui.main.editing import LARGEST_EDIT
from tuiftp.ui.main.editor import Editor, editor_command
from tuiftp.ui.transfers.conflict_dialog import ConflictDialog

SIZE = (120, 36)
Edit = Callable[[Path], object]
Install = Callable[..., list[Path]]


class EditHost(BrowserHost):
    """The app with a queue that works, against a site in memory."""

    def make_queue(self, bus: EventBus, decider: DeciderSlot) -> Any:
        self.real = TransferQueue(
            bus=bus,
            decider=decider,
            local=LocalEndpoint(),
            rules=RetryRules(attempts=1, connection_attempts=1),
        )
        return self.real


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts an editor in place that does to the file what the test says."""

    def install(edit: Edit = lambda path: None, status: int = 0) -> list[Path]:
        opened: list[Path] = []

        async def run(_: Editor, app: object, path: str) -> int:
            opened.append(Path(path))
            edit(Path(path))
            return status

        monkeypatch.setattr(Editor, "run", run)
        return opened

    return install


def site(name: str = "/notes.txt") -> FakeSite:
    there = FakeSite()
    there.add(name, b"old text")
    return there


def write(data: bytes) -> Edit:
    return lambda path: path.write_bytes(data)


def kept() -> list[Path]:
    """The copies that lie in the state directory."""
    return sorted((state_dir() / "edits").glob("*/edit*"))


def told(app: BrowserHost) -> str:
    """All messages on the screen, one after the other."""
    return "\n".join(each.message for each in app._notifications)


async def edit_remote(app: EditHost, pilot: Pilot[None]) -> None:
    await app.real.start()
    await ready(pilot, app.local, app.remote)
    app.remote.list.focus()
    await pilot.press("f4")


async def send(app: EditHost, pilot: Pilot[None]) -> None:
    await edit_remote(app, pilot)
    await until(pilot, lambda: isinstance(app.screen, Confirm))
    await pilot.press("y")


async def test_a_remote_file_that_is_left_as_it_was_is_not_sent(editor: Install) -> None:
    opened = editor()
    app = EditHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: "nothing is sent" in app.remote.notice.text)
        assert opened[0].suffix == ".txt"
        assert app.there.count("STOR") == 0
        assert kept() == []


async def test_a_changed_remote_file_is_sent_by_the_queue_after_a_yes(editor: Install) -> None:
    modes: list[int] = []

    def edit(path: Path) -> None:
        modes.append(path.parent.stat().st_mode & 0o777)
        path.write_bytes(b"new text, longer")

    editor(edit)
    app = EditHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await send(app, pilot)
        await until(pilot, lambda: app.there.nodes["/notes.txt"].data == b"new text, longer")
        await until(pilot, lambda: kept() == [])
        (sent,) = app.real.transfers()
        assert (sent.name, sent.state, sent.is_verified) == ("notes.txt", TransferState.DONE, True)
        assert all(path != "/notes.txt" for verb, path in app.there.asked if verb == "STOR")
        assert modes == [0o700]
        await until(
            pilot, lambda: not (state_dir() / "edits").exists() or not list((state_dir() / "edits").iterdir())
        )


async def test_a_changed_copy_that_is_not_sent_is_kept(editor: Install) -> None:
    opened = editor(write(b"hours of work"))
    app = EditHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: str(opened[0]) in app.remote.notice.text)
        assert opened[0].read_bytes() == b"hours of work"
        assert app.there.count("STOR") == 0


async def test_a_file_that_changed_on_the_server_meanwhile_is_asked_about(editor: Install) -> None:
    app = EditHost(FakeSite(), site())

    def edit(path: Path) -> None:
        path.write_bytes(b"mine")
        app.there.nodes["/notes.txt"].data = b"theirs, of another size"

    opened = editor(edit)
    async with app.run_test(size=SIZE) as pilot:
        await send(app, pilot)
        await until(pilot, lambda: takes_keys(app, ConflictDialog))
        await pilot.press("escape")
        await until(pilot, lambda: str(opened[0]) in told(app))
        assert app.there.nodes["/notes.txt"].data == b"theirs, of another size"
        assert opened[0].read_bytes() == b"mine"


async def test_a_copy_that_the_server_does_not_take_is_kept_and_goes_when_it_is_tried_again(
    editor: Install,
) -> None:
    opened = editor(write(b"hours of work"))
    app = EditHost(FakeSite(), site())
    app.there.refusals["STOR", "*"] = refused("STOR", text="Permission denied")
    async with app.run_test(size=SIZE) as pilot:
        await send(app, pilot)
        await until(pilot, lambda: str(opened[0]) in told(app))
        assert "Permission denied" in told(app)
        assert app.there.nodes["/notes.txt"].data == b"old text"
        assert opened[0].read_bytes() == b"hours of work"
        app.there.refusals.clear()
        app.real.retry_failed()
        await until(pilot, lambda: app.there.nodes["/notes.txt"].data == b"hours of work")
        await until(pilot, lambda: kept() == [])


async def test_a_fetch_that_breaks_is_made_again_and_the_whole_file_is_edited(editor: Install) -> None:
    seen: list[bytes] = []
    editor(lambda path: seen.append(path.read_bytes()))
    app = EditHost(FakeSite(), site())
    app.there.fail("/notes.txt", Fault(after=3, error=TransferInterrupted("the line was cut")))
    app.there.fail("/notes.txt", Fault(after=5, ends=True))
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: bool(seen))
        assert seen == [b"old text"]


async def test_a_file_that_never_comes_whole_is_not_edited(editor: Install) -> None:
    opened = editor()
    app = EditHost(FakeSite(), site())
    app.there.fail("/notes.txt", Fault(after=5, ends=True, times=99))
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: "5 bytes of 8 arrived" in app.remote.notice.text)
        assert (opened, kept()) == ([], [])


async def test_a_file_too_big_to_edit_is_not_fetched(editor: Install) -> None:
    opened = editor()
    there = FakeSite()
    there.extra["/"] = [Entry("big", EntryKind.FILE, LARGEST_EDIT + 1)]
    app = EditHost(FakeSite(), there)
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: takes_keys(app, Message))
        assert opened == []
        assert app.there.count("RETR") == 0


async def test_what_a_killed_editor_has_saved_for_recovery_is_kept(editor: Install) -> None:
    opened = editor(lambda path: path.with_name(f".{path.name}.swp").write_bytes(b"unsaved"), -signal.SIGTERM)
    app = EditHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await edit_remote(app, pilot)
        await until(pilot, lambda: str(opened[0].parent) in app.remote.notice.text)
        assert "ended by SIGTERM" in app.remote.notice.text
        assert opened[0].with_name(f".{opened[0].name}.swp").read_bytes() == b"unsaved"


async def test_an_edit_that_an_ended_run_has_not_sent_is_told_of_once() -> None:
    copies = EditedCopies(state_dir() / "edits")
    for number, is_changed in enumerate((True, False)):
        copy = copies.begin(site="ftp://demo@example.com", remote=f"/notes{number}.txt", name="notes.txt")
        copy.path.write_bytes(b"old")
        copy.fetched()
        if is_changed:
            copy.path.write_bytes(b"hours of work")
        assert copy.lock is not None
        copy.lock.release()
    for is_first in (True, False):
        app = EditHost(FakeSite())
        async with app.run_test(size=SIZE) as pilot:
            await ready(pilot, app.local)
            if is_first:
                await until(pilot, lambda app=app: takes_keys(app, Message))  # type: ignore[misc]
                assert isinstance(app.screen, Message)
                assert any(str(kept()[0]) in line for line in app.screen.lines)
                assert not any("/notes1.txt" in line for line in app.screen.lines)
                await pilot.press("enter")
            await until(pilot, lambda app=app: not any(each.group == "edits" for each in app.workers))  # type: ignore[misc]
            assert app.screen is app.main
        assert [path.read_bytes() for path in kept()] == [b"hours of work"]


def test_the_copy_of_a_program_that_still_runs_is_left_alone() -> None:
    copies = EditedCopies(state_dir() / "edits")
    copy = copies.begin(site="ftp://a", remote="/a", name="a")
    copy.path.write_bytes(b"x")
    copy.fetched()
    child = os.fork()
    if not child:
        os._exit(len(EditedCopies(state_dir() / "edits").left()))
    assert os.waitpid(child, 0)[1] == 0
    assert copy.path.exists()


async def test_a_terminal_that_cannot_be_given_away_is_told_in_the_pane() -> None:
    app = BrowserHost(site())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local)
        await pilot.press("f4")
        await until(pilot, lambda: "cannot be given to an editor" in app.local.notice.text)


def test_the_editor_is_the_users_with_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "ed")
    monkeypatch.setenv("VISUAL", "code --wait 'a b'")
    assert editor_command() == ["code", "--wait", "a b"]
    monkeypatch.delenv("VISUAL")
    assert editor_command() == ["ed"]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.py", ".py"),
        ("a.tar.gz", ".gz"),
        ("a", ""),
        ("a.$(rm -rf)", ""),
        ("a.\n", ""),
        ("-rf", ""),
        ("x.é", ""),
    ],
)
def test_of_a_strangers_name_only_a_plain_extension_is_used(name: str, suffix: str) -> None:
    assert safe_suffix(name) == suffix
