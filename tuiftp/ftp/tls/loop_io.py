"""Reads and writes an encrypted data connection in the event loop, as `loop.sock_recv` does a plain one.

For small files only: large ones go through a thread, where OpenSSL does not hold the loop up.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from tuiftp.files.endpoint import Progress
from tuiftp.ftp.tls.close_notify import answer_end

Result = TypeVar("Result")

_LINGERING = 15.0
_AT_ONCE = 16 * 1024


async def receive(tls: ssl.SSLSocket, count: int, progress: Progress) -> bytes:
    """The next bytes, at most `count`; empty at the end. An end without close_notify is noted in `progress`."""
    try:
        data = await _driven(tls, lambda: tls.recv(count))
    except ssl.SSLEOFError:
        progress.is_ragged = True
        return b""
    if not data:
        answer_end(tls)
    return data


async def send(tls: ssl.SSLSocket, data: bytes) -> None:
    """Sends all of it, and says that it was all; waits, within a bound, for the server's end."""
    view = memoryview(data)
    while view:
        part = view[:_AT_ONCE]
        view = view[await _driven(tls, lambda part=part: tls.send(part)) :]  # type: ignore[misc]
    await _driven(tls, lambda: _say_end(tls))
    with contextlib.suppress(OSError):
        socket.socket.shutdown(tls, socket.SHUT_WR)
    # Tickets of TLS 1.3 that lie unread would turn our close into a reset, and lose what the server has not read.
    with contextlib.suppress(OSError, ValueError):
        async with asyncio.timeout(_LINGERING):
            while await _driven(tls, lambda: tls.recv(_AT_ONCE)):
                pass


def _say_end(tls: ssl.SSLSocket) -> None:
    with contextlib.suppress(
        ssl.SSLWantReadError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError
    ):
        tls.unwrap()


async def _driven(tls: ssl.SSLSocket, step: Callable[[], Result]) -> Result:
    """Does a step of OpenSSL's, waiting for the socket where it asks for that."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return step()
        except ssl.SSLWantReadError:
            await _ready(tls, loop.add_reader, loop.remove_reader)
        except ssl.SSLWantWriteError:
            await _ready(tls, loop.add_writer, loop.remove_writer)


async def _ready(tls: ssl.SSLSocket, watch: Callable[..., Any], forget: Callable[[int], Any]) -> None:
    woken = asyncio.Event()
    fd = tls.fileno()
    watch(fd, woken.set)
    try:
        await woken.wait()
    finally:
        forget(fd)
