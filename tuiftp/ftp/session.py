"""FtpSession: one logged-in control connection that comes back by itself.

One user at a time, by its lock. Before each use the connection is put into a known state: replies that are still
owed are drained within a bound, a lost connection is made again and logged in again, and the directory that the
work needs is set anew. Only work that may be repeated is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

from tuiftp.errors import ConnectionFailed, ConnectionLost, LoginRefused, TuiftpError
from tuiftp.events import EventBus
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.liveness import answers
from tuiftp.ftp.control.login import LoginGate, log_in
from tuiftp.ftp.control.recorder import Wire
from tuiftp.ftp.control.secure import TlsGuard, protect_data, reach
from tuiftp.ftp.data.connection import DataConnection, TransferCommand
from tuiftp.ftp.data.fallback import first_choice, open_transfer
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.events import PasswordRefused, SessionChanged, SessionState
from tuiftp.ftp.options import ConnectionOptions, SiteAddress
from tuiftp.protocol.features import ServerFeatures, parse_feat
from tuiftp.protocol.modes import DataCommand, ModeRules
from tuiftp.protocol.paths import parse_pwd_reply
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import WireState

Result = TypeVar("Result")

_FACTS = (
    "type", "size", "modify", "perm", "unix.mode", "unix.owner", "unix.ownername", "unix.group", "unix.groupname",
)  # fmt: skip
_COPE = ("vsftpd", "proftpd", "pure-ftpd")
BRIEF = 8 * 1024
"""Bytes that a server has written before it looks at its control connection again."""
MAX_BATCH_THREADS = 3
"""Threads that keep a server next door busy; more only wait for one another, and for the interpreter's lock."""


class ServerFacts:
    """What the sessions of one site have learned of its server and share, so that it is asked only once."""

    def __init__(self) -> None:
        self.features: ServerFeatures | None = None
        """What FEAT said; None until it was asked."""
        self.home: str | None = None
        """The directory after login."""
        self.doubles_iac = False
        """Whether 0xFF in a name has to be sent twice."""
        self.pipelines_ok = False
        """Whether the server is known to take commands before it has answered the one before."""
        self.pipelines_during_data = False
        """Whether that holds while data moves, too."""
        self.proven: DataCommand | None = None
        """The way in which the last data connection to the site came about."""
        self.pipelines_active = False
        """Whether it takes PORT and RETR of the next file behind a brief download."""
        self.threads = asyncio.Semaphore(MAX_BATCH_THREADS)
        """Keeps more of them from running than help where the server is next door."""
        self.batch_fetch_off = False
        """Whether small files have to go the usual way (see `ftp.transfer.small_batch`)."""
        self.gate = LoginGate()
        """Keeps them from sending the same wrong password one after the other."""
        self.refused: set[str] = set()
        """Verbs that the server does not know (MLSD, SIZE, SITE CHMOD)."""
        self.not_understood: set[DataCommand] = set()
        """Ways of opening data connections that the server does not know."""
        self.costly: set[DataCommand] = set()
        """Ways at which a control connection was lost, and that have not worked since."""
        self.learned_address: str | None = None
        """Our external address, as the server named it."""
        self.clock_offset: timedelta | None = None
        """How far the clock of its listings (LIST) is ahead of UTC; None: not learned."""
        self.sizes_directories: bool | None = None
        """Whether SIZE is answered for a directory too; None: not known yet."""
        self.enters_anything: bool | None = None
        """Whether CWD is answered with 250 for what is not there; None: not known yet."""
        self.clock_tries = 3
        """How many files may still be asked about to learn it."""


