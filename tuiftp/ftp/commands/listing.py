"""Reads a remote directory: MLSD where the server knows it, LIST where not, read and parsed off the loop."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from tuiftp.entries import Entry
from tuiftp.errors import CommandRefused, FileRefused, LoginRefused, TransferInterrupted
from tuiftp.files.endpoint import Listing, Progress
from tuiftp.ftp.data.connection import TransferCommand
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.taking import Taken
from tuiftp.ftp.transfer.supervise import FinalReplyLost, carry, conclude
from tuiftp.protocol.listing import parse_listing, parse_mlsd

_NOT_UNDERSTOOD = frozenset({500, 501, 502, 504})
_NO_FILES = re.compile(r"no (such )?(files?|file or directory|entries)|empty|not found", re.IGNORECASE)
_SHOWN_LINES = 20

Parse: TypeAlias = Callable[[Iterable[bytes], Callable[[], object]], list[Entry]]
"""Makes entries of lines; the function that it is given is called now and then, and ends it by raising."""
_HIDDEN = "LIST -a"


async def read_directory(session: FtpSession, path: str, *, lists_hidden: bool = False) -> Listing:
    """Lists `path`. The server is sent there first: an argument of LIST may be taken for options or a pattern.

    Raises:
        CommandRefused, DataConnectionFailed, TransferInterrupted, ConnectionLost: As the names say.
    """
    if session.features.mlsd and "MLSD" not in session.facts.refused:
        try:
            return await _read(session, path, TransferCommand("MLSD", path=path), _parse_mlsd(session))
        except CommandRefused as error:
            if error.command != "MLSD" or error.code not in _NOT_UNDERSTOOD:
                raise
            session.facts.refused.add("MLSD")
    return await _read_by_list(session, path, lists_hidden)


async def _read_by_list(session: FtpSession, path: str, lists_hidden: bool) -> Listing:
    if lists_hidden and _HIDDEN not in session.facts.refused:
        command = TransferCommand("LIST", "-a", path=path)
        try:
            listing, size = await _read_counted(session, path, command, _parse_list(session))
        except CommandRefused as error:
            if error.command != "LIST" or isinstance(error, LoginRefused):
                raise
            size = 0
        # An honest answer holds at least `.` and `..`: nothing at all means that `-a` was taken for a name.
        if size:
            return listing
        plain = await _read_by_list(session, path, False)
        if plain.entries:
            session.facts.refused.add(_HIDDEN)
        return plain
    try:
        return await _read(session, path, TransferCommand("LIST", path=path), _parse_list(session))
    except FileRefused as error:
        # Some servers answer 450 or 550 for a directory that is there and empty (CWD has just succeeded).
        if error.command == "LIST" and _NO_FILES.search(error.text):
            return Listing(path, ())
        raise


def _parse_mlsd(session: FtpSession) -> Parse:
    encoding = session.options.encoding
    return lambda lines, check: parse_mlsd(lines, encoding=encoding, check=check)


def _parse_list(session: FtpSession) -> Parse:
    encoding, zone = session.options.encoding, session.options.zone
    # Where the server's zone is unknown, UTC is the best guess for what "this year" means there.
    now = datetime.now(UTC) if zone is not None else datetime.now(UTC).replace(tzinfo=None)
    return lambda lines, check: parse_listing(lines, now=now, encoding=encoding, zone=zone, check=check)


async def _read(session: FtpSession, path: str, command: TransferCommand, parse: Parse) -> Listing:
    return (await _read_counted(session, path, command, parse))[0]


async def _read_counted(
    session: FtpSession, path: str, command: TransferCommand, parse: Parse
) -> tuple[Listing, int]:
    """Reads a directory; returns with it how many bytes the server sent."""
    progress = Progress()

    def work(sock: socket.socket) -> tuple[list[Entry], bool]:
        taken = Taken()
        pieces = taken.pieces(sock, progress, session.options.listing_timeout)
        return parse(pieces, lambda: _go_on(progress)), taken.is_cut

    async with session.transfer(replace(command, directory=path)) as connection:
        try:
            entries, is_cut = await carry(
                connection, work, verb=command.verb, path=path, progress=progress, is_whole=False
            )
            # A server that we cut short says 426, and that is no failure.
            if not is_cut:
                await conclude(connection, command.verb, path)
        except FinalReplyLost as error:
            # A listing has no size to compare with: without the last word it may be half of one.
            raise TransferInterrupted(f"{command.verb} {path}: {error.error.message}", path=path) from error
        if progress.is_ragged:
            connection.client.wire.status(
                f"{command.verb}: the data connection ended without close_notify: only the final reply says that "
                "the listing is whole"
            )
        _log_unreadable(connection.client.wire.status, entries)
    return Listing(path, entries, is_cut), progress.transferred


def _go_on(progress: Progress) -> None:
    if progress.cancelled:
        raise _Stopped


class _Stopped(Exception):
    """Nobody waits for the listing any more: a long one is not parsed to its end."""


def _log_unreadable(status: Callable[[str], None], entries: list[Entry]) -> None:
    unreadable = [entry.raw for entry in entries if entry.raw is not None]
    for raw in unreadable[:_SHOWN_LINES]:
        status(f"a line of the listing cannot be read: {raw}")
    if len(unreadable) > _SHOWN_LINES:
        status(f"… and {len(unreadable) - _SHOWN_LINES:,} more lines that cannot be read")
