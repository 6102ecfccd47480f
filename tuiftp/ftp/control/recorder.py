"""Wire: creates the WireRecords (log records) of one control connection and publishes them on the event bus."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tuiftp.events import EventBus
from tuiftp.ftp.control.packets import PacketFacts
from tuiftp.ftp.events import WireRecorded
from tuiftp.protocol.modes import DataCommand
from tuiftp.protocol.replies import Reply
from tuiftp.protocol.text import MASK, redact
from tuiftp.secret import Secret
from tuiftp.wirelog.explain import note_for_command, note_for_reply
from tuiftp.wirelog.recorder import bounded
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState

_numbers = itertools.count(1)

Moment = tuple[float, Callable[["Wire"], None]]
"""Something that happened in a thread: when (seconds since 1970), and how to record it."""


class Wire:
    """The log of one control connection. Passwords are redacted before they become text."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self.conn = next(_numbers)
        """The connection's number, counted from 1 in this process."""
        self.peer: str | None = None
        """The server's address, once connected; notes compare with it."""
        self._secrets: tuple[Secret, ...] = ()
        self._then: datetime | None = None

    def hide(self, *secrets: Secret) -> None:
        """Masks these texts wherever they appear from now on: some servers repeat a password."""
        self._secrets = tuple(secret for secret in secrets if len(secret.reveal()) >= 4)

    @property
    def is_wanted(self) -> bool:
        """Whether anybody shows or keeps what is recorded."""
        return self._bus.wants(WireRecorded)

    def catch_up(self, moments: Iterable[Moment]) -> None:
        """Records the events of a worker thread, each with its own time; nothing if no subscriber shows them."""
        if not self.is_wanted:
            return
        try:
            for at, record in moments:
                self._then = datetime.fromtimestamp(at, UTC)
                record(self)
        finally:
            self._then = None

    def command(self, line: str) -> None:
        """Records a command that is sent."""
        self._emit(RecordKind.COMMAND, redact(line), note=note_for_command(line, peer=self.peer))

    def reply(self, reply: Reply, *, command: str | None, ms: float | None) -> None:
        """Records a reply, one record per line; the note goes to the last line, which carries the result."""
        note = note_for_reply(reply.code, reply.text, peer=self.peer, command=command)
        last = len(reply.lines) - 1
        for place, line in enumerate(reply.lines):
            text = self.mask(line)
            self._emit(RecordKind.REPLY, text, note=note if place == last else None, ms=ms)

    def status(
        self,
        text: str,
        state: WireState = WireState.NOTE,
        *,
        local: str | None = None,
        remote: str | None = None,
        errno: str | None = None,
        packets: PacketFacts | None = None,
    ) -> None:
        """Records what we do and why.

        Args:
            text: A sentence, for people.
            state: What it tells a program.
            local: Our end of the control connection, where it stands.
            remote: The other end, where it is being opened or stands.
            errno: The system's name for the error that ended it.
            packets: What the system counted on it.
        """
        self._emit(
            RecordKind.STATUS, self.mask(text), state=state, local=local, remote=remote, errno=errno,
            packets=packets,
        )  # fmt: skip

    def secured(self, text: str, facts: str, state: WireState = WireState.SECURED) -> None:
        """Records that a connection is encrypted now, and how: version, cipher, session, fingerprint."""
        self._emit(RecordKind.STATUS, f"{text}: {facts}", tls=facts, state=state)

    def error(self, text: str, state: WireState, *, errno: str | None = None) -> None:
        """Records what failed, and by which error of the system."""
        self._emit(RecordKind.ERROR, self.mask(text), state=state, errno=errno)

    def finding(self, text: str, *, title: str, code: str, advice: str | None = None) -> None:
        """Records something about the exchange that a person should know."""
        self._emit(RecordKind.FINDING, self.mask(text), title=title, code=code, advice=advice)

    def data(
        self,
        event: DataEvent,
        text: str,
        *,
        command: DataCommand,
        local: str | None = None,
        remote: str | None = None,
        ms: float | None = None,
        moved: int | None = None,
        first_byte_ms: float | None = None,
        state: WireState | None = None,
        errno: str | None = None,
        speaks: str | None = None,
        icmp: str | None = None,
        packets: PacketFacts | None = None,
    ) -> None:
        """Records what happened to a data connection; `state`, `errno` and `icmp` say how it failed, if it did."""
        self._emit(
            RecordKind.DATA,
            text,
            event=event,
            command=command.value,
            local=local,
            remote=remote,
            ms=ms,
            moved=moved,
            first_byte_ms=first_byte_ms,
            state=state,
            errno=errno,
            speaks=speaks,
            icmp=icmp,
            packets=packets,
        )

    def masked(self, reply: Reply) -> Reply:
        """The reply without what is hidden."""
        return replace(reply, lines=tuple(self.mask(line) for line in reply.lines))

    def mask(self, text: str) -> str:
        """The text without what is hidden."""
        for secret in self._secrets:
            text = text.replace(secret.reveal(), MASK)
        return text

    def _emit(
        self,
        kind: RecordKind,
        text: str,
        *,
        note: str | None = None,
        event: DataEvent | None = None,
        command: str | None = None,
        local: str | None = None,
        remote: str | None = None,
        ms: float | None = None,
        moved: int | None = None,
        first_byte_ms: float | None = None,
        code: str | None = None,
        title: str | None = None,
        advice: str | None = None,
        tls: str | None = None,
        state: WireState | None = None,
        errno: str | None = None,
        speaks: str | None = None,
        icmp: str | None = None,
        packets: PacketFacts | None = None,
    ) -> None:
        record = WireRecord(
            at=self._then or datetime.now(UTC), conn=self.conn, kind=kind, text=text, note=note, event=event,
            command=command, local=local, remote=remote, ms=_rounded(ms), bytes=moved,
            first_byte_ms=_rounded(first_byte_ms), code=code, title=title, advice=advice, tls=tls, state=state,
            errno=errno, speaks=speaks, icmp=icmp, rtt_ms=_rounded(packets.rtt_ms) if packets else None,
            retransmits=packets.retransmits if packets else None, mss=packets.mss if packets else None,
        )  # fmt: skip
        # Cut here, so that nobody who keeps records keeps all that a server sent.
        self._bus.publish(WireRecorded(bounded(record)))


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)


def endpoint_text(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """`host:port`, and `[host]:port` for IPv6."""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
