"""Asks for another name and folder of a site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.storage.sites import SITE_SPECS, SavedSite
from tuiftp.ui.screens.dialogs import Dialog


class MoveDialog(Dialog[tuple[str, str | None]]):
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

    def on_mount(self) -> None:
        """Puts the focus on the name."""
        self.query_one("#name", Input).focus()

    @on(Input.Submitted)
    def _on_submitted(self) -> None:
        self._submit()

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "yes":
            self._submit()
        else:
            self.dismiss(None)

    @work(exclusive=True, exit_on_error=False)
    async def _submit(self) -> None:
        try:
            name, folder = (
                str(SITE_SPECS[field].validate(self.query_one(f"#{field}", Input).value))
                for field in ("name", "folder")
            )
            await self._put(folder, name)
        except TuiftpError as error:
            place = self.query_one(".dialog--problem", Static)
            place.update(Content(shown(error.message)))
            place.add_class("-shown")
        else:
            self.dismiss((folder, name))
