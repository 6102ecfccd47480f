"""Turns what sockets, timeouts and replies say into our error tree, in words that a user can act on."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl

from tuiftp.errors import (
    CommandRefused,
    ConnectionFailed,
    ConnectionLost,
    DiskFull,
    FileRefused,
    LocalFileError,
    LoginRefused,
    StorageFull,
)
from tuiftp.protocol.replies import Reply

_FILE_CODES = frozenset({450, 550, 551, 553})
_STORAGE_CODES = frozenset({452, 552})
_LOGIN_CODES = frozenset({332, 430, 530, 532})
_STORAGE_TEXT = re.compile(r"no space|disk full|disk quota|quota exceeded", re.IGNORECASE)
_WANTS_TLS = re.compile(r"\b(tls|ssl|encrypt\w*)\b", re.IGNORECASE)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def connect_error(error: BaseException, host: str, port: int, timeout: float) -> ConnectionFailed:
    """Why a control connection did not come about."""
    where = f"{host}:{port}"
    if isinstance(error, TimeoutError) and not getattr(error, "errno", None):
        return ConnectionFailed(
            f"{where} did not answer within {timeout:g} s", hint="check the host, the port and your firewall"
        )
    if isinstance(error, socket.gaierror | UnicodeError):
        return ConnectionFailed(f"the host name {host} is not known", hint="check its spelling and your DNS")
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error).lower():
        return ConnectionFailed(
            f"{where} refused the connection", hint="no FTP server listens there, or a firewall rejects it"
        )
    return ConnectionFailed(f"cannot connect to {where}: {reason(error)}")


def lost_error(error: OSError) -> ConnectionLost:
    """Why a control connection broke."""
    return ConnectionLost(f"the control connection broke: {reason(error)}")


def reason(error: BaseException) -> str:
    """An operating system error in a few words."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLError) and error.reason:
        # Without OpenSSL's file and line: `tlsv13 alert certificate required`.
        return f"TLS: {error.reason.replace('_', ' ').lower()}"
    text = getattr(error, "strerror", None) or str(error)
    if text.startswith("Connect call failed") and isinstance(error, OSError) and error.errno:
        text = os.strerror(error.errno)  # asyncio's words for a connect; they name no reason
    return text[:1].lower() + text[1:] if text else type(error).__name__


def refusal(verb: str, reply: Reply, *, path: str | None = None) -> CommandRefused:
    """The error for a reply of 4yz or 5yz."""
    kind = _refusal_kind(verb, reply)
    about = f"{verb} {path}" if path else verb
    # The server's words first: a narrow row of the queue shows no more than the beginning.
    return kind(
        f"{reply.code} {reply.text} ({about})",
        command=verb, code=reply.code, text=reply.full_text, path=path, hint=_hint(kind, reply),
    )  # fmt: skip


def _refusal_kind(verb: str, reply: Reply) -> type[CommandRefused]:
    if verb in ("USER", "PASS", "ACCT") or reply.code in _LOGIN_CODES:
        return LoginRefused
    if reply.code in _STORAGE_CODES or (reply.code in _FILE_CODES and _STORAGE_TEXT.search(reply.full_text)):
        return StorageFull
    if reply.code in _FILE_CODES:
        return FileRefused
    return CommandRefused


def _hint(kind: type[CommandRefused], reply: Reply) -> str | None:
    if kind is StorageFull:
        return "make room on the server, then retry"
    if kind is LoginRefused and _WANTS_TLS.search(reply.full_text):
        return "the server wants TLS: use ftpes://"
    if kind is LoginRefused:
        return "check the user name and the password"
    return None


def local_error(error: OSError, path: str | None = None) -> LocalFileError:
    """Why the local disk refused."""
    name = path or getattr(error, "filename", None)
    about = f"{name}: " if name else ""
    if error.errno in _FULL:
        return DiskFull(f"{about}{reason(error)}", path=path, hint="make room on the local disk, then retry")
    return LocalFileError(f"{about}{reason(error)}", path=path)
