"""Progress is drawn on a terminal only, and never in the way of what is told."""

from __future__ import annotations

import io

from tuiftp.cli.console import Console
from tuiftp.cli.progress import bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_lines_and_no_drawing() -> None:
    err = io.StringIO()
    console = Console(err=err)
    console.draw(["50 %"])
    console.note("2 files")
    console.fail("a: 550 no")
    assert err.getvalue() == "2 files\ntuiftp: a: 550 no\n"
    assert console.failures == 1


def test_quiet_tells_of_failures_only() -> None:
    err = Terminal()
    console = Console(is_quiet=True, err=err)
    console.draw(["50 %"])
    console.note("2 files")
    console.fail("a: 550 no")
    assert err.getvalue() == "tuiftp: a: 550 no\n"


def test_a_line_takes_the_place_of_what_was_drawn() -> None:
    err = Terminal()
    console = Console(err=err)
    console.draw(["one", "two"])
    console.draw(["three"])
    console.line("told")
    assert err.getvalue() == "one\ntwo\n\x1b[2A\r\x1b[Jthree\n\x1b[1A\r\x1b[Jtold\n"


def test_nothing_is_drawn_while_a_question_waits() -> None:
    err = Terminal()
    console = Console(err=err)
    console.is_held = True
    console.draw(["one"])
    assert err.getvalue() == ""


def test_a_bar_is_always_of_its_width() -> None:
    assert bar(0, 4) == "────"
    assert bar(1, 4) == "████"
    assert bar(0.5, 4) == "██──"
    assert bar(0.53, 4) == "██▏─"
    assert {len(bar(step / 100, 7)) for step in range(101)} == {7}
