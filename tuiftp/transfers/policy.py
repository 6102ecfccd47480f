"""What to do when the target exists: the question, the answer, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tuiftp.transfers.model import ConflictPolicy, Direction


@dataclass(frozen=True, slots=True)
class Conflict:
    """A target that exists already."""

    direction: Direction
    """Which way the transfer goes."""
    source: str
    """The path it comes from."""
    target: str
    """The path that exists."""
    source_size: int | None
    """Bytes, where known."""
    source_modified: datetime | None
    """When the source was changed, where known."""
    target_size: int | None
    """Bytes, where known."""
    target_modified: datetime | None
    """When the target was changed, where known."""
    can_resume: bool
    """Whether the target is shorter than the source, so that going on from its end makes sense."""
    batch: int | None = None
    """The batch that the transfer belongs to, for who wants to stop it all."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a conflict."""

    policy: ConflictPolicy
    """What to do; never ASK."""
    new_name: str | None = None
    """The name to use instead, for RENAME; None: the next free `name (2)`."""
    for_all: bool = False
    """Whether this answers all further conflicts of the same batch."""


class Decider(Protocol):
    """Answers the engine's questions: a modal in the app, flags in a headless command, a fake in a test."""

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Decides what happens to a target that exists."""
        ...
