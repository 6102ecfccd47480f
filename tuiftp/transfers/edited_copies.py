"""The private copies of remote files that are edited: kept on the disk until what was edited is on the server.

Each lies in a folder of its own in the state directory, which no reboot empties, with a note of where it came from.
A folder is locked by the program that made it: what a later run finds unlocked was left by one that ended before
the copy was sent. Only a copy that is as it was fetched, or that has arrived, is ever removed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from tuiftp.errors import LocalFileError
from tuiftp.transfers.store_lock import FileLock

_NOTE, _LOCK = "origin.json", "lock"
_BLOCK = 1 << 20


@dataclass(slots=True, eq=False)
class EditedCopy:
    """A copy of one remote file."""

    path: Path
    """Where it lies."""
    site: str
    """The label of the site that it came from."""
    remote: str
    """Its path there."""
    digest: str = ""
    """What its bytes came to when it was fetched; empty: it was not fetched to its end."""
    is_told: bool = False
    """Whether a later run has told the user of it."""
    lock: FileLock | None = field(default=None, repr=False)
    """Held while the program that made it runs."""

    @property
    def is_changed(self) -> bool:
        """Whether it holds something that the server had not. Reads it: call it in a thread."""
        if not self.digest:
            return False
        try:
            return _digest(self.path) != self.digest
        except FileNotFoundError:
            return False
        except OSError:
            return True  # in doubt it is kept

    @property
    def has_recovery(self) -> bool:
        """Whether an editor that did not end by itself may have left unsaved text beside it, as vim and nano do."""
        try:
            names = {path.name for path in self.path.parent.iterdir()}
        except OSError:
            return False
        return self.path.name in names and bool(names - {self.path.name, _NOTE, _LOCK})

    def fetched(self) -> None:
        """Notes that it is whole, and as it is on the server. Reads it: call it in a thread.

        Raises:
            LocalFileError: The disk refused.
        """
        try:
            self.digest = _digest(self.path)
            self._write()
        except OSError as error:
            raise LocalFileError(str(error), path=str(self.path)) from error

    def note_told(self) -> None:
        """Notes that the user knows of it."""
        self.is_told = True
        with suppress(OSError):
            self._write()

    def forget(self) -> None:
        """Removes it, and all that an editor has left beside it."""
        if self.lock is not None:
            self.lock.release()
        shutil.rmtree(self.path.parent, ignore_errors=True)

    def _write(self) -> None:
        # ASCII only: a name with bytes that are no UTF-8 (surrogates) survives as an escape.
        values = {
            "copy": self.path.name, "site": self.site, "remote": self.remote, "digest": self.digest,
            "is_told": self.is_told,
        }  # fmt: skip
        (self.path.parent / _NOTE).write_text(json.dumps(values) + "\n", encoding="ascii")


class EditedCopies:
    """All copies of one user. Every call works on the disk: make it in a thread."""

    def __init__(self, folder: Path) -> None:
        """Knows where they lie.

        Args:
            folder: Made when the first copy is.
        """
        self._folder = folder

    def begin(self, *, site: str, remote: str, name: str) -> EditedCopy:
        """A place for a copy, empty so far; only its owner can read it.

        Args:
            site: The label of the site.
            remote: The path there.
            name: What the file is called there.

        Raises:
            LocalFileError: The disk refused.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = Path(mkdtemp(prefix="edit-", dir=self._folder))  # created with mode 0700
            copy = EditedCopy(
                folder / f"edit{safe_suffix(name)}", site, remote, lock=FileLock(folder / _LOCK)
            )
            assert copy.lock is not None
            copy.lock.acquire()
            copy._write()
        except OSError as error:
            raise LocalFileError(str(error), path=str(self._folder)) from error
        return copy

    def left(self) -> list[EditedCopy]:
        """What ended runs have left and was changed; what is as it was fetched is removed."""
        found = []
        for note in sorted(self._folder.glob(f"*/{_NOTE}")):
            copy = _read(note)
            lock = FileLock(note.parent / _LOCK)
            if copy is None or not lock.acquire():
                continue  # another program is at it
            copy.lock = lock
            if copy.is_changed or copy.has_recovery:
                found.append(copy)
            else:
                copy.forget()
        return found


def _read(note: Path) -> EditedCopy | None:
    try:
        values = json.loads(note.read_bytes())
        path = note.parent / Path(str(values["copy"])).name
        return EditedCopy(
            path, str(values["site"]), str(values["remote"]), str(values["digest"]), bool(values["is_told"])
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _digest(path: Path) -> str:
    made = hashlib.blake2b()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            made.update(block)
    return made.hexdigest()


def safe_suffix(name: str) -> str:
    """The extension, for the editor's colours; nothing else of a stranger's name reaches a command line."""
    found = re.search(r"\.[A-Za-z0-9]{1,12}\Z", name)
    return found[0] if found else ""
