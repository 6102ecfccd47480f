"""Conversation: follows the records of one control connection as they come, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime

from tuiftp.protocol.commands import is_stale_answer
from tuiftp.wirelog.conversation import texts
from tuiftp.wirelog.conversation.attempts import Attempts
from tuiftp.wirelog.conversation.model import (
    PREPARATIONS,
    TRANSFERS,
    Exchange,
    LostHow,
    Moment,
    MomentKind,
    ReplySeen,
)
from tuiftp.wirelog.conversation.replies import ReplyAssembler
from tuiftp.wirelog.ends import host_of, split_end
from tuiftp.wirelog.records import RecordKind, WireRecord, WireState

MOST_OWED = 64
"""Commands that are kept as unanswered; a log that was cut must not make it grow."""

_LOST = {
    WireState.NOT_CONNECTED: LostHow.NEVER,
    WireState.CLOSED: LostHow.OURS,
    WireState.GIVEN_UP: LostHow.OURS,
    WireState.BROKEN: LostHow.BROKEN,
    WireState.SILENT: LostHow.SILENT,
    WireState.ENDED: LostHow.ENDED,
    WireState.NO_FINAL_REPLY: LostHow.NO_FINAL,
}


class Conversation:
    """One control connection, as far as its records tell."""

    def __init__(self, conn: int, attempts: Attempts) -> None:
        self.conn = conn
        """Its number."""
        self.asked: str | None = None
        """The end that was asked for, `host:port`."""
        self.asked_at: datetime | None = None
        """When the connect began."""
        self.asked_index: int | None = None
        """Index of the record that says so."""
        self.peer: str | None = None
        """The server's address."""
        self.local: str | None = None
        """Our address."""
        self.greeting: ReplySeen | None = None
        """The server's first words."""
        self.is_secure = False
        """Whether TLS stands on it."""
        self.is_logged_in = False
        """Whether the server has said 230."""
        self.died: Exchange | None = None
        """What the server's process died at, by its own words; what it says after that answers nothing."""
        self.lost: LostHow | None = None
        """How it ended, once it has."""
        self.attempts = attempts
        """Its data connections."""
        self.owed: deque[Exchange] = deque(maxlen=MOST_OWED)
        """What waits for an answer, oldest first."""
        self.last_traffic: datetime | None = None
        """When a command or reply last passed."""
        self.quiet = 0.0
        """Seconds for which it had been silent before the last command or reply."""
        self._assembler = ReplyAssembler()
        self._last_code: int | None = None

    @property
    def site(self) -> str:
        """What the site is called: as it was asked for, else the server's address."""
        return self.asked or self.peer or ""

    def feed(self, index: int, record: WireRecord) -> list[Moment]:
        """Takes a record and says what has changed by it."""
        if record.kind is RecordKind.COMMAND:
            return [self._command(index, record)]
        if record.kind is RecordKind.REPLY:
            return self._reply_line(index, record)
        if record.kind is RecordKind.DATA:
            moment = self.attempts.data(index, record)
            return [moment] if moment else []
        if record.kind in (RecordKind.STATUS, RecordKind.ERROR):
            return self._state(index, record)
        return []

    def silence(self, at: datetime) -> float:
        """Seconds for which the control connection has been silent, what is unanswered left out."""
        since = 0.0
        if self.last_traffic is not None:
            since = max(0.0, (at - self.last_traffic).total_seconds())
        return max([since, *(exchange.silence for exchange in self.owed)])

    def _command(self, index: int, record: WireRecord) -> Moment:
        verb, _, argument = record.text.strip().partition(" ")
        verb = verb.upper()
        self._assembler.interrupt()
        since = self.last_traffic
        silence = max(0.0, (record.at - since).total_seconds()) if since is not None else 0.0
        exchange = Exchange(verb, argument, index, record.at, silence)
        self.last_traffic = record.at
        self.owed.append(exchange)
        if verb in PREPARATIONS:
            self.attempts.prepare(exchange, is_secure=self.is_secure)
        elif verb in TRANSFERS:
            self.attempts.transfer(exchange)
        return Moment(
            MomentKind.COMMAND, index, record.at, exchange, attempt=exchange.attempt, text=record.text
        )

    def _reply_line(self, index: int, record: WireRecord) -> list[Moment]:
        reply = self._assembler.add(index, record)
        if reply is None:
            return []
        self.quiet = self.silence(reply.at)
        moment = self._reply(reply)
        self.last_traffic = reply.at
        return [moment]

    def _reply(self, reply: ReplySeen) -> Moment:
        owed = self.owed[0] if self.owed else None
        if owed is None and self.greeting is None and not self._last_code:
            return self._greeted(reply)
        if (
            owed is None
            or self.died is not None
            or is_stale_answer(owed.verb, reply.code, last_code=self._last_code)
        ):
            return Moment(MomentKind.UNASKED, reply.index, reply.at, reply=reply, text=reply.text)
        if reply.code < 200:
            owed.preliminary = reply
            kind = MomentKind.PRELIMINARY
        else:
            owed.final = reply
            self.owed.popleft()
            self._last_code = reply.code
            if texts.is_last_word(reply.text):
                self.died = owed
            self._learn(owed, reply)
            kind = MomentKind.REPLIED
        return Moment(kind, reply.index, reply.at, owed, reply, owed.attempt, text=reply.text)

    def _greeted(self, reply: ReplySeen) -> Moment:
        if reply.code >= 200:  # 120 says that the greeting proper is still to come
            self.greeting = reply
            self._last_code = reply.code
        greeting = Exchange("", "", reply.first, reply.at, final=reply)
        return Moment(MomentKind.GREETED, reply.index, reply.at, greeting, reply, text=reply.text)

    def _learn(self, exchange: Exchange, reply: ReplySeen) -> None:
        if exchange.verb == "AUTH" and reply.code == 234:
            self.is_secure = True
        elif exchange.verb == "CCC" and reply.is_success:
            self.is_secure = False
        if exchange.verb in ("USER", "PASS", "ACCT") and reply.is_success:
            self.is_logged_in = True
        if exchange.verb in PREPARATIONS:
            self.attempts.prepared(exchange)

    def _state(self, index: int, record: WireRecord) -> list[Moment]:
        state = record.state
        if state is None:
            return self._sentence(index, record)
        if state is WireState.NO_WAY_LEFT:
            return [Moment(MomentKind.ALL_TRIED, index, record.at, text=record.text)]
        if state is WireState.NOTE and record.local and self.local is None:
            self.local = host_of(record.local)  # a server's own log names the client's address alone
        elif state is WireState.CONNECTING and record.remote:
            self._asked(index, record, record.remote)
        elif state is WireState.CONNECTED and record.remote:
            return [self._opened(index, record, record.remote, record.local)]
        elif state in (WireState.SECURED, WireState.DATA_SECURED):
            return self._secured(index, record, is_data=state is WireState.DATA_SECURED)
        elif state in _LOST:
            return self._lost(index, record, _LOST[state], is_wanted=state is WireState.CLOSED)
        return []

    def _sentence(self, index: int, record: WireRecord) -> list[Moment]:
        """Reads a record of an older version, or of another program, by its words."""
        text = record.text
        if texts.tells_of_another_try(text):
            is_last = texts.is_last_try(text)
            return [Moment(MomentKind.ALL_TRIED, index, record.at, text=text)] if is_last else []
        if found := texts.CONNECTING.match(text):
            self._asked(index, record, found[1])
            return []
        if found := texts.CONNECTED.match(text):
            return [self._opened(index, record, found[1], found[2])]
        how = texts.how_lost(text)
        if how is None and record.kind is RecordKind.ERROR and self.peer is None and self.greeting is None:
            how = LostHow.NEVER
        if how is not None:
            return self._lost(index, record, how, is_wanted=texts.is_wanted(text))
        if texts.HANDSHAKE.search(text):
            return [self._about_data(MomentKind.HANDSHAKE_FAILED, index, record)]
        if record.tls is not None or texts.TLS.match(text):
            return self._secured(index, record, is_data="data connection" in text)
        return []

    def _asked(self, index: int, record: WireRecord, where: str) -> None:
        self.asked, self.asked_at, self.asked_index = where, record.at, index
        end = split_end(where)
        if end is not None and end[1] == 990:
            self.is_secure = True  # implicit TLS

    def _secured(self, index: int, record: WireRecord, *, is_data: bool) -> list[Moment]:
        if not is_data:
            self.is_secure = True
            return [Moment(MomentKind.SECURED, index, record.at, text=record.text)]
        attempt = self.attempts.newest
        if attempt is None:
            return []
        attempt.secured, attempt.secured_at = index, record.at
        return [self._about_data(MomentKind.SECURED, index, record)]

    def _about_data(self, kind: MomentKind, index: int, record: WireRecord) -> Moment:
        attempt = self.attempts.newest
        exchange = attempt.transfer if attempt else None
        return Moment(kind, index, record.at, exchange, attempt=attempt, text=record.text)

    def _opened(self, index: int, record: WireRecord, peer: str, local: str | None) -> Moment:
        end, own = split_end(peer), split_end(local)
        self.peer = end[0] if end else None
        self.local = own[0] if own else None
        self.last_traffic = record.at
        return Moment(MomentKind.OPENED, index, record.at, text=record.text)

    def _lost(self, index: int, record: WireRecord, how: LostHow, *, is_wanted: bool) -> list[Moment]:
        if self.lost is not None:
            return []
        self.lost = how
        exchange = self.owed[0] if self.owed else None
        attempt = exchange.attempt if exchange else None
        return [
            Moment(
                MomentKind.LOST,
                index,
                record.at,
                exchange,
                attempt=attempt,
                how=how,
                text=record.text,
                is_wanted=is_wanted,
            )
        ]


class Conversations:
    """All conversations of a log, those that were heard longest ago forgotten when there are too many."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._by_number: OrderedDict[int, Conversation] = OrderedDict()
        self._numbers = 0

    def of(self, conn: int) -> Conversation:
        """The conversation of a control connection, begun where there is none yet."""
        found = self._by_number.get(conn)
        if found is None:
            found = Conversation(conn, Attempts(conn, self._next_number))
            self._by_number[conn] = found
            if len(self._by_number) > self._capacity:
                self._by_number.popitem(last=False)
        else:
            self._by_number.move_to_end(conn)
        return found

    def all(self) -> tuple[Conversation, ...]:
        """Those that are kept, oldest first."""
        return tuple(self._by_number.values())

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers
