"""The site manager: the tree of saved sites at left, the one under the cursor at right. Letters search."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import cell_width, shown
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Command, Scope, keys_of
from tuiftp.ui.commands.key_bar import KeyBar
from tuiftp.ui.commands.sites import (
    ALL_SITES_COMMANDS,
    IMPORT_INTO_SITES,
    KEEPING_COMMANDS,
    NEW_SITE,
    QUICK_CONNECT,
)
from tuiftp.ui.services import Services
from tuiftp.ui.settings.keymap import usable_keymap
from tuiftp.ui.sites.actions import Key, SiteKeeping
from tuiftp.ui.sites.tree_rows import SIGNS, STYLES, SiteRow, site_facts
from tuiftp.ui.sites.tree_view import SiteList

Piece = Content | tuple[str, str]


class SitesScreen(Screen[SavedSite | None]):
    """Gives the site to connect to, or None when it is left."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SITES)]

    def __init__(
        self,
        services: Services,
        store: SiteStore,
        *,
        quick_connect: Callable[[], None],
        cursor_on: Key | None = None,
    ) -> None:
        """Makes the screen.

        Args:
            services: What the screen stands on.
            store: The sites.
            quick_connect: Asks for a server that is not saved.
            cursor_on: The folder and the name of the site to begin at.
        """
        super().__init__()
        self._services = services
        self._store = store
        self._quick_connect = quick_connect
        self._begin = cursor_on
        self._list = SiteList(store)
        self._details = Static("", id="sites-details", markup=False)
        self._notice = Static("", id="sites-notice", markup=False)
        self._exchange = KeyBar(ALL_SITES_COMMANDS, self.keymap)
        self._keys = KeyBar(KEEPING_COMMANDS, self.keymap)

    def compose(self) -> ComposeResult:
        """The tree, the details, a line for what went wrong, what is done with all sites, the keys."""
        with Horizontal(id="sites-body"):
            yield self._list
            with VerticalScroll(id="sites-box", can_focus=False):
                yield self._details
        yield self._notice
        with Vertical(id="sites-keys"):
            yield self._exchange
            yield self._keys

    def on_mount(self) -> None:
        """Reads the sites, which another tuiftp may have changed."""
        self._store.load()
        self._list.reload(self._begin)
        self.set_focus(self._list)
        self._say(self._store.problems[0] if self._store.problems else "")

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        return usable_keymap(self._services.settings)

    def command_target(self, scope: Scope) -> DOMNode | None:
        """Only its own commands are here."""
        return self if scope is Scope.SITES else None

    @property
    def keeping(self) -> SiteKeeping:
        """What can be done with sites."""
        return SiteKeeping(self.app, self._services, self._store)

    # What it shows.

    @on(SiteList.Changed)
    def _show(self, event: SiteList.Changed) -> None:
        event.stop()
        title = "Sites"
        if self._list.words:
            title = f"Sites  /{shown(self._list.words)}▏  Esc ends the search"
        self._list.border_title = Content(title)
        count = len(self._store.sites())
        self._list.border_subtitle = Content("Enter connects · letters search" if count else "")
        row = self._list.current
        self.query_one("#sites-box").border_title = Content(shown(row.name) if row is not None else "")
        self._details.update(Content.assemble(*self._pieces(row)))

    def _pieces(self, row: SiteRow | None) -> Iterator[Piece]:
        if row is None:
            yield (f"{self._key(NEW_SITE)}  makes a site\n", "$foreground")
            yield (f"{self._key(QUICK_CONNECT)}  connects without saving one\n", "$foreground")
            yield (f"{self._key(IMPORT_INTO_SITES)}  imports another program's\n", "$foreground")
        elif row.site is None:
            count = len(self._store.sites_in(row.folder))
            yield (f"{count:,} {'site' if count == 1 else 'sites'}\n", "$foreground")
        else:
            site = row.site
            yield (f"{SIGNS[site.colour]} {shown(site.name)}\n\n", f"bold {STYLES[site.colour]}")
            for label, text in site_facts(site):
                yield (label + " " * max(2, 24 - cell_width(label)), "$text-muted")
                yield (f"{text}\n", "$foreground")

    def _key(self, command: Command) -> str:
        return keys_of(command, self.keymap)[0]

    def _say(self, text: str) -> None:
        self._notice.update(Content(shown(text)))
        self._notice.set_class(bool(text), "-some")

    # Connecting and leaving.

    @on(SiteList.Chosen)
    def _connect(self, event: SiteList.Chosen) -> None:
        event.stop()
        self.dismiss(event.row.site)

    def action_site_quick_connect(self) -> None:
        """Asks for a server instead."""
        self.dismiss(None)
        self._quick_connect()

    def action_site_close(self) -> None:
        """Ends the search, or closes."""
        if self._list.words:
            self._list.search("")
        else:
            self.dismiss(None)

    @on(KeyBar.Pressed)
    async def _on_key_bar(self, event: KeyBar.Pressed) -> None:
        await self.app.run_action(event.command.action, default_namespace=self)

    # Keeping sites.

    def keep(self, flow: Coroutine[Any, Any, Key | None]) -> None:
        """Does something with the sites, and shows what has become of them, or why nothing has."""
        self.run_worker(self._kept(flow), group="keep", exclusive=True, exit_on_error=False)

    async def _kept(self, flow: Coroutine[Any, Any, Key | None]) -> None:
        self._say("")
        try:
            cursor_on = await flow
        except TuiftpError as error:
            self._say(f"✗ {error}")
            return
        if cursor_on is not None and self._list.words:
            self._list.search("")
        self._list.reload(cursor_on)

    @on(Worker.StateChanged)
    def _on_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self._say(f"✗ This should not have happened: {event.worker.error!r}")

    @property
    def _folder(self) -> str:
        row = self._list.current
        return row.folder if row is not None else ""

    def action_site_new(self) -> None:
        """Makes a site."""
        self.keep(self.keeping.new(self._folder))

    def action_site_edit(self) -> None:
        """Changes what is under the cursor."""
        if (row := self._list.current) is not None:
            self.keep(self.keeping.edit(row))

    def action_site_duplicate(self) -> None:
        """Makes another one like it."""
        row = self._list.current
        if row is not None and row.site is not None:
            self.keep(self.keeping.duplicate(row.site))

    def action_site_move(self) -> None:
        """Gives it another name or place."""
        if (row := self._list.current) is not None:
            self.keep(self.keeping.move(row))

    def action_site_new_folder(self) -> None:
        """Makes a folder."""
        self.keep(self.keeping.new_folder(self._folder))

    def action_site_import(self) -> None:
        """Takes over the sites of another program."""
        from tuiftp.ui.sites.import_export import import_sites, run_exchange  # only needed when asked for

        self.keep(run_exchange(self.app, self._store, import_sites))

    def action_site_export(self) -> None:
        """Writes the sites for another program."""
        from tuiftp.ui.sites.import_export import export_sites, run_exchange  # only needed when asked for

        self.keep(run_exchange(self.app, self._store, export_sites))

    def action_site_delete(self) -> None:
        """Forgets what is under the cursor."""
        if (row := self._list.current) is not None:
            self.keep(self.keeping.delete(row))
