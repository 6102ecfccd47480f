"""Stores a small file with all that belongs to it: its size is asked, its time and permissions are set.

Each of these costs a round trip. A server that reads its control connection only between transfers takes them all
behind the STOR, and answers in one go: four round trips become one.
"""

from __future__ import annotations

from datetime import datetime

from tuiftp.files.endpoint import Progress
from tuiftp.ftp.commands import file_commands
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.data.connection import TransferCommand
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.transfer import in_memory


class Behind:
    """The commands that were sent behind a STOR, and the replies that they are owed."""

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
        """Takes the replies; returns the size that the server says, if it does."""
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
        """Leaves the replies to be drained: the STOR itself has failed."""
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
        if not (client.copes and session.facts.copes_with_all):
            await in_memory.store(connection, data, verb="STOR", path=path, progress=progress)
            return False, None
        behind = Behind(session, client, path, modified, mode)
        try:
            await in_memory.store(connection, data, verb="STOR", path=path, progress=progress)
            return True, await behind.take()
        finally:
            behind.abandon()
