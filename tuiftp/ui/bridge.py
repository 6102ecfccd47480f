"""The bridge: engine events in, Textual Signals out, at most ten times a second.

A thousand engine events become one update: the last state of each transfer, the newest log records. When
nothing happens nothing runs: the first event after a silence is handed on at once and starts the clock, and
the clock goes on only while transfers move.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from textual.dom import DOMNode
from textual.signal import Signal

from tuiftp.events import EventBus
from tuiftp.ftp.events import FindingArose, ModeChanged, SessionChanged, WireRecorded
from tuiftp.transfers.model import (
    BatchFinished,
    BatchScanned,
    OrderChanged,
    QueueFinished,
    QueueTotals,
    StoreTrouble,
    Transfer,
    TransferChanged,
    TransfersRemoved,
)  # fmt: skip
from tuiftp.wirelog.records import WireRecord

INTERVAL = 0.1
"""Seconds between two updates of the screen."""
PENDING_SWAPS = 1000
"""Pairs of transfers that changed places, kept between two updates."""
PENDING_RECORDS = 5000
"""Log records kept between two updates: no panel shows more, so older ones can go."""


class Signals:
    """What widgets subscribe to, in `on_mount`: `signals.totals.subscribe(self, self.show_totals)`."""

    def __init__(self, owner: DOMNode) -> None:
        self.log_records: Signal[Sequence[WireRecord]] = Signal(owner, "log-records")
        """Log records since the last update, oldest first."""
        self.transfers: Signal[Sequence[Transfer]] = Signal(owner, "transfers")
        """Transfers added or changed since the last update, the last state of each."""
        self.removed: Signal[Sequence[int]] = Signal(owner, "transfers-removed")
        """Ids of transfers that have left the queue."""
        self.reordered: Signal[Sequence[tuple[int, int]]] = Signal(owner, "transfers-reordered")
        """Pairs of transfers that changed places, in turn; none: ask the queue for the whole order."""
        self.scans: Signal[Sequence[BatchScanned]] = Signal(owner, "batches-scanned")
        """Trees being read, the last state of each batch."""
        self.batches: Signal[Sequence[BatchFinished]] = Signal(owner, "batches-finished")
        """Batches that ended: their target directories may have changed."""
        self.finished: Signal[QueueFinished] = Signal(owner, "queue-finished")
        """All that was queued has ended."""
        self.trouble: Signal[StoreTrouble] = Signal(owner, "store-trouble")
        """The queue cannot be kept for the next run at present."""
        self.totals: Signal[QueueTotals] = Signal(owner, "totals")
        """The queue in numbers, whenever they are others."""
        self.session: Signal[SessionChanged] = Signal(owner, "session")
        """Each change of a session's state, in order."""
        self.findings: Signal[Sequence[FindingArose]] = Signal(owner, "findings")
        """What the diagnosis has found since the last update."""
        self.mode: Signal[ModeChanged] = Signal(owner, "mode")
        """Another way of opening data connections is used."""


class QueueCounters(Protocol):
    """What the bridge asks of the transfer queue at each update."""

    def sample(self) -> None:
        """Reads the counters of what runs and publishes what moved."""
        ...

    def totals(self) -> QueueTotals:
        """The queue in numbers; cheap."""
        ...


