"""The findings of this run, by control connection: for the banner, and for a transfer that failed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuiftp.ftp.events import FindingArose
    from tuiftp.ui.screens.details import Detail
    from tuiftp.wirelog.findings import Finding

_MOST = 500


class FindingsAtHand:
    """Keeps what was found last on each control connection."""

    def __init__(self) -> None:
        self._by_conn: OrderedDict[int, Finding] = OrderedDict()
        self._offers: OrderedDict[str, Finding] = OrderedDict()

    def take(self, event: FindingArose) -> None:
        """Keeps a finding."""
        conn = event.finding.conn
        self._by_conn.pop(conn, None)
        self._by_conn[conn] = event.finding
        while len(self._by_conn) > _MOST:
            self._by_conn.popitem(last=False)
        if event.finding.external is not None:
            self._offers[event.finding.site] = event.finding
            while len(self._offers) > _MOST:
                self._offers.popitem(last=False)

    def offer_of(self, url: str) -> Finding | None:
        """The finding in which a site (`ftp://user@host`) has named our external address; None if none has."""
        from tuiftp.protocol.url import parse_url  # only needed when asked for
        from tuiftp.wirelog.ends import join_end

        target = parse_url(url)
        return self._offers.get(join_end(target.host, target.port))

    def of_conn(self, conn: int | None) -> Finding | None:
        """What was found on a control connection, as that of a transfer's attempt; None if nothing was."""
        return self._by_conn.get(conn) if conn is not None else None

    def details_of(self, conn: int | None) -> Iterator[Detail]:
        """The same as lines of a detail window."""
        from tuiftp.ui.screens.details import Detail  # only needed when asked for

        if (finding := self.of_conn(conn)) is not None:
            yield Detail("Finding", f"{finding.code} {finding.title}", "warning")
            yield Detail("", finding.verdict)
            if finding.advice:
                yield Detail("Advice", finding.advice)
