"""A queue on a site that is reached over sockets: what the tests of faults share."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.sites import QUICK, OpenSite, Server, open_site
from tests.transfers.conftest import Events, FakeClock, ScriptedDecider
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.events import EventBus
from tuiftp.files.disk import look
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.ftp.options import ConnectionOptions
from tuiftp.transfers.model import BatchFinished, Transfer
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.transfer_options import TransferOptions

BOUND = 20.0
"""Seconds after which something that should have happened has not."""

DATA = random.Random(959).randbytes(200_000)
"""What is moved: no part of it is like another, and it is too large to go through memory in one go."""


class WireDesk:
    """A queue, a disk, and a site behind sockets. Waits between attempts are over at once."""

    def __init__(self, opened: OpenSite, root: Path, how: TransferOptions) -> None:
        self.opened = opened
        root.mkdir(exist_ok=True)
        self.root = root
        self.bus = EventBus()
        self.events = Events(self.bus)
        self.decider = ScriptedDecider()
        self.clock = FakeClock()
        self.local = LocalEndpoint()
        self.disk = LocalSite(self.local)
        self.queue = TransferQueue(
            bus=self.bus,
            decider=self.decider,
            local=self.local,
            default_policy=ConflictPolicy.OVERWRITE,
            clock=self.clock,
            how=how,
        )

    async def get(self, *paths: str, policy: ConflictPolicy | None = None) -> BatchFinished:
        """Downloads files, as the pane would after it has listed them."""
        return await self.over(await self.fetch(*paths, policy=policy))

    async def fetch(self, *paths: str, policy: ConflictPolicy | None = None) -> int:
        """Queues downloads."""
        sources = [(path, await self.listed(path)) for path in paths]
        return self.queue.copy(self.opened.site, sources, self.disk, str(self.root), policy=policy)

    async def put(
        self, *names: str, to: str | None = None, policy: ConflictPolicy | None = None
    ) -> BatchFinished:
        """Uploads local files."""
        return await self.over(await self.send(*names, to=to, policy=policy))

    async def send(self, *names: str, to: str | None = None, policy: ConflictPolicy | None = None) -> int:
        """Queues uploads."""
        sources = []
        for name in names:
            entry = look(str(self.root / name))
            assert entry is not None
            sources.append((str(self.root / name), entry))
        where = to or await self.opened.endpoint.home()
        return self.queue.copy(self.disk, sources, self.opened.site, where, policy=policy)

    async def listed(self, path: str) -> Entry:
        """What the listing says of a remote file."""
        endpoint = self.opened.endpoint
        listing = await endpoint.list(endpoint.parent(path))
        name = endpoint.name(path)
        return next((entry for entry in listing.entries if entry.name == name), Entry(name, EntryKind.FILE))

    async def over(self, batch: int) -> BatchFinished:
        """Waits until a batch has ended."""
        async with asyncio.timeout(BOUND):
            return await self.queue.wait_batch(batch)

    def only(self) -> Transfer:
        """The one transfer."""
        (transfer,) = self.queue.transfers()
        return transfer

    def names(self) -> list[str]:
        """What lies in the local directory, hidden files too."""
        return sorted(path.name for path in self.root.iterdir())


@asynccontextmanager
async def wire_desk(
    server: Server,
    root: Path,
    how: TransferOptions | None = None,
    options: ConnectionOptions = QUICK,
) -> AsyncIterator[WireDesk]:
    """A queue that works on a server."""
    async with open_site(server, options) as opened:
        desk = WireDesk(opened, root, how or TransferOptions())
        await desk.queue.start()
        try:
            yield desk
        finally:
            await desk.queue.close()
            desk.local.close()
