"""TCP keep-alive on a control connection, so that a router does not forget it during a long transfer."""

from __future__ import annotations

import contextlib
import socket
from typing import Any


def keep_alive(sock: Any, interval: float) -> None:
    """Probes the other side after `interval` seconds of silence, then every ten; four unanswered end it."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", int(interval)),
        ("TCP_KEEPALIVE", int(interval)),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 4),
    ):
        if hasattr(socket, name):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
