"""Control connection replies: the value, and an incremental parser with bounded memory (RFC 959).

The reader knows no socket and no clock: time limits belong to its owner. It never raises on bytes that do not
decode, and it never holds more than one line, or one reply, may be long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tuiftp.errors import ProtocolViolation
from tuiftp.protocol.text import decode_wire, shown

MAX_LINE: Final = 64 * 1024
"""Bytes that one line may have, its end not counted."""
MAX_LINES: Final = 1_000
"""Lines that one reply may have."""
MAX_REPLY: Final = 1024 * 1024
"""Bytes that one reply may have."""

_CODE = re.compile(rb"([1-6][0-9][0-9])(?:([- \t])|$)")
_WHOLE = re.compile(rb"([1-6][0-9][0-9]) [^\r\n\0]{0,%d}(?=\r\n)" % (MAX_LINE - 4))
"""A reply of one line, which is nearly all of them; anything else is looked at line by line."""
_QUOTED_GARBAGE: Final = 80


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of the server."""

    code: int
    """The three digits, 100 to 699."""
    lines: tuple[str, ...]
    """The lines as they came, with their codes and without their ends; never empty."""

    @property
    def text(self) -> str:
        """The last line without its code: the one that speaks of the outcome."""
        return _without_code(self.lines[-1], self.code)

    @property
    def full_text(self) -> str:
        """All lines without their codes, joined by line feeds."""
        return "\n".join(_without_code(line, self.code) for line in self.lines)

    @property
    def is_preliminary(self) -> bool:
        """1yz: the action has begun, another reply follows."""
        return 100 <= self.code < 200

    @property
    def is_completion(self) -> bool:
        """2yz: done."""
        return 200 <= self.code < 300

    @property
    def is_refusal(self) -> bool:
        """4yz or 5yz."""
        return 400 <= self.code < 600

    @property
    def is_impossible_end(self) -> bool:
        """Whether it is no possible final reply of a transfer: neither 2yz, 4yz nor 5yz. It counts as a refusal."""
        return not (self.is_preliminary or self.is_completion or self.is_refusal)


def _without_code(line: str, code: int) -> str:
    """Takes `123 ` or `123-` off the front; inner lines that have none stay as they are."""
    prefix = str(code)
    if line == prefix:
        return ""
    if line.startswith(prefix) and line[3] in " -\t":
        return line[4:]
    return line


class ReplyReader:
    """Incremental parser: bytes of a control connection, in chunks of any size, to replies.

    Ends of lines may be CR LF or LF alone; a CR or NUL elsewhere is kept as part of the text. Once the
    server has said something that is no FTP the reader stays broken and says so each time it is asked.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding = encoding
        """How the text is decoded; may change between replies (after `OPTS UTF8 ON`)."""
        self._buffer = bytearray()
        self._scanned = 0
        self._begun: list[bytes] = []
        self._size = 0
        self._blank = 0
        self._has_replied = False
        self._broken: str | None = None

    @property
    def pending(self) -> bytes:
        """What has been fed and is not yet part of a reply that was handed out (ends of lines as LF).

        Behind a 234 this must be empty: what came there in clear text was put in by someone between.
        """
        begun = b"".join(line + b"\n" for line in self._begun)
        return begun + bytes(self._buffer)

    @property
    def has_buffered(self) -> bool:
        """Whether anything is pending."""
        return bool(self._begun or self._buffer)

    def feed(self, data: bytes) -> None:
        """Feeds more bytes. Never raises: `next_reply` reports what is wrong with them."""
        if self._broken is None:
            self._buffer += data

    def next_reply(self) -> Reply | None:
        """Returns the next whole reply, or None if more bytes are needed.

        Raises:
            ProtocolViolation: The bytes are no FTP reply, or longer than we are willing to hold.
        """
        if self._broken is not None:
            raise ProtocolViolation(self._broken)
        if not self._buffer:
            return None
        # What was searched already is not read again from its beginning.
        if not self._begun and not self._scanned and (whole := _WHOLE.match(self._buffer)):
            return self._take_whole(whole[0], int(whole[1]))
        while (line := self._take_line()) is not None:
            reply = self._take_into_reply(line)
            if reply is not None:
                return reply
        return None

    def _take_whole(self, line: bytes, code: int) -> Reply:
        """A reply that lies in the buffer as one line."""
        del self._buffer[: len(line) + 2]
        self._scanned = self._blank = 0
        self._has_replied = True
        return Reply(code, (decode_wire(line, self.encoding),))

    def _take_line(self) -> bytes | None:
        # Only bytes that were never looked at are searched, so that a line fed byte by byte costs its length.
        end = self._buffer.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._buffer)
        length = self._scanned if end < 0 else end
        if length > MAX_LINE + 1:  # one more, for a CR whose LF has not come yet
            raise self._violation(f"the server sent a line of more than {MAX_LINE // 1024} KiB")
        if end < 0:
            return None
        # Small devices send the NUL that ends a C string along, and so it comes before the next line.
        line = bytes(self._buffer[:end]).rstrip(b"\r\0").lstrip(b"\0")
        if len(line) > MAX_LINE:
            raise self._violation(f"the server sent a line of more than {MAX_LINE // 1024} KiB")
        del self._buffer[: end + 1]
        self._scanned = 0
        return line

    def _take_into_reply(self, line: bytes) -> Reply | None:
        """Adds a line to the reply that has begun, or begins one; returns it when it is whole."""
        if not self._begun and not line.strip(b" \t\r\0"):
            # Some servers send an empty line after a banner; an endless row of them is bounded like a reply.
            self._blank += 1
            self._check_length(self._blank)
            return None
        found = _CODE.match(line)
        if not self._begun and found is None:
            raise self._violation(self._garbage(line))
        self._begun.append(line)
        self._size += len(line)
        self._check_length(len(self._begun))
        code = self._begun[0][:3]
        if found is None or found[1] != code or found[2] == b"-":
            return None
        return self._finish(code)

    def _finish(self, code: bytes) -> Reply:
        lines = tuple(decode_wire(line, self.encoding) for line in self._begun)
        self._begun = []
        self._size = self._blank = 0
        self._has_replied = True
        return Reply(int(code), lines)

    def _check_length(self, lines: int) -> None:
        if lines > MAX_LINES:
            raise self._violation(f"the server sent a reply of more than {MAX_LINES:,} lines")
        if self._size > MAX_REPLY:
            raise self._violation(f"the server sent a reply of more than {MAX_REPLY // 1024:,} KiB")

    def _garbage(self, line: bytes) -> str:
        said = shown(decode_wire(line[:_QUOTED_GARBAGE], self.encoding))
        if len(line) > _QUOTED_GARBAGE:
            said += "…"
        if self._has_replied:
            return f"the server sent a line that is no FTP reply: {said}"
        return f"this is not an FTP server: {said}"

    def _violation(self, message: str) -> ProtocolViolation:
        self._broken = message
        self._begun = []
        self._buffer.clear()
        return ProtocolViolation(message)
