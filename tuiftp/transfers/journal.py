"""Who writes down what must outlive the program: what the queue tells them, and one who writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tuiftp.transfers.job import Batch, Job


class Journal(Protocol):
    """Is told of all that happens in the queue. Never raises, and never lets a transfer wait for long."""

    is_muted: bool
    """Whether nothing is noted: while what was written comes back."""
    is_lasting: bool
    """Whether what is noted outlives the program."""

    def note(self, job: Job) -> None:
        """A transfer came, changed, or left."""
        ...

    def note_progress(self, job: Job) -> None:
        """Bytes have moved."""
        ...

    def note_batch(self, batch: Batch) -> None:
        """A batch was opened, or its sources have been read."""
        ...

    async def announce(self, jobs: Sequence[Job]) -> None:
        """The first of these jobs is about to begin, the others are likely to be next. Returns when it is written."""
        ...

    async def announce_all(self, jobs: Sequence[Job]) -> None:
        """All of these jobs are about to begin. Returns when it is written."""
        ...

    async def commit(self, job: Job) -> None:
        """Returns when all that is known of a job is written."""
        ...

    async def settle(self) -> None:
        """Returns when all that was noted so far is written."""
        ...

    async def clear_history(self) -> None:
        """Forgets what has ended."""
        ...

    async def close(self) -> None:
        """Writes what is left."""
        ...


class Forgetful:
    """Writes nothing down."""

    is_muted = False
    """Makes no difference here."""
    is_lasting = False
    """It does not."""

    def note(self, job: Job) -> None:
        """Does nothing."""

    def note_progress(self, job: Job) -> None:
        """Does nothing."""

    def note_batch(self, batch: Batch) -> None:
        """Does nothing."""

    async def announce(self, jobs: Sequence[Job]) -> None:
        """Does nothing."""

    async def announce_all(self, jobs: Sequence[Job]) -> None:
        """Does nothing."""

    async def commit(self, job: Job) -> None:
        """Does nothing."""

    async def settle(self) -> None:
        """Does nothing."""

    async def clear_history(self) -> None:
        """Does nothing."""

    async def close(self) -> None:
        """Does nothing."""
