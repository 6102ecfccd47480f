"""Data connection: the socket, the wait for its transfer to begin, and closing it on every path.

Invariant: a socket that was opened is either handed to the mover (which closes it when its thread has left
it) or closed before control returns; a listener never outlives its step.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tuiftp.errors import ConnectionLost, TuiftpError
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.control.packets import PacketFacts, packet_facts
from tuiftp.ftp.errors import error_name, reason, refusal
from tuiftp.ftp.tls.handshake import begin_data
from tuiftp.protocol.first_bytes import PEEKED, protocol_of
from tuiftp.protocol.modes import DataCommand, Verdict, judge_transfer
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import DataEvent, WireState

_GRACE = 5.0
"""Seconds after which an upload begins although the server has not said 1yz: some never do. At most the timeout."""
EARLY_END = 2.0
"""Seconds that a connection may still take when the final reply came before it."""


class StepFailed(Exception):
    """This way of opening the data connection did not work; the plan goes on as the verdict says."""

    def __init__(self, verdict: Verdict, why: str, error: TuiftpError | None = None) -> None:
        super().__init__(why)
        self.verdict = verdict
        """What it means for the plan."""
        self.why = why
        """What happened, in a sentence."""
        self.error = error
        """What to raise if the verdict is to give up."""


@dataclass(slots=True)
class DataConnection:
    """An open data connection, and the transfer command that it serves."""

    sock: socket.socket
    """The socket, connected; non-blocking until the mover takes it."""
    command: DataCommand
    """How it came about."""
    local: str
    """Our end, `host:port`."""
    remote: str
    """The server's end."""
    client: FtpClient
    """The control connection that it belongs to."""
    exchange: Exchange
    """The transfer command's replies."""
    opened_at: float = field(default_factory=time.monotonic)
    """When it stood (monotonic seconds)."""
    timing: Exchange | None = None
    """The MDTM that went out before the transfer command, if there is one."""
    is_moving: bool = False
    """Whether the mover has the socket, and will close it."""
    doubt: Callable[[str], None] = lambda why: None
    """Has this way be tried last from now on: it stood here, and the server says why it had none."""
    speaks: str | None = None
    """The protocol that its first bytes belong to, where they cannot be the server's."""
    _how: WireState | None = None
    _errno: str | None = None
    _packets: PacketFacts | None = None
    _is_reported: bool = False

    def broke(self, error: BaseException, how: WireState = WireState.BROKEN) -> None:
        """Notes that it broke or fell silent, for the record of its end."""
        self._how, self._errno = how, error_name(error)

    def count_packets(self) -> None:
        """Takes what the system counted of its packets, for the record of its end: before the socket is closed."""
        if self.client.wire.is_wanted:
            self._packets = packet_facts(self.sock) or self._packets

    def encrypt_at_once(self) -> None:
        """Sends our TLS hello before the server has said 1yz, where that is known to work: a round trip less.

        It has been asked for the transfer already, so that it will read the hello next.
        """
        client = self.client
        if client.tls is None or not client.protects_data:
            return
        if client.pipelines_ok and client.proven is self.command:
            # What fails here is met again, and judged, when the handshake goes on.
            with contextlib.suppress(OSError, ValueError):
                self.sock = begin_data(self.sock, client.tls)

    def closed(self, moved: int, *, first_at: float | None = None) -> None:
        """Notes the end of the connection. Only the first call counts.

        Args:
            moved: How many bytes it carried.
            first_at: When the first of them moved (monotonic seconds), if that is known.
        """
        if self._is_reported:
            return
        self._is_reported = True
        took = (time.monotonic() - self.opened_at) * 1000
        first = (first_at - self.opened_at) * 1000 if first_at is not None and moved else None
        self.client.wire.data(
            DataEvent.CLOSED, f"data connection closed, {moved:,} bytes", command=self.command,
            local=self.local, remote=self.remote, ms=took, moved=moved, first_byte_ms=first,
            state=self._how, errno=self._errno, speaks=self.speaks, packets=self._packets,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransferCommand:
    """The transfer command to send once a data connection is prepared."""

    verb: str
    """RETR, STOR, APPE, MLSD, LIST."""
    argument: str = ""
    """Its path, if any."""
    offset: int = 0
    """For REST, in bytes; 0: no REST."""
    path: str | None = None
    """What to name in errors."""
    size: int | None = None
    """Bytes that will move, where that is known beforehand."""
    is_text: bool = False
    """Whether it goes by TYPE A; else by TYPE I."""
    directory: str | None = None
    """Where the server has to be for it (CWD), if that matters."""
    asks_time: bool = field(default=False, compare=False)
    """Whether MDTM of `argument` may go out while the connection is made, which then costs no wait."""

    @property
    def is_upload(self) -> bool:
        """Whether we are the one who sends."""
        return self.verb in ("STOR", "APPE", "STOU")


async def begin_transfer(client: FtpClient, transfer: TransferCommand) -> Exchange:
    """Sends REST where it is asked for, then the transfer command.

    Raises:
        StepFailed: REST was refused: another data connection would not help.
    """
    if transfer.offset:
        reply = await client.ask("REST", str(transfer.offset))
        if reply.code != 350:
            raise StepFailed(
                Verdict.GIVE_UP, f"REST {transfer.offset}: {reply.code} {reply.text}",
                refusal("REST", reply, path=transfer.path),
            )  # fmt: skip
    return client.send(transfer.verb, transfer.argument)


async def wait_begun(connection: DataConnection, transfer: TransferCommand) -> None:
    """Waits until the transfer has really begun: the 1yz reply, and for a download the first byte.

    Where a server omits the 1yz, data that can be read, the final reply at once, or, for an upload, a silence of
    five seconds stand in its place. A 425 that follows a 150 is still a data connection that did not come about.

    Raises:
        StepFailed: The transfer was refused before a byte moved, or nothing at all came.
    """
    connection.encrypt_at_once()
    try:
        await _Beginning(connection, transfer).wait()
    except ConnectionLost as error:
        connection.count_packets()
        connection.sock.close()
        raise StepFailed(Verdict.RECONNECT, error.message, error) from error
    except BaseException:
        connection.count_packets()
        connection.sock.close()
        raise


class _Beginning:
    """The wait for a transfer to begin: one waiter, woken by a reply or by the data socket; no task of its own."""

    def __init__(self, connection: DataConnection, transfer: TransferCommand) -> None:
        self._connection = connection
        self._exchange = connection.exchange
        self._transfer = transfer
        # Under TLS the first bytes are the handshake's, and tell nothing of the transfer.
        self._is_told_by_reply = transfer.is_upload or connection.client.protects_data
        self._is_readable = False
        self._has_ended = False
        self._broke: str | None = None

    async def wait(self) -> None:
        options, changed = self._connection.client.options, self._exchange.changed
        loop = asyncio.get_running_loop()
        limit = min(_GRACE, options.timeout) if self._is_told_by_reply else options.timeout
        if not self._is_told_by_reply:
            loop.add_reader(self._connection.sock.fileno(), self._readable)
        was_begun = was_ended = was_foreign = False
        try:
            async with asyncio.timeout(limit) as clock:
                while not self._has_begun():
                    if self._exchange.preliminary is not None and not was_begun:
                        # The file may come from a tape: what is begun may be silent as long as any transfer.
                        was_begun = True
                        clock.reschedule(loop.time() + options.stall_timeout)
                    if self._connection.speaks is not None and not was_foreign:
                        was_foreign = True
                        clock.reschedule(loop.time() + min(EARLY_END, options.timeout))
                    if self._has_ended and not was_ended:
                        was_ended = True
                        clock.reschedule(loop.time() + options.timeout)
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            self._give_up(limit)
        finally:
            if not self._is_told_by_reply:
                loop.remove_reader(self._connection.sock.fileno())

    def _readable(self) -> None:
        asyncio.get_running_loop().remove_reader(self._connection.sock.fileno())
        self._is_readable = True
        self._exchange.changed.set()

    def _has_begun(self) -> bool:
        exchange = self._exchange
        if exchange.final is not None:
            # With a byte here the transfer had begun, and its end is for whoever carries it to judge.
            if self._is_told_by_reply or not _has_byte(self._connection.sock):
                judge_begin(exchange.final, self._transfer)
            return True
        if exchange.error is not None:
            raise exchange.error
        if self._is_told_by_reply:
            return exchange.preliminary is not None
        if self._is_readable and not self._has_ended:
            return self._look()
        return False

    def _look(self) -> bool:
        """Looks what has come of the data: whether it has begun."""
        connection = self._connection
        try:
            head = connection.sock.recv(PEEKED, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError as error:
            connection.broke(error)
            self._end(reason(error))
            return False
        if not head:
            self._end(None)
            return False
        connection.speaks = None if self._exchange.preliminary is not None else protocol_of(head)
        return connection.speaks is None  # else the server has to say first that it is its own

    def _end(self, broke: str | None) -> None:
        """The connection ended without a byte: an empty file, or a failure that the final reply tells."""
        self._has_ended = True
        self._broke = broke
        # ProFTPD lingers, and holds its 226 back for ten seconds, until our side has ended too.
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_WR)

    def _give_up(self, limit: float) -> None:
        if self._connection.speaks is not None and self._exchange.preliminary is None:
            why = f"what came speaks {self._connection.speaks}, and the server says nothing of a transfer"
            raise StepFailed(Verdict.RECONNECT, why)
        if self._broke is not None:
            why = f"the data connection broke before the first byte: {self._broke}"
            raise StepFailed(Verdict.NEXT_STEP, why)
        if self._is_told_by_reply or self._exchange.preliminary is not None or self._has_ended:
            return
        raise silent(self._connection.client, self._exchange, self._transfer, limit)


def _has_byte(sock: socket.socket) -> bool:
    """Whether a first byte is there; it is not taken."""
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


def judge_begin(reply: Reply, transfer: TransferCommand) -> None:
    """Says what the first reply to a transfer command means.

    Raises:
        StepFailed: It is a refusal.
    """
    if not (reply.is_refusal or reply.is_impossible_end):
        return
    verdict = judge_transfer(reply.code, reply.text)
    why = f"{transfer.verb}: {reply.code} {reply.text}"
    raise StepFailed(verdict, why, refusal(transfer.verb, reply, path=transfer.path))


def silent(client: FtpClient, exchange: Exchange, transfer: TransferCommand, limit: float) -> StepFailed:
    """The transfer command was answered by nothing at all: the control connection cannot be used any more."""
    exchange.abandon()
    why = f"{transfer.verb} was not answered within {limit:g} s"
    client.shut(why, how=WireState.SILENT)
    return StepFailed(Verdict.RECONNECT, why, ConnectionLost(why, how=WireState.SILENT))
