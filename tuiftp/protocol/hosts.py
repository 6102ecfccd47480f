"""IP addresses of hosts: canonical form, equality, and scope (loopback, private, public)."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from functools import lru_cache
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressClass(StrEnum):
    """Where an address can be reached from."""

    PUBLIC = "public"
    PRIVATE = "private"
    CGNAT = "carrier-grade NAT"
    LINK_LOCAL = "link-local"
    LOOPBACK = "loopback"
    UNSPECIFIED = "unspecified"
    MULTICAST = "multicast"
    RESERVED = "reserved"


# The documentation ranges (RFC 5737, RFC 3849) are in no row, and so are public: tests can use them.
_CLASSES: Final = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/32", AddressClass.UNSPECIFIED),
        ("0.0.0.0/8", AddressClass.RESERVED),
        ("10.0.0.0/8", AddressClass.PRIVATE),
        ("172.16.0.0/12", AddressClass.PRIVATE),
        ("192.168.0.0/16", AddressClass.PRIVATE),
        ("100.64.0.0/10", AddressClass.CGNAT),
        ("127.0.0.0/8", AddressClass.LOOPBACK),
        ("169.254.0.0/16", AddressClass.LINK_LOCAL),
        ("192.0.0.0/24", AddressClass.RESERVED),
        ("198.18.0.0/15", AddressClass.RESERVED),
        ("224.0.0.0/4", AddressClass.MULTICAST),
        ("240.0.0.0/4", AddressClass.RESERVED),
        ("::/128", AddressClass.UNSPECIFIED),
        ("::1/128", AddressClass.LOOPBACK),
        ("fc00::/7", AddressClass.PRIVATE),
        ("fe80::/10", AddressClass.LINK_LOCAL),
        ("ff00::/8", AddressClass.MULTICAST),
        ("64:ff9b::/96", AddressClass.PUBLIC),  # NAT64 (RFC 6052)
        ("2000::/3", AddressClass.PUBLIC),
        ("::/0", AddressClass.RESERVED),
    )
)


@lru_cache(maxsize=1024)
def parse_address(host: str) -> Address:
    """Reads an IPv4 or IPv6 address, with or without brackets; an IPv4-mapped one becomes IPv4.

    Raises:
        ValueError: It is no address (a host name, for example).
    """
    address = ipaddress.ip_address(host.strip().removeprefix("[").removesuffix("]"))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=1024)
def normalize_host(host: str) -> str:
    """Writes an address in its one usual form, IPv4-mapped IPv6 as IPv4; a host name comes back as it is."""
    try:
        return str(parse_address(host))
    except ValueError:
        return host


@lru_cache(maxsize=1024)
def classify(host: str) -> AddressClass:
    """Says where an address can be reached from.

    Raises:
        ValueError: It is no address.
    """
    address = parse_address(host)
    for network, kind in _CLASSES:
        if address.version == network.version and without_scope(address) in network:
            return kind
    return AddressClass.PUBLIC


def without_scope(address: Address) -> Address:
    """The address without its scope id: `fe80::1%eth0` is in no network for `ipaddress`."""
    return address if address.version == 4 else ipaddress.IPv6Address(int(address))


@lru_cache(maxsize=1024)
def same_host(a: str, b: str) -> bool:
    """Whether two addresses are one: IPv4-mapped ones folded, scope ids ignored."""
    try:
        return without_scope(parse_address(a)) == without_scope(parse_address(b))
    except ValueError:
        return a.casefold() == b.casefold()
