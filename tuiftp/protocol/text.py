"""Text helpers: decoding from the wire, escaping control characters, truncation to cells, masking of secrets.

What a server or a disk calls a thing is text from a stranger. `shown` is the one function that makes it
fit for a screen, a log or a terminal; `decode_wire` and `encode_wire` keep its bytes intact.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from functools import lru_cache
from typing import Literal

from tuiftp.errors import UnsafeName

MASK = "********"
"""What stands for a password: of a fixed width, so that its length is not told."""

_UNSEEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # zero-width, fillers
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero-width, lines, bidirectional
    "\ufe00-\ufe0f\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # variation selectors, tags
    "\ud800-\udfff"  # lone surrogates, and with them undecodable bytes
    "]"
)

_SECRET = re.compile(
    r"\s*((?:(?:QUOTE|LITERAL)\s+)?(?:PASS|ACCT|ADAT|MIC|CONF|ENC"
    # What follows SITE is each server's own: PSWD, CHPASS, ADDUSER, GPASS, LOGIN and their like carry passwords.
    r"|SITE\s+\S*(?:PASS|PSW|PWD|SECRET|TOKEN|LOGIN|ADDUSER|AUTH|CREDENTIAL)\S*))(?![^\s])",
    re.IGNORECASE,
)

_MARKS_A_BASE = 8
"""Zero-width marks kept on one character when text is cut; no script needs more."""

_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")


def shown(text: str) -> str:
    """Makes every character that a screen would obey, reorder or hide into a visible stand-in.

    Controls become their pictures (`␛`), bytes that do not decode and C1 controls become `\\x9b`, the rest
    (bidirectional and zero-width characters, line separators) becomes `⟨U+202E⟩`. Clean text is returned
    as it is. The result holds no character that needs a stand-in.
    """
    if text.isascii() and text.isprintable():
        return text
    if _UNSEEN.search(text) is None:
        return text
    return _UNSEEN.sub(_stand_in, text)


def _stand_in(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"⟨U+{code:04X}⟩"


@lru_cache(maxsize=8192)
def _char_width(char: str) -> int:
    """Cells of one character, as terminals and the screen library count them."""
    if unicodedata.category(char) in ("Mn", "Me", "Mc", "Cc"):
        return 0
    if "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff":
        return 0  # Hangul vowels and finals join the syllable before them
    if "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0  # skin tones join the emoji before them
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cell_width(text: str) -> int:
    """Counts the terminal cells that `text` takes; wide East Asian characters take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def fit(text: str, width: int, *, align: Literal["left", "right"] = "left", middle: bool = False) -> str:
    """Cuts or pads `text` to exactly `width` cells.

    Args:
        text: What to show, already made visible by `shown`.
        width: The cells to fill; zero or less gives an empty string.
        align: On which side the text stands when there is room.
        middle: Whether to cut in the middle, so that the end (an extension) stays in sight.
    """
    if width <= 0:
        return ""
    if text.isascii():
        used = len(text)
        if used > width:
            return _cut_ascii(text, width, middle)
    else:
        text = _without_flood(text)
        used = cell_width(text)
        if used > width:
            text = _cut(text, width, middle)
            used = cell_width(text)
    padding = " " * (width - used)
    return padding + text if align == "right" else text + padding


def _cut_ascii(text: str, width: int, middle: bool) -> str:
    tail = (width - 1) // 2 if middle else 0
    return text[: width - 1 - tail] + "…" + (text[-tail:] if tail else "")


def _cut(text: str, width: int, middle: bool) -> str:
    tail = (width - 1) // 2 if middle else 0
    end = _last_cells(text, tail)
    return _first_cells(text, width - 1 - tail) + "…" + end


def _first_cells(text: str, width: int) -> str:
    used = 0
    for place, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:place]
    return text


def _last_cells(text: str, width: int) -> str:
    used = 0
    start = len(text)
    for place in range(len(text) - 1, -1, -1):
        cells = _char_width(text[place])
        if used + cells > width:
            break
        used += cells
        if cells:  # never begin with a mark whose base was cut off
            start = place
    return text[start:]


def _without_flood(text: str) -> str:
    """Drops the marks beyond what any script puts on one character."""
    if all(map(_char_width, text)):
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if _char_width(char) == 0 else 0
        if marks <= _MARKS_A_BASE:
            kept.append(char)
    return "".join(kept)


