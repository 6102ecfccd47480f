"""The connection of a pane: open a site there, close it, log in again; and what the status bar says of it."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tuiftp.errors import LocalFileError, TuiftpError
from tuiftp.files.site import Site, mode_summary_of
from tuiftp.ftp.events import ModeChanged, SessionChanged, SessionState
from tuiftp.protocol.text import decode_wire, encode_wire, shown
from tuiftp.protocol.url import format_url
from tuiftp.storage.connect_request import ConnectRequest, advised, request_for
from tuiftp.storage.recents import RecentSite
from tuiftp.storage.sites import SavedSite
from tuiftp.transfers.model import QueueTotals
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import RECONNECT
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.main.status_bar import Status
from tuiftp.ui.panes.pane import Pane
from tuiftp.ui.sites.password_lookup import find_login, keep_login, note_refused

if TYPE_CHECKING:
    from tuiftp.wirelog.probing import Advice

_STATES = {
    SessionState.CONNECTING: "connecting …",
    SessionState.CONNECTED: "connected",
    SessionState.LOST: "connection lost",
    SessionState.CLOSED: "closed",
}


class Connection:
    """How the site of a pane was opened, and sites that are left but still have transfers under way."""

    def __init__(self, screen: MainScreen, pane: Pane) -> None:
        """Makes one that has opened nothing yet.

        Args:
            screen: The main screen.
            pane: Where sites are opened.
        """
        self.screen = screen
        """The main screen."""
        self.pane = pane
        """The pane that it opens sites in."""
        self._status = Status()
        self._retired: list[Site] = []
        self._request: ConnectRequest | None = None
        self._left: str | None = None
        self._has_opened = False
        self._is_typed = False
        self.problem = ""
        """Why the site that was asked for last was not reached; empty: it was, or nobody waited for it."""
        self.is_on_its_way = False
        """Whether a server is being connected to, and nothing else."""

    @property
    def takes_both_panes(self) -> bool:
        """Whether the site that is asked for has a directory for the other pane, or is browsed with both together."""
        saved = self._request.saved if self._request is not None else None
        return saved is not None and bool(saved.local_directory or saved.synchronized)

    @property
    def unreached(self) -> ConnectRequest | None:
        """What was to be opened and was not; None once a site is open.

        With the password that was typed for it, unless the server has refused it; never with one that is kept.
        """
        if self._request is None or self._has_opened:
            return None
        if self._is_typed:
            return self._request
        return replace(self._request, target=replace(self._request.target, password=None))

    @property
    def request(self) -> ConnectRequest | None:
        """What the open site was asked for with, its password too; None where no site is open."""
        return self._request if self.pane.site is not None and self._has_opened else None

    @property
    def saved(self) -> SavedSite | None:
        """The saved site that the open one was made of, as it is kept now."""
        kept = self.request.saved if self.request is not None else None
        return self.screen.services.sites.get(*kept.key) if kept is not None else None

    async def keep_advice(self, advice: Advice) -> str | None:
        """Has the saved site that the open one was made of keep an advice.

        Returns:
            The name of the saved site; None where there is none.

        Raises:
            TuiftpError: It could not be changed.
        """
        saved = self.saved
        if saved is None:
            return None
        await asyncio.to_thread(self.screen.services.sites.put, advised(saved, advice), instead_of=saved)
        return saved.name

    def adopt(self, site: SavedSite) -> None:
        """Takes note that the open site is kept as a saved one now."""
        if self._request is not None:
            self._request = replace(self._request, saved=site)

    @property
    def encoding(self) -> str:
        """How names of the open site are read, as Python calls it."""
        chosen = self._request.encoding if self._request is not None else ""
        saved = self._request.saved if self._request is not None else None
        kept = saved.encoding if saved is not None else ""
        return codecs.lookup(chosen or kept or self.screen.services.rules.encoding).name

    async def read_names_in(self, encoding: str) -> bool:
        """Has the names of the open site read in another encoding, from now on and in the next run.

        It logs in again: what is queued keeps the old connections and their reading, and a server that was
        asked for UTF-8 before is not asked this time.

        Raises:
            TuiftpError: The saved site could not be changed.
        """
        request, directory = self._request, self.pane.directory
        if request is None or self.pane.site is None:
            return False
        if directory is not None:
            directory = decode_wire(encode_wire(directory, self.encoding), encoding)
        saved, sites = request.saved, self.screen.services.sites
        kept = sites.get(*saved.key) if saved is not None else None
        if kept is not None:  # it may have been changed since
            saved = replace(kept, encoding=encoding)
            await asyncio.to_thread(sites.put, saved, instead_of=kept)
            if self._request is not request:  # another site was opened meanwhile
                return False
        return await self.connect(replace(request, encoding=encoding, saved=saved), directory)

    def _as_kept(self, request: ConnectRequest) -> ConnectRequest:
        """The request with the encoding that was chosen for this server, which no saved site has."""
        recents = self.screen.services.recents
        if request.encoding or request.saved is not None:
            return request
        url = _url(request)
        return next(
            (replace(request, encoding=one.kept_encoding) for one in recents.sites() if one.url == url),
            request,
        )

    async def connect(self, request: ConnectRequest, directory: str | None = None) -> bool:
        """Opens a site in the pane, in `directory` or where the request says.

        Returns whether that was possible. The reason is told in the pane.
        """
        screen, pane, is_first = self.screen, self.pane, directory is None
        await self.disconnect()
        request = self._as_kept(request)
        self._request, self._left, self._has_opened, self._is_typed = request, directory, False, False
        self.problem = ""
        await asyncio.to_thread(screen.services.warm_up)
        login = await find_login(screen, request)
        if login is None:
            return False
        request = self._request = login.request
        self._is_typed = not login.is_kept
        site = screen.services.open_site(request)
        pane.site = site
        mode = mode_summary_of(site)
        self._tell(replace(self._status, site=site.label, state="connecting …", is_good=False, mode=mode))
        pane.notice.say(f"Connecting to {shown(site.label)} …  Esc cancels")
        try:
            with self._on_its_way():
                await site.connect()
                directory = directory or await self._first_directory(site, request)
        except (TuiftpError, asyncio.CancelledError) as error:
            pane.site = None
            self._tell(replace(self._status, site="", mode=""))
            again = key_now(pane, RECONNECT)
            pane.notice.say(f"Connecting to {shown(site.label)} was cancelled.\n→ {again} tries again")
            await site.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            pane.notice.say_error(error, what=f"Cannot connect to {site.label}")
            self.problem = pane.notice.text
            return await self._ask_again(request, directory, error, is_kept=login.is_kept)
        self._has_opened = True
        self._show_state("connected", site, is_good=True)
        pane.attach(site, directory)
        if request.saved is not None:
            self._open_as_saved(request.saved, directory or await site.endpoint.home(), is_first=is_first)
        await self._remember(request)
        await keep_login(screen, login)
        return True

    @contextmanager
    def _on_its_way(self) -> Iterator[None]:
        self.is_on_its_way = True
        self.screen.keys.stir()
        try:
            yield
        finally:
            self.is_on_its_way = False

    async def _ask_again(
        self, request: ConnectRequest, directory: str | None, error: TuiftpError, *, is_kept: bool
    ) -> bool:
        """Forgets a password that the server has refused, and asks for another if this one was not just typed."""
        if not note_refused(self.screen.services, request, error):
            return False
        self._request = request = replace(request, target=replace(request.target, password=None))
        return is_kept and await self.connect(request, directory)

    def _open_as_saved(self, saved: SavedSite, remote: str, *, is_first: bool) -> None:
        """Takes the other pane where the site wants it on this machine, and has both go together from there."""
        other, going = self.screen.opposite(self.pane), {self.pane: remote}
        if saved.local_directory and other.endpoint is not None and other.is_this_machine and is_first:
            other.open_typed(saved.local_directory)
            going[other] = other.endpoint.resolve(other.directory or "/", saved.local_directory)
        if saved.synchronized:
            self.screen.together.begin(going)

    async def _remember(self, request: ConnectRequest) -> None:
        if not request.is_remembered:
            return
        folder, name = request.saved.key if request.saved is not None else ("", "")
        site = RecentSite(
            _url(request),
            remote_directory=request.target.path or "",
            mode=str(request.mode or ""),
            tls=str(request.tls or ""),
            encoding=request.encoding if request.saved is None else "",
            folder=folder,
            name=name,
        )
        try:
            await asyncio.to_thread(self.screen.services.recents.add, site)
        except LocalFileError as error:
            self.pane.notice.say_error(error, what="The site cannot be remembered")

    async def _first_directory(self, site: Site, request: ConnectRequest) -> str | None:
        if request.target.path is None:
            return None
        return site.endpoint.resolve(await site.endpoint.home(), request.target.path)

    async def disconnect(self) -> None:
        """Takes the site out of the pane; its connections close when no transfer needs them any more."""
        screen, pane = self.screen, self.pane
        site = pane.site
        if site is None:
            return
        self._left = pane.directory
        screen.together.end()
        pane.detach()
        self._tell(replace(self._status, site="", mode=""))
        totals = screen.services.queue.totals()
        if totals.active or totals.queued:
            self._retired.append(site)
        else:
            await site.close()

    async def reconnect(self) -> None:
        """Logs in again and reads the directory anew; a site that was left, or never reached, is tried again."""
        pane = self.pane
        site = pane.site
        if site is None:
            if self._request is not None:
                await self.connect(self._as_kept_now(self._request), self._left)
            return
        pane.notice.say(f"Connecting to {shown(site.label)} …  Esc cancels")
        try:
            with self._on_its_way():
                await site.reconnect()
        except TuiftpError as error:
            pane.notice.say_error(error, what=f"Cannot connect to {site.label}")
            if self._request is not None:
                await self._ask_again(self._request, pane.directory, error, is_kept=True)
            return
        pane.reload()

    def _as_kept_now(self, request: ConnectRequest) -> ConnectRequest:
        """The same, as its saved site wants it now: that may have been changed meanwhile."""
        sites = self.screen.services.sites
        kept = sites.get(*request.saved.key) if request.saved is not None else None
        if kept is None or request.saved is None or kept.login != request.saved.login:
            return request
        fresh = request_for(kept)
        return replace(fresh, target=replace(fresh.target, password=request.target.password))

    def forget_mode(self) -> None:
        """Forgets how data connections worked at this site."""
        site = self.pane.site
        if site is not None and site.diagnostics is not None:
            site.diagnostics.forget_mode()
            self._tell(replace(self._status, mode=site.diagnostics.mode_summary))

    async def close(self) -> None:
        """Closes everything, in bounded time."""
        sites = [*self._retired, *([self.pane.site] if self.pane.site else [])]
        self._retired, self.pane.site = [], None
        await asyncio.gather(*(site.close() for site in sites))

    # What the engine tells.

    def session_changed(self, event: SessionChanged) -> None:
        """Shows the state of the browsing session."""
        site = self.pane.site
        if site is None or event.site != site.label or not event.is_browsing:
            return
        if event.state is SessionState.CLOSED and site.is_connected:
            return  # that was the session of the other pane, which showed the same site
        self._show_state(_STATES[event.state], site, is_good=event.state is SessionState.CONNECTED)

    def _show_state(self, state: str, site: Site, *, is_good: bool) -> None:
        diagnostics = site.diagnostics
        lock = diagnostics.encryption if diagnostics is not None else ""
        has_plain_data = bool(lock) and diagnostics is not None and not diagnostics.protects_data
        self._tell(
            replace(
                self._status,
                state=state,
                is_good=is_good,
                mode=mode_summary_of(site),
                lock=lock,
                has_plain_data=has_plain_data,
            )
        )

    def _tell(self, status: Status) -> None:
        self._status = status
        if self.screen.server_pane is self.pane:
            self.show_status()

    def show_status(self) -> None:
        """Has the status bar tell of this connection."""
        self.screen.status.show(self._status)

    def mode_changed(self, event: ModeChanged) -> None:
        """Shows how data connections are opened now."""
        if self.pane.site is not None and event.site == self.pane.site.label:
            self._tell(replace(self._status, mode=event.summary))

    async def totals_changed(self, totals: QueueTotals) -> None:
        """Closes left sites once nothing runs."""
        if self._retired and not totals.active and not totals.queued:
            retired, self._retired = self._retired, []
            await asyncio.gather(*(site.close() for site in retired))


def _url(request: ConnectRequest) -> str:
    """What a site is remembered by."""
    return format_url(replace(request.target, path=None, password=None))
