"""A signal ends the app: the terminal is as it was before, the queue is kept, the exit status names the signal."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, terminal

ROOT = Path(__file__).parents[2]
MODES = (1049, 1000, 1003, 1006, 2004, 1004)
"""The alternate screen, and reports of the mouse, of pasted text and of the focus."""
ENTERED = (*(b"\x1b[?%dh" % mode for mode in MODES), b"\x1b[?25l")
LEFT = (*(b"\x1b[?%dl" % mode for mode in MODES), b"\x1b[?25h")


def start(made: Terminal, *words: str) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    made.start([sys.executable, "-m", "tuiftp", *words], cwd=ROOT, env=environment)


def assert_given_back(made: Terminal, before: list[object]) -> None:
    assert made.mode() == before
    for entered, left in zip(ENTERED, LEFT, strict=True):
        assert made.output.rfind(left) > made.output.rfind(entered) >= 0, (entered, made.output[-300:])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_the_terminal_is_given_back_when_a_signal_ends_the_app(number: signal.Signals) -> None:
    with terminal() as made:
        before = made.mode()
        start(made)
        made.until("Quit")
        assert made.mode() != before
        assert made.process is not None
        made.process.send_signal(number)
        assert made.ended() == 128 + number
        assert_given_back(made, before)


def start_changed(made: Terminal, change: str) -> None:
    """Starts the app with something in it replaced."""
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    program = f"import sys, time\nfrom tuiftp.ui.app import TuiftpApp\n{change}\n"
    program += "from tuiftp.cli import main\nsys.exit(main([]))\n"
    made.start([sys.executable, "-c", program], cwd=ROOT, env=environment)


def test_a_saved_log_gives_the_terminal_back_when_a_signal_ends_it(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    log.write_text('{"at": "2026-11-24T14:03:01+00:00", "conn": 1, "kind": "command", "text": "NOOP"}\n')
    with terminal() as made:
        before = made.mode()
        start(made, "log", str(log))
        made.until("NOOP")
        assert made.process is not None
        made.process.terminate()
        assert made.ended() == 143
        assert_given_back(made, before)


def test_a_crash_of_the_app_gives_the_terminal_back() -> None:
    with terminal() as made:
        before = made.mode()
        start_changed(made, "def crash(self): raise ValueError('broken')\nTuiftpApp.action_help = crash")
        made.until("Quit")
        made.type("\x1bOP")  # F1
        assert made.ended() == 1
        assert b"ValueError: broken" in made.output
        assert_given_back(made, before)


def test_an_app_that_is_stuck_ends_all_the_same_and_gives_the_terminal_back() -> None:
    with terminal() as made:
        before = made.mode()
        start_changed(
            made,
            "import tuiftp.cli.ending as ending\nending.Ending.__init__.__kwdefaults__['deadline'] = 0.2\n"
            "def hang(self):\n  print('stuck', file=sys.__stderr__, flush=True)\n  while True: time.sleep(1)\n"
            "TuiftpApp.action_help = hang",
        )
        made.until("Quit")
        made.type("\x1bOP")  # F1
        made.until("stuck")
        assert made.process is not None
        made.process.terminate()
        assert made.ended() == 143
        assert_given_back(made, before)


def test_a_terminal_that_is_closed_ends_the_app_soon() -> None:
    made = Terminal((120, 36))
    try:
        start(made)
        made.until("Quit")
        os.close(made.slave)
        os.close(made.master)
        assert made.process is not None
        assert made.process.wait(60) == 129
    finally:
        assert made.process is not None
        made.process.kill()
        made.process.wait()
