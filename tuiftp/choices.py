"""What a person can choose, one enumeration for each choice: the words of settings.toml, sites.toml and the flags.

Where a saved site, a flag or a dialog makes no choice of its own, it has None: as in the settings.
"""

from __future__ import annotations

from enum import StrEnum


class ConnectionMode(StrEnum):
    """Who opens data connections."""

    AUTO = "auto"
    PASSIVE = "passive"
    ACTIVE = "active"


class AddressPolicy(StrEnum):
    """Which address to connect to after a 227 reply."""

    SMART = "smart"
    PEER = "peer"
    ANNOUNCED = "announced"


class TlsMode(StrEnum):
    """How a URL's scheme says that the control connection is encrypted; the words of `--tls`."""

    NONE = "none"
    """`ftp://`: nothing is said."""
    EXPLICIT = "explicit"
    """`ftpes://`: by AUTH TLS."""
    IMPLICIT = "implicit"
    """`ftps://`: from the first byte."""


class TlsPolicy(StrEnum):
    """Whether and how a site's connections are encrypted."""

    OFF = "off"
    """Plain FTP."""
    IF_OFFERED = "if offered"
    """AUTH TLS; plain FTP where the server does not know it."""
    REQUIRED = "required"
    """AUTH TLS, or no login (explicit FTPS)."""
    IMPLICIT = "implicit"
    """TLS from the first byte, usually on port 990."""

    @property
    def scheme(self) -> TlsMode:
        """How the URL of such a site begins."""
        return _SCHEMES.get(self, TlsMode.NONE)


_SCHEMES = {TlsPolicy.REQUIRED: TlsMode.EXPLICIT, TlsPolicy.IMPLICIT: TlsMode.IMPLICIT}
_POLICIES = {scheme: policy for policy, scheme in _SCHEMES.items()}


def policy_of(scheme: TlsMode, *, plain: TlsPolicy = TlsPolicy.IF_OFFERED) -> TlsPolicy:
    """What a URL's scheme asks for.

    Args:
        scheme: The scheme.
        plain: What `ftp://` stands for: scripts get plain FTP, people get TLS where the server offers it.
    """
    return _POLICIES.get(scheme, plain)


class TlsVersion(StrEnum):
    """A version of TLS; those before 1.2 have known weaknesses."""

    TLS_1_0 = "1.0"
    TLS_1_1 = "1.1"
    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class ConflictPolicy(StrEnum):
    """What to do when the target of a transfer exists."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    RESUME = "resume"
    NEWER = "newer"
    SIZE_DIFFERS = "size"
    NEWER_OR_SIZE_DIFFERS = "newer-or-size"
    RENAME = "rename"
    SKIP = "skip"


class Verification(StrEnum):
    """What is compared when a transfer has ended."""

    SIZE = "size"
    CHECKSUM = "checksum"


class TemporaryUpload(StrEnum):
    """Whether an upload grows under a name of its own and is renamed when it is whole."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"
