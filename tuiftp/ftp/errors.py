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
from tuiftp.wirelog.records import WireState

_FILE_CODES = frozenset({450, 550, 551, 553})
_STORAGE_CODES = frozenset({452, 552})
_LOGIN_CODES = frozenset({332, 430, 530, 532})
_STORING = frozenset({"STOR", "APPE", "STOU"})
_MAKING = frozenset({"MKD", "RNTO", *_STORING})
"""The commands for which a server needs room."""
_STORAGE_TEXT = re.compile(
    r"no (more )?space|(disk|device|volume|storage|file system) (is )?full|out of (disk )?space"
    r"|disk quota|over quota|quota\b.{0,20}(exceed|reached|full)|exceed\w*\b.{0,40}\bquota"
    r"|(insufficient|not enough) (disk |storage |free )?space|insufficient storage",
    re.IGNORECASE,
)
_WRITE_FAILED = re.compile(
    r"(fail|error|cannot|can't|could not|unable)\w*\b.*\bwrit|\bwrit\w*\b.*(fail|error)|input/output error",
    re.IGNORECASE | re.DOTALL,
)
"""vsftpd says "451 Failure writing to local file.", Pure-FTPd "451-Error during write to file", and ProFTPD, where a
part of the last block still found room, "451 Transfer aborted. Input/output error": a full disk, in all three."""
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
    return ConnectionLost(f"the control connection broke: {reason(error)}", how=WireState.BROKEN)


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
    """The error for a reply of 4yz or 5yz, or for one that is no answer to `verb` at all."""
    kind = _refusal_kind(verb, reply, path)
    about = f"{verb} {path}" if path else verb
    if reply.is_impossible_end:
        about += ", which cannot be answered so"
    # The server's words first: a narrow row of the queue shows no more than the beginning.
    words = f"{reply.code} {_telling(kind, reply)}"
    return kind(
        f"{words} ({about})",
        command=verb, code=reply.code, text=reply.full_text, path=path, hint=_hint(kind, reply),
    )  # fmt: skip


def is_about_storage(verb: str, reply: Reply, path: str | None = None) -> bool:
    """Whether a refusal says that the server has no room for what comes, or cannot write it.

    Args:
        verb: The command that it answers.
        reply: 4yz or 5yz.
        path: What it was about; servers repeat the name, and that may say anything.
    """
    if reply.code in _STORAGE_CODES:
        return True
    if verb not in _MAKING:
        return False
    text = _without_name(reply.full_text, path)
    if verb in _STORING and reply.code == 451 and _WRITE_FAILED.search(text):
        return True
    return reply.code in (426, 451, *_FILE_CODES) and _STORAGE_TEXT.search(text) is not None


def _without_name(text: str, path: str | None) -> str:
    for name in filter(None, (path, (path or "").rpartition("/")[2])):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
    return text


def _refusal_kind(verb: str, reply: Reply, path: str | None) -> type[CommandRefused]:
    if verb in ("USER", "PASS", "ACCT") or reply.code in _LOGIN_CODES:
        return LoginRefused
    if is_about_storage(verb, reply, path):
        return StorageFull
    if reply.code in _FILE_CODES:
        return FileRefused
    return CommandRefused


def _telling(kind: type[CommandRefused], reply: Reply) -> str:
    """The line of a reply that says what is the matter; the last one, if no other does."""
    if kind is StorageFull:
        for line in reply.full_text.split("\n"):
            if _STORAGE_TEXT.search(line) or _WRITE_FAILED.search(line):
                return line.strip()
    return reply.text


def _hint(kind: type[CommandRefused], reply: Reply) -> str | None:
    if kind is StorageFull:
        if _STORAGE_TEXT.search(reply.full_text) or reply.code in _STORAGE_CODES:
            return "make room on the server, then retry"
        return "the disk of the server is probably full: make room there, then retry"
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


def error_name(error: BaseException | None) -> str | None:
    """The system's name for an error, as `ECONNREFUSED`; None where it has none, as for a time limit of ours."""
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number) if isinstance(number, int) else None
