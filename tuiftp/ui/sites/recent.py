"""Sites of late in the connect dialog: what one is shown as, and what it is opened as where it is a saved one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from textual.content import Content
from textual.widgets.option_list import Option

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import parse_url
from tuiftp.storage.connect_request import ConnectRequest, request_for
from tuiftp.storage.sites import SavedSite


class RecentRow(Protocol):
    """A site that was visited (`storage.recents.RecentSite`)."""

    @property
    def url(self) -> str:
        """`ftp://user@host`, without a password."""
        ...

    @property
    def last_used(self) -> str:
        """When, as ISO 8601."""
        ...

    @property
    def remote_directory(self) -> str:
        """Where the pane of the site was last."""
        ...

    @property
    def mode(self) -> str:
        """The mode that was chosen for it; empty: the settings' own."""
        ...

    @property
    def tls(self) -> str:
        """What was chosen about TLS; empty: as the URL has it."""
        ...

    @property
    def folder(self) -> str:
        """The folder of the saved site that it was."""
        ...

    @property
    def name(self) -> str:
        """The name of the saved site that it was; empty: it was none."""
        ...


class RecentList(Protocol):
    """The sites of late (`storage.recents.Recents`)."""

    def sites(self) -> Sequence[RecentRow]:
        """The latest first."""
        ...

    def forget(self, url: str) -> None:
        """Takes one off the list, which `write` puts into the file."""
        ...

    def write(self) -> None:
        """Writes the list; it waits for the disk."""
        ...


def request_of_kept(recent: RecentRow, saved: Sequence[SavedSite]) -> ConnectRequest | None:
    """The request to open the saved site that a site of late was, or one of the same server, port and user.

    It is opened as it is kept now. In one that merely has the same login, it begins where the visit was.

    Args:
        recent: The site of late.
        saved: All saved sites.

    Returns:
        None where no saved site has this login.
    """
    login = _login_of(recent)
    same = [site for site in saved if site.login == login]
    own = next((site for site in same if recent.name and site.key == (recent.folder, recent.name)), None)
    if own is not None or not same:
        return request_for(own) if own is not None else None
    request = request_for(same[0])
    path = recent.remote_directory or request.target.path
    return replace(request, target=replace(request.target, path=path))


def users_of(recents: Sequence[RecentRow]) -> dict[str, str]:
    """As whom each host was visited last, by its name in small letters; anonymous visits do not count."""
    users: dict[str, str] = {}
    for site in recents:
        login = _login_of(site)
        if login is not None and login[2] not in ("", "anonymous", "ftp"):
            users.setdefault(login[0], login[2])
    return users


def _login_of(site: RecentRow) -> tuple[str, int, str] | None:
    try:
        target = parse_url(site.url)
    except ConfigurationError:
        return None
    return target.host.casefold(), target.port, target.user or ""


def option_of(site: RecentRow) -> Option:
    """A site of late as a line to choose."""
    words = [
        shown("/".join(filter(None, (site.folder, site.name)))),
        shown(site.url),
        shown(site.remote_directory),
        site.mode,
        site.last_used[:10],
    ]
    return Option(Content("  ".join(word for word in words if word)))
