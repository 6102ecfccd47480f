"""The lines that tuiftp advises are those that servers and firewalls really take."""

from __future__ import annotations

import subprocess

import pytest

from tests.support import netns
from tuiftp.wirelog import remedies
from tuiftp.wirelog.remedies import Remedy, Software, Where, software_of

ALL_TABLES = "add table inet filter\nadd chain inet filter input { type filter hook input priority 0; }\n"


def lines(found: tuple[Remedy, ...], product: str) -> tuple[str, ...]:
    (one,) = (remedy for remedy in found if remedy.product == product)
    return one.lines


@pytest.mark.parametrize(
    ("greeting", "software"),
    [
        ("220 (vsFTPd 3.0.5)", Software.VSFTPD),
        ("220 ProFTPD Server (Debian) [::ffff:10.0.0.1]", Software.PROFTPD),
        ("220---------- Welcome to Pure-FTPd [privsep] ----------", Software.PUREFTPD),
        ("220-FileZilla Server 1.8.2", Software.FILEZILLA),
        ("220 ready", None),
    ],
)
def test_the_greeting_names_the_server(greeting: str, software: Software | None) -> None:
    assert software_of(greeting) is software


def test_every_server_announces_an_address_in_its_own_words() -> None:
    found = remedies.announce_address("203.0.113.7", (50000, 50100))
    assert lines(found, "vsftpd") == (
        "pasv_address=203.0.113.7", "pasv_min_port=50000", "pasv_max_port=50100",
    )  # fmt: skip
    assert lines(found, "ProFTPD") == ("MasqueradeAddress 203.0.113.7", "PassivePorts 50000 50100")
    assert lines(found, "Pure-FTPd") == ("-P 203.0.113.7 -p 50000:50100",)
    assert {remedy.where for remedy in found} == {Where.SERVER}


def test_a_server_that_is_known_gets_its_own_lines_only() -> None:
    found = remedies.announce_address("203.0.113.7", software=Software.PROFTPD)
    assert [remedy.product for remedy in found] == ["ProFTPD"]
    assert remedies.waive_session_reuse(software=Software.PUREFTPD) == ()


def test_the_firewall_lets_the_server_in_and_nobody_else() -> None:
    found = remedies.open_active_ports((50000, 50100), server="203.0.113.7")
    assert lines(found, "nftables") == (
        "nft insert rule inet filter input ip saddr 203.0.113.7 tcp dport 50000-50100 accept",
    )
    assert lines(found, "ufw") == ("ufw allow proto tcp from 203.0.113.7 to any port 50000:50100",)
    assert lines(found, "firewalld") == (
        'firewall-cmd --permanent --add-rich-rule=\'rule family="ipv4" source address="203.0.113.7" '
        'port port="50000-50100" protocol="tcp" accept\'',
        "firewall-cmd --reload",
    )


def test_ipv6_has_rules_of_its_own() -> None:
    found = remedies.open_active_ports((50000, 50100), server="fe80::1%eth0")
    assert "ip6 saddr fe80::1 " in lines(found, "nftables")[0]
    assert 'family="ipv6"' in lines(found, "firewalld")[0]


def test_a_remedy_fits_on_a_line() -> None:
    (remedy,) = remedies.set_active_address("203.0.113.20", (50000, 50100))
    assert remedy.text == 'tuiftp: active_address = "203.0.113.20"; active_ports = "50000-50100"'


@pytest.mark.netns
@pytest.mark.parametrize(
    "found",
    [
        remedies.open_passive_ports(),
        remedies.open_active_ports(server="203.0.113.7"),
        remedies.open_active_ports(server="2001:db8::7"),
        remedies.open_active_ports((50000, 50000)),
        remedies.forward_active_ports((50000, 50100), "192.168.7.2"),
        remedies.forward_active_ports((50000, 50100), "2001:db8::2"),
        remedies.forward_passive_ports((50000, 50100), "10.20.30.2"),
    ],
)
def test_nftables_takes_the_rules(public_network: netns.Network, found: tuple[Remedy, ...]) -> None:
    """What is to be pasted into a shell does what it says, on a table as Debian sets it up."""
    place = public_network.client
    place.shell("nft", "-f", "-", text=ALL_TABLES)
    (remedy,) = (one for one in found if "nftables" in one.product)
    place.shell("sh", "-e", "-c", "\n".join(remedy.lines))
    assert "dport" in place.shell("nft", "list", "ruleset")


@pytest.mark.netns
def test_nftables_takes_the_helper(public_network: netns.Network) -> None:
    place = public_network.client
    (remedy,) = remedies.load_helper(2121)
    text = "\n".join(line for line in remedy.lines if not line.startswith("modprobe"))
    try:
        place.shell("sh", "-e", "-c", text)
    except subprocess.CalledProcessError as error:
        if "No such file" in error.stderr:
            pytest.skip("this kernel has no FTP helper")
        raise
    assert "ct helper" in place.shell("nft", "list", "ruleset")
