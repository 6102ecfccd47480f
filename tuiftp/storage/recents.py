"""Recent sites, for the connect dialog: stored in the state directory, never with a password."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tuiftp.protocol.text import is_wire_encoding
from tuiftp.storage.state import StateFile

KEPT = 20
"""How many sites are remembered."""

_NAME = "recents"


@dataclass(frozen=True, slots=True)
class RecentSite:
    """A recently visited site."""

    url: str
    """`ftp://user@host:port`; never with a password."""
    last_used: str = ""
    """When, as ISO 8601 in UTC."""
    remote_directory: str = ""
    """Where the pane of the site was last; empty: the login directory."""
    local_directory: str = ""
    """Where the other pane was last, on this machine."""
    mode: str = ""
    """The connection mode that was chosen for it; empty: the settings' own."""
    tls: str = ""
    """What was chosen about TLS; empty: as the URL has it."""
    encoding: str = ""
    """How names are read, where that was chosen and the site is not saved; empty: as in the settings."""
    folder: str = ""
    """The folder of the saved site that it was."""
    name: str = ""
    """The name of the saved site that it was; empty: it was none."""

    @property
    def kept_encoding(self) -> str:
        """How names are read; empty where the file says nothing that can be used."""
        return self.encoding if is_wire_encoding(self.encoding) else ""


class Recents:
    """The list of recent sites, the latest first. Changes are written at once."""

    def __init__(self) -> None:
        self._file = StateFile(_NAME, list)
        self._writing = threading.Lock()
        decoded = [_decode(row) for row in self._file.load() or []]
        if None in decoded:
            self._file.reject("is broken in part")
        self._sites = [site for site in decoded if site is not None][:KEPT]

    @property
    def problem(self) -> str:
        """What was wrong with the file, in a sentence; empty: nothing."""
        return self._file.problem

    def sites(self) -> Sequence[RecentSite]:
        """The sites, the latest first."""
        return tuple(self._sites)

    def add(self, site: RecentSite, *, now: datetime | None = None) -> None:
        """Puts a site on top, once.

        Raises:
            LocalFileError: It could not be written; it is remembered until the program ends.
            ValueError: The URL holds a password.
        """
        if urlsplit(site.url).password is not None:
            raise ValueError("a recent site must not hold a password")
        moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self._sites = [replace(site, last_used=moment), *(s for s in self._sites if s.url != site.url)][:KEPT]
        self.write()

    def forget(self, url: str) -> None:
        """Takes a site off the list, which `write` puts into the file."""
        self._sites = [site for site in self._sites if site.url != url]

    def write(self) -> None:
        """Writes the list as it is now. It waits for the disk: call it in a thread.

        Raises:
            LocalFileError: It could not be written.
        """
        with self._writing:
            self._file.save([asdict(site) for site in self._sites])


def _decode(row: Any) -> RecentSite | None:
    if not isinstance(row, dict):
        return None
    known = {field.name: row[field.name] for field in fields(RecentSite) if field.name in row}
    if "url" not in known or not all(isinstance(value, str) for value in known.values()):
        return None
    return RecentSite(**known)