def redact(command_line: str) -> str:
    """Masks what carries a secret (PASS, ACCT, ADAT, SITE PSWD and their like), by a fixed width.

    Other commands come back as they are.
    """
    match = _SECRET.match(command_line)
    return f"{match[1]} {MASK}" if match else command_line


@lru_cache(maxsize=64)
def _wire(encoding: str) -> tuple[str, bool]:
    """The codec to use for `encoding`, and whether it is lossless by itself.

    It is where each byte (or, in UTF-8, each character) stands for itself: then surrogateescape keeps every
    byte. In other multi-byte encodings some byte strings do not come back as they were.
    """
    if not is_wire_encoding(encoding) or codecs.lookup(encoding).name == "utf-8":
        return "utf-8", True
    singles = [bytes([byte]).decode(encoding, "surrogateescape") for byte in range(256)]
    lossless = len(set(singles)) == 256 and all(len(text) == 1 for text in singles)
    unknown = [byte for byte, text in enumerate(singles) if "\udc80" <= text <= "\udcff"]
    pairs = (bytes([first, second]) for first in unknown for second in range(256))
    return encoding, lossless and all(len(pair.decode(encoding, "surrogateescape")) == 2 for pair in pairs)


@lru_cache(maxsize=64)
def is_wire_encoding(encoding: str) -> bool:
    """Whether an encoding can be used for names: known, and the same as ASCII in its lower half.

    UTF-16, UTF-7, EBCDIC and the stateful ISO-2022 family are not: a command line could not be read.
    """
    ascii_bytes = [bytes([byte]) for byte in range(128)]
    try:
        alike = all(byte.decode(encoding) == byte.decode("ascii") for byte in ascii_bytes)
        return alike and all(byte.decode("ascii").encode(encoding) == byte for byte in ascii_bytes)
    except (LookupError, ValueError, TypeError):
        return False


def decode_wire(data: bytes, encoding: str) -> str:
    """Decodes bytes from the wire so that `encode_wire` gives the very same bytes back.

    Bytes that do not decode are kept by `surrogateescape`. Where a multi-byte encoding would not give the
    bytes back (two spellings of one character), all bytes above 127 are kept that way. An encoding that
    cannot be used (see `is_wire_encoding`) is read as UTF-8. Never raises.
    """
    codec, is_lossless = _wire(encoding)
    text = data.decode(codec, "surrogateescape")
    if is_lossless or data.isascii():
        return text
    try:
        if text.encode(codec, "surrogateescape") == data:
            return text
    except UnicodeEncodeError:
        pass
    return data.decode("ascii", "surrogateescape")


def encode_wire(text: str, encoding: str) -> bytes:
    """Encodes a name for the wire: the inverse of `decode_wire`.

    Raises:
        UnsafeName: A character cannot be written in this encoding.
    """
    codec, _ = _wire(encoding)
    try:
        return text.encode(codec, "surrogateescape")
    except UnicodeEncodeError as error:
        unfit = shown(error.object[error.start : error.end])
        raise UnsafeName(f"“{unfit}” cannot be written in {codec}", path=text) from error


def human_size(size: int) -> str:
    """Words a number of bytes in powers of 1000: `812 B`, `4.1 kB`, `84.2 MB`, `2.15 GB`."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in _UNITS:
        value /= 1000
        digits = 1 if unit in ("kB", "MB") or value >= 9.995 else 2
        if value >= 99.95:
            digits = 0
        if round(value, digits) < 1000:
            break
    return f"{value:.{digits}f} {unit}"


def human_rate(rate: float) -> str:
    """Words a speed in bytes a second: `84.2 MB/s`."""
    return f"{human_size(max(0, round(rate)) if math.isfinite(rate) else 0)}/s"


_LONGEST_LEFT = 100 * 3600


def human_left(seconds: float | None) -> str:
    """Words the time that something still takes: empty where it is not known, `–` where it tells nobody anything."""
    if seconds is None:
        return ""
    return human_duration(seconds) if seconds < _LONGEST_LEFT else "–"


def human_duration(seconds: float) -> str:
    """Words a time span, rounded up: `0:09`, `1:41`, `1:02:03`; `-:--` where it is not finite."""
    if not math.isfinite(seconds):
        return "-:--"
    whole = max(0, math.ceil(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
