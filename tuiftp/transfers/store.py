"""The stored queue: a SQLite file that survives `kill -9`, and a thread of its own that writes it.

The event loop only hands over what has changed. One running program has the file; another one that is started
beside it is told so and keeps its queue in memory. A file that is damaged is set aside, never in the way.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tuiftp.transfers.model import Finished
from tuiftp.transfers.store_lock import FileLock
from tuiftp.transfers.store_rows import Unusable, finished_of
from tuiftp.transfers.store_schema import BATCHES, CHANGES, HISTORY, SCHEMA, TRANSFERS, VERSION, Table

HISTORY_KEPT = 2_000
"""How many transfers of the past are remembered."""

_BUSY = 5.0
"""Seconds to wait for somebody else who looks into the file."""
_CLOSING = 5.0
"""Seconds that `close` waits for what is still to be written."""

Row = tuple[Any, ...]
Work = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something is not in the file."""

    message: str
    """In one sentence."""
    is_new_file: bool = False
    """Whether the file was damaged and a new, empty one is written from now on."""


class QueueStore:
    """One file with the queue in it. All methods but `submit` block: call them off the loop, or before it runs."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        """Where it lies; a lock file lies beside it."""
        self.problem: str | None = None
        """What was wrong with it when it was opened, in one sentence; None: nothing."""
        self._lock = FileLock(self.path.with_name(self.path.name + ".lock"))
        self._connection: sqlite3.Connection | None = None
        self._todo: SimpleQueue[tuple[Work, Callable[[Failure | None], None]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.last_transfer = 0
        """The highest number of a transfer in the file."""
        self.last_batch = 0
        """The highest number of a batch in the file."""

    @property
    def is_open(self) -> bool:
        """Whether what is submitted is stored."""
        return self._connection is not None

    def open(self) -> bool:
        """Opens the file, makes it if there is none, and starts to write.

        Returns:
            Whether the queue is stored from now on; `problem` says why not, and what was set aside.
        """
        if not self._lock.acquire():
            self.problem = "Another tuiftp keeps the transfer queue; the one of this window is not saved."
            return False
        try:
            self._connection = self._opened()
        except (sqlite3.Error, OSError) as error:
            self._lock.release()
            self.problem = f"The transfer queue is not saved: {self.path} cannot be opened: {error}."
            return False
        self._thread = threading.Thread(target=self._write, name="tuiftp-queue-store", daemon=True)
        self._thread.start()
        return True

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise
            self.set_aside(str(error))
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        # Made by us before SQLite sees it: the paths in it are nobody else's affair.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            # What is said to be in the file must be there after a power cut too; NORMAL would lose the last of it.
            connection.execute("PRAGMA synchronous=FULL")
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(found)
            _prepare(connection)
            self.last_transfer, self.last_batch = _last_numbers(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def set_aside(self, why: str) -> None:
        """Renames a damaged file out of the way, for who wants to look into it, and remembers to tell."""
        kept = self.path.with_name(f"{self.path.name}.broken-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        os.replace(self.path, kept)
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{self.path}{ending}", f"{kept}{ending}")
        self.problem = f"The stored transfer queue was damaged ({why}) and is kept as {kept.name}."

    def rows(self, table: Table, number: int = 500) -> Iterator[Sequence[Row]]:
        """Reads a whole table in its order, so many rows at a time, while others write.

        Raises:
            sqlite3.Error: The file is damaged.
        """
        reader = self._reader()
        try:
            cursor = reader.execute(table.select)
            while rows := cursor.fetchmany(number):
                yield rows
        finally:
            reader.close()

    def history(self, limit: int) -> list[Row]:
        """The newest rows of the history, the last one first; none where it cannot be read."""
        if self._connection is None:
            return []
        with suppress(sqlite3.Error), closing(self._reader()) as reader:
            return reader.execute(HISTORY.select_newest, (limit,)).fetchall()
        return []

    def _reader(self) -> sqlite3.Connection:
        # A connection of its own: the writer may be at work.
        return sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY, check_same_thread=False
        )

    def submit(self, work: Work, then: Callable[[Failure | None], None]) -> None:
        """Has `work` done in a transaction, in the writer's thread, after all that was submitted before.

        Args:
            work: What is to be written.
            then: Is called in that thread when it is in the file, or with what kept it from being.
        """
        if self._thread is not None:
            self._todo.put((work, then))

    def close(self) -> None:
        """Writes what was submitted, and lets the file go."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._todo.put(None)
        thread.join(_CLOSING)
        if self._connection is not None and not thread.is_alive():
            self._connection.close()
        self._connection = None
        self._lock.release()

    def _write(self) -> None:
        while (order := self._todo.get()) is not None:
            work, then = order
            try:
                self._transact(work)
            except sqlite3.Error as error:
                then(self._mended(error))
            else:
                then(None)

    def _mended(self, error: sqlite3.Error) -> Failure:
        """Goes on with an empty file if this one turns out to be damaged; says what the caller must know."""
        if not _is_damage(error) or self._connection is None:
            return Failure(f"The transfer queue cannot be stored: {error}.")
        self._connection.close()
        try:
            self.set_aside(str(error))
            self._connection = self._connected()
        except (sqlite3.Error, OSError) as again:
            return Failure(f"The transfer queue cannot be stored: {again}.")
        return Failure(self.problem or str(error), is_new_file=True)

    def _transact(self, work: Work) -> None:
        connection = self._connection
        assert connection is not None, "the writer runs only while the file is open"
        connection.execute("BEGIN IMMEDIATE")
        try:
            work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise sqlite3.DatabaseError(f"made by a newer tuiftp, version {version}")
    connection.execute("BEGIN IMMEDIATE")
    for step in range(version + 1, VERSION + 1) if version else ():
        for change in CHANGES[step]:
            connection.execute(change)
    for statement in SCHEMA:
        connection.execute(statement)
    # What was queued and has ended completely is of no use any more.
    connection.execute("DELETE FROM batch WHERE is_read AND id NOT IN (SELECT batch FROM transfer)")
    connection.execute(f"PRAGMA user_version={VERSION}")
    connection.execute("COMMIT")
    for table in (BATCHES, TRANSFERS, HISTORY):
        connection.execute(f"{table.select} LIMIT 1").fetchall()  # has it the columns that we know?


