"""The transfers panel by batch: totals, folds, filters, priorities, limits, countdowns, curve and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Input

from tests.ui.hosts import text_of
from tests.ui.panel_host import START, NotingQueue, PanelHost, lines_of, transfer, until
from tuiftp.protocol.text import cell_width
from tuiftp.transfers.model import (
    BatchOverview,
    BatchState,
    Direction,
    Finished,
    Hold,
    QueueTotals,
    StoreTrouble,
    Transfer,
    TransferState,
)
from tuiftp.ui.dialogs.basic import Confirm, Prompt
from tuiftp.ui.dialogs.details import DetailsScreen
from tuiftp.ui.transfers.batch_rows import compose_batch
from tuiftp.ui.transfers.history_screen import HistoryList, HistoryScreen, compose_finished, summary_of
from tuiftp.ui.transfers.limits_dialog import LimitsDialog
from tuiftp.ui.transfers.panel import TransfersPanel
from tuiftp.ui.transfers.rows import compose
from tuiftp.ui.transfers.throughput_line import BARS, ThroughputLine, bars, compose_curve
from tuiftp.ui.transfers.view import TransfersView

S = TransferState
SIZE = (80, 12)


def overview(id: int = 1, state: BatchState = BatchState.RUNNING, **more: object) -> BatchOverview:
    batch = BatchOverview(
        id, "nightly and 3 more", Direction.DOWNLOAD, "ftp://demo@host", "Local", "/home/me", state, files=340,
        done=11,
        failed=2, skipped=1, waiting=326, size=3_400_000_000, transferred=1_200_000_000, running=3,
        left=2_200_000_000, begun=2, begun_bytes=18_000_000, speed=147_000.0, eta=42.0,
    )  # fmt: skip
    return replace(batch, **more)  # type: ignore[arg-type]


def of_batch(id: int, batch: int, state: S = S.QUEUED) -> Transfer:
    return transfer(id, state=state).changed(batch=batch)


def host(*transfers: Transfer) -> PanelHost:
    queue = NotingQueue(transfers or [of_batch(1, 1, S.RUNNING), of_batch(2, 2, S.FAILED), of_batch(3, 1)])
    queue.batches = {1: overview(), 2: overview(2, BatchState.FAILED, title="docs", waiting=0, failed=1)}
    return PanelHost(TransfersPanel, queue=queue)


def view(app: PanelHost) -> TransfersView:
    return app.query_one(TransfersView)


def text(batch: BatchOverview | None, width: int = 78, *, folded: bool = False) -> str:
    return "".join(piece for _, piece in compose_batch(batch, folded, width)).rstrip()


def test_a_batch_tells_how_far_it_is_and_what_failed() -> None:
    assert text(overview()).endswith("  ✗ 2  14 of 340  35 %  1.20 GB of 3.40 GB   147 kB/s   0:42")
    assert text(overview(), 53).endswith("  2 failed  14/340 35 % 147 kB/s 0:42")
    assert text(overview(files=10_003), 53).endswith("  ✗ 2  9,677/10,003 35 % 147 kB/s 0:42")
    whole = "  2 failed  14 of 340 files  35 %  1.20 GB of 3.40 GB   147 kB/s   0:42"
    assert text(overview(), 130).endswith(whole)
    left_out = overview(skipped=100, left=0, waiting=0, state=BatchState.RUNNING, speed=0.0, running=0)
    assert "100 skipped" in text(left_out, 130)
    assert text(overview(), 130).startswith("▾ ↓ nightly and 3 more")
    assert text(overview(direction=Direction.UPLOAD), folded=True).startswith("▸ ↑ ")
    done = overview(state=BatchState.DONE, done=340, failed=0, skipped=0, waiting=0)
    assert text(done).endswith("done 340 files  1.20 GB")
    assert "reading…" in text(overview(state=BatchState.SCANNING))
    assert "paused" in text(overview(state=BatchState.PAUSED))
    assert text(None) == "▾ batch"


@pytest.mark.parametrize(
    "title", ["\x1b[31mred\x07", "[@click=app.bell]x[/]", "\u202egnp", "リ" * 5000], ids=range(4)
)
@pytest.mark.parametrize("width", [24, 44, 78, 120])
def test_a_hostile_title_is_literal_and_cut(title: str, width: int) -> None:
    line = text(overview(title=title), width)
    assert cell_width(line) <= width
    assert line.isprintable()


async def test_b_groups_and_arrows_fold() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("b")
        lines = [line[:10] for line in lines_of(view(app))[:5]]
        assert lines == ["▾ ↓ nightl", "  ↓ file-1", "  · file-3", "▾ ↓ docs  ", "  ✗ file-2"]
        await pilot.press("down", "left")  # from a transfer to its batch, folded
        assert [line[:7] for line in lines_of(view(app))[:3]] == ["▸ ↓ nig", "▾ ↓ doc", "  ✗ fil"]
        await pilot.press("p", "right", "down", "down", "down", "r", "b")
        assert app.queue.calls == ["pause_batch 1", "retry_batch 2"]
        lines = [line[:7] for line in lines_of(view(app))[:4]]
        assert lines == ["▸ ↓ nig", "↓ file-", "✗ file-", "· file-"]


async def test_keys_act_on_a_batch_and_cancelling_asks() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("b", "home", "plus", "minus", "c")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "326 transfers would end" in text_of(app)
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        await pilot.press("c", "y")
        await until(pilot, lambda: "cancel_batch 1" in app.queue.calls)
        assert app.queue.calls == ["set_batch_priority 0 1", "set_batch_priority 2 1", "cancel_batch 1"]
        app.queue.batches[1] = overview(state=BatchState.PAUSED)
        await pilot.press("p", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        assert "11 done, 2 failed, 1 skipped, 326 to do" in text_of(app)
        assert app.queue.calls[-1] == "resume_batch 1"


async def test_cancelling_asks_only_where_something_would_be_lost() -> None:
    begun = transfer(1, "a.iso", S.RUNNING, size=2_150_000_000, transferred=18_000_000)
    app = PanelHost(TransfersPanel, queue=NotingQueue([begun, of_batch(2, 2)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "18.0 MB of 2.15 GB" in text_of(app))
        assert "a.iso" in text_of(app)
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.queue.calls == []
        await pilot.press("c", "y")
        await until(pilot, lambda: app.queue.calls == ["cancel 1"])
        await pilot.press("down", "c")
        assert app.queue.calls == ["cancel 1", "cancel 2"]


async def test_cancelling_a_batch_names_what_would_be_lost_in_all() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("home", "c")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "18.0 MB of 2 files, here already, would be thrown away." in text_of(app)
        await pilot.press("escape")
        app.queue.batches[1] = overview(waiting=1, begun=0, begun_bytes=0)
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        await pilot.press("c")
        assert app.queue.calls == ["cancel_batch 1"]


async def test_clearing_asks_where_parts_of_what_failed_would_be_lost() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.queue.now = QueueTotals(failed=2, failed_begun=1, failed_bytes=18_000_000)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "18.0 MB" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.queue.calls == []
        await pilot.press("x", "y")
        await until(pilot, lambda: app.queue.calls == ["clear_finished"])


async def test_v_shows_others_and_says_so() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        seen = []
        for _ in range(5):
            await pilot.press("v")
            seen.append(lines_of(view(app))[0][:9].strip())
        assert seen == ["↓ file-1.", "· file-3.", "✗ file-2.", "Nothing h", "▸ ↓ night"]
        await pilot.press("v")
        await until(pilot, lambda: "only active, v shows others" in text_of(app))
        app.services.signals.transfers.publish([of_batch(1, 1, S.DONE)])
        await until(pilot, lambda: lines_of(view(app))[0].startswith("Nothing here is active"))


@pytest.mark.parametrize(
    ("state", "key", "call"),
    [
        (S.QUEUED, "plus", "set_priority 0 1"), (S.PAUSED, "minus", "set_priority 2 1"),
        (S.DONE, "plus", ""), (S.QUEUED, "N", "retry_now"),
    ],
)  # fmt: skip
async def test_priorities_and_trying_now(state: S, key: str, call: str) -> None:
    app = host(transfer(1, state=state))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        assert app.queue.calls == ([call] if call else [])


async def test_a_countdown_shows_its_key() -> None:
    waiting = transfer(1, state=S.QUEUED, retry_in=12, error="421 Too many")
    line = "".join(piece for _, piece in compose(waiting, 78))
    assert line.rstrip().endswith("again in 12 s, N now  421 Too many")
    app = host(waiting)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("N")
        assert app.queue.calls == ["retry_now 1"]


def test_a_priority_stands_beside_the_sign() -> None:
    for priority, sign in ((0, "·▲"), (1, "· "), (2, "·▼")):
        assert "".join(text for _, text in compose(transfer(1, priority=priority), 78)).startswith(sign)


async def test_limits_are_asked_for_and_wrong_ones_told() -> None:
    app = host(transfer(1, state=S.RUNNING, limit=2_000_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, Prompt) and bool(app.screen.query(Input)))
        field = app.screen.query_one(Input)
        assert field.value == "2M"
        field.value = "fast"
        await pilot.press("enter")
        await until(pilot, lambda: "is no speed" in text_of(app))
        field.value = "500k"
        await pilot.press("enter")
        await until(pilot, lambda: app.queue.calls == ["set_transfer_limit 1 500000"])
        app.queue.now = QueueTotals(down_limit=1_000_000)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LimitsDialog) and bool(app.screen.query("#up")))
        assert app.screen.query_one("#down", Input).value == "1M"
        app.screen.query_one("#down", Input).value = ""
        app.screen.query_one("#up", Input).value = "1.5 MB/s"
        await pilot.press("enter")
        await until(pilot, lambda: len(app.queue.calls) == 3)
        assert app.queue.calls[1:] == ["set_limit download None", "set_limit upload 1500000"]


async def test_the_border_tells_limits_and_no_absurd_time() -> None:
    app = host()
    async with app.run_test(size=SIZE):
        panel = app.query_one(TransfersPanel)
        panel.show_totals(QueueTotals(active=1, down_speed=1.9e6, down_limit=2_000_000, eta=1e12))
        assert str(panel.border_title) == "Transfers  ↓ 1.9 MB/s of 2M"
        assert str(panel.border_subtitle) == "1 active  ──  – left"
        panel.show_totals(QueueTotals(active=1, eta=None))
        assert str(panel.border_subtitle) == "1 active"


async def test_a_held_side_and_a_store_in_trouble_are_told_once() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        held = QueueTotals(queued=3, holds=(Hold("downloads are held: disk full", Direction.DOWNLOAD, None),))
        panel = app.query_one(TransfersPanel)
        panel.show_totals(held)
        panel.show_totals(held)
        panel.tell_trouble(StoreTrouble("cannot be stored: \x1b[2J"))
        await until(pilot, lambda: len(app._notifications) == 2)
        messages = [notice.message for notice in app._notifications]
        assert messages == ["downloads are held: disk full\nP goes on", "cannot be stored: ␛[2J"]
        assert "held, P goes on" in str(panel.border_subtitle)
        app.queue.now = held
        await pilot.press("P")
        assert app.queue.calls == ["resume_all"]


def test_bars_are_as_high_as_what_moved() -> None:
    assert bars([], 3) == "   "
    assert bars([0, 0], 3) == "   "
    assert bars([1, 4, 8, 0], 6) == "  ▁▄█ "
    assert bars(list(range(1, 9)), 8) == BARS
    assert bars([9, 1, 1], 2) == "██"


@pytest.mark.parametrize("width", [1, 5, 20, 40, 76])
def test_a_curve_is_never_wider_than_its_line(width: int) -> None:
    both = compose_curve([(5_000_000, 0), (0, 30), (900, 900)] * 300, width)
    assert sum(cell_width(piece) for _, piece in both) <= max(width, 10)
    assert [part for part, _ in both if part != "quiet"] == ["down", "up"]
    assert compose_curve([(0, 0)], width) == []


def test_the_peak_is_that_of_the_bars_in_sight_and_what_has_gone_by_is_not_shown() -> None:
    small = [(800, 0), *[(0, 0)] * 30]
    assert compose_curve(small, 40) == []
    (_, drawn), (_, peak) = compose_curve([*small, (30, 0), (0, 0)], 40)
    assert (drawn[-2:], peak.strip()) == ("█ ", "peak 30 B/s")
    assert [part for part, _ in compose_curve([(7, 0), *[(0, 9)] * 20], 40)] == ["up", "quiet"]


async def test_the_curve_is_there_where_there_is_room_and_something_moved() -> None:
    app = host()
    async with app.run_test(size=(60, 12)) as pilot:
        panel, line = app.query_one(TransfersPanel), app.query_one(ThroughputLine)
        panel.show_totals(QueueTotals(active=1))
        assert not line.display
        app.queue.curve = [(1000, 0), (4000, 0)]
        panel.show_totals(QueueTotals(active=1, down_speed=4000))
        await until(pilot, lambda: "▂█ peak 4.0 kB/s" in text_of(app))
        await pilot.resize_terminal(60, 6)
        await until(pilot, lambda: not line.display)


def past(state: S = S.DONE, **more: object) -> Finished:
    each = Finished(
        Direction.DOWNLOAD, "ftp://demo@host", "Local", "/pub/nightly/a.iso", "/home/me/a.iso", state, 84_000_000,
        START, START + timedelta(seconds=7), 12e6, 1, True, None,
    )  # fmt: skip
    return replace(each, **more)  # type: ignore[arg-type]


def test_the_past_in_a_line() -> None:
    assert summary_of([past(), past(S.FAILED)]) == "1 done, 84.0 MB at 12.0 MB/s on average · 1 failed"
    assert summary_of([past(average_speed=None)]) == "1 done, 84.0 MB"
    line = "".join(piece for _, piece in compose_finished(past(), 78))
    assert "a.iso" in line
    assert line.rstrip().endswith("84.0 MB    7.0 s  12.0 MB/s")
    failed = "".join(piece for _, piece in compose_finished(past(S.FAILED, error="550 \x1b[2Jno"), 78))
    assert "550 ␛[2Jno" in failed
    unsure = past(started_at=None, is_verified=False, error="it may have been \x1b[2Jcut")
    told = "".join(piece for _, piece in compose_finished(unsure, 140))
    assert told.rstrip().endswith("not verified: it may have been ␛[2Jcut")
    bare = past(finished_at=None, started_at=None, size=None, average_speed=None, is_verified=False)
    for width in (30, 40, 78, 120):
        for each in (past(), bare, past(S.FAILED, error="x" * 999), past(source="/" + "リ" * 3000)):
            assert cell_width("".join(piece for _, piece in compose_finished(each, width))) <= width


async def test_history_opens_scrolls_and_forgets() -> None:
    app = host()
    app.queue.past = [past(source=f"/pub/file-{number}") for number in range(100)]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "file-0 " in text_of(app))
        assert "100 done" in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: "file-99" in text_of(app))
        await pilot.press("up", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        assert "/pub/file-98" in text_of(app)
        await pilot.press("escape", "x", "y")
        await until(
            pilot, lambda: isinstance(app.screen, HistoryScreen) and "Nothing has ended" in text_of(app)
        )
        assert app.screen.query_one(HistoryList).current is None
        await pilot.press("down", "enter", "escape")
        await until(pilot, lambda: not isinstance(app.screen, HistoryScreen))
