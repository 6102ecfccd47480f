"""Connecting the remote pane: open a site, close it, log in again; and what the status bar says of it."""

from __future__ import annotations

import asyncio
import codecs
from dataclasses import replace

from tuiftp.errors import LocalFileError, TuiftpError
from tuiftp.ftp.events import ModeChanged, SessionChanged, SessionState
from tuiftp.protocol.text import decode_wire, encode_wire, shown
from tuiftp.protocol.url import format_url
from tuiftp.storage.recents import RecentSite
from tuiftp.storage.sites import SavedSite
from tuiftp.transfers.model import QueueTotals
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import Reconnect
from tuiftp.ui.main.context import Workplace
from tuiftp.ui.services import Site
from tuiftp.ui.sites.connect_request import ConnectRequest, request_for
from tuiftp.ui.sites.password_lookup import find_login, keep_login, note_refused

_STATES = {
    SessionState.CONNECTING: "connecting …",
    SessionState.CONNECTED: "connected",
    SessionState.LOST: "connection lost",
    SessionState.CLOSED: "closed",
}


class Connection:
    """The site of the remote pane, and sites that are left but still have transfers under way."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        """The main screen."""
        self._retired: list[Site] = []
        self._wish: ConnectRequest | None = None
        self._left: str | None = None
        self._has_opened = False

    @property
    def unreached(self) -> ConnectRequest | None:
        """What was to be opened and was not, without its password; None once a site is open."""
        if self._wish is None or self._has_opened:
            return None
        return replace(self._wish, target=replace(self._wish.target, password=None))

    @property
    def request(self) -> ConnectRequest | None:
        """What the open site was asked for with, its password too; None where no site is open."""
        return self._wish if self.place.site is not None and self._has_opened else None

    @property
    def saved(self) -> SavedSite | None:
        """The saved site that the open one was made of, as it is kept now."""
        sites = self.place.services.sites
        kept = self.request.saved if self.request is not None else None
        return sites.get(*kept.key) if sites is not None and kept is not None else None

    def adopt(self, site: SavedSite) -> None:
        """Takes note that the open site is kept as a saved one now."""
        if self._wish is not None:
            self._wish = replace(self._wish, saved=site)

    @property
    def encoding(self) -> str:
        """How names of the open site are read, as Python calls it."""
        chosen = self._wish.encoding if self._wish is not None else ""
        saved = self._wish.saved if self._wish is not None else None
        kept = saved.encoding if saved is not None else ""
        return codecs.lookup(chosen or kept or self.place.services.rules.encoding).name

    async def read_names_in(self, encoding: str) -> bool:
        """Has the names of the open site read in another encoding, from now on and in the next run.

        It logs in again: what is queued keeps the old connections and their reading, and a server that was
        asked for UTF-8 before is not asked this time.

        Raises:
            TuiftpError: The saved site could not be changed.
        """
        wish, directory = self._wish, self.place.remote.directory
        if wish is None or self.place.site is None:
            return False
        if directory is not None:
            directory = decode_wire(encode_wire(directory, self.encoding), encoding)
        saved, sites = wish.saved, self.place.services.sites
        kept = sites.get(*saved.key) if saved is not None and sites is not None else None
        if sites is not None and kept is not None:  # it may have been changed since
            saved = replace(kept, encoding=encoding)
            await asyncio.to_thread(sites.put, saved, instead_of=kept)
            if self._wish is not wish:  # another site was opened meanwhile
                return False
        return await self.connect(replace(wish, encoding=encoding, saved=saved), directory)

    def _as_kept(self, wish: ConnectRequest) -> ConnectRequest:
        """The wish with the encoding that was chosen for this server, which no saved site has."""
        recents = self.place.services.recents
        if recents is None or wish.encoding or wish.saved is not None:
            return wish
        url = _url(wish)
        return next(
            (replace(wish, encoding=one.kept_encoding) for one in recents.sites() if one.url == url), wish
        )

    async def connect(self, wish: ConnectRequest, directory: str | None = None) -> bool:
        """Opens a site in the remote pane, in `directory` or where the wish says.

        Returns whether that was possible. The reason is told in the pane.
        """
        place, is_first = self.place, directory is None
        await self.disconnect()
        wish = self._as_kept(wish)
        self._wish, self._left, self._has_opened = wish, directory, False
        if place.services.warm_up is not None:
            await asyncio.to_thread(place.services.warm_up)
        login = await find_login(place, wish)
        if login is None:
            return False
        wish = self._wish = login.request
        site = place.services.open_site(wish)
        place.status.change(site=site.label, state="connecting …", is_good=False, mode=site.mode_summary)
        place.remote.notice.say(f"Connecting to {shown(site.label)} …  Esc cancels")
        place.site = site
        try:
            await site.connect()
            directory = directory or await self._first_directory(site, wish)
        except (TuiftpError, asyncio.CancelledError) as error:
            place.site = None
            place.status.change(site="", mode="")
            again = key_now(place.remote, Reconnect)
            place.remote.notice.say(
                f"Connecting to {shown(site.label)} was cancelled.\n→ {again} tries again"
            )
            await site.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            place.remote.notice.say_error(error, what=f"Cannot connect to {site.label}")
            return await self._ask_again(wish, directory, error, is_kept=login.is_kept)
        self._has_opened = True
        self._show_state("connected", site, is_good=True)
        place.remote.attach(site.endpoint, directory)
        if wish.saved is not None:
            self._open_as_saved(wish.saved, directory or await site.endpoint.home(), is_first=is_first)
        await self._remember(wish)
        await keep_login(place, login)
        return True

    async def _ask_again(
        self, wish: ConnectRequest, directory: str | None, error: TuiftpError, *, is_kept: bool
    ) -> bool:
        """Forgets a password that the server has refused, and asks for another if this one was not just typed."""
        if not note_refused(self.place.services, wish, error):
            return False
        self._wish = wish = replace(wish, target=replace(wish.target, password=None))
        return is_kept and await self.connect(wish, directory)

    def _open_as_saved(self, saved: SavedSite, remote: str, *, is_first: bool) -> None:
        """Takes the local pane where the site wants it, and has both go together from there."""
        pane, local = self.place.local, None
        if saved.local_directory and pane.endpoint is not None and is_first:
            pane.open_typed(saved.local_directory)
            local = pane.endpoint.resolve(pane.directory or "/", saved.local_directory)
        if saved.synchronized:
            self.place.together.begin(local, remote)

    async def _remember(self, wish: ConnectRequest) -> None:
        recents = self.place.services.recents
        if recents is None or not wish.is_remembered:
            return
        folder, name = wish.saved.key if wish.saved is not None else ("", "")
        site = RecentSite(
            _url(wish), remote_directory=wish.target.path or "", mode=str(wish.mode or ""), tls=str(wish.tls or ""),
            encoding=wish.encoding if wish.saved is None else "", folder=folder, name=name,
        )  # fmt: skip
        try:
            await asyncio.to_thread(recents.add, site)
        except LocalFileError as error:
            self.place.remote.notice.say_error(error, what="The site cannot be remembered")

    async def _first_directory(self, site: Site, wish: ConnectRequest) -> str | None:
        if wish.target.path is None:
            return None
        return site.endpoint.resolve(await site.endpoint.home(), wish.target.path)

    async def disconnect(self) -> None:
        """Takes the site out of the pane; its connections close when no transfer needs them any more."""
        place = self.place
        site, place.site = place.site, None
        if site is None:
            return
        self._left = place.remote.directory
        place.together.end()
        place.remote.detach()
        place.status.change(site="", mode="")
        totals = place.services.queue.totals()
        if totals.active or totals.queued:
            self._retired.append(site)
        else:
            await site.close()

    async def reconnect(self) -> None:
        """Logs in again and reads the directory anew; a site that was left, or never reached, is tried again."""
        place = self.place
        site = place.site
        if site is None:
            if self._wish is not None:
                await self.connect(self._as_kept_now(self._wish), self._left)
            return
        place.remote.notice.say(f"Connecting to {shown(site.label)} …  Esc cancels")
        try:
            await site.reconnect()
        except TuiftpError as error:
            place.remote.notice.say_error(error, what=f"Cannot connect to {site.label}")
            if self._wish is not None:
                await self._ask_again(self._wish, place.remote.directory, error, is_kept=True)
            return
        place.remote.reload()

    def _as_kept_now(self, wish: ConnectRequest) -> ConnectRequest:
        """The same, as its saved site wants it now: that may have been changed meanwhile."""
        sites = self.place.services.sites
        kept = sites.get(*wish.saved.key) if sites is not None and wish.saved is not None else None
        if kept is None or wish.saved is None or kept.login != wish.saved.login:
            return wish
        fresh = request_for(kept)
        return replace(fresh, target=replace(fresh.target, password=wish.target.password))

    def forget_mode(self) -> None:
        """Forgets how data connections worked at this site."""
        if self.place.site is not None:
            self.place.site.forget_mode()
            self.place.status.change(mode=self.place.site.mode_summary)

    async def close(self) -> None:
        """Closes everything, in bounded time."""
        sites = [*self._retired, *([self.place.site] if self.place.site else [])]
        self._retired, self.place.site = [], None
        await asyncio.gather(*(site.close() for site in sites))

    # What the engine tells.

    def session_changed(self, event: SessionChanged) -> None:
        """Shows the state of the browsing session."""
        site = self.place.site
        if site is None or event.site != site.label or not event.is_browsing:
            return
        self._show_state(_STATES[event.state], site, is_good=event.state is SessionState.CONNECTED)

    def _show_state(self, state: str, site: Site, *, is_good: bool) -> None:
        self.place.status.change(
            state=state, is_good=is_good, mode=site.mode_summary,
            lock=site.tls.version if site.tls is not None else "",
            has_plain_data=site.tls is not None and not site.protects_data,
        )  # fmt: skip

    def mode_changed(self, event: ModeChanged) -> None:
        """Shows how data connections are opened now."""
        if self.place.site is not None and event.site == self.place.site.label:
            self.place.status.change(mode=event.summary)

    async def totals_changed(self, totals: QueueTotals) -> None:
        """Shows the queue's numbers; closes left sites once nothing runs."""
        self.place.status.change(totals=totals)
        if self._retired and not totals.active and not totals.queued:
            retired, self._retired = self._retired, []
            await asyncio.gather(*(site.close() for site in retired))


def _url(wish: ConnectRequest) -> str:
    """What a site is remembered by."""
    return format_url(replace(wish.target, path=None, password=None))
