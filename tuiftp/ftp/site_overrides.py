"""What is set for one site alone, while it is open: it goes before the settings that hold for all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.ftp.options import ConnectionOptions


@dataclass(frozen=True, slots=True)
class SiteOverride:
    """The rules of one site. None: as the settings say."""

    mode: ConnectionMode | None = None
    """The connection mode."""
    prefer_extended: bool | None = None
    """Whether EPSV and EPRT come first."""
    passive_address: AddressPolicy | None = None
    """Which address to connect to after a 227."""
    active_address: str | None = None
    """The address to announce in active mode."""

    def on(self, options: ConnectionOptions) -> ConnectionOptions:
        """The options with these rules in them."""
        rules = options.rules
        if self.mode is not None:
            rules = replace(rules, mode=self.mode)
        if self.prefer_extended is not None:
            rules = replace(rules, prefer_extended=self.prefer_extended)
        options = replace(options, rules=rules)
        if self.passive_address is not None:
            options = replace(options, passive_address=self.passive_address)
        if self.active_address is not None:
            options = replace(options, active_address=self.active_address)
        return options

    def and_then(self, later: SiteOverride) -> SiteOverride:
        """These, changed by what was set later."""
        return SiteOverride(
            self.mode if later.mode is None else later.mode,
            self.prefer_extended if later.prefer_extended is None else later.prefer_extended,
            self.passive_address if later.passive_address is None else later.passive_address,
            self.active_address if later.active_address is None else later.active_address,
        )
