"""The transfers panel: a row for each state, totals, keys that reach the queue, and ten thousand rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ui.hosts import THEMES, text_of
from tests.ui.panel_host import START, NotingQueue, PanelHost, lines_of, transfer, until
from tuiftp.protocol.text import cell_width
from tuiftp.transfers.model import BatchScanned, Direction, QueueTotals, Transfer, TransferState
from tuiftp.ui.transfers.attempts_screen import AttemptsScreen
from tuiftp.ui.transfers.details import details_of
from tuiftp.ui.transfers.panel import TransfersPanel
from tuiftp.ui.transfers.row_model import BatchRow
from tuiftp.ui.transfers.rows import Span, compose, fit_path
from tuiftp.ui.transfers.view import TransfersView

S = TransferState
SIZE = (80, 10)  # eight rows

ROWS = [
    (transfer(1, state=S.QUEUED), "· ", "queued"),
    (transfer(1, state=S.QUEUED, error="421 Too many"), "· ", "queued  421 Too many"),
    (transfer(1, state=S.RUNNING, size=1000, transferred=630, speed=84.2e6, eta=8.2), "↓ ", "63 % 84.2 MB/s    0:09"),
    (transfer(1, state=S.RUNNING, size=1200), "↓ ", " 1.2 kB"),
    (transfer(1, state=S.RUNNING, size=1200, transferred=12), "↓ ", "1 %     0 B/s"),
    (transfer(1, state=S.RUNNING, direction=Direction.UPLOAD, size=10, transferred=99), "↑ ", "100 %     0 B/s"),
    (transfer(1, state=S.PAUSED, size=100, transferred=45), "‖ ", "paused  45 %"),
    (transfer(1, state=S.QUEUED, error="STOR /a/b c/.x.part: it broke: reset"), "· ", "queued  it broke: reset"),
    (transfer(1, state=S.SKIPPED, error="exists"), "– ", "skipped  exists"),
    (transfer(1, state=S.CANCELLED), "⊘ ", "cancelled  · r retry"),
    (transfer(1, state=S.FAILED, error="550 No such file"), "✗ ", "550 No such file  · r retry"),
    (transfer(1, state=S.FAILED), "✗ ", "failed  · r retry"),
    (
        transfer(
            1, state=S.DONE, size=4100, is_verified=True, started_at=START,
            finished_at=START + timedelta(seconds=0.2),
        ),
        "✓ ", "done  4.1 kB in 0.2 s, verified",
    ),
    (
        transfer(1, state=S.DONE, size=84, started_at=START, finished_at=START + timedelta(milliseconds=2)),
        "✓ ", "done  84 B in 2 ms, not verified",
    ),
    (
        transfer(1, state=S.DONE, size=84, started_at=START, finished_at=START + timedelta(seconds=61.5)),
        "✓ ", "done  84 B in 1:02, not verified",
    ),
    (transfer(1, state=S.DONE, size=4100), "✓ ", "done  4.1 kB, not verified"),
    (
        transfer(1, state=S.DONE, size=4100, error="it went as text"),
        "✓ ", "done  4.1 kB, not verified: it went as text",
    ),
    (
        transfer(1, state=S.DONE, size=4100, is_verified=True, error="its source is gone"),
        "✓ ", "done  4.1 kB, verified: its source is gone",
    ),
]  # fmt: skip


def text(each: Transfer, width: int = 78) -> str:
    return "".join(piece for _, piece in compose(each, width))


@pytest.mark.parametrize(("each", "sign", "words"), ROWS)
def test_each_state_has_its_sign_and_words(each: Transfer, sign: str, words: str) -> None:
    line = text(each)
    assert line.startswith(f"{sign}file-1.bin")
    assert line.rstrip().endswith(words)


def test_a_bar_is_as_full_as_the_transfer() -> None:
    def bar(transferred: int) -> str:
        return "".join(
            char
            for char in text(transfer(1, state=S.RUNNING, size=1000, transferred=transferred))
            if char in "━╸─"
        )

    width = len(bar(0))
    assert width > 10
    assert bar(0) == "─" * width
    assert bar(1000) == "━" * width
    assert bar(500).count("━") == width // 2


def test_the_retry_key_stays_in_sight_however_long_the_reason() -> None:
    line = text(transfer(1, state=S.FAILED, error="550 " + "talk " * 200), 60)
    assert line.rstrip().endswith("…  · r retry")
    assert cell_width(line) == 60


@pytest.mark.parametrize(
    ("path", "width", "shown"),
    [
        ("a/b.txt", 10, "a/b.txt   "), ("very/deep/down/here.txt", 16, "…/down/here.txt "),
        ("deep/here.txt", 10, "…/here.txt"), ("deep/here.txt", 9, "here.txt "),
        ("x/nnnnnnnnnnnnnnnn.gz", 9, "nnnn…n.gz"),
        ("リリース/ノート.txt", 14, "…/ノート.txt  "), ("a" * 30, 5, "aa…aa"),
    ],
)  # fmt: skip
def test_the_end_of_a_path_stays_in_sight(path: str, width: int, shown: str) -> None:
    assert fit_path(path, width) == shown
    assert cell_width(shown) == width


HOSTILE = [
    "\x1b[31mred\x07",
    "[@click=app.bell]x[/]",
    "\u202egnp.exe",
    "リ" * 5000,
    "e" + "\u0301" * 5000,
    "\udcff",
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:12])
@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("width", [24, 44, 58, 78, 118])
def test_hostile_names_and_reasons_are_literal_and_cut(name: str, state: S, width: int) -> None:
    line = text(transfer(1, name, state, error=name, size=10, transferred=5), width)
    assert cell_width(line) <= width
    assert line.isprintable()
    assert len(line) < 20 * width


def host(*transfers: Transfer, theme: str = THEMES[0]) -> PanelHost:
    return PanelHost(TransfersPanel, queue=NotingQueue(transfers), theme=theme)


def view(app: PanelHost) -> TransfersView:
    return app.query_one(TransfersView)


def id_at_cursor(app: PanelHost) -> int | None:
    cursor = view(app).cursor
    return cursor.id if isinstance(cursor, Transfer) else None


async def change(app: PanelHost, *transfers: Transfer) -> None:
    app.queue.all.update({each.id: each for each in transfers})
    app.services.signals.transfers.publish(transfers)


async def test_shows_what_is_queued_already_and_what_changes() -> None:
    app = host(transfer(1), transfer(2))
    async with app.run_test(size=SIZE) as pilot:
        assert [line[:12] for line in lines_of(view(app))[:2]] == ["· file-1.bin", "· file-2.bin"]
        await change(app, transfer(2, state=S.RUNNING, size=100, transferred=50), transfer(3))
        await until(pilot, lambda: lines_of(view(app))[1].startswith("↓ file-2.bin"))
        assert [line[:12] for line in lines_of(view(app))[:4]] == [
            "▸ batch", "↓ file-2.bin", "· file-1.bin", "· file-3.bin",
        ]  # fmt: skip


async def test_an_empty_panel_says_what_to_do() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        assert "F5" in lines_of(view(app))[0]
        await change(app, transfer(1))
        await until(pilot, lambda: lines_of(view(app))[0].startswith("· file-1.bin"))


async def test_totals_and_scans_stand_in_the_border() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        panel = app.query_one(TransfersPanel)
        app.queue.now = QueueTotals(active=2, queued=14, failed=1, down_speed=12e6, eta=51.2)
        app.services.signals.totals.publish(app.queue.now)
        await until(pilot, lambda: "2 active · 14 queued · 1 failed  ──  0:52 left" in text_of(app))
        assert str(panel.border_title) == "Transfers  ↓ 12.0 MB/s"
        app.queue.now = QueueTotals(active=2, down_speed=12e6, eta=51.2, is_eta_least=True)
        app.services.signals.totals.publish(app.queue.now)
        await until(pilot, lambda: "──  at least 0:52 left" in text_of(app))
        app.services.signals.scans.publish([BatchScanned(1, 1204, 3_000_000, False)])
        await until(pilot, lambda: "reading, 1,204 files…" in text_of(app))
        app.services.signals.scans.publish([BatchScanned(1, 1300, 3_000_000, True)])
        await until(pilot, lambda: "reading" not in text_of(app))
        app.services.signals.totals.publish(QueueTotals(is_paused=True))
        await until(pilot, lambda: "held, P goes on" in text_of(app))


async def test_what_could_not_be_queued_is_told_literally() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        problems = tuple(f"[b]{number}\x1b[2J was refused" for number in range(5))
        app.services.signals.scans.publish([BatchScanned(1, 1, 1, True, problems)])
        await until(pilot, lambda: bool(app._notifications))
        (notice,) = app._notifications
        assert notice.message.splitlines() == [*(f"[b]{n}␛[2J was refused" for n in range(3)), "… and 2 more"]
        assert not notice.markup


@pytest.mark.parametrize(
    ("state", "key", "call"),
    [
        (S.RUNNING, "p", "pause 1"), (S.QUEUED, "p", "pause 1"), (S.PAUSED, "p", "resume 1"), (S.DONE, "p", ""),
        (S.RUNNING, "c", "cancel 1"), (S.QUEUED, "delete", "cancel 1"), (S.FAILED, "c", ""),
        (S.FAILED, "r", "retry 1"), (S.CANCELLED, "r", "retry 1"), (S.SKIPPED, "r", "retry 1"),
        (S.RUNNING, "r", ""), (S.DONE, "r", ""), (S.FAILED, "R", "retry_failed"), (S.DONE, "x", "clear_finished"),
        (S.QUEUED, "shift+up", "move_up 1"), (S.QUEUED, "left_square_bracket", "move_up 1"),
        (S.QUEUED, "shift+down", "move_down 1"), (S.PAUSED, "right_square_bracket", "move_down 1"),
        (S.QUEUED, "t", "move_top 1"), (S.RUNNING, "shift+up", ""), (S.QUEUED, "P", "pause_all"),
    ],
)  # fmt: skip
async def test_keys_act_on_the_queue(state: S, key: str, call: str) -> None:
    app = host(transfer(1, state=state))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        assert app.queue.calls == ([call] if call else [])


async def test_a_held_queue_goes_on() -> None:
    app = host(transfer(1))
    app.queue.now = QueueTotals(is_paused=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("P")
        assert app.queue.calls == ["resume_all"]


async def test_a_key_acts_on_the_state_of_this_moment() -> None:
    app = host(transfer(1, state=S.RUNNING))
    async with app.run_test(size=SIZE) as pilot:
        app.queue.all[1] = transfer(1, state=S.DONE)  # and the screen does not know it yet
        await pilot.press("c")
        assert app.queue.calls == []


async def test_the_cursor_stays_with_its_transfer_when_the_order_changes() -> None:
    app = host(*(transfer(n) for n in range(1, 6)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down")
        queue = app.queue
        queue.all = {n: queue.all[n] for n in (3, 1, 2, 4, 5)}
        app.services.signals.reordered.publish(())
        await until(pilot, lambda: lines_of(view(app))[0].startswith("· file-3.bin"))
        await pilot.press("c")
        assert queue.calls == ["cancel 3"]


async def test_a_transfer_that_leaves_gives_its_place_to_the_next() -> None:
    app = host(*(transfer(n, state=S.FAILED) for n in range(1, 4)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        del app.queue.all[2]
        app.services.signals.removed.publish([2])
        await until(pilot, lambda: len(view(app).list) == 2)
        assert id_at_cursor(app) == 3
        app.queue.all.clear()
        app.services.signals.removed.publish([1, 3])
        await until(pilot, lambda: view(app).cursor is None)
        await pilot.press("c", "p", "r", "enter", "up", "down", "f")
        assert app.queue.calls == []


async def test_details_tell_all_with_the_servers_words() -> None:
    failed = transfer(
        1, "a\x1b[31m.bin", S.FAILED, size=1234, attempts=3, error="550 [b]No such file[/b]", hint="Refresh."
    )
    app = host(failed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AttemptsScreen))
        shown = text_of(app)
        for words in (
            "/pub/a␛[31m.bin",
            "/home/me/a␛",
            "1,234 bytes",
            "550 [b]No such file[/b]",
            "Refresh.",
            "3",
        ):
            assert words in shown
        await pilot.press("c")
        await until(pilot, lambda: len(app.copied) == 1)
        assert "\x1b" not in app.copied[0]
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, AttemptsScreen))


async def test_the_mouse_chooses_and_opens() -> None:
    app = host(*(transfer(n) for n in range(1, 6)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(TransfersView, offset=(5, 3))
        assert id_at_cursor(app) == 4
        await pilot.double_click(TransfersView, offset=(5, 1))
        await until(pilot, lambda: isinstance(app.screen, AttemptsScreen))
        assert "file-2.bin" in text_of(app)


async def test_failed_ones_are_found_among_many() -> None:
    app = host(*(transfer(n, state=S.FAILED if n in (3, 70) else S.DONE) for n in range(1, 100)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end", "n", "r", "n", "r", "n", "r")
        assert app.queue.calls == ["retry 3", "retry 70", "retry 3"]
        await change(app, transfer(3), transfer(70))
        await until(pilot, lambda: view(app).list.next_failed(0) is None)
        await pilot.press("n")


async def test_what_is_done_gives_way_where_the_border_is_short() -> None:
    app = host()
    async with app.run_test(size=(56, 10)) as pilot:
        totals = QueueTotals(active=3, queued=14, failed=1, done=900, eta=60, down_speed=0.2)
        app.services.signals.totals.publish(totals)
        await until(pilot, lambda: "3 active · 14 queued · 1 failed  ──  1:00 left" in text_of(app))
        assert "B/s" not in text_of(app)
        app.queue.now = totals
        await pilot.resize_terminal(80, 10)
        await until(pilot, lambda: "1 failed · 900 done  ──" in text_of(app))


class Counting:
    """Composes rows, and counts how many."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, each: Transfer, width: int) -> list[Span]:
        self.rows += 1
        return compose(each, width)


