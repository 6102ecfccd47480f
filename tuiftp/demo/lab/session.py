"""One control connection of the scripted server: reads command lines, runs their handlers, writes replies."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuiftp.demo.lab.ports import DataPort
from tuiftp.demo.lab.tree import Path

if TYPE_CHECKING:
    from tuiftp.demo.lab.server import ScriptedServer

IDLE_WORDS: Final = "Timeout: closing control connection."
"""What a server says when its idle timer has run out."""


@dataclass(frozen=True, slots=True)
class Received:
    """One command line as it came."""

    at: float
    """The monotonic clock when it was read."""
    conn: int
    """The number of the control connection, from 1."""
    peer: tuple[str, int]
    """Who sent it."""
    line: bytes
    """The line without its line end."""

    @property
    def verb(self) -> str:
        """The command, in capitals, without the Telnet signs that go before an ABOR."""
        bare = self.line.lstrip(b"\xff\xf4\xf2")
        return bare.split(b" ", 1)[0].upper().decode("ascii", "backslashreplace")

    @property
    def argument(self) -> bytes:
        """What stands behind the command, or nothing."""
        return self.line.partition(b" ")[2]


class Session:
    """The state of one client, and the way to answer it."""

    def __init__(
        self, server: ScriptedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.server = server
        self.number = number
        self.peer: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self.local: tuple[str, int] = writer.get_extra_info("sockname")[:2]
        self.user: str | None = None
        self.logged_in = False
        self.cwd: Path = ()
        self.restart = 0
        self.rename_from: Path | None = None
        self.port: DataPort | None = None
        self.verb = ""
        self.muted = False
        self.gone = asyncio.Event()
        self._reader = reader
        self._writer = writer
        # An ABOR may come as urgent data (RFC 959 section 4.1.3); its last byte is part of the line.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        self._commands: asyncio.Queue[Received | None] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        self._aborted = False

    @property
    def is_ipv6(self) -> bool:
        """Whether the control connection is IPv6."""
        return ":" in self.local[0]

    async def run(self) -> None:
        """Greet, then answer commands until the client goes or the connection is cut."""
        reading = asyncio.create_task(self._read())
        try:
            await self.raw(self.server.banner)
            while not self.gone.is_set():
                command = await self._next()
                if command is None:
                    return
                await self._answer(command)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            reading.cancel()
            self.cut()

    async def reply(self, code: int, *lines: str | bytes) -> None:
        """Write one reply; with several lines it is a multi-line reply (RFC 959 section 4.2)."""
        texts = [line.encode() if isinstance(line, str) else line for line in lines] or [b"Done."]
        number = str(code).encode()
        if len(texts) == 1:
            await self.raw(number + b" " + texts[0] + b"\r\n")
            return
        inner = b"".join(b" " + text + b"\r\n" for text in texts[1:-1])
        await self.raw(
            number + b"-" + texts[0] + b"\r\n" + inner + number + b" " + texts[-1] + b"\r\n"
        )  # fmt: skip

    async def raw(self, data: bytes) -> None:
        """Write bytes on the control connection, as they are; nothing when it is muted."""
        if self.muted:
            return
        if not self.server.faults.drip:
            self._writer.write(data)
            await self._writer.drain()
            return
        for place in range(len(data)):
            self._writer.write(data[place : place + 1])
            await self._writer.drain()
            await asyncio.sleep(0.001)

    def cut(self, *, reset: bool = False) -> None:
        """Close the control connection, and the data port with it."""
        self.gone.set()
        self.drop_port()
        if reset:
            self._writer.transport.abort()
        else:
            self._writer.close()

    def drop_port(self) -> None:
        """Forget where the next data connection goes."""
        if self.port is not None:
            self.port.close()
            self.port = None

    async def _next(self) -> Received | None:
        limit = self.server.faults.idle_drop
        try:
            async with asyncio.timeout(limit):
                return await self._commands.get()
        except TimeoutError:
            await self.reply(421, IDLE_WORDS)
            return None

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionError, ValueError, asyncio.LimitOverrunError):
            while line := await self._reader.readline():
                received = Received(time.monotonic(), self.number, self.peer, line.rstrip(b"\r\n"))
                await self.server.record(received)
                if received.verb == "ABOR" and self._running is not None:
                    self._aborted = True
                    self._running.cancel()
                self._commands.put_nowait(received)
        self._commands.put_nowait(None)
        if self._running is not None:
            self._running.cancel()

    async def _answer(self, command: Received) -> None:
        self.verb = command.verb
        self._running = asyncio.create_task(self.server.dispatch(self, command))
        try:
            await asyncio.shield(self._running)
        except asyncio.CancelledError:
            if not self._aborted:
                self._running.cancel()
                raise
            self._aborted = False
            self.drop_port()
            await self.reply(426, "Transfer aborted.")
        finally:
            self._running = None
