"""The transfers panel: what runs, waits, is done or failed, with its keys and the queue's totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from tuiftp.protocol.rates import format_rate
from tuiftp.protocol.text import human_left, human_rate, shown
from tuiftp.transfers.model import Attempt, BatchScanned, QueueTotals, StoreTrouble, Transfer, TransferState
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.services import Services
from tuiftp.ui.transfers.actions import TransferActions
from tuiftp.ui.transfers.log_links import LogAsked
from tuiftp.ui.transfers.row_model import BatchRow, Filter, Row
from tuiftp.ui.transfers.rows import Span, compose
from tuiftp.ui.transfers.throughput_line import ThroughputLine
from tuiftp.ui.transfers.view import TransfersView

if TYPE_CHECKING:
    from tuiftp.wirelog.findings import Finding

_PROBLEMS_TOLD = 3
_CURVE_FROM = 8
"""Lines of the panel from which there is room for the curve."""


class TransfersPanel(TransferActions):
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
        super().__init__(services, id=id)
        self._scans: dict[int, BatchScanned] = {}
        self._held: frozenset[str] = frozenset()
        self.border_title = Content("Transfers")

    def compose(self) -> ComposeResult:
        """Lays out the rows, and the curve under them."""
        yield TransfersView(composer=self._compose_row, batch=self._queue.batch)
        yield ThroughputLine()

    def on_mount(self) -> None:
        """Takes the queue as it stands, and listens for what changes."""
        signals = self._services.signals
        signals.transfers.subscribe(self, self.take)
        signals.removed.subscribe(self, self.reload)
        signals.reordered.subscribe(self, self.reorder)
        signals.totals.subscribe(self, self.show_totals)
        signals.scans.subscribe(self, self.show_scans)
        signals.trouble.subscribe(self, self.tell_trouble)
        signals.findings.subscribe(self, lambda _: self.view.refresh())
        self.reload(None)
        self.show_totals(self._queue.totals())

    def on_resize(self) -> None:
        """Says as much in the border as there is room for."""
        self.show_totals(self._queue.totals())

    def _compose_row(self, transfer: Transfer, width: int) -> list[Span]:
        found = self._finding_of(transfer)
        return compose(transfer, width, finding=f"{found.code} {found.title}" if found else "")

    def _finding_of(self, transfer: Transfer) -> Finding | None:
        """What the diagnosis says of a transfer that has failed."""
        if transfer.state is not TransferState.FAILED:
            return None
        attempts = self._queue.attempts_log(transfer.id)
        if not attempts:
            return None
        findings = self._services.findings
        return next(filter(None, (findings.of_attempt(attempts[-1], site) for site in transfer.sites)), None)

    # -- what comes in

    def take(self, transfers: Sequence[Transfer]) -> None:
        """Takes changed and new transfers."""
        self.view.update(transfers)

    def reload(self, _: object) -> None:
        """Takes the whole queue anew: something has left it."""
        self.view.replace(self._queue.transfers())

    def reorder(self, swaps: Sequence[tuple[int, int]]) -> None:
        """Takes another order of the queue: pairs that changed places, or all of it."""
        if swaps:
            self.view.reorder(swaps)
        else:
            self.reload(None)

    def tell_trouble(self, trouble: StoreTrouble) -> None:
        """Says that the queue cannot be kept for the next run."""
        self.notify(shown(trouble.message), title="Transfers", severity="warning", markup=False)

    def show_totals(self, totals: QueueTotals) -> None:
        """Says in the border how much there is, how fast it goes and how long it takes."""
        ways = (("↓", totals.down_speed, totals.down_limit), ("↑", totals.up_speed, totals.up_limit))
        rates = [
            f"{sign} {human_rate(speed)}" + (f" of {format_rate(limit)}" if limit else "")
            for sign, speed, limit in ways
            if speed >= 1 or limit
        ]
        self.border_title = Content("  ".join(["Transfers", *rates]))
        self.border_subtitle = self._subtitle(totals)
        self._tell_holds(totals)
        self.view.refresh_batches()
        width = self.size.width if self.size.height >= _CURVE_FROM else 0
        self.query_one(ThroughputLine).take(self._queue.throughput() if width else (), width=width)

    def _limits_changed(self) -> None:
        self.show_totals(self._queue.totals())

    def _tell_holds(self, totals: QueueTotals) -> None:
        """Says once why a side of the queue is held."""
        held = frozenset(hold.reason for hold in totals.holds)
        for reason in held - self._held:
            self.notify(f"{shown(reason)}\nP goes on", title="Held", severity="warning", markup=False)
        self._held = held

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
        if totals.is_paused or totals.holds:
            parts.insert(0, Content.styled("held, P goes on", "$wire-warning"))
        if self.view.list.filter is not Filter.ALL:
            parts.insert(0, Content.styled(f"only {self.view.list.filter}, v shows others", "$wire-warning"))
        if self._scans:
            files = sum(scan.files for scan in self._scans.values())
            parts.append(Content(f"reading, {files:,} files…"))
        text = Content(" · ").join(parts)
        if totals.active and (left := human_left(totals.eta)):
            text += Content(f"  ──  {'at least ' if totals.is_eta_least else ''}{left} left")
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
        """See `transfers_up`."""
        self.view.move_cursor(-1)

    def action_transfers_down(self) -> None:
        """See `transfers_down`."""
        self.view.move_cursor(1)

    def action_transfers_page_up(self) -> None:
        """See `transfers_page_up`."""
        self.view.move_page(-1)

    def action_transfers_page_down(self) -> None:
        """See `transfers_page_down`."""
        self.view.move_page(1)

    def action_transfers_first(self) -> None:
        """See `transfers_first`."""
        self.view.put_cursor(0)

    def action_transfers_last(self) -> None:
        """See `transfers_last`."""
        self.view.put_cursor(len(self.view.list) - 1)

    def action_transfers_running(self) -> None:
        """See `transfers_running`."""
        self.view.go_to_running()

    def action_transfers_next_failed(self) -> None:
        """See `transfers_next_failed`."""
        self.view.go_to_failed()

    # -- what is shown

    def action_transfers_group(self) -> None:
        """See `transfers_group`."""
        self.view.group(not self.view.list.is_grouped)

    def action_transfers_fold(self) -> None:
        """See `transfers_fold`."""
        self.view.fold(True)

    def action_transfers_unfold(self) -> None:
        """See `transfers_unfold`."""
        self.view.fold(False)

    def action_transfers_filter(self) -> None:
        """See `transfers_filter`."""
        self.view.show(self.view.list.filter.following)
        self.border_subtitle = self._subtitle(self._queue.totals())

    def action_transfers_history(self) -> None:
        """See `transfers_history`."""
        from tuiftp.ui.transfers.history_screen import HistoryScreen  # only needed when asked for

        self.app.push_screen(HistoryScreen(self._queue))

    # -- one transfer

    def action_transfers_details(self) -> None:
        """See `transfers_details`."""
        if (row := self.view.cursor) is not None:
            self._open(row)

    @on(TransfersView.Opened)
    def _opened(self, event: TransfersView.Opened) -> None:
        event.stop()
        self._open(event.row)

    def _open(self, row: Row) -> None:
        from tuiftp.ui.dialogs.details import DetailsScreen
        from tuiftp.ui.transfers.attempts_screen import AttemptsScreen  # only needed when asked for
        from tuiftp.ui.transfers.details import batch_details_of, details_of

        if isinstance(row, BatchRow):
            if (batch := self._queue.batch(row.batch)) is not None:
                self.app.push_screen(DetailsScreen("Batch", batch_details_of(batch)))
            return
        transfer, attempts = self._now(row), self._queue.attempts_log(row.id)
        details = details_of(transfer)
        from tuiftp.ui.diagnosis.findings_index import finding_details  # only needed when asked for

        if (finding := self._finding_of(transfer)) is not None:
            details += finding_details(finding)
        self.app.push_screen(AttemptsScreen("Transfer", details, attempts), self._ask_log)

    def _ask_log(self, attempt: Attempt | None) -> None:
        if attempt is not None and attempt.conn is not None:
            self.post_message(LogAsked(attempt))

    def action_transfers_log(self) -> None:
        """See `transfers_log`."""
        if (transfer := self._at_cursor()) is None:
            return
        attempts = [each for each in self._queue.attempts_log(transfer.id) if each.conn is not None]
        if attempts:
            self._ask_log(attempts[-1])
        else:
            self.notify("It has had no connection in this run.", markup=False)

    def go_to(self, id: int) -> bool:
        """Puts the cursor on a transfer; returns whether it is still in the queue."""
        transfer = self._queue.get(id)
        if transfer is None:
            return False
        key = (transfer.batch, transfer.id)
        if not self.view.go_to(key):
            self.view.show(Filter.ALL)
            self.border_subtitle = self._subtitle(self._queue.totals())
            return self.view.go_to(key)
        return True
