"""Keys typed on a real terminal, at any speed: they do what they do when each is typed after the last one is done."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import random
import shutil
import socket
import struct
import sys
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyftpdlib.handlers import ThrottledDTPHandler

from tests.support.scripted import ScriptedServer
from tests.support.servers import Place
from tests.support.servers.pyftpd import Pyftpdlib
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.verbs import Handler

WAIT = 40.0
"""Seconds that the program has for what keys do."""
NAMES = ("docs-a/", "docs-b/", "src1/", "src2/", "link-host", "link-w", "c-1", "c-2")
PACES = (0.0, 0.06)
"""Seconds between two keys; 0: all in one write."""
F = {"F2": "\x1bOQ", "F7": "\x1b[18~", "F8": "\x1b[19~", "F1": "\x1bOP"}
ESCAPE = "\x1b[27u"  # as terminals with kitty's protocol send it: no byte behind it can change what it means
UP, DOWN, INSERT, HOME, END = "\x1b[A", "\x1b[B", "\x1b[2~", "\x1b[H", "\x1b[F"
ENTER, TAB, BACKSPACE, GO_TO = "\r", "\t", "\x7f", "\x07"


class Typist:
    """The program on a terminal of its own, and a line to what it shows."""

    def __init__(self, master: int, tree: Path) -> None:
        self._master, self._tree = master, tree
        self.hangs = False
        """Whether the remote pane may list for ever; what keys do besides is waited for."""
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def connect(self, listener: socket.socket) -> None:
        async with asyncio.timeout(WAIT):
            line, _ = await asyncio.get_running_loop().sock_accept(listener)
        self._reader, self._writer = await asyncio.open_connection(sock=line)

    async def ask(self, what: str, **details: Any) -> Any:
        self._writer.write(json.dumps({"ask": what, **details}).encode() + b"\n")
        async with asyncio.timeout(WAIT):
            return json.loads(await self._reader.readline())

    async def begin(self) -> None:
        """Makes the files as they were, and shows them."""
        # Wherever the keys have led to, nothing but this was in their reach.
        assert self._tree.is_dir()
        for path in self._tree.iterdir():  # the directory itself stays: the pane would leave it
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in NAMES:
            path = self._tree / name
            if name.endswith("/"):
                (path / "in").mkdir(parents=True)
                (path / "file").write_text(name)
            else:
                path.write_text(name)
        await self.ask("reset")

    async def type(self, keys: Sequence[str], pause: float | Sequence[float] | None) -> dict[str, Any]:
        """Types, and returns what has become of it; with a pause of None each key waits for the one before."""
        pauses = [pause] * len(keys) if not isinstance(pause, Sequence) else pause
        if pauses == [0.0] * len(keys):
            os.write(self._master, "".join(keys).encode())
            return await self._state(len(keys))
        for key, wait in zip(keys, pauses, strict=True):
            os.write(self._master, key.encode())
            if wait is None:
                await self._state(1)
            elif wait:
                await asyncio.sleep(wait)
        return await self._state(0 if pause is None else len(keys))

    async def _state(self, keys: int) -> dict[str, Any]:
        state: dict[str, Any] = await self.ask("state", keys=keys, hangs=self.hangs)
        state["disk"] = sorted(str(path.relative_to(self._tree)) for path in self._tree.rglob("*"))
        return state


@asynccontextmanager
async def typing(tmp_path: Path, *arguments: str) -> AsyncIterator[Typist]:
    """Runs the program with its state below `tmp_path`, and its local pane in `tmp_path/tree`."""
    tree = tmp_path / "tree"
    tree.mkdir()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    asyncio.get_running_loop().add_reader(master, lambda: os.read(master, 1 << 20))
    home = {
        name: str(tmp_path / "home")
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ui.typed_app", str(listener.getsockname()[1]), str(tree), *arguments,
        stdin=slave, stdout=slave, stderr=slave, cwd=tree, start_new_session=True,
        env={**os.environ, **home, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    try:
        typist = Typist(master, tree)
        await typist.connect(listener)
        yield typist
    finally:
        asyncio.get_running_loop().remove_reader(master)
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(master)
        os.close(slave)
        listener.close()


def about(state: dict[str, Any]) -> str:
    """The words of the dialog that is open."""
    return " ".join(state["text"])


async def test_function_keys_after_a_search_are_about_what_was_found(tmp_path: Path) -> None:
    tries = [("docs-b", 0.0), ("docs-b", 0.12), ("src2", 0.0), ("link-w", 0.005), ("c-2", 0.06)]
    async with typing(tmp_path) as typist:
        for found, pace in tries:
            await typist.begin()
            state = await typist.type(["/", *found, ENTER, F["F8"]], pace)
            assert state["screens"] == ["Browser", "Confirm"], (found, pace)
            assert f"“{found}”" in about(state), (found, pace)


async def test_the_next_key_is_about_the_directory_that_enter_has_opened(tmp_path: Path) -> None:
    async with typing(tmp_path) as typist:
        for pace in PACES:
            await typist.begin()
            state = await typist.type([*"/src1", ENTER, ENTER, END, F["F8"], "y"], pace)
            assert state["local"]["directory"].endswith("src1")
            assert "src1/in" in state["disk"]
            assert "src1/file" not in state["disk"]
            assert "src2/file" in state["disk"]


async def test_what_is_typed_for_a_dialog_reaches_it(tmp_path: Path) -> None:
    async with typing(tmp_path) as typist:
        for pace in PACES:
            await typist.begin()
            made = [F["F7"], *"cjy", ENTER, F["F7"], "x", ESCAPE]
            gone = [
                GO_TO,
                BACKSPACE,
                *"docs-b",
                ENTER,
                F["F7"],
                "n",
                ENTER,
            ]  # the path that stood there is selected
            state = await typist.type([*made, *gone], pace)
            assert {"cjy", "docs-b/n"} <= set(state["disk"]), pace
            assert state["local"]["cursor"] == "n"


KEYS = (
    *(F[name] for name in ("F2", "F7", "F8")), ENTER, ENTER, TAB, UP, DOWN, DOWN, INSERT, HOME, END,
    BACKSPACE, GO_TO, ESCAPE, "/", "/", "+", "*", "y", "-", "d", "2", "l", "n", "j", "k", "o",
)  # fmt: skip


def sequence(seed: int) -> tuple[list[str], list[float]]:
    """Keys, and the pauses between them."""
    chance = random.Random(seed)
    keys = [chance.choice(KEYS) for _ in range(16)]
    pace = chance.choice((0.0, 0.005, 0.06, 0.12))
    return keys, [pace * chance.random() * 2 for _ in keys]


async def compare(typist: Typist, seeds: Sequence[int], before: Sequence[str] = ()) -> None:
    for seed in seeds:
        keys, pauses = sequence(seed)
        keys, pauses = [*before, *keys], [0.0] * len(before) + pauses
        await typist.begin()
        slow = await typist.type(keys, None)
        await typist.begin()
        fast = await typist.type(keys, pauses)
        assert fast == slow, (seed, keys, pauses)


async def test_any_keys_at_any_speed_end_as_if_typed_slowly(tmp_path: Path) -> None:
    async with typing(tmp_path) as typist:
        await compare(typist, range(4))


async def test_a_question_that_comes_meanwhile_is_answered_by_none_of_them(tmp_path: Path) -> None:
    answers = ["o", "n", "w", "d", "e", "s", "c", ENTER, " ", "y"]
    async with typing(tmp_path) as typist:
        for pace in (0.0, 0.06):
            await typist.begin()
            await typist.ask("question")  # it opens while this is typed
            await typist.type(["/", *answers, *answers], pace)
            assert await typist.ask("answer") is None, pace
            await typist.ask("asked")
            await typist.type(["s"], 0.0)
            assert await typist.ask("answer") == "skip"


def hangs_in(server: ScriptedServer, directory: bytes) -> None:
    """Has the server say nothing more to whoever lists a directory."""
    for verb in ("LIST", "MLSD"):
        server.verbs[verb] = partial(_hang, server.handler(verb), directory)


async def _hang(lists: Handler, directory: bytes, session: Session, argument: bytes) -> None:
    if directory in (*session.cwd, *argument.split(b"/")):
        await asyncio.Event().wait()
    await lists(session, argument)


async def test_they_do_while_a_server_never_answers_a_listing(tmp_path: Path) -> None:
    async with ScriptedServer({"hang/file": b"", "other": b""}) as server:
        hangs_in(server, b"hang")
        async with typing(tmp_path, f"ftp://ftptest:ftppass@{server.host}:{server.port}/") as typist:
            typist.hangs = True
            await compare(typist, range(200, 201), before=[TAB, *"/hang", ENTER, ENTER, TAB])
            assert server.count("MLSD") + server.count("LIST") >= 3


async def test_they_do_while_eight_transfers_run(tmp_path: Path) -> None:
    server = Pyftpdlib(Place())
    server._handler.dtp_handler = type("Slow", (ThrottledDTPHandler,), {"write_limit": 60_000})
    names = [f"big{number}" for number in range(8)]
    for name in names:
        server.put(name, bytes(8_000_000))
    (tmp_path / "landing").mkdir()
    server.start()
    try:
        async with typing(tmp_path, "--connections", "9", server.url) as typist:
            await typist.begin()
            await typist.ask("transfer", names=names, directory=str(tmp_path / "landing"))
            await compare(typist, range(100, 101))
            assert await typist.ask("active") == 8
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUIFTP_PASSWORD", raising=False)
