"""Lines of configuration for the usual FTP servers, by what they are to achieve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tuiftp.wirelog.remedies.model import USUAL_PORTS, PortRange, Remedy, Software, Where


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
        Software.PYFTPDLIB: (
            f'handler.masquerade_address = "{address}"',
            f"handler.passive_ports = range({first}, {last + 1})",
        ),
        Software.IIS: (
            f"FTP Firewall Support: data channel port range {first}-{last}, external IP address {address}",
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
        Software.PYFTPDLIB: (f"handler.passive_ports = range({first}, {last + 1})",),
        Software.IIS: (f"FTP Firewall Support: data channel port range {first}-{last}",),
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


def allow_passive(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server take PASV and EPSV at all."""
    lines = {
        Software.VSFTPD: ("pasv_enable=YES",),
        Software.PROFTPD: ("<Limit PASV EPSV>", "  AllowAll", "</Limit>"),
    }
    return _for_servers(lines, "allow passive mode", software)


def allow_two_addresses(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server take data connections from another address than the control connection's.

    It is a protection that is given up: for clients that leave through two addresses, and for nobody else.
    """
    lines = {
        Software.VSFTPD: ("pasv_promiscuous=YES",),
        Software.PROFTPD: ("AllowForeignAddress on",),
        Software.PUREFTPD: ("-w",),
        Software.FILEZILLA: ("Protocols settings, FTP: do not require matching peer addresses",),
        Software.PYFTPDLIB: ("handler.permit_foreign_addresses = True",),
    }
    return _for_servers(lines, "accept data connections from another address of the client", software)


def allow_foreign_port(*, software: Software | None = None) -> tuple[Remedy, ...]:
    """Makes the server connect to another address than the control connection's, as PORT names it.

    It is a protection that is given up (RFC 2577): the server can then be made to connect to third machines.
    """
    lines = {
        Software.VSFTPD: ("port_promiscuous=YES",),
        Software.PROFTPD: ("AllowForeignAddress on",),
        Software.PUREFTPD: ("-w",),
        Software.PYFTPDLIB: ("handler.permit_foreign_addresses = True",),
    }
    return _for_servers(lines, "connect to the address that PORT names, whosever it is", software)


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


def allow_longer_idle(seconds: int, *, software: Software | None = None) -> tuple[Remedy, ...]:
    """Lets a control connection be silent for longer."""
    minutes = -(-seconds // 60)
    lines = {
        Software.VSFTPD: (f"idle_session_timeout={seconds}",),
        Software.PROFTPD: (f"TimeoutIdle {seconds}", f"TimeoutNoTransfer {seconds}"),
        Software.PUREFTPD: (f"-I {minutes}",),
        Software.PYFTPDLIB: (f"handler.timeout = {seconds}",),
        Software.IIS: (f"FTP Site, Connections: control channel timeout {seconds} s",),
    }
    return _for_servers(lines, f"keep silent connections for {seconds} s", software)


def allow_more_logins(count: int, *, software: Software | None = None) -> tuple[Remedy, ...]:
    """Lets one address log in so many times at once."""
    lines = {
        Software.VSFTPD: (f"max_per_ip={count}",),
        Software.PROFTPD: (f"MaxClientsPerHost {count}",),
        Software.PUREFTPD: (f"-C {count}",),
        Software.PYFTPDLIB: (f"server.max_cons_per_ip = {count}",),
    }
    return _for_servers(lines, f"allow {count} logins from one address", software)


_USUAL: Final = (Software.VSFTPD, Software.PROFTPD, Software.PUREFTPD)


def _for_servers(
    lines: Mapping[Software, tuple[str, ...]], purpose: str, software: Software | None
) -> tuple[Remedy, ...]:
    """The remedy for one server, or for all that are usual on Linux where it is not known which it is."""
    if software is not None:
        wanted = [software] if software in lines else []
    else:
        wanted = [known for known in lines if known in _USUAL]
    return tuple(Remedy(Where.SERVER, known.value, purpose, lines[known]) for known in wanted)
