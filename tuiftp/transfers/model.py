"""Transfers and batches as values, and the events that tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a transfer goes, seen from this machine."""

    DOWNLOAD = "download"
    UPLOAD = "upload"


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
        return self in (
            TransferState.DONE, TransferState.SKIPPED, TransferState.FAILED, TransferState.CANCELLED,
        )  # fmt: skip


class ConflictPolicy(StrEnum):
    """What to do when the target exists."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    RESUME = "resume"
    NEWER = "newer"
    RENAME = "rename"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file on its way, as it stands at one moment. A changed transfer is a new value with the same id."""

    id: int
    """Counted from 1, never reused while the program runs."""
    batch: int
    """The batch that it was queued with."""
    direction: Direction
    """Which way it goes."""
    site: str
    """The label of the site on the other side."""
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
    """How many run."""
    queued: int = 0
    """How many wait."""
    paused: int = 0
    """How many are paused."""
    failed: int = 0
    """How many failed."""
    done: int = 0
    """How many are done."""
    down_speed: float = 0.0
    """Bytes a second, all downloads together."""
    up_speed: float = 0.0
    """Bytes a second, all uploads together."""
    eta: float | None = None
    """Seconds until all is done, where it can be told."""
    is_paused: bool = False
    """Whether the whole queue is held."""
