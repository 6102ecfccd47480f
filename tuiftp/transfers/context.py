"""What a download and an upload both work with, and what they say when they are done."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass, field

from tuiftp.errors import CommandRefused
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.pipelining import pipelining_of
from tuiftp.transfers.conflicts import Claims, Conflicts
from tuiftp.transfers.connection_owners import ConnectionOwners
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.job_list import JobList
from tuiftp.transfers.journal import Forgetful, Journal
from tuiftp.transfers.model import Direction
from tuiftp.transfers.part_records import PartRecords
from tuiftp.transfers.rate_limits import RateLimits
from tuiftp.transfers.speed_meter import Clock, Pace, SpeedMeter
from tuiftp.transfers.throughput import Throughput
from tuiftp.transfers.transfer_options import TransferOptions


@dataclass(frozen=True, slots=True)
class Done:
    """A transfer that came to its end."""

    is_verified: bool
    """Whether the size on the other side was checked."""
    note: str | None = None
    """What the user should know all the same."""
    is_source_kept: bool = False
    """Whether the source of a move is still there."""


@dataclass(slots=True)
class TransferContext:
    """The tools of a worker."""

    local: LocalEndpoint
    """The disk, and the threads for work on it."""
    job_list: JobList
    """Where changes are shown."""
    conflicts: Conflicts
    """Who is asked about targets that exist."""
    clock: Clock
    """The time."""
    claims: Claims = field(default_factory=Claims)
    """Which targets are being written."""
    rules: TransferOptions = field(default_factory=TransferOptions)
    """How transfers are done; may be replaced at any moment, and holds from the next file on."""
    keeps_unfinished: bool = True
    """Whether what is interrupted will be gone on with; False while a queue ends that nobody keeps."""
    no_temporary: set[str] = field(default_factory=set)
    """The sites (by label) that refused a temporary name, or to rename: not tried there again."""
    begun: dict[str, Job] = field(default_factory=dict)
    """Which upload has left the beginning of a new file in its own place, by `claim_key` of that place."""
    no_segments: set[str] = field(default_factory=set)
    """The sites (by label) where segments of a file did not fit together, or REST was refused."""

    syncing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever has a file written through while it grows."""

    journal: Journal = field(default_factory=Forgetful)
    """Who writes down what must outlive the program."""
    records: PartRecords = field(default_factory=PartRecords)
    """Where it is written down what is unfinished, if the queue is not stored."""
    rate_limits: RateLimits = field(default_factory=RateLimits)
    """The speed limits."""
    connection_owners: ConnectionOwners = field(default_factory=ConnectionOwners)
    """Which transfer had which control connection."""
    throughput: Throughput = field(init=False)
    """How fast bytes moved lately."""
    paces: dict[Direction, Pace] = field(default_factory=lambda: {each: Pace() for each in Direction})
    """How fast everything goes, each way."""
    moved: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))
    """Bytes that went over the wire in this run, each way."""
    moving: set[Batch] = field(default_factory=set)
    """The batches whose pace is measured."""

    def __post_init__(self) -> None:
        self.throughput = Throughput(self.clock.monotonic())

    def count_moved(self, job: Job) -> None:
        """Adds what an attempt has moved since it was last looked at to the curve."""
        if job.progress is not None:
            moved = job.progress.transferred
            self.note_moved(job, moved - job.sampled)
            job.sampled = moved

    def note_moved(self, job: Job, count: int) -> None:
        """Counts bytes that went over the wire: every speed that is shown, and the curve, is made of that."""
        way = wire = job.transfer.direction
        if way is Direction.RELAY:
            wire = Direction.DOWNLOAD if job.is_fetching else Direction.UPLOAD
        self.throughput.add(self.clock.monotonic(), wire, count)
        if way is Direction.RELAY:
            count = (count + 1) // 2  # each byte goes over the wire twice
        self.moved[way] += count
        job.batch.wired += count

    def begin_pace(self, job: Job) -> None:
        """Measures how fast it goes from now on, unless that is done already: something of it is about to begin."""
        now, way, batch = self.clock.monotonic(), job.transfer.direction, job.batch
        self.paces[way].begin(now, self.moved[way], self.job_list.all_ended[way])
        batch.pace.begin(now, batch.wired, batch.ended)
        self.moving.add(batch)

    def sample_paces(self) -> None:
        """Looks how far all has come by now."""
        now = self.clock.monotonic()
        for way, pace in self.paces.items():
            pace.sample(now, self.moved[way], self.job_list.all_ended[way])
        for batch in self.moving:
            batch.pace.sample(now, batch.wired, batch.ended)
        for batch in [batch for batch in self.moving if batch.is_over]:
            self.moving.discard(batch)
            batch.pace.rest()

    def rest(self) -> None:
        """Ends measuring: nothing is under way."""
        for pace in (*self.paces.values(), *(batch.pace for batch in self.moving)):
            pace.rest()
        self.moving.clear()

    def converts(self, job: Job) -> bool:
        """Whether line ends are converted on the way: then sizes and bytes are not the same on both sides."""
        is_text = job.batch.is_text
        return self.rules.is_text(job.entry.name) if is_text is None else is_text

    def is_brief(self, job: Job, endpoint: Transfers, size: int | None) -> bool:
        """Whether a file of `size` bytes may be held in memory on its way, instead of being moved by a thread.

        Speed limits are kept by the thread; a file that waits for them is not brief.
        """
        largest = pipelining_of(endpoint).largest_in_memory
        is_small = size is not None and 0 < largest >= size
        return is_small and not any(limiter.rate for limiter in self.rate_limits.of(job))

    def begin_attempt(self, job: Job, offset: int) -> Progress:
        """Starts to count bytes from `offset` on."""
        self.count_moved(job)
        job.base, job.sampled = offset, 0
        job.progress = Progress(limiters=self.rate_limits.of(job))
        job.meter = SpeedMeter(self.clock.monotonic(), offset)
        self.job_list.change(job, transferred=job.reached, speed=0.0, eta=None)
        self.journal.note(job)  # which tells by which name it goes, and what was decided
        return job.progress


def claim_key(site: str, path: str) -> str:
    """One key for all spellings of a path that some disk takes for the same (case, composed or not)."""
    return f"{site}\0{unicodedata.normalize('NFC', path).casefold()}"


def is_rest_refused(error: CommandRefused) -> bool:
    """Whether the server cannot begin in the middle of a file."""
    return error.command.upper() == "REST"
