"""LocalSite: the disk of this machine as a site, which is always connected and has no sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuiftp.files.local import LocalEndpoint

_USERS = 8


class LocalPool:
    """Implements `files.EndpointPool`: lends the disk itself, to any number of transfers."""

    def __init__(self, disk: LocalEndpoint) -> None:
        self._disk = disk

    @property
    def label(self) -> str:
        """What to call the disk."""
        return self._disk.label

    @property
    def encoding(self) -> str:
        """Paths that are no UTF-8 are kept by `surrogateescape`."""
        return "utf-8"

    @property
    def room(self) -> int:
        """Always some: nobody waits for the disk."""
        return _USERS

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[LocalEndpoint]:
        """Lends the disk."""
        yield self._disk

    @asynccontextmanager
    async def lease_extra(self) -> AsyncIterator[LocalEndpoint | None]:
        """Lends nothing more: a second reader of the same file does not make a disk faster."""
        yield None

    def warm(self) -> None:
        """The disk is always ready."""

    async def close(self) -> None:
        """The disk stays: it belongs to who made it."""


class LocalSite:
    """Implements `files.Site`."""

    def __init__(self, disk: LocalEndpoint) -> None:
        """Makes one.

        Args:
            disk: The disk; it stays open when the site is closed, for others use it too.
        """
        self.endpoint = disk
        """What the pane browses."""
        self.pool = LocalPool(disk)
        """What the queue borrows."""

    @property
    def label(self) -> str:
        """What to call it."""
        return self.endpoint.label

    @property
    def is_connected(self) -> bool:
        """Always."""
        return True

    @property
    def diagnostics(self) -> None:
        """There are no connections to tell of."""
        return None

    async def connect(self) -> None:
        """Nothing has to be opened."""

    async def reconnect(self) -> None:
        """Nothing has to be opened."""

    async def close(self) -> None:
        """The disk stays."""
