"""The findings of this run: for a transfer that failed, and for the address that a server offers."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuiftp.ftp.events import FindingArose
    from tuiftp.transfers.model import Attempt
    from tuiftp.ui.dialogs.details import Detail
    from tuiftp.wirelog.findings import Finding

_MOST = 200
_DATA = "data connection"
"""What our own words for a failure say where the data connection, not the file, was the matter."""
_WORKED_AROUND = frozenset({"R1", "R24", "R25"})
"""What Auto copes with: no reason for a failure of another kind."""
_BLOCKING = frozenset(
    [
        "R2",
        "R3",
        "R4",
        "R5",
        "R6",
        "R8",
        "R9",
        "R10",
        "R11",
        "R14",
        "R15",
        "R16",
        "R17",
        "R21",
        "R22",
        "R26",
        "R27",
    ]
)
"""What keeps data connections from coming about."""


class FindingsAtHand:
    """Keeps what was found last, and on which sites a server has named our address."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Finding, datetime | None]] = deque(maxlen=_MOST)
        self._offers: OrderedDict[str, Finding] = OrderedDict()

    def take(self, event: FindingArose) -> None:
        """Keeps a finding."""
        finding = event.finding
        self._kept.append((finding, event.evidence[-1].at if event.evidence else None))
        if finding.external is not None:
            self._offers[finding.site] = finding
            while len(self._offers) > _MOST:
                self._offers.popitem(last=False)

    def offer_of(self, url: str) -> Finding | None:
        """The finding in which a site (`ftp://user@host`) has named our external address; None if none has."""
        return self._offers.get(_end_of(url))

    def of_attempt(self, attempt: Attempt, url: str) -> Finding | None:
        """The finding that tells why an attempt at a transfer has failed; None if nothing was found.

        A finding is told once for a site, by the first transfer that meets it. So where the data connection has
        failed, what was found on the site before explains the later ones too.

        Args:
            attempt: The attempt.
            url: The site, `ftp://user@host`.
        """
        is_about_data = _DATA in (attempt.reason or "")
        own = [
            finding for finding, at in self._kept
            if finding.conn == attempt.conn and _is_within(attempt, at)
            and (is_about_data or finding.code not in _WORKED_AROUND)
        ]  # fmt: skip
        if not own and is_about_data:
            site = _end_of(url)
            own = [finding for finding, _ in self._kept if finding.site == site and finding.code in _BLOCKING]
        if not own:
            return None
        from tuiftp.wirelog.findings import ranked  # loaded with the first record of the log

        return ranked(own)[0]


def _end_of(url: str) -> str:
    from tuiftp.protocol.url import parse_url  # only needed when asked for
    from tuiftp.wirelog.ends import join_end

    target = parse_url(url)
    return join_end(target.host, target.port)


def _is_within(attempt: Attempt, at: datetime | None) -> bool:
    return at is not None and attempt.at <= at and (attempt.ended is None or at <= attempt.ended)


def finding_details(finding: Finding) -> Iterator[Detail]:
    """A finding as lines of a detail window."""
    from tuiftp.ui.dialogs.details import Detail  # only needed when asked for

    yield Detail("Finding", f"{finding.code} {finding.title}", "warning")
    yield Detail("", finding.verdict)
    if finding.advice:
        yield Detail("Advice", finding.advice)
