"""What the flows of the main screen (copy, delete, connect, view …) may ask of it, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from textual.app import App

    from tuiftp.files.site import Site
    from tuiftp.ui.dialogs.basic import Dialog
    from tuiftp.ui.key_gate import KeyGate
    from tuiftp.ui.main.status_bar import StatusBar
    from tuiftp.ui.panes.pane import Pane
    from tuiftp.ui.services import Services

Answer = TypeVar("Answer")


class PanesTogether(Protocol):
    """Synchronized browsing as the connection sees it: begun for a site that wants it, ended with the site."""

    def begin(self, going: Mapping[Pane, str] | None = None) -> None:
        """Has both panes go together, from the directories that they are going to or from where they are."""
        ...

    def end(self) -> None:
        """Has each go alone."""
        ...


class MainScreen(Protocol):
    """The main screen as its flows see it. Flows run in workers and may wait for dialogs."""

    services: Services
    """What the screen stands on."""
    keys: KeyGate
    """Where keys wait for what the earlier ones do."""
    left_pane: Pane
    """The left pane."""
    right_pane: Pane
    """The right pane."""

    @property
    def panes(self) -> tuple[Pane, Pane]:
        """Both, from left to right."""
        ...

    @property
    def server_pane(self) -> Pane:
        """The pane that commands about a connection are for.

        The one in use unless it shows this machine, else the other one unless that does too, else the right one.
        """
        ...

    @property
    def site(self) -> Site | None:
        """The site of that pane."""
        ...

    @property
    def together(self) -> PanesTogether:
        """Whether both panes are browsed together."""
        ...

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs."""
        ...

    @property
    def active(self) -> Pane:
        """The pane in use."""
        ...

    @property
    def other(self) -> Pane:
        """The other pane."""
        ...

    def opposite(self, pane: Pane) -> Pane:
        """The pane beside another one."""
        ...

    @property
    def status(self) -> StatusBar:
        """The top line."""
        ...

    async def ask(self, dialog: Dialog[Answer]) -> Answer | None:
        """Opens a dialog and waits for its answer."""
        ...
