"""Which transfer lies in which row: kept up to date by what changed, never by going through all. No Textual."""

from __future__ import annotations

from collections.abc import Iterable

from tuiftp.transfers.model import Transfer, TransferState


class TransferList:
    """Transfers in the order of the queue. An update costs by what it brings, not by what is kept."""

    def __init__(self) -> None:
        self._rows: list[Transfer] = []
        self._row_of: dict[int, int] = {}
        self._running: set[int] = set()
        self._failed: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def replace(self, transfers: Iterable[Transfer]) -> None:
        """Takes the whole queue anew, after transfers have left it or were put in another order."""
        self._rows = list(transfers)
        self._row_of = {transfer.id: row for row, transfer in enumerate(self._rows)}
        self._running = {each.id for each in self._rows if each.state is TransferState.RUNNING}
        self._failed = {each.id for each in self._rows if each.state is TransferState.FAILED}

    def update(self, transfers: Iterable[Transfer]) -> set[int]:
        """Takes changed transfers, and new ones at the end; returns the rows that are others now."""
        touched: set[int] = set()
        for transfer in transfers:
            row = self._row_of.setdefault(transfer.id, len(self._rows))
            if row == len(self._rows):
                self._rows.append(transfer)
            else:
                self._rows[row] = transfer
            touched.add(row)
            for ids, state in ((self._running, TransferState.RUNNING), (self._failed, TransferState.FAILED)):
                if transfer.state is state:
                    ids.add(transfer.id)
                else:
                    ids.discard(transfer.id)
        return touched

    def at(self, row: int) -> Transfer | None:
        """The transfer in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, id: int | None) -> int | None:
        """The row of a transfer."""
        return None if id is None else self._row_of.get(id)

    def next_failed(self, row: int) -> int | None:
        """The first row with a failed transfer behind `row`, or from the beginning; None: nothing failed."""
        rows = [self._row_of[id] for id in self._failed]
        return min((each for each in rows if each > row), default=min(rows, default=None))

    def running_rows(self) -> list[int]:
        """The rows of what runs, in order: as many as run at once."""
        return sorted(self._row_of[id] for id in self._running)
