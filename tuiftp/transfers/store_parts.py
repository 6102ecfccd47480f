"""What is left of a stored queue that nobody will go on with: its part files, and its uploads' temporary names.

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
from tuiftp.files.part_file import Part
from tuiftp.files.safe_open import Place
from tuiftp.protocol import paths
from tuiftp.transfers.job import token_of
from tuiftp.transfers.model import Direction
from tuiftp.transfers.part_records import Upload
from tuiftp.transfers.store_rows import GONE, unpack
from tuiftp.transfers.temporary_name import temporary_name

_BEGUN = f"""
SELECT transfer.id, batch.secret, transfer.root, transfer.way, transfer.name
FROM transfer JOIN batch ON batch.id = transfer.batch
WHERE batch.direction != ? AND transfer.has_begun AND transfer.root IS NOT NULL
AND transfer.state NOT IN ({", ".join("?" * len(GONE))})
"""


_BEGUN_UPLOADS = """
SELECT transfer.id, batch.secret, batch.{columns},
    transfer.temporary, transfer.remote_directory, transfer.target
FROM transfer JOIN batch ON batch.id = transfer.batch
WHERE batch.direction IN (?, ?) AND transfer.has_begun
AND transfer.state NOT IN ({gone})
"""


def unfinished_uploads(path: Path) -> list[Upload]:
    """Where uploads of a stored queue may lie unfinished, on which servers.

    Args:
        path: Where the queue is stored. The caller holds its lock.
    """
    found: list[Upload] = []
    with suppress(sqlite3.Error), closing(_opened(path)) as reader:
        (version,) = reader.execute("PRAGMA user_version").fetchone()
        columns = "target_site, batch.target_encoding" if version >= 5 else "site, batch.encoding"
        query = _BEGUN_UPLOADS.format(columns=columns, gone=", ".join("?" * len(GONE)))
        chosen = (Direction.UPLOAD.value, Direction.RELAY.value, *(state.value for state in GONE))
        for number, secret, site, encoding, temporary, directory, target in reader.execute(query, chosen):
            with suppress(TuiftpError, ValueError, TypeError):
                token = token_of(bytes(secret), number)
                name = temporary_name(paths.name(unpack(target)), token)
                where = paths.join(unpack(directory), name) if temporary is None else unpack(temporary)
                found.append(Upload(unpack(site), str(encoding), where))
    return found


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
    with closing(_opened(path)) as reader:
        chosen = (Direction.UPLOAD.value, *(state.value for state in GONE))
        for number, secret, root, way, name in reader.execute(_BEGUN, chosen):
            with suppress(TuiftpError, ValueError, TypeError):
                place = Place(unpack(root), tuple(json.loads(way)), unpack(name))
                yield Part.left_behind(place, token_of(bytes(secret), number))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
