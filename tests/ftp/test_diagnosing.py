"""Findings arise while the exchange goes on, each after the record that gave rise to it."""

from __future__ import annotations

from tests.support.scripted import ScriptedServer, quirks
from tests.support.sites import open_site
from tuiftp.events import EventBus
from tuiftp.ftp.diagnosing import LiveDiagnosis
from tuiftp.ftp.events import FindingArose, WireRecorded
from tuiftp.wirelog.records import RecordKind, WireRecord


def watched() -> tuple[EventBus, LiveDiagnosis, list[WireRecord], list[FindingArose]]:
    bus = EventBus()
    diagnosis = LiveDiagnosis(bus)
    records: list[WireRecord] = []
    arose: list[FindingArose] = []
    bus.subscribe(WireRecorded, lambda event: records.append(event.record))
    bus.subscribe(FindingArose, arose.append)
    return bus, diagnosis, records, arose


async def test_a_finding_arises_from_a_real_exchange() -> None:
    bus, diagnosis, records, arose = watched()
    async with (
        ScriptedServer({"a.txt": b"x"}, [quirks.announce("10.9.8.7")]) as server,
        open_site(server) as opened,
    ):
        await opened.names()
        for record in tuple(opened.records):
            bus.publish(WireRecorded(record))
    assert [event.finding.code for event in arose] == ["R1"]
    assert [finding.code for finding in diagnosis.findings] == ["R1"]
    place = next(n for n, record in enumerate(records) if record.kind is RecordKind.FINDING)
    assert records[place - 1].text.startswith("227 ")
    assert records[place - 1] in arose[0].evidence


async def test_what_has_ended_listens_no_more() -> None:
    bus, diagnosis, records, arose = watched()
    diagnosis.end()
    async with (
        ScriptedServer({"a.txt": b"x"}, [quirks.announce("10.9.8.7")]) as server,
        open_site(server) as opened,
    ):
        await opened.names()
        for record in tuple(opened.records):
            bus.publish(WireRecorded(record))
    assert records
    assert not arose
