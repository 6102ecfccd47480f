"""The parts of a conversation: exchanges, attempts at a data connection, and the moments in which they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuiftp.protocol.commands import DATA_VERBS

PREPARATIONS = frozenset({"PASV", "EPSV", "PORT", "EPRT", "LPRT", "LPSV"})
"""The verbs that prepare a data connection."""
TRANSFERS = DATA_VERBS
"""The verbs that use one."""


@dataclass(frozen=True, slots=True)
class ReplySeen:
    """A reply, all lines of it."""

    code: int
    """Its code."""
    text: str
    """Its last line, with the code."""
    first: int
    """Index of the record of its first line."""
    index: int
    """Index of the record of its last line."""
    at: datetime
    """When the last line came."""
    whole: str
    """All lines, joined by line feeds; bounded."""
    ms: float | None = None
    """How long it took, if the record says so."""

    @property
    def is_refusal(self) -> bool:
        """4yz or 5yz."""
        return 400 <= self.code < 600

    @property
    def is_success(self) -> bool:
        """2yz."""
        return 200 <= self.code < 300


@dataclass(slots=True)
class Exchange:
    """A command and what came back for it. The greeting is an exchange whose verb is empty."""

    verb: str
    """The verb, in capitals."""
    argument: str
    """What followed it."""
    index: int
    """Index of its record."""
    at: datetime
    """When it was sent."""
    silence: float = 0.0
    """Seconds in which the control connection had been silent before it."""
    preliminary: ReplySeen | None = None
    """The last 1yz reply."""
    final: ReplySeen | None = None
    """The final reply."""
    attempt: Attempt | None = None
    """The data connection that it prepares or uses."""

    def took(self) -> float | None:
        """Milliseconds until the final reply."""
        if self.final is None:
            return None
        return self.final.ms if self.final.ms is not None else _between(self.at, self.final.at)


def _between(began: datetime, ended: datetime) -> float:
    return max(0.0, (ended - began).total_seconds() * 1000)


class DialEnd(StrEnum):
    """How a connect of ours ended."""

    OPEN = "open"
    CONNECTED = "connected"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    REJECTED = "rejected"
    """Answered by an error: our own system, or a router or firewall by ICMP, does not let it through."""
    FAILED = "failed"


@dataclass(slots=True)
class Dial:
    """A connect of ours to where the server listens."""

    remote: str
    """Where to, `host:port`."""
    index: int
    """Index of the record that says so."""
    at: datetime
    """When it began."""
    end: DialEnd = DialEnd.OPEN
    """How it ended."""
    end_index: int | None = None
    """Index of the record that tells its end."""
    ms: float | None = None
    """How long it took."""
    end_at: datetime | None = None
    """When it ended."""
    why: str = ""
    """How it ended, in the record's words."""
    errno: str | None = None
    """The system's name for the error that ended it, where the record has one."""
    icmp: str | None = None
    """The ICMP error that answered it, and who sent that."""


