"""One target of a probe: a kind of address, plain or TLS; its ways are tried side by side as logins allow.

A way gets a session that is in order: a fresh one after every failure. Where the server refuses another login
while one stands, the ways take turns on those that there are.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tuiftp.choices import AddressPolicy, ConnectionMode, TlsPolicy
from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.ftp.control.secure import TlsGuard
from tuiftp.ftp.data.active import is_local
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.ftp.options import ConnectionOptions, SiteAddress
from tuiftp.ftp.probe.attempt import try_way
from tuiftp.ftp.probe.load import Load, clean
from tuiftp.ftp.session import FtpSession, ServerFacts
from tuiftp.protocol.addresses import status_address
from tuiftp.protocol.modes import ModeRules
from tuiftp.wirelog.probing import Family, ProbeRow, Security, Way, WayVerdict, ways_of
from tuiftp.wirelog.probing.judging import judge, not_tried
from tuiftp.wirelog.records import RecordKind, WireRecord

_SERIES: Final = (
    (Way.EPSV, Way.PASV_ANNOUNCED, Way.PASV_PEER), (Way.PORT_LOCAL, Way.PORT_EXTERNAL), (Way.EPRT,),
)  # fmt: skip
"""What is tried on one session, one way after the other: the second may use what the first has taught."""
_PATIENCE: Final = 15
"""How often a login is tried again that was refused because there are too many."""
_PAUSE: Final = 2.0
"""Seconds between two such tries: the server has to notice that another one is gone."""
_CROWDED: Final = re.compile(r"\b421\b|too many|maximum|limit", re.IGNORECASE)


class Target:
    """A kind of address, plain or encrypted, and its ways."""

    def __init__(
        self, address: SiteAddress, guard: TlsGuard, options: ConnectionOptions, family: Family, *,
        bus: EventBus, logins: asyncio.Semaphore, on_row: Callable[[ProbeRow], None],
    ) -> None:  # fmt: skip
        self.family = family
        """The kind of address."""
        self.security = Security.PLAIN if options.tls.policy is TlsPolicy.OFF else Security.TLS
        """Plain or TLS; a login says which it is where TLS is taken only if it is offered."""
        self.has_logged_in = False
        """Whether a login has ever come about."""
        self.login_error: str | None = None
        """Why none has."""
        self.problems: list[str] = []
        """What else went wrong."""
        self.greeting: str | None = None
        """The greeting's last line."""
        self._address, self._guard, self._bus, self._logins, self._on_row = (
            address,
            guard,
            bus,
            logins,
            on_row,
        )
        self._options = replace(options, rules=ModeRules(ConnectionMode.AUTO))
        self._external = options.active_address
        self._rows: dict[Way, ProbeRow] = {}
        self._series = deque(self._ways(series) for series in _SERIES)
        self._facts = ServerFacts()
        self._load = Load()
        self._sessions: list[FtpSession] = []
        self._is_crowded = False
        self._joining = asyncio.Lock()
        self._records: dict[int, list[WireRecord]] = {}

    @property
    def name(self) -> str:
        """`IPv4, plain`."""
        return f"{self.family}, {self.security}"

    def _ways(self, series: Sequence[Way]) -> deque[Way]:
        return deque(way for way in series if way in ways_of(self.family))

    def take(self, record: WireRecord) -> None:
        """Keeps a record of one of our control connections."""
        mine = [session.client.wire.conn for session in self._sessions if session.client is not None]
        if record.conn in mine:
            self._records.setdefault(record.conn, []).append(record)
            if self.greeting is None and record.kind is RecordKind.REPLY:
                self.greeting = record.text

    def rows(self) -> list[ProbeRow]:
        """The rows that there are, in the order of the ways."""
        return [self._rows[way] for way in ways_of(self.family) if way in self._rows]

    def give_up(self, why: str) -> None:
        """Makes a row of each way that was not reached."""
        for way in ways_of(self.family):
            if way not in self._rows:
                self._put(not_tried(self.family, self.security, way, why))

    @property
    def downwards_only(self) -> str:
        """Why nothing was sent: the server's words; empty where something was, or nothing came so far."""
        return self._load.why_not

    @property
    def left(self) -> tuple[str, ...]:
        """Files of ours that may still be on the server."""
        return tuple(self._load.left)

    def close(self) -> None:
        """Closes every session, without a word to the server."""
        for session in self._sessions:
            session.drop("the probe is over")

    def _put(self, row: ProbeRow) -> None:
        self._rows[row.way] = row
        self._on_row(row)

    # -- running ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tries every way; returns when each has its row."""
        async with self._logins:
            session = self._session()
            try:
                await self._log_in(session, patience=_PATIENCE)
            except TuiftpError as error:
                self.login_error = error.message
                self.problems.append(f"{self.name}: {error.message}")
                self.give_up(f"no login: {error.message}")
                return
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._help()) for _ in _SERIES[1:]]
                await self._work(session, patience=_PATIENCE)
                if helpers:
                    await asyncio.wait(helpers)
                # What a helper could not finish for want of a login.
                await self._work(session, patience=_PATIENCE)
            await clean(session, self._load, self.left)
            await session.close()

    async def _help(self) -> None:
        """Takes a share of the ways on a login of its own, if there is one to be had."""
        if self._logins.locked():
            return
        async with self._logins:
            session = self._session()
            if await self._join(session):
                await self._work(session, patience=0)
                await session.close()

    async def _join(self, session: FtpSession) -> bool:
        """Logs a further session in: one after the other, so that a limit is met exactly, and met once."""
        async with self._joining:
            if self._is_crowded or not self._series:
                return False
            try:
                await self._log_in(session, patience=0)
            except TuiftpError as error:
                self._is_crowded = True
                self.problems.append(f"{self.name}: no second login beside the first: {error.message}")
        return not self._is_crowded

    async def _work(self, session: FtpSession, *, patience: int) -> None:
        """Tries ways on a session until none is left, or until it has no login any more."""
        while self._series:
            series = self._series.popleft()
            while series:
                try:
                    await self._log_in(session, patience=patience)
                except TuiftpError as error:
                    if not patience:
                        self._series.append(series)
                        return
                    for way in series:
                        self._put(not_tried(self.family, self.security, way, f"no login: {error.message}"))
                    break
                await self._one(session, series.popleft())

    async def _log_in(self, session: FtpSession, *, patience: int) -> None:
        """Sees to it that the session stands; waits for its turn where there are too many."""
        for left in range(patience, -1, -1):
            try:
                async with session.use():
                    break
            except TuiftpError as error:
                if not left or not _CROWDED.search(str(error)):
                    raise
            await asyncio.sleep(_PAUSE)
        self.has_logged_in = True
        if session.client is not None:
            self.security = Security.PLAIN if session.client.tls is None else Security.TLS
        self._facts = session.facts

    def _session(self) -> FtpSession:
        facts = ServerFacts()
        # What the first session has asked need not be asked again; what a way teaches stays its own.
        facts.features, facts.home = self._facts.features, self._facts.home
        session = FtpSession(
            self._address,
            self._options,
            bus=self._bus,
            memory=ModeMemory(),
            facts=facts,
            is_browsing=False,
            guard=self._guard,
        )
        session.may_ask_ahead = False  # a way is judged by itself
        self._sessions.append(session)
        return session

    async def _one(self, session: FtpSession, way: Way) -> None:
        named = await self._named_to(session) if way is Way.PORT_EXTERNAL else None
        options, why_not = self._options_for(session, way, named)
        if why_not:
            self._put(not_tried(self.family, self.security, way, why_not))
            return
        session.options = options
        conn = session.client.wire.conn if session.client is not None else 0
        before = len(self._records.get(conn, ()))
        attempt = await try_way(session, way, self.family, self.security, self._load)
        row = judge(replace(attempt, records=self._records.get(conn, [])[before:]))
        self._put(row)
        if row.verdict is not WayVerdict.OK:
            session.drop("the next way shall have a connection without a past")

    async def _named_to(self, session: FtpSession) -> str | None:
        """Our external address as far as it is to be had: set, named in a refusal, or told in the status."""
        local = self._rows.get(Way.PORT_LOCAL)
        if external := self._external or (local.named if local is not None else None):
            return external
        client = session.client
        if client is None or is_local(client):
            return None
        try:
            reply = await client.ask("STAT")
        except TuiftpError:
            return None  # the next login tells why
        return status_address(reply.full_text, not_in=(client.local[0], client.peer[0]))

    def _options_for(
        self, session: FtpSession, way: Way, external: str | None
    ) -> tuple[ConnectionOptions, str | None]:
        """The options that make a session try just this way, or why it cannot be tried."""
        options = replace(self._options, active_address="")
        if way is Way.PASV_ANNOUNCED:
            options = replace(options, passive_address=AddressPolicy.ANNOUNCED)
        elif way is Way.PASV_PEER:
            options = replace(options, passive_address=AddressPolicy.PEER)
        elif way is Way.PORT_EXTERNAL:
            if session.client is not None and is_local(session.client):
                return options, "server and client are neighbours: the local address is the right one"
            local = self._rows.get(Way.PORT_LOCAL)
            if not self._external and local is not None and local.verdict is WayVerdict.OK:
                # To fail with an address that nobody needs would only blame a router that is in order.
                return options, "the local address works, and none is set: another is not needed"
            if not external:
                return options, "no external address is set, and the server named none"
            options = replace(options, active_address=external)
        elif way is Way.EPRT:
            options = replace(options, active_address=self._external)
        return options, None
