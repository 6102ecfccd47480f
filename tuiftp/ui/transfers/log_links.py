"""From a transfer to its lines in the protocol log, and back: the messages that ask for it, and the query."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tuiftp.transfers.model import Attempt
    from tuiftp.wirelog.records import WireRecord

_SLACK = timedelta(milliseconds=1)
"""Records and attempts take the time one after the other."""


class LogAsked(Message):
    """The lines of the protocol log that belong to an attempt are to be shown."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self.attempt = attempt
        """The attempt."""


class TransferAsked(Message):
    """The transfer that a record belongs to is to be shown."""

    def __init__(self, record: WireRecord) -> None:
        super().__init__()
        self.record = record
        """The record."""


def query_of(attempt: Attempt) -> str:
    """The query for the lines of an attempt: what its connection said from its beginning to its end."""
    since = f"conn:{attempt.conn} since:{_moment(attempt.at - _SLACK)}"
    return since if attempt.ended is None else f"{since} until:{_moment(attempt.ended + _SLACK)}"


def _moment(at: datetime) -> str:
    return at.astimezone().replace(tzinfo=None).isoformat(timespec="milliseconds")
