"""The transfers panel: what runs, waits, is done or failed, with its keys and the queue's totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from tuiftp.protocol.text import human_duration, human_rate, shown
from tuiftp.transfers.model import BatchScanned, QueueTotals, Transfer, TransferState
from tuiftp.ui.commands import Scope, bindings
from tuiftp.ui.screens.details import DetailsScreen
from tuiftp.ui.services import Services
from tuiftp.ui.widgets.transfer_details import details_of
from tuiftp.ui.widgets.transfers_view import TransfersView

_PROBLEMS_TOLD = 3
_WAITING = (TransferState.QUEUED, TransferState.PAUSED)
_AGAIN = (TransferState.FAILED, TransferState.CANCELLED, TransferState.SKIPPED)


class TransfersPanel(Vertical):
    """Shows the queue and hands it what the user wants."""

    DEFAULT_CSS = """
    TransfersPanel {
        background: $surface;
        border: round $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        border-subtitle-align: left;
        padding: 0 0 0 1;

        &:focus-within { border: round $border; border-title-color: $primary; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.TRANSFERS)]

    def __init__(self, services: Services, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._services = services
        self._queue = services.queue
        self._scans: dict[int, BatchScanned] = {}
        self.border_title = Content("Transfers")

    def compose(self) -> ComposeResult:
        """Lays out the rows."""
        yield TransfersView()

    @property
    def view(self) -> TransfersView:
        """The rows."""
        return self.query_one(TransfersView)

    def on_mount(self) -> None:
        """Takes the queue as it stands, and listens for what changes."""
        signals = self._services.signals
        signals.transfers.subscribe(self, self.take)
        signals.removed.subscribe(self, self.reload)
        signals.reordered.subscribe(self, self.reload)
        signals.totals.subscribe(self, self.show_totals)
        signals.scans.subscribe(self, self.show_scans)
        self.reload(None)
        self.show_totals(self._queue.totals())

    def on_resize(self) -> None:
        """Says as much in the border as there is room for."""
        self.border_subtitle = self._subtitle(self._queue.totals())

    # -- what comes in

    def take(self, transfers: Sequence[Transfer]) -> None:
        """Takes changed and new transfers."""
        self.view.update(transfers)

    def reload(self, _: object) -> None:
        """Takes the whole queue anew: something has left it, or its order is another."""
        self.view.replace(self._queue.transfers())

    def show_totals(self, totals: QueueTotals) -> None:
        """Says in the border how much there is, how fast it goes and how long it takes."""
        rates = [f"↓ {human_rate(totals.down_speed)}"] if totals.down_speed >= 1 else []
        rates += [f"↑ {human_rate(totals.up_speed)}"] if totals.up_speed >= 1 else []
        self.border_title = Content("  ".join(["Transfers", *rates]))
        self.border_subtitle = self._subtitle(totals)

    def _subtitle(self, totals: QueueTotals) -> Content:
        """The numbers, as many as there is room for: what is done is the first that can go."""
        room = self.size.width - 6
        whole = self._numbers(totals, with_done=True)
        return whole if whole.cell_length <= room else self._numbers(totals, with_done=False)

    def _numbers(self, totals: QueueTotals, *, with_done: bool) -> Content:
        counts = [
            (totals.active, "active", ""), (totals.queued, "queued", ""), (totals.paused, "paused", ""),
            (totals.failed, "failed", "$transfer-failed"), (totals.done if with_done else 0, "done", ""),
        ]  # fmt: skip
        parts = [Content.styled(f"{count:,} {name}", style) for count, name, style in counts if count]
        if totals.is_paused:
            parts.insert(0, Content.styled("held, P goes on", "$wire-warning"))
        if self._scans:
            files = sum(scan.files for scan in self._scans.values())
            parts.append(Content(f"reading, {files:,} files…"))
        text = Content(" · ").join(parts)
        if totals.eta is not None and totals.active:
            text += Content(f"  ──  {human_duration(totals.eta)} left")
        return text

    def show_scans(self, scans: Sequence[BatchScanned]) -> None:
        """Says that trees are being read, as long as they are."""
        for scan in scans:
            if scan.is_complete:
                self._scans.pop(scan.batch, None)
                self._tell_problems(scan.problems)
            else:
                self._scans[scan.batch] = scan
        self.border_subtitle = self._subtitle(self._queue.totals())

    def _tell_problems(self, problems: Sequence[str]) -> None:
        if problems:
            lines = [shown(problem) for problem in problems[:_PROBLEMS_TOLD]]
            if len(problems) > _PROBLEMS_TOLD:
                lines.append(f"… and {len(problems) - _PROBLEMS_TOLD:,} more")
            self.notify("\n".join(lines), title="Not everything is queued", severity="warning", markup=False)

    # -- moving

    def action_transfers_up(self) -> None:
        """See `TransfersUp`."""
        self.view.move_cursor(-1)

    def action_transfers_down(self) -> None:
        """See `TransfersDown`."""
        self.view.move_cursor(1)

    def action_transfers_page_up(self) -> None:
        """See `TransfersPageUp`."""
        self.view.move_page(-1)

    def action_transfers_page_down(self) -> None:
        """See `TransfersPageDown`."""
        self.view.move_page(1)

    def action_transfers_first(self) -> None:
        """See `TransfersFirst`."""
        self.view.put_cursor(0)

    def action_transfers_last(self) -> None:
        """See `TransfersLast`."""
        self.view.put_cursor(len(self.view.list) - 1)

    def action_transfers_running(self) -> None:
        """See `TransfersRunning`."""
        self.view.go_to_running()

    def action_transfers_next_failed(self) -> None:
        """See `TransfersNextFailed`."""
        self.view.go_to_failed()

    # -- one transfer

    def action_transfers_details(self) -> None:
        """See `TransfersDetails`."""
        if (transfer := self.view.cursor) is not None:
            self._open(transfer)

    @on(TransfersView.Opened)
    def _opened(self, event: TransfersView.Opened) -> None:
        event.stop()
        self._open(event.transfer)

    def _open(self, transfer: Transfer) -> None:
        self.app.push_screen(DetailsScreen("Transfer", details_of(self._now(transfer))))

    def action_transfers_pause(self) -> None:
        """See `TransfersPause`."""
        if (transfer := self._at_cursor()) is None:
            return
        if transfer.state is TransferState.PAUSED:
            self._queue.resume(transfer.id)
        elif not transfer.state.is_finished:
            self._queue.pause(transfer.id)

    def action_transfers_cancel(self) -> None:
        """See `TransfersCancel`."""
        transfer = self._at_cursor()
        if transfer is not None and not transfer.state.is_finished:
            self._queue.cancel(transfer.id)

    def action_transfers_retry(self) -> None:
        """See `TransfersRetry`."""
        transfer = self._at_cursor()
        if transfer is not None and transfer.state in _AGAIN:
            self._queue.retry(transfer.id)

    def action_transfers_move_up(self) -> None:
        """See `TransfersMoveUp`."""
        self._move(self._queue.move_up)

    def action_transfers_move_down(self) -> None:
        """See `TransfersMoveDown`."""
        self._move(self._queue.move_down)

    def action_transfers_move_top(self) -> None:
        """See `TransfersMoveTop`."""
        self._move(self._queue.move_top)

    def _move(self, move: Callable[[int], None]) -> None:
        transfer = self._at_cursor()
        if transfer is not None and transfer.state in _WAITING:
            move(transfer.id)

    def _at_cursor(self) -> Transfer | None:
        """The transfer under the cursor, as the queue knows it this moment."""
        transfer = self.view.cursor
        return None if transfer is None else self._now(transfer)

    def _now(self, transfer: Transfer) -> Transfer:
        return self._queue.get(transfer.id) or transfer

    # -- the whole queue

    def action_transfers_pause_all(self) -> None:
        """See `TransfersPauseAll`."""
        if self._queue.totals().is_paused:
            self._queue.resume_all()
        else:
            self._queue.pause_all()

    def action_transfers_retry_failed(self) -> None:
        """See `TransfersRetryFailed`."""
        self._queue.retry_failed()

    def action_transfers_clear(self) -> None:
        """See `TransfersClear`."""
        self._queue.clear_finished()
