"""The whole program in a terminal, against a server whose every word is an attack on that terminal."""

from __future__ import annotations

import asyncio
import base64
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.scripted import ScriptedServer
from tests.support.scripted.changes import says
from tuiftp.protocol.text import shown

COLUMNS, ROWS = 170, 44
WAIT = 30.0
"""Seconds that the program has for anything."""

TITLE = "\x1b]0;OWNED\x07"
CLIPBOARD = "\x1b]52;c;T1dORUQ=\x07"
COLOURS = "\x1b[5;7;31;43mOWNED"
C1 = "\x9b5;7mOWNED"
BIDI = "\u202egnp.OWNED"
MARKUP = "[@click=app.quit]OWNED"
BROKEN_MARKUP = "[/nothing]OWNED"
NAMES = (TITLE, COLOURS, C1, BIDI, MARKUP, "\x7f\x0eOWNED")

CONTROL = re.compile(
    r"\x1b\[[?<>=]?[0-9;]*\$?[ABCDGHJKhlmpqrtu]"  # moves, colours, modes
    r"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    r"|\x1b[78=>]"
)
"""What Textual itself sends."""
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
ATTACKS = ("\x1b]0;", "\x1b]52", "\x1b[5;7", "\x9b")
COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
"""How a program puts text on the clipboard: ours does when it is asked to."""


def leaks(output: str) -> list[str]:
    """What reached the terminal that Textual did not make up itself."""
    output = COPIED.sub(_unless_ours, output)
    rest = CONTROL.sub("", output)
    found = [repr(rest[max(0, hit.start() - 20) : hit.end() + 20]) for hit in FORBIDDEN.finditer(rest)]
    return found + [repr(attack) for attack in ATTACKS if attack in output]


def _unless_ours(hit: re.Match[str]) -> str:
    """Nothing for what the detail window copies, as long as it acts on no terminal either."""
    text = base64.b64decode(hit[1]).decode()
    return "" if text.startswith("Line ") and not FORBIDDEN.search(text) else hit[0]


@pytest.mark.parametrize("text", [TITLE, CLIPBOARD, COLOURS, C1, BIDI, "\x7f", "a\x1b[6nb\x1bP1$q"])
def test_the_check_finds(text: str) -> None:
    assert leaks(f"\x1b[1;1H\x1b[38;5;1m{text}")


class Terminal:
    """The program, and what it has written."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._bytes = bytearray()
        self._changed = asyncio.Event()
        self.is_closed = False

    @property
    def output(self) -> str:
        return self._bytes.decode("utf-8", "replace")

    def read(self) -> None:
        try:
            self._bytes += os.read(self._master, 65_536)
        except OSError:  # Linux says EIO when the other end is closed
            asyncio.get_running_loop().remove_reader(self._master)
            self.is_closed = True
        self._changed.set()

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    async def until(self, condition: Callable[[str], bool], *, since: int = 0) -> None:
        """Waits until the output from a place on fulfils a condition."""
        try:
            async with asyncio.timeout(WAIT):
                while not condition(self.output[since:]):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(
                f"it did not come about: {CONTROL.sub(' ', self.output[since:])[-3000:]}"
            ) from None

    async def press(self, keys: bytes, then: str) -> None:
        """Types, and waits until something is shown."""
        at = len(self.output)
        self.type(keys)
        await self.until(lambda output: then in output, since=at)


@asynccontextmanager
async def program(url: str, directory: Path) -> AsyncIterator[tuple[Terminal, asyncio.subprocess.Process]]:
    """Runs the program in a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    terminal = Terminal(master)
    asyncio.get_running_loop().add_reader(master, terminal.read)
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tuiftp", url, stdin=slave, stdout=slave, stderr=slave, cwd=directory,
        env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield terminal, process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)


def hostile_server() -> ScriptedServer:
    server = ScriptedServer({name: f"{TITLE}{COLOURS}{CLIPBOARD}".encode() for name in NAMES})
    server.banner = f"220-{TITLE}\r\n220 {COLOURS}{CLIPBOARD}{C1}{BIDI}{MARKUP}{BROKEN_MARKUP}\r\n".encode()
    server.verbs["SYST"] = says(215, f"{TITLE}{COLOURS}")
    server.verbs["RETR"] = says(550, f"{CLIPBOARD}{COLOURS}{MARKUP}{BROKEN_MARKUP}")
    return server


async def test_nothing_of_the_servers_acts_on_the_terminal(tmp_path: Path) -> None:
    for number, name in enumerate((TITLE, MARKUP)):
        (tmp_path / f"{number}{name}").write_text("x")
    async with hostile_server() as server:
        url = f"ftp://ftptest:ftppass@{server.host}:{server.port}/"
        async with program(url, tmp_path) as (terminal, process):
            await terminal.until(lambda output: all(shown(name) in output for name in NAMES))
            await terminal.until(lambda output: f"0{shown(TITLE)}" in output)
            await terminal.press(b"\x1bOR", "Cannot read")  # F3, and a name that no command may hold
            await terminal.press(b"\x1b", "F5")
            terminal.type(b"\x1b[B\x1b[B")
            await terminal.press(b"\x1b[15~", f"“{MARKUP}”")  # F5
            await terminal.press(b"\r", shown(f"550 {CLIPBOARD}"))
            await terminal.press(b"\x0c", "Protocol log")
            await terminal.press(b"\x1b[H", shown(TITLE))  # Home: the banner
            await terminal.press(b"\r", "Esc close")
            await terminal.press(b"c", "Copied")
            await terminal.press(b"\x1b", "Protocol log")
            await terminal.press(b"e", "control connection")
            terminal.type(b"o\x1b[H")  # all operations opened, from the first on
            await terminal.press(b"l", "Protocol log")
            await terminal.press(b"q", "F10")
            terminal.type(b"\x1b[21~")  # F10
            await terminal.until(lambda output: "Quit" in output)
            terminal.type(b"\r")
            async with asyncio.timeout(WAIT):
                await process.wait()
            await terminal.until(lambda _: terminal.is_closed)
        assert leaks(terminal.output) == []
        assert process.returncode == 0