async def test_ten_thousand_transfers_cost_only_what_is_in_sight() -> None:
    counting = Counting()
    app = PanelHost(lambda _: TransfersView(composer=counting))
    async with app.run_test(size=SIZE) as pilot:
        rows = view(app)
        rows.replace(transfer(n) for n in range(1, 10_001))
        await pilot.pause()
        assert counting.rows <= 4 * SIZE[1]
        rows.update([transfer(2, state=S.RUNNING, size=99)])
        await pilot.pause()
        counting.rows = 0
        for moved in range(20):
            rows.update(
                [transfer(9_000, state=S.QUEUED), transfer(2, state=S.RUNNING, size=99, transferred=moved)]
            )
            await pilot.pause()
        assert counting.rows <= 20
        counting.rows = 0
        rows.move_cursor(1)
        rows.move_page(1)
        await pilot.pause()
        assert counting.rows <= 3 * SIZE[1]


async def test_a_change_does_not_read_the_whole_queue() -> None:
    app = host(*(transfer(n) for n in range(1, 100)))
    async with app.run_test(size=SIZE) as pilot:
        before = app.queue.whole_reads
        await change(app, transfer(1, state=S.RUNNING), transfer(200))
        await until(pilot, lambda: len(view(app).list) == 101)
        assert app.queue.whole_reads == before


