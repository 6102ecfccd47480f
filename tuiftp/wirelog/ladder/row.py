"""Row: one line of a sequence diagram, client on one side and server on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RowKind(StrEnum):
    """What a row shows."""

    COMMAND = "command"
    REPLY = "reply"
    STATUS = "status"
    DATA_OPEN = "data open"
    DATA_MOVE = "data move"
    DATA_CLOSE = "data close"
    TLS = "tls"
    NOTE = "note"
    FINDING = "finding"


class Lane(StrEnum):
    """On which connection it happens."""

    CONTROL = "control"
    DATA = "data"


class Direction(StrEnum):
    """Which way the arrow points."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"
    NONE = "none"


class Ending(StrEnum):
    """What stopped an arrow on the data lane that did not arrive, or a connection in its midst."""

    RESET = "RST"
    """It was answered by a reset: a closed port, or a firewall that says no so."""
    ICMP = "ICMP"
    """A router or a firewall answered by an ICMP error."""
    OWN = "own system"
    """The packets never left: this machine has no route, or a filter of its own."""
    SILENCE = "silence"
    """Nothing came back."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the diagram. Its texts are not yet made visible: use `protocol.text.shown`."""

    at: datetime
    """When."""
    offset_ms: float
    """Milliseconds since the first row."""
    kind: RowKind
    """What it shows."""
    lane: Lane
    """On which connection."""
    direction: Direction
    """Which way the arrow points."""
    text: str
    """What stands on the arrow."""
    detail: str
    """What belongs under or behind it: the decoded meaning, a duration, how many lines."""
    failed: bool
    """Whether something broke here."""
    record_index: int
    """Index of its record (of a reply, its last line), counted as `Ladder` counts."""
    conn: int
    """The control connection; 0 for none."""
    operation: int | None = None
    """The number of the operation that it belongs to."""
    ending: Ending | None = None
    """What stopped it, where that is known."""
