"""Reads and writes `sites.toml`: the sites that the user keeps. There is never a password in it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.protocol.text import shown
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import config_dir
from tuiftp.storage.sites import SITE_SPECS, SavedSite, check_site
from tuiftp.storage.toml_text import encode_key, encode_value

_HEAD = "# Sites of tuiftp, one [[site]] each. What is left out is as usual; there are no passwords here.\n"
_LARGEST = 16 << 20


class SiteStore:
    """The sites file. Each change is written at once, on top of what another tuiftp has written meanwhile.

    A file that is no TOML is kept: it is renamed before the first change. An entry that cannot be used stays
    in the file as it is, and so do keys that we do not know.
    """

    def __init__(self, path: Path | None = None, *, now: Callable[[], datetime] = datetime.now) -> None:
        self.path = path or config_dir() / "sites.toml"
        """Where the file is, or will be."""
        self.problems: tuple[str, ...] = ()
        """What the last reading could not use, in sentences."""
        self._now = now
        self._sites: dict[tuple[str, str], SavedSite] = {}
        self._more: dict[tuple[str, str], dict[str, Any]] = {}
        self._unusable: list[dict[str, Any]] = []
        self._is_broken = False
        self.load()

    def load(self) -> None:
        """Reads the file; what cannot be used is told in `problems`."""
        self._sites, self._more, self._unusable, self.problems = {}, {}, [], ()
        self._is_broken = False
        try:
            document = self._read()
        except ConfigurationError as error:
            self._is_broken = True
            self.problems = (f"{error.message} It is kept; there are no sites until it is mended.",)
            return
        except LocalFileError as error:
            self.problems = (error.message,)
            return
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
            self._unusable.append(row)
            name = shown(str(row.get("name", "")))
            self.problems += (f"The site “{name}” in {self.path.name} is left out: {error.message}",)
            return
        self._sites[site.key] = site
        self._more[site.key] = {key: value for key, value in row.items() if key not in SITE_SPECS}

    def sites(self) -> Sequence[SavedSite]:
        """All of them, by folder and name."""
        return sorted(self._sites.values(), key=lambda site: (site.folder.casefold(), site.name.casefold()))

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
        more = self._more.pop(old, {}) if old is not None else {}
        if old is not None:
            self._sites.pop(old, None)
        self._sites[site.key] = site
        self._more[site.key] = more
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

    def delete(self, site: SavedSite) -> None:
        """Forgets a site.

        Raises:
            LocalFileError: The file could not be written.
        """
        self._prepare()
        self._sites.pop(site.key, None)
        self._more.pop(site.key, None)
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
        elif self.problems and not self._unusable:
            raise LocalFileError(self.problems[0], path=str(self.path))  # it is there and cannot be read

    def _write(self) -> None:
        tables = [encode_site(site, self._more.get(site.key, {})) for site in self.sites()]
        tables += [_table(row) for row in self._unusable]
        write_atomic(self.path, "\n".join([_HEAD, *tables]))

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
            return tomllib.loads(data.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            message = f"{self.path} is not valid TOML: {error}."
            raise ConfigurationError(message, path=str(self.path)) from error


def decode_site(row: Mapping[str, Any]) -> SavedSite:
    """Makes a site of a table of the file; keys that we do not know are passed over.

    Raises:
        ConfigurationError: A value cannot be used, or name or host is missing.
    """
    values = {name: SITE_SPECS[name].validate(row[name]) for name in SITE_SPECS if name in row}
    site = SavedSite(**values)
    check_site(site)
    return site


def encode_site(site: SavedSite, more: Mapping[str, Any]) -> str:
    """A table with what is not as usual, and what we do not know."""
    usual = SavedSite()
    row = {name: getattr(site, name) for name in SITE_SPECS if getattr(site, name) != getattr(usual, name)}
    return _table({**row, **more})


def _table(row: Mapping[str, Any]) -> str:
    lines = [f"{encode_key(key)} = {encode_value(value)}" for key, value in row.items()]
    return "\n".join(["[[site]]", *lines]) + "\n"
