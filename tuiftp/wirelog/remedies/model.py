"""Remedy: one change that would mend a failure, for one product; and which servers are known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

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
    PYFTPDLIB = "pyftpdlib"
    IIS = "IIS"


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


TAKES_WHAT_IT_SEES: Final = frozenset(
    {Software.VSFTPD, Software.PUREFTPD, Software.PYFTPDLIB, Software.FILEZILLA}
)
"""Servers that by default take PORT with no other address than the one that they see the client at. ProFTPD takes a
private one too, and connects to the address that it sees."""

_SIGNS: Final = {
    "vsftpd": Software.VSFTPD,
    "proftpd": Software.PROFTPD,
    "pure-ftpd": Software.PUREFTPD,
    "filezilla": Software.FILEZILLA,
    "pyftpdlib": Software.PYFTPDLIB,
    "microsoft ftp": Software.IIS,
}


def software_of(*texts: str) -> Software | None:
    """Recognizes the server by its greeting or its answer to SYST; None where they do not tell."""
    spoken = " ".join(texts).lower()
    return next((software for sign, software in _SIGNS.items() if sign in spoken), None)
