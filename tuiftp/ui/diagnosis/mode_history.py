"""The box that says why this way of opening data connections is in use here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from tuiftp.protocol.text import shown


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One way that was tried, and what came of it."""

    command: str
    """`PASV`, `EPSV`, `PORT` or `EPRT`."""
    at_text: str
    """When, as it is shown: `14:03:19`."""
    ok: bool
    """Whether a data connection came about."""
    reason: str
    """Why, or why not, in words."""


class LedgerBox(Vertical, can_focus=True):
    """Lists what was tried at the site; its key forgets it all, so that the next listing starts over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,delete", "screen.forget_mode", show=False)]

    def __init__(self, rows: Callable[[], Sequence[LedgerRow]], site: str) -> None:
        super().__init__(id="settings-ledger", classes="settings-box")
        self.border_title = Content(f"Why this mode · {shown(site)}" if site else "Why this mode")
        self._rows = rows

    def compose(self) -> ComposeResult:
        """A line for each way, or a sentence when there is none."""
        rows = self._rows()
        for row in rows:
            with Widget(classes="ledger-row"):
                sign = "✓" if row.ok else "✗"
                yield Label(
                    Content(f"{sign} {shown(row.command)}"), classes=f"ledger-command{' -ok' * row.ok}"
                )
                yield Label(Content(shown(row.at_text)), classes="ledger-at")
                yield Label(Content(shown(row.reason)), classes="ledger-reason")
        words = "f  forget and start over" if rows else "Nothing is remembered: the next listing finds out."
        yield Label(words, classes="settings-note", markup=False)

    async def reload(self) -> None:
        """Asks again what was tried."""
        await self.recompose()
