"""The protocols of a place with files: what a pane browses, what a transfer worker needs, and the pool that lends it.

The fast paths of a place for small files are optional: see `files.pipelining`.

Paths are strings in the endpoint's own form, always absolute, never interpreted by anyone but the endpoint:
ask it to `join`, to find a `parent`, to `display`. Bytes that do not decode are kept by `surrogateescape`.

Every method may raise a `TuiftpError` and nothing else (and `asyncio.CancelledError`, after cleaning up).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable

from tuiftp.entries import Entry
from tuiftp.files.rate_limiter import RateLimiter


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an endpoint can do; what it cannot is greyed out."""

    has_local_paths: bool = False
    """Whether its paths are paths of this machine, which other programs can open."""
    looks_are_cheap: bool = False
    """Whether a directory is listed without a round trip, so that it may be read again often."""
    tells_links: bool = False
    """Whether an entry that is listed as a directory is one, and never a link to one."""
    can_chmod: bool = True
    """Whether permissions can be changed."""
    has_free_space: bool = False
    """Whether `free_space` answers."""
    can_restart_uploads: bool = True
    """Whether an upload can begin in the middle of a file (REST STREAM)."""
    has_checksums: bool = False
    """Whether it says that it can make checksums of its files."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's bytes come to."""

    algorithm: str
    """`sha256`, `sha512`, `sha1`, `md5` or `crc32`."""
    digest: str
    """Hexadecimal, in small letters, of the algorithm's full length."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a directory held when it was asked. Without `.` and `..`."""

    path: str
    """The directory that was really listed (a server may have resolved a link or `~`)."""
    entries: Sequence[Entry]
    """In the order in which they came."""
    is_cut: bool = False
    """Whether there was more than we are willing to hold."""
    stamp: tuple[int, ...] | None = None
    """What the directory itself looked like before it was read, as in `Glance`."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a directory looks like from outside, at a cost that does not depend on how much is in it."""

    stamp: tuple[int, ...] | None
    """Another one once a name has come, gone or changed; None: it may have changed this very moment."""
    entries: Sequence[Entry | None]
    """What the names that were asked about are now; None: there is no such entry any more."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a path leads to, links followed, as far as a server tells."""

    entry: Entry | None
    """A file, a directory, or None: nothing, as far as it tells."""
    is_sure: bool = True
    """Whether that is certain. Else only fetching it can tell whether there is a file."""


@dataclass(slots=True)
class Progress:
    """A counter that a worker thread raises and the event loop reads; no call into the loop per block."""

    transferred: int = 0
    """Bytes moved since this attempt began, not counting the offset it began at."""
    first_at: float | None = None
    """When the first byte came, or when we began to send it (monotonic seconds)."""
    cancelled: bool = False
    """Set when the transfer is to end; the mover looks at it between blocks."""
    limiters: tuple[RateLimiter, ...] = ()
    """The speed limits that hold for it: its own, and those that it shares."""
    is_ragged: bool = False
    """Whether an encrypted data connection ended without saying so: it may have been cut on the way."""
    is_unverified: bool = False
    """Whether it was ragged and its size could not be asked: complete as far as anybody can tell, no more."""

    def note_first(self) -> None:
        """Notes that the first byte moves now; only the first call counts."""
        if self.first_at is None:
            self.first_at = time.monotonic()


