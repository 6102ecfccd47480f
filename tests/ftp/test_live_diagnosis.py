"""Findings arise while the exchange goes on, each after the record that gave rise to it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import pytest

from tests.support import netns
from tests.support.fixtures import StartServer
from tests.support.scripted import ScriptedServer, quirks
from tests.support.servers import Place, RunningServer
from tests.support.sites import open_site, rules
from tuiftp.errors import CommandRefused, ConnectionFailed, DataConnectionFailed, LoginRefused
from tuiftp.events import EventBus
from tuiftp.ftp.events import FindingArose, WireRecorded
from tuiftp.ftp.live_diagnosis import LiveDiagnosis
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.records import RecordKind, WireRecord


def watched() -> tuple[EventBus, LiveDiagnosis, list[WireRecord], list[FindingArose]]:
    bus = EventBus()
    diagnosis = LiveDiagnosis(bus)
    records: list[WireRecord] = []
    arrived: list[FindingArose] = []
    bus.subscribe(WireRecorded, lambda event: records.append(event.record))
    bus.subscribe(FindingArose, arrived.append)
    return bus, diagnosis, records, arrived


async def test_a_finding_arises_from_a_real_exchange() -> None:
    bus, diagnosis, records, arrived = watched()
    async with (
        ScriptedServer({"a.txt": b"x"}, [quirks.announce("10.9.8.7")]) as server,
        open_site(server) as opened,
    ):
        await opened.names()
        for record in tuple(opened.records):
            bus.publish(WireRecorded(record))
    assert [event.finding.code for event in arrived] == ["R1"]
    assert [finding.code for finding in diagnosis.findings] == ["R1"]
    place = next(n for n, record in enumerate(records) if record.kind is RecordKind.FINDING)
    assert records[place - 1].text.startswith("227 ")
    assert records[place - 1] in arrived[0].evidence


async def test_what_has_ended_listens_no_more() -> None:
    bus, diagnosis, records, arrived = watched()
    diagnosis.end()
    async with (
        ScriptedServer({"a.txt": b"x"}, [quirks.announce("10.9.8.7")]) as server,
        open_site(server) as opened,
    ):
        await opened.names()
        for record in tuple(opened.records):
            bus.publish(WireRecorded(record))
    assert records
    assert not arrived


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_healthy_sessions_and_faults_of_files_find_nothing(
    ftp_server: RunningServer, mode: str
) -> None:
    ftp_server.put("a.txt", b"hello")
    async with open_site(ftp_server, rules=rules(mode), accept_timeout=5.0, drain_timeout=5.0) as opened:
        for _ in range(3):
            await opened.names()
        with pytest.raises(CommandRefused):
            await opened.endpoint.list("/no/such/directory")
        await opened.names()
    assert diagnose(opened.records) == ()


async def test_a_wrong_password_finds_nothing(ftp_server: RunningServer) -> None:
    # Pure-FTPd takes its time to refuse a password.
    async with open_site(ftp_server, password="wrong", connect=False, timeout=30.0) as opened:
        with pytest.raises((LoginRefused, ConnectionFailed)):
            await opened.site.connect()
    assert diagnose(opened.records) == ()


@dataclass(slots=True)
class Reached:
    """A server as the client reaches it."""

    host: str
    port: int


def found_in(network: netns.Network, start: StartServer, mode: str, close: str = "") -> set[str]:
    """What is found while a client in a network of its own lists in a mode that is pinned."""
    server = start("vsftpd", Place(host=network.server_address, netns=network.server.name), ())
    if close:
        getattr(network.server, close)(*server.place.passive_ports)

    async def work() -> set[str]:
        async with open_site(
            Reached(server.host, server.port), rules=rules(mode), timeout=3.0, auto_connect_timeout=0.5
        ) as opened:
            with contextlib.suppress(DataConnectionFailed):
                await opened.names()
        return {finding.code for finding in diagnose(opened.records)}

    return network.client.run(work)


@pytest.mark.netns
@pytest.mark.real_server
@pytest.mark.parametrize(("mode", "codes"), [("active", {"R9"}), ("passive", set())])
def test_a_client_behind_nat(
    nat_network: netns.Network, start_ftp_server: StartServer, mode: str, codes: set[str]
) -> None:
    """vsftpd refuses the private address in PORT: it is not the one that it sees."""
    assert found_in(nat_network, start_ftp_server, mode) == codes


@pytest.mark.netns
@pytest.mark.real_server
@pytest.mark.parametrize(
    ("mode", "close", "codes"),
    [
        ("auto", "drop_ports", {"R4"}), ("auto", "reject_ports", {"R5"}), ("passive", "drop_ports", {"R4"}),
        ("active", "drop_ports", set()),
    ],
)  # fmt: skip
def test_the_passive_range_is_closed(
    public_network: netns.Network, start_ftp_server: StartServer, mode: str, close: str, codes: set[str]
) -> None:
    assert found_in(public_network, start_ftp_server, mode, close) == codes
