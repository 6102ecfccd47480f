"""A bare Textual app: as many widgets as the main screen has, in the same kind of layout, and nothing behind them."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

PAINTED = "All is painted"
"""The text of its last line."""
WIDGETS = 27
"""How many widgets it has."""


class BareApp(App[None]):
    """Two panes, two panels, a line above and a line below."""

    CSS = """
    Horizontal, Vertical { height: 1fr; }
    Vertical { width: 1fr; border: round $primary; }
    Static, Input { height: 1; }
    .list { height: 1fr; }
    .bar { height: auto; border: none; display: none; }
    """

    def compose(self) -> ComposeResult:
        """As many as the main screen has."""
        yield Static("status")
        with Horizontal():
            for side in ("left", "right"):
                with Vertical():
                    yield Static("welcome")
                    yield Static("header")
                    yield Static(side, classes="list")
                    yield Static("notice")
        yield Static("banner")
        yield Static("tabs")
        with Horizontal():
            with Vertical():
                yield Static("transfers", classes="list")
                yield Static("curve")
            with Vertical():
                yield Static("log", classes="list")
                for _ in range(2):
                    with Vertical(classes="bar"):
                        yield Input()
                        yield Static("hint")
        yield Static(PAINTED)


if __name__ == "__main__":
    BareApp().run()
