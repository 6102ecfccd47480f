"""Moves 64 KiB each way over a way that has brought a listing: small replies may pass where full packets do not.

A file of its own goes up, comes back and is deleted. Where nothing may be written, a file that is there is read, as
far as 64 KiB; where there is none of that size, the listing is all there is. The stall timeout bounds each step.
"""

from __future__ import annotations

import contextlib
import random
import re
import socket
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tuiftp.errors import CommandRefused, TransferInterrupted, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.connection import DataConnection, TransferCommand
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.transfer.byte_mover import Stalled, end_side, receive_all, receive_into
from tuiftp.ftp.transfer.supervise import FinalReplyLost, carry

SIZE: Final = 64 * 1024
"""Bytes each way: some forty full packets."""
_SIOCOUTQ: Final = 0x5411
"""From linux/sockios.h: how many bytes that we have written the other side has not confirmed."""
_MLSD_FILE = re.compile(r"(?im)^(?=\S*type=file;)\S*?size=(\d{1,15});\S* ([^\r\n]+)")


@dataclass(slots=True)
class Load:
    """What is moved over the ways of one target, and what is learned of it."""

    is_writable: bool | None = None
    """Whether the server takes our file; None: not known yet."""
    why_not: str = ""
    """Its words, where it does not."""
    left: list[str] = field(default_factory=list)
    """Files of ours that may still be there."""
    data: bytes = field(default_factory=lambda: random.Random(64).randbytes(SIZE))
    """What goes up: it does not shrink, whoever may compress it on the way."""


@dataclass(slots=True)
class Moved:
    """How much went over one way beside the listing."""

    sent: int | None = None
    """Bytes that went up; None: it was not tried."""
    fetched: int | None = None
    """Bytes that came down; None: it was not tried."""


async def move(session: FtpSession, load: Load, listing: bytes, moved: Moved) -> None:
    """Moves 64 KiB each way, as far as the server lets us, and tells in `moved` how far it came.

    Raises:
        TuiftpError: The way does not carry it.
    """
    home = (session.facts.home or "").rstrip("/")
    path = f"{home}/.tuiftp-probe-{random.randrange(10**9):09d}"
    if load.is_writable is not False:
        load.left.append(path)
        try:
            await _store(session, path, load.data, moved)
            load.is_writable = True
        except CommandRefused as error:
            # The file was refused, not the data connection: that would have been told as the way's failure.
            load.is_writable, load.why_not = False, f"{error.code} {error.text}"
            load.left.remove(path)
    if load.is_writable:
        if await _fetch(session, path, moved) != load.data:
            raise TransferInterrupted("the 64 KiB that came back are not those that were sent", path=path)
        await clean(session, load, [path])
    elif (known := _known_file(listing)) is not None:
        await _fetch(session, f"{home}/{known}", moved)


async def clean(session: FtpSession, load: Load, paths: Sequence[str]) -> None:
    """Deletes files of ours, as far as the server lets us; ways that are tried beside this one need theirs."""

    async def delete(client: FtpClient) -> None:
        for path in paths:
            reply = await client.ask("DELE", path)
            if reply.is_completion or reply.code == 550:
                load.left.remove(path)

    if paths:
        with contextlib.suppress(TuiftpError):
            await session.run(delete)


async def _store(session: FtpSession, path: str, data: bytes, moved: Moved) -> None:
    progress = Progress()
    moved.sent = 0
    try:
        async with session.transfer(TransferCommand("STOR", path, path=path, size=SIZE)) as connection:
            await carry(
                connection, lambda sock: _send(sock, data, connection, progress),
                verb="STOR", path=path, progress=progress,
            )  # fmt: skip
    except FinalReplyLost as lost:
        raise TransferInterrupted(lost.error.message, path=path) from lost
    finally:
        moved.sent = progress.transferred


def _send(sock: socket.socket, data: bytes, connection: DataConnection, progress: Progress) -> None:
    """Sends, ends our side, and waits until the other side has ended its own: only then has all arrived."""
    view = memoryview(data)
    try:
        while view and not progress.cancelled:
            try:
                count = sock.send(view)
            except (BlockingIOError, TimeoutError) as error:
                raise Stalled from error
            progress.note_first()
            progress.transferred += count
            view = view[count:]
        end_side(sock)
        if not isinstance(sock, ssl.SSLSocket):  # there the end of our side is waited for with the reply
            receive_into(sock, memoryview(bytearray(1)), progress)
    except Stalled:
        if connection.exchange.final is None:  # else it has all, and only leaves its socket open
            progress.transferred -= _unconfirmed(sock)
            raise


def _unconfirmed(sock: socket.socket) -> int:
    if sys.platform != "linux":
        return 0
    import fcntl

    try:
        told = fcntl.ioctl(sock.fileno(), _SIOCOUTQ, b"\0" * 4)
    except OSError:
        return 0
    return max(0, int.from_bytes(told, sys.byteorder) - 1)  # the end of our side counts as a byte


async def _fetch(session: FtpSession, path: str, moved: Moved) -> bytes:
    progress = Progress()
    moved.fetched = 0
    try:
        async with session.transfer(TransferCommand("RETR", path, path=path, size=SIZE)) as connection:
            data, is_cut = await carry(
                connection, lambda sock: receive_all(sock, SIZE, progress),
                verb="RETR", path=path, progress=progress, is_whole=False,
            )  # fmt: skip
    finally:
        moved.fetched = min(progress.transferred, SIZE)
    if is_cut:
        session.drop("64 KiB of a file were seen")
    elif len(data) < SIZE:
        raise TransferInterrupted(f"{path} ended after {len(data):,} of {SIZE:,} bytes", path=path)
    return data


def _known_file(listing: bytes) -> str | None:
    """The smallest file of a machine listing that is large enough; None: there is none, or it is no such listing."""
    text = listing.decode("utf-8", "surrogateescape")
    found = [(int(size), name) for size, name in _MLSD_FILE.findall(text) if int(size) >= SIZE]
    return min(found)[1] if found else None
