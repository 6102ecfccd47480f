"""Diagnosis of the exchange as it goes on: every record goes through the rules, findings come back as records."""

from __future__ import annotations

from collections import deque
from typing import Final

from tuiftp.events import EventBus
from tuiftp.ftp.events import FindingArose, WireRecorded
from tuiftp.wirelog.findings import Diagnosis, Finding, finding_record
from tuiftp.wirelog.records import WireRecord

KEPT: Final = 2_000
"""Records that are kept to show as evidence."""


class LiveDiagnosis:
    """Listens to the protocol log on the bus until it is ended. One for the whole program."""

    def __init__(self, bus: EventBus, *, active_ports: tuple[int, int] | None = None) -> None:
        self._bus = bus
        self._diagnosis = Diagnosis(active_ports=active_ports)
        self._kept: deque[WireRecord] = deque(maxlen=KEPT)
        self._seen = 0
        self.end = bus.subscribe(WireRecorded, self._take)
        """Ends it."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return self._diagnosis.findings

    def _take(self, event: WireRecorded) -> None:
        record = event.record
        self._kept.append(record)
        self._seen += 1
        for finding in self._diagnosis.feed(record):
            self._bus.publish(FindingArose(finding, self._evidence(finding)))
            self._bus.publish(WireRecorded(finding_record(finding, record.at)))

    def _evidence(self, finding: Finding) -> tuple[WireRecord, ...]:
        first = self._seen - len(self._kept)
        return tuple(self._kept[index - first] for index in finding.evidence if index >= first)
