"""What the main screen does with findings: a banner as they arise, why this mode, the probe of the site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuiftp.files.site import Site
from tuiftp.ftp.events import FindingArose
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import OPEN_SITES
from tuiftp.ui.diagnosis.banner import FindingBanner
from tuiftp.ui.log.panel import LogPanel
from tuiftp.wirelog.records import RecordKind

if TYPE_CHECKING:
    from tuiftp.ui.main.context import MainScreen
    from tuiftp.wirelog.findings import Finding


class Diagnosing:
    """The banner, and the screens about the open site."""

    def __init__(self, screen: MainScreen, log: LogPanel, *, forget_mode: Callable[[], None]) -> None:
        """Begins.

        Args:
            screen: The main screen.
            log: The protocol log, whose inspector opens the screens.
            forget_mode: Forgets which way of opening data connections worked at the open site.
        """
        self.banner = FindingBanner()
        """The line that says that something was found."""
        self._screen = screen
        self._log = log
        self._forget_mode = forget_mode

    def on_findings(self, events: Sequence[FindingArose]) -> None:
        """Takes what was found."""
        for event in events:
            self._screen.services.findings.take(event)
            self.banner.tell(event.finding)

    def open_finding(self) -> None:
        """Opens the exchange view where the newest finding is written in the log."""
        finding = self.banner.finding
        if finding is None:
            self._screen.app.notify("Nothing was found, or all of it was dismissed.", markup=False)
            return
        rows = self._log.view.lines.since(0)
        told = (
            row.number for row in reversed(rows)
            if row.record.kind is RecordKind.FINDING
            and (row.record.code, row.record.conn) == (finding.code, finding.conn)
        )  # fmt: skip
        self._log.inspector.open_exchange(next(told, None))

    def why_mode(self) -> None:
        """Shows why data connections are opened as they are."""
        from tuiftp.ui.diagnosis.why_mode_screen import (  # only needed when asked for
            WhyModeScreen,
            ledger_rows,
        )

        site: Site | None = self._screen.site
        if site is None:
            self._screen.app.notify(
                f"Connect to a site first ({key_now(self._screen.server_pane, OPEN_SITES)}).", markup=False
            )
            return
        offer = self._screen.services.findings.offer_of(site.label)
        self._screen.app.push_screen(
            WhyModeScreen(
                site.label,
                lambda: ledger_rows(self._screen.site),
                forget=self._forget_mode,
                probe=self.probe,
                offer=offer.external if offer else None,
                accept=lambda: self._accept(offer),
            )
        )

    def _accept(self, offer: Finding | None) -> None:
        if offer is not None and (advice := self._log.inspector.recommended(offer)) is not None:
            self._log.inspector.apply(advice)

    def probe(self) -> None:
        """Opens the probe."""
        self._log.inspector.open_probe()
