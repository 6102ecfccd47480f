"""Keeps the open connection as a site: a new one, or the one that it was made of, brought up to date."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from tuiftp.protocol.text import shown
from tuiftp.storage.connect_request import advised, site_of
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import OPEN_SITES
from tuiftp.ui.dialogs.basic import Dialog, quoted
from tuiftp.ui.main.connection import Connection
from tuiftp.ui.sites.actions import SiteKeeping


class SavingAnswer(StrEnum):
    """What to do with a connection that was made of a site."""

    UPDATE = "update"
    NEW = "new"


class SavingDialog(Dialog[SavingAnswer]):
    """Bring the site up to date, or make a new one. Escape does neither."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "answer('update')", show=False),
        Binding("n", "answer('new')", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__("Save this connection", ["It was made of the site", quoted(name)])

    def compose_body(self) -> ComposeResult:
        """The answers."""
        with Horizontal(classes="dialog--buttons"):
            yield Button("[u]U[/u]pdate it", id=SavingAnswer.UPDATE.value, variant="primary", compact=True)
            yield Button("[u]N[/u]ew site", id=SavingAnswer.NEW.value, compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on what is wanted most often."""
        self.query_one(f"#{SavingAnswer.UPDATE.value}").focus()

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "cancel":
            self.dismiss(None)
        else:
            self.action_answer(event.button.id or SavingAnswer.UPDATE.value)

    def action_answer(self, answer: str) -> None:
        """Closes with an answer."""
        self.dismiss(SavingAnswer(answer))


async def save_connection(connection: Connection, store: SiteStore, *, is_together: bool) -> None:
    """Asks whether it is a new site, and opens the form with all that is known. Call it in a worker.

    Raises:
        TuiftpError: The sites cannot be read.
    """
    screen, pane = connection.screen, connection.pane
    request, site, beside = connection.request, pane.site, screen.opposite(pane)
    if request is None or site is None:
        screen.app.notify(f"Connect to a site first ({key_now(pane, OPEN_SITES)}).", markup=False)
        return
    saved, is_new = connection.saved, True
    if saved is not None:
        answer = await screen.ask(SavingDialog(saved.name))
        if answer is None:
            return
        is_new = answer is SavingAnswer.NEW
    made = site_of(
        request, saved=saved, remote=pane.directory or "",
        local=(beside.directory or "") if beside.is_this_machine else "", is_together=is_together,
    )  # fmt: skip
    if site.diagnostics is not None:
        made = advised(made, site.diagnostics.preferred)
    keeping = SiteKeeping(screen.app, screen.services, store)
    key = await keeping.fill_in(
        "Save as a new site" if is_new else f"Update site {made.name}",
        store.free_name(made) if is_new else made,
        instead_of=None if is_new else saved,
        password=request.target.password,
    )
    if key is not None and key[1] is not None and (kept := store.get(key[0], key[1])) is not None:
        connection.adopt(kept)
        screen.app.notify(f"Saved: {shown(kept.name)}", markup=False)
