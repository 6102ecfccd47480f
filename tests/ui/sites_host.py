"""The app with saved sites, and passwords that are kept in memory."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.support.services import equip
from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.panel_host import until
from tuiftp.choices import ConnectionMode, TlsPolicy
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.secrets import login_key
from tuiftp.storage.sites import PasswordFrom, SavedSite, SiteColour
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.sites.form_screen import SiteForm
from tuiftp.ui.sites.screen import SitesScreen
from tuiftp.ui.sites.tree_view import SiteList

BACKUP = SavedSite("Backup", host="backup.example.com", user="bob", colour=SiteColour.RED, note="at night")
SHOP = SavedSite(
    "Shop", "Work/Clients", "shop.example.com", user="kim", tls=TlsPolicy.REQUIRED, mode=ConnectionMode.ACTIVE
)
MIRROR = SavedSite("Mirror", "Work", "ftp.example.org", password=PasswordFrom.ANONYMOUS)


class Sites:
    """The app with a few sites, and passwords that are kept in memory."""

    def __init__(self, *sites: SavedSite) -> None:
        self.app = BrowserHost(tree("/docs/a"))
        self.store = SiteStore()
        for site in sites:
            self.store.put(site)
        self.kept: dict[tuple[str, str], Secret] = {}
        self.opened: list[ConnectRequest] = []
        equip(
            self.app, sites=self.store, keep_password=self.keep, forget_password=self.forget,
            find_password=self.find, open_site=self.open,
        )  # fmt: skip

    def keep(self, site: SavedSite, password: Secret) -> None:
        self.kept[site.password.value, login_key(site.host, site.port, site.user)] = password

    def forget(self, site: SavedSite) -> None:
        self.kept.pop((site.password.value, login_key(site.host, site.port, site.user)), None)

    def find(self, request: ConnectRequest) -> Secret | None:
        site = request.saved
        assert site is not None
        return self.kept.get((site.password.value, login_key(site.host, site.port, site.user)))

    def open(self, request: ConnectRequest) -> Any:
        self.opened.append(request)
        return self.app.site

    @property
    def view(self) -> SiteList:
        return self.app.screen.query_one(SiteList)

    @property
    def form(self) -> SiteForm:
        assert isinstance(self.app.screen, SiteForm)
        return self.app.screen

    def names(self) -> list[str]:
        return [row.name for row in self.view.rows]

    def saved(self) -> list[SavedSite]:
        return list(SiteStore().sites())


async def manager(sites: Sites, pilot: Pilot[Any]) -> None:
    await ready(pilot, sites.app.local)
    await pilot.press("f2")
    await shown_again(sites, pilot)


async def shown_again(sites: Sites, pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(sites.app.screen, SitesScreen) and sites.app.focused is not None)
    await pilot.pause()


async def form(sites: Sites, pilot: Pilot[Any], key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(sites.app.screen, SiteForm) and sites.app.focused is not None)
    await pilot.pause()


async def go_to(sites: Sites, pilot: Pilot[Any], name: str) -> None:
    """Moves the cursor to a row of the form."""
    rows = [row.setting for row in sites.form.rows()]
    await pilot.press("up", *["pageup"] * 5, *["down"] * rows.index(name))
