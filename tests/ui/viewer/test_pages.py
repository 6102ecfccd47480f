"""Pages of a file: down and up agree, long lines come in pieces, memory stays bounded."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tuiftp.ui.viewer.pages import (
    BLOCK,
    BLOCKS_KEPT,
    PIECE,
    BlockFile,
    Place,
    hex_rows,
    text_down,
    text_end,
    text_page,
    text_up,
    wrap,
)  # fmt: skip


class Reads:
    """A file in memory that counts what is read of it."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        self.data, self.most = data, most
        self.calls: list[tuple[int, int]] = []

    async def __call__(self, offset: int, limit: int) -> bytes:
        self.calls.append((offset, limit))
        return self.data[offset : offset + min(limit, self.most)]


def file_of(data: bytes, most: int = 1 << 30) -> tuple[BlockFile, Reads]:
    reads = Reads(data, most)
    return BlockFile(reads, len(data)), reads


async def rows_of_text(file: BlockFile, place: Place, width: int, count: int) -> list[str]:
    return (await text_page(file, place, width, count))[0]


TEXTS = [
    b"", b"one", b"one\n", b"one\n\n\nfour", b"x" * 30, b"a\r\nb\r\n", "日本語の行\nabc".encode() * 7,
    b"y" * (PIECE * 3 + 5) + b"\nend", ("é" * PIECE).encode(), bytes(range(256)) * 3,
]  # fmt: skip


@pytest.mark.parametrize("data", TEXTS)
@pytest.mark.parametrize("width", [7, 20])
async def test_going_down_row_by_row_shows_every_row_once_and_up_comes_back(data: bytes, width: int) -> None:
    file, _ = file_of(data)
    everything = await rows_of_text(file, Place(), width, 100_000)
    place, seen, places = Place(), [], []
    for _ in range(len(everything)):
        seen += await rows_of_text(file, place, width, 1)
        places.append(place)
        place = await text_down(file, place, width, 1)
    assert seen == everything
    for above, below in reversed(list(pairwise(places))):
        assert await text_up(file, below, width, 1) == above


async def test_the_last_page_is_full() -> None:
    file, _ = file_of(b"".join(b"%d\n" % number for number in range(1000)))
    end = await text_end(file, 40, 10)
    assert await rows_of_text(file, end, 40, 10) == [str(number) for number in range(990, 1000)]


async def test_a_page_in_the_middle_of_a_big_file_reads_that_part_only_and_keeps_little() -> None:
    data = b"z" * (BLOCK * (BLOCKS_KEPT + 20))
    file, reads = file_of(data)
    await hex_rows(file, BLOCK * 5, 80, 20)
    assert [offset for offset, _ in reads.calls] == [BLOCK * 5]
    for number in range(BLOCKS_KEPT + 20):
        await file.bytes_at(number * BLOCK, 1)
    assert len(file._blocks) <= BLOCKS_KEPT


async def test_an_endpoint_that_gives_less_than_asked_for_is_asked_again() -> None:
    file, _ = file_of(b"0123456789" * 100, most=7)
    assert await file.bytes_at(5, 10) == b"5678901234"


def test_wrapping_counts_cells_and_shows_controls() -> None:
    assert wrap("全角全角\n".encode(), 6) == ["全角全", "角"]
    assert wrap(b"a\tb\x1b[0m\xff\r\n", 40) == ["a       b␛[0m\\xff"]


async def test_hexadecimal_rows() -> None:
    file, _ = file_of(b"ABC\x00\x1b\xff" + b"g" * 12)
    rows = await hex_rows(file, 0, 80, 5)
    assert rows[0].startswith("00000000  41 42 43 00 1b ff 67 67  67 ")
    assert rows[0].endswith("ABC···gggggggggg")
    assert rows[1].startswith("00000010  67 67 ")
