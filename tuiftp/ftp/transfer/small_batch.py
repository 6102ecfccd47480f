"""Batch fetch of small files: a worker thread downloads them in turn with blocking calls on the control socket.

Where the way to the server is short, what a small file costs is not the line but the turns of the event loop: a
thread that sends, connects and reads by blocking calls does it in a fifth of the time. It does only what goes well.
Whatever is out of the ordinary is left to the usual way, which knows what to make of it: a file that the server
refuses, or that has another size than was listed; an odd reply or a broken connection also end the session, for its
replies can then no longer be told apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import socket
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from tuiftp.errors import ProtocolViolation, UnsafeName
from tuiftp.files.batch_receiver import BatchReceiver
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.recorder import Moment, Wire, endpoint_text
from tuiftp.ftp.data.fallback import first_choice
from tuiftp.ftp.session import BRIEF, FtpSession
from tuiftp.ftp.transfer.byte_mover import bound_silence
from tuiftp.ftp.transfer.executor import begin, wake
from tuiftp.protocol.addresses import parse_epsv_reply, parse_pasv_reply
from tuiftp.protocol.commands import encode_command
from tuiftp.protocol.hosts import same_host
from tuiftp.protocol.modes import DataCommand
from tuiftp.protocol.replies import Reply, ReplyReader
from tuiftp.wirelog.records import DataEvent

SHORT_WAY = 0.005
"""Seconds there and back up to which the thread is the quicker way; beyond it the line is what counts."""
LARGEST = 64 * 1024
"""Bytes of the largest file that is fetched so: that much lies ready in a socket, whichever reply comes first."""

_NEXT_DOOR = 0.001
"""Seconds there and back below which it is the processors that are waited for, not the line."""
_READ = 16 * 1024
_ALL = getattr(socket, "MSG_WAITALL", 0)
"""Has one call wait for a whole file and for the end of its connection."""
_SILENT = frozenset({errno.EINPROGRESS, errno.EALREADY, errno.EAGAIN})
"""What a blocking connect says when the time of its socket has run out."""
_GRACE = 0.5
"""Seconds in which a thread that was told to stop may finish its file, before its connections are ended."""


class _Odd(Exception):
    """An unexpected reply or size: the session is not used any more."""


def is_open(session: FtpSession) -> bool:
    """Whether batch fetch can be used: pipelining works, passive mode is proven, the round trip short, no TLS."""
    client = session.client
    if client is None or client.lost is not None or client.tls is not None or not client.pipelines_ok:
        return False
    if client.proven is None or not client.proven.is_passive or session.facts.batch_fetch_off:
        return False
    return client.data_type == "I" and client.quickest is not None and client.quickest <= SHORT_WAY


async def fetch_batch(session: FtpSession, receiver: BatchReceiver) -> None:
    """Fetches the files of a small batch, in order, as long as that goes well. See `files.pipelining`."""
    async with session.use() as client:
        command = client.proven
        if command is None or not is_open(session) or first_choice(session, client) is not command:
            return
        first = await client.prepare(command)
        if not _leads_to(client.peer[0], first):
            session.facts.batch_fetch_off = True
            client.reattach((command, first))
            return
        control = await client.detach_socket()
        if control is None:
            return
        fetcher = BlockingFetcher(client, control, command, first, session.facts.pipelines_during_data)
        try:
            async with _turn(session, client):
                await _run(client, fetcher, receiver)
        finally:
            control.setblocking(False)
            control.close()
            if fetcher.trouble is not None:
                session.facts.batch_fetch_off |= not fetcher.is_stopped
                client.shut(fetcher.trouble)
            client.reattach(fetcher.left_over)


def _turn(session: FtpSession, client: FtpClient) -> AbstractAsyncContextManager[None]:
    is_next_door = client.quickest is not None and client.quickest < _NEXT_DOOR
    return session.facts.threads if is_next_door else contextlib.nullcontext()


async def _run(client: FtpClient, fetcher: BlockingFetcher, receiver: BatchReceiver) -> None:
    """Runs the fetcher in a worker thread and waits for its end on every path, also on cancel."""
    working = begin(partial(fetcher.work, receiver))
    client.away = fetcher.end
    cancelled: asyncio.CancelledError | None = None
    try:
        while not working.done():
            try:
                await asyncio.wait({working}, timeout=None if cancelled is None else _GRACE)
            except asyncio.CancelledError as error:
                cancelled = error
                fetcher.stop()
                continue
            if not working.done():
                fetcher.end()
    finally:
        client.away = None
        client.wire.catch_up(fetcher.moments)
    if cancelled is not None:
        raise cancelled
    working.result()


class BlockingFetcher:
    """The worker thread's side: blocking calls with timeouts. Touches nothing of the event loop."""

    def __init__(
        self, client: FtpClient, control: socket.socket, command: DataCommand, first: Reply, is_patient: bool
    ) -> None:
        """Takes over a control connection that owes no reply.

        Args:
            client: Whose it is.
            control: A socket of our own on it.
            command: PASV or EPSV.
            first: The answer to one that was sent already.
            is_patient: Whether the server keeps a command for later however long a transfer takes.
        """
        self.moments: list[Moment] = []
        """What happened, for the protocol log; nothing where nobody wants it."""
        self.trouble: str | None = None
        """Why the session cannot be used any more."""
        self.is_stopped = False
        """Whether it was told to stop."""
        self._is_recorded = client.wire.is_wanted
        self._options = client.options
        self._doubles_iac = client.doubles_iac
        self._peer = client.peer[0]
        self._control, self._data = control, control
        self._command = command
        self._answer: Reply | None = first
        self._port = _port_of(first, self._peer)
        self._preparation = encode_command(command.value)
        self._is_patient = is_patient
        self._replies = ReplyReader(self._options.encoding)
        self._local: Any = None
        self._remote: Any = None
        # A Python timeout would cost a second call into the system for each; the loop does not look meanwhile.
        control.setblocking(True)
        bound_silence(control, receiving=self._options.timeout, sending=self._options.timeout)

    @property
    def left_over(self) -> tuple[DataCommand, Reply] | None:
        """The answer to a PASV or EPSV that was not used."""
        return None if self._answer is None else (self._command, self._answer)

    def stop(self) -> None:
        """Ends the work after the file at hand. May be called from another thread, as `end`."""
        self.is_stopped = True

    def end(self) -> None:
        """Ends the work at once, and the connections with it."""
        self.is_stopped = True
        wake(self._data)
        wake(self._control)

    def work(self, receiver: BatchReceiver) -> None:
        """Fetches what there is. Never raises for what the network or the server does: `trouble` says it."""
        try:
            while not self.is_stopped and (found := receiver.next()) is not None:
                data = self._fetch(*found, more=receiver.has_more)
                if data is None:
                    receiver.skip()
                elif not receiver.deliver(data):
                    break
        except (_Odd, OSError, ProtocolViolation, ValueError) as error:
            self._answer = None
            self.trouble = f"{error}" or type(error).__name__
            receiver.skip()

    def _fetch(self, path: str, size: int, *, more: bool) -> bytes | None:
        """One file; None where the usual way has to see to it."""
        line = self._line("RETR", path)
        if line is None:
            return None
        with contextlib.closing(self._connect()) as sock:
            self._data = sock
            # Behind a longer file the others look at the control connection too early, and refuse.
            is_ahead = more and (self._is_patient or size <= BRIEF)
            self._note(_commanded, "RETR", path)
            if is_ahead:
                line += self._preparation
                self._note(_commanded, self._command.value, "")
            self._control.sendall(line)
            opened = sent = time.monotonic()
            reply = self._reply("RETR", sent)
            if reply.is_completion:  # a 226 without a 150 may as well be the one before, said twice
                raise _Odd(f"RETR: {reply.code} {reply.text}")
            data = b"" if reply.is_refusal else self._receive(sock, size)
        self._data = self._control
        took = time.monotonic() - opened
        self._note(_closed, self._command, self._local, self._remote, len(data), took)
        if reply.is_preliminary:
            reply = self._final("RETR", sent)
        if is_ahead:
            self._prepared(self._final(self._command.value, sent))
        if not reply.is_completion or len(data) != size:
            return None
        return data

    def _connect(self) -> socket.socket:
        """Connects to where the server listens, which is asked for unless that was done already."""
        if self._answer is None:
            self._note(_commanded, self._command.value, "")
            self._control.sendall(self._preparation)
            self._prepared(self._final(self._command.value, time.monotonic()))
        self._answer = None
        self._remote = host, port = self._peer, self._port
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        began = time.monotonic()
        self._note(_connecting, self._command, self._remote)
        try:
            bound_silence(
                sock, receiving=self._options.stall_timeout, sending=self._options.auto_connect_timeout
            )
            sock.connect((host, port))
            if self._is_recorded:
                self._local = sock.getsockname()
        except OSError as error:
            sock.close()
            if error.errno in _SILENT:
                where, wait = endpoint_text(self._remote), self._options.auto_connect_timeout
                raise _Odd(f"no data connection to {where} within {wait:g} s") from error
            raise
        took = time.monotonic() - began
        self._note(_connected, self._command, self._local, self._remote, took)
        return sock

    def _prepared(self, answer: Reply) -> None:
        self._answer, self._port = answer, _port_of(answer, self._peer)

    def _receive(self, sock: socket.socket, size: int) -> bytes:
        """All that comes until the server ends the connection."""
        began = time.monotonic()
        data = sock.recv(size + 1, _ALL)
        # Less than was asked for, and no silence before it: that was the end.
        if _ALL and len(data) == size and time.monotonic() - began < self._options.stall_timeout / 2:
            return data
        while len(data) <= size and (more := sock.recv(size + 1)):
            data += more
        if len(data) > size:
            raise _Odd("a file is larger than it was listed")
        return data

    # -- the control connection -----------------------------------------------------------------------------

    def _line(self, verb: str, argument: str) -> bytes | None:
        encoding = self._options.encoding
        try:
            return encode_command(verb, argument, encoding=encoding, doubles_iac=self._doubles_iac)
        except UnsafeName:
            return None

    def _final(self, verb: str, sent: float) -> Reply:
        while (reply := self._reply(verb, sent)).is_preliminary:
            pass
        return reply

    def _reply(self, verb: str, sent: float) -> Reply:
        """The next reply; a server that takes back what it has begun, or ends the session, is out of the ordinary."""
        while (reply := self._replies.next_reply()) is None:
            data = self._control.recv(_READ)
            if not data:
                raise _Odd("the server closed the control connection")
            self._replies.feed(data)
        self._note(_replied, reply, verb, time.monotonic() - sent)
        if reply.code not in _EXPECTED[verb] or (reply.is_refusal and _NOT_OURS.search(reply.text)):
            raise _Odd(f"{verb}: {reply.code} {reply.text}")
        return reply

    def _note(self, record: Callable[..., None], *what: Any) -> None:
        if self._is_recorded:
            self.moments.append((time.time(), partial(record, *what)))


