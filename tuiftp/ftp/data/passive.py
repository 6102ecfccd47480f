"""Passive mode: connects to the address of a 227 or 229 reply; on failure nothing stays open."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections.abc import Sequence
from typing import Protocol

from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.control.packets import icmp_answer, packet_facts, watch_icmp
from tuiftp.ftp.control.recorder import endpoint_text
from tuiftp.ftp.data.connection import (
    DataConnection,
    StepFailed,
    TransferCommand,
    begin_transfer,
    wait_begun,
)
from tuiftp.ftp.errors import error_name, reason
from tuiftp.protocol.modes import DataCommand, Verdict
from tuiftp.wirelog.records import DataEvent, WireState

_STATES = {
    errno.ECONNREFUSED: WireState.REFUSED, errno.EHOSTUNREACH: WireState.HOST_UNREACHABLE,
    errno.ENETUNREACH: WireState.NETWORK_UNREACHABLE, errno.EPERM: WireState.NOT_PERMITTED,
    errno.EACCES: WireState.NOT_PERMITTED,
}  # fmt: skip
_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, errno.EAGAIN})


class Entering(Protocol):
    """A CWD on its way (see `ftp.data.server_state`)."""

    async def done(self) -> None:
        """Waits until the server is there, or raises."""
        ...


class Dial:
    """A connect to where the server listens: begun at once, so that replies can be awaited beside it."""

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
        watch_icmp(self._sock)
        self._is_finished = False
        self._errno = self._sock.connect_ex(self._address)

    async def finish(self, timeout: float) -> socket.socket:
        """Waits until the connection is established.

        Raises:
            StepFailed: Refused, unreachable, or no answer within `timeout` seconds.
        """
        try:
            if self._errno:
                async with asyncio.timeout(timeout):
                    await self._stand()
        except (OSError, TimeoutError) as error:
            icmp = icmp_answer(self._sock)
            self._sock.close()
            took = (time.monotonic() - self._began) * 1000
            why = f"{self.remote}: {reason(error)}" + (f" (ICMP: {icmp})" if icmp else "")
            if _is_timeout(error):
                why = f"no answer from {self.remote} in {timeout:g} s"
            self._wire.data(
                DataEvent.FAILED,
                why,
                command=self._command,
                remote=self.remote,
                ms=took,
                state=_state(error),
                errno=error_name(error),
                icmp=icmp,
            )
            raise StepFailed(Verdict.NEXT_STEP, why) from error
        except BaseException:
            self._sock.close()
            raise
        watch_icmp(self._sock, on=False)
        took = (time.monotonic() - self._began) * 1000
        local = endpoint_text(self._sock.getsockname())
        self._wire.data(
            DataEvent.CONNECTED, f"we connected, {local} → {self.remote}", command=self._command,
            local=local, remote=self.remote, ms=took, packets=packet_facts(self._sock),
        )  # fmt: skip
        self._is_finished = True
        return self._sock

    def let_go(self) -> None:
        """Cancels the connect and closes its socket, unless it has finished and handed the socket over."""
        if not self._is_finished:
            self._sock.close()

    async def _stand(self) -> None:
        if self._errno not in _IN_PROGRESS:
            raise OSError(self._errno, os.strerror(self._errno))
        try:
            await asyncio.get_running_loop().sock_connect(self._sock, self._address)
        except OSError as error:
            if error.errno != errno.EISCONN:  # it stood before we looked
                raise


def _state(error: BaseException) -> WireState:
    if isinstance(error, TimeoutError):
        return WireState.TIMED_OUT
    return _STATES.get(getattr(error, "errno", None) or 0, WireState.FAILED)


def _is_timeout(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) and not getattr(error, "errno", None)


async def connect_passive(
    client: FtpClient,
    command: DataCommand,
    hosts: Sequence[str],
    port: int,
    *,
    timeout: float,
    entering: Entering | None,
) -> tuple[socket.socket, str]:
    """Connects to the first of some addresses that takes us.

    Args:
        client: The control connection.
        command: How the connection is made.
        hosts: Where the server may listen, the likeliest first.
        port: On which port.
        timeout: Seconds that each connect may take.
        entering: A CWD that has to succeed too, if one is under way; the first connect goes on beside it.

    Returns:
        The socket, connected, and its other end as `host:port`.

    Raises:
        StepFailed: None of them did; it tells of the last.
    """
    for host in hosts:
        dial = Dial(client, command, host, port)
        try:
            if entering is not None:
                await entering.done()
            return await dial.finish(timeout), dial.remote
        except StepFailed:
            if host is hosts[-1]:
                raise
        finally:
            dial.let_go()
    raise AssertionError("there is no address to connect to")


async def start_passive(
    client: FtpClient,
    command: DataCommand,
    connected: tuple[socket.socket, str],
    transfer: TransferCommand,
    timing: Exchange | None,
) -> DataConnection:
    """Sends the transfer command over a connection that stands, and waits until the transfer has begun.

    Args:
        client: The control connection.
        command: How the connection was made.
        connected: The socket and its other end, from `connect_passive`.
        transfer: What to do over it.
        timing: The MDTM that went out beside the connect, if there is one.

    Raises:
        StepFailed: The transfer was refused.
    """
    sock, remote = connected
    connection: DataConnection | None = None
    try:
        exchange = await begin_transfer(client, transfer)
        local = endpoint_text(sock.getsockname())
        connection = DataConnection(sock, command, local, remote, client, exchange, timing=timing)
        await wait_begun(connection, transfer)
    except BaseException:
        if connection is not None:
            connection.count_packets()
        sock.close()
        if connection is not None:
            connection.exchange.abandon()
            connection.closed(0)
        raise
    return connection
