"""Packet facts: what Linux knows of a connection's packets, and of the ICMP error that ended a connect.

`TCP_INFO` has the round trip, the largest segment and how many were sent again; the error queue (`IP_RECVERR`) says
that an answer was ICMP, of which kind, and who sent it. Elsewhere there is nothing of it, and nothing is told.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Final

_IS_LINUX: Final = sys.platform == "linux"
_IP_RECVERR, _IPV6_RECVERR, _MSG_ERRQUEUE = 11, 25, 0x2000
"""From linux/in.h, linux/in6.h and linux/socket.h; Python has no names for the first two."""
_TCP_INFO: Final = struct.Struct("=8x24I")
"""linux/tcp.h, struct tcp_info, up to tcpi_total_retrans. It is only ever added to."""
_SEND_MSS, _RECEIVE_MSS, _RTT, _RETRANSMITS = 2, 3, 15, 23
_EXTENDED_ERROR: Final = struct.Struct("=IBBBBII")
"""linux/errqueue.h, struct sock_extended_err; the address of who sent it follows."""
_FROM_ICMP, _FROM_ICMP6 = 2, 3
_CODES: Final = {
    (_FROM_ICMP, 3): {
        0: "network unreachable", 1: "host unreachable", 2: "protocol unreachable", 3: "port unreachable",
        4: "packet too large", 9: "network prohibited", 10: "host prohibited", 13: "prohibited by a filter",
    },
    (_FROM_ICMP, 11): {0: "too many hops"},
    (_FROM_ICMP6, 1): {
        0: "no route", 1: "prohibited by a filter", 3: "host unreachable", 4: "port unreachable",
        5: "prohibited by a filter", 6: "route rejected",
    },
    (_FROM_ICMP6, 2): {0: "packet too large"}, (_FROM_ICMP6, 3): {0: "too many hops"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PacketFacts:
    """What the system counted on one TCP connection."""

    rtt_ms: float
    """The smoothed round trip time, in milliseconds."""
    retransmits: int
    """How many segments we had to send again."""
    mss: int
    """The largest segment, in bytes: of the two directions the smaller."""


def packet_facts(sock: Any) -> PacketFacts | None:
    """The facts of a connection that stands or has just ended; None where the system does not tell."""
    if not _IS_LINUX:
        return None
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    except (OSError, ValueError):
        return None
    if len(told) < _TCP_INFO.size:
        return None
    words = _TCP_INFO.unpack(told)
    mss = min(words[_SEND_MSS], words[_RECEIVE_MSS] or words[_SEND_MSS])
    return PacketFacts(rtt_ms=words[_RTT] / 1000, retransmits=words[_RETRANSMITS], mss=mss)


def watch_icmp(sock: socket.socket, *, on: bool = True) -> None:
    """Has the system keep ICMP errors of a connect for `icmp_answer`; off again once the connection stands.

    A connection that stands must outlive an ICMP error, and would be ended by it while they are watched.
    """
    if not _IS_LINUX:
        return
    with contextlib.suppress(OSError):
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, int(on))
        else:
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, int(on))


def icmp_answer(sock: socket.socket) -> str | None:
    """The ICMP error that answered a connect: `port unreachable from 203.0.113.7`; None where none did."""
    if not _IS_LINUX:
        return None
    try:
        _, ancillary, _, _ = sock.recvmsg(0, 512, _MSG_ERRQUEUE)
    except (OSError, ValueError):
        return None
    for _, _, data in ancillary:
        if len(data) >= _EXTENDED_ERROR.size:
            _, origin, kind, code, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
            if origin in (_FROM_ICMP, _FROM_ICMP6):
                told = _CODES.get((origin, kind), {}).get(code, f"type {kind} code {code}")
                sender = _sender(data[_EXTENDED_ERROR.size :])
                return f"{told} from {sender}" if sender else told
    return None


def _sender(address: bytes) -> str | None:
    """Reads a sockaddr; None where it is none."""
    if len(address) < 8:
        return None
    family = int.from_bytes(address[:2], sys.byteorder)
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, address[4:8])
    if family == socket.AF_INET6 and len(address) >= 24:
        return socket.inet_ntop(socket.AF_INET6, address[8:24])
    return None
