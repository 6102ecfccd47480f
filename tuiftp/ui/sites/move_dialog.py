"""Asks for another name and folder of a site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Label, Static

from tuiftp.errors import TuiftpError
from tuiftp.storage.sites import SITE_SPECS, SavedSite
from tuiftp.ui.dialogs.basic import FieldDialog


class MoveDialog(FieldDialog[tuple[str, str | None]]):
    """Two fields; closes with folder and name once they are kept. What cannot be used stays in its field."""

    def __init__(self, site: SavedSite, put: Callable[[str, str], Awaitable[None]]) -> None:
        """Makes the dialog.

        Args:
            site: What it is about.
            put: Keeps folder and name; raises TuiftpError where it cannot.
        """
        super().__init__("Rename or move the site")
        self._site = site
        self._put = put

    def compose_body(self) -> ComposeResult:
        """The fields and the buttons."""
        yield Label("Name")
        yield Input(self._site.name, id="name", compact=True)
        yield Label("Folder, with / between folders; empty for none")
        yield Input(self._site.folder, id="folder", compact=True, select_on_focus=False)
        yield Static("", classes="dialog--problem", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Move", id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def submit(self) -> None:
        """Keeps folder and name."""
        self._keep()

    @work(exclusive=True, exit_on_error=False)
    async def _keep(self) -> None:
        try:
            name, folder = (
                str(SITE_SPECS[field].validate(self.query_one(f"#{field}", Input).value))
                for field in ("name", "folder")
            )
            await self._put(folder, name)
        except TuiftpError as error:
            self.say_problem(error.message)
        else:
            self.dismiss((folder, name))
