"""Builds the probe's row for one way (command and address) from its records and its error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tuiftp.errors import CommandRefused, ConnectionLost, DataConnectionFailed, TuiftpError
from tuiftp.protocol.addresses import (
    AddressClass,
    classify,
    decode_eprt,
    decode_port,
    parse_pasv_reply,
    quoted_address,
    same_host,
)
from tuiftp.protocol.modes import speaks_of_session_reuse
from tuiftp.wirelog.probing.model import Family, ProbeRow, Security, Way, WayVerdict
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState

PLAIN_SUCCESS: Final = "a listing came over it"
"""The reason of a way that works and has nothing odd about it."""
TRANSFERS: Final = ("LIST", "MLSD")
"""The commands that a probe lists with."""

_CODE = re.compile(r"([1-5][0-9]{2})[ -]")
_TLS = re.compile(r"\btls\b|\bssl\b|certificate|handshake", re.IGNORECASE)
_STOOD = (DataEvent.CONNECTED, DataEvent.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way that was tried, as its owner saw it."""

    family: Family
    """The kind of address of the control connection."""
    security: Security
    """Plain or TLS."""
    way: Way
    """What was tried."""
    records: Sequence[WireRecord]
    """What its control connection recorded meanwhile."""
    error: TuiftpError | None
    """What ended it; None when a listing came."""
    peer: str
    """The server's address."""
    local: str
    """Our address."""
    took_ms: float
    """How long it took."""
    conn: int
    """The number of the control connection."""
    note: str = ""
    """What was odd about a way that works."""
    sent: int | None = None
    """Bytes that went up beside the listing; None: that was not tried."""
    fetched: int | None = None
    """Bytes that came down beside the listing; None: that was not tried."""


def judge(attempt: Attempt) -> ProbeRow:
    """Builds the result of one way."""
    reply = _reply_to(attempt.records, (attempt.way.command.value,))
    announced = _announced(attempt, reply)
    verdict, reason = _verdict(attempt, reply, announced)
    data = _by_event(attempt.records)
    ended = data.get(DataEvent.CLOSED) or next(
        (data[event] for event in (*_STOOD, DataEvent.FAILED, DataEvent.CONNECTING) if event in data), None
    )
    stood = next((data[event] for event in _STOOD if event in data), None)
    return ProbeRow(
        family=attempt.family, security=attempt.security, way=attempt.way, verdict=verdict, reason=reason,
        reply=reply, transfer_reply=_reply_to(attempt.records, TRANSFERS),
        endpoint=_endpoint(attempt.way, ended),
        connect_ms=stood.ms if stood is not None else None, took_ms=round(attempt.took_ms, 1),
        bytes=_listed(attempt.records),
        sent=attempt.sent, fetched=attempt.fetched,
        tls_resumed=_is_resumed(attempt.records), announced=announced,
        peer=attempt.peer, local=attempt.local, named=_named(attempt, reply, announced), conn=attempt.conn,
    )  # fmt: skip


def not_tried(family: Family, security: Security, way: Way, reason: str) -> ProbeRow:
    """The row of a way that was skipped."""
    return ProbeRow(family, security, way, WayVerdict.NOT_TRIED, reason)


def _by_event(records: Iterable[WireRecord]) -> dict[DataEvent, WireRecord]:
    """The last record of each thing that happened to the data connection."""
    return {record.event: record for record in records if record.event is not None}


def _listed(records: Iterable[WireRecord]) -> int | None:
    """How much of the listing came: that is the first that goes over a way."""
    return next((record.bytes for record in records if record.event is DataEvent.CLOSED), None)


def _is_resumed(records: Sequence[WireRecord]) -> bool | None:
    """Whether the data connection resumed the control connection's TLS session; None without TLS."""
    facts = [record.tls for record in records if record.tls]
    return "session resumed" in facts[-1] if facts else None


def _endpoint(way: Way, record: WireRecord | None) -> str | None:
    if record is None:
        return None
    return record.remote if way.is_passive else record.local


def _reply_to(records: Sequence[WireRecord], verbs: Sequence[str]) -> str | None:
    """The last line of the last reply to one of these commands, if there was any."""
    is_asked, found = False, None
    for record in records:
        if record.kind is RecordKind.COMMAND:
            is_asked = record.text.partition(" ")[0] in verbs
        elif record.kind is RecordKind.REPLY and is_asked and (found is None or record.ms is not None):
            found = record.text  # what comes behind it, unasked, has no time and answers nothing
    return found


def code_of(reply: str | None) -> int | None:
    """The code of a reply's line."""
    found = _CODE.match(reply or "")
    return int(found[1]) if found else None


