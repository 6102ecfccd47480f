"""The search of the viewer: text or bytes in a file of any size, a window at a time, in bounded memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from tuiftp.ui.viewer.pages import BlockFile, Place, Read, piece_before, wrap

WINDOW = 4 * 1024 * 1024
"""Bytes read at a time: on a server each window is a transfer of its own."""
_SLICE = 256 * 1024
"""Bytes searched before others get their turn: a few milliseconds."""
_LONGEST = 512
"""Characters of the longest text that is searched for."""


@dataclass(frozen=True, slots=True)
class Needle:
    """The search pattern: text or bytes."""

    pattern: re.Pattern[bytes]
    """It, in every spelling that counts."""
    longest: int
    """Bytes of its longest spelling."""
    shown: re.Pattern[str] | None = None
    """It on a row of text, to be marked there; None: it is bytes."""

    def first(self, data: bytes, start: int = 0) -> tuple[int, int] | None:
        """Where it begins and ends for the first time."""
        found = self.pattern.search(data, start)
        return found.span() if found else None

    def last(self, data: bytes, before: int) -> tuple[int, int] | None:
        """Where it begins for the last time in front of `before`, and ends."""
        span, at = None, 0
        while (found := self.first(data, at)) is not None and found[0] < before:
            span, at = found, found[0] + 1
        return span


def text_needle(text: str, *, any_case: bool) -> Needle:
    """Looks for a text as UTF-8.

    Raises:
        ValueError: There is nothing to look for, or too much; the text says so.
    """
    if not 0 < len(text) <= _LONGEST:
        raise ValueError(f"A text of 1 to {_LONGEST} characters, please.")
    spellings = [_spellings(char) if any_case else [_encoded(char)] for char in text]
    pattern = b"".join(b"(?:" + b"|".join(map(re.escape, each)) + b")" for each in spellings)
    if any_case and text.isascii():
        pattern = re.escape(text.encode())
    flags = re.IGNORECASE if any_case else re.NOFLAG
    longest = sum(max(map(len, each)) for each in spellings)
    return Needle(re.compile(pattern, flags), longest, re.compile(re.escape(text), flags))


def _encoded(char: str) -> bytes:
    return char.encode("utf-8", "surrogateescape")


def _spellings(char: str) -> list[bytes]:
    return sorted({_encoded(each) for each in (char, char.lower(), char.upper(), char.title())})


def hex_needle(text: str) -> Needle:
    """Looks for bytes, as in `de ad be ef`, `deadbeef` or `0xde 0xad`; or for a text after a quotation mark.

    Raises:
        ValueError: These are no bytes; the text says what would be.
    """
    if text.startswith('"'):
        return text_needle(text[1:].removesuffix('"'), any_case=False)
    try:
        wanted = bytes.fromhex(re.sub(r"0[xX]|[\s,:]", "", text))
    except ValueError:
        wanted = b""
    if not 0 < len(wanted) <= _LONGEST:
        raise ValueError('Bytes as in  de ad be ef,  or a text as in  "text')
    return Needle(re.compile(re.escape(wanted), re.NOFLAG), len(wanted))


async def find_below(
    read: Read, needle: Needle, start: int, *, on_progress: Callable[[int], None]
) -> tuple[int, int] | None:
    """Where it begins next, from `start` on, and ends; None: not until the end of the file."""
    kept = b""
    offset = start
    while data := await read(offset, WINDOW):
        for at in range(0, len(data), _SLICE):
            kept += data[at : at + _SLICE]
            offset += min(_SLICE, len(data) - at)
            found = needle.first(kept)
            if found is not None:
                base = offset - len(kept)
                return base + found[0], base + found[1]
            kept = kept[len(kept) - needle.longest + 1 :] if len(kept) >= needle.longest else kept
            on_progress(offset)
            await asyncio.sleep(0)
    return None


async def find_above(
    read: Read, needle: Needle, before: int, *, on_progress: Callable[[int], None]
) -> tuple[int, int] | None:
    """Where it begins for the last time in front of `before`, and ends; None: not down to the beginning."""
    end = before
    while end > 0:
        start = max(0, end - WINDOW)
        data = await _whole(read, start, end - start + needle.longest - 1)
        for top in range(end, start, -_SLICE):
            bottom = max(start, top - _SLICE)
            part = data[bottom - start : top - start + needle.longest - 1]
            found = needle.last(part, top - bottom)
            if found is not None:
                return bottom + found[0], bottom + found[1]
            on_progress(bottom)
            await asyncio.sleep(0)
        end = start
    return None


async def _whole(read: Read, offset: int, count: int) -> bytes:
    parts: list[bytes] = []
    while count > 0 and (part := await read(offset, count)):
        parts.append(part)
        offset += len(part)
        count -= len(part)
    return b"".join(parts)


async def text_place(file: BlockFile, at: int, width: int) -> Place:
    """The row of text in which a byte stands."""
    start = await piece_before(file, at + 1)
    above = await file.bytes_at(start, at - start)
    return Place(start, max(0, len(wrap(above + b".", width)) - 1))
