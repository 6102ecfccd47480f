"""Brings the stored queue back: all that an earlier run has left undone, paused, slice by slice."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence

from tuiftp.errors import TuiftpError
from tuiftp.files.site import TransferSite
from tuiftp.protocol.text import shown
from tuiftp.transfers.batches import Batches
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.job import Batch
from tuiftp.transfers.job_list import JobList
from tuiftp.transfers.model import Restored, TransferState
from tuiftp.transfers.store import QueueStore
from tuiftp.transfers.store_rows import GONE, Row, Unusable, batch_of, job_of, sites_of, unpack
from tuiftp.transfers.store_schema import BATCHES, TRANSFERS, Table

_SLICE = 128
"""Rows that become transfers in one turn of the loop."""

_COLUMNS = [name for name, _ in TRANSFERS.columns]
_BATCH, _SOURCE, _STATE = (_COLUMNS.index(name) for name in ("batch", "source", "state"))

SiteOpener = Callable[[str, str], TransferSite]
"""Makes a place from its URL, which holds no password, and the encoding in which its paths are text."""


class Restorer:
    """Reads a stored queue once."""

    def __init__(
        self, store: QueueStore, job_list: JobList, batches: Batches, context: TransferContext
    ) -> None:
        self._store = store
        self._job_list = job_list
        self._batches = batches
        self._context = context
        self._found: dict[int, Batch] = {}
        self._problems: list[str] = [] if store.problem is None else [store.problem]
        self._sites: dict[tuple[str, str], TransferSite] = {}
        self._unusable = 0
        self._paused = self._failed = self._size = 0

    async def run(self, open_site: SiteOpener) -> Restored:
        """Puts all of it into the queue."""
        journal = self._context.journal
        journal.is_muted = True
        try:
            async for rows in self._rows(BATCHES):
                self._take_batches(rows, open_site)
            async for rows in self._rows(TRANSFERS):
                self._take_transfers(rows)
        except sqlite3.Error as error:
            self._problems.append(f"The stored transfer queue can be read in part only: {error}.")
        finally:
            journal.is_muted = False
        for batch in self._found.values():
            self._batches.settle(batch)
            if batch.waits_for_scan and not batch.listed:
                self._paused += len(batch.sources)
        return self._told()

    def _told(self) -> Restored:
        if self._unusable:
            self._problems.append(f"{self._unusable:,} entries of the stored transfer queue make no sense.")
        left = [batch for batch in self._found.values() if batch.listed or batch.waits_for_scan]
        return Restored(
            self._paused,
            self._failed,
            self._size,
            tuple(dict.fromkeys(label for batch in left for label in _servers_of(batch))),
            tuple(batch.id for batch in left),
            " ".join(self._problems) or None,
        )

    async def _rows(self, table: Table) -> AsyncIterator[Sequence[Row]]:
        rows = self._store.rows(table, _SLICE)
        while (found := await self._context.local.settle(next, rows, None)) is not None:
            yield found

    def _take_batches(self, rows: Sequence[Row], open_site: SiteOpener) -> None:
        for row in rows:
            url = ""
            try:
                places: list[TransferSite] = []
                for url, encoding in sites_of(row):
                    if (url, encoding) not in self._sites:
                        self._sites[url, encoding] = open_site(url, encoding)
                    places.append(self._sites[url, encoding])
                batch = batch_of(row, *places)
            except TuiftpError as error:
                self._problems.append(
                    f"Transfers with {shown(url)} are left out: {error.message.rstrip('.')}."
                )
            except Unusable:
                self._unusable += 1
            else:
                batch.known = set() if batch.waits_for_scan else None
                self._found[batch.id] = batch
                self._batches.add(batch)

    def _take_transfers(self, rows: Sequence[Row]) -> None:
        for row in rows:
            batch = self._found.get(row[_BATCH])
            if batch is None:
                continue
            try:
                self._take(row, batch)
            except Unusable:
                self._unusable += 1

    def _take(self, row: Row, batch: Batch) -> None:
        if batch.known is not None:
            batch.known.add(unpack(row[_SOURCE]))
        if row[_STATE] in GONE:
            return
        job = job_of(row, batch)
        if batch.move:
            batch.staying[job.transfer.id] = job.parts
        self._job_list.add(job)
        if job.state is TransferState.FAILED:
            self._failed += 1
        else:
            self._paused += 1
            self._size += max(0, (job.transfer.size or 0) - job.transfer.transferred)


def _servers_of(batch: Batch) -> list[str]:
    """The labels of the places of a batch that are not the disk."""
    return [
        site.label for site in (batch.source, batch.target) if not site.endpoint.capabilities.has_local_paths
    ]
