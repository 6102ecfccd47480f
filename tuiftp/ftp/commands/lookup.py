"""What a path that a person named leads to on a server, links followed, in as few round trips as the server allows.

No single reply is believed where it may lie. MLST says it where it is offered. Elsewhere SIZE goes first, for it
answers for files only; servers that answer it for directories too are found out by asking for the directory above.
CWD goes last, and only where the server refuses it for a name that is not there: some answer 250 to everything.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import CommandRefused, LoginRefused
from tuiftp.files.endpoint import Listing, LookedUp
from tuiftp.ftp.commands.file_commands import read_size
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.server_state import change_directory, change_type
from tuiftp.ftp.session import FtpSession
from tuiftp.protocol import paths
from tuiftp.protocol.replies import Reply

EntryByFacts: TypeAlias = Callable[[str], Awaitable[tuple[bool, Entry | None]]]
"""Asks MLST: whether the server has answered it, and what is there."""
ListDirectory: TypeAlias = Callable[[str], Awaitable[Listing]]

_PLAIN = (EntryKind.FILE, EntryKind.DIR)


@dataclass(slots=True)
class Lookup:
    """One question about a path; the endpoint lends what it has for it."""

    session: FtpSession
    """Where it is asked."""
    entry_by_facts: EntryByFacts
    """Asks MLST."""
    list_directory: ListDirectory
    """Reads a directory."""

    async def run(self, path: str) -> LookedUp:
        """What is at `path`: see `files.Transfers.look_up`."""
        name = paths.name(path)
        if not name:
            return LookedUp(Entry("", EntryKind.DIR))
        known, entry = await self.entry_by_facts(path)
        if entry is not None and entry.kind in _PLAIN:
            return LookedUp(entry)
        size = await self._size(path)
        if size is not None and await self._is_size_of_files_only(path):
            return LookedUp(Entry(name, EntryKind.FILE, size=size))
        enters = await self._enters(path)
        if enters and await self._is_cwd_honest(path):
            return LookedUp(Entry(name, EntryKind.DIR))
        if size is not None and not enters:
            return LookedUp(Entry(name, EntryKind.FILE, size=size))
        if known and not enters:
            is_sure = entry is None and "SIZE" not in self.session.facts.refused
            return LookedUp(None, is_sure=is_sure)
        return await self._by_listing(path, size)

    async def size_as_file(self, path: str) -> int | None:
        """The size that SIZE tells, where it tells that of files only."""
        size = await self._size(path)
        return size if size is not None and await self._is_size_of_files_only(path) else None

    async def _by_listing(self, path: str, size: int | None) -> LookedUp:
        """By the directory above, where neither command has said what it is."""
        name = paths.name(path)
        try:
            listing = await self.list_directory(paths.parent(path))
        except LoginRefused:
            raise
        except CommandRefused:
            return LookedUp(_file(name, size), is_sure=False)
        found = next((entry for entry in listing.entries if entry.name == name), None)
        if found is not None and found.kind in _PLAIN:
            return LookedUp(found)
        is_sure = found is None and not listing.is_cut and "SIZE" not in self.session.facts.refused
        return LookedUp(_file(name, size), is_sure=is_sure)

    async def _size(self, path: str) -> int | None:
        """SIZE alone: it is answered for what can be fetched."""
        if "SIZE" in self.session.facts.refused:
            return None

        async def work(client: FtpClient) -> Reply:
            await change_type(client, "I")  # in TYPE A servers refuse it (ProFTPD, pyftpdlib)
            return await client.ask("SIZE", path)

        try:
            return read_size(self.session, await self.session.run(work))
        except LoginRefused:
            raise
        except CommandRefused:
            return None  # no TYPE I

    async def _is_size_of_files_only(self, path: str) -> bool:
        """Whether the server refuses SIZE for a directory; asked once, about the one above."""
        facts = self.session.facts
        if facts.sizes_directories is None:
            facts.sizes_directories = await self._size(paths.parent(path)) is not None
        return not facts.sizes_directories

    async def _enters(self, path: str) -> bool:
        async def work(client: FtpClient) -> bool:
            try:
                await change_directory(client, path)
            except LoginRefused:
                raise
            except CommandRefused:
                return False
            return True

        return await self.session.run(work)

    async def _is_cwd_honest(self, path: str) -> bool:
        """Whether the server refuses to go where nothing is; asked once, with a name that nobody has."""
        facts = self.session.facts
        if facts.enters_anything is None:
            facts.enters_anything = await self._enters(paths.join(path, f"tuiftp-{secrets.token_hex(6)}"))
        return not facts.enters_anything


def _file(name: str, size: int | None) -> Entry | None:
    return None if size is None else Entry(name, EntryKind.FILE, size=size)
