"""What sentences say about a connection, in logs of older versions and of other programs, which name no state."""

from __future__ import annotations

import re

from tuiftp.wirelog.conversation.model import DialEnd, LostHow

CONNECTING = re.compile(r"connecting to (\S+:\d+)\Z")
"""The end that is asked for."""
CONNECTED = re.compile(r"connected to (\S+:\d+)(?: from (\S+:\d+))?")
"""The end that answered, and ours."""
TLS = re.compile(r"TLS\s?v?1(?:\.\d)?\b.* on the (?:control|data) connection", re.IGNORECASE)
"""A sentence about TLS that stands."""
HANDSHAKE = re.compile(
    r"(?=.*\b(?:tls|ssl|handshake)\b)"
    r"(?=.*(?:timed? ?out|no answer|hang|fail|not answered|within [\d.]+ s|broke|could not))",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence about a TLS handshake that failed."""

_LOST = (
    (re.compile(r"\A(?:the control connection was closed: )?\S+: all data went over"), LostHow.NO_FINAL),
    (re.compile(r"\Athe server ends the connection: 421"), LostHow.ENDED),
    (
        re.compile(
            r"\A(?:the control connection was closed: )?(?:no answer to |\S+ was not answered within )", re.I
        ),
        LostHow.SILENT,
    ),
    (
        re.compile(r"\Athe (?:server closed the control connection|control connection broke: )"),
        LostHow.BROKEN,
    ),
    (re.compile(r"\A(?:we closed the control connection\Z|the control connection was closed)"), LostHow.OURS),
)
_CRASH = re.compile(r"500[ -]OOPS:", re.I)
_WANTED = re.compile(r"\Awe closed the control connection\Z|closed by us|cancelled")
_NO_WAY_LEFT = ": no other way is left"
_REFUSED = re.compile(r"refused|ECONNREFUSED|actively refused", re.I)
_REJECTED = re.compile(
    r"unreachable|no route|not permitted|permission denied|prohibited|E(?:HOST|NET)UNREACH", re.I
)
_TIMED_OUT = re.compile(r"no answer|timed? ?out|ETIMEDOUT|within [\d.]+ s", re.I)


def is_last_word(reply: str) -> bool:
    """Whether a server's process says it when it dies: vsftpd's `500 OOPS:`."""
    return _CRASH.match(reply) is not None


def how_lost(text: str) -> LostHow | None:
    """How the control connection was lost, if this sentence says that it was."""
    for pattern, how in _LOST:
        if pattern.search(text):
            return how
    return None


def is_wanted(text: str) -> bool:
    """Whether the user, not a failure, is why we closed the control connection."""
    return _WANTED.search(text) is not None


def tells_of_another_try(text: str) -> bool:
    """Whether a sentence quotes what befell a try of opening a data connection, maybe on another connection."""
    return " did not work (" in text


def is_last_try(text: str) -> bool:
    """Whether it says that this was the last way."""
    return text.endswith(_NO_WAY_LEFT)


def how_dial_ended(text: str) -> DialEnd:
    """How a connect failed, by the words of its record."""
    if _REFUSED.search(text):
        return DialEnd.REFUSED
    if _REJECTED.search(text):
        return DialEnd.REJECTED
    if _TIMED_OUT.search(text):
        return DialEnd.TIMED_OUT
    return DialEnd.FAILED
