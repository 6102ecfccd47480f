"""Views that grow many times a second cost a repaint of theirs, not a layout of the screen."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from tests.ui.log.test_panel import SIZE, host, numbered, view
from tests.ui.panel_host import lines_of, record, until
from tuiftp.ui.log.line_model import AT_ONCE


async def test_a_log_that_grows_lays_out_no_screen_and_its_scroll_bar_knows_how_long_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(30))
        await until(pilot, lambda: "line 29" in lines_of(view(app))[-1])
        laid_out: list[str] = []
        whole = Screen._refresh_layout

        def counted(self: Screen[object], *size: Any, **how: Any) -> None:
            laid_out.append("all")
            whole(self, *size, **how)

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        for start in range(30, 130, 10):
            app.send(numbered(10, start=start))
            await until(pilot, lambda last=start + 9: f"line {last}" in lines_of(view(app))[-1])  # type: ignore[misc]
        assert laid_out == []
        bar = view(app).vertical_scrollbar
        assert bar.window_virtual_size == view(app).virtual_size.height == 130
        assert bar.position == view(app).max_scroll_y == 130 - view(app).size.height


async def test_a_tenth_connection_in_a_long_log_leaves_no_record_out_of_it() -> None:
    """Its number is wider, so that all lines are laid out anew: of many, some at once and the rest by and by."""
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(AT_ONCE + 1500))
        await until(pilot, lambda: len(view(app).lines) == AT_ONCE + 1500)
        app.send([record("220 ready", conn=10, after=AT_ONCE + 1500)])
        await until(pilot, lambda: len(view(app).lines) == AT_ONCE + 1501)
        await until(pilot, lambda: view(app).lines.unplaced == 0)
        assert "220 ready" in lines_of(view(app))[-1]
