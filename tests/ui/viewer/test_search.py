"""Searching in the viewer: text and bytes, on and back, in big files, in little memory, and ended at any moment."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.ui.viewer import search as viewer_search
from tuiftp.ui.viewer.pages import BlockFile, Place, hex_rows, hex_span
from tuiftp.ui.viewer.screen import ViewerScreen
from tuiftp.ui.viewer.search import (
    WINDOW,
    Needle,
    find_above,
    find_below,
    hex_needle,
    text_needle,
    text_place,
)

SIZE = (80, 24)


class Reads:
    """A file in memory, or one that repeats itself."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.calls: list[tuple[int, int]] = []

    async def __call__(self, offset: int, limit: int) -> bytes:
        self.calls.append((offset, limit))
        return self.data[offset : offset + limit]


async def below(data: bytes, needle: Needle, start: int = 0) -> int | None:
    found = await find_below(Reads(data), needle, start, on_progress=lambda _: None)
    return found[0] if found else None


async def above(data: bytes, needle: Needle, before: int) -> int | None:
    found = await find_above(Reads(data), needle, before, on_progress=lambda _: None)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "data", "any_case", "at"),
    [
        ("error", b"one Error two", True, 4),
        ("error", b"one Error two error", False, 14),
        ("ÜBER", "grün über".encode(), True, 6),
        ("a.c", b"abc a.c", True, 4),
        ("\udcff", b"ab\xff", True, 2),
        ("nothing", b"one", True, None),
    ],
)
async def test_a_text_is_found_in_any_case_unless_told_otherwise(
    text: str, data: bytes, any_case: bool, at: int | None
) -> None:
    assert await below(data, text_needle(text, any_case=any_case)) == at


@pytest.mark.parametrize("typed", ["de ad be ef", "DEADBEEF", "0xde 0xad, 0xbe:0xef"])
async def test_bytes_are_found_however_they_are_written(typed: str) -> None:
    assert await below(b"\0" * 9 + b"\xde\xad\xbe\xef", hex_needle(typed)) == 9
    assert await below(b"say Hello", hex_needle('"Hello')) == 4


@pytest.mark.parametrize("typed", ["", "xyz", "d e a", "abc", "é"])
def test_what_is_no_bytes_is_refused_with_an_example(typed: str) -> None:
    if typed == "d e a":
        typed = "d e a d b"
    with pytest.raises(ValueError, match="de ad be ef"):
        hex_needle(typed)


@pytest.mark.parametrize("edge", [-3, -1, 0, 1])
@pytest.mark.parametrize("slice_bytes", [64, 1000])
async def test_no_place_is_missed_where_two_pieces_meet(
    edge: int, slice_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewer_search, "WINDOW", 1000)
    monkeypatch.setattr(viewer_search, "_SLICE", slice_bytes)
    needle = text_needle("needle", any_case=True)
    for middle in (64, 1000, 1024, 2000):
        data = bytearray(b"." * 5000)
        data[middle + edge : middle + edge + 6] = b"NEEDLE"
        assert await below(bytes(data), needle) == middle + edge
        assert await above(bytes(data), needle, 5000) == middle + edge
        assert await above(bytes(data), needle, middle + edge) is None
        assert await below(bytes(data), needle, middle + edge + 1) is None


async def test_going_on_and_back_meets_every_place() -> None:
    data, needle = b"aXaXaa" * 3, text_needle("aa", any_case=True)
    places, at = [], 0
    while (found := await below(data, needle, at)) is not None:
        places.append(found)
        at = found + 1
    assert places == [4, 5, 10, 11, 16]
    backwards, at = [], len(data)
    while (found := await above(data, needle, at)) is not None:
        backwards.append(found)
        at = found
    assert backwards == places[::-1]