_EXPECTED = {
    "RETR": frozenset({125, 150, 226, 250, 450, 550}),
    "PASV": frozenset({227, 229}),
    "EPSV": frozenset({227, 229}),
}
"""The replies that are nothing out of the ordinary; to RETR, those that speak of the file alone."""
_NOT_OURS = re.compile(r"pasv|epsv|in progress|unknown command", re.IGNORECASE)
"""What a server says that refuses the command behind the RETR, not the file."""


def _leads_to(peer: str, reply: Reply) -> bool:
    try:
        return _port_of(reply, peer) > 0
    except (_Odd, ValueError):
        return False


def _port_of(reply: Reply, peer: str) -> int:
    """The port of a 227 or 229; one that names another host than the peer is for the usual way to judge."""
    if reply.code == 229:
        return parse_epsv_reply(reply.text)
    if reply.code != 227:
        raise _Odd(f"{reply.code} {reply.text}")
    host, port = parse_pasv_reply(reply.text)
    if not same_host(host, peer):
        raise _Odd(f"the reply names {host}, the server is {peer}")
    return port


def _commanded(verb: str, argument: str, wire: Wire) -> None:
    wire.command(f"{verb} {argument}" if argument else verb)


def _replied(reply: Reply, verb: str, took: float, wire: Wire) -> None:
    wire.reply(reply, command=verb, ms=took * 1000)


def _connecting(command: DataCommand, remote: Any, wire: Wire) -> None:
    where = endpoint_text(remote)
    wire.data(DataEvent.CONNECTING, f"we connect to {where}", command=command, remote=where)


def _connected(command: DataCommand, local: Any, remote: Any, took: float, wire: Wire) -> None:
    here, there = endpoint_text(local), endpoint_text(remote)
    wire.data(
        DataEvent.CONNECTED, f"we connected, {here} → {there}", command=command,
        local=here, remote=there, ms=took * 1000,
    )  # fmt: skip


def _closed(
    command: DataCommand,
    local: Any,
    remote: Any,
    moved: int,
    took: float,
    wire: Wire,
) -> None:
    wire.data(
        DataEvent.CLOSED, f"data connection closed, {moved:,} bytes", command=command,
        local=endpoint_text(local), remote=endpoint_text(remote), ms=took * 1000, moved=moved,
    )  # fmt: skip
