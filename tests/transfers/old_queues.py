"""Turns a stored queue into one that an older version has written, as its tables were then."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_VERSION_4 = (
    """CREATE TABLE old_batch (id INTEGER PRIMARY KEY, direction TEXT NOT NULL, site TEXT NOT NULL,
        directory TEXT NOT NULL, policy TEXT NOT NULL, remembered TEXT, move INTEGER NOT NULL, title TEXT NOT NULL,
        rename_to TEXT, secret BLOB NOT NULL, is_text INTEGER, is_read INTEGER NOT NULL, sources TEXT NOT NULL,
        directories TEXT NOT NULL, encoding TEXT NOT NULL DEFAULT '', expected TEXT)""",
    """INSERT INTO old_batch SELECT id, direction, iif(direction = 'upload', target_site, source_site), directory,
        policy, remembered, move, title, rename_to, secret, is_text, is_read, sources, directories,
        iif(direction = 'upload', target_encoding, source_encoding), expected FROM batch""",
    "DROP TABLE batch",
    "ALTER TABLE old_batch RENAME TO batch",
    """CREATE TABLE old_history (id INTEGER PRIMARY KEY AUTOINCREMENT, direction TEXT NOT NULL, site TEXT NOT NULL,
        source TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, size INTEGER, started_at TEXT,
        finished_at TEXT, average_speed REAL, attempts INTEGER NOT NULL, is_verified INTEGER NOT NULL, error TEXT)""",
    """INSERT INTO old_history SELECT id, direction, iif(direction = 'upload', target_site, source_site), source,
        target, state, size, started_at, finished_at, average_speed, attempts, is_verified, error FROM history""",
    "DROP TABLE history",
    "ALTER TABLE old_history RENAME TO history",
    "PRAGMA user_version = 4",
)
_VERSION_1 = (
    *(f"ALTER TABLE transfer DROP COLUMN {column}" for column in ("arrival", "synced", "start")),
    *(f"ALTER TABLE batch DROP COLUMN {column}" for column in ("encoding", "expected")),
    "PRAGMA user_version = 1",
)


def make_old(path: Path, version: int) -> None:
    """Changes a stored queue that nobody has open into one of version 4 or 1."""
    with sqlite3.connect(path) as connection:
        for statement in (*_VERSION_4, *(_VERSION_1 if version == 1 else ())):
            connection.execute(statement)
