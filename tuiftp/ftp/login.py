"""Logs a control connection in, and keeps the sessions of a site from guessing with the same wrong password.

Servers lock an account, or ban an address, after a few wrong passwords; a queue would send one for each session.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuiftp.errors import ConnectionFailed, LoginRefused
from tuiftp.ftp.client import FtpClient
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.options import Credentials


class LoginGate:
    """Lets the sessions of a site log in one after the other until one was let in, then all at once."""

    def __init__(self) -> None:
        self._is_open = False
        self._lock = asyncio.Lock()
        self._refused: LoginRefused | None = None

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Around a login.

        Raises:
            LoginRefused: The one that was waited for was refused: this one would be, too.
        """
        if self._is_open:
            async with self._noting():
                yield
            return
        has_waited = self._lock.locked()
        async with self._lock:
            if has_waited and self._refused is not None:
                raise self._refused
            self._refused = None
            async with self._noting():
                yield
            self._is_open = True

    @asynccontextmanager
    async def _noting(self) -> AsyncIterator[None]:
        try:
            yield
        except LoginRefused as error:
            self._is_open, self._refused = False, error
            raise


async def log_in(client: FtpClient, credentials: Credentials, gate: LoginGate) -> None:
    """Sends USER and PASS.

    Raises:
        LoginRefused: The server does not let us in.
        ConnectionFailed: It closed the connection instead.
    """
    async with gate.passing():
        reply = await client.ask("USER", credentials.user)
        if reply.code in (331, 336):
            reply = await client.ask("PASS", credentials.password)
        if client.lost is not None:
            raise ConnectionFailed(client.lost.message)
        if not reply.is_completion:
            raise refusal("ACCT" if reply.code == 332 else "PASS", reply)
