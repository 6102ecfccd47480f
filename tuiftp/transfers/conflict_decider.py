"""What to do when the target exists: the question, the answer, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Precision
from tuiftp.transfers.model import Direction


class Side(StrEnum):
    """Which of the two files of a transfer."""

    SOURCE = "source"
    TARGET = "target"


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
    source_precision: Precision | None = None
    """How exactly the source's time is known."""
    target_precision: Precision | None = None
    """How exactly the target's time is known."""
    newer: Side | None = None
    """Which one was changed later, as far as the precision of both times can tell; None: neither, or no telling."""
    why_no_resume: str = ""
    """Why going on from the target's end makes no sense, in a few words; empty where it does."""
    free_name: str | None = None
    """The next free name beside the target; None: not known."""

    def time_of(self, side: Side) -> str:
        """One of the times for a person, on this machine's clock where its zone is known; empty: not known.

        No more exactly than it is known. With seconds only where it takes them to tell the two apart.
        """
        is_source = side is Side.SOURCE
        when = self.source_modified if is_source else self.target_modified
        if when is None:
            return ""
        precision = self.source_precision if is_source else self.target_precision
        when = when.astimezone() if when.tzinfo is not None else when
        if precision is Precision.DAY:
            return f"{when:%Y-%m-%d}"
        with_seconds = precision is Precision.SECOND and self._look_alike
        return f"{when:%Y-%m-%d %H:%M:%S}" if with_seconds else f"{when:%Y-%m-%d %H:%M}"

    @property
    def _look_alike(self) -> bool:
        first, second = self.source_modified, self.target_modified
        if first is None or second is None or (first.tzinfo is None) is not (second.tzinfo is None):
            return False
        return first != second and abs((first - second).total_seconds()) < 60


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a conflict."""

    policy: ConflictPolicy
    """What to do; never ASK."""
    new_name: str | None = None
    """The name to use instead, for RENAME; None: the next free `name (1)`."""
    for_all: bool = False
    """Whether this answers all further conflicts of the same batch."""


class Decider(Protocol):
    """Answers the engine's questions: a modal in the app, flags in a headless command, a fake in a test."""

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Decides what happens to a target that exists."""
        ...
