"""Draws moments of a conversation as rows: which lane, which direction, what stands on the arrow."""

from __future__ import annotations

from dataclasses import replace

from tuiftp.protocol.text import human_size
from tuiftp.wirelog.conversation import (
    Attempt,
    Conversation,
    DialEnd,
    LostHow,
    Moment,
    MomentKind,
)
from tuiftp.wirelog.ends import class_of, split_end
from tuiftp.wirelog.ladder.row import Direction, Ending, Lane, Row, RowKind
from tuiftp.wirelog.records import RecordKind, WireRecord, WireState

_UPLOADS = frozenset({"STOR", "APPE", "STOU"})


def plain_row(index: int, record: WireRecord) -> Row:
    """The row of a record without a moment (event of a conversation): a status, an error, a finding."""
    kind = RowKind.STATUS
    text, detail = record.text, record.note or ""
    if record.kind is RecordKind.FINDING:
        kind, text, detail = RowKind.FINDING, record.title or record.text, record.advice or ""
    failed = record.kind in (RecordKind.ERROR, RecordKind.FINDING)
    return _row(record, index, kind, Lane.CONTROL, Direction.NONE, text, detail, failed)


def rows_of_moment(record: WireRecord, conversation: Conversation, moment: Moment) -> list[Row]:
    """The rows of a moment; none for what a later moment shows better."""
    if moment.kind in (MomentKind.COMMAND, MomentKind.LISTENING, MomentKind.OPENED, MomentKind.LOST):
        return [_control(record, moment)]
    if moment.reply is not None:
        return _reply(record, moment)
    if moment.kind is MomentKind.DIALLED:
        return [_dialled(record, moment)]
    if moment.kind is MomentKind.SECURED and moment.attempt is None:
        return [_row(record, moment.index, RowKind.TLS, Lane.CONTROL, Direction.TO_SERVER, record.text)]
    if moment.attempt is None:
        return [plain_row(moment.index, record)]
    return _data(record, moment, moment.attempt)


def _row(
    record: WireRecord,
    index: int,
    kind: RowKind,
    lane: Lane,
    direction: Direction,
    text: str,
    detail: str = "",
    failed: bool = False,
) -> Row:
    return Row(record.at, 0.0, kind, lane, direction, text, detail, failed, index, record.conn)


def _control(record: WireRecord, moment: Moment) -> Row:
    index, note = moment.index, record.note or ""
    if moment.kind is MomentKind.COMMAND:
        return _row(record, index, RowKind.COMMAND, Lane.CONTROL, Direction.TO_SERVER, record.text, note)
    if moment.kind is MomentKind.OPENED:
        return _row(record, index, RowKind.STATUS, Lane.CONTROL, Direction.TO_SERVER, record.text)
    if moment.kind is MomentKind.LOST:
        failed = moment.how is not LostHow.OURS
        return _row(record, index, RowKind.STATUS, Lane.CONTROL, Direction.NONE, record.text, "", failed)
    end = split_end(record.local)
    kind = class_of(end[0]) if end else None
    text = f"listening on {record.local} · {kind}" if end and kind else record.text
    return _row(record, index, RowKind.NOTE, Lane.DATA, Direction.NONE, text)


def _reply(record: WireRecord, moment: Moment) -> list[Row]:
    reply = moment.reply
    assert reply is not None
    lines = reply.index - reply.first + 1
    detail = [f"{lines} lines"] if lines > 1 else []
    if record.note:
        detail.append(record.note)
    if moment.kind is MomentKind.UNASKED:
        detail.append("not asked for")
    row = _row(
        record, moment.index, RowKind.REPLY, Lane.CONTROL, Direction.TO_CLIENT, record.text, "  ".join(detail),
        reply.is_refusal,
    )  # fmt: skip
    attempt = moment.attempt
    if attempt is None or not _is_repelled(moment, attempt):
        return [row]
    text = f"the server could not connect to {_our_end(attempt)}"
    return [_data_row(record, moment, RowKind.DATA_OPEN, Direction.TO_CLIENT, text, failed=True), row]


def _is_repelled(moment: Moment, attempt: Attempt) -> bool:
    """Whether this reply says that the server's connect has failed."""
    is_transfer = moment.exchange is not None and moment.exchange is attempt.transfer
    reply = moment.reply
    if attempt.is_passive or attempt.has_stood or attempt.gave_up is not None or not is_transfer:
        return False
    return reply is not None and reply.code in (425, 426)


def _our_end(attempt: Attempt) -> str:
    return attempt.listens_on or "us"


