"""A site in memory that implements RemoteEndpoint and EndpointPool, and misbehaves where a test says so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import BinaryIO

from tuiftp.errors import CommandRefused, ConnectionLost, DiskFull, FileRefused, TransferInterrupted
from tuiftp.errors import TuiftpError as Failure
from tuiftp.files.endpoint import Capabilities, Listing, Progress
from tuiftp.protocol import paths
from tuiftp.protocol.entries import Entry, EntryKind, Precision

WHEN = datetime(2026, 11, 23, 9, 40, 12, tzinfo=UTC)
"""When every file was changed unless a test says otherwise."""


@dataclass
class Node:
    """A file, directory or link on the site."""

    kind: EntryKind = EntryKind.FILE
    data: bytes = b""
    modified: datetime | None = WHEN
    listed_size: int | None = -1
    """What listings say; -1: the truth."""
    raw: str | None = None


@dataclass
class Fault:
    """What goes wrong in one transfer; used up after `times`."""

    after: int = 0
    """Bytes that go over before."""
    error: Failure | None = None
    """What is raised then."""
    gate: asyncio.Event | None = None
    """What is waited for then."""
    ends: bool = False
    """Whether the data ends there as if it were all."""
    ignores_rest: bool = False
    """Whether it begins at 0 whatever was asked."""
    masks_cancel: bool = False
    """Whether a cancel comes out as a broken transfer, as from a thread that was told to stop."""
    times: int = 1
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it has come so far."""


@dataclass
class FakeSite:
    """A tree of paths, and a record of what was asked."""

    nodes: dict[str, Node] = field(default_factory=lambda: {"/": Node(EntryKind.DIR)})
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    offsets: list[tuple[str, str, int]] = field(default_factory=list)
    refusals: dict[tuple[str, str], Failure] = field(default_factory=dict)
    """Errors by verb and path."""
    extra: dict[str, list[Entry]] = field(default_factory=dict)
    """Entries that a listing has besides."""
    has_size: bool = True
    lost: list[Failure] = field(default_factory=list)
    """Errors that the next leases meet, one each."""
    on_block: Callable[[str, int], None] = lambda path, count: None
    block: int = 1024
    active: int = 0
    most_active: int = 0
    listing_gate: asyncio.Event | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    """Where a listing really comes from, as a server tells that has followed a link."""
    progresses: list[Progress] = field(default_factory=list)
    removes_full_directories: bool = False

    def add(self, path: str, data: bytes = b"", **values: object) -> Node:
        """Puts a file on the site, and the directories above it."""
        above = paths.parent(path)
        if above not in self.nodes:
            self.add_directory(above)
        node = self.nodes[path] = replace(Node(data=data), **values)  # type: ignore[arg-type]
        return node

    def add_directory(self, path: str) -> None:
        """Puts a directory on the site, and those above it."""
        if path not in self.nodes:
            self.add_directory(paths.parent(path))
            self.nodes[path] = Node(EntryKind.DIR)

    def fail(self, path: str, fault: Fault) -> Fault:
        """Has the next transfer of `path` go wrong."""
        self.faults.setdefault(path, []).append(fault)
        return fault

    def stop(self, path: str, after: int) -> Fault:
        """Has the next transfer of `path` wait at some byte until its gate is opened."""
        return self.fail(path, Fault(after=after, gate=asyncio.Event()))

    def fault(self, path: str) -> Fault:
        """What goes wrong now."""
        found = self.faults.get(path)
        if not found:
            return Fault(after=1 << 62)
        fault = found[0]
        fault.times -= 1
        if fault.times <= 0:
            found.pop(0)
        return fault

    @staticmethod
    def open(fault: Fault) -> None:
        """Lets a stopped transfer go on."""
        assert fault.gate is not None
        fault.gate.set()

    def entry(self, path: str) -> Entry:
        """What a listing says of `path`."""
        node = self.nodes[path]
        size = None if node.kind is EntryKind.DIR else len(node.data)
        if node.listed_size != -1:
            size = node.listed_size
        precision = None if node.modified is None else Precision.SECOND
        return Entry(paths.name(path), node.kind, size, node.modified, precision, raw=node.raw)

    def source(self, path: str) -> tuple[str, Entry]:
        """What a person has chosen."""
        return path, self.entry(path)

    def count(self, verb: str) -> int:
        """How often a command was sent."""
        return sum(1 for asked, _ in self.asked if asked == verb)


def refused(verb: str, code: int = 550, text: str = "No.") -> FileRefused:
    """A refusal as a server gives it."""
    return FileRefused(f"{code} {text}", command=verb, code=code, text=text)


def rest_refused() -> CommandRefused:
    """What a server says that cannot begin in the middle."""
    return CommandRefused("502 REST not implemented", command="REST", code=502, text="REST not implemented")


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
        return Capabilities(is_local=False)

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
        self.site.nodes[target] = self.site.nodes.pop(source)

    async def chmod(self, path: str, mode: int) -> None:
        await self._ask("CHMOD", path)

    async def read(self, path: str, *, offset: int = 0, limit: int) -> bytes:
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

    async def download(self, path: str, file: BinaryIO, *, offset: int = 0, progress: Progress) -> int:
        await self._ask("RETR", path)
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
        self, file: BinaryIO, path: str, *, offset: int = 0, append: bool = False, progress: Progress
    ) -> int:
        await self._ask("STOR", path)
        self.site.offsets.append(("STOR", path, offset))
        fault = self.site.fault(path)
        if isinstance(fault.error, CommandRefused) and fault.error.command == "REST" and not offset:
            fault = Fault(after=1 << 62)
        if fault.error is not None and not fault.after:
            raise fault.error
        node = self.site.nodes.setdefault(path, Node())
        start = 0 if fault.ignores_rest else offset
        node.data = node.data[:start]
        data = os.pread(file.fileno(), 1 << 30, offset)
        with self._moving():
            async for block in self._blocks(path, data, fault, progress):
                node.data += block
        return len(data) if fault.ends else progress.transferred

    async def _blocks(self, path: str, data: bytes, fault: Fault, progress: Progress) -> AsyncIterator[bytes]:
        sent = 0
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


class FakePool:
    """Lends sessions on a fake site."""

    def __init__(self, site: FakeSite, limit: int = 8) -> None:
        self.site = site
        self._room = asyncio.Semaphore(limit)
        self.leases = 0
        self.out = 0

    @property
    def label(self) -> str:
        return "ftp://fake"

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