class Bridge:
    """Listens on the bus from `start` to `stop`, and publishes `signals` in time steps."""

    def __init__(self, signals: Signals, bus: EventBus, queue: QueueCounters) -> None:
        self.signals = signals
        """What widgets subscribe to."""
        self.flushes = 0
        """How many updates there were: idle means that this stands still."""
        self._bus = bus
        self._queue = queue
        self._ends: list[Callable[[], None]] = []
        self._context: contextvars.Context | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._last_flush = 0.0
        self._records: deque[WireRecord] = deque(maxlen=PENDING_RECORDS)
        self._transfers: dict[int, Transfer] = {}
        self._removed: list[int] = []
        self._swaps: list[tuple[int, int]] | None = []
        self._finished: QueueFinished | None = None
        self._trouble: StoreTrouble | None = None
        self._scans: dict[int, BatchScanned] = {}
        self._batches: list[BatchFinished] = []
        self._sessions: list[SessionChanged] = []
        self._mode: ModeChanged | None = None
        self._findings: list[FindingArose] = []
        self._totals = QueueTotals()

    @property
    def totals(self) -> QueueTotals:
        """The numbers that were published last."""
        return self._totals

    def start(self) -> None:
        """Begins to listen. Must be called inside the app, whose context the updates run in."""
        self._context = contextvars.copy_context()
        listen = self._bus.subscribe
        self._ends = [
            listen(WireRecorded, self._on_record),
            listen(TransferChanged, self._on_transfer),
            listen(TransfersRemoved, self._on_removed),
            listen(OrderChanged, self._on_reordered),
            listen(BatchScanned, self._on_scan),
            listen(BatchFinished, self._on_batch),
            listen(QueueFinished, self._on_finished),
            listen(StoreTrouble, self._on_trouble),
            listen(SessionChanged, self._on_session),
            listen(ModeChanged, self._on_mode),
            listen(FindingArose, self._on_finding),
        ]

    def stop(self) -> None:
        """Ends listening; nothing is published after it."""
        while self._ends:
            self._ends.pop()()
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _on_record(self, event: WireRecorded) -> None:
        self._records.append(event.record)
        self._wake()

    def _on_transfer(self, event: TransferChanged) -> None:
        self._transfers[event.transfer.id] = event.transfer
        self._wake()

    def _on_removed(self, event: TransfersRemoved) -> None:
        for id in event.ids:
            self._transfers.pop(id, None)
        self._removed.extend(event.ids)
        self._wake()

    def _on_reordered(self, event: OrderChanged) -> None:
        # Beyond some number the whole order is had more cheaply.
        if not event.swaps or self._swaps is None or len(self._swaps) > PENDING_SWAPS:
            self._swaps = None
        else:
            self._swaps.extend(event.swaps)
        self._wake()

    def _on_finished(self, event: QueueFinished) -> None:
        self._finished = event
        self._wake()

    def _on_trouble(self, event: StoreTrouble) -> None:
        self._trouble = event
        self._wake()

    def _on_scan(self, event: BatchScanned) -> None:
        self._scans[event.batch] = event
        self._wake()

    def _on_batch(self, event: BatchFinished) -> None:
        self._batches.append(event)
        self._wake()

    def _on_session(self, event: SessionChanged) -> None:
        self._sessions.append(event)
        self._wake()

    def _on_mode(self, event: ModeChanged) -> None:
        self._mode = event
        self._wake()

    def _on_finding(self, event: FindingArose) -> None:
        self._findings.append(event)
        self._wake()

    def _wake(self) -> None:
        if self._clock is not None or not self._ends:
            return
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._last_flush + INTERVAL)
        self._clock = loop.call_at(at, self._flush, context=self._context)

    def _flush(self) -> None:
        """Hands on what has gathered, then goes on ticking only while something moves."""
        self.flushes += 1
        self._queue.sample()  # what it publishes belongs to this very update, and must not start the clock
        self._clock = None
        self._last_flush = asyncio.get_running_loop().time()
        self._publish_transfers()
        self._publish_sessions()
        if self._records:
            records = tuple(self._records)
            self._records.clear()
            self.signals.log_records.publish(records)
        if self._findings:
            findings, self._findings = tuple(self._findings), []
            self.signals.findings.publish(findings)
        totals = self._queue.totals()
        if totals != self._totals:
            self._totals = totals
            self.signals.totals.publish(totals)
        self._publish_queue_state()
        if totals.active:
            self._wake()

    def _publish_transfers(self) -> None:
        if self._transfers:
            changed = tuple(self._transfers.values())
            self._transfers = {}
            self.signals.transfers.publish(changed)
        if self._removed:
            removed, self._removed = tuple(self._removed), []
            self.signals.removed.publish(removed)
        if self._swaps != []:
            swaps, self._swaps = self._swaps, []
            self.signals.reordered.publish(tuple(swaps or ()))
        if self._scans:
            scans = tuple(self._scans.values())
            self._scans = {}
            self.signals.scans.publish(scans)
        if self._batches:
            batches, self._batches = tuple(self._batches), []
            self.signals.batches.publish(batches)

    def _publish_queue_state(self) -> None:
        finished, self._finished = self._finished, None
        if finished is not None:
            self.signals.finished.publish(finished)
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            self.signals.trouble.publish(trouble)

    def _publish_sessions(self) -> None:
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            self.signals.session.publish(session)
        if self._mode is not None:
            mode, self._mode = self._mode, None
            self.signals.mode.publish(mode)
