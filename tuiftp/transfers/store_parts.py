"""What is left on the disk of a stored queue that nobody will go on with: its part files, removed with it.

Only what the queue itself has recorded goes: a file whose name is made from a secret that only its row knows, beside
the target of a download that was begun and never ended. Everything here blocks.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from tuiftp.errors import TuiftpError
from tuiftp.files.part import Part
from tuiftp.files.safe import Place
from tuiftp.transfers.job import token_of
from tuiftp.transfers.model import Direction
from tuiftp.transfers.store_rows import GONE, unpack

_BEGUN = f"""
SELECT transfer.id, batch.secret, transfer.root, transfer.way, transfer.name
FROM transfer JOIN batch ON batch.id = transfer.batch
WHERE batch.direction = ? AND transfer.has_begun AND transfer.root IS NOT NULL
AND transfer.state NOT IN ({", ".join("?" * len(GONE))})
"""


def remove_parts(path: Path) -> int:
    """Removes the part files that a stored queue has left; returns how many there were.

    Args:
        path: Where the queue is stored. The caller holds its lock, and removes it afterwards: until then
            somebody may go on with them.
    """
    removed = 0
    with suppress(sqlite3.Error):
        for part in _parts(path):
            removed += part.is_there()
            part.discard()
    return removed


def _parts(path: Path) -> Iterator[Part]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as reader:
        chosen = (Direction.DOWNLOAD.value, *(state.value for state in GONE))
        for number, secret, root, way, name in reader.execute(_BEGUN, chosen):
            with suppress(TuiftpError, ValueError, TypeError):
                place = Place(unpack(root), tuple(json.loads(way)), unpack(name))
                yield Part.left_behind(place, token_of(bytes(secret), number))
