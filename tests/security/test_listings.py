"""S33: listings that never end, and what they may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.security.hostile import MEGABYTES, bounded_memory
from tuiftp.entries import Entry
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.transfer import listing as receiving
from tuiftp.ftp.transfer.listing import ReceivedLines
from tuiftp.protocol.listing import parse_listing, parse_mlsd

NOW = datetime(2026, 11, 24, tzinfo=UTC)

HOSTILE_LISTINGS = {
    "no line end": b"z" * 65_536,
    "empty lines": b"\n" * 65_536,
    "two bytes a line": b"xy\n" * 20_000,
    "wide lines": b"".join("😀".encode() + b"z" * 250 + b"\r\n" for _ in range(250)),
    "a good line": b"-rw-r--r-- 1 ftp ftp 12 Nov 23 2026 again.txt\r\n" * 1_000,
}


@contextmanager
def pouring(block: bytes) -> Iterator[socket.socket]:
    """The reading end of a connection into which somebody pours without an end."""
    end, other = socket.socketpair()

    def pour() -> None:
        try:
            while True:
                other.sendall(block)
        except OSError:
            other.close()

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    with end:
        yield end
        end.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize("kind", HOSTILE_LISTINGS)
def test_s33_what_is_taken_of_a_listing_is_bounded_in_lines_and_bytes(kind: str) -> None:
    with pouring(HOSTILE_LISTINGS[kind]) as sock, bounded_memory(6 * MEGABYTES):
        taken = ReceivedLines(lines=5_000, size=2 * MEGABYTES)
        pieces = list(taken.pieces(sock, Progress(), 30.0))
        assert taken.is_cut
        assert sum(piece.count(b"\n") + 1 for piece in pieces) <= 5_000
        assert sum(map(len, pieces)) <= 2 * MEGABYTES + 512 * 1024


NOTHING: dict[str, tuple[Callable[..., list[Entry]], bytes]] = {
    "LIST": (parse_listing, b"total 123456789012\r\n" * 12_000),
    "MLSD": (parse_mlsd, b"type=cdir;modify=20260101000000;unique=8g2; .\r\n" * 5_000),
}


@pytest.mark.parametrize("verb", NOTHING)
def test_s33_lines_that_are_no_entries_take_no_memory(verb: str) -> None:
    """However many there are: 8 MB of them leave nothing behind."""
    parse, block = NOTHING[verb]
    arguments: dict[str, Any] = {"now": NOW} if verb == "LIST" else {}
    with bounded_memory(12 * MEGABYTES):
        assert parse((block for _ in range(30)), **arguments) == []


LINES = {
    "LIST": b"-rw-r--r--    1 owner    somegroup %8d Jan  1 10:00 a-name-of-some-length-%06d\r\n",
    "MLSD": b"type=file;size=%d;modify=20260101000000;UNIX.uid=1000;UNIX.gid=1000;unique=8012g%x; "
    b"a-name-of-some-length-%06d\r\n",
}


@pytest.mark.parametrize("verb", LINES)
def test_s33_entries_share_what_they_have_in_common(verb: str) -> None:
    """An entry takes little more than its name, its size and the object itself."""
    parse = NOTHING[verb][0]
    arguments: dict[str, Any] = {"now": NOW} if verb == "LIST" else {}
    count = 40_000

    def pieces() -> Iterator[bytes]:
        for start in range(0, count, 1_000):
            numbers = range(start, start + 1_000)
            yield b"".join(
                LINES[verb] % ((10**6 + n,) * (LINES[verb].count(b"%") - 1) + (n,)) for n in numbers
            )

    with bounded_memory(count * 300 + 12 * MEGABYTES):
        entries = parse(pieces(), **arguments)
    assert len(entries) == count
    assert (entries[0].owner, entries[0].group) == (entries[-1].owner, entries[-1].group) != (None, None)
    assert entries[0].owner is entries[-1].owner
    assert entries[0].group is entries[-1].group


def test_s33_the_limits_are_those_that_are_meant() -> None:
    assert (receiving.MAXIMUM_LINES, receiving.MAXIMUM_BYTES) == (1_000_000, 256 * MEGABYTES)


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_s33_lines_come_out_whole_however_they_are_cut(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(b"%d-%s\r\n" % (number, b"z" * (number % 90)) for number in range(300)) + b"the last"
    cut = iter([data[place : place + block] for place in range(0, len(data), block)])

    def receive(sock: socket.socket, view: memoryview, progress: Progress) -> int:
        some = next(cut, b"")
        view[: len(some)] = some
        return len(some)

    monkeypatch.setattr(receiving, "receive_into", receive)
    taken = ReceivedLines()
    with socket.socket() as nothing:
        assert b"\n".join(taken.pieces(nothing, Progress(), 5.0)) == data
    assert not taken.is_cut
