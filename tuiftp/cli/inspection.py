"""What the screen needs to probe a site and to set what is recommended for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from tuiftp.cli.compose import Engine
from tuiftp.ftp.site_overrides import SitePreference
from tuiftp.ui.services import Services, Site

if TYPE_CHECKING:
    from tuiftp.ftp.site import FtpSite
    from tuiftp.wirelog.probing import Advice, ProbeReport, ProbeRow


def add_inspection(services: Services, engine: Engine) -> Services:
    """Puts the probe, and what applies its advice, into the services."""

    async def probe(site: Site, on_row: Callable[[ProbeRow], None]) -> ProbeReport:
        from tuiftp.ftp.probe import probe_site  # heavy: the first screen does without it

        ours = cast("FtpSite", site)
        return await probe_site(
            ours.address, ours.options, bus=engine.bus, on_row=on_row,
            guard=ours.guard,
        )  # fmt: skip

    services.probe = probe
    services.apply_advice = apply_advice
    return services


def apply_advice(site: Site, advice: Advice) -> None:
    """Sets for a site what was recommended."""
    preference = SitePreference(
        advice.mode, advice.prefer_extended, advice.passive_address, advice.active_address
    )
    cast("FtpSite", site).prefer(preference)
