"""What is done with saved sites: new, edit, duplicate, move, delete; and where their passwords go meanwhile.

Each flow asks what it must, and returns the key of the row that the cursor shall be on, or None where nothing
was done. Files and keyrings are waited for in threads: a busy disk must not stop the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.app import App

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import request_for
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.dialogs.basic import Confirm, Prompt, listed, quoted
from tuiftp.ui.services import Services
from tuiftp.ui.sites.form_screen import SiteForm
from tuiftp.ui.sites.move_dialog import MoveDialog
from tuiftp.ui.sites.tree_rows import SiteRow, keeps_password

Key = tuple[str, str | None]
"""Folder and name of a row (`SiteRow.key`)."""


class SiteKeeping:
    """The flows. Run them in workers."""

    def __init__(self, app: App[Any], services: Services, store: SiteStore) -> None:
        self._app = app
        self._services = services
        self._store = store

    async def new(self, folder: str) -> Key | None:
        """Makes a site in a folder."""
        return await self.fill_in("New site", SavedSite(folder=folder))

    async def edit(self, row: SiteRow) -> Key | None:
        """Changes a site; of a folder, the name."""
        if row.site is None:
            return await self.move(row)
        return await self.fill_in(f"Edit site {row.site.name}", row.site, instead_of=row.site)

    async def duplicate(self, site: SavedSite) -> Key | None:
        """Makes another site like one."""
        return await self.fill_in(f"Duplicate of {site.name}", self._store.free_name(site))

    async def fill_in(
        self,
        title: str,
        site: SavedSite,
        *,
        instead_of: SavedSite | None = None,
        password: Secret | None = None,
    ) -> Key | None:
        """Opens the form, and keeps what comes of it.

        Args:
            title: What is done.
            site: What the form begins with.
            instead_of: The site that is replaced.
            password: The password that the user is logged in with, to be kept if the site wants one kept.
        """

        async def save(site: SavedSite, password: Secret | None) -> None:
            await asyncio.to_thread(self._store.put, site, instead_of=instead_of)
            await self._place_password(site, password, instead_of)

        why = self._services.why_no_keyring
        form = SiteForm(title, site, save=save, password=password, why_no_keyring=why)
        kept = await self._app.push_screen_wait(form)
        return kept.key if kept is not None else None

    async def _place_password(
        self, site: SavedSite, password: Secret | None, before: SavedSite | None
    ) -> None:
        """Puts the password where the site says now, and takes it from where it said before."""
        services = self._services
        moves = before is not None and (before.login, before.password) != (site.login, site.password)
        try:
            if password is None and moves and before is not None and before.login == site.login:
                password = await self._found(before)
            if moves and before is not None:
                await self._forget(before)
            if password is not None and keeps_password(site):
                await asyncio.to_thread(services.keep_password, site, password)
        except TuiftpError as error:
            self._warn("The site is saved, its password is not", error)

    async def _found(self, site: SavedSite) -> Secret | None:
        if not keeps_password(site):
            return None
        return await asyncio.to_thread(self._services.find_password, request_for(site))

    async def _forget(self, site: SavedSite) -> None:
        """Forgets the password of a site that is gone or has changed, unless another one needs it there."""
        needed = {(other.login, other.password) for other in self._store.sites()}
        if keeps_password(site) and (site.login, site.password) not in needed:
            await asyncio.to_thread(self._services.forget_password, site)

    def _warn(self, title: str, error: TuiftpError) -> None:
        self._app.notify(shown(str(error)), title=title, severity="warning", markup=False)

    async def move(self, row: SiteRow) -> Key | None:
        """Gives a site or a folder another name or place."""
        if row.site is None:
            return await self._move_folder(row.folder)
        site = row.site

        async def put(folder: str, name: str) -> None:
            await asyncio.to_thread(self._store.put, replace(site, folder=folder, name=name), instead_of=site)

        return await self._app.push_screen_wait(MoveDialog(site, put))

    async def _move_folder(self, folder: str) -> Key | None:
        lines = ["All that is in it goes along. “/” stands between folders."]
        moved: list[str] = []

        async def take(new: str) -> str | None:
            if not new:
                return "Type a name."
            if new != folder:
                moved.append(await asyncio.to_thread(self._store.move_folder, folder, new))
            return None

        await self._app.push_screen_wait(
            Prompt("Rename or move the folder", lines, value=folder, ok="Move", take=take)
        )
        return (moved[0], None) if moved else None

    async def new_folder(self, above: str) -> Key | None:
        """Makes a folder."""
        lines = [f"In {shown(above)}/"] if above else []
        made: list[str] = []

        async def take(name: str) -> str | None:
            if not name:
                return "Type a name."
            path = f"{above}/{name}" if above else name
            made.append(await asyncio.to_thread(self._store.add_folder, path))
            return None

        await self._app.push_screen_wait(Prompt("New folder", lines, ok="Make", take=take))
        return (made[0], None) if made else None

    async def delete(self, row: SiteRow) -> Key | None:
        """Forgets a site or a folder, and passwords that nobody else needs. Asks first."""
        sites = [row.site] if row.site is not None else self._store.sites_in(row.folder)
        if not await self._app.push_screen_wait(self._question(row, sites)):
            return None
        if row.site is not None:
            await asyncio.to_thread(self._store.delete, row.site)
        else:
            await asyncio.to_thread(self._store.delete_folder, row.folder)
        for site in sites:
            try:
                await self._forget(site)
            except TuiftpError as error:
                self._warn("A kept password is not deleted", error)
        return row.folder if row.site is not None else row.folder.rpartition("/")[0], None

    def _question(self, row: SiteRow, sites: Sequence[SavedSite]) -> Confirm:
        if row.site is not None:
            lines = [quoted(row.name)]
            if keeps_password(row.site):
                lines += ["", "Its password is deleted too, unless another site has the same login."]
            return Confirm("Delete this site?", lines, yes="Delete", is_dangerous=True)
        lines = [quoted(row.folder), ""]
        if sites:
            lines += ["With these sites and their passwords:", *listed([site.name for site in sites])]
        else:
            lines += ["There are no sites in it."]
        return Confirm("Delete this folder?", lines, yes="Delete", is_dangerous=True)
