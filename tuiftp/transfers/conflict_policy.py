"""What to do when the target of a transfer exists: a word of its own, for whoever needs no more of the queue."""

from __future__ import annotations

from enum import StrEnum


class ConflictPolicy(StrEnum):
    """What to do when the target exists."""

    ASK = "ask"
    OVERWRITE = "overwrite"
    RESUME = "resume"
    NEWER = "newer"
    SIZE_DIFFERS = "size"
    NEWER_OR_SIZE_DIFFERS = "newer-or-size"
    RENAME = "rename"
    SKIP = "skip"
