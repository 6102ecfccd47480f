"""Active mode: listens, sends PORT or EPRT, and accepts exactly one connection, from the server only."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from typing import Any, TypeAlias

from tuiftp.errors import ConnectionLost
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.control.recorder import endpoint_text
from tuiftp.ftp.data.connection import (
    EARLY_END,
    DataConnection,
    StepFailed,
    TransferCommand,
    begin_transfer,
    judge_begin,
    wait_begun,
)
from tuiftp.ftp.errors import reason, refusal
from tuiftp.protocol.addresses import (
    AddressClass,
    classify,
    encode_eprt,
    encode_port,
    normalize_host,
    quoted_address,
    same_host,
)
from tuiftp.protocol.modes import DataCommand, Verdict, judge_preparation
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import DataEvent, WireState

Accepted: TypeAlias = tuple[socket.socket, str]
"""A connection that was accepted, and where it came from: a reset one can no longer say."""


async def open_active(
    client: FtpClient,
    command: DataCommand,
    transfer: TransferCommand,
    *,
    learned: str | None,
    following: TransferCommand | None = None,
) -> tuple[DataConnection, str | None]:
    """Listens, sends PORT or EPRT and the transfer command, and accepts the server's connection.

    Where PORT has worked on this control connection and the server copes, both commands go out together, and those
    of the transfer that follows behind them: one round trip a file.

    Args:
        client: The control connection.
        command: PORT or EPRT.
        transfer: What to do over the connection.
        learned: The external address that this server named earlier, if any.
        following: The transfer that will be asked for next, if that is known.

    Returns:
        The connection, and the address that the server named just now, if it did.

    Raises:
        StepFailed: This way does not work.
    """
    began = time.monotonic()
    if not client.pipelines_ok or client.proven is not command or transfer.offset:
        await drop_row(client)
        listener = _listen(client, command)
        try:
            learned_now = await _announce(client, command, listener, learned)
            exchange = await begin_transfer(client, transfer)
            connection = await _accept(client, command, listener, transfer, exchange, began)
            return connection, learned_now
        finally:
            listener.close()
    row = await _take_from_row(client, command, transfer, learned)
    if following is not None and not following.offset:
        client.row = await _send_row(client, command, following, learned)
    return await row.open(client), learned


class Row:
    """A transfer whose PORT and command have been sent, and which the server will connect for in its turn."""

    def __init__(
        self,
        command: DataCommand,
        transfer: TransferCommand,
        listener: socket.socket,
        announcing: Exchange,
        exchange: Exchange,
    ) -> None:
        self.command = command
        """PORT or EPRT."""
        self.transfer = transfer
        """What was asked for."""
        self._listener = listener
        self._announcing = announcing
        self._exchange = exchange

    async def open(self, client: FtpClient) -> DataConnection:
        """Waits for the server's connection.

        Raises:
            StepFailed: It does not come, or one of the two commands was refused.
        """
        try:
            return await _accept(
                client, self.command, self._listener, self.transfer, self._exchange, time.monotonic()
            )
        except StepFailed as failure:
            refused = self._announcing.final
            if refused is not None and refused.is_refusal:
                raise _preparation_refused(self.command, refused) from failure
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Stops listening; what the server still has to say is accounted for."""
        self._listener.close()
        self._announcing.abandon()

    def drop(self) -> None:
        """Gives it up: the server is let in once more, and shown out at once.

        A listener that is gone would cost more: ProFTPD tries for five seconds to reach it, and lingers for ten
        where nobody closes what it has sent.
        """
        self._announcing.abandon()
        letting_out = asyncio.ensure_future(self._let_out())
        self._exchange.abandon(letting_out.cancel)

    async def _let_out(self) -> None:
        try:
            sock, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            sock.close()
        finally:
            self._listener.close()


async def _take_from_row(
    client: FtpClient, command: DataCommand, transfer: TransferCommand, learned: str | None
) -> Row:
    """The row that was sent ahead for this very transfer, or else a new one."""
    ahead = client.row
    if isinstance(ahead, Row) and ahead.command is command and ahead.transfer == transfer:
        client.row = None
        return ahead
    await drop_row(client)
    return await _send_row(client, command, transfer, learned)


