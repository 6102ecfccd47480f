"""What `get`, `put` or `cp --continue` keeps in the state directory until it is done: its queue, for the next run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from tuiftp.cli.arguments import Arguments
from tuiftp.protocol.url import format_url
from tuiftp.storage.locations import ensure_private, state_dir
from tuiftp.storage.state import load_json, save_json
from tuiftp.transfers.part_records import PartRecords, Upload
from tuiftp.transfers.store_lock import FileLock

_DIRECTORY = "runs"
UNFINISHED = "unfinished"
"""Where in the state directory it is recorded what runs that keep no queue have not finished."""

KEPT_FOR = 30 * 24 * 3600.0
"""Seconds after which a run that nobody went on with is forgotten, and its part files are removed."""
KEPT = 100
"""How many of them are kept."""


class Unfinished:
    """Belongs to one command line: the same one, in the same directory, finds it again."""

    def __init__(self, arguments: Arguments) -> None:
        self._name = f"{_DIRECTORY}/{arguments.command}-{_identity(arguments)}"
        self.path: Path = state_dir() / f"{self._name}.sqlite"
        """Where the queue is stored."""
        ensure_private(self.path.parent)

    @property
    def is_queued(self) -> bool:
        """Whether the earlier run had come so far that all of its items are in the queue."""
        return load_json(self._name) is not None

    def note_queued(self) -> None:
        """Says that all items are in the queue, and on the disk.

        Raises:
            LocalFileError: It cannot be written.
        """
        save_json(self._name, {"queued": True})

    def begin_anew(self) -> None:
        """Says that the items are still to be queued."""
        with suppress(OSError):
            self.path.with_suffix(".json").unlink()

    def forget(self) -> None:
        """Removes everything: it is done. The queue must be closed."""
        _remove(self.path)


def _remove(path: Path) -> None:
    for one in (
        path.with_suffix(".json"),
        *(Path(f"{path}{ending}") for ending in ("", "-wal", "-shm", ".lock")),
    ):
        with suppress(OSError):
            one.unlink()


def forget_old(own: Path | None = None) -> int:
    """Removes the runs that nobody will go on with; never one that is under way, or about to begin.

    With a run goes what would have been gone on with: once it is forgotten, nobody knows the secret in the names of
    its part files.

    Args:
        own: The run that is about to begin.

    Returns:
        How many part files were removed.
    """
    directory, removed = state_dir() / _DIRECTORY, 0
    ages: dict[Path, float] = {}
    for path in directory.glob("*.sqlite"):
        with suppress(OSError):
            ages[path] = time.time() - max(one.stat().st_mtime for one in directory.glob(f"{path.stem}.*"))
    newest_first = sorted(ages, key=ages.__getitem__)
    for number, path in enumerate(newest_first):
        lock = FileLock(path.with_name(path.name + ".lock"))
        if path == own or (number < KEPT and ages[path] < KEPT_FOR) or not lock.acquire():
            continue
        # Rarely wanted, and SQLite with it.
        from tuiftp.transfers.store_parts import remove_parts, unfinished_uploads

        removed += remove_parts(path)
        _leave_to_later(unfinished_uploads(path))
        _remove(path)
        lock.release()
    return removed


def _leave_to_later(uploads: Sequence[Upload]) -> None:
    """Records what lies unfinished on servers: the next run that comes there removes it."""
    records = PartRecords(state_dir() / UNFINISHED)
    for upload in uploads:
        records.note_upload(upload)
    records.close()


def _in_full(path: str) -> str:
    return os.path.abspath(path) + ("/" if path.endswith("/") else "")


def _identity(arguments: Arguments) -> str:
    """What makes two command lines the same work. No password is in it."""
    parts = [
        arguments.command,
        *map(format_url, arguments.targets),
        arguments.user or "",
        *map(_in_full, arguments.paths),
        *(_in_full(item) if isinstance(item, str) else format_url(item) for item in arguments.items),
        os.path.abspath(arguments.output or ".") if arguments.command == "get" else "",
    ]
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
