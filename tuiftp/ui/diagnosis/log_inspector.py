"""What screens about a log may ask of its inspector, which opens them: the log, its site, and other such screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.app import App

    from tuiftp.files.site import Site
    from tuiftp.ui.exchange.line_model import LadderLines
    from tuiftp.ui.log.view import LogView
    from tuiftp.ui.services import LogServices
    from tuiftp.wirelog.findings import Finding
    from tuiftp.wirelog.probing import Advice, ProbeReport


class LogInspector(Protocol):
    """An `Inspector` as the screens that it opens see it: they import this, and only it imports them."""

    app: App[Any]
    """Where screens are opened."""
    services: LogServices
    """What the screens stand on."""
    log: LogView
    """The log's lines; a record is known by the number that they give it."""
    report: ProbeReport | None
    """What the last probe found."""
    note: str
    """Where the log comes from."""
    has_times: bool
    """Whether the log's times are real."""

    @property
    def site(self) -> Site | None:
        """The open site."""
        ...

    @property
    def can_apply(self) -> bool:
        """Whether there is a site that something can be set for."""
        ...

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        ...

    @property
    def lines(self) -> LadderLines:
        """The diagram of the log."""
        ...

    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the log."""
        ...

    def findings_of(self, record: int) -> Sequence[Finding]:
        """The findings that a record is evidence of, or that it tells."""
        ...

    def recommended(self, finding: Finding) -> Advice | None:
        """What can be set for the site; None where the cure lies elsewhere."""
        ...

    def open_exchange(self, record: int | None = None) -> None:
        """Opens the exchange view at a record."""
        ...

    def explain(self, record: int) -> None:
        """Opens the explanation of a record."""
        ...

    def write_report(self) -> None:
        """Asks where to, and writes a support report."""
        ...

    def open_probe(self) -> None:
        """Opens the probe of the open site."""
        ...

    def apply(self, advice: Advice) -> None:
        """Puts what was recommended in force for the open site."""
        ...
