"""A window that shows one thing as a whole: a record of the log, a transfer. All text is literal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tuiftp.protocol.text import shown

Answer = TypeVar("Answer")
VALUE_LIMIT = 16_384
"""Characters of one value; nobody reads more in a window, and the saved log has it."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of the window."""

    label: str
    """What it is, in a word; empty: it goes on from the line above."""
    value: str
    """The text as it came; the window makes it visible."""
    tone: str = ""
    """How it is to look: `command`, `preliminary`, `reply`, `error`, `data`, `warning`, `note`, `done`."""


class DetailsWindow(ModalScreen[Answer]):
    """The base of windows that show labels and values, scrolled when they are long; `c` copies them, Esc closes."""

    DEFAULT_CSS = """
    DetailsWindow {
        align: center middle;

        & > VerticalScroll {
            width: 90%;
            max-width: 110;
            height: auto;
            max-height: 85%;
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
        & .-command { color: $wire-command; }
        & .-preliminary { color: $wire-preliminary; }
        & .-reply { color: $wire-reply; }
        & .-error { color: $wire-error; }
        & .-data { color: $wire-data; }
        & .-note { color: $wire-note; }
        & .-warning { color: $wire-warning; }
        & .-finding { color: $wire-warning; text-style: bold; }
        & .-done { color: $transfer-done; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    SCROLLS_BY_KEY = True
    """Whether the details have the focus, and the arrows scroll them."""

    def __init__(self, title: str, details: Sequence[Detail]) -> None:
        super().__init__()
        self._title = title
        self.details = tuple(details)
        """What is shown."""

    def compose(self) -> ComposeResult:
        """Lays out a row for each detail."""
        with VerticalScroll(can_focus=self.SCROLLS_BY_KEY) as box:
            box.border_title = Content(shown(self._title))
            box.border_subtitle = Content(self.keys_text)
            for detail in self.details:
                tone = f" -{detail.tone}" if detail.tone else ""
                with Horizontal():
                    yield Static(detail.label, markup=False, classes="details--label")
                    yield Static(visible(detail.value), markup=False, classes=f"details--value{tone}")
            yield from self.compose_below()

    @property
    def keys_text(self) -> str:
        """The keys."""
        return "c copy   Esc close"

    def compose_below(self) -> ComposeResult:
        """What stands below the details: nothing here."""
        yield from ()

    def action_close(self) -> None:
        """Closes the window."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copies what is shown, made visible, so that nothing in it acts on another terminal."""
        self.app.copy_to_clipboard(self.plain_text())
        self.notify("Copied", markup=False)

    def plain_text(self) -> str:
        """What is shown, as lines of text."""
        return "\n".join(f"{detail.label:<12}{visible(detail.value)}".rstrip() for detail in self.details)


class DetailsScreen(DetailsWindow[None]):
    """Nothing but the details; Enter closes it too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "close", "Close", show=False)]


def visible(value: str) -> str:
    """A value as it is shown: nothing in it acts, and no more of it than anybody reads."""
    text = shown(value[:VALUE_LIMIT])
    return f"{text}… ({len(value):,} characters)" if len(value) > VALUE_LIMIT else text
