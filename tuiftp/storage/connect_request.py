"""What the user wants to connect to, wherever it was said: the dialog, the site manager, the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tuiftp.choices import ConnectionMode, TlsPolicy, policy_of
from tuiftp.protocol.url import Target
from tuiftp.storage.sites import PasswordFrom, SavedSite

if TYPE_CHECKING:  # a listing needs no diagnosis
    from tuiftp.wirelog.probing import Advice


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
    extended: bool | None = None
    """Whether EPSV and EPRT come first; None: as the saved site or the settings say."""
    shows_log: bool = False
    """Whether the protocol log is what to look at, rather than the transfers."""
    encoding: str = ""
    """How names are read, as it was chosen for this server; empty: as the saved site or the settings say."""

    @property
    def is_plain_meant(self) -> bool:
        """Whether a person wants it as it is without TLS too, whatever is remembered of the server.

        What was saved was meant. A choice in the dialog is asked about; the server of the demo is our own.
        """
        return self.saved is not None or not self.is_remembered


def request_for(site: SavedSite) -> ConnectRequest:
    """The request to connect to a saved site."""
    return ConnectRequest(site.target, site.mode, site.tls, site)


def site_of(
    request: ConnectRequest, *, saved: SavedSite | None = None, remote: str = "", local: str = "",
    is_together: bool = False,
) -> SavedSite:  # fmt: skip
    """A connection as a site to be saved.

    Args:
        request: What was connected to.
        saved: The site that it was made of, as it is kept now.
        remote: The directory that the pane of the site shows.
        local: The directory of this machine that the other pane shows; empty: it shows none.
        is_together: Whether both are browsed together.
    """
    return replace(
        saved if saved is not None else _new_site(request),
        # A path that is no text, or has control characters in it, cannot stand in the file.
        remote_directory=remote if remote.isprintable() else "",
        local_directory=local if local.isprintable() else "",
        synchronized=is_together,
    )


def _new_site(request: ConnectRequest) -> SavedSite:
    target = request.target
    return SavedSite(
        name=target.host,
        host=target.host,
        port=target.port,
        tls=request.tls or policy_of(target.tls),
        user=target.user or "",
        mode=request.mode,
        encoding=request.encoding,
        password=PasswordFrom.ASK if target.user else PasswordFrom.ANONYMOUS,
    )


def advised(site: SavedSite, advice: Advice) -> SavedSite:
    """A site that keeps what was set for it while it was open."""
    changes: dict[str, object] = {}
    if advice.mode is not None:
        changes["mode"] = advice.mode
    if advice.prefer_extended is not None:
        changes["extended"] = advice.prefer_extended
    if advice.passive_address is not None:
        changes["passive_address"] = advice.passive_address
    if advice.active_address is not None:
        changes["active_address"] = advice.active_address
    return replace(site, **changes)  # type: ignore[arg-type]
