"""FtpSite: a server that the user is connected to: the pane's session, and the pool for transfers."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuiftp.choices import ConnectionMode
from tuiftp.errors import ConnectionFailed, ConnectionLost, LoginRefused, UnsafeName
from tuiftp.events import EventBus
from tuiftp.ftp.control.liveness import Liveness
from tuiftp.ftp.control.secure import TlsGuard
from tuiftp.ftp.data.mode_memory import ModeMemory, StepOutcome
from tuiftp.ftp.endpoint import FtpEndpoint
from tuiftp.ftp.events import ModeChanged
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.pool import FtpPool
from tuiftp.ftp.session import FtpSession, ServerFacts
from tuiftp.ftp.site_overrides import SiteOverride
from tuiftp.ftp.tls.options import TlsFacts
from tuiftp.ftp.tls.trust import TrustDecider, TrustStore
from tuiftp.protocol.modes import DataCommand
from tuiftp.secret import Secret

if TYPE_CHECKING:
    from tuiftp.wirelog.probing import Advice, ProbeReport, ProbeRow


class FtpSite:
    """One server as one user: implements `files.Site` and, as what speaks a protocol, `files.Diagnostics`.

    Browsing and transfers have sessions of their own and never wait for each other.
    """

    def __init__(
        self,
        address: SiteAddress,
        options: ConnectionOptions,
        *,
        bus: EventBus,
        memory: ModeMemory,
        trust: TrustStore | None = None,
        decider: TrustDecider | None = None,
        shares_session: bool = False,
    ) -> None:
        """Makes a site, not yet connected.

        Args:
            address: Where it is, and who logs in.
            options: The rules for its connections.
            bus: Where its sessions tell what happens.
            memory: Which way of opening data connections worked.
            trust: Which certificates are trusted.
            decider: Who is asked about others.
            shares_session: Whether the queue gets the browsing session too: there is no pane that must not wait.
        """
        self.address = address
        """Where it is."""
        self.is_closed = False
        """Whether it was closed for good."""
        self._options = options
        self._preference = SiteOverride()
        self._bus = bus
        self._memory = memory
        self._facts = ServerFacts()
        self.guard = TlsGuard(address, trust, decider)
        """Decides whether the server is who it should be."""
        self._used: DataCommand | None = None
        self._sessions: list[FtpSession] = []
        self._browsing = self._make_session(is_browsing=True)
        self.endpoint = FtpEndpoint(self._browsing)
        """The pane's."""
        self.pool = FtpPool(
            address.label, self._make_session, options.connections, spare=lambda: self._browsing,
            encoding=options.encoding,
        )  # fmt: skip
        """The queue's."""
        self._testing: asyncio.Task[None] | None = None
        self._waking = Liveness(self._test_all)
        self._shares_session = shares_session

    def _make_session(self, *, is_browsing: bool = False) -> FtpSession:
        session = FtpSession(
            self.address, self._options, bus=self._bus, memory=self._memory, facts=self._facts,
            is_browsing=is_browsing, on_mode=self._mode_found, guard=self.guard,
        )  # fmt: skip
        self._sessions = [old for old in self._sessions if old.is_usable or old is self._browsing]
        self._sessions.append(session)
        return session

    @property
    def label(self) -> str:
        """`ftp://user@host`, without the password."""
        return self.address.label

    @property
    def diagnostics(self) -> FtpSite:
        """The site itself: it tells of its connections."""
        return self

    @property
    def options(self) -> ConnectionOptions:
        """The rules; setting them applies to the next data connection of every session.

        The encoding stays: paths that were read in it, in panes and in the queue, must name the same bytes.
        """
        return self._options

    @options.setter
    def options(self, options: ConnectionOptions) -> None:
        options = dataclasses.replace(self._preference.on(options), encoding=self._options.encoding)
        is_other_mode = options.rules != self._options.rules
        self._options = options
        self.pool.limit = options.connections
        for session in self._sessions:
            session.options = options
        if is_other_mode:
            self._used = None
            self._bus.publish(ModeChanged(self.label, self.mode_summary))

    @property
    def preferred(self) -> Advice:
        """The rules that were set for this site alone."""
        from tuiftp.wirelog.probing import Advice  # a listing needs no diagnosis

        rules = self._preference
        return Advice("", rules.mode, rules.prefer_extended, rules.passive_address, rules.active_address)

    def prefer(self, advice: Advice) -> None:
        """Sets rules for this site alone, which go before the settings as long as it is open."""
        self._preference = self._preference.and_then(
            SiteOverride(advice.mode, advice.prefer_extended, advice.passive_address, advice.active_address)
        )
        self.options = self._options
        # What was found out under other rules says nothing of these.
        self.forget_mode()

    async def send_raw(self, line: str) -> Sequence[str]:
        """Sends a line as it is over the pane's connection, and returns the lines of the final reply.

        It opens no data connection. What we believed of the connection's directory and type is forgotten.

        Raises:
            UnsafeName: The line holds a control character, or does not begin with a word in ASCII.
            ConnectionLost: Nothing is connected, or no answer came.
        """
        verb, _, argument = line.strip(" ").partition(" ")
        if not verb or not verb.isascii():
            raise UnsafeName("a command begins with a word in ASCII", path=line)
        if not self._browsing.is_usable:
            raise ConnectionLost("not connected")
        async with self._browsing.use() as client:
            if verb.upper() in ("PASS", "ACCT"):
                client.wire.hide(self.address.credentials.password, Secret(argument))
            try:
                reply = await client.ask(verb, argument)
            finally:
                client.cwd, client.data_type = None, ""
            return reply.lines

    async def probe(self, on_row: Callable[[ProbeRow], None]) -> ProbeReport:
        """Tries every way to open a data connection, on control connections of its own."""
        from tuiftp.ftp.probe import probe_site  # heavy, and only needed when asked for

        return await probe_site(self.address, self._options, bus=self._bus, on_row=on_row, guard=self.guard)

    async def connect(self) -> None:
        """Logs the pane's session in.

        Raises:
            ConnectionFailed, LoginRefused, ProtocolViolation: It cannot.
        """
        try:
            async with self._browsing.use():
                pass
        except (ConnectionFailed, LoginRefused):
            # The pane goes before the queue: an idle session of ours may be the one too many.
            if not self.pool.close_idle():
                raise
            async with self._browsing.use():
                pass
        self._waking.start()
        if self._shares_session:
            self._shares_session = False
            self.share_session()
        client = self._browsing.client
        if client is not None and self._used is None:
            self._used = self._remembered()
            self._bus.publish(ModeChanged(self.label, self.mode_summary))

    def _test_all(self) -> None:
        """The machine was asleep: tests what nobody uses, so that no action meets a dead connection."""
        self.pool.test_idle()
        self._testing = asyncio.get_running_loop().create_task(self._browsing.test(), name="test after sleep")

    def _remembered(self) -> DataCommand | None:
        client = self._browsing.client
        if client is None or self._options.rules.mode is not ConnectionMode.AUTO:
            return None
        return self._memory.recall(self._browsing.server, client.local[0])

    def share_session(self) -> None:
        """Gives the pane's session to the queue too: a headless command has no pane that must not wait."""
        self.pool.adopt(self._browsing)

    def log_in_as(self, credentials: Credentials, when_right: Callable[[], None] = lambda: None) -> None:
        """Has all sessions log in so from now on: a person has given the password, which may be tried again.

        Args:
            credentials: Who logs in.
            when_right: Called once, when the server has taken this password.
        """
        self.address = self._browsing.address = dataclasses.replace(self.address, credentials=credentials)
        self._facts.gate.forget_wrong()
        self._facts.gate.expect(credentials.password, when_right)

    async def reconnect(self) -> None:
        """Closes the pane's control connection and makes a new one."""
        self._browsing.drop("to reconnect, as asked")
        await self.connect()

    @property
    def is_connected(self) -> bool:
        """Whether the pane's control connection stands."""
        return self._browsing.is_usable

    @property
    def tls(self) -> TlsFacts | None:
        """How the pane's control connection is encrypted; None: it is not."""
        client = self._browsing.client
        return client.tls.facts if client is not None and client.tls is not None else None

    @property
    def encryption(self) -> str:
        """The version of TLS that the pane's control connection speaks; empty: none."""
        return self.tls.version if self.tls is not None else ""

    @property
    def protects_data(self) -> bool:
        """Whether data connections are encrypted too."""
        client = self._browsing.client
        return client is not None and client.protects_data

    @property
    def mode_summary(self) -> str:
        """The mode, and what it has come to: `auto → passive (PASV)`."""
        mode = self._options.rules.mode
        if self._used is None:
            return mode.value
        if mode is self._used.mode:
            return f"{mode} ({self._used})"
        return f"{mode} → {self._used.mode} ({self._used})"

    def _mode_found(self, command: DataCommand) -> None:
        if command is not self._used:
            self._used = command
            self._bus.publish(ModeChanged(self.label, self.mode_summary))

    def mode_history(self) -> Sequence[StepOutcome]:
        """Why this mode: what was tried, oldest first."""
        return self._memory.mode_history(self._browsing.server)

    def forget_mode(self) -> None:
        """Forgets what worked, so that the next data connection starts over."""
        self._memory.forget(self._browsing.server)
        self._facts.not_understood.clear()
        self._facts.costly.clear()
        self._facts.learned_address = None
        self._used = None
        self._bus.publish(ModeChanged(self.label, self.mode_summary))

    async def close(self) -> None:
        """Closes everything, within a second or two, whatever the server does."""
        self.is_closed = True
        self._waking.stop()
        if self._testing is not None:
            self._testing.cancel()
        await asyncio.gather(self.pool.close(), self._browsing.close())
