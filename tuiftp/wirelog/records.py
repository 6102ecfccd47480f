"""WireRecord: one line of the protocol log, and its JSON-lines form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class RecordKind(StrEnum):
    """What a record tells of."""

    COMMAND = "command"
    REPLY = "reply"
    STATUS = "status"
    ERROR = "error"
    FINDING = "finding"
    DATA = "data"


class DataEvent(StrEnum):
    """What happened to a data connection."""

    LISTENING = "listening"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    CLOSED = "closed"


class WireState(StrEnum):
    """What a status, an error or a failed data connection tells a program; its text is for people.

    The diagnosis reads these words. Logs of older versions and of other programs have none: their sentences are read.
    """

    NOTE = "note"
    """Nothing that changes a connection."""
    CONNECTING = "connecting"
    """The control connection is being opened, to `remote`."""
    CONNECTED = "connected"
    """It stands, between `local` and `remote`."""
    NOT_CONNECTED = "not connected"
    """It did not come about."""
    SECURED = "secured"
    """It is encrypted."""
    DATA_SECURED = "data secured"
    """The data connection is encrypted."""
    CLOSED = "closed"
    """We closed the control connection because the user wished it, or nobody needs it."""
    GIVEN_UP = "given up"
    """We closed it for reasons of our own."""
    BROKEN = "broken"
    """The other side closed or reset it."""
    SILENT = "silent"
    """A command was not answered in time."""
    ENDED = "ended"
    """The server said 421."""
    NO_FINAL_REPLY = "no final reply"
    """All data went over, and the final reply did not come."""
    NEXT_WAY = "next way"
    """A way of opening a data connection has failed, and the next is tried."""
    NO_WAY_LEFT = "no way left"
    """A way of opening a data connection has failed, and it was the last."""
    REFUSED = "refused"
    """The data connection was refused."""
    HOST_UNREACHABLE = "host unreachable"
    """A router or the system said that no way leads to the host (EHOSTUNREACH)."""
    NETWORK_UNREACHABLE = "network unreachable"
    """The same of its network (ENETUNREACH)."""
    NOT_PERMITTED = "not permitted"
    """A filter of this machine did not let it out (EPERM, EACCES)."""
    TIMED_OUT = "timed out"
    """Its packets were not answered, or none came."""
    FAILED = "failed"
    """It failed in another way."""


@dataclass(frozen=True, slots=True)
class WireRecord:
    """One line of the protocol log. Fields are only ever added. Passwords never reach a record."""

    at: datetime
    """When, aware, UTC."""
    conn: int
    """Which control connection, counted from 1; 0 for what belongs to none."""
    kind: RecordKind
    """What the record tells of."""
    text: str
    """The command, a line of the reply, or a sentence. Not yet made visible: use `protocol.text.shown`."""
    note: str | None = None
    """The decoded meaning, for PORT, EPRT, 227 and 229."""
    event: DataEvent | None = None
    """What happened, for a data record."""
    command: str | None = None
    """`PASV`, `EPSV`, `PORT` or `EPRT`, for a data record."""
    local: str | None = None
    """Our end, `host:port` (`[host]:port` for IPv6), for a data record, and where the control connection stands."""
    remote: str | None = None
    """The other end, for a data record, and where the control connection is being opened or stands."""
    ms: float | None = None
    """How long it took, in milliseconds."""
    bytes: int | None = None
    """How many bytes went over it, when it is closed."""
    first_byte_ms: float | None = None
    """Milliseconds from when it stood to its first byte, when it is closed."""
    code: str | None = None
    """The id of the rule, for a finding."""
    title: str | None = None
    """The heading, for a finding."""
    advice: str | None = None
    """What to change, for a finding."""
    tls: str | None = None
    """Version, cipher, session and fingerprint, where a connection has just been encrypted."""
    state: WireState | None = None
    """What a status, an error or a failed data connection tells; None: by an older version or another program."""
    errno: str | None = None
    """The system's name for the error that ended a connect or a connection: `ECONNREFUSED`, `EHOSTUNREACH`."""
    speaks: str | None = None
    """The protocol that the first bytes of a data connection belong to, where they came before the server had said
    anything of the transfer and are neither a listing nor a file: `SSH`, `HTTP`, `TLS`, `greeting`."""
    icmp: str | None = None
    """The ICMP error that answered a connect, and who sent it, where the system tells: `port unreachable from …`."""
    rtt_ms: float | None = None
    """The smoothed round trip time that the system measured on the connection, in milliseconds (Linux)."""
    retransmits: int | None = None
    """How many segments we had to send again on it (Linux)."""
    mss: int | None = None
    """The largest segment that it carried, in bytes (Linux)."""

    def to_json(self) -> str:
        """The record as one line of JSON, without the fields that are not set."""
        fields: dict[str, Any] = {"at": self.at.isoformat(timespec="microseconds"), "conn": self.conn}
        fields["kind"] = self.kind.value
        fields["text"] = self.text
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value is not None:
                fields[name] = value
        return json.dumps(fields)


_OPTIONAL: dict[str, type | tuple[type, ...]] = {
    "note": str, "event": str, "command": str, "local": str, "remote": str, "ms": (int, float), "bytes": int,
    "first_byte_ms": (int, float),
    "code": str, "title": str, "advice": str, "tls": str, "state": str,
    "errno": str, "speaks": str, "icmp": str, "rtt_ms": (int, float), "retransmits": int, "mss": int,
}  # fmt: skip

_STATES = frozenset(WireState)


def record_from_json(line: str) -> WireRecord:
    """Reads one line of a saved log; unknown fields are ignored.

    Raises:
        ValueError: The line is no record.
    """
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("a record is a JSON object")
    try:
        at = datetime.fromisoformat(fields["at"])
        if at.tzinfo is None or not 1 < at.year < 9999:  # the ends of the calendar have no other time zones
            raise ValueError(f"not a record: {at} is no moment")
        event = fields.get("event")
        optional = {name: _optional(fields, name) for name in _OPTIONAL if name not in ("event", "state")}
        return WireRecord(
            at=at.astimezone(UTC),
            conn=int(fields["conn"]),
            kind=RecordKind(fields["kind"]),
            text=str(fields["text"]),
            event=DataEvent(event) if event is not None else None,
            state=_state(fields.get("state")),
            **optional,
        )
    except (KeyError, TypeError, OverflowError) as error:  # the last: an infinite number
        raise ValueError(f"not a record: {error}") from error


def _state(word: object) -> WireState | None:
    """A word that a later version added is none of ours; its record is read by its text."""
    return WireState(word) if isinstance(word, str) and word in _STATES else None


def _optional(fields: dict[str, Any], name: str) -> Any:
    value = fields.get(name)
    if value is not None and not isinstance(value, _OPTIONAL[name]):
        raise ValueError(f"not a record: {name} is {value!r}")
    return value
