"""What an import has found: sites, what could not be taken over of each, and what is no site of ours."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum

from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.sites import PasswordFrom, SavedSite, changed_site

MAX_SITES = 10_000
"""Sites of a file, those that are skipped too."""
_LONGEST_NAME = 200


class TooManySites(TuiftpError):
    """A file has more sites than anybody keeps."""

    title = "Import"


class SiteSource(StrEnum):
    """A program whose sites can be read."""

    FILEZILLA = "filezilla"
    LFTP = "lftp"
    NETRC = "netrc"
    WINSCP = "winscp"

    @property
    def label(self) -> str:
        """What the program, or the file, is called."""
        return {"filezilla": "FileZilla", "lftp": "lftp", "netrc": "netrc", "winscp": "WinSCP"}[self.value]


@dataclass(frozen=True, slots=True)
class FoundSite:
    """A site that can be kept."""

    site: SavedSite
    """The site. Its password is to be asked for; who keeps one says so in it."""
    has_password: bool = False
    """Whether the file has a password for it."""
    password: Secret | None = None
    """The password, if it was asked for and could be read."""
    notes: tuple[str, ...] = ()
    """What of it could not be taken over, in sentences; made visible."""


@dataclass(frozen=True, slots=True)
class SkippedSite:
    """A site that cannot be kept."""

    name: str
    """What it is called there; made visible."""
    reason: str
    """Why, in a few words."""
    is_broken: bool = False
    """Whether something is wrong with it; else it is simply no FTP site."""


@dataclass(frozen=True, slots=True)
class Imported:
    """All that a file has."""

    source: SiteSource
    """Whose file it is."""
    found: tuple[FoundSite, ...] = ()
    """The sites."""
    skipped: tuple[SkippedSite, ...] = ()
    """What is not taken."""

    @property
    def passwords(self) -> int:
        """How many of the sites have a password in the file."""
        return sum(one.has_password for one in self.found)


def clean_text(text: str) -> str:
    """The text on one line, with nothing in it that a site's fields refuse."""
    line = " ".join(text.split())
    return "".join(char for char in shown(line) if char.isprintable())


@dataclass(slots=True)
class Draft:
    """A site that is being read. What cannot be used is left out and noted; only the server must be right."""

    name: str
    """What it is called there."""
    site: SavedSite = field(default_factory=SavedSite)
    """What is known so far."""
    notes: list[str] = field(default_factory=list)
    """What was left out."""

    @classmethod
    def begin(cls, name: str, folder: str = "") -> Draft:
        """A site of this name in this folder, both made fit to be kept."""
        draft = cls(clean_text(name)[:_LONGEST_NAME])
        draft.set("name", draft.name, "its name")
        draft.set("folder", clean_text(folder), "its folder")
        return draft

    def set(self, field_name: str, value: object, what: str) -> None:
        """Sets a field, or notes that `what` cannot be used."""
        try:
            self.site = changed_site(self.site, field_name, value)
        except ConfigurationError as error:
            self.notes.append(f"{what} is left out: {shown(error.message)}")

    def set_host(self, host: str) -> None:
        """Sets the server, and the name where there is none.

        Raises:
            ConfigurationError: It is no server's name.
        """
        if not host:
            raise ConfigurationError("it names no server")
        self.site = changed_site(self.site, "host", host)
        if not self.site.name:
            self.set("name", host, "its name")

    def set_local_directory(self, path: str) -> None:
        """Sets the local directory, unless it belongs to another kind of system."""
        if path and not os.path.isabs(path):
            self.notes.append(f"the local directory is left out: {clean_text(path)} is none on this system")
        elif path:
            self.set("local_directory", path, "the local directory")

    def set_login(self, user: str) -> None:
        """Sets who logs in; nobody in particular where that is an anonymous name."""
        if user in ("", "anonymous", "ftp"):
            self.site = changed_site(self.site, "password", PasswordFrom.ANONYMOUS)
        else:
            self.set("user", user, "the user")

    def finish(self, has_password: bool = False, password: Secret | None = None) -> FoundSite:
        """The site as it was found."""
        has_password = has_password and not self.site.is_anonymous
        return FoundSite(self.site, has_password, password if has_password else None, tuple(self.notes))


class Collector:
    """Gathers what a reader finds."""

    def __init__(self, source: SiteSource) -> None:
        self._source = source
        self._found: list[FoundSite] = []
        self._skipped: list[SkippedSite] = []

    def take(self, site: FoundSite) -> None:
        """Adds a site.

        Raises:
            TooManySites: There is no end of them.
        """
        self._found.append(site)
        self._check_count()

    def skip(self, name: str, reason: str, *, is_broken: bool = False) -> None:
        """Adds what is not taken.

        Raises:
            TooManySites: There is no end of it.
        """
        self._skipped.append(SkippedSite(clean_text(name)[:_LONGEST_NAME] or "(no name)", reason, is_broken))
        self._check_count()

    def _check_count(self) -> None:
        if len(self._found) + len(self._skipped) > MAX_SITES:
            raise TooManySites(f"it has more than {MAX_SITES:,} sites")

    def result(self) -> Imported:
        """All of it."""
        return Imported(self._source, tuple(self._found), tuple(self._skipped))
