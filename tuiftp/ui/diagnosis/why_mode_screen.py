"""Why this mode: what was tried to open data connections to the site, when, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from tuiftp.files.site import Site
from tuiftp.protocol.text import shown
from tuiftp.ui.diagnosis.mode_history import LedgerBox, LedgerRow


def ledger_rows(site: Site | None) -> list[LedgerRow]:
    """The ledger of a site as rows, oldest first."""
    diagnostics = site.diagnostics if site is not None else None
    return [
        LedgerRow(str(step.command), f"{step.at.astimezone():%H:%M:%S}", step.ok, step.reason)
        for step in (diagnostics.mode_history() if diagnostics is not None else ())
    ]


class WhyModeScreen(ModalScreen[None]):
    """The ledger in a window; `f` forgets."""

    DEFAULT_CSS = """
    WhyModeScreen {
        align: center middle;

        & > VerticalScroll {
            width: 90%;
            max-width: 100;
            height: auto;
            max-height: 85%;
            background: $panel;
            scrollbar-size-vertical: 1;
        }
        & LedgerBox {
            height: auto;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 0 1;
        }
        & .ledger-row { layout: horizontal; height: auto; }
        & .ledger-command { width: 8; color: $wire-error; &.-ok { color: $wire-reply; } }
        & .ledger-at { width: 10; color: $text-muted; }
        & .ledger-reason { width: 1fr; height: auto; }
        & .settings-note { color: $text-muted; margin-top: 1; }
        & .ledger-offer { color: $wire-warning; padding: 0 2; width: 1fr; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("f", "forget_mode", "Forget", show=False),
        Binding("p", "probe", "Probe", show=False),
        Binding("a", "announce", "Announce", show=False),
    ]

    def __init__(
        self,
        site: str,
        rows: Callable[[], Sequence[LedgerRow]],
        *,
        forget: Callable[[], None],
        probe: Callable[[], None],
        offer: str | None = None,
        accept: Callable[[], None] = lambda: None,
    ) -> None:
        """Makes the window.

        Args:
            site: The site's label.
            rows: What was tried.
            forget: Forgets it.
            probe: Opens the probe.
            offer: Our external address as the server has named it, if it has.
            accept: Has it announced from now on.
        """
        super().__init__()
        self._site = site
        self._rows = rows
        self._forget = forget
        self._probe = probe
        self._offer = offer
        self._accept = accept

    def compose(self) -> ComposeResult:
        """The ledger."""
        with VerticalScroll():
            box = LedgerBox(self._rows, self._site)
            keys = "a announce it   " if self._offer else ""
            box.border_subtitle = Content(f"{keys}f forget   p probe   Esc close")
            yield box
            if self._offer:
                yield Label(
                    f"The server names {shown(self._offer)} as our address: a announces it in active mode.",
                    markup=False,
                    classes="ledger-offer",
                )

    def on_mount(self) -> None:
        """Puts the focus on the ledger."""
        self.query_one(LedgerBox).focus()

    async def action_forget_mode(self) -> None:
        """Forgets what was found out, so that the next data connection starts over."""
        self._forget()
        await self.query_one(LedgerBox).reload()

    def action_announce(self) -> None:
        """Takes the offer: the next PORT names the address that the server has named."""
        if self._offer is not None:
            self.dismiss(None)
            self._accept()

    def action_probe(self) -> None:
        """Tries every way anew."""
        self.dismiss(None)
        self._probe()

    def action_close(self) -> None:
        """Leaves."""
        self.dismiss(None)
