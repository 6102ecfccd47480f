"""Reads and writes `sites.toml`: the sites that the user keeps. There is never a password in it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.protocol.text import shown
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import config_dir
from tuiftp.storage.sites import SITE_SPECS, SavedSite, check_folder, check_site
from tuiftp.storage.toml_edit import edit_toml, plain

_HEAD = "# Sites of tuiftp, one [[site]] each. What is left out is as usual; there are no passwords here.\n"
_LARGEST = 16 << 20
_Key = tuple[str, str]


class SiteStore:
    """The sites file. Each change is written at once, on top of what another tuiftp has written meanwhile.

    A file that is no TOML is kept: it is renamed before the first change. An entry that cannot be used stays
    in the file as it is, and so do the user's comments and keys that we do not know.
    """

    def __init__(self, path: Path | None = None, *, now: Callable[[], datetime] = datetime.now) -> None:
        self.path = path or config_dir() / "sites.toml"
        """Where the file is, or will be."""
        self.problems: tuple[str, ...] = ()
        """What the last reading could not use, in sentences."""
        self._now = now
        self._sites: dict[_Key, SavedSite] = {}
        self._text = ""
        self._has_unusable = False
        self._moved: dict[_Key, _Key] = {}
        self._folders: list[str] = []
        self._is_broken = False
        self.load()

    def load(self) -> None:
        """Reads the file; what cannot be used is told in `problems`."""
        self._sites, self._moved, self._folders, self.problems = {}, {}, [], ()
        self._text, self._has_unusable, self._is_broken = "", False, False
        try:
            document = self._read()
        except ConfigurationError as error:
            self._is_broken = True
            self.problems = (f"{error.message} It is kept; there are no sites until it is mended.",)
            return
        except LocalFileError as error:
            self.problems = (error.message,)
            return
        self._folders = _folders_of(document.get("folders"))
        rows = document.get("site", [])
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                self._take(row)

    def _take(self, row: dict[str, Any]) -> None:
        try:
            site = decode_site(row)
            if site.key in self._sites:
                raise ConfigurationError("there is another one of this name.")
        except ConfigurationError as error:
            self._has_unusable = True
            name = shown(str(row.get("name", "")))
            self.problems += (f"The site “{name}” in {self.path.name} is left out: {error.message}",)
            return
        self._sites[site.key] = site

    def sites(self) -> Sequence[SavedSite]:
        """All of them, by folder and name."""
        return sorted(self._sites.values(), key=lambda site: (site.folder.casefold(), site.name.casefold()))

    def folders(self) -> Sequence[str]:
        """All folders, those that have no site too, each after the one above it."""
        named = [*self._folders, *(site.folder for site in self._sites.values())]
        all_of_them = {above for folder in named for above in folders_above(folder)}
        return sorted(all_of_them, key=lambda folder: [part.casefold() for part in folder.split("/")])

    def sites_in(self, folder: str) -> Sequence[SavedSite]:
        """The sites in a folder and in those below it."""
        return [site for site in self.sites() if folder in folders_above(site.folder)]

    def find(self, host: str, port: int, user: str) -> SavedSite | None:
        """A site by where it is and who logs in; empty: nobody in particular."""
        login = (host.casefold(), port, user)
        return next((site for site in self.sites() if site.login == login), None)

    def get(self, folder: str, name: str) -> SavedSite | None:
        """A site by its folder and name, as it was last read or written."""
        return self._sites.get((folder, name))

    def put(self, site: SavedSite, *, instead_of: SavedSite | None = None) -> None:
        """Keeps a site, new or in place of another.

        Raises:
            ConfigurationError: It lacks something, or there is another one of its name in its folder.
            LocalFileError: It could not be written.
        """
        check_site(site)
        self._prepare()
        old = instead_of.key if instead_of is not None else None
        if site.key != old and site.key in self._sites:
            raise ConfigurationError(f"There is a site “{shown(site.name)}” in this folder already.")
        if old is not None:
            self._sites.pop(old, None)
            self._moved[old] = site.key
        self._sites[site.key] = site
        self._write()

    def add_all(self, sites: Iterable[SavedSite]) -> int:
        """Keeps several; a name that is taken gets a number behind it. Returns how many were kept.

        Raises:
            LocalFileError: They could not be written.
        """
        self._prepare()
        count = 0
        for site in sites:
            free = self._freely_named(site)
            self._sites[free.key] = free
            count += 1
        self._write()
        return count

    def free_name(self, site: SavedSite) -> SavedSite:
        """The site with a name that no other in its folder has."""
        return self._freely_named(site)

    def _freely_named(self, site: SavedSite) -> SavedSite:
        number, free = 2, site
        while free.key in self._sites:
            free, number = replace(site, name=f"{site.name} {number}"), number + 1
        return free

    def add_folder(self, folder: str) -> str:
        """Makes a folder, which stays though there is no site in it; returns its name in the usual form.

        Raises:
            ConfigurationError: It is no name, or there is such a folder.
            LocalFileError: It could not be written.
        """
        folder = _named_folder(folder)
        self._prepare()
        if folder in self.folders():
            raise ConfigurationError(f"There is a folder “{shown(folder)}” already.")
        self._folders.append(folder)
        self._write()
        return folder

    def move_folder(self, folder: str, new: str) -> str:
        """Gives a folder another name or place, with all that is in it; returns its name in the usual form.

        Raises:
            ConfigurationError: It is no name, or the folder itself is above it, or a site of the same name is there.
            LocalFileError: It could not be written.
        """
        new = _named_folder(new)
        if folder in folders_above(new) and folder != new:
            raise ConfigurationError("A folder cannot be put into itself.")
        self._prepare()
        moved = {site.key: replace(site, folder=_moved(site.folder, folder, new)) for site in self.sites()}
        if len({site.key for site in moved.values()}) < len(moved):
            raise ConfigurationError(f"“{shown(new)}” has a site of the same name.")
        self._folders = [_moved(each, folder, new) for each in self._folders]
        self._moved = {key: site.key for key, site in moved.items()}
        self._sites = {site.key: site for site in moved.values()}
        self._write()
        return new

    def delete_folder(self, folder: str) -> None:
        """Forgets a folder, with all folders and sites in it.

        Raises:
            LocalFileError: The file could not be written.
        """
        self._prepare()
        self._folders = [each for each in self._folders if folder not in folders_above(each)]
        for site in self.sites_in(folder):
            del self._sites[site.key]
        self._write()

    def delete(self, site: SavedSite) -> None:
        """Forgets a site.

        Raises:
            LocalFileError: The file could not be written.
        """
        self._prepare()
        self._sites.pop(site.key, None)
        self._write()

    def _prepare(self) -> None:
        """Takes what another program has written meanwhile; puts a broken file aside."""
        self.load()
        if self._is_broken:
            kept = self.path.with_name(f"{self.path.name}.broken-{self._now():%Y%m%d-%H%M%S}")
            try:
                self.path.rename(kept)
            except OSError as error:
                message = f"{self.path} is broken and could not be renamed to {kept.name}: {error.strerror}"
                raise LocalFileError(message, path=str(self.path)) from error
            self._text = ""
        elif self.problems and not self._has_unusable:
            raise LocalFileError(self.problems[0], path=str(self.path))  # it is there and cannot be read

    def _write(self) -> None:
        write_atomic(self.path, edit_toml(self._text or _HEAD, self.path, self._change))

    def _change(self, document: MutableMapping[str, Any]) -> None:
        """Brings the file's entries up to date, each in its place; new ones come last."""
        if self._folders:
            document["folders"] = self._folders
        else:
            document.pop("folders", None)
        waiting = dict(self._sites)
        rows = _rows_of(document)
        keys = [_key_of(row) for row in rows]
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        for place, key in reversed(list(enumerate(keys))):
            if key is None or first[key] != place:
                continue  # what cannot be used, and the second of a name, stay as they are
            site = waiting.pop(self._moved.get(key, key), None)
            if site is None:
                del rows[place]
            else:
                _update(rows[place], site)
        for site in sorted(waiting.values(), key=lambda site: (site.folder.casefold(), site.name.casefold())):
            rows.append(_table(site_row(site)))

    def _read(self) -> dict[str, Any]:
        try:
            with self.path.open("rb") as file:
                data = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            message = f"{self.path} could not be read: {error.strerror or error}."
            raise LocalFileError(message, path=str(self.path)) from error
        try:
            if len(data) > _LARGEST:
                raise ValueError("it is too large")
            self._text = data.decode("utf-8-sig")
            return tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:
            message = f"{self.path} is not valid TOML: {error}."
            raise ConfigurationError(message, path=str(self.path)) from error


