"""vsftpd's own log with `log_ftp_protocol=YES`: the exchange as the server saw it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tuiftp.protocol.hosts import normalize_host
from tuiftp.wirelog.foreign.builder import Builder
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

_LINE = re.compile(
    r"\w{3} (?P<month>\w{3}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<year>\d{4}) \[pid (?P<pid>\d+)\] "
    r"(?:\[(?P<user>[^\]]*)\] )?(?P<what>[A-Z][A-Za-z ]*?): Client \"(?P<client>[^\"]*)\"(?:, (?P<rest>.*))?\Z"
)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}


def _is_typical(line: str) -> bool:
    return _LINE.match(line) is not None


def _read(lines: Sequence[str]) -> ForeignLog:
    reading = _Reading()
    for line in lines:
        match = _LINE.match(line.rstrip())
        if match is None:
            if line.strip():
                reading.builder.broken()
            continue
        reading.take(match)
    return reading.builder.finish()


class _Reading:
    """The state of reading one log. A session changes its process when the user has logged in."""

    def __init__(self) -> None:
        self.builder = Builder("vsftpd", infers_data=False)
        self._conns: dict[str, int] = {}
        self._waiting: dict[str, list[int]] = {}
        self._count = 0

    def take(self, match: re.Match[str]) -> None:
        """Takes a line."""
        self._set_time(match)
        what, rest = match["what"], match["rest"] or ""
        client = normalize_host(match["client"])
        if what.endswith("LOGIN"):
            return  # written by the parent process: the 230 tells it
        conn = self._conn_of(match["pid"], client)
        if what == "FTP command":
            line = _quoted(rest).lstrip("?")
            if line.upper().startswith("PASS"):
                self._waiting.setdefault(client, []).append(conn)
            self.builder.command(conn, line)
        elif what == "FTP response":
            # Ends of lines inside a long reply are written as question marks.
            text = _quoted(rest)
            self.builder.reply(conn, text.removesuffix("??") if not text[:3].isdigit() else text)
        elif what == "CONNECT":
            self.builder.client(conn, client)
        else:
            self.builder.status(conn, f"{what}: {rest}")

    def _conn_of(self, pid: str, client: str) -> int:
        conn = self._conns.get(pid)
        if conn is None:
            waiting = self._waiting.get(client)
            conn = waiting.pop(0) if waiting else self._new()
            self._conns[pid] = conn
        return conn

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _set_time(self, match: re.Match[str]) -> None:
        try:
            hour, minute, second = map(int, match["clock"].split(":"))
            month = _MONTHS.get(match["month"], 1)
            self.builder.set_time(
                datetime(int(match["year"]), month, int(match["day"]), hour, minute, second, tzinfo=UTC)
            )
        except ValueError:
            pass  # no such date: the line still counts


def _quoted(rest: str) -> str:
    return rest[1:-1] if len(rest) >= 2 and rest[0] == rest[-1] == '"' else rest


READER = Reader("vsftpd", _is_typical, _read)
"""For vsftpd's protocol log."""
