"""Opens an FtpSite for a test, keeps its protocol log, and closes it whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

from tuiftp.choices import ConnectionMode
from tuiftp.events import EventBus
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.ftp.events import SessionChanged, WireRecorded
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.site import FtpSite
from tuiftp.ftp.tls.trust import TrustDecider, TrustStore
from tuiftp.protocol.modes import DataCommand, ModeRules
from tuiftp.secret import Secret
from tuiftp.wirelog.records import RecordKind, WireRecord
from tuiftp.wirelog.text import render_record

QUICK = ConnectionOptions(
    timeout=5.0, auto_connect_timeout=0.4, accept_timeout=0.5, stall_timeout=1.5, drain_timeout=0.5
)
"""Limits that keep a test of a timeout short."""


class Server(Protocol):
    """What a test server has: scripted, or a real one."""

    host: str
    port: int


class OpenSite:
    """A connected site, and all that its log said."""

    def __init__(self, site: FtpSite, bus: EventBus) -> None:
        self.site = site
        self.endpoint = site.endpoint
        self.records: list[WireRecord] = []
        self.sessions: list[SessionChanged] = []
        self._news = asyncio.Event()
        self.bus = bus
        bus.subscribe(WireRecorded, lambda event: self._take(self.records, event.record))
        bus.subscribe(SessionChanged, lambda event: self._take(self.sessions, event))

    def _take(self, into: list[Any], value: object) -> None:
        into.append(value)
        self._news.set()

    async def until(self, condition: Callable[[], bool], *, within: float = 5.0) -> None:
        """Return when a condition on the log or the sessions holds; TimeoutError when it does not."""
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                await self._news.wait()

    @property
    def sent(self) -> list[str]:
        """The verbs that were sent, in order."""
        return [record.text.partition(" ")[0] for record in self.records if record.kind is RecordKind.COMMAND]

    @property
    def log(self) -> str:
        """The log as a person reads it."""
        return "\n".join(line for record in self.records for line in render_record(record))

    @property
    def worked(self) -> DataCommand:
        """The way in which the last data connection came about."""
        return [step.command for step in self.site.mode_history() if step.ok][-1]

    async def names(self) -> list[str]:
        """The names in the login directory, sorted."""
        listing = await self.endpoint.list(await self.endpoint.home())
        return sorted(entry.name for entry in listing.entries)


def rules(mode: str = "auto", **changes: Any) -> ModeRules:
    """Mode rules by name."""
    return ModeRules(ConnectionMode(mode), **changes)


@asynccontextmanager
async def open_site(
    server: Server,
    options: ConnectionOptions = QUICK,
    *,
    user: str = "ftptest",
    password: str = "ftppass",
    memory: ModeMemory | None = None,
    connect: bool = True,
    host: str = "",
    trust: TrustStore | None = None,
    decider: TrustDecider | None = None,
    **changes: Any,
) -> AsyncIterator[OpenSite]:
    """A site that is connected to `server`; `changes` replace fields of its options."""
    bus = EventBus()
    address = SiteAddress(host or server.host, server.port, Credentials(user, Secret(password)))
    site = FtpSite(
        address, replace(options, **changes), bus=bus, memory=ModeMemory() if memory is None else memory,
        trust=trust, decider=decider,
    )  # fmt: skip
    opened = OpenSite(site, bus)
    try:
        if connect:
            await site.connect()
        yield opened
    finally:
        await site.close()
