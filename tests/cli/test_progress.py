"""The lines of a running command: one for each transfer, cut to the width, without a sign that a terminal obeys."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.panel_host import START, transfer
from tuiftp.cli.console import Console
from tuiftp.cli.progress import INTERVAL, Reporter, row, total
from tuiftp.events import EventBus
from tuiftp.protocol.text import cell_width, shown
from tuiftp.transfers.model import Direction, QueueTotals, Transfer, TransferChanged, TransferState

S = TransferState


def running(id: int = 1, name: str = "nightly/build.tar.gz", **more: Any) -> Transfer:
    values = {"size": 1000, "transferred": 630, "speed": 84.2e6, "eta": 8.2}
    return transfer(id, name, S.RUNNING, **(values | more))


def test_a_line_has_name_bar_share_speed_and_time_left() -> None:
    line = row(running(), 79)
    assert line.startswith("↓ nightly/build.tar.gz ")
    assert line.endswith("63%  84.2 MB/s    0:09")
    assert "█" in line
    assert row(running(direction=Direction.UPLOAD), 79)[0] == "↑"
    assert row(running(size=None), 79).endswith("630 B  84.2 MB/s")


def test_what_matters_less_goes_first_where_there_is_little_room() -> None:
    assert "█" not in row(running(), 55)
    assert row(running(), 55).endswith("0:09")
    assert row(running(), 36).endswith("84.2 MB/s")
    assert row(running(), 22).endswith("63%")


@given(st.text(), st.integers(1, 140), st.booleans())
def test_no_name_and_no_reason_gets_out_of_its_line(name: str, width: int, waits: bool) -> None:
    more = {"retry_in": 4, "error": name, "state": S.QUEUED} if waits else {}
    line = row(running(name=name or "x").changed(**more), width)
    assert cell_width(line) <= width
    assert shown(line) == line


def test_the_time_left_is_empty_or_tells_something() -> None:
    moving = QueueTotals(active=1, queued=12_000, down_speed=1e6, eta=90)
    assert total(moving, 3, 79) == "  1 active · 12,000 queued · 3 done  1.0 MB/s  1:30 left"
    assert total(QueueTotals(active=1), 0, 79).endswith("0 B/s")
    assert total(QueueTotals(active=1, eta=1e15, down_speed=1.0), 0, 79).endswith("– left")
    some = QueueTotals(active=1, queued=12_000, down_speed=1e6, eta=90, is_eta_least=True)
    assert total(some, 3, 79).endswith("1.0 MB/s  at least 1:30 left")
    assert row(running(eta=None, speed=0.0), 79).endswith("0 B/s")
    assert total(moving, 3, 20) == "  1 active · 12,000…"


def test_what_runs_and_what_waits_for_its_next_try_has_a_line() -> None:
    bus = EventBus()
    reporter = Reporter(Console(err=io.StringIO()), bus)
    for each in (
        *(running(id) for id in range(1, 20)),
        transfer(1, state=S.DONE, is_verified=True),
        transfer(2, state=S.QUEUED, retry_in=4, error="421 Too\x1b[2J many"),
    ):
        bus.publish(TransferChanged(each))
    lines = reporter.lines(QueueTotals(active=17), 79, 24)
    assert len(lines) == 9
    assert "again in 4 s: 421 Too␛[2J many" in lines[0]
    assert len(reporter.lines(QueueTotals(active=17), 79, 5)) == 4
    assert reporter.lines(QueueTotals(active=17), 79, 1)[-1].startswith("  17 active")


def test_what_nothing_could_be_compared_with_is_told_by_name_and_why() -> None:
    said, bus = io.StringIO(), EventBus()
    Reporter(Console(err=said), bus)
    bus.publish(TransferChanged(transfer(1, "a", state=S.DONE, is_verified=True)))
    bus.publish(TransferChanged(transfer(2, "b", state=S.DONE)))
    bus.publish(TransferChanged(transfer(3, "c", state=S.DONE, error="it may have been\x1b[2J cut")))
    assert "b: done, not verified: the server does not tell the size\n" in said.getvalue()
    assert "c: done, not verified: it may have been␛[2J cut\n" in said.getvalue()
    assert "a: " not in said.getvalue()


class Terminal(io.StringIO):
    """Pretends to be one."""

    def isatty(self) -> bool:
        return True


class SampledQueue:
    """Counts how often it is looked at."""

    samples = 0

    def sample(self) -> None:
        self.samples += 1

    def totals(self) -> QueueTotals:
        return QueueTotals()


async def test_it_is_drawn_at_most_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    turn = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 5:
            raise asyncio.CancelledError
        await turn(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    terminal, queue = Terminal(), SampledQueue()
    with pytest.raises(asyncio.CancelledError):
        await Reporter(Console(err=terminal), EventBus()).draw(queue)
    assert slept == [INTERVAL] * 5
    assert INTERVAL >= 0.1
    assert queue.samples == 5


def test_one_line_a_failure() -> None:
    bus, err = EventBus(), io.StringIO()
    console = Console(err=err)
    reporter = Reporter(console, bus)
    failed = transfer(1, "a\nb", S.FAILED, error="550 No\r\nsuch", hint="Refresh.", finished_at=START)
    bus.publish(TransferChanged(failed))
    bus.publish(TransferChanged(failed))
    assert err.getvalue() == "tuiftp: a␊b: 550 No␍␊such (Refresh.)\n"
    assert (console.failures, reporter.summary()) == (1, "0 files, 0 B, 1 failed")
