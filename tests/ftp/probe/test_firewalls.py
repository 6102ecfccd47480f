"""The probe, and Auto, behind real firewalls and NAT: what each says, and how long it takes."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass

import pytest

from tests.support import netns
from tests.support.fixtures import StartServer
from tests.support.servers import Place, RunningServer, skip_or_fail
from tests.support.sites import open_site
from tuiftp.choices import ConnectionMode
from tuiftp.errors import DataConnectionFailed
from tuiftp.events import EventBus
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.probe import probe_site
from tuiftp.ftp.probe.run import PARALLEL
from tuiftp.secret import Secret
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.probing import ProbeReport, ProbeRow, Way, WayVerdict

pytestmark = [pytest.mark.netns, pytest.mark.real_server]

OPTIONS = ConnectionOptions(
    timeout=5.0, auto_connect_timeout=1.0, accept_timeout=1.5, stall_timeout=3.0, drain_timeout=1.0
)
"""A little less patient than the defaults, so that what is bounded by them is seen in reasonable time."""
PASSIVE = {Way.EPSV, Way.PASV_ANNOUNCED, Way.PASV_PEER}


@dataclass(slots=True)
class Reached:
    """A server as the client reaches it."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the probe and Auto came to."""

    report: ProbeReport
    auto: str
    """Auto's mode, or why it failed."""
    auto_took: float
    """Seconds of Auto's first listing."""
    auto_findings: set[str]
    """What the rules find in Auto's own exchange."""

    @property
    def works(self) -> set[Way]:
        return {row.way for row in self.report.rows if row.verdict is WayVerdict.OK}

    @property
    def findings(self) -> set[str]:
        return {finding.code for finding in self.report.findings}

    def row(self, way: Way) -> ProbeRow:
        return next(row for row in self.report.rows if row.way is way)

    def advises(self, *words: str) -> bool:
        return any(all(word in remedy.text for word in words) for remedy in self.report.remedies)


async def look(server: Reached, logins: int = PARALLEL) -> Seen:
    """Probe with so many logins at once, then let Auto list on its own."""
    address = SiteAddress(server.host, server.port, Credentials("ftptest", Secret("ftppass")))
    report = await probe_site(address, OPTIONS, bus=EventBus(), parallel=logins)
    began = time.monotonic()
    async with open_site(server, OPTIONS) as opened:
        try:
            assert await opened.names() == ["a.txt"]
            auto = opened.site.mode_summary
        except DataConnectionFailed as error:
            auto = str(error)
        took = time.monotonic() - began
        found = {finding.code for finding in diagnose(opened.records)}
    return Seen(report, auto, took, found)


def serve(
    network: netns.Network, start: StartServer, place: Place | None = None, *options: str
) -> RunningServer:
    place = place or Place(host=network.server_address, netns=network.server.name)
    server = start("vsftpd", place, options)
    server.put("a.txt", b"hello")
    return server


def see(
    network: netns.Network, server: RunningServer, *, host: str | None = None, logins: int = PARALLEL
) -> Seen:
    reached = Reached(host or server.host, server.port)
    return network.client.run(lambda: look(reached, logins))


def test_a_client_behind_nat(nat_network: netns.Network, start_ftp_server: StartServer) -> None:
    """Active fails, and the probe says that a NAT is the reason; passive works, and Auto uses it at once."""
    seen = see(nat_network, serve(nat_network, start_ftp_server))
    assert seen.works == PASSIVE
    assert seen.auto == "auto → passive (PASV)"
    assert seen.auto_took < 1.0
    assert seen.report.status == 1
    assert seen.report.advice.is_auto_fine
    # vsftpd tells in its status where it sees us: the router's address, which nothing forwards yet.
    assert seen.row(Way.PORT_EXTERNAL).announced == netns.ROUTER_ADDRESS
    assert seen.row(Way.PORT_EXTERNAL).verdict is WayVerdict.NO_CONNECTION
    assert seen.advises(f'active_address = "{netns.ROUTER_ADDRESS}"')
    assert seen.advises("nf_nat_ftp")
    assert seen.findings & {"R9", "R10", "R11"}
    assert seen.auto_findings == set()


