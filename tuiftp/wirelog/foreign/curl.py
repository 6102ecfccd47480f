"""What `curl -v` writes of an FTP transfer, with or without `--trace-time`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from tuiftp.wirelog.ends import join_end, split_end
from tuiftp.wirelog.foreign.builder import Builder
from tuiftp.wirelog.foreign.failures import BROKEN, why_failed
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

_LINE = re.compile(r"(?:(?P<time>\d\d:\d\d:\d\d\.\d{1,6}) )?(?P<sign>[*<>{}])(?: (?P<text>.*)|\Z)")
_TYPICAL = re.compile(r"(?:\d\d:\d\d:\d\d\.\d+ )?(?:\* \S|[<>] \S|[{}] \[\d+ bytes data\])")
_CONNECTED = re.compile(r"Connected (?:2nd connection )?to (\S+) (?:\(([^)]*)\) )?port (\d+)")
_TRYING = re.compile(r"\s*Trying (\S+?)(?:\.\.\.)?\Z")
_DIALLING = re.compile(r"Connecting to (\S+) (?:\(([^)]*)\) )?port (\d+)")
_BYTES = re.compile(r"\[(\d{1,15}) bytes data\]")
_TLS = re.compile(r"SSL connection using (TLSv\S+)")
_CLOSED = re.compile(r"Closing connection|Connection #\d+ to host \S+ left intact|shutting down connection")


def _is_typical(line: str) -> bool:
    return _TYPICAL.match(line) is not None


def _read(lines: Sequence[str]) -> ForeignLog:
    reading = _Reading()
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith(("%", "0", "100", "Dload")):
                reading.builder.broken()
            continue
        reading.take(match)
    return reading.builder.finish()


class _Reading:
    """The state of reading one log."""

    def __init__(self) -> None:
        self.builder = Builder("curl")
        self._conn = 1
        self._is_dialling = False
        self._waits = False

    def take(self, match: re.Match[str]) -> None:
        """Takes a line."""
        if match["time"]:
            try:
                clock, _, fraction = match["time"].partition(".")
                self.builder.set_time_of_day(time.fromisoformat(f"{clock}.{fraction.ljust(6, '0')}"))
            except ValueError:
                pass  # no such time: the line still counts
        sign, text = match["sign"], match["text"] or ""
        if sign == ">":
            self.builder.command(self._conn, text)
        elif sign == "<":
            self.builder.reply(self._conn, text)
        elif sign in "{}":
            found = _BYTES.search(text)
            if found:
                self.builder.moved(self._conn, int(found[1]))
        else:
            self._sentence(text)

    def _sentence(self, text: str) -> None:
        builder, conn = self.builder, self._conn
        if found := _CONNECTED.match(text):
            self._connected(found)
        elif found := _DIALLING.match(text):
            self._is_dialling = True
            builder.dialling(conn, join_end(found[2] or found[1], int(found[3][:5])))
        elif found := _TRYING.match(text):
            self._trying(found[1])
        elif text.startswith("Connection accepted from server"):
            builder.accepted(conn)
        elif found := _TLS.match(text):
            builder.status(conn, f"{found[1]} on the {'data' if self._is_dialling else 'control'} connection")
        elif _CLOSED.match(text):
            builder.closed(conn)
        else:
            self._trouble(text)

    def _trying(self, where: str) -> None:
        end = split_end(where)
        if self.builder.is_preparing(self._conn) or end is None:
            return  # the data connection: already told
        if self.builder.peer_of(self._conn):
            self._conn += 1
        self._waits = True
        self.builder.connecting(self._conn, *end)

    def _connected(self, found: re.Match[str]) -> None:
        host, port = found[2] or found[1], int(found[3][:5])
        if self._is_dialling:
            # Old versions name the control connection here, and mean the data connection.
            self._is_dialling = False
            self.builder.dialled(self._conn)
            return
        if not self._waits:
            if self.builder.peer_of(self._conn):
                self._conn += 1
            self.builder.connecting(self._conn, found[1], port)
        self._waits = False
        self.builder.connected(self._conn, host, port)

    def _trouble(self, text: str) -> None:
        why = why_failed(text)
        if why and self.builder.may_fail(self._conn):
            self._is_dialling = False
            self.builder.dial_failed(self._conn, why)
        elif why and self._waits:
            self.builder.error(self._conn, text)
        elif BROKEN.search(text):
            self.builder.lost(self._conn, text)
        else:
            self.builder.status(self._conn, text)


READER = Reader("curl", _is_typical, _read)
"""For curl's verbose output."""
