"""The probe in the app: every way to open a data connection is tried, shown as it comes, and judged."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import fit, shown
from tuiftp.ui.diagnosis.finding_box import advice_content
from tuiftp.ui.diagnosis.log_inspector import LogInspector
from tuiftp.wirelog.probing import ProbeReport, ProbeRow, WayVerdict

Piece = Content | tuple[str, str]
_WIDTHS = (6, 6, 27, 19, 9, 9, 8)
_NARROW = (4, 5, 26, 16, 7, 0, 7)
"""In 80 columns there are no bytes: a row that is wrapped cannot be read."""
_HEADINGS = ("", "", "way", "verdict", "connect", "bytes", "TLS")


class ProbeScreen(ModalScreen[None]):
    """Runs a probe, shows the matrix, the findings, the recommendation and the remedies."""

    DEFAULT_CSS = """
    ProbeScreen {
        align: center middle;

        & > VerticalScroll {
            width: 96%;
            max-width: 124;
            height: 92%;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("a", "apply", "Apply", show=False),
        Binding("p", "again", "Again", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    def __init__(self, inspector: LogInspector) -> None:
        super().__init__()
        self._inspector = inspector
        self._rows: list[ProbeRow] = []
        self.report: ProbeReport | None = None
        """What came of it, once it is done."""
        self._problem = ""
        self._body = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """One text in a box."""
        with VerticalScroll():
            yield self._body

    def on_mount(self) -> None:
        """Begins."""
        self.action_again()

    # -- the work -----------------------------------------------------------------------------------------

    def action_again(self) -> None:
        """Probes anew."""
        self._rows, self.report, self._problem = [], None, ""
        self._show()
        self.run_worker(self._probe(), group="probe", exclusive=True, exit_on_error=False)

    async def _probe(self) -> None:
        site = self._inspector.site
        if site is None or site.diagnostics is None:
            self._problem = "No site is open."
            self._show()
            return
        try:
            self.report = await site.diagnostics.probe(self._take)
            self._inspector.report = self.report
        except TuiftpError as error:
            self._problem = str(error)
        self._show()

    def _take(self, row: ProbeRow) -> None:
        self._rows.append(row)
        self._show()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tells a mistake of ours."""
        if event.state is WorkerState.ERROR:
            self._problem = f"This should not have happened: {event.worker.error!r}"
            self._show()

    # -- keys ---------------------------------------------------------------------------------------------

    def action_apply(self) -> None:
        """Sets what is recommended for this site."""
        if self.report is None:
            self.notify("The probe is not done yet.", markup=False)
        elif self.report.advice.mode is None:
            self.notify("No way works: there is nothing to set.", markup=False)
        else:
            self._inspector.apply(self.report.advice)

    def action_copy(self) -> None:
        """Copies the report as text."""
        from tuiftp.wirelog.probing.text import render_report  # only needed when asked for

        if self.report is not None:
            self.app.copy_to_clipboard("\n".join(render_report(self.report)))
            self.notify("Copied", markup=False)

    def action_close(self) -> None:
        """Leaves; a probe under way is cancelled, and closes what it has opened."""
        self.workers.cancel_group(self, "probe")
        self.dismiss(None)

    # -- what it says -------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Wraps what it says anew."""
        self._show()

    def _show(self) -> None:
        site = self._inspector.site
        box = self.query_one(VerticalScroll)
        box.border_title = Content(f"Probe  {shown(site.label) if site else ''}")
        keys = "a apply to this site   p again   c copy   Esc close" if self.report else "Esc cancels"
        box.border_subtitle = Content(keys)
        self._body.update(Content.assemble(*self._pieces(max(40, self._body.size.width or 76))))

    def _pieces(self, width: int) -> Iterator[Piece]:
        report = self.report
        rows = list(report.rows) if report is not None else self._rows
        if report is None:
            done = f"{len(rows)} ways tried" if rows else "logging in"
            yield (f"⋯ {done} …\n", "$wire-note")
        if self._problem:
            yield (f"✗ {shown(self._problem)}\n", "$wire-error")
        if report is not None and report.greeting:
            software = f"{report.software}: " if report.software else ""
            yield (f"{software}{shown(report.greeting)}\n", "$text-muted")
        if rows:
            yield from _matrix(rows, width)
        if report is not None:
            yield from _conclusions(report, width)


def _matrix(rows: list[ProbeRow], width: int) -> Iterator[Piece]:
    widths = _WIDTHS if sum(_WIDTHS) + len(_WIDTHS) <= width else _NARROW
    yield (_columns(_HEADINGS, widths) + "\n", "$text-muted")
    for row in rows:
        tls = {True: "resumed", False: "anew", None: ""}[row.tls_resumed]
        cells = (
            row.family.value, row.security.value, row.way.value, f"{_sign(row)} {row.verdict.value}",
            "" if row.connect_ms is None else f"{row.connect_ms:.0f} ms",
            "" if row.bytes is None else f"{row.bytes:,}", tls,
        )  # fmt: skip
        style = {"✓": "$wire-reply", "·": "$text-muted", "✗": "$wire-error"}[_sign(row)]
        yield (_columns(cells, widths) + "\n", style)
        if row.verdict.is_failure:
            for line in textwrap.wrap(shown(row.reason), max(20, width - 16)):
                yield (f"{' ' * 14}{line}\n", "$text-muted")


def _sign(row: ProbeRow) -> str:
    return "✓" if row.verdict is WayVerdict.OK else "✗" if row.verdict.is_failure else "·"


def _columns(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    return " ".join(fit(cell, width) for cell, width in zip(cells, widths, strict=True) if width).rstrip()


def _conclusions(report: ProbeReport, width: int) -> Iterator[Piece]:
    if report.login_error is not None:
        yield (f"\n✗ Nobody could log in: {shown(report.login_error)}\n", "$wire-error")
    for problem in report.problems:
        yield (f"\n⚠ {shown(problem)}\n", "$wire-warning")
    if report.advice.text:
        yield ("\nRecommendation  ", "bold $accent")
        yield (f"{shown(report.advice.text)}\n", "$foreground")
    for finding in report.findings:
        head = f"Finding {finding.code}: {shown(finding.title)}   sure: {finding.confidence}"
        yield (f"\n{head}\n", "bold $wire-warning")
        yield advice_content(finding, width)
        yield ("\n", "")
    if report.remedies:
        yield ("\nWhat would mend what failed\n", "bold $accent")
    for remedy in report.remedies:
        yield (
            f"{remedy.where.value.capitalize()}, {remedy.product}: {shown(remedy.purpose)}\n",
            "$foreground",
        )
        for line in remedy.lines:
            yield (f"    {shown(line)}\n", "$wire-data")
