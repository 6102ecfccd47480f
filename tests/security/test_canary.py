"""S14 in the whole program: a password is typed once, and then found nowhere but on the wire to its server."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from rich.traceback import Traceback
from textual.widgets import Input

from tests.security.hostile import below
from tests.security.test_terminal import CTRL_L, ENTER, ESCAPE, F5, HOME, at, leave
from tests.support.scripted import ScriptedServer, Session
from tests.ui.hosts import Host
from tests.ui.test_terminal import program
from tuiftp.choices import ConnectionMode
from tuiftp.protocol.url import Target, parse_url
from tuiftp.storage.recents import Recents
from tuiftp.ui.crash import crash_report
from tuiftp.ui.sites.connect_dialog import ConnectScreen

CANARY = "canary-b9d1!"
SPELLINGS = [
    CANARY.encode(), base64.b64encode(CANARY.encode()).rstrip(b"="), CANARY[::-1].encode(),
    CANARY.encode().hex().encode(), b"canary-b9d1%21", CANARY.encode("utf-16-le"),
]  # fmt: skip


def traces(*places: Path) -> list[str]:
    """The files that hold the password in some spelling."""
    found = []
    for place in places:
        for path in place.rglob("*"):
            if path.is_file() and any(spelling in path.read_bytes() for spelling in SPELLINGS):
                found.append(str(path))
            if any(spelling in str(path).encode() for spelling in SPELLINGS):
                found.append(str(path))
    return found


def test_the_search_finds(tmp_path: Path) -> None:
    for number, spelling in enumerate(SPELLINGS):
        (tmp_path / str(number)).write_bytes(b"before " + spelling + b" behind")
    assert len(traces(tmp_path)) == len(SPELLINGS)


def talkative() -> ScriptedServer:
    """A server that repeats the password wherever it can, and fails a login and a transfer."""
    server = ScriptedServer({"a.txt": b"hello", "b.txt": b"more"}, users={"kim": CANARY})
    usual, retrieve = server.verbs["PASS"], server.verbs["RETR"]
    logins = 0

    async def password(session: Session, argument: bytes) -> None:
        nonlocal logins
        logins += 1
        said = argument.decode()
        if logins == 2:
            await session.reply(421, f"Too many logins with {said}.")
            session.cut()
            return
        await session.raw(f"230-Hello, {said}!\r\n".encode())
        session.muted = True
        await usual(session, argument)
        session.muted = False
        await session.raw(f"230 Your password is {said}.\r\n".encode())

    async def read(session: Session, argument: bytes) -> None:
        if b"b.txt" in argument:
            await session.reply(550, f"Not with {CANARY}.")
        else:
            await retrieve(session, argument)

    server.verbs |= {"PASS": password, "RETR": read}
    return server


async def test_s14_a_session_leaves_the_password_nowhere(tmp_path: Path, fake_home: Path) -> None:
    """Connect, a failed login, transfers done and failed, both saved logs, the report, state, queue, settings."""
    saved = fake_home / "saved"
    saved.mkdir()
    async with talkative() as server:
        url = f"ftp://kim:{CANARY}@{server.host}:{server.port}/"
        async with program(url, tmp_path) as (terminal, process):
            await terminal.until(lambda output: "a.txt" in output)
            for name, then in (("a.txt", "verified"), ("b.txt", "550")):
                await at(terminal, name)
                await terminal.press(F5, f"“{name}”")
                await terminal.press(ENTER, then)
            terminal.type(ESCAPE)
            await terminal.press(CTRL_L, "rotocol log")
            for key, name in ((b"s", "text"), (b"S", "json"), (b"r", "report")):
                await terminal.press(key, "tuiftp-")
                terminal.type(b"\x01\x0b")  # Ctrl+A, Ctrl+K: an empty field
                if key == b"r":
                    terminal.type(b"\x0e")  # Ctrl+N: with all the names
                await terminal.press(str(saved / name).encode(), name)
                await terminal.press(ENTER, "Saved")
                terminal.type(ESCAPE)
            terminal.type(HOME)
            await terminal.press(ENTER, "Esc close")
            terminal.type(ESCAPE)
            await leave(terminal, process)
        assert CANARY not in terminal.output
        assert sum(line == f"PASS {CANARY}".encode() for line in server.lines) >= 2
    assert sorted(path.name for path in saved.iterdir()) == ["json", "report", "text"]
    kept = {name.rpartition("/")[2] for name in below(fake_home)}
    assert {"queue.db", "recents.json"} <= kept, kept
    assert traces(fake_home, tmp_path) == []


@pytest.mark.parametrize("words", [["ls"], ["get", "-o", "to"], ["probe"]])
async def test_s14_headless_commands_do_not_tell_it_either(
    tmp_path: Path, fake_home: Path, words: list[str]
) -> None:
    async with talkative() as server:
        url = f"ftp://kim:{CANARY}@{server.host}:{server.port}/"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tuiftp", *words, url, *([] if words == ["probe"] else ["--log", "log.jsonl"]),
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(40):
            out, _ = await process.communicate()
        assert out
        assert CANARY.encode() not in out
        assert f"PASS {CANARY}".encode() in server.lines
    assert traces(tmp_path, fake_home) == []


async def test_s14_what_is_typed_into_the_dialog_is_in_no_crash() -> None:
    """A mistake of ours while the password is being typed: the report has no local variables, Textual's has."""
    screen = ConnectScreen(Recents(), default_mode=ConnectionMode.AUTO)
    app = Host(screen)
    async with app.run_test(size=(100, 40)):
        field = screen.query_one("#password", Input)
        field.value = CANARY
        try:
            fail(Input.Changed(field, field.value))
        except RuntimeError as error:
            report = crash_report()
            textual = Traceback.from_exception(RuntimeError, error, error.__traceback__, show_locals=True)
        assert CANARY in printed(textual)
        assert "a mistake of ours" in printed(report)
        assert CANARY not in printed(report)


def fail(event: Input.Changed) -> None:
    typed = event.value
    raise RuntimeError(f"a mistake of ours{typed[:0]}")


def printed(what: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(what)
    return out.getvalue()


def test_s14_no_repr_of_a_target_tells_it() -> None:
    target = parse_url(f"ftp://kim:{CANARY}@host/")
    assert isinstance(target, Target)
    assert CANARY not in f"{target!r} {target}"