@pytest.mark.parametrize("logins", [1, 2, PARALLEL])
def test_a_client_behind_nat_with_the_kernel_s_helper(
    nat_network: netns.Network, start_ftp_server: StartServer, logins: int
) -> None:
    """A router that follows plain FTP rewrites PORT, and active mode works through it, however many log in."""
    assert nat_network.router is not None
    server = serve(nat_network, start_ftp_server)
    try:
        nat_network.router.follow_ftp(server.port)
    except subprocess.CalledProcessError as error:
        skip_or_fail(f"this kernel has no FTP helper: {error.stderr}")
    seen = see(nat_network, server, logins=logins)
    assert {Way.PORT_LOCAL, *PASSIVE} <= seen.works
    port = seen.row(Way.PORT_LOCAL)
    assert port.announced == netns.INSIDE_ADDRESS
    assert "your network routes it to the server, or a router on the way rewrites PORT" in port.reason
    assert seen.row(Way.PORT_EXTERNAL).verdict is WayVerdict.NOT_TRIED
    assert seen.auto == "auto → passive (PASV)"
    assert seen.auto_took < 1.0
    assert seen.findings == set()
    assert seen.auto_findings == set()
    assert not seen.advises("active_address")


def test_a_server_behind_nat_that_announces_its_inside_address(start_ftp_server: StartServer) -> None:
    """vsftpd without pasv_address: passive works at the address that it is reached at, and nowhere else."""
    place = Place(host=netns.INSIDE_SERVER_ADDRESS)
    ports = [(place.port, place.port), place.passive_ports]
    with netns.network_of_nat_server(ports) as network:
        inside = Place(place.host, place.port, place.passive_ports, network.server.name)
        server = serve(network, start_ftp_server, inside)
        seen = see(network, server, host=netns.ROUTER_ADDRESS)
    announced = seen.row(Way.PASV_ANNOUNCED)
    assert announced.verdict is WayVerdict.UNUSABLE_ADDRESS
    assert announced.announced == netns.INSIDE_SERVER_ADDRESS
    assert {Way.EPSV, Way.PASV_PEER} <= seen.works
    assert "R1" in seen.findings
    assert seen.advises(f"pasv_address={netns.ROUTER_ADDRESS}")
    assert seen.auto == "auto → passive (PASV)"
    assert seen.auto_took < 1.0
    assert seen.auto_findings == {"R1"}
    assert seen.report.advice.is_auto_fine


@pytest.mark.parametrize(
    ("close", "verdict", "finding"),
    [("drop_ports", WayVerdict.TIMED_OUT, "R4"), ("reject_ports", WayVerdict.CONNECT_REFUSED, "R5")],
)
def test_the_passive_range_is_closed(
    public_network: netns.Network,
    start_ftp_server: StartServer,
    close: str,
    verdict: WayVerdict,
    finding: str,
) -> None:
    server = serve(public_network, start_ftp_server)
    getattr(public_network.server, close)(*server.place.passive_ports)
    seen = see(public_network, server)
    assert {seen.row(way).verdict for way in PASSIVE} == {verdict}
    assert seen.works == {Way.PORT_LOCAL, Way.EPRT}
    assert finding in seen.findings
    assert seen.report.advice.mode is ConnectionMode.ACTIVE
    assert seen.advises("pasv_min_port=50000")
    assert seen.advises("nft insert rule", "50000-50100")
    assert seen.auto == "auto → active (PORT)"
    assert seen.auto_took < 4.0
    assert seen.auto_findings == {finding}


def test_our_own_firewall_blocks_active(public_network: netns.Network, start_ftp_server: StartServer) -> None:
    public_network.client.drop_incoming()
    seen = see(public_network, serve(public_network, start_ftp_server))
    assert seen.works == PASSIVE
    assert seen.row(Way.PORT_LOCAL).verdict is WayVerdict.NO_CONNECTION
    assert seen.findings & {"R10", "R11"}
    assert seen.advises("nft insert rule", f"ip saddr {netns.SERVER_ADDRESS}", "50000-50100")
    assert seen.auto == "auto → passive (PASV)"
    assert seen.auto_took < 1.0
    assert seen.auto_findings == set()


def test_both_are_blocked(public_network: netns.Network, start_ftp_server: StartServer) -> None:
    """Two findings, and an end within the time that the limits add up to."""
    server = serve(public_network, start_ftp_server)
    public_network.server.drop_ports(*server.place.passive_ports)
    public_network.client.drop_incoming()
    seen = see(public_network, server)
    assert seen.works == set()
    assert seen.report.status == 3
    assert "R4" in seen.findings
    assert seen.findings & {"R10", "R11"}
    assert seen.report.took_ms < 12_000
    assert "no data connection came about" in seen.auto
    assert seen.auto_took < 15.0
    assert "R4" in seen.auto_findings
    assert seen.auto_findings & {"R10", "R11"}