class FtpSession:
    """A session. Use it inside `async with session.use()`, or by `run`."""

    def __init__(
        self,
        address: SiteAddress,
        options: ConnectionOptions,
        *,
        bus: EventBus,
        memory: ModeMemory,
        facts: ServerFacts,
        is_browsing: bool,
        on_mode: Callable[[DataCommand], None] = lambda command: None,
        guard: TlsGuard | None = None,
    ) -> None:
        self.address = address
        """Where it goes."""
        self.options = options
        """The rules; a change applies to the next data connection, and wholly after a reconnect."""
        self.memory = memory
        """What worked before."""
        self.facts = facts
        """What is known of the server."""
        self.client: FtpClient | None = None
        """The control connection, while there is one."""
        self.more_follows = False
        """Whether whoever uses it will transfer another file right after this one."""
        self.following: TransferCommand | None = None
        """The transfer that will be asked for next, if that is known."""
        self.time_told: tuple[str, Reply] | None = None
        """The answer to the MDTM that went out with the last transfer, and of which path it tells."""
        self._bus = bus
        self._is_browsing = is_browsing
        self._on_mode = on_mode
        self._guard = guard if guard is not None else TlsGuard(address)
        self._lock = asyncio.Lock()
        self.may_ask_ahead = True
        """Whether a connection may ask for a first data connection while it logs in."""
        self._asks_ahead = True
        self._was_let_in = False
        self._is_closed = False

    # -- what `data.fallback` needs -----------------------------------------------------------------------------

    def may_send_ahead(self, transfer: TransferCommand) -> bool:
        """Whether another transfer follows, and the server copes with a command sent behind this one."""
        if not self.more_follows or self.client is None:
            return False
        if not self.client.pipelines_ok:
            self.facts.pipelines_during_data = False
            return False
        if (
            self.following is not None
            and self.client.proven is not None
            and not self.client.proven.is_passive
        ):
            # In active mode two commands go ahead; Pure-FTPd refuses them even behind the briefest transfer.
            return self.facts.pipelines_active and self.following.size is not None
        is_brief = transfer.verb == "RETR" and transfer.size is not None and transfer.size <= BRIEF
        return self.facts.pipelines_during_data or is_brief

    @property
    def server(self) -> str:
        """`host:port`."""
        return f"{self.address.host}:{self.address.port}"

    @property
    def rules(self) -> ModeRules:
        """Which modes are allowed."""
        return self.options.rules

    @property
    def not_understood(self) -> set[DataCommand]:
        """Ways that the server does not know."""
        return self.facts.not_understood

    @not_understood.setter
    def not_understood(self, value: set[DataCommand]) -> None:
        self.facts.not_understood = value

    @property
    def learned_address(self) -> str | None:
        """Our external address, as the server named it."""
        return self.facts.learned_address

    @learned_address.setter
    def learned_address(self, value: str | None) -> None:
        self.facts.learned_address = value

    @property
    def costly(self) -> set[DataCommand]:
        """Ways at which a control connection was lost, and that have not worked since."""
        return self.facts.costly

    def mode_found(self, command: DataCommand) -> None:
        """Told when a way has worked."""
        self.facts.costly.discard(command)
        self.facts.proven = command
        self._on_mode(command)

    # -- life ---------------------------------------------------------------------------------------------

    @property
    def is_usable(self) -> bool:
        """Whether it is connected and nobody has to reconnect first."""
        return self.client is not None and self.client.lost is None

    @property
    def features(self) -> ServerFeatures:
        """What the server says it can do."""
        return self.facts.features or parse_feat([])

    async def ready(self, *, ahead: bool = True) -> FtpClient:
        """The control connection in a known state, made anew if need be. For the holder of the lock.

        Args:
            ahead: Whether a new one asks for a first data connection already while it logs in.

        Raises:
            ConnectionFailed, LoginRefused, ProtocolViolation: It cannot be made.
        """
        if self._is_closed:
            raise ConnectionLost("the session was closed")
        client = self.client
        if client is not None and await client.settle(self.options.drain_timeout):
            client.options = self.options
            if not client.is_idle_for_long or await answers(client):
                return client
        self._asks_ahead = ahead
        try:
            return await self._connect()
        except (ConnectionLost, ConnectionFailed):
            if not self._was_let_in or self.client is None or self.client.died_at is None:
                raise
        self._asks_ahead = False  # the server died at what was sent ahead: that is no reason not to be let in
        return await self._connect()

    async def test(self) -> None:
        """Finds out whether the connection has outlived a sleep of the machine, unless somebody is using it.

        One that has not is closed, and made anew with the next use.
        """
        if self._lock.locked() or self._is_closed:
            return
        async with self._lock:
            client = self.client
            if client is not None and await client.settle(self.options.drain_timeout):
                await answers(client)

    async def _connect(self) -> FtpClient:
        self.facts.gate.check(self.address.credentials.password)
        again = self.client is not None
        if self.client is not None:
            self.client.shut("to connect anew")
        self._tell(SessionState.CONNECTING, "reconnecting" if again else "")
        try:
            client, greeting = await reach(self._make_client, self._guard, self.address.credentials)
            self._learn_from(greeting.full_text.lower())
            client.doubles_iac, client.pipelines_ok = self.facts.doubles_iac, self.facts.pipelines_ok
            await self._log_in(client)
        except TuiftpError as error:
            self.drop(error.message, how=_how_lost(error))
            raise
        except asyncio.CancelledError:
            self.drop("cancelled", how=WireState.CLOSED)
            raise
        self._tell(SessionState.CONNECTED, "")
        return client

    def _make_client(self) -> FtpClient:
        wire = Wire(self._bus)
        wire.hide(self.address.credentials.password)
        client = self.client = FtpClient(self.options, wire)
        client.on_lost = self._lost
        return client

    def _learn_from(self, greeting: str) -> None:
        # ProFTPD follows RFC 2640 and takes a single 0xFF for a Telnet command; the others do not.
        self.facts.doubles_iac = "proftpd" in greeting
        # pyftpdlib reads the next command while a transfer runs, and breaks; others have not been seen. ProFTPD
        # and Pure-FTPd look for ABOR while data moves, and refuse anything else: only vsftpd really waits.
        self.facts.pipelines_ok = any(name in greeting for name in _COPE)
        self.facts.pipelines_during_data = "vsftpd" in greeting
        self.facts.pipelines_active = self.facts.pipelines_ok and "pure-ftpd" not in greeting

    async def _log_in(self, client: FtpClient) -> None:
        """USER and PASS, then what a session needs once: FEAT, UTF-8, binary type, the directory."""

        def behind() -> None:
            protection = [("PBSZ", "0"), ("PROT", "P")] if client.tls is not None else []
            client.send_early([*protection, *self._needs()])
            self._prepare_transfer(client)

        address = self.address
        self._was_let_in = False
        try:
            await log_in(client, address.credentials, self.facts.gate, behind=behind)
        except LoginRefused as error:
            if error.is_wrong_password:
                self.facts.gate.note_wrong(address.credentials.password, error)
                self._bus.publish(PasswordRefused(address))
            raise
        self._was_let_in = True
        await protect_data(client)
        await self._introduce(client)

    def _needs(self) -> list[tuple[str, str]]:
        """What is asked once for the site, and what each session needs."""
        facts = self.facts
        # Binary once: sizes and offsets mean nothing in any other type. Listings do not mind.
        lines = [("FEAT", "")] * (facts.features is None) + [("PWD", "")] * (facts.home is None)
        lines.append(("TYPE", "I"))
        return lines + (self._options_of(facts.features) if facts.features is not None else [])

    async def _introduce(self, client: FtpClient) -> None:
        """Asks all that in as few round trips as can be."""
        facts, lines = self.facts, self._needs()
        client.send_early(lines if client.pipelines_ok else ())
        self._prepare_transfer(client)
        replies = dict(zip((verb for verb, _ in lines), await client.ask_all(lines), strict=True))
        if (reply := replies.get("FEAT")) is not None:
            facts.features = parse_feat(reply.lines if reply.is_completion else ())
            await client.ask_all(self._options_of(facts.features))
        if (reply := replies.get("PWD")) is not None:
            facts.home = (parse_pwd_reply(reply.text) if reply.code == 257 else None) or "/"
        reply = replies["TYPE"]
        if reply.is_refusal:
            raise client.lost or refusal("TYPE", reply)
        client.data_type, client.cwd = "I", facts.home
        if client.pipelines_ok:
            client.proven = facts.proven

    def _prepare_transfer(self, client: FtpClient) -> None:
        """Asks for the address of a first data connection, by the way that will be tried first."""
        if not (self.may_ask_ahead and self._asks_ahead and client.pipelines_ok):
            return
        command = first_choice(self, client)
        if command is not None and command not in self.facts.costly:
            client.send_ahead(command)

    def _options_of(self, features: ServerFeatures) -> list[tuple[str, str]]:
        options = []
        if features.utf8 and self.options.encoding.lower().replace("-", "") == "utf8":
            options.append(("OPTS", "UTF8 ON"))
        if self._is_browsing and (facts := _facts_to_ask(features)):
            options.append(("OPTS", f"MLST {facts}"))
        return options

    def _lost(self, error: TuiftpError) -> None:
        is_by_server = isinstance(error, ConnectionLost) and error.how in (WireState.BROKEN, WireState.ENDED)
        if is_by_server and self.client is not None and (command := self.client.died_at) is not None:
            self.facts.costly.add(command)
        if not self._is_closed:
            self._tell(SessionState.LOST, error.message)

    def _tell(self, state: SessionState, detail: str) -> None:
        conn = self.client.wire.conn if self.client is not None else 0
        event = SessionChanged(self.address.label, conn, state, self._is_browsing, detail)
        self._bus.publish(event)

    async def close(self) -> None:
        """Says goodbye within a second, and closes. The session cannot be used again. May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self.client is not None:
            client = self.client
            if client.lost is None and not self._lock.locked():
                await client.quit()
            client.shut()
        self._tell(SessionState.CLOSED, "")

    def cancel_hints(self) -> None:
        """Says that no transfer follows; what was sent ahead for one is given up."""
        self.more_follows, self.following = False, None
        if self.client is not None:
            self.client.drop_row()

    def drop(self, why: str, *, how: WireState | None = None) -> None:
        """Closes the control connection at once; the next use makes a new one."""
        if self.client is not None:
            self.client.shut(why, how=how)

    # -- use ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def use(self) -> AsyncIterator[FtpClient]:
        """The control connection for one user, ready. On the way out nothing is awaited."""
        async with self._lock:
            client = await self.ready()
            client.drop_row()
            yield client

    async def run(
        self, work: Callable[[FtpClient], Awaitable[Result]], *, is_repeatable: bool = True
    ) -> Result:
        """Does some commands on the control connection.

        Args:
            work: What to do; may be called twice if `is_repeatable`.
            is_repeatable: Whether doing it again does no harm, when the connection broke in the middle.
        """
        async with self._lock:
            client = await self.ready()
            client.drop_row()
            try:
                return await work(client)
            except ConnectionLost:
                if not is_repeatable:
                    raise
            client = await self.ready()
            return await work(client)

    @asynccontextmanager
    async def transfer(self, command: TransferCommand) -> AsyncIterator[DataConnection]:
        """Opens a data connection by whatever way works and starts `command` over it."""
        async with self._lock:
            self.time_told = None
            connection = await open_transfer(self, command)
            try:
                yield connection
            finally:
                connection.exchange.abandon()
                if not connection.is_moving:
                    connection.count_packets()
                    connection.sock.close()
                    connection.closed(0)


def _how_lost(error: TuiftpError) -> WireState | None:
    return WireState(error.how) if isinstance(error, ConnectionLost) and error.how else None


def _facts_to_ask(features: ServerFeatures) -> str:
    """The argument of OPTS MLST, where a server has permissions and owners but does not send them unasked."""
    wanted = [fact for fact in _FACTS if fact in features.mlst_facts]
    is_news = any(fact not in features.mlst_enabled for fact in wanted)
    return "".join(f"{fact};" for fact in wanted) if is_news and "type" in wanted else ""
