"""Recorder: the protocol log in bounded memory, and saving it to a file."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TextIO

from tuiftp.errors import LocalFileError
from tuiftp.wirelog.records import WireRecord
from tuiftp.wirelog.text import render_records

CAPACITY: Final = 5_000
"""How many records are kept unless told otherwise."""
MAX_TEXT: Final = 2_048
"""How many characters of each text in a record are kept; fewer where they are wide in memory."""
_SHORT: Final = MAX_TEXT // 4

_TEXTS: Final = ("text", "note", "advice", "title", "code", "command", "local", "remote", "tls")
_texts_of = attrgetter(*_TEXTS)


class Recorder:
    """The last records of the protocol log; whatever a server sends, the memory it takes is bounded."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._records: deque[WireRecord] = deque(maxlen=capacity)
        self.total_seen = 0
        """How many records came since the beginning, those included that are no longer kept."""

    def append(self, record: WireRecord) -> None:
        """Adds a record; the oldest leaves when there are too many."""
        self._records.append(bounded(record))
        self.total_seen += 1

    def records(self) -> Sequence[WireRecord]:
        """What is kept, oldest first."""
        return tuple(self._records)

    def clear(self) -> None:
        """Forgets what is kept."""
        self._records.clear()

    def resize(self, capacity: int) -> None:
        """Keeps another number of records from now on."""
        if capacity != self._records.maxlen:
            self._records = deque(self._records, maxlen=capacity)

    def save_text(self, path: Path) -> None:
        """Writes what is kept as a person reads it.

        Raises:
            LocalFileError: The file cannot be written.
        """
        _save(path, render_records(self._records))

    def save_json(self, path: Path) -> None:
        """Writes what is kept as JSON lines, which `foreign.load_file` reads.

        Raises:
            LocalFileError: The file cannot be written.
        """
        _save(path, (record.to_json() for record in self._records))


def bounded(record: WireRecord) -> WireRecord:
    """The record itself, or with its texts cut where a server sent too much."""
    # Most texts are short, and this is done for every line that goes over the wire.
    for text in _texts_of(record):
        if text is not None and len(text) > _SHORT:
            return _cut(record)
    return record


def _cut(record: WireRecord) -> WireRecord:
    cut: dict[str, Any] = {}
    for name, text in zip(_TEXTS, _texts_of(record), strict=True):
        if text and len(text) > (limit := _limit(text)):
            cut[name] = text[: limit - 1] + "…"
    return replace(record, **cut) if cut else record


def _limit(text: str) -> int:
    """How many characters are kept: one that is wide in memory widens all the others."""
    widest = max(text[:MAX_TEXT])
    return MAX_TEXT if widest <= "\xff" else MAX_TEXT // 2 if widest <= "\uffff" else _SHORT


def open_private(path: Path) -> TextIO:
    """Opens a log file for writing anew, readable by its owner alone: it tells of servers and file names.

    Raises:
        LocalFileError: The file cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o600)
        return os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {error.strerror}", path=str(path)) from error


def _save(path: Path, lines: Iterable[str]) -> None:
    try:
        with open_private(path) as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {error.strerror}", path=str(path)) from error
