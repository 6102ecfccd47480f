"""Finds the password of a site before it is opened: kept, or asked for; and keeps it if that is wanted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from textual.app import App

from tuiftp.errors import ConfigurationError, LoginRefused, TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target, format_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.secrets import FILE_WARNING
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.services import Services

_NOTES = {
    PasswordFrom.KEYRING: "The site says: it will be kept in the system's keyring.",
    PasswordFrom.FILE: f"The site says: it will be kept in a file. {FILE_WARNING}",
}

_REFUSED = "The server has refused the password that is kept."


@dataclass(frozen=True, slots=True)
class Login:
    """A request that is ready to be opened."""

    request: ConnectRequest
    """With a password, where one is needed."""
    keep_for: SavedSite | None = None
    """The site that wants the password kept, once it has turned out to be right."""
    is_kept: bool = False
    """Whether the password was kept somewhere, and nobody has typed it just now."""


async def find_login(screen: MainScreen, request: ConnectRequest) -> Login | None:
    """Finds the password or asks for it; None when nobody answers. Call it in a worker."""
    target, find = request.target, screen.services.find_password
    if target.user is None or target.password is not None:
        return Login(request)
    try:
        found, problem = await asyncio.to_thread(find, request), ""
    except ConfigurationError as error:
        found, problem = None, str(error)
    is_refused = found is not None and _key(target, found) in screen.services.refused
    if found is not None and not is_refused:
        screen.keys.forget_text()  # it may be the password: it is not for the list
        return Login(replace(request, target=replace(target, password=found)), is_kept=True)
    from tuiftp.ui.dialogs.basic import PasswordDialog  # only needed when asked for

    site = request.saved
    note = problem or note_of_keeping(site)
    if is_refused:
        note = " ".join((_REFUSED, note)).strip()
    where = format_url(replace(target, path=None))
    typed = await screen.ask(PasswordDialog(shown(where), note=note))
    if typed is None:
        return None
    keeps = site is not None and site.password in _NOTES and not problem
    return Login(replace(request, target=replace(target, password=typed)), site if keeps else None)


def note_refused(services: Services, request: ConnectRequest, error: TuiftpError | BaseException) -> bool:
    """Notes that a password was wrong, so that it is not used again by itself; returns whether that is the error."""
    password = request.target.password
    is_wrong = isinstance(error, LoginRefused) and error.is_wrong_password
    if not is_wrong or not password:
        return False
    services.refused.add(_key(request.target, password))
    return True


def _key(target: Target, password: Secret) -> tuple[str, int, str, Secret]:
    return target.host.casefold(), target.port, target.user or "", password


def note_of_keeping(site: SavedSite | None) -> str:
    """Where a password that is typed will be kept, in a sentence; empty: nowhere."""
    return _NOTES.get(site.password, "") if site is not None else ""


async def keep_login(screen: MainScreen, login: Login) -> None:
    """Keeps a password that has just worked, if its site wants that."""
    password = login.request.target.password
    if login.keep_for is not None and password is not None:
        await keep_password(screen.app, screen.services, login.keep_for, password)


async def keep_password(app: App[Any], services: Services, site: SavedSite, password: Secret) -> None:
    """Keeps a password where its site says; tells it where that is not possible."""
    try:
        await asyncio.to_thread(services.keep_password, site, password)
    except TuiftpError as error:
        app.notify(shown(str(error)), title="The password is not kept", severity="warning", markup=False)
