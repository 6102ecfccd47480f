"""Which address is connected to after a 227, by the class of what was announced and of the server's own."""

from __future__ import annotations

import pytest

from tuiftp.choices import AddressPolicy
from tuiftp.protocol.addresses import (
    AddressClass,
    address_difference,
    classify,
    normalize_host,
    passive_candidates,
    same_host,
)

PUBLIC, OTHER_PUBLIC, LOCAL = "203.0.113.7", "198.51.100.20", "10.0.0.5"


CLASSES = {
    "public": "203.0.113.7 192.0.2.1 198.51.100.1 2001:db8::1 8.8.8.8 2a00::1 64:ff9b::8.8.8.8 192.1.0.1 "
    "172.32.0.1 100.128.0.1 ::ffff:203.0.113.7",
    "private": "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fd00::1 fc00::1 ::ffff:10.0.0.1",
    "carrier-grade NAT": "100.64.0.1 100.127.255.255",
    "link-local": "169.254.1.1 fe80::1 fe80::1%eth0",
    "loopback": "127.0.0.1 127.9.9.9 ::1 [::1]",
    "unspecified": "0.0.0.0 ::",
    "multicast": "224.0.0.1 239.255.255.255 ff02::1",
    "reserved": "0.1.2.3 240.0.0.1 255.255.255.255 198.18.0.1 4000::1",
}


@pytest.mark.parametrize(
    ("host", "kind"), [(host, kind) for kind, hosts in CLASSES.items() for host in hosts.split()]
)
def test_each_address_has_a_class(host: str, kind: str) -> None:
    assert classify(host) == kind


def test_a_name_has_no_class() -> None:
    with pytest.raises(ValueError, match="example"):
        classify("ftp.example.com")


def test_the_usual_form_of_a_host() -> None:
    assert normalize_host("::FFFF:192.0.2.1") == "192.0.2.1"
    assert normalize_host("2001:DB8:0:0::1") == "2001:db8::1"
    assert normalize_host("[2001:db8::1]") == "2001:db8::1"
    assert normalize_host("fe80::1%eth0") == "fe80::1%eth0"
    assert normalize_host("ftp.example.com") == "ftp.example.com"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("2001:db8::1", "2001:DB8:0::1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::1", "127.0.0.1", False),
        ("Example.com", "example.COM", True),
        ("example.com", "192.0.2.1", False),
    ],
)
def test_whether_two_hosts_are_one(a: str, b: str, same: bool) -> None:
    assert same_host(a, b) is same
    assert same_host(b, a) is same


SMART = [
    ("the same", PUBLIC, PUBLIC, [PUBLIC]),
    ("the same, mapped", PUBLIC, f"::ffff:{PUBLIC}", [PUBLIC]),
    ("0.0.0.0", "0.0.0.0", PUBLIC, [PUBLIC]),
    ("0.0.0.0 from a private one", "0.0.0.0", "192.168.1.2", ["192.168.1.2"]),
    ("private from a public server", "192.168.1.2", PUBLIC, [PUBLIC]),
    ("carrier-grade NAT from a public server", "100.64.1.2", PUBLIC, [PUBLIC]),
    ("link-local from a public server", "169.254.1.2", PUBLIC, [PUBLIC]),
    ("loopback from a public server", "127.0.0.1", PUBLIC, [PUBLIC]),
    ("loopback from a private server", "127.0.0.1", "10.0.0.9", ["10.0.0.9"]),
    ("multicast", "224.0.0.1", PUBLIC, [PUBLIC]),
    ("broadcast", "255.255.255.255", PUBLIC, [PUBLIC]),
    ("our own address", "198.51.100.99", PUBLIC, [PUBLIC]),
    ("public from a private server", PUBLIC, "192.168.1.2", ["192.168.1.2"]),
    ("private from carrier-grade NAT", "192.168.1.2", "100.64.1.2", ["100.64.1.2"]),
    ("both public", OTHER_PUBLIC, PUBLIC, [PUBLIC, OTHER_PUBLIC]),
    ("both private, one network", "192.168.1.9", "192.168.1.2", ["192.168.1.9", "192.168.1.2"]),
    ("both private, two networks", "10.1.1.1", "192.168.1.2", ["192.168.1.2", "10.1.1.1"]),
    ("both loopback", "127.0.1.1", "127.0.0.1", ["127.0.1.1", "127.0.0.1"]),
    ("both carrier-grade NAT, far", "100.65.0.1", "100.64.1.2", ["100.64.1.2", "100.65.0.1"]),
    ("both link-local, IPv6", "fe80::2", "fe80::1%eth0", ["fe80::2", "fe80::1%eth0"]),
    ("no address at all", "nonsense", PUBLIC, [PUBLIC]),
]


@pytest.mark.parametrize(("announced", "peer", "expected"), [c[1:] for c in SMART], ids=[c[0] for c in SMART])
def test_the_smart_policy(announced: str, peer: str, expected: list[str]) -> None:
    found = passive_candidates(announced, peer, policy=AddressPolicy.SMART, local_host="198.51.100.99")
    assert [candidate.host for candidate in found] == expected
    assert all(candidate.why for candidate in found)


@pytest.mark.parametrize("announced", [PUBLIC, OTHER_PUBLIC, "192.168.1.2", "0.0.0.0", "127.0.0.1"])
def test_the_peer_policy_never_looks_at_the_reply(announced: str) -> None:
    found = passive_candidates(announced, PUBLIC, policy=AddressPolicy.PEER, local_host=LOCAL)
    assert [candidate.host for candidate in found] == [PUBLIC]


@pytest.mark.parametrize(
    ("announced", "peer", "expected"),
    [
        (OTHER_PUBLIC, PUBLIC, OTHER_PUBLIC),
        ("10.1.1.1", "192.168.1.2", "10.1.1.1"),
        (PUBLIC, "192.168.1.2", PUBLIC),
        ("192.168.1.2", "100.64.1.2", "192.168.1.2"),
        ("0.0.0.0", PUBLIC, PUBLIC),
        ("192.168.1.2", PUBLIC, PUBLIC),
        ("127.0.0.1", PUBLIC, PUBLIC),
        ("127.0.0.1", "192.168.1.2", "192.168.1.2"),
        (LOCAL, "10.0.0.9", "10.0.0.9"),
    ],
)
def test_as_announced_is_bounded_by_what_no_server_may_ask(announced: str, peer: str, expected: str) -> None:
    found = passive_candidates(announced, peer, policy=AddressPolicy.ANNOUNCED, local_host=LOCAL)
    assert [candidate.host for candidate in found] == [expected]


@pytest.mark.parametrize("policy", list(AddressPolicy))
@pytest.mark.parametrize(
    "announced", [CLASSES[kind].split()[0] for kind in AddressClass if kind is not AddressClass.PUBLIC]
)
def test_a_public_server_never_sends_us_to_an_address_of_another_kind(
    policy: AddressPolicy, announced: str
) -> None:
    found = passive_candidates(announced, PUBLIC, policy=policy, local_host=LOCAL)
    assert [candidate.host for candidate in found] == [PUBLIC]


def test_a_difference_is_told_in_one_sentence() -> None:
    assert address_difference(PUBLIC, f"::ffff:{PUBLIC}") is None
    assert address_difference("192.168.1.2", PUBLIC) == (
        "The reply names 192.168.1.2 (private), but the server is reached at 203.0.113.7 (public)."
    )
