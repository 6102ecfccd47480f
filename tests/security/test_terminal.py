"""S27 in the whole program: what a hostile server shows, keeps, prints at the end and leaves in a crash."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.security.hostile import WHEN, listing
from tests.support.scripted import ScriptedServer, Session, mischief
from tests.support.scripted.changes import says
from tests.ui.test_terminal import BIDI, C1, CLIPBOARD, COLOURS, MARKUP, TITLE, WAIT, Terminal, leaks, program
from tuiftp.demo.lab.transfer import send_payload
from tuiftp.protocol.text import shown
from tuiftp.ui.crash import HEADING

EVIL = f"{TITLE}{COLOURS}{C1}{BIDI}{MARKUP}"
DIRECTORY = f"d{COLOURS}"
OWNER = f"{TITLE}{COLOURS}{CLIPBOARD}{C1}".replace(";", ",")
"""A fact of MLSD holds no semicolon."""
LINES = listing(
    f"type=dir;{WHEN} {DIRECTORY}",
    f"type=file;size=900;{WHEN}UNIX.ownername={OWNER};UNIX.groupname={MARKUP}; readable",
    f"type=OS.unix=slink:{OWNER};{WHEN} link",
    f"type=file;size=5;{WHEN} {EVIL}",
    f"{CLIPBOARD} no line of a listing {COLOURS}",
)
CONTENT = f"beginning {TITLE}{CLIPBOARD}{COLOURS}{C1}{BIDI}{MARKUP} end\n".encode() * 20
UP, DOWN, ENTER, ESCAPE, TAB = b"\x1b[A", b"\x1b[B", b"\r", b"\x1b[27u", b"\t"
"""Escape as the Kitty keyboard protocol writes it: it never begins another key, so that nothing waits for it."""
F2, F3, F5, F7, F8, F10 = b"\x1bOQ", b"\x1bOR", b"\x1b[15~", b"\x1b[18~", b"\x1b[19~", b"\x1b[21~"
SHIFT_F6, CTRL_G, CTRL_L, CTRL_P, CTRL_T, HOME = b"\x1b[17;2~", b"\x07", b"\x0c", b"\x10", b"\x14", b"\x1b[H"


def server() -> ScriptedServer:
    made = ScriptedServer({DIRECTORY: {}, "readable": CONTENT}, [mischief.banner(f"220 {EVIL}\r\n".encode())])

    async def mlsd(session: Session, _: bytes) -> None:
        await send_payload(session, LINES)

    async def into(session: Session, argument: bytes) -> None:
        session.cwd = session.server.tree.path(session.cwd, argument)
        await session.reply(250, EVIL)

    made.verbs |= {
        "MLSD": mlsd,
        "CWD": into,
        "DELE": says(550, EVIL),
        "MKD": says(550, EVIL),
        "SYST": says(215, EVIL),
    }
    return made


def url(of: ScriptedServer) -> str:
    return f"ftp://ftptest:ftppass@{of.host}:{of.port}/"


async def leave(terminal: Terminal, process: asyncio.subprocess.Process) -> None:
    terminal.type(F10)
    async with asyncio.timeout(WAIT):
        while process.returncode is None:
            try:
                async with asyncio.timeout(1.0):
                    await process.wait()
            except TimeoutError:
                terminal.type(ENTER)  # whatever it still asks about
    await terminal.until(lambda _: terminal.is_closed)


async def refused(terminal: Terminal, keys: bytes) -> None:
    """Types, and waits until the server's refusal is shown."""
    await terminal.press(keys, shown(f"550 {TITLE}"))


async def at(terminal: Terminal, name: str) -> None:
    """Moves the cursor down to an entry, by its details under the list."""
    await terminal.press(b"/", "/▏")
    await terminal.press(name.encode(), f"/{name}▏")
    terminal.type(ESCAPE)


