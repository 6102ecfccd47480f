"""Whose a control connection was at a moment: the way from a line of the protocol log back to its transfer. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from datetime import datetime


class ConnectionOwners:
    """Which transfers used which control connection, in turn."""

    def __init__(self) -> None:
        self._by_conn: dict[int, tuple[array[float], array[int]]] = {}

    def note(self, conn: int | None, at: datetime, transfer: int) -> None:
        """Notes that a transfer has a connection from now on."""
        if conn is None:
            return
        times, ids = self._by_conn.setdefault(conn, (array("d"), array("q")))
        times.append(at.timestamp())
        ids.append(transfer)

    def find(self, conn: int, at: datetime) -> int | None:
        """The transfer that had a connection at a moment; before the first one, that one: it had it opened."""
        found = self._by_conn.get(conn)
        if found is None:
            return None
        times, ids = found
        return ids[max(0, bisect_right(times, at.timestamp()) - 1)]
