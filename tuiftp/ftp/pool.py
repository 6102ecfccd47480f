"""FtpPool: the sessions that transfers use, within a limit; lent, reused, and closed when they are in doubt."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tuiftp.errors import ConnectionFailed, LoginRefused
from tuiftp.ftp.endpoint import FtpEndpoint
from tuiftp.ftp.session import FtpSession

_TOO_MANY = re.compile(r"too many|maximum|limit|already|can.?t accept|more than", re.IGNORECASE)


class FtpPool:
    """Implements `files.EndpointPool`. Knows nothing of the pane's own session, which never waits here."""

    def __init__(self, label: str, make_session: Callable[[], FtpSession], limit: int) -> None:
        self._label = label
        self._make_session = make_session
        self._idle: list[FtpSession] = []
        self._lent: set[FtpSession] = set()
        self._limit = limit
        self._is_closed = False
        self._freed = asyncio.Condition()

    @property
    def label(self) -> str:
        """`ftp://user@host`."""
        return self._label

    @property
    def limit(self) -> int:
        """How many sessions there may be; lowered when the server says that it takes no more."""
        return self._limit

    @limit.setter
    def limit(self, value: int) -> None:
        self._limit = max(1, value)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[FtpEndpoint]:
        """Lends an endpoint with a session that is logged in; waits while the limit is reached."""
        session = await self._take()
        try:
            yield FtpEndpoint(session)
        finally:
            await self._give_back(session)

    async def _take(self) -> FtpSession:
        while True:
            async with self._freed:
                await self._freed.wait_for(
                    lambda: self._is_closed or self._idle or len(self._lent) < self._limit
                )
                if self._is_closed:
                    raise ConnectionFailed(f"{self._label}: the connection was closed")
                session = self._idle.pop() if self._idle else self._make_session()
                self._lent.add(session)
            if session.is_usable or await self._log_in(session):
                return session

    async def _log_in(self, session: FtpSession) -> bool:
        """Logs a new session in; False when the server takes no more and another one will become free."""
        try:
            async with session.use():
                return True
        except (ConnectionFailed, LoginRefused) as error:
            others = len(self._lent) - 1 + len(self._idle)
            await self._remove(session)
            if others and _says_too_many(error):
                self._limit = max(1, others)
                return False
            raise
        except BaseException:
            await self._remove(session)
            raise

    async def _remove(self, session: FtpSession) -> None:
        session.drop("not needed")
        async with self._freed:
            self._lent.discard(session)
            self._freed.notify_all()

    async def _give_back(self, session: FtpSession) -> None:
        async with self._freed:
            self._lent.discard(session)
            if session.is_usable and not self._is_closed and len(self._idle) + len(self._lent) < self._limit:
                self._idle.append(session)
            else:
                session.drop("not needed any more")
            self._freed.notify_all()

    async def close(self) -> None:
        """Closes all sessions; those that are lent are cut."""
        async with self._freed:
            self._is_closed = True
            idle, self._idle = self._idle, []
            for session in self._lent:
                session.drop("the connection was closed")
            self._freed.notify_all()
        await asyncio.gather(*(session.close() for session in idle))


def _says_too_many(error: ConnectionFailed | LoginRefused) -> bool:
    return "421" in error.message or _TOO_MANY.search(error.message) is not None
