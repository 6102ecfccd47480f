"""The dialog for the speed limits of all downloads and all uploads."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.rates import format_rate, parse_rate
from tuiftp.ui.dialogs.basic import FieldDialog

HELP = "Bytes a second, as 500k or 2M; empty: no limit."
"""How to type a limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes a second; None: no limit."""

    down: int | None
    """All downloads together."""
    up: int | None
    """All uploads together."""


class LimitsDialog(FieldDialog[Limits]):
    """Two fields. They hold for as long as the program runs."""

    DEFAULT_CSS = """
    LimitsDialog {
        & .limits--row { height: 1; margin: 1 0 0 0; }
        & .limits--row Static { width: 14; }
        & .limits--row Input { width: 1fr; margin: 0; }
    }
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__("Limit the speed of all", [HELP])
        self._limits = limits

    def compose_body(self) -> ComposeResult:
        """The fields and the buttons."""
        for id, label, rate in (("down", "Downloads", self._limits.down), ("up", "Uploads", self._limits.up)):
            with Horizontal(classes="limits--row"):
                yield Static(label, markup=False)
                yield Input(format_rate(rate), id=id, compact=True, placeholder="no limit")
        yield Static("", classes="dialog--problem", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Limit", id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def submit(self) -> None:
        """Gives the limits, if both can be read."""
        try:
            down, up = (parse_rate(self.query_one(f"#{id}", Input).value) for id in ("down", "up"))
        except ConfigurationError as error:
            self.say_problem(error.message)
        else:
            self.dismiss(Limits(down, up))


def problem_with(text: str) -> str | None:
    """What is wrong with a limit, for a `Prompt`; None: nothing."""
    try:
        parse_rate(text)
    except ConfigurationError as error:
        return error.message
    return None
