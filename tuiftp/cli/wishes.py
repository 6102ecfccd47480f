"""What is wanted of one site and differs from the settings: by its URL, the dialog, or the site manager."""

from __future__ import annotations

from dataclasses import dataclass

from tuiftp.ftp.tls import TlsPolicy
from tuiftp.protocol.modes import ConnectionMode
from tuiftp.protocol.url import TlsMode


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes for one site. They stay when the settings change."""

    mode: ConnectionMode | None = None
    """The connection mode; None: as in the settings."""
    scheme: TlsMode = TlsMode.NONE
    """How to encrypt, as its URL has it."""
    tls: TlsPolicy | None = None
    """How to encrypt, as a person chose it; None: as `scheme` has it."""
