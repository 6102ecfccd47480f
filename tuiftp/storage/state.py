"""Small JSON files in the state directory, for what the program remembers by itself.

The program goes on without a file that cannot be read; it is kept beside, and its user is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tuiftp.errors import LocalFileError
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import state_dir


class StateFile:
    """One file. One that cannot be used is never overwritten: it is renamed before the first save, and told."""

    def __init__(
        self, name: str, kind: type, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Names a file; nothing is read yet.

        Args:
            name: Its name in the state directory, without `.json`.
            kind: What it holds: `dict` or `list`.
            now: The clock, for the names of files that are kept.
        """
        self.path = state_dir() / f"{name}.json"
        """Where it is."""
        self.problem = ""
        """What was wrong with it, in a sentence; empty: nothing."""
        self._kind = kind
        self._now = now
        self._unusable: tuple[int, int] | None = None

    def load(self) -> Any:
        """What is in it; None where it is absent or cannot be used, which `problem` then tells."""
        try:
            value = json.loads(self.path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return self.reject(f"could not be read: {error.strerror or error}")
        except (ValueError, RecursionError):
            return self.reject("is broken")
        return value if isinstance(value, self._kind) else self.reject("is broken")

    def reject(self, fault: str) -> None:
        """Has the file be kept beside when something is saved.

        Args:
            fault: What is wrong with it: the end of a sentence.
        """
        self._unusable = self._identity()
        self.problem = f"{self.path} {fault}. It is kept."

    @property
    def is_lost(self) -> bool:
        """Whether one that could not be used is in its place, or lies beside since an earlier run."""
        return self._unusable is not None or any(self.path.parent.glob(f"{self.path.name}.broken-*"))

    def save(self, value: Any) -> None:
        """Writes `value`, whole or not at all.

        Raises:
            LocalFileError: The file could not be written, or one that cannot be used stays in its place.
        """
        if self._unusable is not None and self._unusable == self._identity():
            self._keep()
        # ASCII only: a name with bytes that are no UTF-8 (surrogates) survives as an escape.
        write_atomic(self.path, json.dumps(value, indent=1) + "\n")

    def _keep(self) -> None:
        kept = self.path.with_name(f"{self.path.name}.broken-{self._now():%Y%m%d-%H%M%S}")
        try:
            self.path.rename(kept)
        except OSError as error:
            message = f"{self.path} is broken and could not be renamed to {kept.name}: {error.strerror}"
            raise LocalFileError(message, path=str(self.path)) from error

    def _identity(self) -> tuple[int, int]:
        """Tells the file from one that another program puts in its place."""
        try:
            status = self.path.stat()
        except OSError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns


def load_json(name: str) -> Any:
    """Reads `name`.json from the state directory; None if it is absent, unreadable or no JSON. It stays as it is."""
    try:
        return json.loads((state_dir() / f"{name}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def save_json(name: str, value: Any) -> None:
    """Writes `value` to `name`.json in the state directory, whole or not at all.

    Raises:
        LocalFileError: The file could not be written.
    """
    StateFile(name, object).save(value)
