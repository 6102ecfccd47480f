"""The error tree: everything that tuiftp raises on purpose, in words that a user can act on.

Each error says what failed and on what, carries the server's words where there are any, and a hint of what
to try. Errors are raised at the edge `from` their cause; nothing foreign leaves the package that met it.
"""

from __future__ import annotations

LONGEST = 2_000
"""Characters of a message: a server's words may fill 64 KiB, and a queue keeps one for each file that failed."""


class TuiftpError(Exception):
    """The base of all our errors."""

    title = "Something failed"
    """The heading that a dialog gives to this kind of error."""

    transient = False
    """Whether trying the very same thing again later may work."""

    def __init__(self, message: str, *, path: str | None = None, hint: str | None = None) -> None:
        if len(message) > LONGEST:
            message = message[: LONGEST - 1] + "…"
        super().__init__(message)
        self.message = message
        """What failed, on what, and why, in one sentence."""
        self.path = path
        """The path it failed on, when there is one."""
        self.hint = hint
        """What the user may try, when we know."""

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigurationError(TuiftpError):
    """A setting, a theme, a URL or a flag cannot be used as it is."""

    title = "Configuration"


class LocalFileError(TuiftpError):
    """The local disk refused: permission, no space, not a directory."""

    title = "Local file"


class DiskFull(LocalFileError):
    """There is no space left on the local disk (ENOSPC, EDQUOT, EFBIG)."""

    title = "Disk full"


class UnsafeName(TuiftpError):
    """A name that is not exactly one path component, or that cannot be sent in a command line."""

    title = "Name refused"


class RemoteError(TuiftpError):
    """The base of what goes wrong between us and a server."""

    title = "Server"


class ConnectionFailed(RemoteError):
    """The control connection could not be made: unknown host, refused, unreachable, timed out."""

    title = "Cannot connect"
    transient = True


class TlsFailed(ConnectionFailed):
    """No encrypted connection came about: the server refuses it, or a handshake failed."""

    title = "No encryption"
    transient = False


class CertificateRefused(TlsFailed):
    """The server's certificate is not trusted. Nothing was sent to it."""

    title = "Certificate not trusted"


class ConnectionLost(RemoteError):
    """The control connection broke, was closed by the server (421), or can no longer be trusted."""

    title = "Connection lost"
    transient = True

    def __init__(
        self, message: str, *, path: str | None = None, hint: str | None = None, how: str | None = None
    ) -> None:
        super().__init__(message, path=path, hint=hint)
        self.how = how
        """How it was lost, in the protocol log's word (`wirelog.records.WireState`); None: it was not said."""


class ProtocolViolation(RemoteError):
    """The server said something that is no FTP, or more of it than we are willing to hold."""

    title = "Not understood"


class CommandRefused(RemoteError):
    """The server answered a command with 4yz or 5yz."""

    title = "Refused by the server"

    def __init__(
        self, message: str, *, command: str, code: int, text: str,
        path: str | None = None, hint: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message, path=path, hint=hint)
        self.command = command
        """The verb that was refused, as `RETR`."""
        self.code = code
        """The reply code, 400 to 599."""
        self.text = text
        """The server's words, without the code."""

    @property
    def is_transient(self) -> bool:
        """Whether the reply is of the 4yz class ("try again", RFC 959 section 4.2.1)."""
        return 400 <= self.code < 500


class FileRefused(CommandRefused):
    """The server will not do this with this file (450, 550, 551, 553)."""


class StorageFull(CommandRefused):
    """The server has no space for the file (452, 552)."""

    title = "Server disk full"


class LoginRefused(CommandRefused):
    """The server does not let this user in (530, 532, 430, 332)."""

    title = "Login refused"
    is_limit = False
    """Whether it takes this user, but no more connections at once: the password is not in question."""

    @property
    def is_wrong_password(self) -> bool:
        """Whether it is the password that is refused, and not the user, the encryption, or one login more."""
        return self.command == "PASS" and self.code == 530 and not self.is_limit


class DataConnectionFailed(RemoteError):
    """No data connection came about, in any of the ways that the mode allows."""

    title = "No data connection"
    transient = True

    def __init__(
        self, message: str, *, steps: tuple[tuple[str, str], ...] = (),
        path: str | None = None, hint: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message, path=path, hint=hint)
        self.steps = steps
        """What was tried, in order: (`PASV`, "connection to 203.0.113.7:50123 timed out after 5 s")."""


class TransferInterrupted(RemoteError):
    """The data connection broke, or was silent for too long, after the transfer had begun."""

    title = "Transfer interrupted"
    transient = True


class ChecksumMismatch(RemoteError):
    """The transfer ended, the size is right, and the bytes on the other side are not the same."""

    title = "Damaged"
    transient = True


class SizeMismatch(RemoteError):
    """The transfer ended, and the size on the other side is not what it should be."""

    title = "Incomplete"
    transient = True
