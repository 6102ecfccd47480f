"""Firewall rules to copy: the lines that open a range of ports, for the usual tools of Linux."""

from __future__ import annotations

SUGGESTED = (50_000, 50_100)
"""The range that is suggested where none is known."""


def open_ports(span: tuple[int, int], *, source: str | None = None) -> tuple[str, ...]:
    """The commands that let connections in to a range of TCP ports: nftables, ufw, firewalld.

    Args:
        span: First and last port.
        source: The only address to let in; None: any.
    """
    first, last = span
    ports = f"{first}-{last}" if first != last else f"{first}"
    family = "ip6" if source and ":" in source else "ip"
    origin = f"{family} saddr {source} " if source else ""
    return (
        f"nft add rule inet filter input {origin}tcp dport {ports} accept",
        f"ufw allow proto tcp from {source or 'any'} to any port {ports.replace('-', ':')}",
        _firewalld(ports, source, family),
    )


def _firewalld(ports: str, source: str | None, family: str) -> str:
    if source is None:
        return f"firewall-cmd --permanent --add-port={ports}/tcp && firewall-cmd --reload"
    kind = "ipv6" if family == "ip6" else "ipv4"
    rule = f'rule family="{kind}" source address="{source}" port port="{ports}" protocol="tcp" accept'
    return f"firewall-cmd --permanent --add-rich-rule='{rule}' && firewall-cmd --reload"


def forward_ports(span: tuple[int, int], inside: str) -> tuple[str, ...]:
    """The commands that forward a range of TCP ports of a router to a host behind it.

    Args:
        span: First and last port.
        inside: The host's address.
    """
    ports = f"{span[0]}-{span[1]}" if span[0] != span[1] else f"{span[0]}"
    return (f"on a Linux router: nft add rule ip nat prerouting tcp dport {ports} dnat to {inside}",)
