"""Lines of configuration for the usual servers, by what they are to achieve."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a setting is to achieve."""

    ADDRESS = "address"
    RANGE = "range"
    REUSE = "reuse"
    TWO_ADDRESSES = "two addresses"
    IDLE = "idle"
    LIMIT = "limit"
    FOREIGN = "foreign"


_NAMES: Final = {
    "vsftpd": "vsftpd", "proftpd": "ProFTPD", "pure-ftpd": "Pure-FTPd", "filezilla": "FileZilla Server",
    "pyftpdlib": "pyftpdlib", "microsoft ftp": "IIS",
}  # fmt: skip

LINES: Final[Mapping[Purpose, Mapping[str, str]]] = {
    Purpose.ADDRESS: {
        "vsftpd": "vsftpd: pasv_address={address}",
        "ProFTPD": "ProFTPD: MasqueradeAddress {address}",
        "Pure-FTPd": "Pure-FTPd: -P {address} (file ForcePassiveIP)",
        "FileZilla Server": "FileZilla Server: Passive mode, “Use the following address”: {address}",
        "pyftpdlib": 'pyftpdlib: handler.masquerade_address = "{address}"',
        "IIS": "IIS: FTP Firewall Support, External IP Address of Firewall: {address}",
    },
    Purpose.RANGE: {
        "vsftpd": "vsftpd: pasv_min_port={first}, pasv_max_port={last}",
        "ProFTPD": "ProFTPD: PassivePorts {first} {last}",
        "Pure-FTPd": "Pure-FTPd: -p {first}:{last} (file PassivePortRange)",
        "FileZilla Server": "FileZilla Server: Passive mode, “Use custom port range”: {first} to {last}",
        "pyftpdlib": "pyftpdlib: handler.passive_ports = range({first}, {last} + 1)",
        "IIS": "IIS: FTP Firewall Support, Data Channel Port Range: {first}-{last}",
    },
    Purpose.REUSE: {
        "vsftpd": "vsftpd: require_ssl_reuse=NO",
        "ProFTPD": "ProFTPD: TLSOptions NoSessionReuseRequired",
        "FileZilla Server": "FileZilla Server: cannot be switched off: let the client resume sessions",
    },
    Purpose.TWO_ADDRESSES: {
        "vsftpd": "vsftpd: pasv_promiscuous=YES",
        "ProFTPD": "ProFTPD: AllowForeignAddress on",
        "pyftpdlib": "pyftpdlib: handler.permit_foreign_addresses = True",
        "FileZilla Server": "FileZilla Server: switch off “Require matching peer IP”",
    },
    Purpose.FOREIGN: {
        "vsftpd": "vsftpd: port_promiscuous=YES",
        "ProFTPD": "ProFTPD: AllowForeignAddress on",
        "pyftpdlib": "pyftpdlib: handler.permit_foreign_addresses = True",
    },
    Purpose.IDLE: {
        "vsftpd": "vsftpd: idle_session_timeout=900, data_connection_timeout=900",
        "ProFTPD": "ProFTPD: TimeoutIdle 900, TimeoutNoTransfer 900",
        "Pure-FTPd": "Pure-FTPd: -I 30 (file MaxIdleTime, minutes)",
        "pyftpdlib": "pyftpdlib: handler.timeout = 900",
        "IIS": "IIS: FTP Site, Control Channel Timeout",
    },
    Purpose.LIMIT: {
        "vsftpd": "vsftpd: max_per_ip, max_clients",
        "ProFTPD": "ProFTPD: MaxClientsPerHost, MaxClientsPerUser, MaxInstances",
        "Pure-FTPd": "Pure-FTPd: -C (file MaxClientsPerIP), -c (file MaxClientsNumber)",
        "FileZilla Server": "FileZilla Server: the user's or group's session limit",
        "pyftpdlib": "pyftpdlib: server.max_cons, server.max_cons_per_ip",
    },
}
"""For each purpose, a line for each server that can do it."""


def which_server(greeting: str) -> str | None:
    """The server's name, as far as its greeting tells."""
    lower = greeting.lower()
    return next((name for sign, name in _NAMES.items() if sign in lower), None)


def server_lines(purpose: Purpose, server: str | None, values: Mapping[str, object]) -> tuple[str, ...]:
    """The lines for one server, or for all where it is not known (or has none for this)."""
    lines = LINES[purpose]
    chosen = [lines[server]] if server is not None and server in lines else list(lines.values())
    return tuple(line.format_map(values) for line in chosen)
