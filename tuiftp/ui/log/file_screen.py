"""A saved log, opened offline: what it says, the exchange view, what the rules find in it, and its filter."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tuiftp.protocol.text import shown
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.diagnosis.finding_box import FindingBox
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.log.rows import LogRow
from tuiftp.ui.log.view import LogView
from tuiftp.ui.services import LogServices
from tuiftp.ui.settings.keymap import usable_keymap
from tuiftp.wirelog.findings import Finding

_SLICE = 0.012
"""Seconds of reading between two turns of the event loop."""


class LogFileScreen(Screen[None]):
    """The log panel over the whole screen, with the findings below it."""

    DEFAULT_CSS = """
    LogFileScreen {
        background: $background;
        & LogPanel { height: 1fr; }
        & #log-file-head { height: 1; background: $panel; color: $foreground; padding: 0 1; }
        & #log-file-keys { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,f10,ctrl+q", "leave", "Leave", show=False),
        Binding("F,tab", "next_finding", "Next finding", show=False),
    ]

    def __init__(self, services: LogServices, *, name: str, note: str, has_times: bool = True) -> None:
        """Makes the screen.

        Args:
            services: With a recorder that holds the log.
            name: What the log is called.
            note: Who wrote it, and what was odd about it.
            has_times: Whether its times are real.
        """
        super().__init__()
        self._services = services
        self._title, self._note = name, note
        self._has_times = has_times
        self.panel = LogPanel(services)
        """The log."""
        self.panel.is_saved = True
        self._box = FindingBox()
        self._place = -1
        self._rows: deque[LogRow] = deque()

    def compose(self) -> ComposeResult:
        """What it is, the log, the findings."""
        yield Static(Content(f"{shown(self._title)}   {shown(self._note)}"), id="log-file-head", markup=False)
        yield self.panel
        yield self._box
        keys = "Enter explain  e exchange  / query  F finding  n next  r report  q leave"
        yield Static(Content(keys), id="log-file-keys", markup=False)

    def on_mount(self) -> None:
        """Goes to the beginning, and begins to read the log through."""
        self.panel.inspector.note = f"{self._title} ({self._note})"
        self.panel.inspector.has_times = self._has_times
        self.panel.view.lines.set_layout(has_times=self._has_times)
        self.panel.view.pause = 0.001
        self.panel.view.focus()
        self.set_timer(0.01, self._diagnose)

    def _diagnose(self) -> None:
        """Reads a slice for the exchange view and the rules, between two turns of the event loop."""
        lines, source = self.panel.inspector.lines, self.panel.view.lines
        if not self._rows:
            self._rows.extend(source.since(lines.next))
        end = monotonic() + _SLICE
        while self._rows and monotonic() < end:
            row = self._rows.popleft()
            if row.number >= lines.next:  # the exchange view reads the same
                lines.feed(row.record)
        if self._rows or lines.next < source.next_number or self.panel.view.unread:
            self.set_timer(0.005, self._diagnose)
            return
        lines.diagnosis.finish()
        if self.findings:
            self._show(0)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found so far, in the order of the log."""
        found = self.panel.inspector.lines.diagnosis.findings
        return tuple(sorted(found, key=lambda one: one.evidence[:1]))

    def action_next_finding(self) -> None:
        """Shows the next finding, and goes to what it rests on."""
        if not self.findings:
            self.notify("Nothing was found.", markup=False)
            return
        self._show((self._place + 1) % len(self.findings))
        if evidence := self.findings[self._place].evidence:
            self.panel.view.show_record(evidence[0])

    def _show(self, place: int) -> None:
        self._place = place
        count = len(self.findings)
        hint = f"{place + 1} of {count}  ·  F next" if count > 1 else "F goes there"
        self._box.show(self.findings[place], hint=hint)

    @on(LogView.Moved)
    def _moved(self) -> None:
        row = self.panel.view.cursor
        for place, finding in enumerate(self.findings):
            if row is not None and row.number in finding.evidence and place != self._place:
                self._show(place)
                return

    def action_leave(self) -> None:
        """Leaves."""
        self.dismiss(None)

    def command_target(self, scope: Scope) -> DOMNode | None:
        """The log's commands, and the app's."""
        return self.panel if scope is Scope.LOG else None

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        return usable_keymap(self._services.settings)
