"""The history of the queue: what has ended, in this run and in earlier ones. Blocks: call it in a thread."""

from __future__ import annotations

from tuiftp.transfers.model import Finished
from tuiftp.transfers.store import QueueStore
from tuiftp.transfers.store_rows import Unusable, finished_of


def read_history(store: QueueStore, limit: int) -> list[Finished]:
    """The last transfers that have ended, the newest first. A row that makes no sense is left out."""
    found: list[Finished] = []
    for row in store.history(limit):
        try:
            found.append(finished_of(row))
        except Unusable:
            continue
    return found
