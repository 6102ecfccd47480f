"""The form of a site: a row for each field of `SavedSite`, checked as it is typed, saved as a whole with F2."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.secrets import FILE_WARNING
from tuiftp.storage.sites import SITE_SPECS, PasswordFrom, SavedSite, changed_site
from tuiftp.ui.dialogs.basic import Confirm
from tuiftp.ui.settings.draft_rows import KeptTextRow, PasswordRow, make_kept_rows
from tuiftp.ui.settings.form_rows import SettingRow

SaveSite = Callable[[SavedSite, Secret | None], Awaitable[None]]
"""Keeps a site, and a password if one was given; raises TuiftpError where it cannot."""


class SiteForm(Screen[SavedSite | None]):
    """Gives the site once it is saved, or None when it is left. What was typed is never lost on the way."""

    CSS_PATH = "form_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("f2,ctrl+s", "save", "Save", key_display="F2"),
        Binding("escape", "leave", "Leave", key_display="Esc"),
    ]

    def __init__(
        self,
        title: str,
        site: SavedSite,
        *,
        save: SaveSite,
        password: Secret | None = None,
        why_no_keyring: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Makes the form.

        Args:
            title: What is done.
            site: What the rows begin with.
            save: Keeps what they end with.
            password: The password that the user is logged in with.
            why_no_keyring: Says why there is no keyring; called in a thread.
        """
        super().__init__()
        self.site = site
        """The site as the rows have it."""
        self._title = title
        self._before = site
        self._save_it = save
        self._password = PasswordRow(password)
        self._had_password = password is not None
        self._why_no_keyring = why_no_keyring
        self._is_saving = False
        self._failure = ""

    def compose(self) -> ComposeResult:
        """A box for each group of fields, the help of the row below."""
        usual = SavedSite()
        yield Static(Content(shown(self._title)), id="form-title")
        with Vertical(id="form-boxes"):
            for group, members in groupby(SITE_SPECS.items(), key=lambda item: item[1].group):
                with Vertical(classes="form-box") as box:
                    box.border_title = Content(group)
                    for name, spec in members:
                        yield from make_kept_rows(name, spec, getattr(usual, name), lambda: self._password)
        yield Static(id="form-help", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Shows the values; the cursor is on the first row that lacks one."""
        self._show_all()
        rows = self.rows()
        names = [row.setting for row in rows]
        missing = next((name for name in ("name", "host") if not getattr(self.site, name)), "name")
        self.set_focus(rows[names.index(missing)])
        self._ask_keyring()

    @work(group="keyring", exit_on_error=False)
    async def _ask_keyring(self) -> None:
        self._password.why_no_keyring = await asyncio.to_thread(self._why_no_keyring)
        self._password.show(self.site)

    def rows(self) -> list[SettingRow]:
        """All rows, from top to bottom."""
        return [*self.query(SettingRow)]

    # Changes

    @on(SettingRow.Proposed)
    def _propose(self, event: SettingRow.Proposed) -> None:
        event.stop()
        self._failure = ""
        row = event.row
        try:
            site = changed_site(self.site, row.setting, event.value)
        except ConfigurationError as error:
            if event.is_final and isinstance(row, KeptTextRow) and not row.is_editing:
                row.hold(str(event.value), error.message)
            else:
                row.show_error(error.message)
            return
        if event.is_final:
            row.settle()
            self.site = site
            self._show_all()
            self._explain(row)
        else:
            row.show_error("")

    def _show_all(self) -> None:
        for row in self.rows():
            row.show(self.site)

    # Saving and leaving

    def action_save(self) -> None:
        """Takes what stands in an open field too; what cannot be used is shown, and nothing is saved."""
        for row in self.rows():
            if isinstance(row, PasswordRow):
                if row.is_editing:
                    row.field_left()
            elif isinstance(row, KeptTextRow) and (text := row.unsaved) is not None:
                try:
                    self.site = changed_site(self.site, row.setting, text)
                except ConfigurationError as error:
                    row.hold(text, error.message)
                    self.set_focus(row)
                    return
                row.settle()
        self._show_all()
        if not self._is_saving:
            self._is_saving = True
            self._save()

    @work(group="save", exit_on_error=False)
    async def _save(self) -> None:
        try:
            await self._save_it(self.site, self._password.given)
        except TuiftpError as error:
            self._failure = f"Not saved: {error}"
            self._show_help("")
        else:
            self.dismiss(self.site)
        finally:
            self._is_saving = False

    @property
    def is_changed(self) -> bool:
        """Whether leaving would lose something."""
        texts = [row.unsaved for row in self.query(KeptTextRow)]
        has_typed = any(text is not None for text in texts)
        has_password = self._password.given is not None and not self._had_password
        return self.site != self._before or has_typed or has_password

    @work(group="leave", exclusive=True, exit_on_error=False)
    async def action_leave(self) -> None:
        """Leaves; asks first where something would be lost."""
        if self.is_changed:
            question = Confirm(
                "Leave without saving?", ["What you changed is lost."], yes="Leave", is_dangerous=True
            )
            if not await self.app.push_screen_wait(question):
                return
        self.dismiss(None)

    # Moving about

    def action_move(self, by: int) -> None:
        """Moves the cursor by rows; an open field is left, and keeps what was typed."""
        self._failure = ""
        rows = self.rows()
        nodes = self.focused.ancestors_with_self if self.focused is not None else []
        row = next((node for node in nodes if isinstance(node, SettingRow)), rows[0])
        self.set_focus(rows[min(max(rows.index(row) + by, 0), len(rows) - 1)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Says what the row is for."""
        row = next((n for n in event.widget.ancestors_with_self if isinstance(n, SettingRow)), None)
        if row is not None:
            self._explain(row)

    def _explain(self, row: SettingRow) -> None:
        text = row.explanation()
        if row.setting == "password" and self.site.password is PasswordFrom.FILE:
            text = f"Kept in a file. {FILE_WARNING}"
        self._show_help(text)

    def _show_help(self, text: str) -> None:
        """Shows why nothing was saved, until something is done about it; else a text."""
        line = self.query_one("#form-help", Static)
        line.set_class(bool(self._failure), "-failed")
        line.update(Content(shown(self._failure or text)), layout=False)