def test_what_the_probe_advises_for_our_firewall_mends_it(
    public_network: netns.Network, start_ftp_server: StartServer
) -> None:
    """The rule that is printed is pasted, the port range set: active mode works."""
    client = public_network.client
    text = "add table inet filter\nadd chain inet filter input { type filter hook input priority 0; }\n"
    client.shell("nft", "-f", "-", text=text)
    client.shell("nft", "add", "rule", "inet", "filter", "input", "tcp flags & (syn | ack) == syn", "drop")
    server = serve(public_network, start_ftp_server)
    seen = see(public_network, server)
    assert seen.works == PASSIVE
    (rule,) = (
        remedy for remedy in seen.report.remedies
        if remedy.product == "nftables" and remedy.where == "client's firewall"
    )  # fmt: skip
    client.shell("sh", "-c", rule.lines[0])
    address = SiteAddress(server.host, server.port, Credentials("ftptest", Secret("ftppass")))
    ports = ConnectionOptions(timeout=5.0, accept_timeout=3.0, active_ports=(50000, 50100))
    report = client.run(lambda: probe_site(address, ports, bus=EventBus()))
    assert report.status == 0


def test_ipv6_alone(start_ftp_server: StartServer) -> None:
    with netns.network_of_ipv6() as network:
        seen = see(network, serve(network, start_ftp_server))
    assert seen.works == {Way.EPSV, Way.EPRT}
    assert seen.report.status == 0
    assert seen.findings == set()
    assert seen.auto == "auto → passive (EPSV)"
    assert seen.auto_took < 1.0
    assert seen.auto_findings == set()


@pytest.mark.parametrize("side", ["upload", "download"])
def test_small_replies_pass_and_full_packets_do_not(
    public_network: netns.Network, start_ftp_server: StartServer, side: str
) -> None:
    """A path that swallows full packets lists well; only 64 KiB show that it carries nothing else."""
    server = serve(public_network, start_ftp_server)
    first, last = server.place.passive_ports
    ports, where = ("dport", "input") if side == "upload" else ("sport", "output")
    public_network.server.rules(f"tcp {ports} {first}-{last} meta length > 900 drop", hook=where)
    seen = see(public_network, server)
    assert {seen.row(way).verdict for way in PASSIVE} == {WayVerdict.BROKEN}
    row = seen.row(Way.EPSV)
    moved = row.sent if side == "upload" else row.fetched
    assert moved is not None
    assert moved < 65_536
    assert {Way.PORT_LOCAL, Way.EPRT} <= seen.works
    assert seen.report.status == 1
    assert "R31" in seen.findings
    left = [path.name for path in server.home.iterdir()]
    assert left == ["a.txt"], left


WHOSE = [
    ("server", "input", "{range} drop", "it is the server's firewall"),
    ("server", "input", "1024-65535 tcp dport != {control} drop", "Two causes look alike"),
    ("client", "output", "1024-65535 tcp dport != {control} drop", "Two causes look alike"),
    ("client", "output", "{range} reject with icmp type admin-prohibited", "own output filter"),
    ("server", "input", "{range} reject with icmp type admin-prohibited", "The server's own host rejects"),
]
"""Who filters, where, what, and what has to be said of it."""


@pytest.mark.parametrize(("who", "hook", "rule", "said"), WHOSE)
def test_the_probe_tells_whose_firewall_it_is(
    public_network: netns.Network, start_ftp_server: StartServer, who: str, hook: str, rule: str, said: str
) -> None:
    """Connects to other ports of the same host name the firewall, or both that look alike."""
    server = serve(public_network, start_ftp_server)
    first, last = server.place.passive_ports
    side = public_network.server if who == "server" else public_network.client
    side.rules(f"tcp dport {rule.format(range=f'{first}-{last}', control=server.port)}", hook=hook)
    address = SiteAddress(server.host, server.port, Credentials("ftptest", Secret("ftppass")))
    report = public_network.client.run(lambda: probe_site(address, OPTIONS, bus=EventBus()))
    assert said in " ".join(report.firewall)
