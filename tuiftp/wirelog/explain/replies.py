"""The replies of FTP: what each code says, where it is defined, what usually follows. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What there is to say about one code."""

    meaning: str
    """What it says."""
    section: str
    """Where it is defined."""
    follows: tuple[str, ...] = ()
    """What usually follows."""


_959 = "RFC 959 section 4.2"
_2228 = "RFC 2228 section 5"
_2428 = "RFC 2428 section 4"


def _text(meaning: str, *follows: str, section: str = _959) -> ReplyText:
    return ReplyText(meaning, section, follows)


REPLIES: Final[dict[int, ReplyText]] = {
    110: _text("A restart marker.", "the transfer goes on"),
    120: _text("The server will be ready in some minutes.", "220"),
    125: _text("The data connection is open already; the transfer begins.", "data, then 226"),
    150: _text("The file is in order; the server is about to open the data connection.", "data, then 226"),
    200: _text("The command is done."),
    202: _text("The command is not needed here, and was not done."),
    211: _text("The state of the system, or the list of features."),
    212: _text("The state of a directory."),
    213: _text("The state of a file: its size, time or checksum.", section="RFC 959 section 4.2, RFC 3659"),
    214: _text("Help for people."),
    215: _text("The kind of system."),
    220: _text("The server is ready for a new user.", "AUTH, or USER"),
    221: _text("The server closes the control connection.", "the end of the connection"),
    225: _text("The data connection is open, and no transfer runs."),
    226: _text("The transfer is complete; the data connection is closed."),
    227: _text(
        "Passive mode: the server listens at this address and port.", "our connect, then the transfer command"
    ),
    228: _text("Passive mode, long address.", "our connect", section="RFC 1639"),
    229: _text(
        "Extended passive mode: the server listens on this port.",
        "our connect, then the transfer command",
        section=_2428,
    ),
    230: _text("The user is logged in."),
    231: _text("The user is logged out."),
    232: _text("The user is logged in, by the security exchange.", section=_2228),
    234: _text("The security mechanism is accepted.", "the TLS handshake", section=_2228),
    235: _text("The security data is accepted.", section=_2228),
    250: _text("The file action is done."),
    251: _text("The checksum asked for.", section="no standard"),
    257: _text("A path, in quotes: the working directory, or the one just made."),
    331: _text("The user name is fine; the password is needed.", "PASS"),
    332: _text("An account is needed to log in.", "ACCT"),
    334: _text("The security mechanism is accepted, and wants data.", "ADAT", section=_2228),
    335: _text("The security data is accepted, and more is wanted.", "ADAT", section=_2228),
    336: _text("The user name is fine; a challenge has to be answered.", "PASS", section=_2228),
    350: _text("The server waits for the command that belongs to it.", "RNTO, or the transfer command"),
    421: _text(
        "The server ends the connection: idle for too long, too many users, or going down.",
        "the end of the connection",
    ),
    425: _text("The data connection cannot be opened.", "another way to open one"),
    426: _text("The data connection was closed, and the transfer with it."),
    430: _text("User name or password is wrong."),
    431: _text("A resource for security is lacking.", section=_2228),
    434: _text("The host cannot be reached."),
    450: _text("The file cannot be had now: it is in use, or listing found none."),
    451: _text("The action was given up: an error in the server."),
    452: _text("There is not enough room on the server."),
    500: _text("The command is not understood, or too long.", "another command for the same"),
    501: _text("The argument is wrong, or refused."),
    502: _text("The command is not implemented.", "another command for the same"),
    503: _text("The commands came in a wrong order."),
    504: _text("The argument is not implemented for this command."),
    521: _text("The data connection cannot be opened with this protection.", section="RFC 1639 and others"),
    522: _text(
        "The protocol family is not supported; by some servers also: TLS on the data connection failed.",
        section=_2428,
    ),
    530: _text("Not logged in: user, password or permission is wrong."),
    532: _text("An account is needed to store files."),
    533: _text("The command has to be protected.", section=_2228),
    534: _text("Refused by policy: the protection asked for, or its lack.", section=_2228),
    535: _text("The security check failed.", section=_2228),
    536: _text("This protection level is not supported by the mechanism.", section=_2228),
    537: _text("This protection level is not supported.", section=_2228),
    550: _text("The file cannot be had: there is none, or no permission."),
    551: _text("The type of page is not known."),
    552: _text("More room would be needed than there is allowed."),
    553: _text("The name of the file is not allowed."),
    631: _text("A reply with a check of its integrity.", section=_2228),
    632: _text("A reply that is confidential.", section=_2228),
    633: _text("A reply that is encrypted.", section=_2228),
}
"""By the code."""

FIRST_DIGIT: Final = {
    1: "it has begun, another reply follows",
    2: "done",
    3: "fine so far, the server waits for more",
    4: "refused for now: the same may work later",
    5: "refused: the same will not work",
    6: "a protected reply",
}
"""What the first digit says."""
SECOND_DIGIT: Final = {
    0: "syntax",
    1: "information",
    2: "connections",
    3: "login and accounts",
    4: "not specified",
    5: "the file system",
}
"""What the second digit says."""


def reply_text(code: int) -> ReplyText:
    """What a code says; of one that is in no standard, what its digits say."""
    known = REPLIES.get(code)
    if known is not None:
        return known
    first, second = code // 100, code // 10 % 10
    about = SECOND_DIGIT.get(second, "something of its own")
    return ReplyText(
        f"No standard code. By its digits: {FIRST_DIGIT.get(first, 'unknown')}, about {about}.", _959
    )
