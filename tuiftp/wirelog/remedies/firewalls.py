"""Commands that open firewalls and make routers forward, for the usual tools of Linux."""

from __future__ import annotations

from tuiftp.protocol.addresses import parse_address
from tuiftp.wirelog.remedies.model import USUAL_PORTS, PortRange, Remedy, Where


def open_passive_ports(ports: PortRange = USUAL_PORTS) -> tuple[Remedy, ...]:
    """Opens the server's firewall for passive data connections."""
    purpose = f"let clients in to ports {ports[0]}-{ports[1]}"
    return _rules(Where.SERVER_FIREWALL, purpose, ports, None)


def open_active_ports(ports: PortRange = USUAL_PORTS, *, server: str | None = None) -> tuple[Remedy, ...]:
    """Opens this machine's firewall for the data connections that a server makes.

    Args:
        ports: The range that tuiftp listens on in active mode.
        server: The server's address, to let in nobody else.
    """
    who = server or "servers"
    purpose = f"let {who} in to ports {ports[0]}-{ports[1]}"
    return _rules(Where.CLIENT_FIREWALL, purpose, ports, server)


def _rules(where: Where, purpose: str, ports: PortRange, source: str | None) -> tuple[Remedy, ...]:
    first, last = ports
    span = f"{first}-{last}" if first != last else f"{first}"
    match = from_who = ""
    zone = (f"firewall-cmd --permanent --add-port={span}/tcp",)
    if source is not None:
        address = parse_address(source)
        # nft and ufw take no scope id, and nobody opens a firewall for one link's address by hand.
        bare = str(address).partition("%")[0]
        match = f"{'ip' if address.version == 4 else 'ip6'} saddr {bare} "
        from_who = f"from {bare} to any "
        rule = (
            f'family="ipv{address.version}" source address="{bare}" port port="{span}" protocol="tcp" accept'
        )
        zone = (f"firewall-cmd --permanent --add-rich-rule='rule {rule}'",)
    ufw = f"ufw allow proto tcp {from_who or 'to any '}port {span.replace('-', ':')}"
    return (
        Remedy(where, "nftables", purpose, (f"nft insert rule inet filter input {match}tcp dport {span} accept",)),
        Remedy(where, "ufw", purpose, (ufw,)),
        Remedy(where, "firewalld", purpose, (*zone, "firewall-cmd --reload")),
    )  # fmt: skip


def forward_active_ports(ports: PortRange, inside: str) -> tuple[Remedy, ...]:
    """Makes a Linux router hand the server's data connections on to this machine.

    Args:
        ports: The range that tuiftp listens on in active mode.
        inside: This machine's address behind the router.
    """
    return _forward(Where.CLIENT_FIREWALL, ports, inside)


def forward_passive_ports(ports: PortRange, inside: str) -> tuple[Remedy, ...]:
    """Makes a Linux router hand passive data connections on to the server behind it.

    Args:
        ports: The passive range.
        inside: The server's address behind the router.
    """
    return _forward(Where.SERVER_FIREWALL, ports, inside)


def _forward(where: Where, ports: PortRange, inside: str) -> tuple[Remedy, ...]:
    address = parse_address(inside)
    bare = str(address).partition("%")[0]
    family, span = ("ip" if address.version == 4 else "ip6"), f"{ports[0]}-{ports[1]}"
    lines = (
        f"nft add table {family} nat",
        f"nft 'add chain {family} nat prerouting {{ type nat hook prerouting priority dstnat; }}'",
        f"nft add rule {family} nat prerouting tcp dport {span} dnat to {bare}",
    )
    purpose = f"forward ports {span} to {bare}, and let them through"
    return (Remedy(where, "router with nftables", purpose, lines),)


def load_helper(control_port: int = 21, *, where: Where = Where.CLIENT_FIREWALL) -> tuple[Remedy, ...]:
    """Makes a Linux router follow PORT and 227 in plain FTP by the kernel's own helper. TLS hides them from it."""
    lines = (
        "modprobe nf_nat_ftp",
        "nft -f - <<'END'",
        "table inet ftp {",
        '    ct helper ftp { type "ftp" protocol tcp; }',
        "    chain prerouting {",
        "        type filter hook prerouting priority filter;",
        f'        tcp dport {control_port} ct helper set "ftp"',
        "    }",
        "}",
        "END",
    )  # fmt: skip
    purpose = "let the router follow plain FTP (it cannot look into TLS)"
    return (Remedy(where, "router with nftables", purpose, lines),)
