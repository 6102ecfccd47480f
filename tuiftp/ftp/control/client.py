"""FtpClient: one control connection. Sends commands, reads replies, accounts for every one of them.

It holds an aioftp client, which makes the connection, and lets nobody call the rest of it: aioftp collects replies
without bound, decodes them strictly, takes a doubled 226 for the answer to the next command, and logs ACCT in
clear. Here one task reads replies as they come, in bounded memory, and hands each to the command that it answers
(see `ftp.control.exchange`); what nobody asked for is logged and never becomes an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import aioftp

from tuiftp.errors import ConnectionFailed, ConnectionLost, ProtocolViolation, TuiftpError
from tuiftp.ftp.control.exchange import Exchange, SentAhead, SentEarly
from tuiftp.ftp.control.idle_clock import IdleClock
from tuiftp.ftp.control.keepalive import keep_alive
from tuiftp.ftp.control.packets import packet_facts
from tuiftp.ftp.control.pending_replies import PendingReplies
from tuiftp.ftp.control.recorder import Wire, endpoint_text
from tuiftp.ftp.errors import connect_error, error_name, lost_error, refusal
from tuiftp.ftp.options import ConnectionOptions
from tuiftp.ftp.tls.handshake import encrypt_control
from tuiftp.ftp.tls.options import ControlTls, Expectation
from tuiftp.protocol.commands import command_line
from tuiftp.protocol.modes import DataCommand
from tuiftp.protocol.replies import Reply, ReplyReader
from tuiftp.secret import Secret
from tuiftp.wirelog.records import WireState

_READ = 16 * 1024
_AHEAD_KEEPS = 10.0
"""Seconds after which a server may have stopped listening on what it announced: nobody came for long."""


class FtpClient:
    """A control connection. One user at a time: whoever holds the session's lock."""

    def __init__(self, options: ConnectionOptions, wire: Wire) -> None:
        # happy_eyeballs_delay goes through to asyncio: a host with both families connects by the faster.
        self._connection = aioftp.BaseClient(
            connection_timeout=options.timeout, happy_eyeballs_delay=0.25, family=options.family
        )
        self._is_open = False
        self.options = options
        """The rules it was made with."""
        self.wire = wire
        """Where its log goes."""
        self.doubles_iac = False
        """Whether 0xFF in names is sent twice (ProFTPD)."""
        self.lost: TuiftpError | None = None
        """Why the connection can no longer be used, once that is so."""
        self.on_lost: Callable[[TuiftpError], None] = lambda error: None
        """Called once, when the connection is lost or closed."""
        self.pipelines_ok = False
        """Whether the server is known to take commands before it has answered the one before."""
        self.proven: DataCommand | None = None
        """The way in which the last data connection of this control connection came about."""
        self.row: SentAhead | None = None
        """What was sent ahead in active mode: a listener, and the replies that will come."""
        self.cwd: str | None = None
        """The directory that the server is in, where we know it."""
        self.data_type = ""
        """The TYPE that the server is in: `I`, or `A` around a transfer of text; empty: not told yet."""
        self.tls: ControlTls | None = None
        """The encryption of the control connection, once there is one."""
        self.protects_data = False
        """Whether data connections are encrypted too (PROT P)."""
        self._replies = ReplyReader(options.encoding)
        self._awaits_tls = False
        self._accounts = PendingReplies(wire, on_odd=self._stop_sending_ahead)
        self._reading: asyncio.Task[None] | None = None
        self._silence = IdleClock()
        self._ahead: tuple[DataCommand, Exchange] | None = None
        self.has_refused_way = False
        """Whether the last thing it had to say was that it opens no data connection that way: it may be dying."""
        self._early = SentEarly()
        self.away: Callable[[], None] | None = None
        """Ends the work of whoever has the socket instead (`detach_socket`): called when the connection is closed."""

    # -- connecting and closing ---------------------------------------------------------------------------

    async def connect(self, host: str, port: int = 21, tls: Expectation | None = None) -> Reply:
        """Connects and reads the greeting.

        Args:
            host: Where to.
            port: The control port.
            tls: Who the server has to be, for TLS from the first byte.

        Returns:
            The greeting.

        Raises:
            ConnectionFailed: Unknown host, refused, unreachable, no answer in time, or 4yz/5yz for a greeting.
            TlsFailed, CertificateUnverified: As `encrypt`.
            ProtocolViolation: This is no FTP server.
        """
        where = endpoint_text((host, port))
        self.wire.status(f"connecting to {where}", WireState.CONNECTING, remote=where)
        began = time.monotonic()
        try:
            await self._connection.connect(host, port)
            self._is_open = True
        except (OSError, TimeoutError, UnicodeError) as error:
            failure = connect_error(error, host, port, self.options.timeout)
            self.wire.error(failure.message, WireState.NOT_CONNECTED, errno=error_name(error))
            raise failure from error
        keep_alive(self.raw_socket, self.options.keepalive_interval)
        peer, local = endpoint_text(self.peer), endpoint_text(self.local)
        took = (time.monotonic() - began) * 1000
        self.wire.peer = self.peer[0]
        text = f"connected to {peer} from {local} in {took:.0f} ms"
        self.wire.status(
            text, WireState.CONNECTED, local=local, remote=peer, packets=packet_facts(self.raw_socket)
        )
        if tls is not None:
            await self.encrypt(tls)
        greeting = self._accounts.expect("")
        self._start_reading()
        try:
            reply = await self._final(greeting, "the greeting")
        except ConnectionLost as error:
            raise ConnectionFailed(f"{host}: {error.message}", hint=error.hint) from error
        if not reply.is_completion:
            raise ConnectionFailed(f"{host} does not take us: {reply.code} {reply.text}")
        return reply

    async def encrypt(self, tls: Expectation) -> None:
        """Shakes hands over TLS: before the greeting, or behind the reply that allows it.

        Raises:
            CertificateUnverified: The server is not who it should be.
            TlsFailed, ProtocolViolation: The handshake failed, or something came in clear before it.
        """
        if self._reading is not None:
            await self._reading
        self.tls = await encrypt_control(self._stream, self._replies.pending, tls, self.options.timeout)
        self._replies = ReplyReader(self.options.encoding)
        self._awaits_tls = False
        self.wire.secured("the control connection is encrypted", self.tls.facts.text)
        if self._reading is not None:
            self._start_reading()

    def _start_reading(self) -> None:
        self._reading = asyncio.create_task(self._read_replies(), name=f"ftp-replies-{self.wire.conn}")

    @property
    def _stream(self) -> aioftp.StreamIO:
        return self._connection.stream

    @property
    def raw_socket(self) -> Any:
        """The control connection's socket (asyncio's TransportSocket), for its addresses and options."""
        return self._stream.writer.get_extra_info("socket")

    @property
    def peer(self) -> tuple[str, int]:
        """The server's end, from `getpeername`: never the host name again."""
        return _address(self._stream.writer.get_extra_info("peername"))

    @property
    def local(self) -> tuple[str, int]:
        """Our end."""
        return _address(self._stream.writer.get_extra_info("sockname"))

    @property
    def is_ipv6(self) -> bool:
        """Whether the control connection is IPv6; a v4-mapped one counts as IPv4."""
        host = self.peer[0]
        return ":" in host and not host.lower().startswith("::ffff:")

    @property
    def is_idle_for_long(self) -> bool:
        """Whether it was silent for so long, or the machine was asleep, that it may have died unseen."""
        return self._silence.is_long

    async def quit(self) -> None:
        """Says QUIT, waits for the answer as long as the options say, and closes."""
        if self.lost is None and self._is_open:
            with contextlib.suppress(TuiftpError, TimeoutError):
                goodbye = self.send("QUIT")
                async with asyncio.timeout(self.options.goodbye_timeout):
                    await goodbye.wait_final()
        self.shut()

    def shut(self, why: str = "", *, how: WireState | None = None) -> None:
        """Closes at once, without a word to the server. May be called twice.

        Args:
            why: What went wrong; empty where nothing did, and the connection is not needed any more.
            how: What that comes to; by default `CLOSED` without a reason, `GIVEN_UP` with one.
        """
        if self._reading is not None:
            self._reading.cancel()
        said = f"the control connection was closed: {why}" if why else "we closed the control connection"
        how = how or (WireState.GIVEN_UP if why else WireState.CLOSED)
        self._give_up(ConnectionLost(said, how=how))

    def close(self) -> None:
        """Closes the socket."""
        if self.away is not None:
            self.away()
        if self._is_open:
            self._stream.writer.transport.abort()

    # -- commands -----------------------------------------------------------------------------------------

    def send(self, verb: str, argument: str | Secret = "") -> Exchange:
        """Sends one command, unless it was pipelined before, and returns its exchange.

        Raises:
            UnsafeName: The argument cannot be sent in a command line.
            ConnectionLost: The connection is gone.
        """
        return self._early.take(verb, argument) or self._put(verb, argument)

    def _put(self, verb: str, argument: str | Secret = "") -> Exchange:
        data = command_line(verb, argument, encoding=self.options.encoding, doubles_iac=self.doubles_iac)
        if self.lost is not None:
            raise self.lost
        self.wire.command(f"{verb} {argument}" if argument else verb)
        exchange = self._accounts.expect(verb)
        self._stream.writer.write(data)
        return exchange

    def send_early(self, lines: Sequence[tuple[str, str]]) -> None:
        """Sends what will be asked next, in this order: `send` then finds the answers under way."""
        for exchange, line in [(self.send(*line), line) for line in lines]:
            self._early.add(*line, exchange)

    def send_ahead(self, command: DataCommand) -> None:
        """Sends PASV or EPSV behind a transfer that runs, for the one that will follow it."""
        if self._ahead is None and command.is_passive:
            self._ahead = (command, self._put(command.value))

    @property
    def died_at(self) -> DataCommand | None:
        """PASV or EPSV, if it was sent ahead and no good answer to it has come; None: there is none."""
        if self._ahead is None:
            return None
        command, exchange = self._ahead
        return None if exchange.final is not None and not exchange.final.is_refusal else command

    def forget_ahead(self) -> None:
        """Gives up what was sent ahead in passive mode: the server may listen there no more."""
        self._ahead = None

    async def prepare(self, command: DataCommand) -> Reply:
        """PASV or EPSV: the answer to the one that was sent ahead, or else asked for now."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead[0] is not command or ahead[1].is_older_than(_AHEAD_KEEPS):
            return await self.ask(command.value)
        return await self._final(ahead[1], command.value)

    async def ask(self, verb: str, argument: str | Secret = "", *, timeout: float | None = None) -> Reply:
        """Sends a command and returns its final reply, whatever it says.

        Raises:
            ConnectionLost: The connection is gone, or no answer came within the time limit (seconds).
        """
        return await self._final(self.send(verb, argument), verb, timeout=timeout)

    async def ask_all(self, lines: Sequence[tuple[str, str]]) -> list[Reply]:
        """Asks several things that do not depend on each other, together where the server copes."""
        if not self.pipelines_ok:
            return [await self.ask(verb, argument) for verb, argument in lines]
        exchanges = [self.send(verb, argument) for verb, argument in lines]
        try:
            return [await self.answer(exchange) for exchange in exchanges]
        finally:
            for exchange in exchanges:
                exchange.abandon()

    async def answer(self, exchange: Exchange) -> Reply:
        """The final reply to a command that was sent with `send`; otherwise as `ask`."""
        return await self._final(exchange, exchange.verb)

    async def must(self, verb: str, argument: str = "", *, path: str | None = None) -> Reply:
        """Like `ask`, for a command that has to succeed.

        Raises:
            CommandRefused: The server answered 4yz or 5yz (or its subclass for files, disk and login).
        """
        reply = await self.ask(verb, argument)
        if reply.is_refusal:
            # After a 421 the connection is gone, whatever was asked.
            raise self.lost or refusal(verb, reply, path=path)
        return reply

    async def _final(self, exchange: Exchange, what: str, *, timeout: float | None = None) -> Reply:
        limit = self.options.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(limit):
                return await exchange.wait_final()
        except TimeoutError as error:
            self._give_up(
                ConnectionLost(
                    f"no answer to {what} within {limit:g} s",
                    hint="the server or the way to it is down",
                    how=WireState.SILENT,
                )
            )
            assert self.lost is not None
            raise self.lost from error
        except asyncio.CancelledError:
            exchange.abandon()
            raise

    async def wait_end(self, limit: float) -> None:
        """Waits until the server has closed the connection, at most `limit` seconds."""
        if self._reading is not None:
            await asyncio.wait({self._reading}, timeout=limit)

    async def settle(self, limit: float) -> bool:
        """Drains: waits until every pending reply has come, at most `limit` seconds.

        Returns:
            Whether the connection is in a known state and may be used.
        """
        if self.lost is not None:
            return False
        if (awaited := self._accounts.abandoned) is not None:
            self.wire.status(f"waiting for the reply to {awaited.verb} that is still to come")
            if not await self._accounts.settle(limit):
                self.shut("its replies can no longer be told apart")
        return self.lost is None

    @property
    def quickest(self) -> float | None:
        """Seconds of the quickest answer so far."""
        return self._accounts.quickest

    async def detach_socket(self) -> socket.socket | None:
        """Lets a thread have the control connection; the socket is to be closed, and `reattach` to be called.

        Returns:
            A socket of its own on it; None while something is under way.
        """
        transport: Any = self._stream.writer.transport
        transport.pause_reading()
        # What had been read by then is taken in, once the loop has turned.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        is_owed = not self._accounts.is_empty or self._replies.has_buffered
        if self.lost is None and not is_owed and not transport.get_write_buffer_size():
            own: socket.socket = self.raw_socket.dup()
            return own
        self.reattach()
        return None

    def reattach(self, ahead: tuple[DataCommand, Reply] | None = None) -> None:
        """Takes the control connection back, with the answer to a PASV or EPSV that nobody has used yet."""
        self._silence.heard()
        if self.lost is not None:
            return
        transport: Any = self._stream.writer.transport
        transport.resume_reading()
        if ahead is not None:
            exchange = Exchange(ahead[0].value)
            exchange.deliver(ahead[1])
            self._ahead = (ahead[0], exchange)

    # -- replies ------------------------------------------------------------------------------------------

    async def _read_replies(self) -> None:
        try:
            while data := await self._stream.reader.read(_READ):
                self._silence.heard()
                self._replies.feed(data)
                while (reply := self._replies.next_reply()) is not None:
                    self._take(reply)
                    if self._awaits_tls:
                        return
                await asyncio.sleep(0)  # a server that floods us must not starve the loop
            raise ConnectionLost("the server closed the control connection", how=WireState.BROKEN)
        except OSError as error:
            failure = lost_error(error)
            failure.__cause__ = error  # its name goes into the record
            self._give_up(failure)
        except ProtocolViolation as error:  # it quotes what came, which may be a password that was sent
            self._give_up(ProtocolViolation(self.wire.mask(error.message)))
        except TuiftpError as error:
            self._give_up(error)

    def _take(self, reply: Reply) -> None:
        finished = self._accounts.take(reply)
        if finished is not None and finished.verb == "AUTH" and not reply.is_refusal:
            # Nothing more is read in clear: `encrypt` ends the connection if there is anything.
            self._awaits_tls = True
            transport: Any = self._stream.writer.transport
            transport.pause_reading()

    def _stop_sending_ahead(self, refused: Exchange) -> None:
        self.pipelines_ok = False
        if self._ahead is not None and refused is self._ahead[1]:
            self._ahead = None

    def _give_up(self, error: TuiftpError) -> None:
        if self.lost is None:
            self.lost = error
            if self._is_open and self._reading is not None:
                how = error.how if isinstance(error, ConnectionLost) else None
                self.wire.status(
                    error.message, WireState(how or WireState.GIVEN_UP), errno=error_name(error.__cause__),
                    packets=packet_facts(self.raw_socket),
                )  # fmt: skip
            self.on_lost(error)
        self.drop_row()
        self._accounts.fail(self.lost)
        self.close()

    def drop_row(self) -> None:
        """Gives up what was sent ahead in active mode; what the server still has to say is accounted for."""
        if self.row is not None:
            self.row.drop()
            self.row = None


def _address(name: Any) -> tuple[str, int]:
    return (str(name[0]), int(name[1])) if name else ("", 0)
