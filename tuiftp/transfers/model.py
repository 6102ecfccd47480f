"""Transfers and batches as values, and the events that tell of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntEnum, StrEnum
from operator import attrgetter
from typing import Any


class Direction(StrEnum):
    """Which way a transfer goes, seen from this machine."""

    DOWNLOAD = "download"
    UPLOAD = "upload"
    LOCAL = "local"
    """Between two directories of the disk."""
    RELAY = "relay"
    """Between two places that are not the disk, through this machine."""

    @property
    def is_from_disk(self) -> bool:
        """Whether the source is a file of this machine."""
        return self in (Direction.UPLOAD, Direction.LOCAL)

    @property
    def is_to_disk(self) -> bool:
        """Whether the target is a file of this machine."""
        return self in (Direction.DOWNLOAD, Direction.LOCAL)

    @property
    def sign(self) -> str:
        """An arrow: down, up, or neither."""
        return _SIGNS[self]

    def servers(self, source_site: str, target_site: str) -> tuple[str, ...]:
        """Those of two sides, by their labels, that are not the disk."""
        sides = () if self.is_from_disk else (source_site,), () if self.is_to_disk else (target_site,)
        return tuple(dict.fromkeys((*sides[0], *sides[1])))

    def route(self, source_site: str, target_site: str) -> str:
        """The way in words, and between whom: `↓ download, ftp://host`."""
        words = f"{self.sign} {_WORDS[self]}"
        if self is Direction.LOCAL:
            return words
        if self is Direction.RELAY:
            return f"{words}, {source_site} to {target_site}"
        return f"{words}, {source_site if self is Direction.DOWNLOAD else target_site}"


_SIGNS = {Direction.DOWNLOAD: "↓", Direction.UPLOAD: "↑", Direction.LOCAL: "→", Direction.RELAY: "→"}
_WORDS = {
    Direction.DOWNLOAD: "download",
    Direction.UPLOAD: "upload",
    Direction.LOCAL: "copy on this machine",
    Direction.RELAY: "copy between servers",
}


class TransferState(StrEnum):
    """Where a transfer is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens without the user."""
        return self in _FINISHED


_FINISHED = (TransferState.DONE, TransferState.SKIPPED, TransferState.FAILED, TransferState.CANCELLED)


class Priority(IntEnum):
    """What goes first, whatever its place in the queue."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file on its way, as it stands at one moment. A changed transfer is a new value with the same id."""

    id: int
    """Counted from 1, never reused while the program runs."""
    batch: int
    """The batch that it was queued with."""
    direction: Direction
    """Which way it goes."""
    source_site: str
    """The label of the place it comes from."""
    target_site: str
    """The label of the place it goes to."""
    source: str
    """The path it comes from, in the source endpoint's form."""
    target: str
    """The path it goes to, in the target endpoint's form."""
    name: str
    """What to show: the path relative to what the user chose (`nightly/a.tar.gz`)."""
    state: TransferState = TransferState.QUEUED
    """Where it is in its life."""
    size: int | None = None
    """Bytes in all, where known."""
    modified: datetime | None = None
    """The source's time as first seen."""
    transferred: int = 0
    """Bytes at the target so far, what was resumed included."""
    speed: float = 0.0
    """Bytes a second over the last few seconds; 0 unless running."""
    eta: float | None = None
    """Seconds left, where it can be told."""
    attempts: int = 0
    """How many times it was begun."""
    error: str | None = None
    """Why it failed or waits, with the server's words."""
    hint: str | None = None
    """What the user may try."""
    is_verified: bool = False
    """Whether the size on the other side was checked; a transfer that is done and not verified says so."""
    started_at: datetime | None = None
    """When the last attempt began."""
    finished_at: datetime | None = None
    """When it ended."""
    average_speed: float | None = None
    """Bytes a second of the whole transfer, once done."""
    priority: Priority = Priority.NORMAL
    """What it goes before, and after."""
    limit: int | None = None
    """Bytes a second that it may take, of its own; None: no limit but the queue's."""
    retry_in: int | None = None
    """Whole seconds until it is tried again by itself; counts down while it waits."""

    @property
    def sites(self) -> tuple[str, ...]:
        """The labels of its servers: one, two, or none."""
        return self.direction.servers(self.source_site, self.target_site)

    def changed(self, **changes: Any) -> Transfer:
        """The same transfer with other values, made in a third of the time that `dataclasses.replace` takes."""
        values = list(_values_of(self))
        for name, value in changes.items():
            values[_PLACES[name]] = value
        changed = object.__new__(Transfer)
        for put, value in zip(_SETTERS, values, strict=True):
            put(changed, value)
        return changed


_NAMES = tuple(field.name for field in fields(Transfer))
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_values_of = attrgetter(*_NAMES)
_SETTERS = tuple(getattr(Transfer, name).__set__ for name in _NAMES)
"""The slots themselves: a new object is filled through them before anybody has seen it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a transfer, and where in the protocol log it is to be found."""

    at: datetime
    """When it began."""
    ended: datetime | None = None
    """When it ended; None while it runs."""
    reason: str | None = None
    """Why it ended without success, with the server's words; None where it succeeded, or runs."""
    conn: int | None = None
    """The number of its control connection in the protocol log of this run; None: it came to none."""


