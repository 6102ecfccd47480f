"""A site in memory: a tree of paths, what goes wrong with it, and a record of what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import CommandRefused, FileRefused, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.protocol import paths

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
    error: TuiftpError | None = None
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
    refusals: dict[tuple[str, str], Exception] = field(default_factory=dict)
    """Errors by verb and path."""
    extra: dict[str, list[Entry]] = field(default_factory=dict)
    """Entries that a listing has besides."""
    has_size: bool = True
    checksum: str | None = None
    """The algorithm that the server has, if any."""
    digests: dict[str, str] = field(default_factory=dict)
    """Digests that it tells instead of the true ones, by path; empty: it gives no clear answer."""
    times: dict[str, datetime] = field(default_factory=dict)
    """What MDTM says, by path."""
    attributes: dict[str, tuple[datetime | None, int | None]] = field(default_factory=dict)
    """What files were given, by path."""
    restarts_uploads: bool = True
    replaces: bool = True
    """Whether RNTO replaces a file that is there."""
    lost_renames: int = 0
    """How many renames work and lose their reply."""
    forbids: Callable[[str], bool] = lambda path: False
    """Which paths STOR is refused for."""
    text: set[str] = field(default_factory=set)
    """What was moved as text."""
    lost: list[TuiftpError] = field(default_factory=list)
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
        found = self.faults.get(path) or self.faults.get("*")
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
