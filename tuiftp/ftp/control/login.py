"""Login (USER, PASS, ACCT), and a gate that keeps sessions from retrying the same wrong password.

Servers lock an account, or ban an address, after a few wrong passwords; a queue would send one for each session.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from tuiftp.errors import CommandRefused, ConnectionFailed, ConnectionLost, LoginRefused, TlsFailed
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.limits import speaks_of_limit, speaks_of_wrong_login
from tuiftp.protocol.replies import Reply
from tuiftp.secret import Secret

Answer = tuple[str, Reply]
"""What ended a login, and the command that it answers."""

Login = tuple[tuple[str, int], str, Secret]
"""The server's address and port, the user, and the password."""

_MAY_BE_LIMIT = frozenset({430, 530})
_WANTS_PASSWORD = frozenset({331, 336})
"""The replies to USER that ask for PASS."""


class LoginGate:
    """Gate: the sessions of a site log in one at a time until one has succeeded, then all at once."""

    def __init__(self) -> None:
        self._is_open = False
        self._lock = asyncio.Lock()
        self._refused: LoginRefused | None = None
        self._wrong: tuple[Secret, LoginRefused] | None = None
        self._doubted: tuple[Login, LoginRefused] | None = None
        self._knows_the_way: bool | None = None
        self._expected: tuple[Secret, Callable[[], None]] | None = None

    @property
    def knows_the_way(self) -> bool:
        """Whether USER and PASS may go out together: one was let in with both, and none has broken at it since."""
        return self._is_open and self._knows_the_way is True

    def noted_way(self, has_worked: bool) -> None:
        """Records whether a pipelined login (USER and PASS together) worked; one failure is final."""
        self._knows_the_way = has_worked and self._knows_the_way is not False

    def check(self, password: Secret) -> None:
        """Keeps a password from being sent again that the server has refused.

        Raises:
            LoginRefused: It has, with the same words as then.
        """
        if self._wrong is not None and self._wrong[0] == password:
            raise self._wrong[1]
        if self._doubted is None or self._doubted[0][2] != password:
            return
        if _LOGGED_IN.stands(self._doubted[0]):
            raise self._doubted[1]
        self._doubted = None

    def note_wrong(self, password: Secret, error: LoginRefused) -> None:
        """Notes that a password was refused."""
        self._wrong = password, error

    def note_doubted(self, login: Login, error: LoginRefused) -> None:
        """Notes that a password was called wrong while a session stands with it.

        The server may take no more logins, or the password was changed. As long as that session stands it is used,
        and the password is not sent again: accounts are locked for less.
        """
        self._doubted = login, error

    def expect(self, password: Secret, when_right: Callable[[], None]) -> None:
        """Has `when_right` called once the server takes this password, and never for another one."""
        self._expected = password, when_right

    def let_in(self, password: Secret) -> None:
        """Notes that the server has taken a password."""
        if self._expected is not None and self._expected[0] == password:
            when_right, self._expected = self._expected[1], None
            when_right()

    def forget_wrong(self) -> None:
        """Has every password be tried again: a person has given one."""
        self._wrong = self._doubted = None

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


class LoggedIn:
    """The control connections of this program that are logged in, and as whom.

    A password that a server takes on one of them is right, in whichever language it then refuses one more.
    """

    def __init__(self) -> None:
        self._logins: WeakKeyDictionary[FtpClient, Login] = WeakKeyDictionary()

    def note(self, client: FtpClient, credentials: Credentials) -> None:
        """Notes that a connection is logged in."""
        self._logins[client] = _login_of(client, credentials)

    def has_other(self, client: FtpClient, credentials: Credentials) -> bool:
        """Whether another connection to the same server is logged in as the same user."""
        return self.stands(_login_of(client, credentials), but=client)

    def stands(self, login: Login, *, but: FtpClient | None = None) -> bool:
        """Whether a connection is logged in so, and not lost.

        Args:
            login: As whom, and where.
            but: One that does not count.
        """
        return any(
            known == login and other is not but and other.lost is None
            for other, known in tuple(self._logins.items())
        )


_LOGGED_IN = LoggedIn()
"""One for the program: a site that was left, and one that is opened anew, share what the server allows."""


def _login_of(client: FtpClient, credentials: Credentials) -> Login:
    return client.peer, credentials.user, credentials.password


def says_too_many(error: ConnectionFailed | LoginRefused) -> bool:
    """Whether a server takes us, but not so many times at once."""
    if isinstance(error, LoginRefused):
        return error.is_limit
    # A certificate that is refused is refused; its message may hold any digits.
    return not isinstance(error, TlsFailed) and speaks_of_limit(error.message)


def _refused(client: FtpClient, credentials: Credentials, verb: str, reply: Reply) -> CommandRefused:
    """The error for a login that was refused: by a limit, where the words or another session of ours say so."""
    error = refusal("ACCT" if reply.code == 332 else verb, reply)
    if not isinstance(error, LoginRefused) or reply.code not in _MAY_BE_LIMIT:
        return error
    if speaks_of_limit(error.text) or _LOGGED_IN.has_other(client, credentials):
        error.is_limit = True
        error.hint = "the server takes no more connections at once: end others, or wait"
    return error


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
        LoginRefused: The server does not let us in, or has just refused this password on another session.
        ConnectionFailed: It closed the connection instead.
    """
    async with gate.passing():
        gate.check(credentials.password)  # another session may have been refused while this one connected
        if gate.knows_the_way and client.pipelines_ok:
            verb, reply = await _at_once(client, credentials, gate, behind)
        else:
            verb, reply = await _step_by_step(client, credentials, gate)
        if client.lost is not None:
            raise ConnectionFailed(client.lost.message)
        if not reply.is_completion:
            error = _refused(client, credentials, verb, reply)
            if isinstance(error, LoginRefused) and error.is_limit and speaks_of_wrong_login(error.text):
                gate.note_doubted(_login_of(client, credentials), error)
            raise error
        _LOGGED_IN.note(client, credentials)
        gate.let_in(credentials.password)


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
