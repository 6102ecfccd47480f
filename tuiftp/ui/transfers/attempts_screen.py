"""All about a transfer, and every attempt at it: Enter leads to an attempt's lines in the protocol log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tuiftp.protocol.text import shown
from tuiftp.transfers.model import Attempt
from tuiftp.ui.dialogs.details import Detail, visible

REASON_LIMIT = 2000
"""Characters of a reason that are shown."""


class AttemptsScreen(ModalScreen[Attempt | None]):
    """Labels and values, and under them the attempts, the last one chosen. Esc closes, `c` copies."""

    DEFAULT_CSS = """
    AttemptsScreen {
        align: center middle;

        & > VerticalScroll {
            width: 90%;
            max-width: 110;
            height: auto;
            max-height: 90%;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Horizontal { height: auto; }
        & .details--label { width: 12; color: $text-muted; }
        & .details--value { width: 1fr; height: auto; color: $foreground; }
        & .-error { color: $wire-error; }
        & .-warning { color: $wire-warning; }
        & .-done { color: $transfer-done; }
        & .details--heading { margin: 1 0 0 0; color: $text-muted; }
        & OptionList {
            height: auto; max-height: 12; border: none; padding: 0; background: $panel;
            scrollbar-size-vertical: 1;
            &:focus { border: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("enter", "open", "Show in the log", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    def __init__(self, title: str, details: Sequence[Detail], attempts: Sequence[Attempt]) -> None:
        super().__init__()
        self._title = title
        self.details = tuple(details)
        """What is shown of it."""
        self.attempts = tuple(attempts)
        """The attempts, oldest first."""

    def compose(self) -> ComposeResult:
        """Lays out a row for each detail, and a list of attempts."""
        with VerticalScroll(can_focus=False) as box:
            box.border_title = Content(shown(self._title))
            keys = "Enter shows its lines in the log   c copy   Esc close"
            box.border_subtitle = Content(keys if self.attempts else "c copy   Esc close")
            for detail in self.details:
                tone = f" -{detail.tone}" if detail.tone else ""
                with Horizontal():
                    yield Static(detail.label, markup=False, classes="details--label")
                    yield Static(visible(detail.value), markup=False, classes=f"details--value{tone}")
            if self.attempts:
                yield Static(
                    "Attempts, Enter leads to the protocol log:", markup=False, classes="details--heading"
                )
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

    def action_open(self) -> None:
        """Closes where there is no attempt to open."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Closes the window."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copies what is shown, made visible, so that nothing in it acts on another terminal."""
        lines = [f"{detail.label:<12}{visible(detail.value)}".rstrip() for detail in self.details]
        self.app.copy_to_clipboard("\n".join([*lines, *map(line_of, self.attempts)]))
        self.notify("Copied", markup=False)


def line_of(attempt: Attempt) -> str:
    """An attempt as a line: when it began, how long it took, on which connection, and why it ended."""
    at = f"{attempt.at.astimezone():%H:%M:%S}"
    conn = "   –" if attempt.conn is None else f"#{attempt.conn}".rjust(4)
    if attempt.ended is None:
        return f"{at} {conn}  runs"
    took = f"{max(0.0, (attempt.ended - attempt.at).total_seconds()):.1f} s".rjust(8)
    return f"{at} {conn} {took}  {shown((attempt.reason or 'done')[:REASON_LIMIT])}"
