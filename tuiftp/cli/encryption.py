"""What the URL and the flags say of TLS, as rules for the engine; and what is trusted, kept as state."""

from __future__ import annotations

from tuiftp.cli.arguments import Arguments
from tuiftp.errors import LocalFileError
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.tls import TlsOptions, TlsPolicy
from tuiftp.ftp.trust import TrustStore
from tuiftp.protocol.url import Target, TlsMode, scheme_of
from tuiftp.storage.state import load_json, save_json

_STATE = "trust"
_POLICIES = {
    TlsMode.NONE: TlsPolicy.OFF,
    TlsMode.EXPLICIT: TlsPolicy.REQUIRED,
    TlsMode.IMPLICIT: TlsPolicy.IMPLICIT,
}


def tls_options(tls: TlsMode, arguments: Arguments, policy: TlsPolicy | None = None) -> TlsOptions:
    """The rules for a site.

    Args:
        tls: What its URL says.
        arguments: The command line.
        policy: The site's own word, which goes before the URL.
    """
    return TlsOptions(
        policy=policy or _policy(tls, arguments),
        ca_file=arguments.ca_file or "",
        fingerprint=arguments.fingerprint or "",
    )


def _policy(tls: TlsMode, arguments: Arguments) -> TlsPolicy:
    """In the app `ftp://` is encrypted where the server can; a script gets what its URL says, or an error."""
    if tls is TlsMode.NONE and arguments.tls is None and not arguments.command:
        return TlsPolicy.IF_OFFERED
    return _POLICIES[tls]


def site_address(target: Target, credentials: Credentials) -> SiteAddress:
    """Where a target is, and who we are there."""
    return SiteAddress(target.host, target.port, credentials, scheme_of(target.tls))


def load_trust() -> TrustStore:
    """What is trusted, saved whenever it changes."""
    trust = TrustStore()
    stored = load_json(_STATE)
    if isinstance(stored, dict):
        trust.load_dict(stored)

    def save() -> None:
        try:
            save_json(_STATE, trust.to_dict())
        except LocalFileError:
            pass  # the next run asks again

    trust.on_change = save
    return trust