def _last_numbers(connection: sqlite3.Connection) -> tuple[int, int]:
    numbers = [
        connection.execute(f"SELECT max(id) FROM {table.name}").fetchone()[0] or 0
        for table in (TRANSFERS, BATCHES)
    ]
    return numbers[0], numbers[1]


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether it is the file's contents that are wrong, and not the disk, its permissions or another program."""
    if not isinstance(error, sqlite3.OperationalError):
        return isinstance(error, sqlite3.DatabaseError)
    return any(sign in str(error) for sign in ("no such column", "no such table", "malformed"))


def put(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    """Adds rows to a table, or puts them in the place of those with the same number."""
    connection.executemany(table.insert, rows)


def remove(connection: sqlite3.Connection, table: Table, numbers: Iterable[int]) -> None:
    """Takes rows out of a table."""
    connection.executemany(table.delete, ((number,) for number in numbers))


def trim_history(connection: sqlite3.Connection, kept: int = HISTORY_KEPT) -> None:
    """Forgets the oldest of the history."""
    connection.execute(
        "DELETE FROM history WHERE id <= (SELECT id FROM history ORDER BY id DESC LIMIT 1 OFFSET ?)", (kept,)
    )


def read_history(store: QueueStore, limit: int) -> list[Finished]:
    """The last transfers that have ended, the newest first. A row that makes no sense is left out."""
    found: list[Finished] = []
    for row in store.history(limit):
        try:
            found.append(finished_of(row))
        except Unusable:
            continue
    return found