async def drop_row(client: FtpClient) -> None:
    """Gives up what was sent ahead and is not wanted, and waits until the server has answered it.

    Raises:
        StepFailed: It does not answer in time; the control connection is given up.
    """
    if client.row is None:
        return
    client.drop_row()
    if not await client.settle(client.options.drain_timeout):
        raise StepFailed(Verdict.RECONNECT, "the control connection did not settle", client.lost)


async def _send_row(
    client: FtpClient, command: DataCommand, transfer: TransferCommand, learned: str | None
) -> Row:
    listener = _listen(client, command)
    try:
        port = int(listener.getsockname()[1]) + client.options.announced_port_offset
        argument = _argument(command, await _announced_host(client, learned), port)
        announcing = client.send(command.value, argument)
        exchange = client.send(transfer.verb, transfer.argument)
    except BaseException:
        listener.close()
        raise
    return Row(command, transfer, listener, announcing, exchange)


def _listen(client: FtpClient, command: DataCommand) -> socket.socket:
    """Listens on the control connection's local address only; a new port each time."""
    host = client.local[0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    failure: OSError | None = None
    for port in _ports(client):
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError as error:
            listener.close()
            failure = error
            continue
        listener.setblocking(False)
        local = endpoint_text(listener.getsockname())
        client.wire.data(DataEvent.LISTENING, f"we listen on {local}", command=command, local=local)
        return listener
    span = client.options.active_ports
    where = f"ports {span[0]}-{span[1]}" if span else "any port"
    why = f"cannot listen on {host}, {where}: {reason(failure) if failure else 'the range is empty'}"
    client.wire.data(DataEvent.FAILED, why, command=command, state=WireState.FAILED)
    raise StepFailed(Verdict.NEXT_STEP, why)


def _ports(client: FtpClient) -> list[int]:
    span = client.options.active_ports
    if span is None:
        return [0]
    ports = list(range(span[0], span[1] + 1))
    # From a place that cannot be guessed: a port just used may still be in TIME_WAIT, or watched by a stranger.
    start = random.randrange(len(ports)) if ports else 0
    return ports[start:] + ports[:start]


async def _announce(
    client: FtpClient, command: DataCommand, listener: socket.socket, learned: str | None
) -> str | None:
    """Tells the server where we listen; once more with the address that it names itself in a refusal."""
    port = int(listener.getsockname()[1]) + client.options.announced_port_offset
    host = await _announced_host(client, learned)
    reply = await _send_port(client, command, host, port)
    if not reply.is_refusal:
        return None
    named = quoted_address(reply.full_text, not_in=(host, client.peer[0]))
    if named and client.options.learn_active_address and not is_local(client):
        client.wire.status(f"the server will only connect to {named}, not to {host}: announcing that")
        reply = await _send_port(client, command, named, port)
        if not reply.is_refusal:
            return named
    raise _preparation_refused(command, reply)


async def _send_port(client: FtpClient, command: DataCommand, host: str, port: int) -> Reply:
    try:
        argument = encode_port(host, port) if command is DataCommand.PORT else encode_eprt(host, port)
    except ValueError as error:
        raise StepFailed(
            Verdict.NEXT_STEP, f"{command.value} cannot announce {host}:{port}: {error}"
        ) from error
    try:
        return await client.ask(command.value, argument)
    except ConnectionLost as error:
        raise StepFailed(Verdict.RECONNECT, error.message, error) from error


def _argument(command: DataCommand, host: str, port: int) -> str:
    try:
        return encode_port(host, port) if command is DataCommand.PORT else encode_eprt(host, port)
    except ValueError as error:
        raise StepFailed(
            Verdict.NEXT_STEP, f"{command.value} cannot announce {host}:{port}: {error}"
        ) from error


def _preparation_refused(command: DataCommand, reply: Reply) -> StepFailed:
    verdict = judge_preparation(reply.code, reply.text)
    return StepFailed(verdict, f"{command.value}: {reply.code} {reply.text}", refusal(command.value, reply))


async def _announced_host(client: FtpClient, learned: str | None) -> str:
    """Our own address as the server should see it: fixed by the user, learned, or the control connection's."""
    own = normalize_host(client.local[0])
    if is_local(client):
        return own
    fixed = client.options.active_address
    if fixed:
        return await _resolve(client, fixed)
    return learned or own


def is_local(client: FtpClient) -> bool:
    """Whether server and client are neighbours, so that an external address would lead astray."""
    try:
        peer, own = classify(client.peer[0]), classify(client.local[0])
    except ValueError:
        return False
    return peer is own and peer in (AddressClass.LOOPBACK, AddressClass.PRIVATE, AddressClass.LINK_LOCAL)


async def _resolve(client: FtpClient, host: str) -> str:
    family = socket.AF_INET6 if client.is_ipv6 else socket.AF_INET
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, None, family=family, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        why = f"the active address {host} from the settings cannot be resolved: {reason(error)}"
        raise StepFailed(Verdict.NEXT_STEP, why) from error
    return str(found[0][4][0])


async def _accept(
    client: FtpClient,
    command: DataCommand,
    listener: socket.socket,
    transfer: TransferCommand,
    exchange: Exchange,
    began: float,
) -> DataConnection:
    """Waits for the server's connection, reading the control connection meanwhile."""
    accepting = asyncio.ensure_future(_accept_peer(client, command, listener, began))
    try:
        sock, remote = await _first_of(client, command, listener, transfer, exchange, accepting)
        local = endpoint_text(listener.getsockname())
        connection = DataConnection(sock, command, local, remote, client, exchange)
        await wait_begun(connection, transfer)
        return connection
    except BaseException:
        exchange.abandon()
        if not accepting.done():
            accepting.cancel()
        elif not accepting.cancelled() and accepting.exception() is None:
            accepting.result()[0].close()
        raise


async def _first_of(
    client: FtpClient,
    command: DataCommand,
    listener: socket.socket,
    transfer: TransferCommand,
    exchange: Exchange,
    accepting: asyncio.Future[Accepted],
) -> Accepted:
    limit = client.options.accept_timeout
    ending = asyncio.ensure_future(exchange.wait_final())
    try:
        both: set[asyncio.Future[Any]] = {accepting, ending}
        await asyncio.wait(both, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if not accepting.done() and ending.done():
            _judge_end(ending, transfer)
            await asyncio.wait({accepting}, timeout=EARLY_END)
        if accepting.done():
            return accepting.result()
    finally:
        ending.cancel()
    local = endpoint_text(listener.getsockname())
    why = f"no connection arrived at {local} in {limit:g} s"
    client.wire.data(
        DataEvent.FAILED, why, command=command, local=local, ms=limit * 1000, state=WireState.TIMED_OUT
    )
    raise StepFailed(Verdict.NEXT_STEP, why)


def _judge_end(ending: asyncio.Future[Reply], transfer: TransferCommand) -> None:
    try:
        judge_begin(ending.result(), transfer)
    except ConnectionLost as error:
        raise StepFailed(Verdict.RECONNECT, error.message, error) from error


async def _accept_peer(
    client: FtpClient, command: DataCommand, listener: socket.socket, began: float
) -> Accepted:
    """Accepts the control connection's peer; anyone else is closed, logged, and waited past (RFC 2577)."""
    loop = asyncio.get_running_loop()
    local = endpoint_text(listener.getsockname())
    while True:
        sock, address = await loop.sock_accept(listener)
        remote = endpoint_text(address)
        took = (time.monotonic() - began) * 1000
        if same_host(address[0], client.peer[0]):
            client.wire.data(
                DataEvent.ACCEPTED, f"the server connected, {remote} → {local}", command=command,
                local=local, remote=remote, ms=took,
            )  # fmt: skip
            return sock, remote
        sock.close()
        client.wire.data(
            DataEvent.REFUSED, f"a connection from {remote} is not the server's: closed", command=command,
            local=local, remote=remote, ms=took,
        )  # fmt: skip
