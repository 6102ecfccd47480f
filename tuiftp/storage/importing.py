"""Imports the sites of another program: finds the file, parses it, saves the sites that are new."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.secret import Secret
from tuiftp.storage.importers import parse_sites
from tuiftp.storage.importers.model import FoundSite, Imported, SiteSource
from tuiftp.storage.netrc import refuse_if_others_read
from tuiftp.storage.secrets import FileStore, KeyringStore, login_key
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore

LARGEST = 4 << 20
"""Bytes of a file that is read: some four thousand sites of FileZilla."""
_WINSCP = re.compile(rb"^\s*\[(Sessions|Configuration)\b", re.MULTILINE | re.IGNORECASE)
_LFTP = re.compile(rb"^\S+[ \t]+[a-z]+://", re.MULTILINE)
_NETRC = re.compile(rb"^\s*(machine|default)\s", re.MULTILINE)
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an import."""

    sites: tuple[SavedSite, ...]
    """Those that are new, and kept."""
    known: int = 0
    """How many were there already."""
    passwords: int = 0
    """How many passwords are kept."""
    problem: str = ""
    """Why passwords are not kept, in a sentence; the sites then ask for them."""


def usual_places(home: Path | None = None) -> Sequence[Path]:
    """The files of other programs that exist, in the order of how much they tell."""
    home = home or Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    places = [
        config / "filezilla" / "sitemanager.xml", home / ".filezilla" / "sitemanager.xml",
        data / "lftp" / "bookmarks", home / ".lftp" / "bookmarks", home / ".netrc",
    ]  # fmt: skip
    if roaming := os.environ.get("APPDATA"):
        places[:0] = [Path(roaming, "FileZilla", "sitemanager.xml"), Path(roaming, "WinSCP.ini")]
    return [place for place in places if place.is_file()]


def find_source(data: bytes) -> SiteSource:
    """Says whose file it is, from what is in it.

    Raises:
        ConfigurationError: Nobody's that we know.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return SiteSource.WINSCP
    data = data.removeprefix(_MARK)
    if data.lstrip()[:1] == b"<":
        return SiteSource.FILEZILLA
    for pattern, source in (
        (_WINSCP, SiteSource.WINSCP), (_LFTP, SiteSource.LFTP), (_NETRC, SiteSource.NETRC),
    ):  # fmt: skip
        if pattern.search(data):
            return source
    raise ConfigurationError(
        "it is not known whose sites these are",
        hint="the files of FileZilla, lftp and WinSCP can be read, and a netrc",
    )


def read_sites(path: Path, source: SiteSource | None = None, *, with_passwords: bool = False) -> Imported:
    """Reads the sites in a file of another program.

    Args:
        path: The file.
        source: Whose it is; None: what its content looks like.
        with_passwords: Whether passwords are read too.

    Raises:
        LocalFileError: It cannot be read.
        ConfigurationError: It is no such file; or a netrc with passwords that others can read.
    """
    data, facts = _read(path)
    try:
        source = source or find_source(data)
        if source is SiteSource.NETRC and with_passwords:
            refuse_if_others_read(path, facts)
        return parse_sites(data, source, with_passwords=with_passwords)
    except ConfigurationError as error:
        message = error.message if str(path) in error.message else f"{path}: {error.message}"
        raise ConfigurationError(message, path=str(path), hint=error.hint) from None


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise LocalFileError(f"{path} is no file.", path=str(path))
        with path.open("rb") as file:
            data, facts = file.read(LARGEST + 1), os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path looks like this"
        raise LocalFileError(f"{path} could not be read: {reason}.", path=str(path)) from error
    if len(data) > LARGEST:
        raise LocalFileError(f"{path} is too large: more than {LARGEST >> 20} MiB.", path=str(path))
    return data, facts


def new_sites(imported: Imported, store: SiteStore) -> Sequence[FoundSite]:
    """Those that are not kept yet: of the same name, folder, server and user there is none."""
    kept = {_identity(site) for site in store.sites()}
    return [one for one in imported.found if _identity(one.site) not in kept]


def take_sites(imported: Imported, store: SiteStore, keeper: KeyringStore | FileStore | None = None) -> Taken:
    """Keeps what is new; a name that another site has gets a number behind it.

    Args:
        imported: What was found, with the passwords that were asked for.
        store: Where sites are kept.
        keeper: Where passwords go; None: nowhere.

    Raises:
        LocalFileError: The sites cannot be written.
    """
    found = new_sites(imported, store)
    passwords = {_key(one.site): one.password for one in found if one.password is not None}
    kept, problem = _keep(passwords, keeper) if keeper is not None else (set(), "")
    where = PasswordFrom.FILE if isinstance(keeper, FileStore) else PasswordFrom.KEYRING
    sites = [
        replace(one.site, password=where) if one.password is not None and _key(one.site) in kept else one.site
        for one in found
    ]
    store.add_all(sites)
    return Taken(tuple(sites), len(imported.found) - len(found), len(kept), problem)


def _keep(passwords: dict[str, Secret], keeper: KeyringStore | FileStore) -> tuple[set[str], str]:
    """Keeps passwords; returns which, and why not the others."""
    kept: set[str] = set()
    try:
        if isinstance(keeper, FileStore):
            keeper.put_all(passwords)
            return set(passwords), ""
        for key, password in passwords.items():
            keeper.put(key, password)
            kept.add(key)
    except (ConfigurationError, LocalFileError) as error:
        return kept, error.message
    return kept, ""


def _key(site: SavedSite) -> str:
    return login_key(site.host, site.port, site.user)


def _identity(site: SavedSite) -> tuple[str, str, str, int, str]:
    return site.folder, site.name, site.host.casefold(), site.port, site.user