async def test_what_runs_is_kept_in_sight_until_the_user_looks_elsewhere() -> None:
    app = host(*(transfer(n) for n in range(1, 101)))
    async with app.run_test(size=SIZE) as pilot:
        app.set_focus(None)
        await pilot.pause()
        await change(app, transfer(50, state=S.RUNNING))
        await until(pilot, lambda: any(line.startswith("↓ file-50.bin") for line in lines_of(view(app))))
        view(app).scroll_relative(y=30, animate=False, immediate=True)
        await pilot.pause()
        before = lines_of(view(app))
        await change(app, transfer(51, state=S.RUNNING))
        await pilot.pause()
        assert lines_of(view(app)) == before
        view(app).focus()
        await pilot.press("f")
        assert id_at_cursor(app) == 50


async def test_what_runs_failed_and_waits_stands_above_ten_thousand_that_are_done() -> None:
    app = host(*(transfer(n, state=S.DONE) for n in range(1, 10_001)), transfer(10_001), transfer(10_002))
    async with app.run_test(size=SIZE) as pilot:
        await change(app, transfer(10_001, state=S.RUNNING), transfer(3_884, state=S.FAILED))
        await until(pilot, lambda: len(view(app).list) == 4)
        assert [line[:14] for line in lines_of(view(app))[:4]] == [
            "▸ batch", "↓ file-10001.b", "✗ file-3884.bi", "· file-10002.b",
        ]  # fmt: skip


