"""The rows and the report of a probe. Values only: who owns the sockets fills them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog.findings.model import Finding
from tuiftp.wirelog.remedies import Remedy, Software


class Family(StrEnum):
    """The kind of address that the server is reached at."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class Security(StrEnum):
    """Whether the session and its data connections are encrypted."""

    PLAIN = "plain"
    TLS = "TLS"


class Way(StrEnum):
    """One way to open a data connection: a command, and which address is meant by it."""

    EPSV = "EPSV"
    PASV_ANNOUNCED = "PASV, as announced"
    PASV_PEER = "PASV, at the server's address"
    PORT_LOCAL = "PORT, our local address"
    PORT_EXTERNAL = "PORT, our external address"
    EPRT = "EPRT"

    @property
    def command(self) -> DataCommand:
        """The command that prepares the connection."""
        return DataCommand(self.value.partition(",")[0])

    @property
    def is_passive(self) -> bool:
        """Whether the server listens and we connect."""
        return self.command.is_passive


def ways_of(family: Family) -> tuple[Way, ...]:
    """The ways that exist for a kind of address: PASV and PORT cannot express IPv6 (RFC 2428)."""
    return tuple(Way) if family is Family.IPV4 else (Way.EPSV, Way.EPRT)


class WayVerdict(StrEnum):
    """The result of one way to open a data connection."""

    OK = "ok"
    """A listing came over it."""
    REFUSED_REPLY = "refused reply"
    """The server refused the command that prepares it, or the transfer over it."""
    UNREADABLE = "unreadable reply"
    """The server's reply names no address that can be read."""
    UNUSABLE_ADDRESS = "unusable address"
    """The reply names an address that leads nowhere from here."""
    CONNECT_REFUSED = "connect refused"
    """Nobody listens where the server said, or a firewall rejects it."""
    TIMED_OUT = "timed out"
    """There was no answer: a firewall drops it, or the address leads nowhere."""
    NO_CONNECTION = "no connection arrived"
    """The server took our address, and did not come or could not."""
    TLS_FAILED = "TLS failed"
    """The connection stood, and TLS on it failed."""
    LOST = "control lost"
    """The control connection broke at it."""
    BROKEN = "data broke"
    """The data connection stood, and the listing did not come whole."""
    NOT_TRIED = "not tried"
    """It was left out; the reason says why."""

    @property
    def is_failure(self) -> bool:
        """Whether it was tried and does not work."""
        return self not in (WayVerdict.OK, WayVerdict.NOT_TRIED)


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One way over one kind of address, plain or encrypted, and what came of it."""

    family: Family
    """The kind of address of the control connection."""
    security: Security
    """Plain, or TLS on both connections."""
    way: Way
    """What was tried."""
    verdict: WayVerdict
    """What came of it."""
    reason: str
    """The same in a sentence, with addresses and the server's words; not yet made visible."""
    reply: str | None = None
    """What the server answered to the command: `227 Entering Passive Mode (…)`."""
    transfer_reply: str | None = None
    """What it answered to the listing at last: `226 …`, `425 …`."""
    endpoint: str | None = None
    """Where the connection went or should have come to, `host:port`."""
    connect_ms: float | None = None
    """How long it took until the data connection stood, in milliseconds."""
    took_ms: float | None = None
    """How long the whole way took, in milliseconds."""
    bytes: int | None = None
    """How many bytes of the listing came."""
    tls_resumed: bool | None = None
    """Whether the data connection resumed the control connection's TLS session; None without TLS."""
    announced: str | None = None
    """The address in the 227, or in our PORT or EPRT."""
    peer: str | None = None
    """The server's address, as the control connection's socket says."""
    local: str | None = None
    """Our address, as the control connection's socket says."""
    named: str | None = None
    """An address of ours that the server named in a refusal."""
    conn: int = 0
    """The number of the control connection; its lines in the log tell the rest."""
    sent: int | None = None
    """How many bytes of 64 KiB went up after the listing and were confirmed; None: that was not tried."""
    fetched: int | None = None
    """How many of 64 KiB came down; None: that was not tried."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to choose for this site."""

    text: str
    """In a sentence or two."""
    mode: ConnectionMode | None = None
    """The mode to set; None where nothing data goes through."""
    prefer_extended: bool | None = None
    """Whether EPSV and EPRT should come first; None: no matter."""
    passive_address: AddressPolicy | None = None
    """Which address to connect to after a 227; None: no matter."""
    active_address: str | None = None
    """The external address to announce; None: none is known to help."""

    @property
    def is_auto_fine(self) -> bool:
        """Whether nothing has to be set."""
        return self.mode is ConnectionMode.AUTO and self.passive_address is None and not self.prefer_extended


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """All that a probe found out."""

    site: str
    """`ftp://user@host`, without the password."""
    started: datetime
    """When, aware, UTC."""
    took_ms: float
    """How long it took, in milliseconds."""
    rows: tuple[ProbeRow, ...] = ()
    """What each way came to, in the order of the ways."""
    advice: Advice = field(default_factory=lambda: Advice(""))
    """What to choose."""
    findings: tuple[Finding, ...] = ()
    """What the exchange tells."""
    remedies: tuple[Remedy, ...] = ()
    """What would mend what failed."""
    software: Software | None = None
    """Which server it is, where its greeting tells."""
    greeting: str | None = None
    """The greeting's last line."""
    login_error: str | None = None
    """Why nobody could log in at all; None when somebody could."""
    problems: tuple[str, ...] = ()
    """What else went wrong: a kind of address that cannot be reached, logins that were refused."""

    firewall: tuple[str, ...] = ()
    """Whose firewall blocks the passive ports, as far as connects to other ports tell; empty where none does."""
    downwards_only: str = ""
    """Why no file was sent: the server's words; empty where it took one."""

    @property
    def tried(self) -> tuple[ProbeRow, ...]:
        """The rows that were tried."""
        return tuple(row for row in self.rows if row.verdict is not WayVerdict.NOT_TRIED)

    @property
    def status(self) -> int:
        """The exit status: 0 all ways work, 1 some do, 3 none does, 4 nobody could log in."""
        if self.login_error is not None:
            return 4
        good = [row.verdict is WayVerdict.OK for row in self.tried]
        return 3 if not any(good) else 0 if all(good) else 1
