"""End of an encrypted data connection: sends close_notify and FIN, then waits, bounded, for the server's end."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time

_SENDING = 10.0
"""Seconds for the last few bytes of ours to go out."""
_LINGERING = 15.0
"""Seconds for the server to end its side, once ours has ended."""


def end_sending(tls: ssl.SSLSocket) -> None:
    """Says that all has been sent (close_notify, then FIN), and waits, within a bound, for the server's end.

    Without close_notify a careful server takes an upload for cut (vsftpd's strict_ssl_read_eof). Without the wait
    the session tickets of TLS 1.3 would lie unread in our socket, and its close would be a reset, which takes
    data with it that the server has not read yet. What comes of it all the final reply tells.

    Raises:
        OSError: The connection broke before the end of the data was said.
    """
    tls.setblocking(False)
    _send_close_notify(tls)
    with contextlib.suppress(OSError):
        socket.socket.shutdown(tls, socket.SHUT_WR)
    _linger(tls)


def answer_end(tls: ssl.SSLSocket) -> None:
    """Answers the server's close_notify: some wait for that before they send the final reply."""
    tls.setblocking(False)
    with contextlib.suppress(OSError, ValueError):
        tls.unwrap()


def _send_close_notify(tls: ssl.SSLSocket) -> None:
    until = time.monotonic() + _SENDING
    while True:
        try:
            tls.unwrap()
            return
        except ssl.SSLWantReadError:
            return  # ours is out, the server's has not come yet
        except ssl.SSLWantWriteError:
            select.select([], [tls], [], max(0.0, until - time.monotonic()))
            if time.monotonic() >= until:
                raise TimeoutError("the end of the data could not be sent") from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError):
            return  # the server has ended without waiting for us


def _linger(tls: ssl.SSLSocket) -> None:
    until = time.monotonic() + _LINGERING
    while (left := until - time.monotonic()) > 0:
        try:
            if not tls.recv(16 * 1024):
                return
        except ssl.SSLWantReadError:
            select.select([tls], [], [], left)
        except (OSError, ValueError):
            return
