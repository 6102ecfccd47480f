"""Input of the finding rules: the failed attempts of one operation, and the state known of a site."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

from tuiftp.protocol.addresses import is_flagged_port, same_host
from tuiftp.protocol.hosts import AddressClass
from tuiftp.protocol.modes import speaks_of_session_reuse
from tuiftp.wirelog.conversation import Attempt, Conversation, DialEnd, Moment, ReplySeen
from tuiftp.wirelog.ends import class_of, split_end
from tuiftp.wirelog.findings.model import Confidence

LATE_MS = 3_000.0
"""A 425 that comes later than this tells of packets that were dropped, not of a connect that was refused."""
_MOST_ATTEMPTS = 12
_MOST_CONNECTIONS = 64


class Occasion(StrEnum):
    """When a rule looks."""

    COMMAND = "command"
    GREETED = "greeted"
    REPLIED = "replied"
    UNASKED = "unasked"
    DIALLED = "dialled"
    INTRUDED = "intruded"
    HANDSHAKE_FAILED = "handshake failed"
    CLOSED = "closed"
    LOST = "lost"
    WORKED = "worked"
    """An attempt has worked."""
    FAILED = "failed"
    """An attempt is over and has not worked."""
    PASSIVE_OVER = "passive over"
    """All passive ways of this operation have failed."""
    ACTIVE_OVER = "active over"
    """All active ways of this operation have failed."""


class Why(StrEnum):
    """Why an attempt failed."""

    REFUSED = "refused"
    """The server refused the preparation."""
    UNREADABLE = "unreadable"
    """The 227 or 229 could not be read."""
    NO_ANSWER = "no answer"
    """The preparation was not answered."""
    TIMED_OUT = "timed out"
    """Our connect met no answer."""
    REJECTED = "rejected"
    """Our connect was answered by an error: a firewall or a router does not let it through."""
    CLOSED_PORT = "closed port"
    """Our connect was refused."""
    NOT_ARRIVED = "not arrived"
    """The server's connect never arrived."""
    REPELLED = "repelled"
    """The server could not connect, at once."""
    OTHER = "other"
    """It is not the data connection's fault, or cannot be told."""


_SPECIAL_425 = (
    "bad ip connecting", "security", "foreign", "ipv6", "use port or pasv", "use pasv or port", "first",
)  # fmt: skip


def why_failed(attempt: Attempt) -> Why:
    """Why an attempt that has not worked failed, as far as its records tell."""
    reply = attempt.preparation.final
    if reply is None:
        return Why.NO_ANSWER
    if reply.is_refusal:
        return Why.REFUSED
    if attempt.is_unreadable:
        return Why.UNREADABLE
    if attempt.has_stood:
        return Why.OTHER
    refused = _transfer_425(attempt)
    if attempt.is_passive:
        return _why_passive(attempt, refused)
    if attempt.gave_up is not None and refused is None:
        return Why.NOT_ARRIVED
    if refused is None:
        return Why.OTHER
    return Why.NOT_ARRIVED if refused >= LATE_MS else Why.REPELLED


def _why_passive(attempt: Attempt, refused: float | None) -> Why:
    ends = [dial.end for dial in attempt.dials]
    if DialEnd.REJECTED in ends and DialEnd.TIMED_OUT not in ends:
        return Why.REJECTED
    if DialEnd.TIMED_OUT in ends or any(
        dial.end is DialEnd.FAILED and dial.errno is None for dial in attempt.dials
    ):
        return Why.TIMED_OUT
    if ends and all(end is DialEnd.REFUSED for end in ends):
        return Why.CLOSED_PORT
    return Why.TIMED_OUT if refused is not None and refused >= LATE_MS else Why.OTHER


def _transfer_425(attempt: Attempt) -> float | None:
    """After how many milliseconds the transfer command was answered with a plain 425 or 426."""
    transfer = attempt.transfer
    if transfer is None or transfer.final is None or not is_plain_425(transfer.final):
        return None
    return transfer.took()


def is_plain_425(reply: ReplySeen) -> bool:
    """Whether a transfer was refused for want of a data connection, and for no other reason that the words name."""
    if reply.code not in (425, 426):
        return False
    text = reply.whole.lower()
    return not speaks_of_session_reuse(reply.code, text) and not any(words in text for words in _SPECIAL_425)


