"""What is wanted of one site and differs from the settings: by its URL, the dialog, or the site manager."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tuiftp.ftp.options import ConnectionOptions
from tuiftp.ftp.tls import TlsOptions, TlsPolicy, TlsVersion
from tuiftp.protocol.modes import ConnectionMode
from tuiftp.protocol.url import TlsMode
from tuiftp.storage.sites import SavedSite


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes for one site. They stay when the settings change."""

    mode: ConnectionMode | None = None
    """The connection mode; None: as in the settings."""
    scheme: TlsMode = TlsMode.NONE
    """How to encrypt, as its URL has it."""
    tls: TlsPolicy | None = None
    """How to encrypt, as a person chose it; None: as `scheme` has it."""
    saved: SavedSite | None = None
    """All else that is kept of the site."""

    def on(self, options: ConnectionOptions) -> ConnectionOptions:
        """The rules of the settings and the command line, as this site wants them."""
        site = self.saved
        if site is None:
            return options
        return replace(
            options,
            active_address=site.active_address or options.active_address,
            connections=site.connections or options.connections,
            encoding=site.encoding or options.encoding,
            zone=site.zone,
            tls=_tls(site, options.tls),
        )


def _tls(site: SavedSite, options: TlsOptions) -> TlsOptions:
    return replace(
        options,
        minimum_version=TlsVersion(site.tls_minimum.value),
        ca_file=options.ca_file or site.ca_file,
        client_certificate=site.client_certificate,
        client_key=site.client_key,
    )
