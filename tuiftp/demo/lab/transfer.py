"""Moves bytes over a data connection of a scripted server, and breaks it where the faults say so."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator

from tuiftp.demo.lab.faults import DataFault
from tuiftp.demo.lab.ports import DataPort, NoDataConnection
from tuiftp.demo.lab.session import Session

BLOCK = 64 * 1024
"""Bytes at a time; small enough that a cut falls where it should."""


class Broken(Exception):
    """A fault ended the transfer; `reply` is what the control connection says then, if anything."""

    def __init__(self, reply: tuple[int, bytes] | None) -> None:
        super().__init__(reply)
        self.reply = reply


ABORTED = (426, b"Connection closed; transfer aborted.")


async def send_payload(session: Session, payload: bytes) -> None:
    """Answer LIST, MLSD, NLST or RETR with `payload`, from 150 to 226."""
    channel = await _begin(session)
    if channel is None:
        return
    fault = session.server.faults.data_fault(session.verb)
    with channel:
        try:
            await _send(session, channel, payload, fault)
        except (Broken, ConnectionError) as error:
            channel.close()
            await _admit(session, error)
            return
    await _complete(session)


async def pour_payload(session: Session, block: bytes, *, times: int) -> None:
    """Answer a listing with the same bytes over and over, until the client has enough of it."""
    channel = await _begin(session)
    if channel is None:
        return
    with channel:
        try:
            for _ in range(times):
                await channel.send(block)
                session.server.bytes_sent += len(block)
        except ConnectionError as error:
            channel.close()
            await _admit(session, error)
            return
    await _complete(session)


async def receive_payload(session: Session, store: Callable[[bytes], None]) -> None:
    """Answer STOR or APPE, from 150 to 226; `store` gets what came, whole or not, before the last reply."""
    channel = await _begin(session)
    if channel is None:
        return
    faults = session.server.faults
    taken = bytearray()
    try:
        with channel:
            await _receive(session, channel, taken, faults.data_fault(session.verb))
    except (Broken, ConnectionError) as error:
        store(bytes(taken))
        await _admit(session, error)
        return
    except asyncio.CancelledError:
        store(bytes(taken))
        raise
    store(bytes(taken if faults.upload_keeps is None else taken[: faults.upload_keeps]))
    await _complete(session)


class Channel:
    """A connected data socket, counted by the server so that a test can see leaks."""

    def __init__(self, session: Session, connected: socket.socket) -> None:
        self._session = session
        self._socket = connected
        self._open = True
        session.server.data_open += 1

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self, limit: int) -> bytes:
        """Return what came, or nothing at the end."""
        return await asyncio.get_running_loop().sock_recv(self._socket, limit)

    def close(self, *, reset: bool = False) -> None:
        """Close it, once."""
        if not self._open:
            return
        self._open = False
        self._session.server.data_open -= 1
        if reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


async def _begin(session: Session) -> Channel | None:
    faults = session.server.faults
    port, session.port = session.port, None
    refusal = faults.refusal(session.verb)
    if refusal is not None:
        if refusal.after_preliminary:
            await session.reply(150, "Here it comes.")
        await session.reply(refusal.code, refusal.text)
    elif port is None:
        await session.reply(425, "Use PORT or PASV first.")
    else:
        return await _connect(session, port)
    if port is not None:
        port.close()
    return None


async def _connect(session: Session, port: DataPort) -> Channel | None:
    faults = session.server.faults
    early = faults.preliminary and faults.preliminary_first
    if early:
        await session.reply(150, "Opening data connection.")
    try:
        if port.is_active and faults.never_connects:
            await _stay_away(session)
        connected = await port.open(session.server.data_timeout)
    except NoDataConnection:
        await session.reply(425, "Can't open data connection.")
        return None
    finally:
        port.close()
    channel = Channel(session, connected)
    if faults.preliminary and not early:
        await session.reply(150, "Opening data connection.")
    if faults.completion == "early":
        await session.reply(226, "Transfer complete.")
    return channel


async def _stay_away(session: Session) -> None:
    faults = session.server.faults
    if faults.never_connects_preliminary:
        await session.reply(150, "Opening data connection.")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(faults.gives_up_after):
            await session.gone.wait()
    raise NoDataConnection("the server stays away")


async def _send(session: Session, channel: Channel, payload: bytes, fault: DataFault | None) -> None:
    head = payload if fault is None else payload[: fault.after]
    for block in _blocks(head):
        await channel.send(block)
        session.server.bytes_sent += len(block)
    if fault is None:
        return
    await _break(session, channel, fault)
    for block in _blocks(payload[fault.after :]):
        await channel.send(block)


async def _receive(session: Session, channel: Channel, taken: bytearray, fault: DataFault | None) -> None:
    limit = session.server.faults.upload_limit
    while True:
        room = BLOCK if fault is None else fault.after - len(taken)
        if fault is not None and room <= 0:
            await _break(session, channel, fault)
            fault = None
            continue
        block = await channel.receive(min(BLOCK, room))
        if not block:
            return
        taken += block
        session.server.bytes_received += len(block)
        if limit is not None and len(taken) > limit:
            del taken[limit:]
            channel.close(reset=True)
            raise Broken((552, b"No space left on device."))


async def _break(session: Session, channel: Channel, fault: DataFault) -> None:
    server = session.server
    server.fault_reached.set()
    if fault.kind == "hold":
        await server.release.wait()
        return
    if fault.kind == "stall":
        await session.gone.wait()
    channel.close(reset=fault.kind == "reset")
    raise Broken(fault.reply)


async def _admit(session: Session, error: Broken | ConnectionError) -> None:
    reply = error.reply if isinstance(error, Broken) else ABORTED
    if reply is not None:
        await session.reply(*reply)


async def _complete(session: Session) -> None:
    how = session.server.faults.completion
    line = b"226 Transfer complete.\r\n"
    if how == "normal":
        await session.raw(line)
    elif how == "doubled":
        await session.raw(line + line)
    elif how == "doubled later":
        await session.raw(line)
        await asyncio.sleep(0.05)
        await session.raw(line)


def _blocks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), BLOCK):
        yield data[start : start + BLOCK]
