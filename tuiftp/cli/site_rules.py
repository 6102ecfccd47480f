"""Which rules hold for a site's connections: puts flags, the site's own choices and the settings together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tuiftp.choices import ConflictPolicy, ConnectionMode, TlsMode, TlsPolicy, policy_of
from tuiftp.cli.arguments import Arguments
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import ConnectionOptions
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.modes import ModeRules
from tuiftp.protocol.url import Target, format_url, parse_url
from tuiftp.storage.connect_request import ConnectRequest, request_for
from tuiftp.storage.run_settings import Flags
from tuiftp.storage.settings import Settings
from tuiftp.storage.sites import SavedSite

if TYPE_CHECKING:
    from tuiftp.storage.recents import Recents
    from tuiftp.storage.sites_store import SiteStore

_NO_SITE = SavedSite()
"""A site that makes no choices."""


def flags_of(arguments: Arguments) -> Flags:
    """The flags among the arguments; `--continue` without `--overwrite` goes on with what is there."""
    resumes = arguments.overwrite is None and arguments.is_continued
    return Flags(
        mode=arguments.mode,
        is_extended_first=arguments.is_extended_first,
        timeout=arguments.timeout,
        connections=arguments.connections,
        overwrite=ConflictPolicy.RESUME if resumes else arguments.overwrite,
        has_checksums=arguments.is_verified,
        segments=arguments.segments,
        tls=arguments.tls,
        ca_file=arguments.ca_file or "",
        fingerprint=arguments.fingerprint or "",
        command=arguments.command,
    )


def resolve(settings: Settings, flags: Flags, request: ConnectRequest) -> ConnectionOptions:
    """The rules for a site's connections. Whoever chose for this one server goes before whoever chose for all.

    - Mode, EPSV and EPRT first, addresses, connections: the site, then the flag, then the setting.
    - Encoding: what was chosen for this server since, then the saved site, then the setting.
    - TLS policy: the site, then the scheme of its URL, which has `--tls` in it already.
    - Authorities: the flag, then the saved site: `--ca-file` is for a server that is not believed otherwise.
    - Fingerprint: the flag. Oldest version, client certificate, zone: the saved site.
    - Timeouts, fallback, ports: the flag, where there is one, then the setting.

    What is set for a site while it is open, as a probe recommends, goes before all of these; the open site keeps it
    and applies it itself (`FtpSite.prefer`).

    Args:
        settings: What the user keeps.
        flags: The command line.
        request: The site, by its URL, the dialog or the site manager.
    """
    run = flags.on(settings)
    site = request.saved or _NO_SITE
    chosen = request.extended if request.extended is not None else site.extended
    extended = run.prefer_extended if chosen is None else chosen
    return ConnectionOptions(
        rules=ModeRules(request.mode or run.mode, run.allow_fallback, extended),
        tls=_resolve_tls(flags, request, site),
        passive_address=site.passive_address or run.passive_address,
        active_address=site.active_address or run.active_address,
        active_ports=run.port_range,
        announced_port_offset=run.announced_port_offset,
        learn_active_address=run.learn_active_address,
        encoding=request.encoding or site.encoding or run.encoding,
        zone=site.zone,
        # A tree is fetched whole, as `cp -r` would; what is shown on a screen is the settings' affair.
        lists_hidden=run.show_hidden or flags.command in ("get", "cp"),
        timeout=run.timeout,
        auto_connect_timeout=run.auto_connect_timeout,
        accept_timeout=run.accept_timeout,
        stall_timeout=run.stall_timeout,
        listing_timeout=run.listing_timeout,
        connections=site.connections or run.connections,
    )


def _resolve_tls(flags: Flags, request: ConnectRequest, site: SavedSite) -> TlsOptions:
    """In the app `ftp://` is encrypted where the server can; a script gets what its URL says, or an error.

    `--tls none` is the choice of a person who wants no TLS, and so is a saved site that says so; `ftp://` is none.
    """
    may_encrypt = flags.tls is None and not flags.command
    plain = TlsPolicy.IF_OFFERED if may_encrypt else TlsPolicy.OFF
    return TlsOptions(
        policy=request.tls or policy_of(request.target.tls, plain=plain),
        is_plain_meant=request.is_plain_meant or flags.tls is TlsMode.NONE,
        minimum_version=site.tls_minimum,
        ca_file=flags.ca_file or site.ca_file,
        client_certificate=site.client_certificate,
        client_key=site.client_key,
        fingerprint=flags.fingerprint,
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
