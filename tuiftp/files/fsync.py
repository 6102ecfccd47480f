"""Has the disk itself know what the operating system only promises: names in directories, and which start this is.

A file that was renamed into its place is there for every program at once, and yet may be missing after a power
cut, until its directory has been written. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from tuiftp.errors import LocalFileError
from tuiftp.files.safe_open import Folder, Place

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def sync_names(places: Iterable[Place]) -> None:
    """Has the names of files be on the disk, and those of the directories that lead to them.

    Each directory is written once. One that is gone or that the disk will not write so is left out: that says
    nothing of the files in it.
    """
    ways = {(place.root, place.parts[:depth]) for place in places for depth in range(len(place.parts) + 1)}
    for root, parts in ways:
        with suppress(LocalFileError, OSError), Folder.open(root, parts) as folder:
            folder.sync()


@cache
def this_start() -> str | None:
    """What tells this start of the machine from all others; None where the system does not say (not Linux)."""
    try:
        return _BOOT.read_text("ascii").strip() or None
    except (OSError, ValueError):
        return None
