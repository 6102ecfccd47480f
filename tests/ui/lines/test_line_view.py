"""Views of many lines: they scroll as little as needed, draw in their own styles, and know their own scrolling."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from tuiftp.ui.lines.line_view import LineView

LINES = 100


class Numbers(LineView, can_focus=True):
    """Draws the number of each line."""

    DEFAULT_CSS = "Numbers { & > .numbers--name { color: red; } }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"numbers--name"}
    STYLES = "numbers"

    def __init__(self) -> None:
        super().__init__()
        self.scrolled: list[int] = []

    def render_line(self, y: int) -> Strip:
        return self._draw([("name", f"line {self.scroll_offset.y + y}")], self.rich_style)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._is_settling:
            self.scrolled.append(round(new_value))

    def grow(self, height: int) -> None:
        self._set_height(height)

    def show(self, first: int, count: int = 1) -> int:
        self._show_lines(first, count)
        return self.scroll_offset.y


class NumbersApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = Numbers()

    def compose(self) -> ComposeResult:
        yield self.numbers


async def begin(app: NumbersApp, pilot: Pilot[Any]) -> Numbers:
    await pilot.pause()
    app.numbers.grow(LINES)
    return app.numbers


@pytest.mark.parametrize(
    ("first", "count", "top"),
    [
        (0, 1, 0),
        (9, 1, 0),
        (10, 1, 1),
        (10, 5, 5),
        (99, 1, 90),
        (30, 25, 30),
    ],
)
async def test_lines_come_into_sight_with_as_little_scrolling_as_needed(
    first: int, count: int, top: int
) -> None:
    app = NumbersApp()
    async with app.run_test(size=(20, 10)) as pilot:
        view = await begin(app, pilot)
        assert view.show(first, count) == top
        assert view.show(first, count) == top  # once more moves nothing
        assert view.show(0) == 0


async def test_what_the_view_scrolls_itself_is_not_the_users_scrolling() -> None:
    app = NumbersApp()
    async with app.run_test(size=(20, 10)) as pilot:
        view = await begin(app, pilot)
        view.show(50)
        view.grow(20)
        assert view.scrolled == []
        view.scroll_to(y=3, animate=False, immediate=True)
        assert view.scrolled[-1:] == [3]


async def test_a_line_is_as_wide_as_the_view_and_has_its_parts_style() -> None:
    app = NumbersApp()
    async with app.run_test(size=(20, 10)) as pilot:
        view = await begin(app, pilot)
        view.show(99)
        strip = view.render_line(9)
        assert strip.text.startswith("line 99")
        assert strip.cell_length == view.scrollable_content_region.width
        assert next(segment.style and segment.style.color for segment in strip) == (
            view.get_component_rich_style("numbers--name").color
        )
