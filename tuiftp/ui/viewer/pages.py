"""Paging of a file for the viewer, as text or hexadecimal, in bounded memory whatever its size.

A place in the file is a byte offset at which a piece begins: a line, or a part of a line that is too long.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tuiftp.protocol.text import cell_width, shown

BLOCK = 64 * 1024
"""Bytes read at a time."""
BLOCKS_KEPT = 16
"""Blocks kept in memory: one mebibyte."""
PIECE = 2048
"""A longer line is shown in pieces of so many bytes."""

Read = Callable[[int, int], Awaitable[bytes]]
"""Reads at most so many bytes from an offset on."""


class BlockFile:
    """A file read in blocks, of which the last few are kept."""

    def __init__(self, read: Read, size: int | None) -> None:
        self.size = size
        """Bytes in all; None: not known until its end has been seen."""
        self._read = read
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    async def bytes_at(self, offset: int, count: int) -> bytes:
        """Bytes from `offset` on; fewer than `count` at the end of the file."""
        parts = []
        while count > 0:
            number, start = divmod(offset, BLOCK)
            block = await self._block(number)
            part = block[start : start + count]
            if part:
                parts.append(part)
            if len(part) == 0 or len(block) < BLOCK:
                break
            offset += len(part)
            count -= len(part)
        return b"".join(parts)

    async def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            block = b""
            while len(block) < BLOCK:
                more = await self._read(number * BLOCK + len(block), BLOCK - len(block))
                if not more:
                    break
                block += more
            self._blocks[number] = block
            if len(self._blocks) > BLOCKS_KEPT:
                self._blocks.popitem(last=False)
            if len(block) < BLOCK and (block or number == 0):
                self.size = number * BLOCK + len(block)
        self._blocks.move_to_end(number)
        return block


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins."""

    offset: int = 0
    """The byte at which the piece begins."""
    row: int = 0
    """Which row of the wrapped piece is on top."""


async def text_page(file: BlockFile, place: Place, width: int, count: int) -> tuple[list[str], int]:
    """`count` rows of text from a place on, fewer at the end; and the byte behind the last piece shown to its end."""
    rows: list[str] = []
    offset, skip, end = place.offset, place.row, place.offset
    while len(rows) < count:
        piece = await _piece_at(file, offset)
        if not piece:
            break
        rows += wrap(piece, width)[skip:]
        offset, skip = offset + len(piece), 0
        end = offset if len(rows) <= count else end
    return rows[:count], end


async def text_down(file: BlockFile, place: Place, width: int, count: int) -> Place:
    """The place `count` rows further down, or the last one that shows anything."""
    offset, row = place.offset, place.row + count
    while True:
        piece = await _piece_at(file, offset)
        if not piece:
            return place
        rows = len(wrap(piece, width))
        if row < rows:
            return Place(offset, row)
        after = offset + len(piece)
        if not await file.bytes_at(after, 1):
            return Place(offset, rows - 1)
        offset, row = after, row - rows


async def text_up(file: BlockFile, place: Place, width: int, count: int) -> Place:
    """The place `count` rows further up, or the beginning."""
    offset, row = place.offset, place.row - count
    while row < 0 and offset > 0:
        offset = await piece_before(file, offset)
        row += len(wrap(await _piece_at(file, offset), width))
    return Place(offset, max(0, row))


async def text_end(file: BlockFile, width: int, height: int) -> Place:
    """The place that shows the last page."""
    size = file.size or 0
    if not size:
        return Place()
    last = await piece_before(file, size)
    rows = len(wrap(await _piece_at(file, last), width))
    return await text_up(file, Place(last, rows - 1), width, height - 1)


async def _piece_at(file: BlockFile, offset: int) -> bytes:
    data = await file.bytes_at(offset, PIECE + 4)
    end = data.find(b"\n", 0, PIECE)
    if end >= 0:
        return data[: end + 1]
    if len(data) <= PIECE:
        return data
    cut = PIECE
    while cut > PIECE - 4 and data[cut] & 0xC0 == 0x80:  # not in the middle of a UTF-8 character
        cut -= 1
    return data[:cut]


async def piece_before(file: BlockFile, offset: int) -> int:
    """Where the piece before `offset` begins. In a line beyond all measure: a guess, one piece back."""
    start = max(0, offset - BLOCK)
    data = await file.bytes_at(start, offset - start)
    newline = data.rfind(b"\n", 0, len(data) - 1)
    if newline < 0 and start > 0:
        return max(0, offset - PIECE)
    at = start + newline + 1
    while True:
        piece = await _piece_at(file, at)
        if not piece or at + len(piece) >= offset:
            return at
        at += len(piece)


def wrap(piece: bytes, width: int) -> list[str]:
    """The rows of one piece: decoded, made visible, tabs as blanks, broken at the width."""
    text = piece.decode("utf-8", "surrogateescape")
    text = text.removesuffix("\n").removesuffix("\r").expandtabs(8)
    text = shown(text)
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    rows: list[str] = []
    row, used = "", 0
    for char in text:
        cells = cell_width(char)
        if used + cells > width:
            rows.append(row)
            row, used = "", 0
        row += char
        used += cells
    return [*rows, row]


def hex_width(width: int) -> int:
    """How many bytes a row shows."""
    return 16 if width >= 76 else 8


async def hex_rows(file: BlockFile, offset: int, width: int, count: int) -> list[str]:
    """`count` rows of offset, bytes in hexadecimal, and what is printable of them."""
    step = hex_width(width)
    data = await file.bytes_at(offset, step * count)
    rows = []
    for at in range(0, len(data), step):
        part = data[at : at + step]
        digits = " ".join(f"{byte:02x}" for byte in part[: step // 2])
        digits = f"{digits:{step // 2 * 3}} " + " ".join(f"{byte:02x}" for byte in part[step // 2 :])
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        rows.append(f"{offset + at:08x}  {digits:{step * 3 + 1}} {letters}")
    return rows


def hex_span(match: tuple[int, int], offset: int, row: int, width: int) -> list[tuple[int, int]]:
    """Where the bytes of a match stand in a row of `hex_rows`, digits only."""
    step = hex_width(width)
    begin = offset + row * step
    first, last = max(match[0], begin) - begin, min(match[1], begin + step) - begin - 1
    if first > last:
        return []

    edge = len(f"{begin:08x}") + 2

    def column(byte: int) -> int:
        return edge + byte * 3 + (1 if byte >= step // 2 else 0)

    return [(column(first), column(last) + 2)]