def announced_host(attempt: Attempt) -> str | None:
    """The address that 227, PORT or EPRT names."""
    return attempt.announced[0] if attempt.announced else None


def announced_port(attempt: Attempt) -> int | None:
    """The port that 227, 229, PORT or EPRT names."""
    return attempt.announced[1] if attempt.announced else None


def is_flagged(attempt: Attempt) -> bool:
    """Whether its port is one that routers' helpers look into."""
    port = announced_port(attempt)
    flag = is_flagged_port(port) if port is not None else None
    return flag is not None and "belongs to" in flag


def dial_goes_to(remote: str, host: str | None) -> bool:
    """Whether a connect went to this address."""
    end = split_end(remote)
    return end is not None and host is not None and same_host(end[0], host)


def is_public(host: str | None) -> bool:
    """Whether an address is public."""
    return class_of(host) is AddressClass.PUBLIC


def is_nowhere(host: str | None, peer: str | None) -> bool:
    """Whether we announce an address that a server elsewhere cannot reach: 0.0.0.0, or loopback."""
    own = class_of(host)
    if own is AddressClass.UNSPECIFIED:
        return True
    return own is AddressClass.LOOPBACK and class_of(peer) not in (None, AddressClass.LOOPBACK)


@dataclass(slots=True)
class Walk:
    """The ways that one operation has tried so far, without success."""

    attempts: list[Attempt] = field(default_factory=list)
    """Those that are over, oldest first; bounded."""
    current: Attempt | None = None
    """The one that runs."""
    told: set[Occasion] = field(default_factory=set)
    """The families whose end was told."""

    def add_failed(self, attempt: Attempt) -> None:
        """Takes an attempt that is over."""
        self.attempts.append(attempt)
        del self.attempts[:-_MOST_ATTEMPTS]

    def of_family(self, *, is_passive: bool) -> list[Attempt]:
        """The failed attempts of one family."""
        return [attempt for attempt in self.attempts if attempt.is_passive is is_passive]


class SiteView:
    """What is known of one site, over all its control connections. Bounded."""

    def __init__(self, name: str) -> None:
        self.name = name
        """`host:port`."""
        self.worked: dict[tuple[str, bool], Attempt] = {}
        """The last attempt that worked, by command and whether under TLS."""
        self.failed: dict[tuple[str, bool], Attempt] = {}
        """The last attempt that failed since it last worked, by the same."""
        self.blocked: list[Attempt] = []
        """The last whose connects met silence or were rejected, since a passive one last worked; bounded."""
        self.mute: list[Attempt] = []
        """The last that stood here and of which the server said nothing; bounded."""
        self.stalls: list[int] = []
        """After how many bytes the last transfers fell silent; bounded."""
        self.flagged: Attempt | None = None
        """The last that failed at a port that routers' helpers eat."""
        self.mangled: Attempt | None = None
        """The last whose 227 could not be read, in plain text."""
        self.open: OrderedDict[int, int] = OrderedDict()
        """Control connections that stand: their numbers, and the records that say so."""
        self.reported: dict[str, Confidence] = {}
        """What was told already."""
        self.orphan: tuple[Conversation, Walk] | None = None
        """A control connection that was lost in the middle of a walk: the next one goes on with it."""

    def opened(self, conn: int, index: int) -> None:
        """Counts a control connection."""
        self.open[conn] = index
        if len(self.open) > _MOST_CONNECTIONS:
            self.open.popitem(last=False)

    def any_worked(self, *, is_passive: bool, is_secure: bool | None = None) -> bool:
        """Whether some way of a family has worked."""
        return any(
            attempt.is_passive is is_passive and is_secure in (None, attempt.is_secure)
            for attempt in self.worked.values()
        )


@dataclass(slots=True)
class Case:
    """What a rule is given."""

    moment: Moment
    """What has just happened."""
    conversation: Conversation
    """On which control connection."""
    site: SiteView
    """At which site."""
    attempt: Attempt | None
    """The attempt concerned."""
    failed: tuple[Attempt, ...] = ()
    """For the end of a family: its failed attempts."""
    active_elsewhere: str | None = None
    """Another site whose active connection has arrived here."""
    elsewhere: str | None = None
    """Where a passive connection of ours to an unprivileged port of another site has worked, `host:port`."""

    @property
    def peer(self) -> str | None:
        """The server's address."""
        return self.conversation.peer
