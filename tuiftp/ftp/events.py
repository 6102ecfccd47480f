"""What the ftp package tells on the bus."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tuiftp.wirelog.records import WireRecord

if TYPE_CHECKING:
    from tuiftp.ftp.options import SiteAddress
    from tuiftp.wirelog.findings import Finding


class SessionState(StrEnum):
    """Where a session is in its life."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WireRecorded:
    """A line of the protocol log has come about."""

    record: WireRecord
    """The line."""


@dataclass(frozen=True, slots=True)
class FindingArose:
    """The diagnosis has found something, or has become surer of it. Its line in the log follows as a record."""

    finding: Finding
    """What."""
    evidence: tuple[WireRecord, ...]
    """The records that show it, as far as they are still kept."""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A session has been opened, has got lost, or was closed."""

    site: str
    """The site's label."""
    conn: int
    """The number of the control connection; 0 before there is one."""
    state: SessionState
    """What it is now."""
    is_browsing: bool
    """Whether it is the session of the pane, not one of the queue's."""
    detail: str = ""
    """Why, in a sentence, where there is something to say."""


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """A server has refused a password; its sessions do not send it again."""

    address: SiteAddress
    """Which server, who, and the password."""


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """Another way of opening data connections is used now."""

    site: str
    """The site's label."""
    summary: str
    """What to show: `auto → passive (PASV)`."""
