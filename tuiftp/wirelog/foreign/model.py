"""What a reader of another program's log is, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuiftp.wirelog.records import WireRecord


@dataclass(frozen=True, slots=True)
class ForeignLog:
    """A log that was read, whoever wrote it."""

    records: tuple[WireRecord, ...]
    """What it tells, in its order."""
    broken_lines: int
    """How many lines could not be used."""
    source: str
    """Who wrote it: `tuiftp`, `FileZilla`, `lftp`, `curl`, `WinSCP`, `vsftpd`; `unknown` where nobody fits."""
    has_times: bool = True
    """Whether its times are real; else they only tell the order."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of one kind of log."""

    source: str
    """Who writes such logs."""
    is_typical: Callable[[str], bool]
    """Whether a line looks like one of these logs; cheap."""
    read: Callable[[Sequence[str]], ForeignLog]
    """Reads all lines. Never raises."""
