"""Makes a data connection passively: we connect to where the server listens; on failure nothing stays open."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import time
from typing import Protocol

from tuiftp.ftp.client import FtpClient
from tuiftp.ftp.data import (
    DataConnection,
    StepFailed,
    TransferCommand,
    begin_transfer,
    judge_begin,
    wait_begun,
)
from tuiftp.ftp.errors import reason
from tuiftp.ftp.exchange import Exchange
from tuiftp.ftp.wire import endpoint_text
from tuiftp.protocol.modes import DataCommand, Verdict
from tuiftp.wirelog.records import DataEvent

_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, errno.EAGAIN})


class Entering(Protocol):
    """A CWD on its way (see `ftp.state`)."""

    async def done(self) -> None:
        """Waits until the server is there, or raises."""
        ...


class Dial:
    """A connect to where the server listens: begun at once, so that the transfer command can go out beside it."""

    def __init__(self, client: FtpClient, command: DataCommand, host: str, port: int) -> None:
        self.remote = endpoint_text((host, port))
        """Where to, `host:port`."""
        self._wire, self._command, self._address = client.wire, command, (host, port)
        self._sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._began = time.monotonic()
        self._wire.data(
            DataEvent.CONNECTING, f"we connect to {self.remote}", command=command, remote=self.remote
        )
        self._sock.setblocking(False)
        self._errno = self._sock.connect_ex(self._address)

    async def finish(self, timeout: float) -> socket.socket:
        """Waits until the connection stands.

        Raises:
            StepFailed: Refused, unreachable, or no answer within `timeout` seconds.
        """
        try:
            if self._errno:
                async with asyncio.timeout(timeout):
                    await self._stand()
        except (OSError, TimeoutError) as error:
            self._sock.close()
            took = (time.monotonic() - self._began) * 1000
            why = f"{self.remote}: {reason(error)}"
            if _is_timeout(error):
                why = f"no answer from {self.remote} in {timeout:g} s"
            self._wire.data(DataEvent.FAILED, why, command=self._command, remote=self.remote, ms=took)
            raise StepFailed(Verdict.NEXT_STEP, why) from error
        except BaseException:
            self._sock.close()
            raise
        took = (time.monotonic() - self._began) * 1000
        local = endpoint_text(self._sock.getsockname())
        self._wire.data(
            DataEvent.CONNECTED, f"we connected, {local} → {self.remote}", command=self._command,
            local=local, remote=self.remote, ms=took,
        )  # fmt: skip
        return self._sock

    def close(self) -> None:
        """Gives it up."""
        self._sock.close()

    async def _stand(self) -> None:
        if self._errno not in _IN_PROGRESS:
            raise OSError(self._errno, os.strerror(self._errno))
        try:
            await asyncio.get_running_loop().sock_connect(self._sock, self._address)
        except OSError as error:
            if error.errno != errno.EISCONN:  # it stood before we looked
                raise


def _is_timeout(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) and not getattr(error, "errno", None)


async def start_passive(
    client: FtpClient,
    command: DataCommand,
    dial: Dial,
    timeout: float,
    transfer: TransferCommand,
    entering: Entering | None,
) -> DataConnection:
    """Waits for the connection, sends the transfer command, and waits until the transfer has begun.

    Where this way has worked on this control connection before, the command goes out beside the connect. vsftpd
    gains no round trip by it, since it accepts only once the handshake is over. If the connect then fails, the reply
    that the command is owed is drained as any other.

    Args:
        client: The control connection.
        command: How the connection is made.
        dial: The connect, under way.
        timeout: Seconds that it may take.
        transfer: What to do over it.
        entering: A CWD that has to succeed first, if one is under way.

    Raises:
        StepFailed: No connection came about, or the transfer was refused.
    """
    exchange: Exchange | None = None
    sock: socket.socket | None = None
    connection: DataConnection | None = None
    try:
        asks_time = transfer.asks_time and client.copes
        timing = client.send("MDTM", transfer.argument) if asks_time else None
        exchange = begin_at_once(client, command, transfer) if entering is None else None
        if entering is not None:
            await entering.done()
        try:
            sock = await dial.finish(timeout)
        except StepFailed as failure:
            await _heed_refusal(client, exchange, transfer, failure)
            raise
        if exchange is None:
            exchange = await begin_transfer(client, transfer)
        connection = DataConnection(
            sock, command, endpoint_text(sock.getsockname()), dial.remote, client, exchange, timing=timing
        )
        await wait_begun(connection, transfer)
    except BaseException:
        dial.close()
        if exchange is not None:
            exchange.abandon()
        if connection is not None:
            connection.closed(0)
        raise
    return connection


async def _heed_refusal(
    client: FtpClient, exchange: Exchange | None, transfer: TransferCommand, failure: StepFailed
) -> None:
    """Takes a refusal for the reason why the server has ended a connect, where the command went out beside it.

    A server that refuses a transfer stops listening. That resets a connection which it has not accepted yet, and
    whose end may be seen before the reply is read.

    Raises:
        StepFailed: The transfer was refused.
    """
    if exchange is None or not isinstance(failure.__cause__, ConnectionResetError | ConnectionAbortedError):
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(client.options.drain_timeout):
            judge_begin(await exchange.wait_any(), transfer)


def begin_at_once(client: FtpClient, command: DataCommand, transfer: TransferCommand) -> Exchange | None:
    """Sends the transfer command before the data connection stands, where that is known to work."""
    if not client.copes or client.proven is not command or transfer.offset:
        return None
    return client.send(transfer.verb, transfer.argument)
