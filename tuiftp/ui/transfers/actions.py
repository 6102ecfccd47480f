"""What the keys of the transfers panel do to the queue: to the transfer under the cursor, its batch, or all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual import work
from textual.containers import Vertical

from tuiftp.protocol.rates import format_rate, parse_rate
from tuiftp.protocol.text import human_size
from tuiftp.transfers.model import (
    BatchOverview,
    BatchState,
    Direction,
    Priority,
    QueueTotals,
    Transfer,
    TransferState,
)
from tuiftp.ui.dialogs.basic import Confirm, Prompt, quoted
from tuiftp.ui.services import Queue, Services
from tuiftp.ui.transfers.offer_resume import ask_logins
from tuiftp.ui.transfers.row_model import BatchRow
from tuiftp.ui.transfers.view import TransfersView

_WAITING = (TransferState.QUEUED, TransferState.PAUSED)
_AGAIN = (TransferState.FAILED, TransferState.CANCELLED, TransferState.SKIPPED)

_P_KEEPS = "p pauses instead, and keeps it."
_R_GOES_ON = "r or R tries again instead, and goes on from there."


def _loss(direction: Direction, size: int, *, of: int | None = None, files: int = 1) -> list[str]:
    """What is lost by a cancel, and what would keep it."""
    amount = (
        human_size(size)
        + (f" of {human_size(of)}" if of else "")
        + (f" of {files:,} files" if files > 1 else "")
    )
    if direction.is_to_disk:
        return [f"{amount}, here already, would be thrown away.", _P_KEEPS]
    return [f"{amount}, sent already, would have to be sent again.", _P_KEEPS]


class TransferActions(Vertical):
    """The part of the panel that acts on the queue."""

    def __init__(self, services: Services, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._services = services
        self._queue: Queue = services.queue

    @property
    def view(self) -> TransfersView:
        """The rows."""
        return self.query_one(TransfersView)

    def _at_cursor(self) -> Transfer | None:
        """The transfer under the cursor, as the queue knows it this moment."""
        row = self.view.cursor
        return None if row is None or isinstance(row, BatchRow) else self._now(row)

    def _now(self, transfer: Transfer) -> Transfer:
        return self._queue.get(transfer.id) or transfer

    def _batch_at_cursor(self) -> BatchOverview | None:
        """The batch whose own row is under the cursor, as it is now."""
        row = self.view.cursor
        return self._queue.batch(row.batch) if isinstance(row, BatchRow) else None

    # -- stop and go

    def action_transfers_pause(self) -> None:
        """See `transfers_pause`."""
        if (batch := self._batch_at_cursor()) is not None:
            if batch.state is BatchState.PAUSED:
                self._go_on(lambda: self._queue.resume_batch(batch.id), batch.sites)
            else:
                self._queue.pause_batch(batch.id)
            return
        if (transfer := self._at_cursor()) is None:
            return
        if transfer.state is TransferState.PAUSED:
            self._go_on(lambda: self._queue.resume(transfer.id), transfer.sites)
        elif not transfer.state.is_finished:
            self._queue.pause(transfer.id)

    def action_transfers_cancel(self) -> None:
        """See `transfers_cancel`."""
        self._queue.sample()  # what has come until now would be lost
        if (batch := self._batch_at_cursor()) is not None:
            if batch.waiting > 1 or batch.begun_bytes or batch.state is BatchState.SCANNING:
                self._cancel_batch(batch)
            elif batch.waiting:
                self._queue.cancel_batch(batch.id)
            return
        transfer = self._at_cursor()
        if transfer is None or transfer.state.is_finished:
            return
        if transfer.transferred:
            self._cancel_begun(transfer)
        else:
            self._queue.cancel(transfer.id)

    @work(exclusive=True, group="cancel")
    async def _cancel_begun(self, transfer: Transfer) -> None:
        """Asks first: what has come over would be thrown away."""
        lines = [quoted(transfer.name), *_loss(transfer.direction, transfer.transferred, of=transfer.size)]
        question = Confirm("Cancel the transfer?", lines, yes="Cancel it", is_dangerous=True)
        if await self.app.push_screen_wait(question):
            self._queue.cancel(transfer.id)

    @work(exclusive=True, group="cancel")
    async def _cancel_batch(self, batch: BatchOverview) -> None:
        """Asks first: many transfers go at once."""
        count = "1 transfer" if batch.waiting == 1 else f"{batch.waiting:,} transfers"
        lines = [quoted(batch.title or batch.target), f"{count} would end. What is done stays."]
        if batch.begun_bytes:
            lines += _loss(batch.direction, batch.begun_bytes, files=batch.begun)
        question = Confirm("Cancel the batch?", lines, yes="Cancel it", is_dangerous=True)
        if await self.app.push_screen_wait(question):
            self._queue.cancel_batch(batch.id)

    def action_transfers_retry(self) -> None:
        """See `transfers_retry`."""
        if (batch := self._batch_at_cursor()) is not None:
            if batch.failed or batch.skipped:
                self._go_on(lambda: self._queue.retry_batch(batch.id), batch.sites)
            return
        transfer = self._at_cursor()
        if transfer is not None and transfer.state in _AGAIN:
            self._go_on(lambda: self._queue.retry(transfer.id), transfer.sites)

    def action_transfers_retry_now(self) -> None:
        """See `transfers_retry_now`."""
        transfer = self._at_cursor()
        if transfer is not None and transfer.retry_in is not None:
            self._queue.retry_now(transfer.id)
        else:
            self._queue.retry_now()

    def action_transfers_pause_all(self) -> None:
        """See `transfers_pause_all`."""
        totals = self._queue.totals()
        if totals.is_paused or totals.holds or (totals.paused and not totals.active + totals.queued):
            self._go_on(self._queue.resume_all, concerns=_WAITING)
        else:
            self._queue.pause_all()

    def action_transfers_retry_failed(self) -> None:
        """See `transfers_retry_failed`."""
        self._go_on(self._queue.retry_failed, concerns=(TransferState.FAILED,))

    def action_transfers_clear(self) -> None:
        """See `transfers_clear`."""
        totals = self._queue.totals()
        if totals.failed_begun:
            self._clear_begun(totals)
        else:
            self._queue.clear_finished()

    @work(exclusive=True, group="cancel")
    async def _clear_begun(self, totals: QueueTotals) -> None:
        """Asks first: a retry of what failed would go on from what has come over."""
        files = "1 transfer that failed has" if totals.failed_begun == 1 else (
            f"{totals.failed_begun:,} transfers that failed have"
        )  # fmt: skip
        lines = [
            f"{files} brought {human_size(totals.failed_bytes)}, which would be thrown away.",
            _R_GOES_ON,
        ]
        question = Confirm("Clear the list?", lines, yes="Clear it", is_dangerous=True)
        if await self.app.push_screen_wait(question):
            self._queue.clear_finished()

    def _go_on(
        self,
        act: Callable[[], None],
        sites: Collection[str] | None = None,
        *,
        concerns: Sequence[TransferState] = (),
    ) -> None:
        """Does what begins transfers again; asks first for the passwords that the earlier run has not kept.

        Args:
            act: What to do.
            sites: Whose transfers; None: those of all sites.
            concerns: Which of all sites' transfers begin again; a site that has none is not asked about.
        """
        missing = list(self._services.missing_logins())
        if missing:
            if sites is None:
                again = [transfer for transfer in self._queue.transfers() if transfer.state in concerns]
                sites = {label for transfer in again for label in transfer.sites}
            missing = [label for label in missing if label in sites]
        if missing:
            self._log_in_first(missing, act)
        else:
            act()

    @work(exclusive=True, group="log in")
    async def _log_in_first(self, sites: Sequence[str], act: Callable[[], None]) -> None:
        if await ask_logins(self.app, self._services, sites) == set(sites):
            act()

    # -- order

    def action_transfers_move_up(self) -> None:
        """See `transfers_move_up`."""
        self._move(self._queue.move_up)

    def action_transfers_move_down(self) -> None:
        """See `transfers_move_down`."""
        self._move(self._queue.move_down)

    def action_transfers_move_top(self) -> None:
        """See `transfers_move_top`."""
        self._move(self._queue.move_top)

    def _move(self, move: Callable[[int], None]) -> None:
        transfer = self._at_cursor()
        if transfer is not None and transfer.state in _WAITING:
            move(transfer.id)

    def action_transfers_higher(self) -> None:
        """See `transfers_higher`."""
        self._rank(-1)

    def action_transfers_lower(self) -> None:
        """See `transfers_lower`."""
        self._rank(1)

    def _rank(self, by: int) -> None:
        row = self.view.cursor
        if isinstance(row, BatchRow):
            self._queue.set_batch_priority(Priority.HIGH if by < 0 else Priority.LOW, row.batch)
            return
        transfer = self._at_cursor()
        if transfer is not None and not transfer.state.is_finished:
            priority = min(max(transfer.priority + by, Priority.HIGH), Priority.LOW)
            self._queue.set_priority(Priority(priority), transfer.id)

    # -- limits

    @work(exclusive=True, group="limit")
    async def action_transfers_limit(self) -> None:
        """See `transfers_limit`."""
        transfer = self._at_cursor()
        if transfer is None or transfer.state.is_finished:
            return
        from tuiftp.ui.transfers.limits_dialog import HELP, problem_with  # only needed when asked for

        lines = [quoted(transfer.name), HELP]
        typed = await self.app.push_screen_wait(
            Prompt(
                "Limit the speed", lines, value=format_rate(transfer.limit), ok="Limit", check=problem_with
            )
        )
        if typed is not None:
            self._queue.set_transfer_limit(transfer.id, parse_rate(typed))

    @work(exclusive=True, group="limit")
    async def action_transfers_limit_all(self) -> None:
        """See `transfers_limit_all`."""
        from tuiftp.ui.transfers.limits_dialog import Limits, LimitsDialog  # only needed when asked for

        totals = self._queue.totals()
        limits = await self.app.push_screen_wait(LimitsDialog(Limits(totals.down_limit, totals.up_limit)))
        if limits is not None:
            self._queue.set_limit(Direction.DOWNLOAD, limits.down)
            self._queue.set_limit(Direction.UPLOAD, limits.up)
            self._limits_changed()

    def _limits_changed(self) -> None:
        """Shows the limits that hold now."""
