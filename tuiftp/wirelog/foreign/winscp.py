"""WinSCP's session log of FTP sessions: a sign, the time, the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tuiftp.wirelog.ends import split_end
from tuiftp.wirelog.foreign.builder import Builder
from tuiftp.wirelog.foreign.failures import BROKEN, why_failed
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

_LINE = re.compile(
    r"(?P<sign>[.<>*!]) (?P<date>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,6}))?"
    r"(?: (?P<text>.*))?\Z"
)
_REPLY = re.compile(r"\d{3}(?:[ -]|\Z)|\s")
_CONNECTING = re.compile(r"Connecting to (\S+:\d+)")
_CONNECTED = re.compile(r"Connected with (\S+:\d+)")
_TLS = re.compile(r"(?:TLS|SSL) connection established|Using (TLSv\S+),", re.IGNORECASE)
_DATA = re.compile(r"data connection|transfer (?:channel|connection)", re.IGNORECASE)


def _is_typical(line: str) -> bool:
    return _LINE.match(line) is not None


def _read(lines: Sequence[str]) -> ForeignLog:
    reading = _Reading()
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if line.strip():
                reading.builder.broken()
            continue
        reading.take(match)
    return reading.builder.finish()


class _Reading:
    """The state of reading one log."""

    def __init__(self) -> None:
        self.builder = Builder("WinSCP")
        self._conn = 1
        self._has_begun = False

    def take(self, match: re.Match[str]) -> None:
        """Takes a line."""
        fraction = (match["fraction"] or "0").ljust(6, "0")
        try:
            self.builder.set_time(datetime.fromisoformat(f"{match['date']}T{match['time']}.{fraction}+00:00"))
        except ValueError:
            pass  # no such date: the line still counts
        sign, text = match["sign"], (match["text"] or "").rstrip()
        if sign == ">" and not text.startswith("Script:"):
            self.builder.command(self._conn, text)
        elif sign == "<" and _REPLY.match(text):
            self.builder.reply(self._conn, text)
        elif text and not text.startswith("-----"):
            self._sentence(text, failed=sign in "*!")

    def _sentence(self, text: str, *, failed: bool) -> None:
        builder = self.builder
        if found := _CONNECTING.match(text):
            self._conn += 1 if self._has_begun else 0
            self._has_begun = True
            end = split_end(found[1].removesuffix("..."))
            if end is not None:
                builder.connecting(self._conn, *end)
        elif found := _CONNECTED.match(text):
            end = split_end(found[1].rstrip("."))
            if end is not None:
                builder.connected(self._conn, *end)
        elif _TLS.search(text):
            builder.status(self._conn, "TLS 1 on the control connection")
        elif (why := why_failed(text)) and (builder.may_fail(self._conn) or _DATA.search(text)):
            builder.dial_failed(self._conn, why)
        elif BROKEN.search(text) and not _DATA.search(text):
            builder.lost(self._conn, text)
        elif text.startswith("Disconnected from server"):
            builder.closed(self._conn)
        elif failed:
            builder.error(self._conn, text)
        else:
            builder.status(self._conn, text)


READER = Reader("WinSCP", _is_typical, _read)
"""For WinSCP's logs."""
