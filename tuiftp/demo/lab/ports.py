"""The next data connection of a scripted server: its own listening port, or the client's (PORT)."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from typing import Protocol

from tuiftp.demo.lab.faults import PortState, Stranger

FILLERS = 3
"""Connections that fill a backlog of 0; Linux then drops every further SYN, and a connect hangs."""


class NoDataConnection(Exception):
    """The data connection failed."""


class DataPort(Protocol):
    """A prepared data connection: by PASV or EPSV a listening port, by PORT or EPRT the client's address."""

    is_active: bool
    """Whether it is the server that connects."""

    async def open(self, limit: float) -> socket.socket:
        """Return the connected socket, or raise NoDataConnection."""

    def close(self) -> None:
        """Give it up."""


class PassivePort:
    """A port on which the server waits, or only seems to."""

    is_active = False

    def __init__(self, host: str, state: PortState) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._fillers: list[socket.socket] = []
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._state = state
        self.number: int = self._socket.getsockname()[1]
        if state == "closed":
            # Bound and not listening: nobody else can take the port, and a connect is refused.
            return
        self._socket.listen(0 if state == "silent" else 16)
        if state == "silent":
            self._fill(host, family)

    async def open(self, limit: float) -> socket.socket:
        """Accept one connection; a closed or silent port never has one."""
        if self._state != "open":
            await asyncio.sleep(limit)
            raise NoDataConnection("nobody came")
        try:
            async with asyncio.timeout(limit):
                accepted, _peer = await asyncio.get_running_loop().sock_accept(self._socket)
        except (OSError, TimeoutError) as error:
            raise NoDataConnection("nobody came") from error
        finally:
            self.close()
        accepted.setblocking(False)
        return accepted

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    def _fill(self, host: str, family: int) -> None:
        for _ in range(FILLERS):
            filler = socket.socket(family, socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex((host, self.number))
            self._fillers.append(filler)


class ActivePort:
    """The port of a client that waits for the server."""

    is_active = True

    def __init__(self, host: str, number: int, *, source: str, stranger: Stranger | None = None) -> None:
        self.host = host
        self.number = number
        self._source = source
        self._stranger = stranger
        self._visit: asyncio.Task[None] | None = None

    async def open(self, limit: float) -> socket.socket:
        """Connect to the client from the address of the control connection, after any stranger."""
        if not _may_connect(self._source, self.host):
            raise NoDataConnection(f"{self.host} is none of ours")
        if self._stranger is not None:
            self._visit = await self._send_stranger(self._stranger, limit)
        try:
            return await self._connect(self._source, limit)
        except (OSError, TimeoutError) as error:
            raise NoDataConnection(str(error)) from error

    def close(self) -> None:
        """Nothing is open before `open`; a stranger stays until the client closes it."""

    async def _connect(self, source: str, limit: float) -> socket.socket:
        made = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            made.bind((source, 0))
            async with asyncio.timeout(limit):
                await asyncio.get_running_loop().sock_connect(made, (self.host, self.number))
        except BaseException:
            made.close()
            raise
        return made

    async def _send_stranger(self, stranger: Stranger, limit: float) -> asyncio.Task[None] | None:
        with contextlib.suppress(OSError, TimeoutError):
            visitor = await self._connect(stranger.host, limit)
            return asyncio.create_task(_talk(visitor, stranger))
        return None


async def _talk(visitor: socket.socket, stranger: Stranger) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.closing(visitor), contextlib.suppress(OSError):
        await loop.sock_sendall(visitor, stranger.payload)
        while said := await loop.sock_recv(visitor, 65536):
            stranger.received += said


def _may_connect(source: str, target: str) -> bool:
    """On loopback a test must never reach out; in a namespace of its own it may."""
    try:
        return not ipaddress.ip_address(source).is_loopback or ipaddress.ip_address(target).is_loopback
    except ValueError:
        return False
