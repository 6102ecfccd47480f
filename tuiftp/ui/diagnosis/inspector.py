"""Inspector: opens what tells of the log (exchange view, explanation, probe, report) for whoever holds a log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.app import App

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.errors import TuiftpError
from tuiftp.files.site import Site
from tuiftp.protocol.text import shown
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import OPEN_SITES
from tuiftp.ui.log.view import LogView
from tuiftp.ui.services import LogServices
from tuiftp.ui.settings.keymap import usable_keymap
from tuiftp.wirelog.findings import Finding
from tuiftp.wirelog.probing import Advice

if TYPE_CHECKING:
    from tuiftp.ui.exchange.line_model import LadderLines
    from tuiftp.wirelog.findings import Finding
    from tuiftp.wirelog.probing import Advice, ProbeReport

KeepAdvice = Callable[["Advice"], Awaitable["str | None"]]
"""Has a saved site keep an advice; returns the name of the site, None where there is none."""
_NEAR = 4_000
"""Records that are diagnosed on the spot."""


async def keep_nowhere(advice: Advice) -> None:
    """Where no site is open there is no saved one."""


class Inspector:
    """What can be asked of one log, and of the site that it tells of, if that is open."""

    def __init__(
        self, app: App[Any], services: LogServices, log: LogView, *,
        site: Callable[[], Site | None] = lambda: None, keep_advice: KeepAdvice = keep_nowhere, note: str = "",
    ) -> None:  # fmt: skip
        """Begins.

        Args:
            app: Where screens are opened.
            services: What the screens stand on.
            log: The log's lines; a record is known by the number that they give it.
            site: The open site.
            keep_advice: Has the saved site that the open one was made of keep an advice; returns its name, if any.
            note: Where the log comes from, for the report.
        """
        self.app = app
        """Where screens are opened."""
        self.services = services
        """What the screens stand on."""
        self.log = log
        """The log's lines."""
        self.report: ProbeReport | None = None
        """What the last probe found."""
        self.note = note
        """Where the log comes from."""
        self.has_times = True
        """Whether the log's times are real: some programs write none."""
        self._site = site
        self._keep_advice = keep_advice
        self._lines: LadderLines | None = None
        self._generation = -1

    @property
    def site(self) -> Site | None:
        """The open site."""
        return self._site()

    @property
    def can_apply(self) -> bool:
        """Whether there is a site that something can be set for."""
        return self.site is not None and self.site.diagnostics is not None

    @property
    def can_probe(self) -> bool:
        """Whether there is a site to probe."""
        return self.site is not None and self.site.diagnostics is not None

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        return usable_keymap(self.services.settings)

    # -- the log ------------------------------------------------------------------------------------------

    @property
    def lines(self) -> LadderLines:
        """The diagram of the log, which goes on from where it was left."""
        from tuiftp.ui.exchange.line_model import LadderLines  # only needed when asked for

        source = self.log.lines
        oldest = source.since(0)[:1]
        first = oldest[0].number if oldest else source.next_number
        is_stale = self._lines is None or self._generation != source.generation or self._lines.next < first
        if is_stale or self._lines is None:
            self._lines = LadderLines(first)
            self._generation = source.generation
        return self._lines

    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the log, with evidence counted as the log's records are."""
        lines = self.lines
        for row in self.log.lines.since(lines.next):
            lines.feed(row.record)
        return lines.diagnosis.findings

    def findings_of(self, record: int) -> list[Finding]:
        """The findings that a record is evidence of, or that it tells; cheap in a log of any length."""
        from tuiftp.wirelog.findings import Diagnosis  # only needed when asked for

        lines = self.lines
        if self.log.lines.next_number - lines.next <= _NEAR:
            found = self.findings()
        else:
            first = max(lines.next, record - _NEAR)
            rows = [row for row in self.log.lines.since(first) if row.number < record + _NEAR // 4]
            first = rows[0].number if rows else first
            diagnosis = Diagnosis(first)
            for row in rows:
                diagnosis.feed(row.record)
            found = diagnosis.findings
        codes = {
            (row.record.code, row.record.conn) for row in self.log.lines.since(record)[:1] if row.record.code
        }
        return [one for one in found if record in one.evidence or (one.code, one.conn) in codes]

    def recommended(self, finding: Finding) -> Advice | None:
        """What can be set for the site; None where the cure lies elsewhere."""
        return recommended(finding)

    def open_exchange(self, record: int | None = None) -> None:
        """Opens the exchange view at a record; the log goes where it is left."""
        from tuiftp.ui.exchange.screen import ExchangeScreen  # only needed when asked for

        self.app.push_screen(ExchangeScreen(self, self.lines, record=record), self._go_to)

    def _go_to(self, record: int | None) -> None:
        if record is not None:
            self.log.show_record(record)

    def explain(self, record: int) -> None:
        """Opens the explanation of a record."""
        from tuiftp.ui.log.explanation_screen import ExplanationScreen  # only needed when asked for

        self.app.push_screen(ExplanationScreen(self, record), self._go_to)

    def write_report(self) -> None:
        """Asks where to, and writes a support report."""
        from tuiftp.ui.log.report_dialog import ask_and_write  # only needed when asked for

        ask_and_write(self)

    # -- the site -----------------------------------------------------------------------------------------

    def open_probe(self) -> None:
        """Opens the probe of the open site."""
        from tuiftp.ui.diagnosis.probe_screen import ProbeScreen  # only needed when asked for

        if not self.can_probe:
            key = key_now(self.log, OPEN_SITES)
            self.app.notify(f"A probe needs a site: connect first ({key}).", markup=False)
            return
        self.app.push_screen(ProbeScreen(self))

    def apply(self, advice: Advice) -> None:
        """Puts what was recommended in force for the open site."""
        site = self.site
        if site is None or site.diagnostics is None:
            self.app.notify("Nothing to apply it to: no site is open.", markup=False)
            return
        site.diagnostics.prefer(advice)
        self.app.notify(f"Applied to {site.label}: {said(advice)}", markup=False)
        self.app.run_worker(self._keep(advice), group="keep advice", exit_on_error=False)

    async def _keep(self, advice: Advice) -> None:
        """Has the saved site that the connection was made of keep it too."""
        try:
            name = await self._keep_advice(advice)
        except TuiftpError as error:
            title = "The saved site does not keep it"
            self.app.notify(shown(str(error)), title=title, severity="warning", markup=False)
        else:
            if name is not None:
                self.app.notify(f"Kept in the site {shown(name)}", markup=False)


def said(advice: Advice) -> str:
    """What an advice sets, in a few words."""
    parts = [f"{advice.mode} mode"] if advice.mode is not None else []
    if advice.prefer_extended is not None:
        parts.append("EPSV and EPRT first" if advice.prefer_extended else "PASV and PORT first")
    if advice.passive_address is not None:
        parts.append(f"passive address “{advice.passive_address}”")
    if advice.active_address is not None:
        parts.append(f"active address {advice.active_address}")
    return ", ".join(parts) or "as it is"


_PASSIVE = Advice("use passive mode", ConnectionMode.PASSIVE)
_ACTIVE = Advice("use active mode", ConnectionMode.ACTIVE)
_BY_RULE = {
    "R1": Advice("connect to the server's own address", passive_address=AddressPolicy.SMART),
    "R2": Advice("connect to the server's own address", passive_address=AddressPolicy.PEER),
    "R3": Advice("connect to the announced address", passive_address=AddressPolicy.ANNOUNCED),
    "R4": _ACTIVE,
    "R5": _ACTIVE,
    "R6": Advice("prefer PASV to EPSV", prefer_extended=False),
    "R7": Advice("prefer EPSV and EPRT", prefer_extended=True),
    "R9": _PASSIVE,
    "R10": _PASSIVE,
    "R11": _PASSIVE,
    "R13": _PASSIVE,
    "R21": Advice("prefer EPSV and EPRT", prefer_extended=True),
    "R28": _ACTIVE,
    "R29": _ACTIVE,
    "R30": _ACTIVE,
}


def recommended(finding: Finding) -> Advice | None:
    """What can be set for the site; None where the cure lies elsewhere."""
    if finding.external is not None:
        return Advice(f"announce {finding.external} in active mode", active_address=finding.external)
    return _BY_RULE.get(finding.code)
