"""The bridge: a thousand events are one update, and silence costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from tests.ui.panel_host import NotingQueue, record, transfer
from tuiftp.events import EventBus
from tuiftp.ftp.events import ModeChanged, SessionChanged, SessionState, WireRecorded
from tuiftp.transfers.model import QueueTotals, Transfer, TransferChanged, TransfersRemoved, TransferState
from tuiftp.ui.bridge import PENDING_RECORDS, Bridge, Signals
from tuiftp.wirelog.records import WireRecord


class Bridged(App[None]):
    """An app that keeps what the signals bring."""

    def __init__(self) -> None:
        super().__init__()
        self.bus = EventBus()
        self.queue = NotingQueue()
        self.bridge = Bridge(Signals(self), self.bus, self.queue)
        self.records: list[Sequence[WireRecord]] = []
        self.transfers: list[Sequence[Transfer]] = []
        self.removed: list[Sequence[int]] = []
        self.sessions: list[SessionChanged] = []
        self.modes: list[ModeChanged] = []
        self.totals: list[QueueTotals] = []

    def on_mount(self) -> None:
        signals = self.bridge.signals
        signals.log_records.subscribe(self, self.records.append, immediate=True)
        signals.transfers.subscribe(self, self.transfers.append, immediate=True)
        signals.removed.subscribe(self, self.removed.append, immediate=True)
        signals.session.subscribe(self, self.sessions.append, immediate=True)
        signals.mode.subscribe(self, self.modes.append, immediate=True)
        signals.totals.subscribe(self, self.totals.append, immediate=True)
        self.bridge.start()


async def until(condition: Callable[[], Any]) -> None:
    """Waits, within a bound, for something that the clock brings."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come about")


async def test_a_thousand_events_are_one_update_with_the_last_state() -> None:
    app = Bridged()
    async with app.run_test():
        for number in range(1000):
            app.bus.publish(WireRecorded(record(f"line {number}")))
            app.bus.publish(TransferChanged(transfer(1 + number % 3, transferred=number)))
        await until(lambda: app.transfers)
        assert [len(records) for records in app.records] == [1000]
        assert [[each.transferred for each in changed] for changed in app.transfers] == [[999, 997, 998]]
        assert app.bridge.flushes == 1


async def test_records_beyond_the_bound_are_the_oldest_that_go() -> None:
    app = Bridged()
    async with app.run_test():
        for number in range(PENDING_RECORDS + 10):
            app.bus.publish(WireRecorded(record(f"line {number}")))
        await until(lambda: app.records)
        assert len(app.records[0]) == PENDING_RECORDS
        assert app.records[0][0].text == "line 10"


async def test_nothing_runs_while_nothing_happens() -> None:
    app = Bridged()
    async with app.run_test():
        app.bus.publish(WireRecorded(record("one")))
        await until(lambda: app.records)
        await asyncio.sleep(0)
        assert app.bridge._clock is None
        assert app.bridge.flushes == 1


async def test_the_clock_goes_on_while_transfers_move_and_stops_after() -> None:
    app = Bridged()
    async with app.run_test():
        app.queue.now = QueueTotals(active=1)
        app.bus.publish(TransferChanged(transfer(1, state=TransferState.RUNNING)))
        await until(lambda: app.bridge.flushes >= 3)
        assert app.queue.samples == app.bridge.flushes
        app.queue.now = QueueTotals(done=1)
        await until(lambda: app.bridge._clock is None)
        assert [totals.active for totals in app.totals] == [1, 0]


async def test_a_transfer_that_left_the_queue_is_not_told_as_changed() -> None:
    app = Bridged()
    async with app.run_test():
        app.bus.publish(TransferChanged(transfer(1)))
        app.bus.publish(TransferChanged(transfer(2)))
        app.bus.publish(TransfersRemoved((1,)))
        await until(lambda: app.removed)
        assert app.removed == [(1,)]
        assert [[each.id for each in changed] for changed in app.transfers] == [[2]]


async def test_session_changes_all_come_in_order_and_of_modes_the_last() -> None:
    app = Bridged()
    async with app.run_test():
        for state in (SessionState.CONNECTING, SessionState.CONNECTED):
            app.bus.publish(SessionChanged("ftp://x", 1, state, True))
        for summary in ("auto", "auto → passive (PASV)"):
            app.bus.publish(ModeChanged("ftp://x", summary))
        await until(lambda: app.modes)
        assert [change.state for change in app.sessions] == [SessionState.CONNECTING, SessionState.CONNECTED]
        assert [mode.summary for mode in app.modes] == ["auto → passive (PASV)"]


async def test_after_stop_nothing_comes() -> None:
    app = Bridged()
    async with app.run_test():
        app.bus.publish(WireRecorded(record("one")))
        app.bridge.stop()
        app.bus.publish(WireRecorded(record("two")))
        assert app.bridge._clock is None
        assert app.records == []
