"""Real firewalls and NAT, in network namespaces: Auto finds its way, and remembers it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support import netns
from tests.support.fixtures import StartServer
from tests.support.servers import Place, RunningServer
from tests.support.sites import QUICK, OpenSite, open_site, rules
from tuiftp.errors import DataConnectionFailed

pytestmark = [pytest.mark.netns, pytest.mark.real_server]


def serve(network: netns.Network, start: StartServer, kind: str = "vsftpd") -> RunningServer:
    """Start a server at the server's address of the network, with a file in its home."""
    server = start(kind, Place(host=network.server_address, netns=network.server.name))
    server.put("a.txt", b"hello")
    return server


async def list_twice(server: RunningServer, **options: Any) -> tuple[OpenSite, list[str]]:
    """Two listings; returns the verbs that the second one sent."""
    async with open_site(server, QUICK, **options) as opened:
        assert await opened.names() == ["a.txt"]
        opened.records.clear()
        assert await opened.names() == ["a.txt"]
        return opened, opened.sent


def test_dropped_passive_ports_lead_to_port(
    public_network: netns.Network, start_ftp_server: StartServer
) -> None:
    """The firewall drops the passive ports: Auto goes over to PORT, and the second listing does not wait."""
    server = serve(public_network, start_ftp_server)
    public_network.server.drop_ports(*server.place.passive_ports)
    opened, second = public_network.client.run(lambda: list_twice(server, accept_timeout=5.0))
    assert opened.site.mode_summary == "auto → active (PORT)"
    assert "PASV" not in second
    assert "EPSV" not in second


def test_rejected_passive_ports_lead_to_port_at_once(
    public_network: netns.Network, start_ftp_server: StartServer
) -> None:
    server = serve(public_network, start_ftp_server)
    public_network.server.reject_ports(*server.place.passive_ports)
    opened, _ = public_network.client.run(
        lambda: list_twice(server, accept_timeout=5.0, auto_connect_timeout=20.0)
    )
    assert opened.site.mode_summary == "auto → active (PORT)"


def test_behind_nat_passive_works_and_active_says_why_not(
    nat_network: netns.Network, start_ftp_server: StartServer
) -> None:
    """PORT announces a private address that the server cannot reach; Auto never needs it."""
    server = serve(nat_network, start_ftp_server)

    async def work() -> str:
        async with open_site(server, QUICK) as opened:
            assert await opened.names() == ["a.txt"]
            assert opened.worked == "PASV"
        async with open_site(server, QUICK, rules=rules("active")) as opened:
            with pytest.raises(DataConnectionFailed) as caught:
                await opened.names()
            assert "private address" in opened.log
            return str(caught.value)

    told = nat_network.client.run(work)
    assert "PORT" in told


def test_a_host_firewall_on_our_side_leads_back_to_passive(
    public_network: netns.Network, start_ftp_server: StartServer
) -> None:
    """Active first, but our own firewall lets nothing in: falling back finds PASV."""
    server = serve(public_network, start_ftp_server)
    public_network.client.drop_incoming()

    async def work() -> str:
        async with open_site(server, QUICK, rules=rules("active", allow_fallback=True)) as opened:
            assert await opened.names() == ["a.txt"]
            return opened.site.mode_summary

    assert public_network.client.run(work) == "active → passive (PASV)"


def test_a_firewall_that_closes_later_is_noticed(
    public_network: netns.Network, start_ftp_server: StartServer
) -> None:
    """What is remembered stops working: the next ways are tried, and the new one is remembered."""
    server = serve(public_network, start_ftp_server)

    async def work() -> None:
        async with open_site(server, QUICK, accept_timeout=5.0) as opened:
            await opened.names()
            assert opened.worked == "PASV"
            await asyncio.to_thread(
                netns.in_namespace,
                public_network.server.name,
                lambda: public_network.server.drop_ports(*server.place.passive_ports),
            )
            assert await opened.names() == ["a.txt"]
            assert opened.worked == "PORT"

    public_network.client.run(work)
