"""Each scenario of the lab shows the fault that it names: the probe finds what it says it will."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.sites import QUICK
from tuiftp.choices import ConnectionMode
from tuiftp.cli.app_services import demo_request
from tuiftp.demo.lab import ScriptedServer, mischief
from tuiftp.demo.lab.scenarios import SCENARIOS, Scenario, find_scenario
from tuiftp.demo.lab.serving import PASSWORD, USER, LabServer, get_scenario, start_server, url_of
from tuiftp.errors import ConfigurationError
from tuiftp.events import EventBus
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.probe import probe_site
from tuiftp.protocol.url import parse_url
from tuiftp.secret import Secret
from tuiftp.wirelog.probing import ProbeReport, WayVerdict

DIAGNOSED = [one for one in SCENARIOS if one.finding is not None and one.shows_in_probe]
WORKING = (
    "no-150",
    "early-226",
    "doubled-226",
    "hostile-names",
    "rest-ignored",
    "disk-full",
)


async def probe(scenario: Scenario) -> ProbeReport:
    server = await start_server(scenario)
    try:
        address = SiteAddress(server.host, server.port, Credentials(USER, Secret(PASSWORD)))
        return await probe_site(address, QUICK, bus=EventBus(), limit=20.0)
    finally:
        await server.stop()


def of(name: str) -> Scenario:
    scenario = find_scenario(name)
    assert scenario is not None
    return scenario


@pytest.mark.parametrize("scenario", DIAGNOSED, ids=lambda scenario: scenario.name)
async def test_the_finding_that_is_promised_appears(scenario: Scenario) -> None:
    report = await probe(scenario)
    assert scenario.finding in {finding.code for finding in report.findings}


@pytest.mark.parametrize("name", WORKING)
async def test_what_harms_no_listing_is_probed_well(name: str) -> None:
    report = await probe(of(name))
    assert report.status == 0
    assert {finding.code for finding in report.findings} <= {of(name).finding}


async def test_an_upload_that_is_cut_is_no_way_that_works_and_no_firewall() -> None:
    report = await probe(of("truncated-upload"))
    assert {row.verdict for row in report.tried} == {WayVerdict.BROKEN}
    assert "data connections come about" in report.advice.text
    assert not report.findings


@pytest.mark.parametrize("name", ["list-425", "nobody-comes", "tls-reuse"])
async def test_where_nothing_works_the_status_says_so(name: str) -> None:
    assert (await probe(of(name))).status == 3


async def test_an_endless_listing_is_left_after_enough_of_it() -> None:
    report = await probe(of("endless-listing"))
    assert report.status == 0
    assert all("broken off" in row.reason for row in report.tried)


def test_the_names_are_words_and_say_what_they_are() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() for name in names)
    assert all(scenario.fault.endswith(".") and scenario.expect.endswith(".") for scenario in SCENARIOS)


def test_an_unknown_scenario_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match="passive-closed"):
        get_scenario("nope")


async def test_a_port_that_is_taken_is_told() -> None:
    server = await start_server(of("no-150"))
    try:
        with pytest.raises(ConfigurationError, match="in use"):
            await start_server(of("no-150"), server.port)
    finally:
        await server.stop()


async def test_a_server_in_a_thread_serves_and_ends() -> None:
    lab = LabServer("passive-closed")
    target = parse_url(await asyncio.to_thread(lab.start))
    assert (target.user, target.password) == (USER, Secret(PASSWORD))
    try:
        _, writer = await asyncio.open_connection(target.host, target.port)
        writer.close()
    finally:
        await asyncio.to_thread(lab.stop)
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection(target.host, target.port)


async def test_the_url_leads_to_the_server() -> None:
    server = await start_server(of("no-150"))
    try:
        assert parse_url(url_of(server)).port == server.port
    finally:
        await server.stop()


@pytest.mark.parametrize(
    ("name", "mode", "extended"),
    [("port-refused", ConnectionMode.ACTIVE, None), ("epsv-silent", None, True), ("stalled", None, None)],
)
def test_the_app_opens_so_that_it_meets_the_fault_and_shows_the_log(
    name: str, mode: ConnectionMode | None, extended: bool | None
) -> None:
    request = demo_request("ftp://demo:demo@127.0.0.1:2121/", get_scenario(name))
    assert (request.mode, request.extended, request.shows_log) == (mode, extended, True)
    assert not demo_request("ftp://127.0.0.1/").shows_log


async def test_an_idle_connection_is_told_why_it_is_closed() -> None:
    async with ScriptedServer({}, [mischief.idle_drop(0.05)]) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
    assert b"421 Timeout" in said
