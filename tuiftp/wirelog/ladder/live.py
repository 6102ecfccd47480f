"""Ladder: the sequence diagram of a log that may still grow. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from tuiftp.wirelog.conversation import Conversations
from tuiftp.wirelog.ladder.drawing import plain_row, rows_of_moment
from tuiftp.wirelog.ladder.row import Row
from tuiftp.wirelog.operations import Operations
from tuiftp.wirelog.records import RecordKind, WireRecord

CAPACITY = 100_000
"""Rows that are kept."""


class Ladder:
    """The diagram of a log that may still grow."""

    def __init__(self, first_index: int = 0, *, capacity: int = CAPACITY) -> None:
        """Begins.

        Args:
            first_index: The index of the first record that will come.
            capacity: How many rows are kept; the oldest go, a fifth at a time.
        """
        self.rows: list[Row] = []
        """The rows that are kept, oldest first."""
        self.dropped = 0
        """How many rows were dropped at the front."""
        self.operations = Operations()
        """The data connections and logins, fed by this ladder."""
        self._conversations = Conversations()
        self._index = first_index
        self._capacity = capacity
        self._began: datetime | None = None

    def append(self, record: WireRecord) -> list[Row]:
        """Appends a record; returns the rows that it adds."""
        index, self._index = self._index, self._index + 1
        if self._began is None:
            self._began = record.at
        drafts: list[Row] = []
        if record.conn == 0 or record.kind is RecordKind.FINDING:
            drafts.append(plain_row(index, record))
        else:
            conversation = self._conversations.of(record.conn)
            moments = conversation.feed(index, record)
            for moment in moments:
                number = self.operations.take(conversation, moment)
                drafts += [
                    replace(row, operation=number) for row in rows_of_moment(record, conversation, moment)
                ]
            if not moments and record.kind not in (RecordKind.REPLY, RecordKind.DATA):
                drafts.append(plain_row(index, record))
        return self._added(drafts)

    def ends_of(self, conn: int) -> tuple[str | None, str | None]:
        """Local and server address of a control connection, as far as its records contain them."""
        conversation = self._conversations.of(conn)
        return conversation.local, conversation.peer

    def _added(self, drafts: list[Row]) -> list[Row]:
        assert self._began is not None
        began = self._began
        rows = [replace(row, offset_ms=_ms_between(began, row.at)) for row in drafts]
        self.rows += rows
        if len(self.rows) > self._capacity:
            surplus = max(self._capacity // 5, 1)
            del self.rows[:surplus]
            self.dropped += surplus
        return rows


def _ms_between(began: datetime, ended: datetime) -> float:
    return round((ended - began).total_seconds() * 1000, 3)


def rows_of(records: Iterable[WireRecord]) -> list[Row]:
    """The rows of a whole log."""
    ladder = Ladder()
    for record in records:
        ladder.append(record)
    return ladder.rows
