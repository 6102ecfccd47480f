"""Shared parts of the listing dialects: decoded lines, field parsers, and the interface of a dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import decode_wire

_MAX_SIZE = 2**63 - 1
_AT_ONCE = 256 * 1024
_FIRST = 2 * 1024 * 1024
_FIRST_LINES = 20_000
_TURN = 4096

DROPPED = Entry(".", EntryKind.DIR)
"""What a reader returns for a line that it understands and that is no entry, as MLSD's own directory."""


class Window:
    """The lines of a listing that can be looked at: its beginning, and those that are being read.

    A listing may be longer than what there is memory for, so nobody sees the whole of it. The beginning is some
    20,000 lines long, so that nearly every listing is seen whole.
    """

    __slots__ = ("at_hand", "first")

    def __init__(self, first: Sequence[str]) -> None:
        """Begins at the beginning.

        Args:
            first: The first lines of the listing, all of them if it is short.
        """
        self.first = first
        """Its first lines, from which a dialect learns, as whether days or months come first."""
        self.at_hand = first
        """The lines among which is the one that is being read, and also the one behind it."""


class LineReader(Protocol):
    """Reads the lines of one listing in one dialect."""

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this dialect does not understand it. Never raises."""
        ...

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Puts right what only the whole listing tells."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way in which servers write a listing."""

    name: str
    """What to call it in a log."""
    open: Callable[[Window, datetime], LineReader]
    """Makes a reader for one listing, given a window on its lines and the present time."""


def decode_lines(lines: Iterable[bytes], encoding: str) -> Iterator[list[str]]:
    """Decodes a listing piece by piece, many lines at once where that cannot change a name's bytes; line ends go.

    The first piece is a long one (`Window`). Each further piece begins with a line that was held back, so that a
    line and the one behind it are in the same piece.
    """
    first: list[str] = []
    held: list[str] = []
    pieces = _decoded(lines, encoding)
    for count, piece in enumerate(pieces, 1):
        first += piece
        if len(first) > _FIRST_LINES or count * _AT_ONCE > _FIRST:
            held = [first.pop()]
            yield first
            break
    else:
        yield first
        return
    for piece in pieces:
        piece = held + piece
        held = [piece.pop()]
        yield piece
    yield held


def _decoded(lines: Iterable[bytes], encoding: str) -> Iterator[list[str]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        # All at once, one wide character would make the whole listing wide.
        if size > _AT_ONCE:
            yield _decode(batch, encoding)
            batch, size = [], 0
    if batch:
        yield _decode(batch, encoding)


def _decode(lines: list[bytes], encoding: str) -> list[str]:
    data = b"\n".join(lines).replace(b"\r\n", b"\n")
    text = decode_wire(data, encoding)
    if not text.isascii() and text == data.decode("ascii", "surrogateescape"):
        decoded = [decode_wire(line, encoding) for line in data.split(b"\n")]
    else:
        decoded = text.split("\n")
    return [line.rstrip("\r") for line in decoded] if "\r" in text else decoded


def in_turns(lines: Sequence[str], check: Callable[[], object]) -> Iterator[str]:
    """The lines, with a call of `check` now and then, which ends the parsing by raising."""
    for start in range(0, len(lines), _TURN):
        check()
        yield from lines[start : start + _TURN]


def parse_size(text: str) -> int | None:
    """A size that is all digits and fits in 63 bits; anything else is not known."""
    if len(text) <= 19 and text.isascii() and text.isdecimal():
        size = int(text)
        return size if size <= _MAX_SIZE else None
    return None


def last_component(path: str) -> str:
    """The last part of a name that a server writes as a path, without a slash behind."""
    return path.rstrip("/").rpartition("/")[2] or path


def unreadable(line: str) -> Entry:
    """The entry that stands for a line which nobody understands."""
    return Entry(line, EntryKind.OTHER, raw=line)
