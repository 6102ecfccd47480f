"""What the remote directories of an upload hold: listed once each per batch, not asked once per file.

What somebody else puts there between the listing and the upload is therefore not seen for small files: a look
at each of them would cost as much time as sending it. Before a large one, next to which a round trip is nothing,
the server is asked for its size once more.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import CommandRefused, LoginRefused, RemoteError
from tuiftp.files.endpoint import Transfers
from tuiftp.protocol.text import shown
from tuiftp.transfers.remote_queries import known_size

LOOKED_AT_AGAIN = 8 * 1024 * 1024
"""Bytes from which a file's target is looked at again right before it is sent."""


class RemoteTargets:
    """The remote directories that one batch goes into."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Entry] | None] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def find(
        self, endpoint: Transfers, directory: str, name: str, *, size: int | None = None
    ) -> Entry | None:
        """What is called `name` in `directory`; None where there is nothing.

        A directory that may not be listed is asked for the single name.

        Args:
            endpoint: Who asks.
            directory: Where.
            name: One component.
            size: How large the file is that will go there; a large one is worth a second look.
        """
        known = await self._contents(endpoint, directory)
        if known is not None:
            if name not in known and (size or 0) >= LOOKED_AT_AGAIN:
                held = await known_size(endpoint.size(endpoint.join(directory, name)))
                return None if held is None else file_entry(name, held)
            return known.get(name)
        try:
            return await endpoint.entry(endpoint.join(directory, name))
        except LoginRefused:
            raise
        except CommandRefused:
            return None

    async def names(self, endpoint: Transfers, directory: str) -> frozenset[str]:
        """The names in `directory`, as far as they are known."""
        return frozenset(await self._contents(endpoint, directory) or ())

    def note(self, directory: str, entry: Entry) -> None:
        """Remembers what now is in `directory`."""
        known = self._known.get(directory)
        if known is not None:
            known[entry.name] = entry

    async def ensure_directory(self, endpoint: Transfers, parent: str, name: str) -> str:
        """Makes the directory `name` in `parent` unless it is there; returns its path.

        Raises:
            UnsafeName: `name` is not one component, or cannot be sent.
            RemoteError: A file has that name, or the server refused.
        """
        path = endpoint.join(parent, name)
        found = await self.find(endpoint, parent, name)
        if found is None:
            if await self._make(endpoint, path):
                self._known[path] = {}
            self.note(parent, Entry(name, EntryKind.DIR))
        elif found.kind is EntryKind.FILE:
            raise RemoteError(f"{shown(path)} is a file, not a directory", path=path)
        return path

    async def _make(self, endpoint: Transfers, path: str) -> bool:
        """Makes a directory; returns False if it was there all the same."""
        try:
            await endpoint.make_directory(path)
        except LoginRefused:
            raise
        except CommandRefused as error:
            try:
                found = await endpoint.entry(path)
            except CommandRefused:
                found = None
            if found is None or found.kind is EntryKind.FILE:
                raise error from None
            return False
        return True

    async def _contents(self, endpoint: Transfers, directory: str) -> dict[str, Entry] | None:
        async with self._locks.setdefault(directory, asyncio.Lock()):
            if directory not in self._known:
                self._known[directory] = await self._read(endpoint, directory)
            return self._known[directory]

    async def _read(self, endpoint: Transfers, directory: str) -> dict[str, Entry] | None:
        try:
            listing = await endpoint.list(directory)
        except LoginRefused:
            raise
        except CommandRefused:
            return None
        if listing.is_cut:
            return None
        return {entry.name: entry for entry in listing.entries}


def file_entry(name: str, size: int | None) -> Entry:
    """An entry for a file that was just uploaded."""
    return replace(Entry(name, EntryKind.FILE), size=size)
