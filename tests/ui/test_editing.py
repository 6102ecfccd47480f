"""F4: a local file goes to the editor as it is, a remote one as a private copy that comes back if it was changed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.panel_host import until
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.ui.editor import Editor, editor_command
from tuiftp.ui.screens.dialogs import Confirm, Message
from tuiftp.ui.viewing import LARGEST_EDIT, _safe_suffix

SIZE = (120, 36)
Edit = Callable[[Path], None]


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Edit], list[Path]]:
    """Puts an editor in place that does to the file what the test says."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def install(edit: Edit) -> list[Path]:
        opened: list[Path] = []

        async def run(_: Editor, app: object, path: str) -> int:
            opened.append(Path(path))
            edit(Path(path))
            return 0

        monkeypatch.setattr(Editor, "run", run)
        return opened

    return install


def site(name: str = "/notes.txt") -> FakeSite:
    there = FakeSite()
    there.add(name, b"old text")
    return there


async def test_a_remote_file_that_is_left_as_it_was_is_not_sent(
    editor: Callable[[Edit], list[Path]], tmp_path: Path
) -> None:
    opened = editor(lambda path: None)
    app = BrowserHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: bool(opened) and not list(tmp_path.iterdir()))
        assert opened[0].suffix == ".txt"
        assert app.there.count("STOR") == 0
        await until(pilot, lambda: "nothing is sent" in app.remote.notice.text)


async def test_a_changed_remote_file_is_sent_back_after_a_yes(
    editor: Callable[[Edit], list[Path]], tmp_path: Path
) -> None:
    editor(lambda path: void(path.write_bytes(b"new text, longer")))
    app = BrowserHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: app.there.nodes["/notes.txt"].data == b"new text, longer")
        await until(pilot, lambda: not list(tmp_path.iterdir()))


async def test_a_changed_copy_that_is_not_sent_is_kept(
    editor: Callable[[Edit], list[Path]], tmp_path: Path
) -> None:
    opened = editor(lambda path: void(path.write_bytes(b"hours of work")))
    app = BrowserHost(FakeSite(), site())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: str(opened[0]) in app.remote.notice.text)
        assert opened[0].read_bytes() == b"hours of work"
        assert app.there.count("STOR") == 0


async def test_a_file_that_changed_on_the_server_meanwhile_is_not_replaced(
    editor: Callable[[Edit], list[Path]], tmp_path: Path
) -> None:
    app = BrowserHost(FakeSite(), site())

    def edit(path: Path) -> None:
        path.write_bytes(b"mine")
        app.there.nodes["/notes.txt"].data = b"theirs, of another size"

    opened = editor(edit)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "changed by someone else" in app.remote.notice.text)
        assert app.there.nodes["/notes.txt"].data == b"theirs, of another size"
        assert opened[0].read_bytes() == b"mine"


async def test_a_file_too_big_to_edit_is_not_fetched(editor: Callable[[Edit], list[Path]]) -> None:
    opened = editor(lambda path: None)
    there = FakeSite()
    there.extra["/"] = [Entry("big", EntryKind.FILE, LARGEST_EDIT + 1)]
    app = BrowserHost(FakeSite(), there)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app.local, app.remote)
        app.remote.list.focus()
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Message))
        assert opened == []
        assert app.there.count("RETR") == 0


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
    assert _safe_suffix(name) == suffix


def void(_: object) -> None:
    """Drops a value."""
