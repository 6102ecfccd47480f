"""Supervises a transfer until the final reply: watches data and control connection, and names what failed.

A transfer is over when the data connection has ended *and* the final reply has come, in whichever order. A 226 that
comes early, or that never comes because a router dropped the idle control connection, does not decide alone.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, TypeVar

from tuiftp.errors import ConnectionLost, ProtocolViolation, TransferInterrupted, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.data.connection import DataConnection
from tuiftp.ftp.errors import is_about_storage, local_error, reason, refusal
from tuiftp.ftp.transfer.byte_mover import LocalFault, Stalled, prepare_socket
from tuiftp.ftp.transfer.executor import in_thread, wake
from tuiftp.protocol.modes import Verdict, judge_transfer
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import WireState

Result = TypeVar("Result")

_FINAL_LIMIT = 15.0
"""Seconds for the final reply once the data connection has ended."""
_REFUSED_LIMIT = 1.0
"""Seconds that the data connection may stay open after the server has said that it failed."""
_INTERRUPTIONS = frozenset({421, 425, 426, 451})


class FinalReplyLost(Exception):
    """All data went over, and the control connection broke before the final reply: SIZE has to decide."""

    def __init__(self, error: TuiftpError) -> None:
        super().__init__(error.message)
        self.error = error
        """Why the control connection is gone."""
        self.data = b""
        """What came, where it went through memory."""


async def carry(
    connection: DataConnection,
    work: Callable[[socket.socket], Result],
    *,
    verb: str,
    path: str | None,
    progress: Progress,
    is_whole: bool = True,
) -> Result:
    """Runs `work` on the data socket in a worker thread and sees the transfer to its end.

    Args:
        connection: The data connection; its socket is closed on every path.
        work: Blocking work of the mover.
        verb: The transfer command, for messages.
        path: What to name in errors.
        progress: Counts, and can be cancelled.
        is_whole: Whether the transfer has to run to its end; if not, the final reply is not waited for.

    Raises:
        TransferInterrupted: It broke, stalled, or the server says so.
        CommandRefused: The final reply refuses (disk full, no permission).
        LocalFileError: The local disk refuses.
        FinalReplyLost: Everything went over but the last word.
    """
    stall = connection.client.options.stall_timeout
    connection.is_moving = True

    def move() -> Result:
        prepare_socket(connection.sock, stall)
        try:
            return work(connection.sock)
        finally:
            connection.count_packets()

    moving = asyncio.ensure_future(in_thread(move, sock=connection.sock, progress=progress))
    ending = asyncio.ensure_future(_ended(connection))
    try:
        await _watch(connection, moving, ending)
        result = moving.result()
    except asyncio.CancelledError:
        moving.cancel()
        await asyncio.wait({moving})
        raise
    except LocalFault as fault:
        raise local_error(fault.error) from fault.error
    except Stalled as error:
        connection.broke(error, WireState.TIMED_OUT)
        raise TransferInterrupted(
            f"{verb} {path or ''}: no byte moved for {stall:g} s", path=path, hint="retry goes on from here"
        ) from error
    except OSError as error:
        connection.broke(error)
        raise await broken(connection, verb, path, error) from error
    finally:
        ending.cancel()
        connection.closed(progress.transferred, first_at=progress.first_at)
    if is_whole:
        await conclude(connection, verb, path)
    return result


async def _ended(connection: DataConnection) -> Reply | None:
    try:
        return await connection.exchange.wait_final()
    except (ConnectionLost, ProtocolViolation):
        return None


async def _watch(
    connection: DataConnection, moving: asyncio.Future[Result], ending: asyncio.Future[Reply | None]
) -> None:
    """Waits for the data to end; ends it when the server has said that it failed and yet holds it open.

    A control connection that breaks meanwhile, or that the server ends with a 421, is no reason to stop: the data
    may still be coming.
    """
    both: set[asyncio.Future[Any]] = {moving, ending}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if moving.done():
        return
    reply = ending.result()
    if reply is not None and (reply.is_refusal or reply.is_impossible_end) and reply.code != 421:
        await asyncio.wait({moving}, timeout=_REFUSED_LIMIT)
        if not moving.done():
            wake(connection.sock)
    await asyncio.wait({moving})


async def conclude(connection: DataConnection, verb: str, path: str | None) -> None:
    """Waits for the final reply and judges it."""
    exchange = connection.exchange
    limit = min(_FINAL_LIMIT, connection.client.options.timeout)
    try:
        async with asyncio.timeout(limit):
            reply = await exchange.wait_final()
    except TimeoutError as error:
        lost = ConnectionLost(
            f"{verb}: all data went over, but no final reply came within {limit:g} s",
            how=WireState.NO_FINAL_REPLY,
        )
        connection.client.shut(lost.message, how=WireState.NO_FINAL_REPLY)
        raise FinalReplyLost(lost) from error
    except (ConnectionLost, ProtocolViolation) as error:
        raise FinalReplyLost(error) from error
    if reply.code == 421:  # it ends the control connection, and says nothing of the data
        raise FinalReplyLost(ConnectionLost(f"{verb}: 421 {reply.text}", how=WireState.ENDED))
    if reply.is_refusal or reply.is_impossible_end:
        raise _failure(connection, verb, reply, path)


async def broken(connection: DataConnection, verb: str, path: str | None, error: OSError) -> TuiftpError:
    """The data connection broke: the server's own words say more than the socket's."""
    try:
        async with asyncio.timeout(connection.client.options.drain_timeout):
            reply = await connection.exchange.wait_final()
        if reply.is_refusal or reply.is_impossible_end:
            return _failure(connection, verb, reply, path)
    except (TimeoutError, ConnectionLost, ProtocolViolation):
        pass
    about = f"{verb} {path}" if path else verb
    return TransferInterrupted(f"{about}: the data connection broke: {reason(error)}", path=path)


def _failure(connection: DataConnection, verb: str, reply: Reply, path: str | None) -> TuiftpError:
    is_about_way = reply.code == 425 and judge_transfer(reply.code, reply.text) is Verdict.NEXT_STEP
    if is_about_way and verb in ("STOR", "APPE"):
        # Bytes that went into a socket of ours need not have come anywhere: the next attempt takes another way.
        connection.doubt(f"{verb}: {reply.code} {reply.text}, after data was sent")
    if reply.code in _INTERRUPTIONS and not is_about_storage(verb, reply, path):
        about = f"{verb} {path}" if path else verb
        return TransferInterrupted(f"{reply.code} {reply.text} ({about})", path=path)
    return refusal(verb, reply, path=path)
