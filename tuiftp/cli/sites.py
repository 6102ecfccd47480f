"""`tuiftp sites`: lists the saved sites, imports those of other programs, exports them for FileZilla."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.console import Console, print_lines
from tuiftp.cli.sites_arguments import SitesOptions
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import format_url
from tuiftp.storage.exporting import export_filezilla
from tuiftp.storage.importers.model import FoundSite, Imported, SiteSource
from tuiftp.storage.importing import new_sites, read_sites, take_sites
from tuiftp.storage.secrets import FILE_WARNING, FileStore, KeyringStore
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore


def run_sites(arguments: Arguments) -> int:
    """Does what was asked for; returns the exit status.

    Raises:
        TuiftpError: A file cannot be read or written, or there is no keyring for the passwords.
    """
    options = arguments.sites or SitesOptions()
    console, store = Console(), SiteStore()
    for problem in store.problems:
        console.fail(shown(problem))
    if options.action == "import":
        _import(options, store, console)
    elif options.action == "export":
        _export(options, store, console)
    else:
        print_lines(_as_json(store.sites()) if arguments.as_json else _as_text(store.sites()))
    return 1 if console.failures else 0


def _as_json(sites: Sequence[SavedSite]) -> Iterator[str]:
    return (json.dumps(asdict(site)) for site in sites)


def _as_text(sites: Sequence[SavedSite]) -> Iterator[str]:
    """A line for each: its folder and name, a tab, where it is."""
    return (_line(site) for site in sites)


def _line(site: SavedSite) -> str:
    path = f"{site.folder}/{site.name}" if site.folder else site.name
    return f"{shown(path)}\t{shown(format_url(site.target))}"


def _import(options: SitesOptions, store: SiteStore, console: Console) -> None:
    keeper = _keeper(options, console)
    source = SiteSource(options.source) if options.source else None
    imported = read_sites(Path(options.file), source, with_passwords=options.with_passwords)
    fresh = new_sites(imported, store)
    _tell_notes(imported, fresh, console)
    if options.is_dry_run:
        print_lines(_line(one.site) for one in fresh)
        console.note(
            _summary("would be imported", len(fresh), len(imported.found) - len(fresh), imported, options)
        )
        return
    taken = take_sites(imported, store, keeper)
    print_lines(_line(site) for site in taken.sites)
    if taken.problem:
        console.fail(f"not all passwords are kept: {shown(taken.problem)}")
    console.note(_summary("imported", len(taken.sites), taken.known, imported, options))
    if taken.passwords:
        console.note(f"passwords kept in the {'file' if options.in_file else 'keyring'}: {taken.passwords:,}")


def _keeper(options: SitesOptions, console: Console) -> KeyringStore | FileStore | None:
    """Where passwords go.

    Raises:
        ConfigurationError: There is no keyring, and nothing was said of the file.
    """
    if not options.with_passwords:
        return None
    if options.in_file:
        console.note(f"{FileStore().path}: {FILE_WARNING}")
        return FileStore()
    keyring = KeyringStore()
    if reason := keyring.why_not():
        raise ConfigurationError(
            f"{reason}; nothing was imported",
            hint="leave --with-passwords out, or add --passwords-in-file to keep them, unencrypted, in a file "
            "that only you can read",
        )
    return keyring


def _tell_notes(imported: Imported, fresh: Sequence[FoundSite], console: Console) -> None:
    """Tells what is skipped and what is left out; what is broken is a failure."""
    for skipped in imported.skipped:
        if skipped.is_broken:
            console.fail(f"{skipped.name}: {skipped.reason}")
        else:
            console.note(f"skipped: {skipped.name} ({skipped.reason})")
    for one in fresh:
        for note in one.notes:
            console.note(f"{shown(one.site.name)}: {note}")


def _summary(what: str, count: int, known: int, imported: Imported, options: SitesOptions) -> str:
    parts = [f"{count:,} {'site' if count == 1 else 'sites'} {what} from {imported.source.label}"]
    if known:
        parts.append(f"{known:,} there already")
    if imported.skipped:
        parts.append(f"{len(imported.skipped):,} skipped")
    if imported.passwords and not options.with_passwords:
        parts.append(f"{imported.passwords:,} with a password, which --with-passwords takes too")
    return " · ".join(parts)


def _export(options: SitesOptions, store: SiteStore, console: Console) -> None:
    if Path(options.file).exists() and not options.replaces:
        raise ConfigurationError(f"{options.file} exists already", hint="--replace replaces it")
    exported = export_filezilla(Path(options.file), store.sites(), replaces=options.replaces)
    for note in exported.notes:
        console.note(note)
    console.note(
        f"{exported.count:,} {'site' if exported.count == 1 else 'sites'} exported, without passwords"
    )
