"""Reads a remote directory: MLSD where the server knows it, LIST where not, read and parsed off the loop."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from tuiftp.entries import Entry
from tuiftp.errors import CommandRefused, FileRefused, LoginRefused, TransferInterrupted
from tuiftp.files.endpoint import Listing, Progress
from tuiftp.ftp.data.connection import TransferCommand
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.transfer.byte_mover import receive_into
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
        taken = ReceivedLines()
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


MAXIMUM_BYTES = 256 * 1024 * 1024
"""Bytes of memory that the entries of a listing may take, counted by their lines."""
MAXIMUM_LINES = 1_000_000
"""Lines that we are willing to read, each of them an entry."""
MAXIMUM_LINE = 64 * 1024
"""Bytes that one line may have."""

_BLOCK = 256 * 1024
_ENTRY = 128
"""Bytes that an entry takes besides the text of its line; what of that is not kept makes up for the rest of it."""
_FOUR_BYTES = re.compile(rb"[\xf0-\xff]")


class ReceivedLines:
    """What comes of a listing, handed out as it comes and not kept."""

    def __init__(self, lines: int = MAXIMUM_LINES, size: int = MAXIMUM_BYTES) -> None:
        """Begins with nothing.

        Args:
            lines: How many lines to take at most.
            size: How many bytes of memory their entries may take.
        """
        self.is_cut = False
        """Whether there was more than we are willing to take; known when all has been handed out."""
        self._lines = lines
        self._size = size
        self._rest = b""

    def pieces(self, sock: socket.socket, progress: Progress, limit: float) -> Iterator[bytes]:
        """Reads what comes, until the end or until it is too much, or takes more than `limit` seconds.

        Hands out whole lines, many at a time.

        Raises:
            Stalled, OSError: As `receive_into`.
        """
        buffer = memoryview(bytearray(_BLOCK))
        until = time.monotonic() + limit
        while not progress.cancelled and time.monotonic() < until:
            count = receive_into(sock, buffer, progress)
            if count == 0:
                yield self._rest
                return
            progress.transferred += count
            piece = self._whole_lines(bytes(buffer[:count]))
            if piece is not None:
                yield piece
            if self._lines < 0 or self._size < 0 or len(self._rest) > MAXIMUM_LINE:
                break
        self.is_cut = True

    def _whole_lines(self, data: bytes) -> bytes | None:
        """The lines that are whole now, and not too many; remembers the begun one."""
        end = data.rfind(b"\n")
        if end < 0:
            self._rest += data
            return None
        piece, self._rest = self._rest + data[:end], data[end + 1 :]
        count = piece.count(b"\n") + 1
        self._lines -= count
        if self._lines < 0:
            return piece.rsplit(b"\n", -self._lines)[0] if -self._lines < count else None
        self._size -= _weight(piece) + count * _ENTRY
        return piece


def _weight(piece: bytes) -> int:
    """Bytes that it may take as text: a character beyond ASCII widens all of its line."""
    if piece.isascii():
        return len(piece)
    return len(piece) * (4 if _FOUR_BYTES.search(piece) else 2)