class BatchState(StrEnum):
    """Where a batch is in its life."""

    SCANNING = "scanning"
    RUNNING = "running"
    QUEUED = "queued"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BatchOverview:
    """A batch as it stands at one moment."""

    id: int
    """Its number."""
    title: str
    """The first of what was chosen, and how many more there are."""
    direction: Direction
    """Which way it goes."""
    source_site: str
    """The label of the place it comes from."""
    target_site: str
    """The label of the place it goes to."""
    target: str
    """The directory that it goes into."""
    state: BatchState
    """Where it is in its life; FAILED: all has ended, and something failed."""
    files: int
    """How many transfers it has in the queue."""
    done: int
    """How many are done."""
    failed: int
    """How many failed."""
    skipped: int
    """How many were skipped or cancelled."""
    waiting: int
    """How many wait, run or are paused."""
    size: int
    """Bytes of its files, as far as sizes are known."""
    transferred: int
    """Bytes that are over; what runs counts as far as it is."""
    running: int = 0
    """How many run."""
    left: int = 0
    """Bytes that are still to come, as far as sizes are known; what failed or was left out is not."""
    begun: int = 0
    """How many have moved bytes and have not ended."""
    begun_bytes: int = 0
    """Bytes of these: what would be thrown away if it were cancelled."""
    speed: float = 0.0
    """Bytes a second over the last few seconds."""
    eta: float | None = None
    """Seconds left, where that can be told."""

    @property
    def sites(self) -> tuple[str, ...]:
        """The labels of its servers: one, two, or none."""
        return self.direction.servers(self.source_site, self.target_site)


@dataclass(frozen=True, slots=True)
class Hold:
    """A side of the queue on which nothing is begun, because all of it would meet the same error."""

    reason: str
    """What stands in the way, in one plain sentence."""
    direction: Direction | None
    """Which way is held; None: both."""
    site: str | None
    """Whose transfers are held; None: those of all sites."""


@dataclass(frozen=True, slots=True)
class HoldsChanged:
    """A side of the queue was held, or let go."""

    holds: tuple[Hold, ...]
    """What is held now."""


@dataclass(frozen=True, slots=True)
class QueueFinished:
    """All that was queued has ended."""

    done: int
    """How many transfers are done since the queue was last finished."""
    failed: int
    """How many failed."""
    skipped: int
    """How many were skipped or cancelled."""
    size: int
    """Bytes of those that are done."""
    seconds: float
    """How long it took, pauses included."""


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """The queue cannot be stored at present; it goes on, and storing it is tried again."""

    message: str
    """Why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What an earlier run has left undone."""

    count: int = 0
    """How many transfers were interrupted or still waited; all are paused."""
    failed: int = 0
    """How many had failed, and may be tried again."""
    size: int = 0
    """Bytes that are still to go, as far as sizes are known."""
    sites: tuple[str, ...] = ()
    """The labels of their sites."""
    batches: tuple[int, ...] = ()
    """Their batches, for `resume_batch` and `cancel_batch`."""
    problem: str | None = None
    """What went wrong with the stored queue, in plain sentences; None: nothing."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A transfer of the past, as the history keeps it."""

    direction: Direction
    """Which way it went."""
    source_site: str
    """The label of the place it came from."""
    target_site: str
    """The label of the place it went to."""
    source: str
    """The path it came from."""
    target: str
    """The path it went to."""
    state: TransferState
    """DONE or FAILED."""
    size: int | None
    """Bytes."""
    started_at: datetime | None
    """When its last attempt began."""
    finished_at: datetime | None
    """When it ended."""
    average_speed: float | None
    """Bytes a second."""
    attempts: int
    """How many times it was begun."""
    is_verified: bool
    """Whether the size on the other side was checked."""
    error: str | None
    """Why it failed, or what the user should know all the same."""


@dataclass(frozen=True, slots=True)
class TransferChanged:
    """A transfer was added or changed. Many a second while bytes move: coalesce."""

    transfer: Transfer
    """As it stands now."""


@dataclass(frozen=True, slots=True)
class TransfersRemoved:
    """Transfers have left the queue (clear finished)."""

    ids: tuple[int, ...]
    """Which ones."""


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """The waiting transfers have been put in another order."""

    swaps: tuple[tuple[int, int], ...] = ()
    """The pairs that changed places, one after the other; none: look at the whole order."""


@dataclass(frozen=True, slots=True)
class BatchScanned:
    """A directory tree is being read, or has been."""

    batch: int
    """Which batch."""
    files: int
    """Files found so far."""
    total: int
    """Bytes found so far, where sizes are known."""
    is_complete: bool
    """Whether the tree has been read to its end."""
    problems: tuple[str, ...] = ()
    """What could not be read or was refused, in plain sentences, so far."""


@dataclass(frozen=True, slots=True)
class BatchFinished:
    """Every transfer of a batch has ended, and its tree was read. Directories on the target may have changed."""

    batch: int
    """Which batch."""
    direction: Direction
    """Which way it went."""
    target: str
    """The directory that it went into."""
    done: int
    """How many are done."""
    failed: int
    """How many failed."""
    skipped: int
    """How many were skipped or cancelled."""


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """The queue in numbers."""

    active: int = 0
    """How many run: as many as there are slots at most."""
    queued: int = 0
    """How many wait."""
    paused: int = 0
    """How many are paused."""
    failed: int = 0
    """How many failed."""
    done: int = 0
    """How many are done."""
    failed_begun: int = 0
    """How many of those that failed have moved bytes, which a retry goes on from."""
    failed_bytes: int = 0
    """Bytes of these."""
    down_speed: float = 0.0
    """Bytes a second, all downloads together."""
    up_speed: float = 0.0
    """Bytes a second, all uploads together."""
    eta: float | None = None
    """Seconds until all whose size is known is done, where that can be told."""
    is_eta_least: bool = False
    """Whether there is more, of which the size is not known: it takes at least that long."""
    is_paused: bool = False
    """Whether nothing is begun: the user holds the queue, or all that waits is on a side that is held."""
    holds: tuple[Hold, ...] = ()
    """The sides on which nothing is begun, and why."""
    down_limit: int | None = None
    """Bytes a second for all downloads together; None: no limit."""
    up_limit: int | None = None
    """The same for uploads."""