@dataclass(slots=True)
class Attempt:
    """One try at a data connection, from its preparation to its end."""

    number: int
    """Counted from 1 over the whole log."""
    conn: int
    """The control connection."""
    command: str
    """`PASV`, `EPSV`, `PORT` or `EPRT`."""
    preparation: Exchange
    """The command and its answer."""
    is_secure: bool
    """Whether the control connection was under TLS."""
    announced: tuple[str | None, int] | None = None
    """Where to connect, as 227, 229, PORT or EPRT says; the host is None for 229."""
    is_unreadable: bool = False
    """Whether a 227 or 229 could not be read."""
    listening: int | None = None
    """Index of the record that says where we listen."""
    listens_on: str | None = None
    """Where we really listen."""
    dials: list[Dial] = field(default_factory=list)
    """Our connects, in order."""
    arrived: int | None = None
    """Index of the record that says that the server connected."""
    arrived_from: str | None = None
    """From where."""
    intruded: int | None = None
    """Index of the record that says that another than the server connected."""
    gave_up: int | None = None
    """Index of the record that says that no connection arrived."""
    gave_up_at: datetime | None = None
    """When we gave up."""
    local: str | None = None
    """Our end, once it stands."""
    remote: str | None = None
    """The other end, once it stands."""
    stood_at: datetime | None = None
    """When the connection stood."""
    open_ms: float | None = None
    """How long that took."""
    transfer: Exchange | None = None
    """The transfer command that uses it."""
    secured: int | None = None
    """Index of the record that says that TLS stands on it."""
    secured_at: datetime | None = None
    """When TLS stood."""
    first_byte_at: datetime | None = None
    """When it came."""
    closed: int | None = None
    """Index of the record that says that it was closed."""
    closed_at: datetime | None = None
    """When it was closed."""
    bytes: int | None = None
    """How many bytes it carried."""
    fell_silent: bool = False
    """Whether we closed it because no byte moved any more."""
    errno: str | None = None
    """The system's name for the error that ended it, once it stood."""
    speaks: str | None = None
    """What protocol its first bytes belong to, where they are not the server's data."""
    is_over: bool = False
    """Whether nothing more is expected of it."""

    @property
    def is_passive(self) -> bool:
        """Whether we connect."""
        return self.command in ("PASV", "EPSV", "LPSV")

    @property
    def has_stood(self) -> bool:
        """Whether the TCP connection came about."""
        return self.stood_at is not None

    @property
    def is_prepared(self) -> bool:
        """Whether the server agreed to the preparation."""
        reply = self.preparation.final
        return reply is not None and reply.is_success

    @property
    def has_worked(self) -> bool:
        """Whether a transfer went over it, or at least began to."""
        if not self.has_stood or self.transfer is None:
            return False
        final = self.transfer.final
        if final is not None:
            return final.is_success or bool(self.bytes)
        return self.transfer.preliminary is not None

    def evidence(self) -> tuple[int, ...]:
        """Indexes of the records that tell its story."""
        found = [self.preparation.index, self.listening, self.arrived, self.gave_up]
        if self.preparation.final is not None:
            found.append(self.preparation.final.index)
        for dial in self.dials:
            found += [dial.index, dial.end_index]
        if self.transfer is not None:
            found.append(self.transfer.index)
            found += [reply.index for reply in (self.transfer.preliminary, self.transfer.final) if reply]
        return tuple(sorted({index for index in found if index is not None}))


class LostHow(StrEnum):
    """How a control connection ended."""

    OURS = "ours"
    """We closed it, for reasons of our own."""
    BROKEN = "broken"
    """The other side closed or reset it."""
    SILENT = "silent"
    """A command was not answered in time."""
    ENDED = "ended"
    """The server said 421."""
    NO_FINAL = "no final reply"
    """All data went over, and the final reply did not come."""
    NEVER = "never"
    """It did not come about."""


class MomentKind(StrEnum):
    """What has just changed."""

    OPENED = "opened"
    GREETED = "greeted"
    COMMAND = "command"
    PRELIMINARY = "preliminary"
    REPLIED = "replied"
    UNASKED = "unasked"
    DIALLING = "dialling"
    DIALLED = "dialled"
    LISTENING = "listening"
    ARRIVED = "arrived"
    INTRUDED = "intruded"
    GAVE_UP = "gave up"
    SECURED = "secured"
    HANDSHAKE_FAILED = "handshake failed"
    CLOSED = "closed"
    ALL_TRIED = "all tried"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Moment:
    """One change in a conversation, and what it concerns."""

    kind: MomentKind
    """What has changed."""
    index: int
    """Index of the record that tells it."""
    at: datetime
    """When."""
    exchange: Exchange | None = None
    """The exchange concerned."""
    reply: ReplySeen | None = None
    """The reply, for those."""
    attempt: Attempt | None = None
    """The data connection concerned."""
    dial: Dial | None = None
    """The connect concerned."""
    how: LostHow | None = None
    """How the control connection was lost."""
    text: str = ""
    """The record's text."""
    is_wanted: bool = False
    """Whether the user, not a failure, is why the control connection was lost."""
