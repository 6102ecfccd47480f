"""Where unfinished files lie that no stored queue knows of: written down before they are made.

A run that keeps no queue (`get` and `put` without `--continue`, a second window) takes its part files and its
uploads' temporary names away at its end. One that is killed cannot: the next run finds its record, and removes what
it has left, here at once, on a server with the first session there. A record is locked as long as its run lives; of
a living run nothing is touched. All of it blocks, and may be called in any thread.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuiftp.errors import LocalFileError, TuiftpError
from tuiftp.files.safe_open import PART_SUFFIX, Folder, Place
from tuiftp.transfers.store_lock import is_held_by_another

KEPT_FOR = 30 * 24 * 3600.0
"""Seconds after which a record is forgotten of which something cannot be reached (a disk that is not there)."""

_TRIMMED_FROM = 256 * 1024
_ENDING = ".jsonl"


@dataclass(frozen=True, slots=True)
class Upload:
    """An unfinished file on a server, under a name of our own making, or under its own that nothing had before."""

    site: str
    """The label of the site."""
    encoding: str
    """In which the path is text."""
    path: str
    """Where it is."""
    source: Place | None = None
    """What is sent; None: the name is of our own making, and needs no proof that what is there is ours."""


class PartRecords:
    """The record of one run, made with its first line. A `files.part_file.Register`."""

    def __init__(
        self, directory: Path | None = None, *, on_trouble: Callable[[str], None] = lambda message: None
    ) -> None:
        """Builds one that has nothing to tell.

        Args:
            directory: Where the records of all runs lie; None: nothing is recorded.
            on_trouble: Callback: it cannot be written, in one sentence; called once, in any thread.
        """
        self.is_on = directory is not None
        """Whether anything is recorded. A stored queue knows all of it by itself."""
        self._directory = directory
        self._on_trouble = on_trouble
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._descriptor: int | None = None
        self._empty_size = 0
        self._is_failing = False
        self._live: set[object] = set()

    # Of this run.

    def note_part(self, place: Place, name: str, *, is_lasting: bool = True) -> None:
        """A part is about to be made.

        Args:
            place: Where the finished file goes.
            name: What the part is called, beside it.
            is_lasting: Whether the record must be on the disk before, so that a power cut leaves both or none.
        """
        line = {"root": place.root, "parts": place.parts, "name": place.name, "part": name}
        self._note((place.root, place.parts, name), line, is_lasting)

    def forget_part(self, place: Place, name: str) -> None:
        """A part is gone, or has become its target."""
        self._forget((place.root, place.parts, name))

    def note_upload(self, upload: Upload) -> None:
        """An upload is about to begin under a temporary name, or under its own."""
        line: dict[str, Any] = {"site": upload.site, "encoding": upload.encoding, "path": upload.path}
        source = upload.source
        if source is not None:
            line["source"] = [source.root, source.parts, source.name]
        # A small file under its own name is soon whole: a power cut in that moment is not worth a wait for the disk.
        self._note(upload, line, is_lasting=source is None)

    def forget_upload(self, upload: Upload) -> None:
        """An upload has its own name, or was removed."""
        with self._lock:
            if upload in self._live and self._descriptor is not None:
                with suppress(OSError):
                    os.write(self._descriptor, _encoded({"gone": upload.path, "site": upload.site}))
        self._forget(upload)

    def close(self) -> None:
        """Ends the record. It stays where something is left that could not be removed."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is None or self._path is None:
                return
            if not self._live:
                with suppress(OSError):
                    self._path.unlink()
            os.close(descriptor)

    def _note(self, key: object, line: dict[str, Any], is_lasting: bool) -> None:
        if not self.is_on:
            return
        with self._lock:
            try:
                if self._descriptor is None:
                    self._begin()
                assert self._descriptor is not None, "it has just been made"
                data = _encoded(line)
                if os.write(self._descriptor, data) < len(data):
                    raise OSError("no space left")
                if is_lasting:
                    getattr(os, "fdatasync", os.fsync)(self._descriptor)
            except OSError as error:
                self._fail(error)  # to transfer matters more than to record
            else:
                self._live.add(key)

    def _begin(self) -> None:
        """Makes the record and locks it.

        Raises:
            OSError: It cannot be made.
        """
        assert self._directory is not None, "nothing is recorded without a directory"
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._directory / f"{os.getpid()}-{os.urandom(6).hex()}{_ENDING}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            is_held_by_another(descriptor)
            header = _encoded({"pid": os.getpid(), "host": socket.gethostname()})
            if os.write(descriptor, header) < len(header):
                raise OSError("no space left")
        except OSError:
            os.close(descriptor)
            with suppress(OSError):
                path.unlink()
            raise
        self._path, self._descriptor, self._empty_size = path, descriptor, len(header)

    def _forget(self, key: object) -> None:
        with self._lock:
            self._live.discard(key)
            if self._live or self._descriptor is None:
                return
            with suppress(OSError):
                if os.fstat(self._descriptor).st_size > _TRIMMED_FROM:
                    os.ftruncate(self._descriptor, self._empty_size)

    def _fail(self, error: OSError) -> None:
        if not self._is_failing:
            self._is_failing = True
            self._on_trouble(
                f"unfinished files cannot be recorded in {self._directory}: {error.strerror or error}; "
                "what a kill leaves is not removed by a later run"
            )

    # Of earlier runs.

    def sweep(self) -> int:
        """Removes the parts that earlier runs have left which no longer live; returns how many there were."""
        removed = 0
        for path, record in self._of_the_dead():
            removed += _remove_parts(record)
            if not (record.unreachable or record.uploads) or record.age > KEPT_FOR:
                with suppress(OSError):
                    path.unlink()
        return removed

    def uploads_left(self, site: str, encoding: str) -> list[Upload]:
        """What earlier runs have left on a server unfinished."""
        return [
            upload
            for _, record in self._of_the_dead()
            for upload in record.uploads
            if (upload.site, upload.encoding) == (site, encoding)
        ]

    def settle_upload(self, upload: Upload) -> None:
        """What an earlier run had left on a server is gone from there."""
        for path, record in self._of_the_dead():
            if upload not in record.uploads:
                continue
            with suppress(OSError):
                if record.uploads == [upload] and not record.parts:
                    path.unlink()
                else:
                    with path.open("ab") as file:
                        file.write(_encoded({"gone": upload.path, "site": upload.site}))

    def _of_the_dead(self) -> Iterator[tuple[Path, _Record]]:
        if self._directory is None:
            return
        for path in sorted(self._directory.glob(f"*{_ENDING}")):
            with _held(path) as record:
                if record is not None:
                    yield path, record


