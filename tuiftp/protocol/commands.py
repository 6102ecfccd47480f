"""Builds command lines, the only place that does, and classifies verbs by the replies they may get."""

from __future__ import annotations

import re

from tuiftp.errors import UnsafeName
from tuiftp.protocol.text import encode_wire
from tuiftp.secret import Secret

MAXIMUM_LINE = 4096
"""Bytes of a command line; Linux's own limit for a path, and what vsftpd reads at most."""

_IAC = b"\xff"
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_ENDS = (b"\r", b"\n", b"\0")
_NAMES = {
    b"\r": "a carriage return",
    b"\n": "a line feed",
    b"\0": "a NUL",
    b"\t": "a tab",
    b"\x1b": "an escape",
}

DATA_VERBS = frozenset({"LIST", "NLST", "MLSD", "RETR", "STOR", "APPE", "STOU"})
"""The verbs that move bytes over a data connection (RFC 959, RFC 3659)."""

# What only the end (or the beginning) of a transfer says. As the answer to any other verb it is a leftover.
_TRANSFER_CODES = frozenset({110, 125, 150, 225, 226, 426})

# The success codes by which a verb's answer is known. Another 2yz or 3yz that repeats the reply before it is
# a doubled reply, not this verb's answer.
_USUAL_SUCCESS: dict[str, frozenset[int]] = {
    "PASV": frozenset({227, 229}),
    "EPSV": frozenset({227, 229}),
    "PORT": frozenset({200}),
    "EPRT": frozenset({200}),
    "TYPE": frozenset({200}),
    "SIZE": frozenset({213}),
    "MDTM": frozenset({213}),
    "MLST": frozenset({250}),
    "PWD": frozenset({257}),
    "MKD": frozenset({250, 257}),
    "REST": frozenset({350}),
    "RNFR": frozenset({350}),
    "RNTO": frozenset({200, 250}),
    "DELE": frozenset({200, 250}),
    "RMD": frozenset({200, 250}),
    "CWD": frozenset({200, 250}),
    "FEAT": frozenset({211}),
    "NOOP": frozenset({200}),
}


def encode_command(
    verb: str, argument: str = "", *, encoding: str = "utf-8", doubles_iac: bool = False
) -> bytes:
    r"""Writes one command line with its CRLF.

    CR, LF and NUL would end the line and begin another command, so they are refused here, whoever made the name:
    the user, the local disk or the server itself. The other control bytes end nothing, and vsftpd and ProFTPD take
    them; Pure-FTPd puts `_` in their place, and would then delete or overwrite a file of that name.

    Args:
        verb: The command, as `RETR`.
        argument: Its argument; names in the site's encoding, with undecodable bytes kept by surrogateescape.
        encoding: The site's encoding.
        doubles_iac: Whether 0xFF is sent twice (Telnet's IAC, RFC 959 section 4.1.3 and RFC 2640). ProFTPD reads
            it so; vsftpd and pyftpdlib do not.

    Raises:
        UnsafeName: The line would hold a control byte, or be longer than 4,096 bytes.
    """
    data = verb.encode("ascii")
    if argument:
        data += b" " + encode_wire(argument, encoding)
    if control := _CONTROL.search(data):
        raise UnsafeName(
            f"{verb}: the name holds {_fault(control[0])}",
            path=argument,
            hint="rename it on the side where it lies",
        )
    if len(data) > MAXIMUM_LINE:
        raise UnsafeName(f"{verb}: the name is longer than an FTP command line can be", path=argument)
    if doubles_iac:
        data = data.replace(_IAC, _IAC + _IAC)
    return data + b"\r\n"


def _fault(control: bytes) -> str:
    """What is wrong with a control character. Pure-FTPd reads each as `_`: another file is meant then."""
    if control in _ENDS:
        return f"{_NAMES[control]}, which would end the FTP command line"
    name = _NAMES.get(control, f"the control character {control[0]:#04x}")
    return f"{name}, which some servers replace by another character: it would be another file there"


def command_line(verb: str, argument: str | Secret, *, encoding: str, doubles_iac: bool) -> bytes:
    """Like `encode_command`; what is secret is revealed here, and in no error.

    Raises:
        UnsafeName: The argument cannot be sent.
    """
    if not isinstance(argument, Secret):
        return encode_command(verb, argument, encoding=encoding, doubles_iac=doubles_iac)
    try:
        return encode_command(verb, argument.reveal(), encoding=encoding, doubles_iac=doubles_iac)
    except UnsafeName:
        pass  # not the cause of the error below: its message and its frames hold the secret
    raise UnsafeName(f"what {verb} should carry cannot be sent: it holds a control character, or is too long")


def is_stale_answer(verb: str, code: int, *, last_code: int | None) -> bool:
    """Whether a reply cannot be the answer to `verb`, but is left over from before.

    Args:
        verb: The command that waits for its answer; empty for the greeting.
        code: The reply's code.
        last_code: The code of the final reply that came before it, if any.
    """
    if not verb or verb in DATA_VERBS or verb in ("ABOR", "QUIT", "STAT"):
        return False
    if code in _TRANSFER_CODES:
        return True
    usual = _USUAL_SUCCESS.get(verb)
    return usual is not None and 200 <= code < 400 and code not in usual and code == last_code


def is_transfer_end(code: int) -> bool:
    """Whether a final reply is one that only the end of a transfer should have."""
    return code in _TRANSFER_CODES and code >= 200
