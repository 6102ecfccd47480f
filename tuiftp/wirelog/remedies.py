"""What to change where a data connection fails: exact lines for servers and firewalls, as data.

Findings and the probe both end in advice; the words and the lines for it stand here once. Each function answers
one need ("the server must announce another address") with one `Remedy` per product that can be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from tuiftp.protocol.addresses import AddressClass, classify, parse_address

PortRange: TypeAlias = tuple[int, int]
"""A first and a last port, both included."""

USUAL_PORTS: Final[PortRange] = (50000, 50100)
"""The range that is proposed where nobody has chosen one."""


class Where(StrEnum):
    """Who has to change something."""

    CLIENT = "client"
    """tuiftp's own settings."""
    CLIENT_FIREWALL = "client's firewall"
    """The firewall on this machine, or the router before it."""
    SERVER = "server"
    """The configuration of the FTP server."""
    SERVER_FIREWALL = "server's firewall"
    """The firewall on the server, or the router before it."""


class Software(StrEnum):
    """The servers whose settings are known here."""

    VSFTPD = "vsftpd"
    PROFTPD = "ProFTPD"
    PUREFTPD = "Pure-FTPd"
    FILEZILLA = "FileZilla Server"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that would mend a failure."""

    where: Where
    """Who has to make it."""
    product: str
    """What is to be configured: `vsftpd`, `nftables`, `tuiftp`."""
    purpose: str
    """What it does, in a few words without a full stop."""
    lines: tuple[str, ...]
    """What to write into the configuration, or the commands to run; ready to be pasted."""

    @property
    def text(self) -> str:
        """The change on one line: `vsftpd: pasv_address=203.0.113.7; pasv_min_port=50000`."""
        return f"{self.product}: {'; '.join(self.lines)}"


_SIGNS: Final = {
    "vsftpd": Software.VSFTPD,
    "proftpd": Software.PROFTPD,
    "pure-ftpd": Software.PUREFTPD,
    "filezilla": Software.FILEZILLA,
}


def software_of(*texts: str) -> Software | None:
    """Recognizes the server by its greeting or its answer to SYST; None where they do not tell."""
    spoken = " ".join(texts).lower()
    return next((software for sign, software in _SIGNS.items() if sign in spoken), None)


def advice_lines(remedies: Iterable[Remedy]) -> tuple[str, ...]:
    """A line a remedy, for places that have no room for more."""
    return tuple(f"{remedy.where}, {remedy.text}" for remedy in remedies)


# -- the server ---------------------------------------------------------------------------------------------


def announce_address(
    address: str, ports: PortRange = USUAL_PORTS, *, software: Software | None = None
) -> tuple[Remedy, ...]:
    """Makes the server name the address in its 227 at which clients reach it, and fixes the passive range.

    Args:
        address: That address.
        ports: The passive range to fix, which firewall and router must let through.
        software: The server, if it is known; None gives the lines for all.
    """
    first, last = ports
    lines = {
        Software.VSFTPD: (f"pasv_address={address}", *_vsftpd_range(ports)),
        Software.PROFTPD: (f"MasqueradeAddress {address}", f"PassivePorts {first} {last}"),
        Software.PUREFTPD: (f"-P {address} -p {first}:{last}",),
        Software.FILEZILLA: (
            f"Protocols settings, FTP, Passive mode: public IP {address}, ports {first}-{last}",
        ),
    }
    return _for_servers(lines, f"announce {address} in passive replies", software)


def fix_passive_range(
    ports: PortRange = USUAL_PORTS, *, software: Software | None = None
) -> tuple[Remedy, ...]:
    """Makes the server listen for data connections in a known range only."""
    first, last = ports
    lines = {
        Software.VSFTPD: ("pasv_enable=YES", *_vsftpd_range(ports)),
        Software.PROFTPD: (f"PassivePorts {first} {last}",),
        Software.PUREFTPD: (f"-p {first}:{last}",),
        Software.FILEZILLA: (f"Protocols settings, FTP, Passive mode: ports {first}-{last}",),
    }
    return _for_servers(lines, f"use ports {first}-{last} for passive data connections", software)


def _vsftpd_range(ports: PortRange) -> tuple[str, str]:
    return f"pasv_min_port={ports[0]}", f"pasv_max_port={ports[1]}"


def allow_active(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server take PORT and EPRT at all."""
    lines = {
        Software.VSFTPD: ("port_enable=YES",),
        Software.PROFTPD: ("<Limit PORT EPRT>", "  AllowAll", "</Limit>"),
    }
    return _for_servers(lines, "allow active mode", software)


