"""Joins reply records, one per line, into multi-line replies."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.wirelog.conversation.model import ReplySeen
from tuiftp.wirelog.records import WireRecord

_CODE = re.compile(r"([1-6][0-9][0-9])(?:([- \t])|$)")
_KEPT_TEXT = 8_192


class ReplyAssembler:
    """Takes reply records in order and gives each reply when its last line has come. Bounded."""

    def __init__(self) -> None:
        self._code: str | None = None
        self._first = 0
        self._lines: list[str] = []
        self._kept = 0

    def add(self, index: int, record: WireRecord) -> ReplySeen | None:
        """Adds one line; returns the reply if it is complete."""
        found = _CODE.match(record.text)
        if self._code is None:
            if found is None:
                return None  # the beginning was cut off
            self._first, self._lines, self._kept = index, [], 0
            if found[2] == "-":
                self._code = found[1]
        self._keep(record.text)
        if self._code is not None and not (found and found[1] == self._code and found[2] != "-"):
            return None
        self._code = None
        return self._whole(index, record, record.at)

    def interrupt(self) -> None:
        """Drops an incomplete reply, whose end is not in the log."""
        self._code = None

    def _keep(self, text: str) -> None:
        if self._kept < _KEPT_TEXT:
            self._lines.append(text)
            self._kept += len(text)

    def _whole(self, index: int, record: WireRecord, at: datetime) -> ReplySeen:
        return ReplySeen(
            int(record.text[:3]), record.text, self._first, index, at, "\n".join(self._lines), record.ms
        )
