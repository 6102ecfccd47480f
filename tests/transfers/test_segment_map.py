"""The record of a part with holes: ranges, seams, what is missing, and what is no record of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.transfers.segment_map import LONGEST, Ledger, digest

SIZE = 10_000
RANGES = st.lists(
    st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(lambda ends: (min(ends), max(ends))),
    max_size=12,
)


@given(RANGES)
def test_ranges_in_any_order_are_the_bytes_that_they_cover(ranges: list[tuple[int, int]]) -> None:
    ledger = Ledger(SIZE, ranges)
    bytes_there = {byte for start, end in ranges for byte in range(start, end)}
    assert ledger.held == len(bytes_there)
    assert {byte for start, end in ledger.done for byte in range(start, end)} == bytes_there
    missing = {byte for start, end in ledger.gaps() for byte in range(start, end)}
    assert missing == set(range(SIZE)) - bytes_there
    assert all(start < end for start, end in (*ledger.done, *ledger.gaps()))


@given(RANGES, st.integers(1, 8), st.integers(1, 5_000))
def test_pieces_are_what_is_missing(ranges: list[tuple[int, int]], number: int, smallest: int) -> None:
    ledger = Ledger(SIZE, ranges)
    pieces = ledger.pieces(number, smallest)
    assert Ledger(SIZE, pieces).done == Ledger(SIZE, ledger.gaps()).done
    assert sum(end - start for start, end in pieces) == SIZE - ledger.held
    assert len(pieces) <= max(number, len(ledger.gaps()))
    if len(pieces) > len(ledger.gaps()):
        assert min(end - start for start, end in pieces if (start, end) not in ledger.gaps()) >= smallest


def test_one_gap_is_cut_evenly() -> None:
    assert Ledger(900).pieces(3, 100) == [(0, 300), (300, 600), (600, 900)]
    assert Ledger(900).pieces(8, 400) == [(0, 450), (450, 900)]
    assert Ledger(900, [(0, 900)]).pieces(3, 100) == []


@given(RANGES, st.dictionaries(st.integers(1, SIZE), st.binary().map(digest), max_size=5))
def test_a_record_comes_back(ranges: list[tuple[int, int]], seams: dict[int, bytes]) -> None:
    ledger = Ledger(SIZE, ranges)
    ledger.seams.update(seams)
    found = Ledger.unpack(ledger.pack() + b"what lay there before", SIZE)
    assert found is not None
    assert (found.done, found.seams, found.size) == (ledger.done, seams, SIZE)
    assert len(ledger.pack()) <= LONGEST


@pytest.mark.parametrize("byte", range(0, 81, 3))
def test_one_byte_that_is_not_as_written_spoils_a_record(byte: int) -> None:
    record = bytearray(Ledger(SIZE, [(0, 100), (500, 600)]).pack())
    record[byte] ^= 1
    assert Ledger.unpack(bytes(record), SIZE) is None


def test_what_is_no_record_of_this_file() -> None:
    record = Ledger(SIZE, [(0, 100)]).pack()
    assert Ledger.unpack(record, SIZE + 1) is None
    assert all(Ledger.unpack(record[:length], SIZE) is None for length in range(len(record)))
    assert Ledger.unpack(b"", SIZE) is None
    assert Ledger.unpack(b"\xff" * 200, SIZE) is None


def test_it_is_complete_only_without_an_open_seam() -> None:
    ledger = Ledger(SIZE, [(0, SIZE)])
    assert ledger.is_complete
    ledger.seams[100] = digest(b"")
    assert not ledger.is_complete