def allow_two_addresses(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server take data connections from another address than the control connection's.

    It is a protection that is given up: for clients that leave through two addresses, and for nobody else.
    """
    lines = {
        Software.VSFTPD: ("pasv_promiscuous=YES",),
        Software.PROFTPD: ("AllowForeignAddress on",),
        Software.PUREFTPD: ("-w",),
    }
    return _for_servers(lines, "accept data connections from another address of the client", software)


def waive_session_reuse(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server accept TLS data connections that do not resume the control connection's session."""
    lines = {
        Software.VSFTPD: ("require_ssl_reuse=NO",),
        Software.PROFTPD: ("TLSOptions NoSessionReuseRequired",),
        Software.FILEZILLA: (
            "Protocols settings, FTP and FTP over TLS: do not require TLS session resumption",
        ),
    }
    return _for_servers(lines, "accept data connections that resume no TLS session", software)


def skip_lookups(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Keeps the server from looking names up before it answers."""
    lines = {
        Software.VSFTPD: ("reverse_lookup_enable=NO",),
        Software.PROFTPD: ("UseReverseDNS off", "IdentLookups off"),
        Software.PUREFTPD: ("-H",),
    }
    return _for_servers(lines, "greet without looking up the client's name", software)


def allow_longer_idle(seconds: int, *, software: Software | None = None) -> tuple[Remedy, ...]:
    """Lets a control connection be silent for longer."""
    minutes = -(-seconds // 60)
    lines = {
        Software.VSFTPD: (f"idle_session_timeout={seconds}",),
        Software.PROFTPD: (f"TimeoutIdle {seconds}", f"TimeoutNoTransfer {seconds}"),
        Software.PUREFTPD: (f"-I {minutes}",),
    }
    return _for_servers(lines, f"keep silent connections for {seconds} s", software)


def allow_more_logins(count: int, *, software: Software | None = None) -> tuple[Remedy, ...]:
    """Lets one address log in so many times at once."""
    lines = {
        Software.VSFTPD: (f"max_per_ip={count}",),
        Software.PROFTPD: (f"MaxClientsPerHost {count}",),
        Software.PUREFTPD: (f"-C {count}",),
    }
    return _for_servers(lines, f"allow {count} logins from one address", software)


def _for_servers(
    lines: Mapping[Software, tuple[str, ...]], purpose: str, software: Software | None
) -> tuple[Remedy, ...]:
    """The remedy for one server, or for all that are usual on Linux where it is not known which it is."""
    if software is not None:
        wanted = [software] if software in lines else []
    else:
        wanted = [known for known in lines if known is not Software.FILEZILLA]
    return tuple(Remedy(Where.SERVER, known.value, purpose, lines[known]) for known in wanted)


# -- firewalls ----------------------------------------------------------------------------------------------


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


# -- tuiftp itself ------------------------------------------------------------------------------------------


def set_active_address(address: str, ports: PortRange = USUAL_PORTS) -> tuple[Remedy, ...]:
    """Makes tuiftp announce the address that servers can reach, on ports that can be forwarded."""
    lines = (f'active_address = "{address}"', f'active_ports = "{ports[0]}-{ports[1]}"')
    return (Remedy(Where.CLIENT, "tuiftp", f"announce {address} in active mode", lines),)


def set_active_ports(ports: PortRange = USUAL_PORTS) -> tuple[Remedy, ...]:
    """Makes tuiftp listen in a range that a firewall can open."""
    lines = (f'active_ports = "{ports[0]}-{ports[1]}"',)
    return (Remedy(Where.CLIENT, "tuiftp", f"listen on ports {ports[0]}-{ports[1]} in active mode", lines),)


def is_reachable_from_outside(address: str) -> bool:
    """Whether an address means anything to somebody on the internet."""
    try:
        return classify(address) is AddressClass.PUBLIC
    except ValueError:
        return False
