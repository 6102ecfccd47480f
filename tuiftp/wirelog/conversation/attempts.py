"""Attempts: matches records to the data connections of one control connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import timedelta

from tuiftp.protocol.addresses import decode_eprt, decode_port, is_masked, parse_epsv_reply, parse_pasv_reply
from tuiftp.wirelog.conversation.model import Attempt, Dial, DialEnd, Exchange, Moment, MomentKind
from tuiftp.wirelog.conversation.texts import HANDSHAKE, how_dial_ended
from tuiftp.wirelog.records import DataEvent, WireRecord, WireState

KEPT = 8
"""Attempts that are remembered on one control connection."""
MOST_DIALS = 8
"""Connects that are remembered of one attempt."""
_ENDS = {
    WireState.REFUSED: DialEnd.REFUSED, WireState.TIMED_OUT: DialEnd.TIMED_OUT,
    WireState.HOST_UNREACHABLE: DialEnd.REJECTED, WireState.NETWORK_UNREACHABLE: DialEnd.REJECTED,
    WireState.NOT_PERMITTED: DialEnd.REJECTED,
}  # fmt: skip

_REJECTED = frozenset({"EHOSTUNREACH", "ENETUNREACH", "EPERM", "EACCES", "EHOSTDOWN", "ENETDOWN"})


class Attempts:
    """The last data connections of one control connection."""

    def __init__(self, conn: int, next_number: Callable[[], int]) -> None:
        self._conn = conn
        self._next_number = next_number
        self._kept: deque[Attempt] = deque(maxlen=KEPT)
        self._listening: tuple[int, str | None, str | None] | None = None

    @property
    def newest(self) -> Attempt | None:
        """The one that was begun last."""
        return self._kept[-1] if self._kept else None

    def prepare(self, exchange: Exchange, *, is_secure: bool) -> None:
        """Begins an attempt with PASV, EPSV, PORT or EPRT; PORT once more goes on with the same listener."""
        before = self.newest
        attempt = Attempt(self._next_number(), self._conn, exchange.verb, exchange, is_secure)
        listening, self._listening = self._listening, None
        if listening is not None and listening[2] in (None, exchange.verb):
            attempt.listening, attempt.listens_on = listening[0], listening[1]
        elif before is not None and before.command == exchange.verb and before.transfer is None:
            attempt.listening, attempt.listens_on = before.listening, before.listens_on
        attempt.announced = _announced_by_us(exchange)
        exchange.attempt = attempt
        self._kept.append(attempt)

    def prepared(self, exchange: Exchange) -> None:
        """Records the reply to PASV, EPSV, PORT or EPRT."""
        attempt, reply = exchange.attempt, exchange.final
        if attempt is None or reply is None or not attempt.is_passive or not reply.is_success:
            return
        try:
            if reply.code == 229:
                attempt.announced = (None, parse_epsv_reply(reply.text))
            else:
                attempt.announced = parse_pasv_reply(reply.text[3:])
        except ValueError:
            attempt.is_unreadable = not is_masked(reply.text)

    def transfer(self, exchange: Exchange) -> None:
        """Gives a transfer command its data connection: the one prepared last, if it is still to be had."""
        attempt = self.newest
        if attempt is None or attempt.closed is not None:
            return
        attempt.transfer = exchange
        exchange.attempt = attempt

    def data(self, index: int, record: WireRecord) -> Moment | None:
        """Takes what happened to a data connection."""
        event = record.event
        if event is DataEvent.LISTENING:
            self._listening = (index, record.local, record.command)
            return Moment(MomentKind.LISTENING, index, record.at, text=record.text)
        attempt = self._belongs_to(record)
        if attempt is None:
            return None
        if event is DataEvent.CONNECTING:
            return self._dialling(attempt, index, record)
        if event is DataEvent.CONNECTED:
            return self._dial_over(attempt, index, record, DialEnd.CONNECTED)
        if event is DataEvent.FAILED:
            return self._failed(attempt, index, record)
        kind = _others(attempt, index, record)
        return _moment(kind, attempt, index, record) if kind else None

    def _belongs_to(self, record: WireRecord) -> Attempt | None:
        """The attempt with these ends; else the newest of this command that has been answered."""
        if record.event is DataEvent.CLOSED and record.local:
            for attempt in reversed(self._kept):
                if attempt.local == record.local and attempt.remote == record.remote:
                    return attempt
        named = [attempt for attempt in self._kept if record.command in (None, attempt.command)]
        for attempt in reversed(named):
            if not attempt.is_passive or attempt.preparation.final is not None:
                return attempt
        return None

    def _dialling(self, attempt: Attempt, index: int, record: WireRecord) -> Moment:
        dial = Dial(record.remote or "", index, record.at)
        if len(attempt.dials) < MOST_DIALS:
            attempt.dials.append(dial)
        return _moment(MomentKind.DIALLING, attempt, index, record, dial)

    def _dial_over(self, attempt: Attempt, index: int, record: WireRecord, end: DialEnd) -> Moment:
        dial = next((dial for dial in reversed(attempt.dials) if dial.end is DialEnd.OPEN), None)
        if dial is None:
            dial = Dial(record.remote or "", index, record.at)
            attempt.dials.append(dial)
            del attempt.dials[:-MOST_DIALS]
        dial.end, dial.end_index, dial.ms = end, index, record.ms
        dial.end_at, dial.why, dial.errno = record.at, record.text, record.errno
        dial.icmp = record.icmp
        if end is DialEnd.CONNECTED:
            _stands(attempt, record)
        return _moment(MomentKind.DIALLED, attempt, index, record, dial)

    def _failed(self, attempt: Attempt, index: int, record: WireRecord) -> Moment:
        if attempt.has_stood:
            is_handshake = record.state is None and HANDSHAKE.search(record.text) is not None
            kind = MomentKind.HANDSHAKE_FAILED if is_handshake else MomentKind.GAVE_UP
            return _moment(kind, attempt, index, record)
        if attempt.is_passive:
            return self._dial_over(attempt, index, record, _how_ended(record))
        attempt.gave_up, attempt.gave_up_at = index, record.at
        return _moment(MomentKind.GAVE_UP, attempt, index, record)


def _how_ended(record: WireRecord) -> DialEnd:
    """How a connect failed: by its state, or by the words of older versions and of other programs."""
    if record.errno in _REJECTED or record.icmp is not None:
        return DialEnd.REJECTED
    return how_dial_ended(record.text) if record.state is None else _ENDS.get(record.state, DialEnd.FAILED)


def _announced_by_us(exchange: Exchange) -> tuple[str, int] | None:
    decode = {"PORT": decode_port, "EPRT": decode_eprt}.get(exchange.verb)
    try:
        return decode(exchange.argument) if decode else None
    except ValueError:
        return None


def _moment(
    kind: MomentKind, attempt: Attempt, index: int, record: WireRecord, dial: Dial | None = None
) -> Moment:
    return Moment(kind, index, record.at, attempt.transfer, None, attempt, dial, text=record.text)


def _stands(attempt: Attempt, record: WireRecord) -> None:
    attempt.local, attempt.remote = record.local, record.remote
    attempt.stood_at, attempt.open_ms = record.at, record.ms


def _others(attempt: Attempt, index: int, record: WireRecord) -> MomentKind | None:
    """Accepted, refused and closed: noted at the attempt."""
    if record.event is DataEvent.ACCEPTED:
        attempt.arrived, attempt.arrived_from = index, record.remote
        _stands(attempt, record)
        return MomentKind.ARRIVED
    if record.event is DataEvent.REFUSED:
        attempt.intruded = index
        return MomentKind.INTRUDED
    if record.event is DataEvent.CLOSED:
        attempt.closed, attempt.closed_at, attempt.bytes = index, record.at, record.bytes
        attempt.fell_silent = record.state is WireState.TIMED_OUT
        attempt.errno, attempt.speaks = record.errno, record.speaks
        if record.ms is not None and record.first_byte_ms is not None:
            attempt.first_byte_at = record.at - timedelta(milliseconds=record.ms - record.first_byte_ms)
        return MomentKind.CLOSED
    return None
