"""What a `get` or `put --continue` keeps in the state directory until it is done: its queue, for the next run."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from tuiftp.cli.arguments import Arguments
from tuiftp.protocol.url import format_url
from tuiftp.storage.locations import ensure_private, state_dir
from tuiftp.storage.state import load_json, save_json

_DIRECTORY = "runs"


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
        self.begin_anew()
        for ending in ("", "-wal", "-shm", ".lock"):
            with suppress(OSError):
                Path(f"{self.path}{ending}").unlink()


def _identity(arguments: Arguments) -> str:
    """What makes two command lines the same work. No password is in it."""
    parts = [
        arguments.command,
        *map(format_url, arguments.targets),
        arguments.user or "",
        *(os.path.abspath(path) + ("/" if path.endswith("/") else "") for path in arguments.paths),
        os.path.abspath(arguments.output or ".") if arguments.command == "get" else "",
    ]
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
