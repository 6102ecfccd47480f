"""What is wanted of one site and differs from the settings: by its URL, the dialog, or the site manager."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tuiftp.choices import ConnectionMode, TlsMode, TlsPolicy
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import ConnectionOptions
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.url import Target, format_url, parse_url

if TYPE_CHECKING:
    from tuiftp.storage.recents import Recents
    from tuiftp.storage.sites import SavedSite
    from tuiftp.storage.sites_store import SiteStore
    from tuiftp.ui.sites.connect_request import ConnectRequest


@dataclass(frozen=True, slots=True)
class SiteOverrides:
    """The wishes for one site. They stay when the settings change."""

    mode: ConnectionMode | None = None
    """The connection mode; None: as in the settings."""
    scheme: TlsMode = TlsMode.NONE
    """How to encrypt, as its URL has it."""
    tls: TlsPolicy | None = None
    """How to encrypt, as a person chose it; None: as `scheme` has it."""
    saved: SavedSite | None = None
    """All else that is kept of the site."""
    encoding: str = ""
    """How names are read, as it was chosen since; empty: as the saved site or the settings say."""
    is_plain_meant: bool = False
    """Whether a person wants it without TLS, whatever is remembered of the server."""

    def on(self, options: ConnectionOptions) -> ConnectionOptions:
        """The rules of the settings and the command line, as this site wants them."""
        site = self.saved
        if site is None:
            return replace(options, encoding=self.encoding or options.encoding)
        rules = options.rules
        if site.extended is not None:
            rules = replace(rules, prefer_extended=site.extended)
        return replace(
            options,
            rules=rules,
            passive_address=site.passive_address or options.passive_address,
            active_address=site.active_address or options.active_address,
            connections=site.connections or options.connections,
            encoding=self.encoding or site.encoding or options.encoding,
            zone=site.zone,
            tls=_tls(site, options.tls),
        )


def overrides_of(request: ConnectRequest) -> SiteOverrides:
    """What the dialog or the site manager wants."""
    # What was saved was meant. A choice in the dialog is asked about; the server of the demo is our own.
    is_plain_meant = request.saved is not None or not request.is_remembered
    return SiteOverrides(
        request.mode, request.target.tls, request.tls, request.saved, request.encoding, is_plain_meant
    )


def remembered_encoding(target: Target) -> str:
    """How the names of a server are read, as that was chosen in the app; empty: it was not.

    What its saved site says goes before what was chosen for a site that is not saved.
    """
    from tuiftp.storage.recents import Recents
    from tuiftp.storage.sites_store import SiteStore

    login = _login_of(target)
    saved = SiteStore().find(*login)
    if saved is not None and saved.encoding:
        return saved.encoding
    for recent in Recents().sites():
        with suppress(ConfigurationError):
            if recent.kept_encoding and _login_of(parse_url(recent.url)) == login:
                return recent.kept_encoding
    return ""


def _login_of(target: Target) -> tuple[str, int, str]:
    return target.host.casefold(), target.port, target.user or ""


def remembered_request(target: Target, sites: SiteStore, recents: Recents) -> ConnectRequest:
    """What was wanted of a server of which only the URL is left, as after a restart.

    That is what its saved site says now: the one that was opened under this URL last, else one with the same login.
    Where there is none, it is what was chosen in the connect dialog.

    Args:
        target: The URL.
        sites: The sites that are kept.
        recents: The sites of late.
    """
    from tuiftp.ui.sites.connect_request import (  # the commands have no saved sites
        ConnectRequest,
        request_for,
    )

    url = format_url(replace(target, path=None, password=None))
    recent = next((site for site in recents.sites() if site.url == url), None)
    saved = sites.get(recent.folder, recent.name) if recent is not None else None
    if saved is None or saved.login != _login_of(target):
        saved = sites.find(target.host, target.port, target.user or "")
    if saved is not None:
        return replace(request_for(saved), target=target)
    if recent is None:
        return ConnectRequest(target)
    mode = next((mode for mode in ConnectionMode if mode == recent.mode), None)
    tls = next((tls for tls in TlsPolicy if tls == recent.tls), None)
    return ConnectRequest(target, mode, tls, encoding=recent.kept_encoding)


def _tls(site: SavedSite, options: TlsOptions) -> TlsOptions:
    return replace(
        options,
        minimum_version=site.tls_minimum,
        ca_file=options.ca_file or site.ca_file,
        client_certificate=site.client_certificate,
        client_key=site.client_key,
    )
