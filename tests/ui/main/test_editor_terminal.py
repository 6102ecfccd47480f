"""F4 on a real terminal: Ctrl+C and Ctrl+Z are the editor's, and nothing of it ends the app or spoils its screen."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer
from tests.support.terminal import Terminal, terminal
from tuiftp.storage.locations import state_dir

ROOT = Path(__file__).parents[2]
F4, CTRL_C, QUIT = "\x1bOS", "\x03", "\x1b[21~"
EDITING = "echo editing; while :; do sleep 0.05; done"
HINT = "There is nothing to cancel here."


@pytest.fixture
def screen() -> Iterator[Terminal]:
    with terminal() as made:
        yield made


def start(screen: Terminal, directory: Path, script: str = "", url: str = "") -> Path:
    """Starts the app in a directory with one file, or on a server, with a shell script for an editor."""
    (directory / "work").mkdir()
    file = directory / "work" / "notes.txt"
    file.write_text("old\n")
    editor = directory / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o700)
    environment = {
        **os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "EDITOR": str(editor), "FILE": str(file),
    }  # fmt: skip
    screen.start(
        [sys.executable, "-m", "tuiftp", *filter(None, [url])], cwd=directory / "work", env=environment
    )
    screen.until("notes.txt")
    screen.type("\x1b[B")  # down, to the file
    return file


def quit_app(screen: Terminal) -> None:
    screen.type(QUIT)
    assert screen.ended() == 0


def test_ctrl_c_in_the_editor_goes_to_the_editor_and_the_app_goes_on(
    screen: Terminal, tmp_path: Path
) -> None:
    got = tmp_path / "got"
    start(
        screen,
        tmp_path,
        f"trap 'echo interrupted >{got}; exit 0' INT; {EDITING}",
    )
    before = screen.until("notes.txt")
    screen.type(F4)
    at = screen.until("editing", since=before)
    screen.type(CTRL_C)
    screen.until("\x1b[?1049h", since=at)
    assert got.read_text() == "interrupted\n"
    quit_app(screen)


def test_ctrl_c_in_a_menu_of_editors_ends_the_menu_only(screen: Terminal, tmp_path: Path) -> None:
    start(screen, tmp_path, "printf 'Choose an editor: '; read answer; echo never")
    screen.type(F4)
    at = screen.until("Choose an editor: ")
    screen.type(CTRL_C)
    screen.until("\x1b[?1049h", since=at)
    screen.until("ended by SIGINT", since=at)
    assert b"never" not in screen.output[at:]
    quit_app(screen)


def test_an_editor_that_ignores_nothing_dies_of_ctrl_backslash_alone(
    screen: Terminal, tmp_path: Path
) -> None:
    start(screen, tmp_path, f"ulimit -c 0; {EDITING}")
    screen.type(F4)
    at = screen.until("editing")
    screen.type("\x1c")
    screen.until("\x1b[?1049h", since=at)
    quit_app(screen)


def test_ctrl_z_stops_the_editor_and_the_app_and_the_shell_goes_on_with_both(
    screen: Terminal, tmp_path: Path
) -> None:
    start(screen, tmp_path, "echo editing; while [ ! -e ../end ]; do sleep 0.05; done")
    screen.type(F4)
    at = screen.until("editing")
    assert screen.process is not None
    # A terminal stops no group that nobody would wake: with a shell above it, this is what Ctrl+Z sends.
    os.killpg(screen.process.pid, signal.SIGSTOP)
    os.killpg(screen.process.pid, signal.SIGCONT)
    (tmp_path / "end").touch()
    screen.until("\x1b[?1049h", since=at)
    quit_app(screen)


def test_an_editor_that_does_not_exist_leaves_the_app_its_screen(
    screen: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(screen, tmp_path)
    (tmp_path / "editor").unlink()
    screen.type(F4)
    screen.until("could not be started")
    quit_app(screen)


def test_sigterm_while_the_editor_runs_ends_both_and_gives_the_terminal_back(
    screen: Terminal, tmp_path: Path
) -> None:
    before = screen.mode()
    told = tmp_path / "told"
    start(
        screen,
        tmp_path,
        f"trap 'echo yes >{told}; exit 1' TERM; stty raw -echo; echo editing; while :; do sleep 0.05; done",
    )
    screen.type(F4)
    screen.until("editing")
    assert screen.process is not None
    screen.process.terminate()
    assert screen.ended() == 143
    assert told.exists()
    assert screen.mode() == before
    assert screen.output.rfind(b"\x1b[?1049l") > screen.output.rfind(b"\x1b[?1049h")


def test_an_editor_that_will_not_end_does_not_keep_the_app_from_ending(
    screen: Terminal, tmp_path: Path
) -> None:
    before = screen.mode()
    start(
        screen,
        tmp_path,
        "trap '' TERM HUP; stty raw -echo; echo $$ >../pid; echo editing; while :; do sleep 0.05; done",
    )
    screen.type(F4)
    screen.until("editing")
    assert screen.process is not None
    screen.process.terminate()
    assert screen.ended() == 143
    assert screen.mode() == before
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_ctrl_c_in_a_pane_says_how_to_quit(screen: Terminal, tmp_path: Path) -> None:
    start(screen, tmp_path)
    screen.type(CTRL_C)
    at = screen.until(HINT)
    screen.until("F10 quits", since=at)
    quit_app(screen)


def test_ctrl_c_closes_a_dialog_and_ends_a_search(screen: Terminal, tmp_path: Path) -> None:
    start(screen, tmp_path)
    screen.type("\x1b[18~")  # F7
    at = screen.until("Make directory")
    screen.type(CTRL_C)
    screen.type("/")  # in the dialog it would be a letter of the name
    at = screen.until("/▏", since=at)
    screen.type(CTRL_C)
    screen.type(CTRL_C)
    screen.until(HINT, since=at)
    quit_app(screen)


def test_sigterm_while_a_remote_file_is_edited_tells_where_the_copy_is_and_the_next_run_does_not_lose_it(
    screen: Terminal, tmp_path: Path, start_ftp_server: StartServer
) -> None:
    server = start_ftp_server("pyftpdlib")
    (server.home / "remote.txt").write_text("old\n")
    start(screen, tmp_path, f"echo 'hours of work' >\"$1\"; {EDITING}", server.url)
    screen.until("remote.txt")
    screen.type(F4)
    screen.until("editing")
    assert screen.process is not None
    screen.process.terminate()
    assert screen.ended() == 143
    told = screen.output[screen.output.rfind(b"\x1b[?1049l") :]
    (copy,) = (state_dir() / "edits").glob("*/edit.txt")
    assert f"your changed copy is kept: {copy}" in told.decode().replace("\r\n", "")
    assert copy.read_text() == "hours of work\n"
    assert (server.home / "remote.txt").read_text() == "old\n"
    with terminal() as again:
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        again.start([sys.executable, "-m", "tuiftp"], cwd=tmp_path, env=environment)
        again.until("Edited files that were not sent")
    assert copy.read_text() == "hours of work\n"