def folders_above(folder: str) -> list[str]:
    """A folder and those above it, the topmost first; of no folder, none."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


def _named_folder(text: str) -> str:
    if not text.isprintable():
        raise ConfigurationError("No line breaks or control characters, please.")
    folder = check_folder(text)
    if not folder:
        raise ConfigurationError("What is the folder's name?")
    return folder


def _folders_of(value: object) -> list[str]:
    """The folders of the file; what is none is passed over."""
    found: list[str] = []
    for text in value if isinstance(value, list) else []:
        try:
            found.append(_named_folder(text if isinstance(text, str) else ""))
        except ConfigurationError:
            pass
    return list(dict.fromkeys(found))


def _moved(folder: str, old: str, new: str) -> str:
    return new + folder.removeprefix(old) if old in folders_above(folder) else folder


def decode_site(row: Mapping[str, Any]) -> SavedSite:
    """Makes a site of a table of the file; keys that we do not know are passed over.

    Raises:
        ConfigurationError: A value cannot be used, or name or host is missing.
    """
    values = {name: SITE_SPECS[name].read(row[name]) for name in SITE_SPECS if name in row}
    site = SavedSite(**values)
    check_site(site)
    return site


def site_row(site: SavedSite) -> dict[str, Any]:
    """What a table of the file says of a site: all that is not as usual."""
    usual = SavedSite()
    return {
        name: plain(spec.word_of(getattr(site, name)))
        for name, spec in SITE_SPECS.items()
        if getattr(site, name) != getattr(usual, name)
    }


def _rows_of(document: MutableMapping[str, Any]) -> Any:
    """The array of tables that holds the sites; made where there is none, or one of another form."""
    import tomlkit  # loaded by who writes; a start only reads
    from tomlkit.items import AoT

    found = document.get("site")
    if not isinstance(found, AoT):
        rows = [_table(row) for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        document.pop("site", None)
        document["site"] = tomlkit.aot()
        found = document["site"]
        for row in rows:
            found.append(row)
    return found


def _key_of(row: Mapping[str, Any]) -> _Key | None:
    try:
        return decode_site(row).key
    except ConfigurationError:
        return None


def _update(table: Any, site: SavedSite) -> None:
    """Changes what is other now in a site's table (`tomlkit.items.Table`)."""
    wanted = site_row(site)
    body, tail = table.value.body, []
    while (
        body and body[-1][0] is None
    ):  # a comment above the next table must not come before a new key of this
        tail.append(body.pop()[1])
    for name in SITE_SPECS:
        if name not in wanted:
            table.pop(name, None)
        elif name not in table or table[name] != wanted[name]:
            table[name] = wanted[name]
    for item in reversed(tail):
        table.add(item)


def _table(row: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    table.update(row)
    table.trivia.indent = "\n"
    return table