def _dialled(record: WireRecord, moment: Moment) -> Row:
    dial = moment.dial
    assert dial is not None
    if dial.end is DialEnd.CONNECTED:
        own = split_end(record.local)
        text = f"TCP connect  :{own[1]} → {dial.remote}" if own else f"TCP connect → {dial.remote}"
        return _data_row(record, moment, RowKind.DATA_OPEN, Direction.TO_SERVER, text, _took(dial.ms))
    text = f"TCP connect → {dial.remote}"
    row = _data_row(record, moment, RowKind.DATA_OPEN, Direction.TO_SERVER, text, record.text, failed=True)
    return replace(row, ending=_ending(record) or _ENDINGS.get(dial.end))


def _ending(record: WireRecord) -> Ending | None:
    """What stopped a connect or a connection, by what the system told."""
    if record.icmp is not None:
        return Ending.ICMP
    if record.errno in _RESETS or record.state is WireState.REFUSED:
        return Ending.RESET
    if record.errno in _OWN:
        return Ending.OWN
    return Ending.SILENCE if record.state is WireState.TIMED_OUT else None


_RESETS = frozenset({"ECONNREFUSED", "ECONNRESET", "EPIPE"})
_OWN = frozenset({"EPERM", "EACCES", "ENETUNREACH", "ENETDOWN"})
_ENDINGS = {DialEnd.REFUSED: Ending.RESET, DialEnd.TIMED_OUT: Ending.SILENCE}


def _took(ms: float | None) -> str:
    if ms is None:
        return ""
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms:.0f} ms"


def _data(record: WireRecord, moment: Moment, attempt: Attempt) -> list[Row]:
    kind, to_client = moment.kind, Direction.TO_CLIENT
    if kind is MomentKind.ARRIVED:
        text = f"TCP connect  {record.remote} → {record.local}"
        return [_data_row(record, moment, RowKind.DATA_OPEN, to_client, text, _took(record.ms))]
    if kind is MomentKind.INTRUDED:
        return [_data_row(record, moment, RowKind.DATA_OPEN, to_client, record.text, failed=True)]
    if kind is MomentKind.GAVE_UP:
        return _gave_up(record, moment, attempt)
    if kind is MomentKind.SECURED:
        return [_data_row(record, moment, RowKind.TLS, Direction.TO_SERVER, record.text, _took(record.ms))]
    if kind is MomentKind.HANDSHAKE_FAILED:
        return [_data_row(record, moment, RowKind.TLS, Direction.TO_SERVER, record.text, failed=True)]
    if kind is MomentKind.CLOSED:
        return _closed(record, moment, attempt)
    return []  # DIALLING: its end is drawn


def _gave_up(record: WireRecord, moment: Moment, attempt: Attempt) -> list[Row]:
    if attempt.has_stood:
        return [_data_row(record, moment, RowKind.NOTE, Direction.NONE, record.text, failed=True)]
    text = f"SYN to {_our_end(attempt)} never arrived"
    never = _data_row(record, moment, RowKind.DATA_OPEN, Direction.TO_CLIENT, text, failed=True)
    return [
        replace(never, ending=Ending.SILENCE),
        _data_row(
            record, moment, RowKind.NOTE, Direction.NONE, "gave up waiting, listener closed", failed=True
        ),
    ]


def _closed(record: WireRecord, moment: Moment, attempt: Attempt) -> list[Row]:
    """The end of a data connection; the first byte, which only then is told of, at its own time before it."""
    flow, rows = _flow(attempt), []
    if attempt.first_byte_at is not None:
        after = _took(record.first_byte_ms)
        row = _data_row(record, moment, RowKind.DATA_MOVE, flow, "first byte", f"after {after}")
        rows.append(replace(row, at=attempt.first_byte_at))
    text = human_size(record.bytes) if record.bytes is not None else "closed"
    told = [f"closed after {_took(record.ms)}"] if record.ms is not None else []
    detail = " · ".join([*told, *_packets(record)])
    ending = _ending(record)
    row = _data_row(record, moment, RowKind.DATA_CLOSE, flow, text, detail, failed=ending is not None)
    return [*rows, replace(row, ending=ending)]


def _packets(record: WireRecord) -> list[str]:
    """What the system counted: only where it tells of trouble, or the way is long enough to matter."""
    told = []
    if record.rtt_ms is not None and record.rtt_ms >= 1:
        told.append(f"round trip {_took(record.rtt_ms)}")
    if record.retransmits:
        told.append(f"{record.retransmits:,} sent again, MSS {record.mss or 0:,}")
    return told


def _flow(attempt: Attempt) -> Direction:
    is_upload = attempt.transfer is not None and attempt.transfer.verb in _UPLOADS
    return Direction.TO_SERVER if is_upload else Direction.TO_CLIENT


def _data_row(
    record: WireRecord,
    moment: Moment,
    kind: RowKind,
    direction: Direction,
    text: str,
    detail: str = "",
    *,
    failed: bool = False,
) -> Row:
    return _row(record, moment.index, kind, Lane.DATA, direction, text, detail, failed)
