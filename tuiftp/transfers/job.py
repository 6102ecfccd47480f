"""What the queue knows of a transfer and of a batch beyond what it shows: the records that change."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from tuiftp.files.endpoint import EndpointPool, Progress
from tuiftp.files.part import Part
from tuiftp.files.safe import Place
from tuiftp.files.source import Version
from tuiftp.protocol.entries import Entry
from tuiftp.transfers.model import BatchFinished, ConflictPolicy, Direction, Transfer, TransferState
from tuiftp.transfers.policy import Decision
from tuiftp.transfers.progress import SpeedMeter
from tuiftp.transfers.targets import RemoteTargets


@dataclass(slots=True, eq=False)
class Batch:
    """What one key press queued."""

    id: int
    """Counted from 1."""
    direction: Direction
    """Which way it goes."""
    pool: EndpointPool
    """Who lends the sessions."""
    directory: str
    """The directory that it goes into."""
    policy: ConflictPolicy
    """What to do with targets that exist."""
    move: bool = False
    """Whether sources are removed once they are safely over."""
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
        waiting = states[TransferState.QUEUED] + states[TransferState.RUNNING] + states[TransferState.PAUSED]
        return BatchFinished(
            self.id,
            self.direction,
            self.directory,
            done=states[TransferState.DONE],
            failed=states[TransferState.FAILED] + (waiting if waiting_failed else 0),
            skipped=states[TransferState.SKIPPED] + states[TransferState.CANCELLED],
        )


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
    """The unfinished file of a download."""
    version: Version | None = None
    """The local file of an upload as it was when sending began."""
    is_decided: bool = False
    """Whether it was decided that an existing target is replaced."""
    resumes_target: bool = False
    """Whether an existing, shorter target is gone on with."""
    can_resume: bool = True
    """False once it was seen that going on from the middle cannot be trusted here."""
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

    @property
    def state(self) -> TransferState:
        """Where it is in its life."""
        return self.transfer.state

    @property
    def has_sent(self) -> bool:
        """Whether an upload has left bytes on the server."""
        running = self.progress.transferred if self.progress is not None else 0
        return self.transfer.direction is Direction.UPLOAD and self.base + running + self.high_water > 0

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
