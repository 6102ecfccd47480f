"""What the queue knows of a transfer and of a batch beyond what it shows: the records that change."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, mode_from_permissions
from tuiftp.files.endpoint import EndpointPool, Progress
from tuiftp.files.part_file import Part
from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.files.safe_open import Mark, Place
from tuiftp.files.site import TransferSite
from tuiftp.files.upload_source import Version
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.model import Attempt, BatchFinished, Direction, Priority, Transfer, TransferState
from tuiftp.transfers.part_records import Upload
from tuiftp.transfers.speed_meter import Pace, SpeedMeter
from tuiftp.transfers.target_listings import RemoteTargets


@dataclass(slots=True, eq=False)
class Batch:
    """What one key press queued."""

    id: int
    """Counted from 1."""
    source: TransferSite
    """Where it comes from."""
    target: TransferSite
    """Where it goes to."""
    directory: str
    """The directory that it goes into."""
    policy: ConflictPolicy
    """What to do with targets that exist."""
    move: bool = False
    """Whether sources are removed once they are safely over."""
    direction: Direction = field(init=False)
    """Which way it goes."""
    remembered: Decision | None = None
    """The answer that holds for all further conflicts."""
    targets: RemoteTargets = field(default_factory=RemoteTargets)
    """What is known of the remote directories that an upload goes into."""
    written: dict[tuple[int, int], int] = field(default_factory=dict)
    """The local files that this batch has made, and by which transfer: two names may be one file (case)."""
    directories: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """The source directories of a move, each before its contents: path, and names from the top down."""
    staying: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """The transfers of a move whose source stays, and the names that lead to it."""
    is_scanning: bool = True
    """Whether its sources are still being read."""
    problems: list[str] = field(default_factory=list)
    """What could not be read or was refused."""
    states: Counter[TransferState] = field(default_factory=Counter)
    """How many of its transfers are in which state."""
    finished: BatchFinished | None = None
    """How it ended; None again when one of its transfers is retried."""
    is_tidying: bool = False
    """Whether emptied source directories are being removed."""
    is_text: bool | None = None
    """Whether line ends are converted in all of its files; None: as the rules say for each name."""
    title: str = ""
    """What to call it: the first of its sources, and how many more there are."""
    sources: tuple[tuple[str, Entry], ...] = ()
    """What the user chose; for a tree that was not read to its end when the program was."""
    rename_to: str | None = None
    """Another name for the one source."""
    expected: Entry | None = None
    """What is at the target of an edited file, as it was when that was fetched: replaced without a question."""
    secret: bytes = field(default_factory=lambda: os.urandom(16), repr=False)
    """What the names of its part files are made from; nobody can guess them, and a later run knows them again."""
    waits_for_scan: bool = False
    """Whether it was restored with its sources half read, and these are read again once it goes on."""
    unread: Job | None = None
    """Stands for what was not read of its sources, because that failed unexpectedly: to retry it reads them again."""
    known: set[str] | None = None
    """The sources that are in the queue already, while they are read a second time."""
    size: int = 0
    """Bytes of its transfers in the queue, as far as sizes are known."""
    moved: int = 0
    """Bytes of these that are at their target."""
    listed: int = 0
    """How many transfers it has in the queue."""
    left: int = 0
    """Bytes that are still to come, as far as sizes are known."""
    paused: int = 0
    """Those of them whose transfers are paused: the time left does not count them."""
    begun: int = 0
    """How many of its transfers have moved bytes and have not ended."""
    begun_bytes: int = 0
    """Bytes of these that are at their target."""
    wired: int = 0
    """Bytes that went over the wire in this run."""
    pace: Pace = field(default_factory=Pace)
    """How fast it goes."""
    priority: Priority = Priority.NORMAL
    """What its transfers go before, and after, that are still to be found."""

    def __post_init__(self) -> None:
        self.direction = direction_of(self.source, self.target)

    @property
    def pools(self) -> tuple[EndpointPool, EndpointPool]:
        """Who lends sessions, on either side."""
        return self.source.pool, self.target.pool

    @property
    def ended(self) -> int:
        """How many of its transfers have ended, whichever way."""
        return sum(count for state, count in self.states.items() if state.is_finished)

    @property
    def is_read(self) -> bool:
        """Whether its sources have been read to their end."""
        return not self.is_scanning and self.unread is None

    @property
    def waiting(self) -> int:
        """How many of its transfers wait, run or are paused."""
        states = self.states
        return states[TransferState.QUEUED] + states[TransferState.RUNNING] + states[TransferState.PAUSED]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is still to be done."""
        return not self.is_scanning and not any(
            count for state, count in self.states.items() if not state.is_finished
        )

    def result(self, *, waiting_failed: bool = False) -> BatchFinished:
        """Its numbers as they are now.

        Args:
            waiting_failed: Whether what still waits is counted as failed.
        """
        states = self.states
        waiting = self.waiting
        return BatchFinished(
            self.id,
            self.direction,
            self.directory,
            done=states[TransferState.DONE],
            failed=states[TransferState.FAILED] + (waiting if waiting_failed else 0),
            skipped=states[TransferState.SKIPPED] + states[TransferState.CANCELLED],
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A transfer that is whole, and what is done next cannot be told by looking at the target alone."""

    mark: Mark
    """The local file: the target of a download, the source of an upload."""
    is_verified: bool
    """Whether the size on the other side was checked."""


@dataclass(slots=True, eq=False)
class Job:
    """One transfer with what is needed to do it."""

    transfer: Transfer
    """What is shown of it."""
    batch: Batch
    """What it was queued with."""
    entry: Entry
    """The source as first seen."""
    place: Place | None = None
    """The local side: target of a download, source of an upload. None: refused, it can never run."""
    remote_directory: str = ""
    """The directory of an upload's target."""
    parts: tuple[str, ...] = ()
    """The names from the top of the source tree down to it."""
    index: int = -1
    """Its place in the queue; -1: it has left it."""
    task: asyncio.Task[None] | None = None
    """Who is at it, or still cleaning up after it."""
    progress: Progress | None = None
    """The counter of the attempt under way."""
    meter: SpeedMeter | None = None
    """The speed of the attempt under way."""
    base: int = 0
    """The byte at which the attempt began."""
    part: Part | None = None
    """The unfinished file of a download; of a copy between two servers the file that is held here on its way."""
    is_fetching: bool = False
    """Whether a copy between two servers is on its first way, to this machine."""
    fetched: bool | None = None
    """Whether the part of such a copy is verified; None: it is not whole."""
    version: Version | None = None
    """The local file of an upload as it was when sending began."""
    temporary: str | None = None
    """The remote path of the unfinished upload, a name of our own making; None: it grows in its place."""
    replaces: bool = False
    """Whether an upload takes the place of a file that was there before."""
    note: str | None = None
    """What the user should know of it when it is done: another name, for one."""
    is_decided: bool = False
    """Whether it was decided that an existing target is replaced."""
    is_through_link: bool = False
    """Whether an edited file goes into what a link leads to: to rename a file onto the link would end the link."""
    resumes_target: bool = False
    """Whether an existing, shorter target is gone on with."""
    can_resume: bool = True
    """False once it was seen that going on from the middle cannot be trusted here."""
    is_odd: bool = False
    """Whether it was left out of a batch of small files, and has to be done by itself."""
    failures: int = 0
    """Failed attempts in a row that brought nothing new."""
    high_water: int = 0
    """The furthest byte that was ever reached."""
    timer: asyncio.Task[None] | None = None
    """What it waits for before its next attempt."""
    moved: int = 0
    """Bytes that went over the wire in all attempts."""
    seconds: float = 0.0
    """Time spent in all attempts."""
    order: int = 0
    """What the stored queue is sorted by."""
    is_written: bool = False
    """Whether the stored queue knows that it may have begun: nothing is made on a disk before it does."""
    is_restored: bool = False
    """Whether an earlier run may have begun it: what is in its place may be its own work."""
    limiter: RateLimiter | None = None
    """Its own speed limit."""
    sampled: int = 0
    """Bytes of the attempt under way that are in the throughput already."""
    due: float | None = None
    """When it is tried again by itself, by the queue's clock."""
    conn: int | None = None
    """The control connection of its last attempt."""
    arrival: Arrival | None = None
    """Written down when it was whole and before its place was taken, or its source removed, where nothing else
    would tell a later run that this was done."""
    synced: int = 0
    """How many bytes of the part, from its beginning on, are surely on the disk."""
    start: str | None = None
    """In which start of the machine its part was written; after another one only `synced` bytes are trusted."""
    past: list[Attempt] | None = None
    """The attempts that ended before this one."""

    @property
    def token(self) -> str:
        """The secret in the names of what is unfinished: the same in every run that knows this transfer."""
        return token_of(self.batch.secret, self.transfer.id)

    @property
    def state(self) -> TransferState:
        """Where it is in its life."""
        return self.transfer.state

    @property
    def pool(self) -> EndpointPool:
        """Whose sessions its work needs now."""
        batch = self.batch
        is_sending = batch.direction is Direction.UPLOAD or (
            batch.direction is Direction.RELAY and not self.is_fetching
        )
        return batch.target.pool if is_sending else batch.source.pool

    @property
    def own_file(self) -> Place | None:
        """The file of this machine that is sent; None: there is none yet."""
        if self.batch.direction is not Direction.RELAY:
            return self.place
        return None if self.part is None or self.fetched is None else self.part.own_place

    @property
    def reached(self) -> int:
        """How far it is, in bytes of the file. Of a copy between two servers each way counts for a half."""
        at = self.base + (self.progress.transferred if self.progress is not None else 0)
        if self.batch.direction is not Direction.RELAY:
            return at
        return at // 2 if self.is_fetching else ((self.transfer.size or 0) + at + 1) // 2

    @property
    def has_sent(self) -> bool:
        """Whether an upload has left bytes on the server, in the file's own place."""
        if self.temporary is not None:
            return False
        running = self.progress.transferred if self.progress is not None else 0
        is_sent = self.transfer.direction is Direction.UPLOAD or self.fetched is not None
        return is_sent and self.base + running + self.high_water > 0

    def source_mode(self, mode: int | None) -> int | None:
        """The permission bits that the source has; None: not known.

        Args:
            mode: Those of the file of this machine that is sent.
        """
        if self.batch.direction is not Direction.RELAY:
            return mode
        return mode_from_permissions(self.entry.permissions or "")

    def stop(self) -> None:
        """Interrupts whoever is at it; they clean up and leave."""
        self.stop_timer()
        if self.progress is not None:
            self.progress.cancelled = True
        if self.task is not None:
            self.task.cancel()

    def stop_timer(self) -> None:
        """Ends the wait for the next attempt."""
        timer, self.timer = self.timer, None
        if timer is not None:
            timer.cancel()


def direction_of(source: TransferSite, target: TransferSite) -> Direction:
    """Which way files go from one place to another."""
    is_from_disk = source.endpoint.capabilities.has_local_paths
    if target.endpoint.capabilities.has_local_paths:
        return Direction.LOCAL if is_from_disk else Direction.DOWNLOAD
    return Direction.UPLOAD if is_from_disk else Direction.RELAY


def token_of(secret: bytes, number: int) -> str:
    """What the names of a transfer's unfinished files are made from: by its batch's secret and its number."""
    return blake2b(b"%d" % number, key=secret, digest_size=5).hexdigest()


def upload_of(job: Job, path: str) -> Upload:
    """The unfinished upload of a transfer, as it is recorded."""
    source = job.place if path == job.transfer.target else None
    return Upload(job.transfer.target_site, job.batch.target.pool.encoding, path, source)
