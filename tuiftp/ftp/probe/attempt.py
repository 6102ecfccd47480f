"""Tries one way: a data connection by one command alone, a listing of the login directory, and 64 KiB each way."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from tuiftp.errors import CommandRefused, TransferInterrupted, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.data.connection import DataConnection, TransferCommand
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.probe.load import Load, Moved, move
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.transfer.byte_mover import receive_all
from tuiftp.ftp.transfer.supervise import carry
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog.probing import Family, Security, Way
from tuiftp.wirelog.probing.judging import Attempt

LIMIT: Final = 20.0
"""Seconds that one way may take."""
ENOUGH: Final = 256 * 1024
"""Bytes of a listing that prove a way; a longer one is broken off."""
_LAST_WORD: Final = 3.0
"""Seconds to wait for the final reply once the listing has come: it is not what is probed."""
_NOT_UNDERSTOOD: Final = (500, 501, 502, 504)


async def try_way(session: FtpSession, way: Way, family: Family, security: Security, load: Load) -> Attempt:
    """Tries one way on a session that is logged in; its records are the caller's to add."""
    client = session.client
    assert client is not None
    began, note, moved = time.monotonic(), "", Moved()
    error: TuiftpError | None = None
    # The plan leaves out what is not understood: then only the command that is wanted is left of it.
    session.facts.not_understood = {command for command in DataCommand if command is not way.command}
    session.facts.learned_address = None
    peer, local = client.peer[0], client.local[0]
    try:
        async with asyncio.timeout(LIMIT):
            listing, note = await _list(session)
            if not note:  # else it has been seen that it carries much, or that its control connection suffers
                await move(session, load, listing, moved)
    except TimeoutError:
        error = TransferInterrupted(f"the time for this way was over after {LIMIT:g} s")
    except TuiftpError as failure:
        error = failure
    return Attempt(
        family, security, way, (), error, peer=peer, local=local,
        took_ms=(time.monotonic() - began) * 1000, conn=client.wire.conn, note=note,
        sent=moved.sent, fetched=moved.fetched,
    )  # fmt: skip


async def _list(session: FtpSession) -> tuple[bytes, str]:
    """Lists the login directory; returns it, and what was odd about it, in a sentence, or nothing."""
    if session.features.mlsd and "MLSD" not in session.facts.refused:
        try:
            return await _read(session, "MLSD")
        except CommandRefused as error:
            if error.command != "MLSD" or error.code not in _NOT_UNDERSTOOD:
                raise
            session.facts.refused.add("MLSD")
    return await _read(session, "LIST")


async def _read(session: FtpSession, verb: str) -> tuple[bytes, str]:
    progress = Progress()
    async with session.transfer(TransferCommand(verb, directory=session.facts.home)) as connection:
        data, is_cut = await carry(
            connection, lambda sock: receive_all(sock, ENOUGH, progress),
            verb=verb, path=None, progress=progress, is_whole=False,
        )  # fmt: skip
        if is_cut:
            session.drop("enough of the listing was seen")
            return data, f"broken off after {progress.transferred:,} bytes: that is enough to know"
        return data, await _last_word(connection, verb)


async def _last_word(connection: DataConnection, verb: str) -> str:
    try:
        async with asyncio.timeout(_LAST_WORD):
            reply = await connection.exchange.wait_final()
    except (TimeoutError, TuiftpError):
        connection.client.shut("the final reply did not come")
        return "the listing came, but no final reply"
    if reply.is_refusal:
        raise refusal(verb, reply)
    return ""
