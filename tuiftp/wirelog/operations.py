"""Operations: one for each data connection and each login, with a title, a state and timing segments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tuiftp.protocol.text import human_size
from tuiftp.wirelog.conversation import (
    Attempt,
    Conversation,
    Conversations,
    DialEnd,
    LostHow,
    Moment,
    MomentKind,
)
from tuiftp.wirelog.ends import join_end
from tuiftp.wirelog.records import WireRecord
from tuiftp.wirelog.waterfall import Clock, Segment, attempt_segments

CAPACITY = 20_000
"""Operations that are kept."""
LOGIN = "login"
"""What stands in the place of the command for a login."""
_LOGIN_VERBS = frozenset({"", "AUTH", "USER", "PASS", "ACCT"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One data connection, or one login, as far as it has come."""

    number: int
    """Counted from 1; the same in each view."""
    task: int
    """The number of the first of the tries that belong together: PORT that failed, then PASV that worked."""
    conn: int
    """The control connection."""
    command: str
    """`PASV`, `EPSV`, `PORT`, `EPRT`; `login` for a login."""
    endpoint: str
    """Where the data connection goes, `host:port`; for PORT where we listen."""
    transfer: str
    """The transfer command with its argument; empty if it did not come so far."""
    ok: bool | None
    """Whether it went well; None while it goes on, or where the log does not say."""
    why: str
    """Why it failed, in a few words."""
    ms: float | None
    """How long it took from its first command to its end, or until now."""
    bytes: int | None
    """How many bytes it carried."""
    first: int
    """Index of its first record."""
    last: int
    """Index of its last record so far."""
    segments: tuple[Segment, ...]
    """Where its time went."""

    @property
    def summary(self) -> str:
        """One line: `#12 PASV 203.0.113.7:50123 ok 38 ms 1.2 MB`."""
        state = {True: "ok", False: "failed", None: "…"}[self.ok]
        parts = [f"#{self.number}", self.command, self.endpoint, state]
        if self.ms is not None:
            parts.append(f"{self.ms / 1000:.1f} s" if self.ms >= 1000 else f"{self.ms:.0f} ms")
        if self.ok is False and self.why:
            parts.append(self.why)
        elif self.bytes is not None:
            parts.append(human_size(self.bytes))
        return " ".join(part for part in parts if part)


def waterfall(operation: Operation) -> tuple[Segment, ...]:
    """Where the time of an operation went, in order of its beginnings."""
    return operation.segments


@dataclass(slots=True)
class _Login:
    """The login of one control connection."""

    began: datetime
    clock: Clock
    last_at: datetime
    ok: bool | None = None
    why: str = ""


@dataclass(slots=True)
class _Entry:
    """An operation under way."""

    number: int
    task: int
    conn: int
    first: int
    last: int
    last_at: datetime
    attempt: Attempt | None = None
    login: _Login | None = None
    peer: str | None = None
    lost: str = ""


