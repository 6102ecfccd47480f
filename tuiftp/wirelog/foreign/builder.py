"""Builder: makes records of what a foreign log says, and infers data connections where its text tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from tuiftp.protocol.addresses import decode_eprt, decode_port, is_masked, parse_epsv_reply, parse_pasv_reply
from tuiftp.protocol.commands import DATA_VERBS
from tuiftp.protocol.text import redact
from tuiftp.wirelog.ends import join_end, split_end
from tuiftp.wirelog.explain.notes import note_for_command, note_for_reply
from tuiftp.wirelog.foreign.model import ForeignLog
from tuiftp.wirelog.recorder import bounded
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When logs without times begin."""
_STEP: Final = timedelta(milliseconds=1)
_PREPARATIONS = ("PASV", "EPSV", "PORT", "EPRT")


@dataclass(slots=True)
class _Link:
    """One control connection of the log, as far as it has come."""

    peer: str | None = None
    local: str | None = None
    line: str = ""
    sent_at: datetime | None = None
    preparation: str = ""
    target: str | None = None
    transfer: str = ""
    is_dialling: bool = False
    stands: bool = False
    moved: int | None = None
    ends: tuple[str | None, str | None] = (None, None)


class Builder:
    """Takes what lines say, in order, and keeps the records."""

    def __init__(self, source: str, *, infers_data: bool = True) -> None:
        """Begins.

        Args:
            source: Who wrote the log.
            infers_data: Whether a transfer that ended well stands for a data connection, which the log of a client
                tells of in its own way. A server's log that never speaks of one gets none.
        """
        self._infers_data = infers_data
        self.broken_lines = 0
        """Lines that could not be used."""
        self._source = source
        self._records: list[WireRecord] = []
        self._links: dict[int, _Link] = {}
        self._at = EPOCH
        self._day = EPOCH
        self._has_times = False

    # -- time -----------------------------------------------------------------------------------------

    def set_time(self, at: datetime) -> None:
        """Sets the time of the next records; a clock that goes back is held."""
        self._has_times = True
        self._at = max(self._at, at if at.tzinfo else at.replace(tzinfo=UTC))

    def set_time_of_day(self, clock: time) -> None:
        """The same, where a log has no dates; past midnight a day is added."""
        at = datetime.combine(self._day, clock, tzinfo=UTC)
        if self._has_times and (self._at - at) > timedelta(hours=12):
            self._day += timedelta(days=1)
            at += timedelta(days=1)
        self.set_time(at)

    def _tick(self) -> datetime:
        if not self._has_times:
            self._at += _STEP
        return self._at

    # -- lines ----------------------------------------------------------------------------------------

    def broken(self) -> None:
        """Counts a line that could not be used."""
        self.broken_lines += 1

    def peer_of(self, conn: int) -> str | None:
        """The server's address, if the log contains it."""
        return self._link(conn).peer

    def is_preparing(self, conn: int) -> bool:
        """Whether a passive data connection is to come next."""
        link = self._link(conn)
        return link.target is not None and not link.stands

    def may_fail(self, conn: int) -> bool:
        """Whether a data connection is due: prepared for, and not there yet."""
        link = self._link(conn)
        return bool(link.preparation and link.target) and not link.stands

    def connecting(self, conn: int, host: str, port: int) -> None:
        """A control connection is begun."""
        self._links[conn] = _Link()
        self._add(conn, RecordKind.STATUS, f"connecting to {join_end(host, port)}")

    def connected(self, conn: int, host: str, port: int, local: str | None = None) -> None:
        """Records that a control connection is open."""
        link = self._link(conn)
        link.peer, link.local = host, local
        whence = f" from {local}" if local else ""
        self._add(conn, RecordKind.STATUS, f"connected to {join_end(host, port)}{whence}")

    def command(self, conn: int, line: str) -> None:
        """A command was sent."""
        link = self._link(conn)
        line = redact(line.strip())
        verb, _, argument = line.partition(" ")
        link.line = line
        if verb.upper() in _PREPARATIONS:
            link.preparation, link.transfer = verb.upper(), ""
            link.target, link.stands, link.is_dialling, link.moved = (
                _announced(verb, argument),
                False,
                False,
                None,
            )
        elif verb.upper() in DATA_VERBS:
            link.transfer = verb.upper()
        self._add(conn, RecordKind.COMMAND, line, note=note_for_command(line, peer=link.peer))
        link.sent_at = self._at

    def reply(self, conn: int, line: str) -> None:
        """A line of a reply came."""
        link = self._link(conn)
        code = int(line[:3]) if line[:3].isascii() and line[:3].isdigit() else 0
        is_last = code >= 100 and line[3:4] != "-"
        ms = None
        if self._has_times and link.sent_at is not None:
            ms = (self._at - link.sent_at).total_seconds() * 1000
        note = note_for_reply(code, line[4:], peer=link.peer, command=link.line) if is_last else None
        if is_last and 200 <= code < 400 and link.transfer:
            self._infer_worked(conn, link)
        self._add(conn, RecordKind.REPLY, line, note=note, ms=ms)
        if not is_last:
            return
        if code in (227, 229):
            link.target = _target(code, line, link.peer)
        if code >= 200 and link.transfer:
            if link.stands:
                self.data_closed(conn)
            link.transfer = ""

    def status(self, conn: int, text: str) -> None:
        """The program said what it does."""
        self._add(conn, RecordKind.STATUS, text)

    def client(self, conn: int, host: str) -> None:
        """A client has connected, in a server's own log; the server's address is not told there."""
        text, local = f"a client connected from {host}", join_end(host, 0)
        record = WireRecord(self._tick(), conn, RecordKind.STATUS, text, local=local, state=WireState.NOTE)
        self._records.append(bounded(record))

    def error(self, conn: int, text: str) -> None:
        """The program said what failed."""
        self._add(conn, RecordKind.ERROR, text)

    def lost(self, conn: int, why: str = "") -> None:
        """The control connection ended, not by our will."""
        text = f"the control connection broke: {why}" if why else "the server closed the control connection"
        self._add(conn, RecordKind.STATUS, text)

    def closed(self, conn: int) -> None:
        """The control connection was closed by the program."""
        self._add(conn, RecordKind.STATUS, "we closed the control connection")

    # -- data connections -----------------------------------------------------------------------------

    def dialling(self, conn: int, remote: str | None = None) -> None:
        """The program connects to where the server listens."""
        link = self._link(conn)
        link.target = remote or link.target
        link.is_dialling = True
        self._data(conn, DataEvent.CONNECTING, f"we connect to {link.target}", remote=link.target)

    def goes_to(self, conn: int, host: str) -> None:
        """The program will connect to this host, not to the one that the reply to PASV names."""
        link = self._link(conn)
        end = split_end(link.target)
        if end is not None:
            link.target = join_end(host, end[1])

    def dialled(self, conn: int) -> None:
        """That connect was answered."""
        link = self._link(conn)
        if link.stands:
            return
        if not link.is_dialling:
            self.dialling(conn)
        link.stands, link.is_dialling, link.ends = True, False, (None, link.target)
        self._data(conn, DataEvent.CONNECTED, f"we connected to {link.target}", remote=link.target)

    def dial_failed(self, conn: int, why: str) -> None:
        """The data connection did not come about, in whichever mode."""
        link = self._link(conn)
        if link.preparation in ("PORT", "EPRT"):
            self._data(conn, DataEvent.FAILED, f"no connection arrived: {why}", local=link.target)
            return
        if not link.is_dialling:
            self.dialling(conn)
        link.is_dialling = False
        self._data(conn, DataEvent.FAILED, f"{link.target}: {why}", remote=link.target)

    def accepted(self, conn: int, remote: str | None = None) -> None:
        """The server's connect arrived."""
        link = self._link(conn)
        if link.stands:
            return
        link.stands, link.ends = True, (link.target, remote)
        whence = f"the server connected from {remote}" if remote else "the server connected"
        self._data(conn, DataEvent.ACCEPTED, whence, local=link.target, remote=remote)

    def moved(self, conn: int, count: int) -> None:
        """Bytes went over the data connection."""
        link = self._link(conn)
        link.moved = (link.moved or 0) + count

    def data_closed(self, conn: int) -> None:
        """The data connection was closed."""
        link = self._link(conn)
        if not link.stands:
            return
        link.stands = False
        local, remote = link.ends
        text = "data connection closed" + (f", {link.moved:,} bytes" if link.moved is not None else "")
        self._data(conn, DataEvent.CLOSED, text, local=local, remote=remote, moved=link.moved)
        link.target, link.moved = None, None

    def _infer_worked(self, conn: int, link: _Link) -> None:
        """A transfer that ended well had a data connection, whether the log tells of it or not."""
        if link.stands or link.target is None or not self._infers_data:
            return
        if link.preparation in ("PASV", "EPSV"):
            self.dialled(conn)
        else:
            self.accepted(conn)

    def _data(
        self,
        conn: int,
        event: DataEvent,
        text: str,
        *,
        local: str | None = None,
        remote: str | None = None,
        moved: int | None = None,
    ) -> None:
        command = self._link(conn).preparation or None
        record = WireRecord(
            self._tick(), conn, RecordKind.DATA, text, event=event, command=command, local=local, remote=remote,
            bytes=moved,
        )  # fmt: skip
        self._records.append(bounded(record))

    def _add(
        self, conn: int, kind: RecordKind, text: str, *, note: str | None = None, ms: float | None = None
    ) -> None:
        self._records.append(bounded(WireRecord(self._tick(), conn, kind, text, note, ms=ms)))

    def _link(self, conn: int) -> _Link:
        return self._links.setdefault(conn, _Link())

    def finish(self) -> ForeignLog:
        """The log."""
        return ForeignLog(tuple(self._records), self.broken_lines, self._source, self._has_times)


def _announced(verb: str, argument: str) -> str | None:
    decode = {"PORT": decode_port, "EPRT": decode_eprt}.get(verb.upper())
    try:
        return join_end(*decode(argument)) if decode else None
    except ValueError:
        return None


def _target(code: int, line: str, peer: str | None) -> str | None:
    try:
        if code == 229:
            return join_end(peer or "", parse_epsv_reply(line))
        return join_end(*parse_pasv_reply(line[3:]))
    except ValueError:
        # What was masked before it was shown led somewhere all the same: most likely to the server.
        return f"{peer or '?'}:?" if is_masked(line[3:]) else None
