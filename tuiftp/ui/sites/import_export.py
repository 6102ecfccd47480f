"""Takes sites of other programs over, and gives ours away: asks for the file, shows what it has, does it, tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from tuiftp.errors import TuiftpError
from tuiftp.storage.exporting import Exported, export_filezilla
from tuiftp.storage.importers.model import FoundSite, Imported
from tuiftp.storage.importing import Taken, new_sites, read_sites, take_sites, usual_places
from tuiftp.storage.secrets import FileStore, KeyringStore
from tuiftp.storage.sites_store import SiteStore
from tuiftp.ui.dialogs.basic import Confirm, Message
from tuiftp.ui.dialogs.save_dialog import SaveDialog
from tuiftp.ui.sites.import_dialog import ImportDialog, ImportRequest, PasswordsTo

_MOST_NAMES = 4
_MOST_NOTES = 2
_DEEPEST = 2
"""Screens that may be open: the main one, and one that shows sites."""


async def run_exchange(
    app: App[Any], store: SiteStore, flow: Callable[[App[Any], SiteStore], Awaitable[None]]
) -> None:
    """Runs one of the flows below, and says what went wrong. Call it in a worker."""
    if len(app.screen_stack) > _DEEPEST:  # a question is open already
        return
    try:
        await flow(app, store)
    except TuiftpError as error:
        lines = [error.message, *([f"→ {error.hint}"] if error.hint else [])]
        app.push_screen(Message(error.title, lines, is_error=True))


async def import_sites(app: App[Any], store: SiteStore) -> None:
    """Asks for a file, shows what would be taken from it, and takes it. Call it in a worker.

    Raises:
        TuiftpError: The file cannot be read, or the sites cannot be written.
    """
    no_keyring = await asyncio.to_thread(KeyringStore().why_not)
    found: list[Imported] = []

    async def read(request: ImportRequest) -> str | None:
        takes_passwords = request.passwords is not PasswordsTo.NOWHERE
        found.append(await asyncio.to_thread(read_sites, request.path, with_passwords=takes_passwords))
        return None

    request = await app.push_screen_wait(ImportDialog(usual_places(), no_keyring=no_keyring, read=read))
    if request is None or not found:
        return
    imported = found[0]
    fresh = new_sites(imported, store)
    lines = list(preview_lines(imported, fresh, request))
    if not fresh:
        await app.push_screen_wait(Message("Nothing to import", lines))
        return
    if await app.push_screen_wait(Confirm(f"Import from {imported.source.label}", lines, yes="Import")):
        keeper = {PasswordsTo.KEYRING: KeyringStore, PasswordsTo.FILE: FileStore}.get(request.passwords)
        taken = await asyncio.to_thread(take_sites, imported, store, keeper() if keeper else None)
        await app.push_screen_wait(Message("Sites imported", list(result_lines(taken, request))))


def preview_lines(imported: Imported, fresh: Sequence[FoundSite], request: ImportRequest) -> Iterator[str]:
    """What an import would take, and what not."""
    known = len(imported.found) - len(fresh)
    yield f"{_sites(len(fresh))} to take" + (f", {known:,} there already" if known else "")
    for one in fresh[:_MOST_NAMES]:
        folder = f"{one.site.folder}/" if one.site.folder else ""
        yield f"  {folder}{one.site.name}  ({one.site.host})"
    if len(fresh) > _MOST_NAMES:
        yield f"  … and {len(fresh) - _MOST_NAMES:,} more"
    if imported.skipped:
        reasons = dict.fromkeys(skipped.reason for skipped in imported.skipped)
        yield f"{len(imported.skipped):,} skipped: {', '.join(list(reasons)[:_MOST_NOTES])}"
    passwords = sum(one.has_password for one in fresh)
    if passwords and request.passwords is PasswordsTo.NOWHERE:
        yield f"{passwords:,} with a password, which stays where it is"
    elif passwords:
        yield f"{passwords:,} with a password, which goes into the {request.passwords.value}"
    notes = [f"  {one.site.name}: {note}" for one in fresh for note in one.notes]
    yield from notes[:_MOST_NOTES]
    if len(notes) > _MOST_NOTES:
        yield f"  … and {len(notes) - _MOST_NOTES:,} more such; tuiftp sites import --dry-run tells all"


def result_lines(taken: Taken, request: ImportRequest) -> Iterator[str]:
    """What has become of an import."""
    yield f"{_sites(len(taken.sites))} taken over."
    if taken.passwords:
        yield f"Passwords kept in the {request.passwords.value}: {taken.passwords:,}"
    if taken.problem:
        yield f"Not all passwords are kept: {taken.problem}"


def _sites(count: int) -> str:
    return f"{count:,} {'site' if count == 1 else 'sites'}"


class ExportScreen(SaveDialog):
    """Asks where to write the sites to."""

    def __init__(self, suggestion: Path, write: Callable[[Path], Awaitable[None]]) -> None:
        note = "All sites as XML that FileZilla imports; passwords are never in it."
        super().__init__("Export sites for FileZilla", suggestion, write, note=note)


async def export_sites(app: App[Any], store: SiteStore) -> None:
    """Asks for a file and writes all sites into it. Call it in a worker.

    Raises:
        TuiftpError: It cannot be written.
    """
    written: list[Exported] = []

    async def write(path: Path) -> None:
        # Whether it may be replaced was asked by the screen.
        written.append(await asyncio.to_thread(export_filezilla, path, store.sites(), replaces=True))

    path = await app.push_screen_wait(ExportScreen(Path.home() / "tuiftp-sites.xml", write))
    if path is None or not written:
        return
    done = written[0]
    lines = [f"{_sites(done.count)}, without passwords, in", f"  {path}", *done.notes[:_MOST_NOTES]]
    if len(done.notes) > _MOST_NOTES:
        lines.append(f"… and {len(done.notes) - _MOST_NOTES:,} more that FileZilla has no place for")
    await app.push_screen_wait(Message("Sites exported", lines))