async def test_a_batch_of_one_file_stays_a_plain_row() -> None:
    app = host(transfer(1, state=S.DONE), transfer(2).changed(batch=2))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert [line[:8] for line in lines_of(view(app))[:2]] == ["· file-2", "✓ file-1"]


async def test_right_unfolds_what_has_ended_and_left_folds_it() -> None:
    app = host(transfer(1, state=S.DONE), transfer(2, state=S.RUNNING), transfer(3))
    async with app.run_test(size=SIZE) as pilot:
        shown = ["▾ batch", "↓ file-2", "✓ file-1", "· file-3"]
        await pilot.press("home", "right")
        assert [line[:8] for line in lines_of(view(app))[:4]] == shown
        await pilot.press("end", "left")  # what waits is never folded
        assert [line[:8] for line in lines_of(view(app))[:4]] == shown
        await pilot.press("up", "left")
        assert [line[:8] for line in lines_of(view(app))[:3]] == ["▸ batch", "↓ file-2", "· file-3"]
        assert view(app).cursor == BatchRow(1, True)


async def test_the_cursor_keeps_its_transfer_when_it_ends_and_others_start() -> None:
    app = host(transfer(1, state=S.RUNNING), *(transfer(n) for n in range(2, 100)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        assert id_at_cursor(app) == 1
        await change(app, transfer(1, state=S.DONE), transfer(2, state=S.RUNNING))
        await until(pilot, lambda: lines_of(view(app))[1].startswith("↓ file-2.bin"))
        assert id_at_cursor(app) == 1
        assert lines_of(view(app))[2].startswith("✓ file-1.bin")
        await pilot.press("c")
        assert app.queue.calls == []
        await pilot.press("up")  # and then it is folded
        assert [line[:8] for line in lines_of(view(app))[:3]] == ["▸ batch", "↓ file-2", "· file-3"]
        await pilot.press("c")
        assert app.queue.calls == ["cancel 2"]


async def test_rows_that_end_elsewhere_do_not_move_what_the_user_looks_at() -> None:
    app = host(*(transfer(n) for n in range(1, 1001)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end", *["pageup"] * 20)
        chosen, before = id_at_cursor(app), lines_of(view(app))
        assert chosen is not None
        for done in range(1, 60):
            await change(app, transfer(done, state=S.DONE), transfer(done + 1, state=S.RUNNING))
            await pilot.pause()
        assert id_at_cursor(app) == chosen
        assert lines_of(view(app)) == before
        app.set_focus(None)
        await pilot.pause()
        await change(app, transfer(60, state=S.DONE), transfer(61, state=S.RUNNING))
        await until(pilot, lambda: lines_of(view(app))[1].startswith("↓ file-61.bin"))


def test_every_way_has_its_arrow_and_the_details_name_both_sides() -> None:
    servers = {"source_site": "ftp://a", "target_site": "ftp://b"}
    for way, sites, arrow, words in (
        (Direction.DOWNLOAD, {**servers, "target_site": "Local"}, "↓ ", "↓ download, ftp://a"),
        (Direction.UPLOAD, {**servers, "source_site": "Local"}, "↑ ", "↑ upload, ftp://b"),
        (Direction.RELAY, servers, "→ ", "→ copy between servers, ftp://a to ftp://b"),
        (Direction.LOCAL, {"source_site": "Local", "target_site": "Local"}, "→ ", "→ copy on this machine"),
    ):
        shown = transfer(1, state=S.RUNNING, direction=way).changed(**sites)
        assert compose(shown, 80)[0][1] == arrow
        assert details_of(shown)[1].value == words
