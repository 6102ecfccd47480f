"""FtpPool: the sessions that transfers use, within a limit; lent, reused, and closed when idle or in doubt.

Servers limit how many logins one user may have, and say so only when there is one too many. Then the limit is
lowered to what the server took, and tried one higher again a minute later; no transfer fails for it. Where not even
one more than the pane's own session is taken, the pane's session is lent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from tuiftp.errors import ConnectionFailed, LoginRefused, TuiftpError
from tuiftp.ftp.control.login import says_too_many
from tuiftp.ftp.endpoint import FtpEndpoint
from tuiftp.ftp.session import FtpSession

_IDLE_LIMIT = 60.0
"""Seconds after which a session that nobody uses is closed."""
_CLOSING = 2.0
"""Seconds that closing may take, whatever the server does."""
_PROBE_AFTER = 60.0
"""Seconds after which a lowered limit is tried one higher; twice as long after each time that this was in vain."""
_LONGEST_PATIENCE = 960.0


class FtpPool:
    """Implements `files.EndpointPool`. The pane's own session never waits here."""

    def __init__(
        self,
        label: str,
        make_session: Callable[[], FtpSession],
        limit: int,
        *,
        spare: Callable[[], FtpSession | None] = lambda: None,
        encoding: str = "utf-8",
    ) -> None:
        """Builds a pool without sessions.

        Args:
            label: What to call the site.
            make_session: Makes one, not yet connected.
            limit: How many there may be.
            spare: The pane's session, to be lent if the server takes no other.
            encoding: In which encoding its paths are text.
        """
        self._label = label
        self._encoding = encoding
        self._make_session = make_session
        self._spare = spare
        self._idle: list[FtpSession] = []
        self._lent: set[FtpSession] = set()
        self._waiting = 0
        self._wanted = self._limit = max(1, limit)
        self._lowered_at, self._patience = 0.0, _PROBE_AFTER / 2
        self._is_closed = self._is_adopted = False
        self._freed = asyncio.Condition()
        self._closing: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def label(self) -> str:
        """`ftp://user@host`."""
        return self._label

    @property
    def encoding(self) -> str:
        """In which encoding its paths are text."""
        return self._encoding

    @property
    def limit(self) -> int:
        """How many sessions there may be now; lower than what was set while the server takes no more."""
        return self._limit

    @limit.setter
    def limit(self, value: int) -> None:
        self._wanted = self._limit = max(1, value)

    def warm(self) -> None:
        """Logs in, in the background, as many sessions as there may be: a tree is about to be transferred."""
        for _ in range(self._limit - len(self._idle) - len(self._lent)):
            self._keep(asyncio.get_running_loop().create_task(self._warm_one()))

    async def _warm_one(self) -> None:
        with suppress(TuiftpError):  # who needs the session will meet the same, and say so
            # Never one that is there already: each would be given that in turn, and nobody would log in.
            session = await self._take_one(is_new=True)
            if session is not None:
                session.cancel_hints()
                await self._give_back(session)

    @property
    def room(self) -> int:
        """How many more could be lent at once; below zero: so many wait for one."""
        if self._is_closed:
            return 0
        return -self._waiting if self._waiting else max(0, self._limit - len(self._lent))

    def adopt(self, session: FtpSession) -> None:
        """Takes the pane's session in for good: there is no pane."""
        self._is_adopted = True
        self._idle.append(session)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[FtpEndpoint]:
        """Lends an endpoint with a session that is logged in; waits while the limit is reached."""
        session = await self._take()
        try:
            yield FtpEndpoint(session, is_whole=True)
        finally:
            session.cancel_hints()
            await self._give_back(session)

    @asynccontextmanager
    async def lease_extra(self) -> AsyncIterator[FtpEndpoint | None]:
        """Lends one more to somebody who has one already; None where the limit is reached, also at the server."""
        session = await self._take_one() if self.room > 0 else None
        try:
            yield None if session is None else FtpEndpoint(session, is_whole=True)
        finally:
            if session is not None:
                session.cancel_hints()
                await self._give_back(session)

    async def _take(self) -> FtpSession:
        while (session := await self._take_one()) is None:
            pass
        return session

    async def _take_one(self, *, is_new: bool = False) -> FtpSession | None:
        """Waits for room, and takes a session; None: the server takes no more than there are.

        Args:
            is_new: Whether it is to be one more than there are: not waited for, and None where there is no room.
        """
        async with self._freed:
            if is_new and not self._has_room():
                return None
            self._waiting += 1
            try:
                await self._freed.wait_for(self._can_take)
            finally:
                self._waiting -= 1
            if self._is_closed:
                raise ConnectionFailed(f"{self._label}: the connection was closed")
            session = self._idle.pop() if self._idle and not is_new else self._make_session()
            self._lent.add(session)
        return session if session.is_usable else await self._log_in(session)

    def _can_take(self) -> bool:
        if self._limit < self._wanted and time.monotonic() - self._lowered_at > self._patience:
            self._limit += 1
            self._lowered_at = time.monotonic()
        return self._is_closed or bool(self._idle) or len(self._lent) < self._limit

    async def _log_in(self, session: FtpSession) -> FtpSession | None:
        """Logs a session in; None when the server takes no more and another one will become free."""
        try:
            async with session.use():
                self._patience = _PROBE_AFTER / 2
                return session
        except (ConnectionFailed, LoginRefused) as error:
            others = len(self._lent) - 1 + len(self._idle)
            spare = self._spare()
            await self._remove(session)
            if not says_too_many(error) or (not others and spare is None):
                raise
            self._lower(max(1, others), error)
            if others:
                return None
            assert spare is not None
            return await self._lend_spare(spare)
        except BaseException:
            await self._remove(session)
            raise

    async def _lend_spare(self, spare: FtpSession) -> FtpSession | None:
        async with self._freed:
            if spare in self._lent:
                return None
            self._lent.add(spare)
            return spare

    def _lower(self, limit: int, error: ConnectionFailed | LoginRefused) -> None:
        self._limit = min(self._limit, limit)
        if time.monotonic() - self._lowered_at > self._patience:
            self._patience = min(2 * self._patience, _LONGEST_PATIENCE)
        self._lowered_at = time.monotonic()
        for session in (*self._lent, *self._idle, self._spare()):
            if session is not None and session.client is not None and session.is_usable:
                several = f"{self._limit} connections" if self._limit > 1 else "one connection"
                session.client.wire.status(f"{error.message}: transfers go on with {several}")
                return

    async def _remove(self, session: FtpSession) -> None:
        session.drop("not needed")
        async with self._freed:
            self._lent.discard(session)
            self._freed.notify_all()

    async def _give_back(self, session: FtpSession) -> None:
        async with self._freed:
            self._lent.discard(session)
            if session is self._spare() and not self._is_adopted:
                pass
            elif session.is_usable and not self._is_closed and self._has_room():
                self._idle.append(session)
                self._close_idle_later()
            else:
                session.drop("not needed any more")
            self._freed.notify_all()

    def _has_room(self) -> bool:
        return len(self._idle) + len(self._lent) < self._limit

    def _close_idle_later(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        self._closing = asyncio.get_running_loop().call_later(_IDLE_LIMIT, self.close_idle)

    def close_idle(self) -> bool:
        """Closes the sessions that nobody uses, in the background; says whether there were any."""
        self._closing = None
        had_some = bool(self._idle)
        for session in self._idle:
            self._keep(asyncio.get_running_loop().create_task(session.close()))
        self._idle.clear()
        return had_some

    def test_idle(self) -> None:
        """Has the sessions that nobody uses tested in the background: the machine was asleep."""
        for session in self._idle:
            self._keep(asyncio.get_running_loop().create_task(session.test()))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Closes all sessions; those that are lent are cut."""
        async with self._freed:
            self._is_closed = True
            if self._closing is not None:
                self._closing.cancel()
            self.close_idle()
            for session in self._lent:
                if session is not self._spare():
                    session.drop("the connection was closed")
            self._freed.notify_all()
        if self._background:
            await asyncio.wait(self._background, timeout=_CLOSING)
