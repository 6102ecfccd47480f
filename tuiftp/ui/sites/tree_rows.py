"""The tree of saved sites as rows of text: folders, what is in them, and what a search leaves of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tuiftp.protocol.text import shown
from tuiftp.protocol.url import format_url
from tuiftp.storage.sites import SITE_SPECS, PasswordFrom, SavedSite, SiteColour
from tuiftp.storage.sites_store import folders_above

SIGNS: Mapping[SiteColour, str] = {
    SiteColour.NONE: " ",
    SiteColour.RED: "▲",
    SiteColour.YELLOW: "◆",
    SiteColour.GREEN: "●",
    SiteColour.BLUE: "■",
    SiteColour.PURPLE: "▼",
}
"""A sign for each mark, so that nobody has to tell colours apart."""
STYLES: Mapping[SiteColour, str] = {
    SiteColour.NONE: "$foreground",
    SiteColour.RED: "$error",
    SiteColour.YELLOW: "$warning",
    SiteColour.GREEN: "$success",
    SiteColour.BLUE: "$secondary",
    SiteColour.PURPLE: "$transfer-running",
}
"""The theme's colour of each mark."""

_ALWAYS = ("password", "tls", "mode")
_IN_HEAD = ("name", "folder", "host", "port", "user", "colour", "note")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A folder or a site in the tree."""

    depth: int
    """How many folders it is in."""
    folder: str
    """The folder itself, or the one that the site is in."""
    site: SavedSite | None = None
    """The site; None: it is a folder."""
    is_open: bool = True
    """Whether the folder shows what is in it."""

    @property
    def name(self) -> str:
        """What it is called; not made visible yet."""
        return self.site.name if self.site is not None else self.folder.rpartition("/")[2]

    @property
    def key(self) -> tuple[str, str | None]:
        """What tells it from all other rows."""
        return self.folder, self.site.name if self.site is not None else None


def site_rows(
    sites: Sequence[SavedSite], folders: Sequence[str], *, closed: Collection[str] = (), words: str = ""
) -> list[SiteRow]:
    """The rows from top to bottom: in each folder the folders first, then the sites.

    Args:
        sites: All sites, in order.
        folders: All folders, each after the one above it.
        closed: The folders that do not show what is in them.
        words: What is looked for. All of the words must be in a site's name, folder, server, user or note; then
            every folder is open, and one without a hit is left out.
    """
    wanted = words.casefold().split()
    if wanted:
        sites = [site for site in sites if _holds(site, wanted)]
        hits = {above for site in sites for above in folders_above(site.folder)}
        folders, closed = [folder for folder in folders if folder in hits], ()
    return list(_inside("", sites, folders, frozenset(closed)))


def _inside(
    above: str, sites: Sequence[SavedSite], folders: Sequence[str], closed: frozenset[str]
) -> Iterator[SiteRow]:
    depth = len(folders_above(above))
    for folder in folders:
        if folder.rpartition("/")[0] == above:
            is_open = folder not in closed
            yield SiteRow(depth, folder, is_open=is_open)
            if is_open:
                yield from _inside(folder, sites, folders, closed)
    for site in sites:
        if site.folder == above:
            yield SiteRow(depth, above, site)


def _holds(site: SavedSite, words: Sequence[str]) -> bool:
    text = " ".join((site.name, site.folder, site.host, site.user, site.note)).casefold()
    return all(word in text for word in words)


def site_facts(site: SavedSite) -> Iterator[tuple[str, str]]:
    """What there is to say of a site below its name: label and text, both as a person reads them."""
    yield "Server", shown(format_url(site.target))
    yield "User", "anonymous" if site.is_anonymous else shown(site.user)
    if site.folder:
        yield "Folder", shown(site.folder)
    if site.colour is not SiteColour.NONE:
        yield "Colour", f"{SIGNS[site.colour]} {site.colour}"
    usual = SavedSite()
    for name, spec in SITE_SPECS.items():
        value = getattr(site, name)
        if name in _ALWAYS or (name not in _IN_HEAD and value != getattr(usual, name)):
            yield spec.title, shown(spec.describe(value))
    if site.note:
        yield "Note", shown(site.note)


def keeps_password(site: SavedSite) -> bool:
    """Whether a password of it may be kept somewhere."""
    return site.password in (PasswordFrom.KEYRING, PasswordFrom.FILE) and not site.is_anonymous
