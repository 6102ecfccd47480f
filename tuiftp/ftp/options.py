"""What an FTP connection is made with: where to, as whom, and by which rules. No defaults are read elsewhere."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import tzinfo

from tuiftp.choices import AddressPolicy
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.modes import ModeRules
from tuiftp.secret import Secret

ANONYMOUS = ("anonymous", "ftp")
"""The users of a login that everybody may have (RFC 1635)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in."""

    user: str = "anonymous"
    """The user name for USER."""
    password: Secret = Secret("anonymous@")
    """The password for PASS; never logged."""

    @property
    def has_secret(self) -> bool:
        """Whether there is something to lose in clear; what an anonymous login gives as its password is none."""
        return bool(self.password) and self.user.casefold() not in ANONYMOUS


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """Where a server is and who we are there. The key of pools and of what is remembered."""

    host: str
    """Host name or address, without brackets."""
    port: int = 21
    """The control port."""
    credentials: Credentials = Credentials()
    """Who logs in."""
    scheme: str = "ftp"
    """How it is named in a URL: `ftp`, `ftpes` (TLS by AUTH), `ftps` (implicit TLS)."""

    @property
    def label(self) -> str:
        """`ftp://user@host`, with the port if it is not the usual one; never the password."""
        usual = 990 if self.scheme == "ftps" else 21
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "" if self.credentials.user == "anonymous" else f"{self.credentials.user}@"
        return f"{self.scheme}://{user}{host}" + ("" if self.port == usual else f":{self.port}")


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """The rules for one site's connections. Times are seconds."""

    rules: ModeRules = ModeRules()
    """Which modes, and whether to fall back."""
    tls: TlsOptions = TlsOptions()
    """Whether and how connections are encrypted."""
    passive_address: AddressPolicy = AddressPolicy.SMART
    """Which address to connect to after 227."""
    active_address: str = ""
    """The address or host name to announce in PORT and EPRT; empty: the control connection's own."""
    active_ports: tuple[int, int] | None = None
    """The range of ports to listen on, both ends included; None: any."""
    announced_port_offset: int = 0
    """Added to the port that is announced, for a router that forwards other ports than ours."""
    learn_active_address: bool = False
    """Whether to announce the address that the server itself named in a refusal."""
    encoding: str = "utf-8"
    """How names are shown; the bytes stay the identity."""
    zone: tzinfo | None = None
    """The zone of the server's clock, for times in LIST; None: unknown, and they are shown as they are."""
    lists_hidden: bool = False
    """Whether to ask with `LIST -a`: many servers leave names with a leading dot out otherwise."""
    timeout: float = 20.0
    """For the control connect and for each reply."""
    auto_connect_timeout: float = 5.0
    """For a passive data connect, while Auto has other ways to try."""
    accept_timeout: float = 10.0
    """For the server's connection to our listener."""
    stall_timeout: float = 45.0
    """How long a data connection may be silent."""
    listing_timeout: float = 600.0
    """How long a listing may take in all, however it drips; what has come until then is shown."""
    drain_timeout: float = 3.0
    """How long to wait for a reply that is still owed after a failure or a cancel."""
    goodbye_timeout: float = 1.0
    """How long to wait for the answer to QUIT at the end; 0: not at all."""
    keepalive_interval: float = 30.0
    """Idle seconds before TCP keep-alive probes on the control connection."""
    family: socket.AddressFamily = socket.AF_UNSPEC
    """IPv4 or IPv6 alone for the control connection; unspecified: the one that answers first."""
    connections: int = 4
    """How many transfer sessions a site may have at once."""
