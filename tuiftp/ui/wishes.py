"""What the user wants to connect to, wherever it was said: the dialog, the site manager, the command line."""

from __future__ import annotations

from dataclasses import dataclass

from tuiftp.ftp.tls import TlsPolicy
from tuiftp.protocol.modes import ConnectionMode
from tuiftp.protocol.url import Target, TlsMode
from tuiftp.storage.sites import SavedSite, SiteMode, SiteTls

_TLS = {
    TlsMode.NONE: SiteTls.IF_OFFERED,
    TlsMode.EXPLICIT: SiteTls.REQUIRED,
    TlsMode.IMPLICIT: SiteTls.IMPLICIT,
}


@dataclass(frozen=True, slots=True)
class ConnectRequest:
    """What the user wants to connect to. The password is in the target."""

    target: Target
    """The server, the user and the directory."""
    mode: ConnectionMode | None = None
    """The mode for this site; None: as in the settings."""
    tls: TlsPolicy | None = None
    """How to encrypt; None: as the target's scheme says, and `ftp` means: if the server offers it."""
    saved: SavedSite | None = None
    """The site that it was made of."""
    is_remembered: bool = True
    """Whether it goes into the list of recent sites: the demo server's port is another each time."""
    encoding: str = ""
    """How names are read, as it was chosen for this server; empty: as the saved site or the settings say."""


def request_for(site: SavedSite) -> ConnectRequest:
    """The wish to connect to a saved site."""
    return ConnectRequest(site.target, site.connection_mode, TlsPolicy(site.tls.value), site)


def site_of(request: ConnectRequest, *, directory: str = "") -> SavedSite:
    """A site to be saved, or the one that a request was made of.

    Args:
        request: What was connected to.
        directory: Where the remote pane should begin.
    """
    if request.saved is not None:
        return request.saved
    target = request.target
    return SavedSite(
        name=target.host,
        host=target.host,
        port=target.port,
        tls=SiteTls(request.tls.value) if request.tls is not None else _TLS[target.tls],
        user=target.user or "",
        mode=SiteMode(request.mode.value) if request.mode is not None else SiteMode.DEFAULT,
        remote_directory=directory or target.path or "",
    )
