"""Sessions on a site in memory: Transfers and EndpointPool, misbehaving where a test says so."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from tests.support.fake_site import WHEN, FakeSite, Fault, Node, refused, rest_refused
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import CommandRefused, ConnectionLost, DiskFull, TransferInterrupted
from tuiftp.files.endpoint import Capabilities, Checksum, Listing, LookedUp, Progress
from tuiftp.protocol import paths

__all__ = [
    "WHEN",
    "FakeEndpoint",
    "FakePlace",
    "FakePool",
    "FakeSite",
    "Fault",
    "Node",
    "refused",
    "rest_refused",
]


class FakeEndpoint:
    """A session on a fake site."""

    def __init__(self, site: FakeSite) -> None:
        self.site = site
        self.is_broken = False

    @property
    def label(self) -> str:
        return "ftp://fake"

    @property
    def conn(self) -> int | None:
        return 7

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            can_restart_uploads=self.site.restarts_uploads,
            has_checksums=self.site.checksum is not None,
        )

    async def home(self) -> str:
        return "/"

    def join(self, directory: str, name: str) -> str:
        return paths.join(directory, name)

    def parent(self, path: str) -> str:
        return paths.parent(path)

    def name(self, path: str) -> str:
        return paths.name(path)

    def resolve(self, base: str, typed: str) -> str:
        return paths.resolve(base, typed, "/")

    def display(self, path: str) -> str:
        return path

    async def _ask(self, verb: str, path: str) -> None:
        self.site.asked.append((verb, path))
        await asyncio.sleep(0)
        if self.is_broken:
            raise ConnectionLost("a broken session was used again")
        error = self.site.refusals.get((verb, path)) or self.site.refusals.get((verb, "*"))
        if error is not None:
            raise error

    async def list(self, path: str) -> Listing:
        await self._ask("LIST", path)
        if self.site.listing_gate is not None:
            await self.site.listing_gate.wait()
        if path not in self.site.nodes:
            raise refused("LIST")
        inside = [
            self.site.entry(found)
            for found in self.site.nodes
            if found != "/" and paths.parent(found) == path
        ]
        return Listing(self.site.aliases.get(path, path), [*inside, *self.site.extra.get(path, ())])

    def whole(self) -> FakeEndpoint:
        return self

    async def entry(self, path: str) -> Entry | None:
        await self._ask("MLST", path)
        return self.site.entry(path) if path in self.site.nodes else None

    async def make_directory(self, path: str) -> None:
        await self._ask("MKD", path)
        if path in self.site.nodes:
            raise refused("MKD", text="exists")
        self.site.nodes[path] = Node(EntryKind.DIR)

    async def remove_file(self, path: str) -> None:
        await self._ask("DELE", path)
        if path not in self.site.nodes or self.site.nodes[path].kind is EntryKind.DIR:
            raise refused("DELE")
        del self.site.nodes[path]

    async def remove_directory(self, path: str) -> None:
        await self._ask("RMD", path)
        inside = [found for found in self.site.nodes if found.startswith(f"{path}/")]
        if inside and not self.site.removes_full_directories:
            raise refused("RMD", text="not empty")
        for found in (path, *inside):
            del self.site.nodes[found]

    async def rename(self, source: str, target: str) -> None:
        await self._ask("RNFR", source)
        if source not in self.site.nodes:
            raise refused("RNFR", text="No such file")
        await self._ask("RNTO", target)
        if target in self.site.nodes and not self.site.replaces:
            raise refused("RNTO", 553, "File already exists")
        self.site.nodes[target] = self.site.nodes.pop(source)
        if self.site.lost_renames:
            self.site.lost_renames -= 1
            raise ConnectionLost("the control connection broke")

    async def chmod(self, path: str, mode: int) -> None:
        await self._ask("CHMOD", path)

    async def checksum(self, path: str, *, size: int | None = None) -> Checksum | None:
        await self._ask("HASH", path)
        algorithm = self.site.checksum
        digest = self.site.digests.get(path)
        if algorithm is None or digest == "":
            return None
        return Checksum(algorithm, digest or hashlib.new(algorithm, self.site.nodes[path].data).hexdigest())

    async def dated(self, path: str, entry: Entry) -> Entry:
        if entry.modified is not None and entry.modified.tzinfo is not None:
            return entry
        await self._ask("MDTM", path)
        when = self.site.times.get(path)
        return entry if when is None else replace(entry, modified=when, precision=Precision.SECOND)

    async def set_attributes(
        self, path: str, *, modified: datetime | None = None, mode: int | None = None
    ) -> bool:
        await self._ask("MFMT", path)
        self.site.attributes[path] = (modified, mode)
        if path in self.site.nodes and modified is not None:
            self.site.nodes[path].modified = modified
        return True

    async def read(self, path: str, *, offset: int = 0, limit: int) -> bytes:
        await self._ask("READ", path)
        return self.site.nodes[path].data[offset : offset + limit]

    async def free_space(self, path: str) -> int | None:
        return None

    async def size(self, path: str) -> int | None:
        await self._ask("SIZE", path)
        if not self.site.has_size:
            return None
        if path not in self.site.nodes:
            raise refused("SIZE")
        return len(self.site.nodes[path].data)

    async def look_up(self, path: str) -> LookedUp:
        await self._ask("CWD", path)
        if path == "/":
            return LookedUp(Entry("", EntryKind.DIR))
        return LookedUp(self.site.entry(path) if path in self.site.nodes else None)

    async def size_as_file(self, path: str) -> int | None:
        node = self.site.nodes.get(path)
        return len(node.data) if node is not None and node.kind is EntryKind.FILE else None

    async def is_directory(self, path: str) -> bool:
        return path == "/" or (path in self.site.nodes and self.site.entry(path).is_dir)

    async def download(
        self,
        path: str,
        file: BinaryIO,
        *,
        offset: int = 0,
        length: int | None = None,
        lead: bytearray | None = None,
        progress: Progress,
        is_text: bool = False,
    ) -> int:
        assert length is None, "the pool has no second session to lend"
        await self._ask("RETR", path)
        if is_text:
            self.site.text.add(path)
        self.site.offsets.append(("RETR", path, offset))
        self.site.progresses.append(progress)
        fault = self.site.fault(path)
        if isinstance(fault.error, CommandRefused) and fault.error.command == "REST" and not offset:
            fault = Fault(after=1 << 62)
        if path not in self.site.nodes:
            raise refused("RETR", text="No such file")
        data = self.site.nodes[path].data[0 if fault.ignores_rest else offset :]
        descriptor = file.fileno()
        os.lseek(descriptor, offset, os.SEEK_SET)
        with self._moving():
            async for block in self._blocks(path, data, fault, progress):
                try:
                    os.write(descriptor, block)
                except OSError as error:
                    raise DiskFull("no space left on the disk") from error
        return progress.transferred

    async def upload(
        self,
        file: BinaryIO,
        path: str,
        *,
        offset: int = 0,
        append: bool = False,
        progress: Progress,
        is_text: bool = False,
    ) -> int:
        if is_text:
            self.site.text.add(path)
        await self._ask("STOR", path)
        if self.site.forbids(path):
            raise refused("STOR", 553, "Prohibited file name")
        self.site.progresses.append(progress)
        self.site.offsets.append(("APPE" if append else "STOR", path, offset))
        fault = self.site.fault(path)
        if isinstance(fault.error, CommandRefused) and fault.error.command == "REST" and not offset:
            fault = Fault(after=1 << 62)
        if fault.error is not None and not fault.after:
            raise fault.error
        node = self.site.nodes.setdefault(path, Node())
        start = len(node.data) if append else 0 if fault.ignores_rest else offset
        node.data = node.data[:start]
        data = os.pread(file.fileno(), 1 << 30, offset)
        with self._moving():
            async for block in self._blocks(path, data, fault, progress):
                node.data += block
        return len(data) if fault.ends else progress.transferred

    async def _blocks(self, path: str, data: bytes, fault: Fault, progress: Progress) -> AsyncIterator[bytes]:
        sent = 0
        progress.note_first()
        while True:
            if sent >= fault.after:
                fault.reached.set()
                if fault.gate is not None:
                    await self._wait(fault.gate, fault)
                if fault.error is not None:
                    self.is_broken = isinstance(fault.error, ConnectionLost | TransferInterrupted)
                    raise fault.error
                if fault.ends:
                    return
                fault = replace(fault, after=1 << 62)
            block = data[sent : min(sent + self.site.block, fault.after)]
            if not block:
                return
            yield block
            sent += len(block)
            progress.transferred += len(block)
            self.site.on_block(path, progress.transferred)
            await asyncio.sleep(0)

    async def _wait(self, gate: asyncio.Event, fault: Fault) -> None:
        try:
            await gate.wait()
        except asyncio.CancelledError:
            if fault.masks_cancel:
                raise TransferInterrupted("stopped") from None
            raise

    def _moving(self) -> _Moving:
        return _Moving(self.site)


class _Moving:
    """Counts the transfers that run at the same time."""

    def __init__(self, site: FakeSite) -> None:
        self._site = site

    def __enter__(self) -> None:
        self._site.active += 1
        self._site.most_active = max(self._site.most_active, self._site.active)

    def __exit__(self, *_: object) -> None:
        self._site.active -= 1


class FakePlace:
    """A fake site as the queue copies from it and to it."""

    def __init__(self, pool: FakePool) -> None:
        self.pool = pool

    @property
    def label(self) -> str:
        return self.pool.label

    @property
    def endpoint(self) -> FakeEndpoint:
        return FakeEndpoint(self.pool.site)


class FakePool:
    """Lends sessions on a fake site."""

    def __init__(self, site: FakeSite, limit: int = 8, label: str = "ftp://fake") -> None:
        self.site = site
        self.label = label
        self._room = asyncio.Semaphore(limit)
        self.leases = 0
        self.out = 0

    @property
    def room(self) -> int:
        return 0

    @asynccontextmanager
    async def lease_extra(self) -> AsyncIterator[FakeEndpoint | None]:
        yield None

    @property
    def encoding(self) -> str:
        return "utf-8"

    def warm(self) -> None:
        """Sessions cost nothing in memory."""

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[FakeEndpoint]:
        async with self._room:
            if self.site.lost:
                raise self.site.lost.pop(0)
            self.leases += 1
            self.out += 1
            try:
                yield FakeEndpoint(self.site)
            finally:
                self.out -= 1

    async def close(self) -> None:
        pass
