"""All about a transfer, and every attempt at it: Enter leads to an attempt's lines in the protocol log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tuiftp.protocol.text import shown
from tuiftp.transfers.model import Attempt
from tuiftp.ui.dialogs.details import Detail, DetailsWindow

REASON_LIMIT = 2000
"""Characters of a reason that are shown."""


class AttemptsScreen(DetailsWindow[Attempt | None]):
    """All about a transfer, and below it the attempts, the last one chosen."""

    DEFAULT_CSS = """
    AttemptsScreen {
        & > VerticalScroll { max-height: 90%; }
        & .details--heading { margin: 1 0 0 0; color: $text-muted; }
        & OptionList {
            height: auto; max-height: 12; border: none; padding: 0; background: $panel;
            scrollbar-size-vertical: 1;
            &:focus { border: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "close", "Close", show=False)]
    SCROLLS_BY_KEY = False

    def __init__(self, title: str, details: Sequence[Detail], attempts: Sequence[Attempt]) -> None:
        super().__init__(title, details)
        self.attempts = tuple(attempts)
        """The attempts, oldest first."""

    @property
    def keys_text(self) -> str:
        """The keys."""
        keys = super().keys_text
        return f"Enter shows its lines in the log   {keys}" if self.attempts else keys

    def compose_below(self) -> ComposeResult:
        """A list of attempts."""
        if self.attempts:
            heading = "Attempts, Enter leads to the protocol log:"
            yield Static(heading, markup=False, classes="details--heading")
            yield OptionList(*(Option(Content(line_of(each))) for each in self.attempts))

    def on_mount(self) -> None:
        """Chooses the last attempt."""
        for attempts in self.query(OptionList):
            attempts.highlighted = len(self.attempts) - 1
            self.set_focus(attempts)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        attempt = self.attempts[event.option_index]
        if attempt.conn is None:
            self.notify("It came to no connection: there are no lines of it.", markup=False)
        else:
            self.dismiss(attempt)

    def plain_text(self) -> str:
        """What is shown, as lines of text."""
        return "\n".join([super().plain_text(), *map(line_of, self.attempts)])


def line_of(attempt: Attempt) -> str:
    """An attempt as a line: when it began, how long it took, on which connection, and why it ended."""
    at = f"{attempt.at.astimezone():%H:%M:%S}"
    conn = "   –" if attempt.conn is None else f"#{attempt.conn}".rjust(4)
    if attempt.ended is None:
        return f"{at} {conn}  runs"
    took = f"{max(0.0, (attempt.ended - attempt.at).total_seconds()):.1f} s".rjust(8)
    return f"{at} {conn} {took}  {shown((attempt.reason or 'done')[:REASON_LIMIT])}"