def _announced(attempt: Attempt, reply: str | None) -> str | None:
    """The address that the server was asked to connect to, or that it told us to connect to."""
    read: Callable[[str], tuple[str, int]]
    if attempt.way.is_passive:
        if code_of(reply) != 227:
            return None
        text, read = reply or "", parse_pasv_reply
    else:
        verb = attempt.way.command.value
        sent = (record.text for record in attempt.records if record.kind is RecordKind.COMMAND)
        text = next((line.partition(" ")[2] for line in sent if line.startswith(f"{verb} ")), "")
        read = decode_port if verb == "PORT" else decode_eprt
    try:
        return read(text)[0]
    except ValueError:
        return None


def _named(attempt: Attempt, reply: str | None, announced: str | None) -> str | None:
    """The address of ours that a refusal of PORT or EPRT names."""
    if attempt.way.is_passive or (code_of(reply) or 0) < 400:
        return None
    return quoted_address(reply or "", not_in=[host for host in (attempt.peer, announced) if host])


def _verdict(attempt: Attempt, reply: str | None, announced: str | None) -> tuple[WayVerdict, str]:
    if unusable := _unusable(attempt, announced):
        return WayVerdict.UNUSABLE_ADDRESS, unusable
    if attempt.error is None:
        return WayVerdict.OK, attempt.note or _rewritten(attempt, announced) or PLAIN_SUCCESS
    why = _why(attempt.error)
    if (code_of(reply) or 0) >= 400:
        return WayVerdict.REFUSED_REPLY, why
    failed = _by_event(attempt.records).get(DataEvent.FAILED)
    if failed is not None:
        return _failed_connect(attempt.way, failed.text), failed.text
    if attempt.security is Security.TLS and _TLS.search(why):
        return WayVerdict.TLS_FAILED, why
    return _after_connect(attempt, why), why


def _unusable(attempt: Attempt, announced: str | None) -> str | None:
    """Why the announced address was not dialled even though it was asked for."""
    if attempt.way is not Way.PASV_ANNOUNCED or announced is None or same_host(announced, attempt.peer):
        return None
    dialled = [record.remote for record in attempt.records if record.event is DataEvent.CONNECTING]
    if not dialled or any(remote and remote.startswith(f"{announced}:") for remote in dialled):
        return None
    kind = classify(announced)
    return f"the reply names {announced} ({kind}), which leads nowhere from here: it was not dialled"


def _rewritten(attempt: Attempt, announced: str | None) -> str | None:
    """Notices an address of the inside network that the server reached all the same: routed, or rewritten."""
    if attempt.way.is_passive or announced is None:
        return None
    try:
        is_odd = (
            classify(attempt.peer) is AddressClass.PUBLIC and classify(announced) is not AddressClass.PUBLIC
        )
    except ValueError:
        return None
    if not is_odd:
        return None
    if attempt.security is Security.TLS:
        return f"works though {announced} is a private address: your network routes it to the server"
    return (
        f"works though {announced} is a private address: your network routes it to the server, or a router on the "
        f"way rewrites {attempt.way.command}. Under TLS the second works no more"
    )


def _why(error: TuiftpError) -> str:
    if isinstance(error, DataConnectionFailed) and error.steps:
        return error.steps[-1][1]
    return error.message


def _failed_connect(way: Way, text: str) -> WayVerdict:
    if not way.is_passive:
        return WayVerdict.NO_CONNECTION
    if "no answer" in text or "timed out" in text:
        return WayVerdict.TIMED_OUT
    # "Unreachable" is said by a router or by our own routing table: as good as a refusal.
    return WayVerdict.CONNECT_REFUSED


def _after_connect(attempt: Attempt, why: str) -> WayVerdict:
    """The preparation was accepted and no connect is known to have failed."""
    transfer = code_of(_reply_to(attempt.records, TRANSFERS)) or 0
    stood = any(record.event in _STOOD for record in attempt.records)
    if speaks_of_session_reuse(transfer, why):
        return WayVerdict.TLS_FAILED
    if transfer in (425, 426) and not attempt.way.is_passive and not stood:
        return WayVerdict.NO_CONNECTION
    if transfer >= 400:
        return WayVerdict.BROKEN if stood and transfer in (426, 451) else WayVerdict.REFUSED_REPLY
    if "cannot be read" in why:
        return WayVerdict.UNREADABLE
    if "not answered within" in why or "was over" in why:
        return WayVerdict.BROKEN if stood else WayVerdict.TIMED_OUT
    if isinstance(attempt.error, CommandRefused):
        return WayVerdict.REFUSED_REPLY
    if not stood and _has_lost_control(attempt):
        return WayVerdict.LOST
    return WayVerdict.BROKEN if stood or attempt.way.is_passive else WayVerdict.NO_CONNECTION


def _has_lost_control(attempt: Attempt) -> bool:
    """Whether the control connection broke, by its records or by the error."""
    lost = (WireState.BROKEN, WireState.ENDED, WireState.SILENT)
    return isinstance(attempt.error, ConnectionLost) or any(
        record.state in lost for record in attempt.records if record.kind is not RecordKind.DATA
    )
