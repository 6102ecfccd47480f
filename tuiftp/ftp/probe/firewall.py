"""Finds out whose firewall it is, where no passive port is reached: plain connects to other ports of the same host.

Another high port that is answered, be it by a reset, shows that our side lets such ports out. One that is not, beside
a well-known port that is, leaves two that look alike: the server's firewall, and ours. What our own system and ICMP
say of a connect names its author.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from typing import Final

from tuiftp.ftp.control.packets import icmp_answer, watch_icmp
from tuiftp.ftp.errors import error_name
from tuiftp.protocol.hosts import same_host
from tuiftp.wirelog.ends import split_end
from tuiftp.wirelog.probing import ProbeRow, WayVerdict
from tuiftp.wirelog.probing.firewalls import Knock, Knocked, conclude

LIMIT: Final = 3.0
"""Seconds that a connect may take, at most."""
_WELL_KNOWN: Final = 443
_AWAY: Final = 2_000
"""How far from the passive ports that were seen the other high port lies."""
_BLOCKED: Final = (WayVerdict.TIMED_OUT, WayVerdict.CONNECT_REFUSED)


async def whose_firewall(rows: Sequence[ProbeRow], *, timeout: float) -> tuple[str, ...]:
    """Says whose firewall blocks the passive ports, in sentences; nothing where none does.

    Args:
        rows: What the ways came to.
        timeout: Seconds that a connect may take.
    """
    told: list[str] = []
    for host in dict.fromkeys(row.peer for row in rows if row.peer):
        here = [row for row in rows if row.way.is_passive and row.peer == host]
        tried = [row for row in here if row.verdict is not WayVerdict.NOT_TRIED]
        ports = sorted({end[1] for row in tried if (end := _end(row, host)) is not None})
        if not ports or any(row.verdict not in _BLOCKED for row in tried):
            continue
        limit = min(LIMIT, timeout)
        knocks = await asyncio.gather(
            knock(host, ports[-1], limit), knock(host, _other(ports), limit), knock(host, _WELL_KNOWN, limit)
        )
        told += conclude(*knocks, own=tried[0].local)
    return tuple(told)


def _end(row: ProbeRow, host: str) -> tuple[str, int] | None:
    end = split_end(row.endpoint)
    return end if end is not None and same_host(end[0], host) else None


def _other(ports: Iterable[int]) -> int:
    """A high port outside of where the server's passive ports seem to lie."""
    seen = sorted(ports)
    return seen[-1] + _AWAY if seen[-1] + _AWAY < 65_536 else seen[0] - _AWAY


async def knock(host: str, port: int, timeout: float) -> Knock:
    """Connects to a port, closes at once, and says what answered."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        watch_icmp(sock)
        async with asyncio.timeout(timeout):
            await asyncio.get_running_loop().sock_connect(sock, (host, port))
        return Knock(host, port, Knocked.OPEN)
    except OSError as error:
        name = error_name(error)
        icmp = icmp_answer(sock)
        if icmp is not None:
            return Knock(host, port, Knocked.ICMP, icmp)
        if name == "ECONNREFUSED":
            return Knock(host, port, Knocked.RESET)
        return Knock(host, port, Knocked.OWN if name and name != "ETIMEDOUT" else Knocked.SILENT, name or "")
    finally:
        sock.close()
