"""Diagnosis of the exchange as it goes on: every record goes through the rules, findings come back as records."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from tuiftp.events import EventBus
from tuiftp.ftp.events import FindingArose, WireRecorded
from tuiftp.wirelog.records import WireRecord

if TYPE_CHECKING:
    from tuiftp.wirelog.findings import Diagnosis, Finding

KEPT: Final = 2_000
"""Records that are kept to show as evidence."""


class LiveDiagnosis:
    """Listens to the protocol log on the bus until it is ended. One for the whole program."""

    def __init__(self, bus: EventBus, *, active_ports: tuple[int, int] | None = None) -> None:
        self._bus = bus
        self._active_ports = active_ports
        self._diagnosis: Diagnosis | None = None
        self._kept: deque[WireRecord] = deque(maxlen=KEPT)
        self._seen = 0
        # Aside: whole transfers that went well are told to whoever shows them, and change no finding.
        self.end = bus.subscribe(WireRecorded, self._take, is_aside=True)
        """Ends it."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return self._diagnosis.findings if self._diagnosis is not None else ()

    def _take(self, event: WireRecorded) -> None:
        from tuiftp.wirelog.findings import finding_record

        if self._diagnosis is None:
            self._diagnosis = self._begun()
        record = event.record
        self._kept.append(record)
        self._seen += 1
        for finding in self._diagnosis.feed(record):
            self._bus.publish(FindingArose(finding, self._evidence(finding)))
            self._bus.publish(WireRecorded(finding_record(finding, record.at)))

    def _begun(self) -> Diagnosis:
        """The rules are loaded with the first record: the program is there sooner, and a connect is under way."""
        from tuiftp.wirelog.findings import Diagnosis

        return Diagnosis(active_ports=self._active_ports)

    def _evidence(self, finding: Finding) -> tuple[WireRecord, ...]:
        first = self._seen - len(self._kept)
        return tuple(self._kept[index - first] for index in finding.evidence if index >= first)
