"""The part of the main screen that shows, hides and resizes the panels, and goes to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen
from textual.widget import Widget

from tuiftp.ui.main.panel_tabs import PanelTabs
from tuiftp.ui.panes.pane import Pane

if TYPE_CHECKING:
    from tuiftp.ui.log.panel import LogPanel
    from tuiftp.ui.transfers.panel import TransfersPanel

_LEAST, _MOST, _STEP = 20, 75, 5


class PanelActions(Screen[None]):
    """Commands and messages about the transfers and the protocol log."""

    transfers: TransfersPanel
    """The transfers; once the engine is there."""
    log_panel: LogPanel
    """The protocol log; once the engine is there."""
    _panels: Sequence[Widget] = ()
    _height: int | None = None
    _active: Pane
    _tabs: PanelTabs

    def action_focus_transfers(self) -> None:
        """Goes to the transfers, or back."""
        self._focus_panel(0)

    def action_focus_log(self) -> None:
        """Goes to the log, or back."""
        self._focus_panel(1)

    def _focus_panel(self, index: int) -> None:
        panel = self._panels[index]
        if panel.has_focus_within:
            self._active.list.focus()
            return
        self.remove_class("-no-panels")
        self._choose_panel(index)
        target = next((widget for widget in panel.query("*") if widget.focusable), None)
        if target is not None:
            target.focus()

    def reveal(self, panel: TransfersPanel | LogPanel) -> None:
        """Shows a panel and goes to it."""
        self.remove_class("-no-panels")
        self._choose_panel(self._panels.index(panel))
        self.set_focus(panel.view)

    def _choose_panel(self, index: int) -> None:
        self._tabs.choose(index)
        for place, panel in enumerate(self._panels):
            panel.set_class(place != index, "-unchosen", update=panel.is_attached)

    @on(PanelTabs.Chosen)
    def _on_tab(self, event: PanelTabs.Chosen) -> None:
        self._choose_panel(event.index)

    def action_toggle_panels(self) -> None:
        """Hides the panels, or shows them."""
        if any(panel.has_focus_within for panel in self._panels):
            self._active.list.focus()
        self.toggle_class("-no-panels")

    def action_grow_panels(self) -> None:
        """Makes the panels higher."""
        self._resize_panels(_STEP)

    def action_shrink_panels(self) -> None:
        """Makes the panels lower."""
        self._resize_panels(-_STEP)

    def _resize_panels(self, step: int) -> None:
        present = self._height or (38 if self.has_class("-narrow") else 46)
        self._height = max(_LEAST, min(_MOST, present + step))
        self.query_one("#panels").styles.height = f"{self._height}%"
