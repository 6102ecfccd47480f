"""The log tells what the system knows of the packets: ICMP and who sent it, resets, silence, round trip, segments."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.support import netns
from tests.support.fixtures import StartServer
from tests.support.scripted import ScriptedServer
from tests.support.servers import Place, skip_or_fail
from tests.support.sites import QUICK, open_site, rules
from tuiftp.errors import ConnectionFailed, DataConnectionFailed
from tuiftp.wirelog.records import DataEvent, WireRecord, WireState, record_from_json

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

REJECTS = [
    ("reject with tcp reset", "input", WireState.REFUSED, "ECONNREFUSED", None),
    ("reject", "input", WireState.REFUSED, "ECONNREFUSED", "port unreachable from 203.0.113.7"),
    (
        "reject with icmp type admin-prohibited", "input", WireState.HOST_UNREACHABLE, "EHOSTUNREACH",
        "prohibited by a filter from 203.0.113.7",
    ),
    (
        "reject with icmp type net-unreachable", "input", WireState.NETWORK_UNREACHABLE, "ENETUNREACH",
        "network unreachable from 203.0.113.7",
    ),
    ("drop", "input", WireState.TIMED_OUT, None, None),
    ("drop", "output", WireState.TIMED_OUT, None, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def network() -> Iterator[netns.Network]:
    reason = netns.why_impossible()
    if reason is not None:
        skip_or_fail(reason)
    with netns.network() as built:
        yield built


@pytest.mark.netns
@pytest.mark.real_server
@pytest.mark.parametrize(("rule", "hook", "state", "errno", "icmp"), REJECTS)
def test_each_answer_to_a_connect_is_told_apart(
    network: netns.Network, start_ftp_server: StartServer, rule: str, hook: str,
    state: WireState, errno: str | None, icmp: str | None,
) -> None:  # fmt: skip
    """A reset, ICMP of each kind with its sender, and silence: each has its own state."""
    server = start_ftp_server("vsftpd", Place(host=network.server_address, netns=network.server.name))
    first, last = server.place.passive_ports
    side = network.server if hook == "input" else network.client
    side.rules(f"tcp dport {first}-{last} {rule}", hook=hook)

    async def work() -> list[WireRecord]:
        async with open_site(server, QUICK, rules=rules("passive"), timeout=0.5) as opened:
            with pytest.raises(DataConnectionFailed):
                await opened.names()
            return [record for record in opened.records if record.event is DataEvent.FAILED]

    try:
        failed = network.client.run(work)[0]
    finally:
        side.open_up()
    assert (failed.icmp, failed.errno) == (icmp, errno)
    if hook == "input":
        assert failed.state is state
    assert record_from_json(failed.to_json()) == failed


async def test_what_was_counted_on_a_connection_is_told() -> None:
    """Both connections and their ends have a round trip, a segment size and what was sent again."""
    async with ScriptedServer({"a.txt": b"hello" * 100}) as server, open_site(server) as opened:
        await opened.names()
        assert await opened.endpoint.read("/a.txt", limit=1000) == b"hello" * 100
    told = [
        record
        for record in opened.records
        if record.state is WireState.CONNECTED or record.event in (DataEvent.CONNECTED, DataEvent.CLOSED)
    ]
    assert len(told) >= 5
    for record in told:
        assert record.mss, record
        assert record.retransmits == 0
        assert record.rtt_ms is not None
        assert record_from_json(record.to_json()) == record


async def test_the_end_of_a_control_connection_has_its_facts() -> None:
    async with ScriptedServer({}) as server, open_site(server) as opened:
        await opened.names()
        server.drop_sessions(reset=True)
        await opened.until(lambda: any(record.state is WireState.BROKEN for record in opened.records))
    lost = next(record for record in opened.records if record.state is WireState.BROKEN)
    assert lost.mss
    assert lost.rtt_ms is not None


async def test_a_control_connection_that_is_refused_names_the_error() -> None:
    async with ScriptedServer({}) as server:
        pass
    async with open_site(server, connect=False) as opened:
        with pytest.raises(ConnectionFailed):
            await opened.site.connect()
    failed = [record for record in opened.records if record.state is WireState.NOT_CONNECTED]
    assert [record.errno for record in failed] == ["ECONNREFUSED"]
