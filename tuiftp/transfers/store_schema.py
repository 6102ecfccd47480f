"""The tables of the stored queue, and the statements that go with them. Pure text."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 5
"""Raised whenever a table changes; a file of a newer version is not touched, one of an older one is brought up."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column is the number of a row."""

    name: str
    """Its name."""
    columns: tuple[tuple[str, str], ...]
    """Names and types of its columns."""
    order: str
    """The column that it is read by."""

    @property
    def create(self) -> str:
        """Makes the table unless it is there."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns)
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({columns})"

    @property
    def select(self) -> str:
        """Reads all of it."""
        return f"{self._selected} ORDER BY {self.order}"

    @property
    def select_newest(self) -> str:
        """Reads so many rows, the last one first."""
        return f"{self._selected} ORDER BY {self.order} DESC LIMIT ?"

    @property
    def insert(self) -> str:
        """Adds a row, or puts it in the place of the one with its number."""
        marks = ", ".join("?" * len(self.columns))
        return f"INSERT OR REPLACE INTO {self.name} VALUES ({marks})"

    @property
    def delete(self) -> str:
        """Removes a row by its number."""
        return f"DELETE FROM {self.name} WHERE {self.columns[0][0]} = ?"

    @property
    def _selected(self) -> str:
        return f"SELECT {', '.join(name for name, _ in self.columns)} FROM {self.name}"


BATCHES = Table(
    "batch",
    (
        ("id", "INTEGER PRIMARY KEY"),
        ("direction", "TEXT NOT NULL"),
        ("source_site", "TEXT NOT NULL"),
        ("source_encoding", "TEXT NOT NULL"),
        ("target_site", "TEXT NOT NULL"),
        ("target_encoding", "TEXT NOT NULL"),
        ("directory", "TEXT NOT NULL"),
        ("policy", "TEXT NOT NULL"),
        ("remembered", "TEXT"),
        ("move", "INTEGER NOT NULL"),
        ("title", "TEXT NOT NULL"),
        ("rename_to", "TEXT"),
        ("secret", "BLOB NOT NULL"),
        ("is_text", "INTEGER"),
        ("is_read", "INTEGER NOT NULL"),
        ("sources", "TEXT NOT NULL"),
        ("directories", "TEXT NOT NULL"),
        ("expected", "TEXT"),
    ),
    "id",
)
"""What one key press queued. A site is a URL without a password, or `DISK_URL`; `sources`, `directories` and
`expected` are JSON.

The paths of a site are text in its encoding; empty, from a file of an older version: as the site says now.
"""

DISK_URL = "file:"
"""What stands for the disk."""

TRANSFERS = Table(
    "transfer",
    (
        ("id", "INTEGER PRIMARY KEY"),
        ("batch", "INTEGER NOT NULL"),
        ("place", "INTEGER NOT NULL"),
        ("priority", "INTEGER NOT NULL"),
        ("state", "TEXT NOT NULL"),
        ("source", "TEXT NOT NULL"),
        ("target", "TEXT NOT NULL"),
        ("parts", "TEXT NOT NULL"),
        ("root", "TEXT"),
        ("way", "TEXT NOT NULL"),
        ("name", "TEXT NOT NULL"),
        ("remote_directory", "TEXT NOT NULL"),
        ("kind", "TEXT NOT NULL"),
        ("size", "INTEGER"),
        ("modified", "TEXT"),
        ("precision", "TEXT"),
        ("permissions", "TEXT"),
        ("has_begun", "INTEGER NOT NULL"),
        ("part", "TEXT"),
        ("transferred", "INTEGER NOT NULL"),
        ("high_water", "INTEGER NOT NULL"),
        ("temporary", "TEXT"),
        ("replaces", "INTEGER NOT NULL"),
        ("version", "TEXT"),
        ("is_decided", "INTEGER NOT NULL"),
        ("resumes_target", "INTEGER NOT NULL"),
        ("can_resume", "INTEGER NOT NULL"),
        ("speed_limit", "INTEGER"),
        ("attempts", "INTEGER NOT NULL"),
        ("past", "TEXT"),
        ("error", "TEXT"),
        ("hint", "TEXT"),
        ("moved", "INTEGER NOT NULL"),
        ("seconds", "REAL NOT NULL"),
        ("arrival", "TEXT"),
        ("synced", "INTEGER NOT NULL DEFAULT 0"),
        ("start", "TEXT"),
    ),
    "place",
)
"""One file. Size, time and kind are the source's as first seen; `root`, `way` and `name` are its local side."""

