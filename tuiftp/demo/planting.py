"""Writes the files of the demo tree to disk, with modification times, modes and symlinks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FILE_MODE = 0o644
"""The permission bits of an ordinary file."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing in the demo tree."""

    path: str
    """Where it lies, relative to the root, with slashes."""
    modified: datetime
    """When it was last changed, as far as anybody can see."""
    data: bytes | None = b""
    """What is in the file; a directory when None."""
    mode: int = FILE_MODE
    """The permission bits of a file."""
    size: int | None = None
    """Blow the file up to this size with a hole, so that it costs neither time nor space."""
    target: str | None = None
    """Where a symbolic link leads, relative to its own directory."""


def plant(root: Path, samples: Iterable[Sample]) -> None:
    """Write the samples below `root`; a name that the file system refuses is left out."""
    folders: dict[Path, datetime] = {}
    for sample in samples:
        path = root / sample.path
        # Windows, and some file systems elsewhere, know no control characters, colons or links.
        with contextlib.suppress(OSError, ValueError):
            _plant_one(path, sample)
        folder = path if sample.data is None else path.parent
        while folder != root.parent:
            folders[folder] = max(sample.modified, folders.get(folder, sample.modified))
            folder = folder.parent
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        if folder.is_dir():
            _date(folder, folders[folder])


def _plant_one(path: Path, sample: Sample) -> None:
    if sample.data is None:
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if sample.target is not None:
        path.symlink_to(sample.target)
        return
    path.write_bytes(sample.data)
    if sample.size is not None:
        os.truncate(path, sample.size)
    path.chmod(sample.mode)
    _date(path, sample.modified)


def _date(path: Path, modified: datetime) -> None:
    stamp = modified.timestamp()
    os.utime(path, (stamp, stamp))