@dataclass(slots=True)
class _Record:
    """What a run that is over has left, as far as its record says."""

    age: float
    parts: list[tuple[Place, str]] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    unreachable: int = 0


@contextmanager
def _held(path: Path) -> Iterator[_Record | None]:
    """Reads a record and keeps others from it meanwhile; None: its run lives, or it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        yield None
        return
    try:
        yield _read(descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> _Record | None:
    is_held = is_held_by_another(descriptor)
    if is_held:
        return None
    try:
        found = os.fstat(descriptor)
        data = os.pread(descriptor, found.st_size, 0) if hasattr(os, "pread") else b""
    except OSError:
        return None
    lines = [line for line in map(_decoded, data.splitlines()) if line is not None]
    age = time.time() - found.st_mtime
    if not lines or "pid" not in lines[0]:
        # It may be of a run that has just made it, and has not come to lock it.
        return _Record(age) if age > KEPT_FOR else None
    if is_held is None and _may_live(lines[0]):
        return None
    return _record_of(lines[1:], age)


def _record_of(lines: list[dict[str, Any]], age: float) -> _Record:
    record = _Record(age)
    for line in lines:
        with suppress(LookupError, TypeError, ValueError, TuiftpError):
            if "part" in line:
                place = Place(line["root"], tuple(line["parts"]), line["name"])
                record.parts.append((place, str(line["part"])))
            elif "gone" in line:
                gone = line["site"], line["gone"]
                record.uploads = [one for one in record.uploads if (one.site, one.path) != gone]
            else:
                source = line.get("source")
                sent = Place(source[0], tuple(source[1]), source[2]) if source is not None else None
                record.uploads.append(Upload(line["site"], line["encoding"], line["path"], sent))
    return record


def _remove_parts(record: _Record) -> int:
    removed = 0
    for place, name in record.parts:
        if not (name.startswith(".") and name.endswith(PART_SUFFIX) and "/" not in name):
            continue
        try:
            with Folder.open(place.root, place.parts) as folder:
                if folder.regular_mode(name) is not None:
                    folder.remove(name)
                    removed += 1
        except LocalFileError:
            record.unreachable += 1
    return removed


def _may_live(header: dict[str, Any]) -> bool:
    """Whether the run of a record may live, where the file system knows no locks."""
    if sys.platform == "win32" or header.get("host") != socket.gethostname():
        return True
    try:
        os.kill(int(header["pid"]), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True
    return True


def _encoded(line: dict[str, Any]) -> bytes:
    # Behind a line end of its own: what was cut by a full disk spoils no other line. ASCII: names may be no UTF-8.
    return b"\n" + json.dumps(line).encode("ascii") + b"\n"


def _decoded(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