HISTORY = Table(
    "history",
    (
        ("id", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("direction", "TEXT NOT NULL"),
        ("source_site", "TEXT NOT NULL"),
        ("target_site", "TEXT NOT NULL"),
        ("source", "TEXT NOT NULL"),
        ("target", "TEXT NOT NULL"),
        ("state", "TEXT NOT NULL"),
        ("size", "INTEGER"),
        ("started_at", "TEXT"),
        ("finished_at", "TEXT"),
        ("average_speed", "REAL"),
        ("attempts", "INTEGER NOT NULL"),
        ("is_verified", "INTEGER NOT NULL"),
        ("error", "TEXT"),
    ),
    "id",
)
"""What has ended."""

CHANGES = {
    2: (
        "ALTER TABLE transfer ADD COLUMN arrival TEXT",
        "ALTER TABLE transfer ADD COLUMN synced INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE transfer ADD COLUMN start TEXT",
    ),
    3: ("ALTER TABLE batch ADD COLUMN encoding TEXT NOT NULL DEFAULT ''",),
    4: ("ALTER TABLE batch ADD COLUMN expected TEXT",),
    5: (
        """CREATE TABLE new_batch (
            id INTEGER PRIMARY KEY, direction TEXT NOT NULL, source_site TEXT NOT NULL,
            source_encoding TEXT NOT NULL, target_site TEXT NOT NULL, target_encoding TEXT NOT NULL,
            directory TEXT NOT NULL, policy TEXT NOT NULL, remembered TEXT, move INTEGER NOT NULL,
            title TEXT NOT NULL, rename_to TEXT, secret BLOB NOT NULL, is_text INTEGER,
            is_read INTEGER NOT NULL, sources TEXT NOT NULL, directories TEXT NOT NULL, expected TEXT)""",
        """INSERT INTO new_batch SELECT id, direction,
            CASE direction WHEN 'download' THEN site ELSE 'file:' END,
            CASE direction WHEN 'download' THEN encoding ELSE '' END,
            CASE direction WHEN 'download' THEN 'file:' ELSE site END,
            CASE direction WHEN 'download' THEN '' ELSE encoding END,
            directory, policy, remembered, move, title, rename_to, secret, is_text, is_read, sources,
            directories, expected FROM batch""",
        "DROP TABLE batch",
        "ALTER TABLE new_batch RENAME TO batch",
        """CREATE TABLE new_history (
            id INTEGER PRIMARY KEY AUTOINCREMENT, direction TEXT NOT NULL, source_site TEXT NOT NULL,
            target_site TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL,
            size INTEGER, started_at TEXT, finished_at TEXT, average_speed REAL, attempts INTEGER NOT NULL,
            is_verified INTEGER NOT NULL, error TEXT)""",
        """INSERT INTO new_history SELECT id, direction,
            CASE direction WHEN 'download' THEN site ELSE 'Local' END,
            CASE direction WHEN 'download' THEN 'Local' ELSE site END,
            source, target, state, size, started_at, finished_at, average_speed, attempts, is_verified, error
            FROM history""",
        "DROP TABLE history",
        "ALTER TABLE new_history RENAME TO history",
    ),
}
"""What makes a file of the version before into one of this version."""

SCHEMA = (BATCHES.create, TRANSFERS.create, HISTORY.create)
"""Makes a new file, and changes nothing in one that is there."""
