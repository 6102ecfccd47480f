"""Logs a control connection in, and keeps the sessions of a site from guessing with the same wrong password.

Servers lock an account, or ban an address, after a few wrong passwords; a queue would send one for each session.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tuiftp.errors import ConnectionFailed, ConnectionLost, LoginRefused, TlsFailed
from tuiftp.ftp.client import FtpClient
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.replies import Reply
from tuiftp.secret import Secret

Answer = tuple[str, Reply]
"""What ended a login, and the command that it answers."""

_TOO_MANY = re.compile(r"\b421 |too many|maximum|limit|already|can.?t accept|more than", re.IGNORECASE)
_WANTS_PASSWORD = frozenset({331, 336})
"""The replies to USER that ask for PASS."""


class LoginGate:
    """Lets the sessions of a site log in one after the other until one was let in, then all at once."""

    def __init__(self) -> None:
        self._is_open = False
        self._lock = asyncio.Lock()
        self._refused: LoginRefused | None = None
        self._wrong: tuple[Secret, LoginRefused] | None = None
        self._knows_the_way: bool | None = None

    @property
    def knows_the_way(self) -> bool:
        """Whether USER and PASS may go out together: one was let in with both, and none has broken at it since."""
        return self._is_open and self._knows_the_way is True

    def noted_way(self, has_worked: bool) -> None:
        """Notes whether a login by USER and PASS went well; once it did not, that stands."""
        self._knows_the_way = has_worked and self._knows_the_way is not False

    def check(self, password: Secret) -> None:
        """Keeps a password from being sent again that the server has refused.

        Raises:
            LoginRefused: It has, with the same words as then.
        """
        if self._wrong is not None and self._wrong[0] == password:
            raise self._wrong[1]

    def note_wrong(self, password: Secret, error: LoginRefused) -> None:
        """Notes that a password was refused."""
        self._wrong = password, error

    def forget_wrong(self) -> None:
        """Has every password be tried again: a person has given one."""
        self._wrong = None

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


def is_wrong_password(error: LoginRefused) -> bool:
    """Whether it is the password that a server refuses, and not the user, the encryption, or one login more."""
    return error.command == "PASS" and error.code == 530 and not says_too_many(error)


def says_too_many(error: ConnectionFailed | LoginRefused) -> bool:
    """Whether a server takes us, but not so many times at once."""
    # A certificate that is refused is refused; its message may hold any digits.
    return not isinstance(error, TlsFailed) and _TOO_MANY.search(error.message) is not None


async def log_in(
    client: FtpClient, credentials: Credentials, gate: LoginGate, *, behind: Callable[[], None] = lambda: None
) -> None:
    """Sends USER and PASS; both at once, and more behind them, where another session was let in so.

    Args:
        client: The control connection.
        credentials: Who logs in.
        gate: What the sessions of the site know of its login.
        behind: Sends what will be asked for next; called at most once.

    Raises:
        LoginRefused: The server does not let us in.
        ConnectionFailed: It closed the connection instead.
    """
    async with gate.passing():
        if gate.knows_the_way and client.copes:
            verb, reply = await _at_once(client, credentials, gate, behind)
        else:
            verb, reply = await _step_by_step(client, credentials, gate)
        if client.lost is not None:
            raise ConnectionFailed(client.lost.message)
        if not reply.is_completion:
            raise refusal("ACCT" if reply.code == 332 else verb, reply)


async def _step_by_step(client: FtpClient, credentials: Credentials, gate: LoginGate) -> Answer:
    reply = await client.ask("USER", credentials.user)
    if reply.code not in _WANTS_PASSWORD:
        return "USER", reply
    reply = await client.ask("PASS", credentials.password)
    if reply.is_completion:
        gate.noted_way(True)
    return "PASS", reply


async def _at_once(
    client: FtpClient, credentials: Credentials, gate: LoginGate, behind: Callable[[], None]
) -> Answer:
    user = client.send("USER", credentials.user)
    password = client.send("PASS", credentials.password)
    behind()
    try:
        reply = await client.answer(user)
        if reply.code in _WANTS_PASSWORD:
            return "PASS", await client.answer(password)
    except ConnectionLost:
        # Whatever the reason: the next one goes step by step, as every client does.
        gate.noted_way(False)
        raise
    finally:
        password.abandon()
    return "USER", reply