async def test_a_big_file_is_read_window_by_window_and_others_get_their_turn() -> None:
    reads, turns = Reads(b"\n" * (WINDOW * 3) + b"end"), 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    found = await find_below(reads, text_needle("END", any_case=True), 0, on_progress=lambda _: None)
    other.cancel()
    assert found == (WINDOW * 3, WINDOW * 3 + 3)
    assert max(limit for _, limit in reads.calls) == WINDOW
    assert turns >= 3 * WINDOW // (256 * 1024)


async def test_a_place_is_the_row_in_which_it_stands() -> None:
    file = BlockFile(Reads(b"first\nsecond line that wraps\nthird"), None)
    assert await text_place(file, 0, 10) == Place(0, 0)
    assert await text_place(file, 6, 10) == Place(6, 0)
    assert await text_place(file, 6 + 12, 10) == Place(6, 1)
    assert await text_place(file, 29, 10) == Place(29, 0)


@pytest.mark.parametrize("offset", [0, 0x1_0000_0000])
async def test_bytes_that_were_found_are_marked_where_they_stand(offset: int) -> None:
    (row,) = await hex_rows(BlockFile(Reads(b"\0" * 6 + b"\xde\xad\xbe\xef" + b"\0" * 6), None), 0, 80, 1)
    row = f"{offset:08x}" + row[8:]
    ((start, end),) = hex_span((offset + 6, offset + 10), offset, 0, 80)
    assert row[start:end] == "de ad  be ef"
    assert hex_span((offset + 16, offset + 20), offset, 0, 80) == []


async def opened(pilot: Pilot[Any], app: BrowserHost) -> ViewerScreen:
    await ready(pilot, app.local)
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(app.screen, ViewerScreen) and " %" in text_of(app))
    assert isinstance(app.screen, ViewerScreen)
    return app.screen


def with_file(data: bytes) -> BrowserHost:
    here = FakeSite()
    here.add("/log.txt", data)
    return BrowserHost(here)


async def test_slash_searches_and_n_goes_on_and_back() -> None:
    app = with_file(b"".join(b"line %d%s\n" % (n, b" Alarm" if n % 100 == 50 else b"") for n in range(1000)))
    async with app.run_test(size=SIZE) as pilot:
        viewer = await opened(pilot, app)
        await pilot.press(*"/alarm", "enter")
        await until(pilot, lambda: "line 50 Alarm" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: "line 150 Alarm" in text_of(app))
        await pilot.press("N")
        await until(pilot, lambda: "line 50 Alarm" in text_of(app))
        await pilot.press("N")
        await until(pilot, lambda: "not found above" in text_of(app))
        await pilot.press("c", "home", "n")
        await until(pilot, lambda: "not found below" in text_of(app))
        assert not viewer.query_one(Input).display
        await pilot.press("end")
        await until(pilot, lambda: "100 %" in text_of(app))


async def test_f7_in_hexadecimal_searches_for_bytes_and_says_what_they_look_like() -> None:
    app = with_file(b"\0" * 5000 + b"\xde\xad" + b"\0" * 5000)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("f7", *"nonsense", "enter")
        await until(pilot, lambda: "de ad be ef" in text_of(app))
        app.screen.query_one(Input).value = "dead"
        await pilot.press("enter")
        await until(pilot, lambda: "de ad" in text_of(app) and "00001380" in text_of(app))


async def test_escape_ends_a_search_then_the_field_then_the_viewer() -> None:
    app = with_file(b"x" * 100)
    async with app.run_test(size=SIZE) as pilot:
        viewer = await opened(pilot, app)
        gate = asyncio.Event()

        async def slow(offset: int, limit: int) -> bytes:
            await gate.wait()
            return b""

        viewer._read = slow
        await pilot.press(*"/y", "enter")
        await until(pilot, lambda: viewer._is_searching)
        began = time.monotonic()
        await pilot.press("escape")
        await until(pilot, lambda: "the search was cancelled" in text_of(app))
        assert time.monotonic() - began < 5
        await pilot.press("/")
        await until(pilot, lambda: viewer.query_one(Input).display)
        await pilot.press("escape")
        assert not viewer.query_one(Input).display
        assert app.screen is viewer
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
