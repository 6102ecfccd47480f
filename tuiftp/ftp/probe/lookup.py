"""Looks a host name up within a bound: a resolver whose servers are silent takes minutes, and cannot be cancelled."""

from __future__ import annotations

import asyncio
import socket
import threading


async def families_of(host: str, port: int, *, timeout: float) -> set[socket.AddressFamily]:
    """The kinds of address that a host has.

    The look-up runs in a thread that nobody waits for at the program's end, unlike those of asyncio.

    Args:
        host: A name or an address.
        port: The control port.
        timeout: Seconds to wait for the resolver.

    Raises:
        OSError, UnicodeError: The name is not known, or is none.
        TimeoutError: The resolver has not answered in time.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[set[socket.AddressFamily]] = loop.create_future()

    def look_up() -> None:
        result: set[socket.AddressFamily] | OSError | UnicodeError
        try:
            result = {one[0] for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError) as error:
            result = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell, found, result)

    threading.Thread(target=look_up, name="tuiftp-lookup", daemon=True).start()
    async with asyncio.timeout(timeout):
        return await found


def _tell(
    found: asyncio.Future[set[socket.AddressFamily]],
    result: set[socket.AddressFamily] | OSError | UnicodeError,
) -> None:
    if found.done():
        return
    if isinstance(result, set):
        found.set_result(result)
    else:
        found.set_exception(result)
