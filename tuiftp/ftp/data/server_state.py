"""Server state that a transfer needs: working directory (CWD) and transfer type (TYPE), set when they differ."""

from __future__ import annotations

from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.connection import StepFailed
from tuiftp.ftp.errors import refusal
from tuiftp.protocol.modes import Verdict


async def change_directory(client: FtpClient, directory: str | None) -> None:
    """Sends CWD unless the server is there already."""
    if directory is None or client.cwd == directory:
        return
    client.cwd = None
    await client.must("CWD", directory, path=directory)
    client.cwd = directory


async def change_type(client: FtpClient, data_type: str) -> None:
    """Sends TYPE unless the server is in it already.

    Raises:
        CommandRefused: The server does not know it.
    """
    if client.data_type == data_type:
        return
    client.data_type = ""
    await client.must("TYPE", data_type)
    client.data_type = data_type


class Entering:
    """A CWD on its way, while the data connection is already made: over a long line that is a round trip less.

    The transfer command goes out only once the server is there: in another directory it would list that.
    """

    def __init__(self, client: FtpClient, directory: str) -> None:
        """Sends it."""
        self._client, self._directory = client, directory
        client.cwd = None
        self._exchange = client.send("CWD", directory)
        self.is_done = False
        """Whether the server has said that it is there."""

    async def done(self) -> None:
        """Waits until the server is there.

        Raises:
            StepFailed: It refuses; another data connection would not help.
            ConnectionLost: The control connection is gone, which says nothing of the data connection.
        """
        if self.is_done:
            return
        reply = await self._client.answer(self._exchange)
        if reply.is_refusal:
            error = self._client.lost or refusal("CWD", reply, path=self._directory)
            raise StepFailed(Verdict.GIVE_UP, f"CWD: {reply.code} {reply.text}", error)
        self._client.cwd = self._directory
        self.is_done = True

    def abandon(self) -> None:
        """Leaves its reply to be drained: the transfer has come to nothing."""
        self._exchange.abandon()