async def test_s27_nothing_of_a_server_acts_on_the_terminal(tmp_path: Path) -> None:
    """Panes, details, viewer, dialogs, fields, queue, log, palette, notifications."""
    async with server() as hostile, program(url(hostile), tmp_path) as (terminal, process):
        await terminal.until(lambda output: "readable" in output and shown(TITLE) in output)
        await at(terminal, "link")
        await terminal.until(lambda output: shown(TITLE.replace(";", ",")) in output)  # where the link leads
        await at(terminal, "readable")
        await terminal.press(F3, f"beginning {shown(TITLE)}"[:30])
        await terminal.press(b"\x1bOS", "62 65 67 69")  # F4: as numbers
        terminal.type(ESCAPE)
        await terminal.press(F5, "readable")
        await terminal.press(ENTER, "verified")
        await terminal.press(SHIFT_F6, "moves it within this side")
        terminal.type(ESCAPE)
        await at(terminal, "readable")
        await terminal.press(F8, "Delete?")
        await refused(terminal, b"y")
        terminal.type(ESCAPE + HOME)  # or the search goes on from “readable”, which has a d too
        await at(terminal, "d")
        await terminal.press(ENTER, f"Cannot read /{shown(DIRECTORY)}")
        await terminal.press(CTRL_G, "Go to")
        terminal.type(ESCAPE)
        await terminal.press(F7, "Make directory")
        await refused(terminal, b"new\r")
        terminal.type(ESCAPE)
        await terminal.press(CTRL_P, "Search for commands")
        await terminal.press(b"refresh", "Reads the directory")
        terminal.type(ESCAPE)
        await terminal.press(CTRL_T, "ransfer")
        terminal.type(ENTER)
        terminal.type(ESCAPE)
        await terminal.press(CTRL_L, "rotocol log")
        await terminal.press(HOME, shown(TITLE))
        await terminal.press(ENTER, "Esc close")
        terminal.type(ESCAPE)
        await leave(terminal, process)
        assert leaks(terminal.output) == []
        assert process.returncode == 0


CRASHING = """
import sys
import tuiftp.ui.app as app
from tuiftp.cli import main

def crash(self):
    name = typed = "locals " + {evil!r} + {password!r}
    raise RuntimeError("a mistake about " + {evil!r} + name[:0])

app.TuiftpApp.action_help = crash
sys.exit(main(sys.argv[1:]))
"""


async def test_s27_s14_a_crash_shows_no_locals_and_acts_on_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "crashing.py"
    script.write_text(CRASHING.format(evil=EVIL, password="canary-b9d1"))
    launcher = tmp_path / "python"
    launcher.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" "{script}" "$@"\n')
    launcher.chmod(0o755)
    monkeypatch.setattr("tests.ui.test_terminal.sys.executable", str(launcher))
    async with server() as hostile, program(url(hostile), tmp_path) as (terminal, process):
        await terminal.until(lambda output: "readable" in output)
        terminal.type(b"\x1bOP")  # F1
        async with asyncio.timeout(WAIT):
            await process.wait()
        await terminal.until(lambda _: terminal.is_closed)
        assert process.returncode == 1
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.output)
        assert HEADING[:40] in text
        assert "a mistake about" in text
        assert "canary" not in terminal.output
        assert leaks(terminal.output) == []


async def test_s27_what_is_printed_after_the_end_is_visible_too(tmp_path: Path) -> None:
    """`tuiftp ls` and `get` of such a server, on a terminal: names on stdout, refusals and the log on stderr."""
    async with server() as hostile:
        for words in (["ls"], ["ls", "--json"], ["get", "-o", str(tmp_path / "to")]):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tuiftp", *words, url(hostile), "--log", "-", cwd=Path(__file__).parents[2],
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            async with asyncio.timeout(WAIT):
                out, err = await process.communicate()
            assert leaks((out + err).decode("utf-8", "replace").replace("\n", "")) == []
            assert shown(TITLE).encode() in err, words
