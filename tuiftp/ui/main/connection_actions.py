"""The main screen's actions about its connection: open one, keep it as a site, ask why it is as it is."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual import on
from textual.screen import Screen

from tuiftp.ui.diagnosis.banner import FindingBanner
from tuiftp.ui.panes.messages import Listed
from tuiftp.ui.panes.pane import Pane

if TYPE_CHECKING:
    from tuiftp.storage.connect_request import ConnectRequest
    from tuiftp.storage.sites import SavedSite
    from tuiftp.ui.diagnosis.main_screen_findings import Diagnosing
    from tuiftp.ui.main.connection import Connection
    from tuiftp.ui.main.sync_browsing import SyncBrowsing
    from tuiftp.ui.services import Services
    from tuiftp.ui.sites.connect_dialog import ConnectScreen


class ConnectionActions(Screen[None]):
    """The part of the main screen that answers to the commands of the group “Connection”."""

    services: Services
    """What the screen stands on."""
    diagnosing: Diagnosing
    """What is done with findings."""
    together: SyncBrowsing
    """Whether both panes are browsed together."""

    if TYPE_CHECKING:  # what the screen itself has

        @property
        def is_whole(self) -> bool:
            """Whether the engine is there."""

        @property
        def connection(self) -> Connection:
            """Opens and closes sites in the pane for servers."""

        def connect_to(self, request: ConnectRequest, *, asks_again: bool = False) -> None:
            """Opens a site in the pane for servers."""

        def run_flow(self, what: str, flow: Coroutine[Any, Any, None], *, group: str = "flow") -> None:
            """Runs a flow in a worker; what goes wrong is told in the pane as `what`."""

    # Connecting.

    def action_open_sites(self) -> None:
        """Shows the saved sites."""
        from tuiftp.ui.sites.screen import SitesScreen  # only needed when asked for

        request = self.connection.request or self.connection.unreached
        cursor_on = request.saved.key if request is not None and request.saved is not None else None
        screen = SitesScreen(
            self.services, self.services.sites, quick_connect=self.action_connect, cursor_on=cursor_on
        )
        self.app.push_screen(screen, self._chosen)

    def _chosen(self, site: SavedSite | None) -> None:
        from tuiftp.storage.connect_request import request_for  # only needed when asked for

        if site is not None:
            self.connect_to(request_for(site))

    def action_connect(self) -> None:
        """Asks for a server."""
        self.app.push_screen(self.connect_screen(), self.wished)

    def connect_screen(self, problem: str = "") -> ConnectScreen:
        """The dialog that asks for a server, with what was typed for one that was not reached.

        Args:
            problem: Why it was not.
        """
        from tuiftp.ui.sites.connect_dialog import ConnectScreen  # only needed when asked for

        mode = self.services.rules.mode
        saved = self.services.sites.sites()
        return ConnectScreen(
            self.services.recents, default_mode=mode, request=self.connection.unreached, saved=saved,
            find_users=self.services.netrc_users, problem=problem,
        )  # fmt: skip

    def wished(self, request: ConnectRequest | None) -> None:
        """Connects to what was typed in the dialog, if it was not left."""
        if request is not None:
            self.connect_to(request, asks_again=True)

    def action_save_site(self) -> None:
        """Keeps the connection as a site."""
        from tuiftp.ui.sites.save_current import save_connection  # only needed when asked for

        flow = save_connection(self.connection, self.services.sites, is_together=self.together.is_on)
        self.run_flow("Cannot save the site", flow)

    def action_disconnect(self) -> None:
        """Leaves the site."""
        self.run_flow("Cannot disconnect", self.connection.disconnect(), group="connect")

    def action_reconnect(self) -> None:
        """Logs in again."""
        self.run_flow("Cannot reconnect", self.connection.reconnect(), group="connect")

    # Both sides together.

    def action_synchronize_browsing(self) -> None:
        """Has both panes go together, or each alone."""
        if self.together.is_on:
            self.together.end()
        else:
            self.together.begin()

    @on(Listed)
    def _on_moved(self, event: Listed) -> None:
        pane = event.pane
        if not self.is_whole:
            return
        if isinstance(pane, Pane) and (path := self.together.step_of(pane)) is not None:
            self.run_flow("The other side cannot follow", self.together.follow(pane, path), group="together")

    # How the connection is.

    def action_forget_mode(self) -> None:
        """Forgets how data connections worked here."""
        self.connection.forget_mode()

    @on(FindingBanner.Pressed)
    def action_open_finding(self) -> None:
        """Opens what was found."""
        self.diagnosing.open_finding()

    def action_dismiss_finding(self) -> None:
        """Takes the banner away."""
        self.diagnosing.banner.dismiss_one()

    def action_why_mode(self) -> None:
        """Shows why this mode is in use."""
        self.diagnosing.why_mode()

    def action_probe_site(self) -> None:
        """Tries every way to open a data connection."""
        self.diagnosing.probe()