class Operations:
    """Follows a log and keeps its operations. Feed records, or moments of conversations that another follows."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._conversations = Conversations()
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._of_attempt: dict[int, _Entry] = {}
        self._logins: dict[int, _Entry] = {}
        self._newest: dict[int, _Entry] = {}
        self._count = 0
        self._index = 0

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, record: WireRecord) -> None:
        """Appends the next record."""
        index, self._index = self._index, self._index + 1
        if record.conn:
            conversation = self._conversations.of(record.conn)
            for moment in conversation.feed(index, record):
                self.take(conversation, moment)

    def take(self, conversation: Conversation, moment: Moment) -> int | None:
        """Takes a moment; the number of the operation that it belongs to, if to any."""
        entry = self._entry_of(conversation, moment)
        if entry is None:
            return None
        entry.last, entry.last_at = max(entry.last, moment.index), moment.at
        if entry.login is not None:
            _take_login(entry.login, moment)
        elif moment.kind is MomentKind.LOST and moment.how is not None:
            entry.lost = moment.text
        return entry.number

    def get(self, number: int) -> Operation | None:
        """One operation, as far as it has come."""
        entry = self._entries.get(number)
        return _built(entry) if entry else None

    def all(self) -> tuple[Operation, ...]:
        """All that are kept, oldest first."""
        return tuple(_built(entry) for entry in self._entries.values())

    def _entry_of(self, conversation: Conversation, moment: Moment) -> _Entry | None:
        is_login = moment.kind in (MomentKind.OPENED, MomentKind.GREETED) or moment.how is LostHow.NEVER
        if is_login or (moment.kind is MomentKind.SECURED and moment.attempt is None):
            return self._login(conversation, moment)
        attempt = moment.attempt
        if attempt is None:
            verb = moment.exchange.verb if moment.exchange else None
            return self._logins.get(conversation.conn) if verb in _LOGIN_VERBS else None
        entry = self._of_attempt.get(attempt.number)
        if entry is None:
            entry = self._begun(conversation, moment, attempt)
        return entry

    def _login(self, conversation: Conversation, moment: Moment) -> _Entry:
        entry = self._logins.get(conversation.conn)
        if entry is None:
            began = conversation.asked_at or moment.at
            first = moment.index if conversation.asked_index is None else conversation.asked_index
            entry = self._new(conversation, first, moment.at)
            entry.login = _Login(began, Clock(began), began)
            self._logins[conversation.conn] = entry
        return entry

    def _begun(self, conversation: Conversation, moment: Moment, attempt: Attempt) -> _Entry:
        first = attempt.listening if attempt.listening is not None else moment.index
        before = self._newest.get(conversation.conn)
        entry = self._new(conversation, min(first, moment.index), moment.at)
        entry.attempt = attempt
        if before is not None and before.attempt is not None and _ok(before) is False:
            entry.task = before.task
        self._of_attempt[attempt.number] = entry
        self._newest[conversation.conn] = entry
        return entry

    def _new(self, conversation: Conversation, index: int, at: datetime) -> _Entry:
        self._count += 1
        entry = _Entry(
            self._count, self._count, conversation.conn, index, index, at,
            peer=conversation.peer or conversation.asked,
        )  # fmt: skip
        self._entries[entry.number] = entry
        if len(self._entries) > self._capacity:
            self._forget(self._entries.popitem(last=False)[1])
        return entry

    def _forget(self, entry: _Entry) -> None:
        if entry.attempt is not None:
            self._of_attempt.pop(entry.attempt.number, None)
        for kept in (self._logins, self._newest):
            if kept.get(entry.conn) is entry:
                del kept[entry.conn]


def _take_login(login: _Login, moment: Moment) -> None:
    exchange, reply = moment.exchange, moment.reply
    if moment.kind is MomentKind.OPENED:
        login.clock.add("connect", login.last_at, moment.at)
    elif moment.kind is MomentKind.SECURED:
        login.clock.add("TLS", login.last_at, moment.at)
    elif moment.kind is MomentKind.LOST and login.ok is None and moment.how is not LostHow.OURS:
        login.clock.add(
            "connect" if moment.how is LostHow.NEVER else "wait", login.last_at, moment.at, failed=True
        )
        login.ok, login.why = False, moment.text
    if moment.kind is MomentKind.GREETED and reply is not None:
        login.clock.add("greeting", login.last_at, reply.at, failed=reply.is_refusal)
    elif moment.kind is MomentKind.REPLIED and exchange is not None and reply is not None:
        login.clock.add(f"{exchange.verb} {reply.code}", exchange.at, reply.at, failed=reply.is_refusal)
        if exchange.verb in ("USER", "PASS", "ACCT") and reply.is_success:
            login.ok = True
    if reply is not None and reply.is_refusal and not (exchange and exchange.verb == "AUTH"):
        login.ok, login.why = False, reply.text
    login.last_at = moment.at


def _ok(entry: _Entry) -> bool | None:
    return _state(entry)[0]


def _state(entry: _Entry) -> tuple[bool | None, str]:
    """Whether it went well, and if not why."""
    if entry.login is not None:
        return entry.login.ok, entry.login.why
    attempt = entry.attempt
    assert attempt is not None
    reply = attempt.preparation.final
    if reply is not None and reply.is_refusal:
        return False, reply.text
    if attempt.is_unreadable:
        return False, "the reply cannot be read"
    if attempt.gave_up is not None:
        return False, "no connection arrived"
    final = attempt.transfer.final if attempt.transfer else None
    if final is not None and final.is_refusal:
        return False, final.text
    if final is not None:
        return True, ""
    if attempt.dials and attempt.dials[-1].end not in (DialEnd.OPEN, DialEnd.CONNECTED):
        end = attempt.dials[-1].end
        return False, {DialEnd.TIMED_OUT: "no answer", DialEnd.REFUSED: "connection refused"}.get(
            end, "cannot connect"
        )
    return (False, entry.lost) if entry.lost else (None, "")


def _built(entry: _Entry) -> Operation:
    ok, why = _state(entry)
    attempt = entry.attempt
    if attempt is None:
        assert entry.login is not None
        ms = entry.login.clock.ms(entry.last_at)
        return Operation(
            entry.number, entry.task, entry.conn, LOGIN, entry.peer or "", "", ok, why, ms, None, entry.first,
            entry.last, tuple(entry.login.clock.segments),
        )  # fmt: skip
    transfer = attempt.transfer
    line = f"{transfer.verb} {transfer.argument}".rstrip() if transfer else ""
    ms = Clock(attempt.preparation.at).ms(entry.last_at)
    return Operation(
        entry.number, entry.task, entry.conn, attempt.command, _endpoint(attempt, entry.peer), line, ok, why, ms,
        attempt.bytes, entry.first, entry.last, attempt_segments(attempt),
    )  # fmt: skip


def _endpoint(attempt: Attempt, peer: str | None) -> str:
    if not attempt.is_passive:
        if attempt.announced is not None and attempt.announced[0] is not None:
            return join_end(attempt.announced[0], attempt.announced[1])
        return attempt.listens_on or ""
    if attempt.dials:
        return attempt.dials[-1].remote
    if attempt.announced is None:
        return ""
    return join_end(attempt.announced[0] or peer or "", attempt.announced[1])


def operations(records: Iterable[WireRecord]) -> tuple[Operation, ...]:
    """The operations of a whole log, oldest first."""
    found = Operations()
    for record in records:
        found.append(record)
    return found.all()
