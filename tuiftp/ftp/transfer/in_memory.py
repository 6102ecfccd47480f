"""Small transfers without a thread: a few kilobytes go through the event loop faster than a thread can be woken.

The same rules hold as in `carrying`: a transfer is over when the data connection has ended and the final reply has
come; the socket is closed on every path; a silence is bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tuiftp.errors import TransferInterrupted
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.data.connection import DataConnection
from tuiftp.ftp.tls import loop_io
from tuiftp.ftp.transfer.supervise import FinalReplyLost, broken, conclude

Result = TypeVar("Result")

SMALL = 128 * 1024
"""Bytes up to which a file counts as small: the two buffers of a socket hold that much."""
_MOST = 16 * 1024 * 1024
"""Bytes at which a file that was said to be small is given up: it has grown, or the listing lied."""
_READ = 64 * 1024


async def fetch(connection: DataConnection, *, path: str, progress: Progress) -> bytes:
    """Receives a small file into memory.

    Raises:
        TransferInterrupted, CommandRefused, FinalReplyLost: As `carrying.carry`.
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


async def store(connection: DataConnection, data: bytes, *, verb: str, path: str, progress: Progress) -> None:
    """Sends a small file from memory, and ends our side of the connection.

    Raises:
        TransferInterrupted, CommandRefused, FinalReplyLost: As `carrying.carry`.
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
        stall = connection.client.options.stall_timeout
        raise TransferInterrupted(f"{verb} {path}: no byte moved for {stall:g} s", path=path) from error
    except OSError as error:
        with contextlib.suppress(OSError):
            connection.sock.close()
        raise await broken(connection, verb, path, error) from error
    finally:
        connection.sock.close()
        connection.closed(progress.transferred, first_at=progress.first_at)
    try:
        await conclude(connection, verb, path)
    except FinalReplyLost as lost:
        lost.data = result if isinstance(result, bytes) else b""
        raise
    return result