class Endpoint(Protocol):
    """A place with files. One user at a time, unless the endpoint says otherwise."""

    @property
    def label(self) -> str:
        """What to call it: `Local`, or `ftp://user@host`. Never holds a password."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    async def home(self) -> str:
        """The directory to begin in: the home directory, or the one that the server put us in at login."""
        ...

    def join(self, directory: str, name: str) -> str:
        """The path of `name` inside `directory`.

        Raises:
            UnsafeName: `name` is not exactly one path component.
        """
        ...

    def parent(self, path: str) -> str:
        """The directory above; of the root, the root."""
        ...

    def name(self, path: str) -> str:
        """The last component; empty for the root."""
        ...

    def resolve(self, base: str, typed: str) -> str:
        """The absolute path that a user means who types `typed` while in `base` (`..`, `~`, relative)."""
        ...

    def display(self, path: str) -> str:
        """The path as a person likes to read it (`~/release`). Not yet made visible."""
        ...

    async def list(self, path: str) -> Listing:
        """Reads a directory. Cancellable at any moment."""
        ...

    def whole(self) -> Endpoint:
        """The same place, with hidden files in every listing: for who copies or deletes a tree."""
        ...

    async def entry(self, path: str) -> Entry | None:
        """What is at `path` (links not followed), or None where there is nothing."""
        ...

    async def make_directory(self, path: str) -> None:
        """Makes one directory; its parent must exist."""
        ...

    async def remove_file(self, path: str) -> None:
        """Removes a file, or a link without following it."""
        ...

    async def remove_directory(self, path: str) -> None:
        """Removes an empty directory."""
        ...

    async def rename(self, source: str, target: str) -> None:
        """Renames or moves within this endpoint."""
        ...

    async def chmod(self, path: str, mode: int) -> None:
        """Sets the permission bits (07777)."""
        ...

    async def read(self, path: str, *, offset: int = 0, limit: int) -> bytes:
        """Reads at most `limit` bytes from `offset`: for the viewer, never for transfers."""
        ...

    async def free_space(self, path: str) -> int | None:
        """Bytes free on the disk that holds `path`, or None where this cannot be known."""
        ...


@runtime_checkable
class Watchable(Protocol):
    """An endpoint that can tell at little cost whether a directory has changed."""

    async def glance(self, path: str, names: Sequence[str]) -> Glance:
        """Looks at the directory `path`, without reading it, and at these entries of it.

        Raises:
            TuiftpError: There is no such directory any more, or it cannot be looked at.
        """
        ...


class Transfers(Endpoint, Protocol):
    """An endpoint whose files can be copied to and from open local files: what a transfer worker needs of a place."""

    @property
    def conn(self) -> int | None:
        """The number of its control connection in the protocol log; None while, or where, there is none."""
        ...

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
        """Writes the remote file from `offset` on into `file` (raw, positioned at `offset` by the callee).

        Bytes move in a worker thread. Returns when the data connection has ended properly *and* the server
        has given its final reply.

        Args:
            path: Which file.
            file: Where to; each byte goes to the place that it has in the remote file.
            offset: The first byte that is asked for.
            length: How many bytes are wanted. When they have come the connection is closed, and what the
                server says of that is no failure; fewer are one only if the server says so.
            lead: Is filled with the first bytes, which are then not written: what they prove is for the caller.
            progress: Counts all that comes.
            is_text: It travels by TYPE A, and its line ends become those of this machine; the whole file only.

        Returns:
            The number of bytes received in this call.

        Raises:
            FileRefused: The server does not give the file; nothing moved.
            TransferInterrupted: It began and broke, or stalled; `progress.transferred` bytes are in `file`.
            DiskFull, LocalFileError: The local side refused.
        """
        ...

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
        """Stores `file` from `offset` on at `path` (REST + STOR, or APPE if `append`).

        With `is_text` it travels by TYPE A, and its line ends become those of the wire (CR LF).

        Returns:
            The number of bytes sent in this call.

        Raises:
            FileRefused, StorageFull: The server does not take it.
            TransferInterrupted: It began and broke, or stalled.
        """
        ...

    async def look_up(self, path: str) -> LookedUp:
        """What a path that a person named leads to, links followed; asks about it as briefly as the server allows.

        Unlike `entry` it believes no single reply that may be wrong, and finds what no listing shows: a hidden
        name, a file below a directory that may not be read.
        """
        ...

    async def size_as_file(self, path: str) -> int | None:
        """The size of `path` where the server tells it as only a file has it: what proves that it is one."""
        ...

    async def is_directory(self, path: str) -> bool:
        """Whether the server lets us go into `path`; a link is followed. One round trip, and no listing."""
        ...

    async def size(self, path: str) -> int | None:
        """The size by SIZE (after TYPE I) or, where that is not understood, by the listing; None: unknown."""
        ...

    async def checksum(self, path: str, *, size: int | None = None) -> Checksum | None:
        """Has the server read a file and make a checksum of it; None where it cannot, or says nothing clear.

        Args:
            path: Which file.
            size: How large it is, in bytes, for how long to wait.
        """
        ...

    async def dated(self, path: str, entry: Entry) -> Entry:
        """An entry of this endpoint with its time in UTC, where that can be found out.

        A time from MLSD is that already, and costs nothing. One that LIST printed in the server's own zone is
        moved by the server's clock, which is learned once; where LIST gives no more than a day, MDTM is asked.
        """
        ...

    async def set_attributes(
        self, path: str, *, modified: datetime | None = None, mode: int | None = None
    ) -> bool:
        """Gives a file a time (aware) and permission bits (0777), as far as the server lets us.

        Returns:
            Whether all of it was done. A refusal is not an error: the file is whole without it.
        """
        ...


class EndpointPool(Protocol):
    """Lends endpoints of one site to transfer workers, each with a session of its own."""

    @property
    def label(self) -> str:
        """What to call the site: `ftp://user@host`."""
        ...

    @property
    def encoding(self) -> str:
        """In which encoding its paths are text: always the same, for the bytes are what a name is."""
        ...

    def lease(self) -> AbstractAsyncContextManager[Transfers]:
        """Lends an endpoint for as long as the context lasts; waits while the limit is reached.

        A session that is not in a known state when it is given back is closed, not reused.
        """
        ...

    @property
    def room(self) -> int:
        """How many more could be lent at once; below zero: so many wait for one."""
        ...

    def lease_extra(self) -> AbstractAsyncContextManager[Transfers | None]:
        """Lends one more to somebody who has one already; None where he would have to wait for it."""
        ...

    def warm(self) -> None:
        """Logs in, in the background, as many sessions as there may be: a tree is about to be transferred."""
        ...

    async def close(self) -> None:
        """Closes all sessions, within a second or two, whatever the server does."""
        ...
