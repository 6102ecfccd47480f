"""What lftp writes with `debug` (or `-d`): `--->`, `<---` and `----` lines, with or without time and process id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tuiftp.wirelog.ends import join_end
from tuiftp.wirelog.foreign.builder import Builder
from tuiftp.wirelog.foreign.failures import BROKEN, why_failed
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

_LINE = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d+))? )?(?:\[\d+\] )?"
    r"(?:(?P<label>\S+) )?(?P<sign>--->|<---|----|\*\*\*\*) ?(?P<text>.*)\Z"
)
_CONNECTING = re.compile(r"Connecting to (\S+) \(([^)]*)\) port (\d+)")
_DIALLING = re.compile(r"Connecting data socket to \(([^)]*)\) port (\d+)")
_ACCEPTED = re.compile(r"Accepted data connection from \(([^)]*)\) port (\d+)")
_DATA_CLOSED = re.compile(r"(?:Got EOF on|Closing(?: aborted)?) data (?:connection|socket)")


def _is_typical(line: str) -> bool:
    return _LINE.match(line) is not None


def _read(lines: Sequence[str]) -> ForeignLog:
    builder = Builder("lftp")
    conn = 1
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if line.strip():
                builder.broken()
            continue
        _set_time(builder, match)
        sign, text = match["sign"], match["text"]
        if sign == "--->":
            builder.command(conn, text.lstrip("\xff\xf4\xf2?"))
        elif sign == "<---":
            builder.reply(conn, text)
        elif found := _CONNECTING.match(text):
            conn += 1 if builder.peer_of(conn) else 0
            builder.connecting(conn, found[1], int(found[3][:5]))
            builder.connected(conn, found[2], int(found[3][:5]))
        else:
            _sentence(builder, conn, text)
    return builder.finish()


def _set_time(builder: Builder, match: re.Match[str]) -> None:
    if not match["date"]:
        return
    fraction = (match["fraction"] or "0")[:6].ljust(6, "0")
    try:
        builder.set_time(datetime.fromisoformat(f"{match['date']}T{match['time']}.{fraction}+00:00"))
    except ValueError:
        pass  # no such date: the line still counts


def _sentence(builder: Builder, conn: int, text: str) -> None:
    if found := _DIALLING.match(text):
        builder.dialling(conn, join_end(found[1], int(found[2][:5])))
    elif text.startswith("Data connection established"):
        builder.dialled(conn)
    elif found := _ACCEPTED.match(text):
        builder.accepted(conn, join_end(found[1], int(found[2][:5])))
    elif _DATA_CLOSED.match(text):
        builder.data_closed(conn)
    elif text.startswith("Closing control socket"):
        builder.closed(conn)
    elif (why := why_failed(text)) and ("data" in text.lower() or builder.may_fail(conn)):
        builder.dial_failed(conn, why)
    elif BROKEN.search(text) and "data" not in text.lower():
        builder.lost(conn, text)
    else:
        builder.status(conn, text)


READER = Reader("lftp", _is_typical, _read)
"""For lftp's debug output."""
