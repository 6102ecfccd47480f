"""Small transfers in the event loop, without a worker thread: waking one takes longer than a few kilobytes do.

The same rules hold as in `supervise`: a transfer is over when the data connection has ended and the final reply has
come; the socket is closed on every path; a silence is bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from tuiftp.errors import TransferInterrupted
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.commands import file_commands
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.data.connection import DataConnection, TransferCommand
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.tls import loop_io
from tuiftp.ftp.transfer.supervise import FinalReplyLost, broken, conclude
from tuiftp.wirelog.records import WireState

Result = TypeVar("Result")

SMALL = 128 * 1024
"""Bytes up to which a file counts as small: the two buffers of a socket hold that much."""
_MOST = 16 * 1024 * 1024
"""Bytes at which a file that was said to be small is given up: it has grown, or the listing lied."""
_READ = 64 * 1024


async def fetch(connection: DataConnection, *, path: str, progress: Progress) -> bytes:
    """Receives a small file into memory.

    Raises:
        TransferInterrupted, CommandRefused, FinalReplyLost: As `supervise.carry`.
    """

    async def receive(sock: socket.socket) -> bytes:
        chunks = []
        while chunk := await _bounded(connection, _receive(sock, progress)):
            progress.note_first()
            chunks.append(chunk)
            progress.transferred += len(chunk)
            if progress.transferred > _MOST:
                raise TransferInterrupted(
                    f"RETR {path}: the file is much larger than it was listed", path=path
                )
        return b"".join(chunks)

    return await _carry(connection, receive, verb="RETR", path=path, progress=progress)


async def send(connection: DataConnection, data: bytes, *, verb: str, path: str, progress: Progress) -> None:
    """Sends a small file from memory, and ends our side of the connection.

    Raises:
        TransferInterrupted, CommandRefused, FinalReplyLost: As `supervise.carry`.
    """

    async def send(sock: socket.socket) -> None:
        progress.note_first()
        await _bounded(connection, _send(sock, data))
        progress.transferred += len(data)

    await _carry(connection, send, verb=verb, path=path, progress=progress)


async def _receive(sock: socket.socket, progress: Progress) -> bytes:
    if isinstance(sock, ssl.SSLSocket):
        return await loop_io.receive(sock, _READ, progress)
    return await asyncio.get_running_loop().sock_recv(sock, _READ)


async def _send(sock: socket.socket, data: bytes) -> None:
    if isinstance(sock, ssl.SSLSocket):
        await loop_io.send(sock, data)
        return
    await asyncio.get_running_loop().sock_sendall(sock, data)
    sock.shutdown(socket.SHUT_WR)


async def _bounded(connection: DataConnection, work: Awaitable[Result]) -> Result:
    async with asyncio.timeout(connection.client.options.stall_timeout):
        return await work


async def _carry(
    connection: DataConnection,
    work: Callable[[socket.socket], Awaitable[Result]],
    *,
    verb: str,
    path: str,
    progress: Progress,
) -> Result:
    connection.is_moving = True
    try:
        result = await work(connection.sock)
    except TimeoutError as error:
        connection.broke(error, WireState.TIMED_OUT)
        stall = connection.client.options.stall_timeout
        raise TransferInterrupted(f"{verb} {path}: no byte moved for {stall:g} s", path=path) from error
    except OSError as error:
        connection.broke(error)
        connection.count_packets()
        with contextlib.suppress(OSError):
            connection.sock.close()
        raise await broken(connection, verb, path, error) from error
    finally:
        connection.count_packets()
        connection.sock.close()
        connection.closed(progress.transferred, first_at=progress.first_at)
    try:
        await conclude(connection, verb, path)
    except FinalReplyLost as lost:
        lost.data = result if isinstance(result, bytes) else b""
        raise
    return result


class Behind:
    """The commands pipelined after a STOR, and their pending replies."""

    def __init__(
        self, session: FtpSession, client: FtpClient, path: str, modified: datetime | None, mode: int | None
    ) -> None:
        self._session, self._client = session, client
        self._size = client.send("SIZE", path) if "SIZE" not in session.facts.refused else None
        self._time: tuple[str, Exchange] | None = None
        self._mode: Exchange | None = None
        # Permissions last: a file that we may not write any more may not be given a time either.
        if (
            modified is not None
            and (command := file_commands.time_command(session, path, modified)) is not None
        ):
            self._time = (command.name, client.send(command.verb, command.argument))
        if mode is not None and "SITE CHMOD" not in session.facts.refused:
            self._mode = client.send("SITE", file_commands.chmod_argument(path, mode))

    async def take(self) -> int | None:
        """Waits for the replies; returns the size that the server reports, if any."""
        size = None
        if self._size is not None:
            reply = await self._client.answer(self._size)
            size = file_commands.read_size(self._session, reply)
        if self._time is not None:
            name, exchange = self._time
            file_commands.read_time_answer(self._session, name, await self._client.answer(exchange))
        if self._mode is not None:
            file_commands.read_chmod_answer(self._session, await self._client.answer(self._mode))
        return size

    def abandon(self) -> None:
        """Abandons the pending replies, to be drained: the STOR itself has failed."""
        for exchange in (self._size, self._time[1] if self._time else None, self._mode):
            if exchange is not None:
                exchange.abandon()


async def store(
    session: FtpSession,
    data: bytes,
    path: str,
    *,
    modified: datetime | None,
    mode: int | None,
    progress: Progress,
) -> tuple[bool, int | None]:
    """Stores a small file, and sends what belongs to it behind it where the server copes.

    Returns:
        Whether what belongs to it was sent too, and the size that the server says.

    Raises:
        TransferInterrupted, CommandRefused, FinalReplyLost: As `small.store`.
    """
    async with session.transfer(TransferCommand("STOR", path, 0, path)) as connection:
        client = connection.client
        if not (client.pipelines_ok and session.facts.pipelines_during_data):
            await send(connection, data, verb="STOR", path=path, progress=progress)
            return False, None
        behind = Behind(session, client, path, modified, mode)
        try:
            await send(connection, data, verb="STOR", path=path, progress=progress)
            return True, await behind.take()
        finally:
            behind.abandon()
