"""The protocol log panel: live, follows and freezes, filters, copies, saves, and is never flooded."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.hosts import THEMES, text_of
from tests.ui.panel_host import PanelHost, lines_of, record, until
from tuiftp.storage.settings import Settings
from tuiftp.ui.dialogs.save_dialog import SaveDialog
from tuiftp.ui.log import view as log_view
from tuiftp.ui.log.explanation_screen import ExplanationScreen
from tuiftp.ui.log.input_bars import QueryBar
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.log.rows import LogLayout, LogRow, Span, compose
from tuiftp.ui.log.view import LogView
from tuiftp.wirelog.foreign import load_file
from tuiftp.wirelog.records import WireRecord

SIZE = (80, 10)  # eight lines of records


def host(theme: str = THEMES[0]) -> PanelHost:
    return PanelHost(LogPanel, theme=theme)


def view(app: PanelHost) -> LogView:
    return app.query_one(LogView)


def subtitle(app: PanelHost) -> str:
    return str(app.query_one(LogPanel).border_subtitle)


def numbered(count: int, start: int = 0) -> list[WireRecord]:
    return [record(f"200 line {number}", after=number) for number in range(start, start + count)]


async def test_what_the_recorder_held_and_what_comes_is_shown_once() -> None:
    app = host()
    earlier = [*numbered(2), record("200 " + "x" * 9000, after=2)]
    for each in earlier:
        app.recorder.append(each)
    async with app.run_test(size=SIZE) as pilot:
        app.services.signals.log_records.publish((earlier[2], record("221 bye", after=9)))
        await until(pilot, lambda: len(view(app).lines) == 4)
        lines = [line for line in lines_of(view(app)) if line]
        assert [line.split("← ")[1][:10] for line in lines] == [
            "200 line 0",
            "200 line 1",
            "200 xxxxxx",
            "221 bye",
        ]
        assert str(app.query_one(LogPanel).border_title) == "Protocol log  #1"


async def test_follows_freezes_when_scrolled_up_and_follows_again() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(30))
        await until(pilot, lambda: "line 29" in lines_of(view(app))[-1])
        assert "following" in subtitle(app)
        await pilot.press("up", "up")
        await pilot.pause()
        before = lines_of(view(app))
        app.send(numbered(5, start=30))
        await until(pilot, lambda: "frozen, 5 new" in subtitle(app))
        assert lines_of(view(app)) == before
        cursor = view(app).cursor
        assert cursor is not None
        assert cursor.record.text == "200 line 27"
        await pilot.press("end")
        await until(pilot, lambda: "following" in subtitle(app))
        assert "line 34" in lines_of(view(app))[-1]


async def test_a_frozen_log_stands_still_while_its_oldest_records_fall_out() -> None:
    app = PanelHost(lambda _: LogView(limit=40))
    async with app.run_test(size=SIZE) as pilot:
        log = view(app)
        log.take(numbered(40))
        await pilot.pause()
        for _ in range(15):
            log.move_cursor(-1)
        await pilot.pause()
        before = lines_of(log)
        log.take(numbered(10, start=40))
        await pilot.pause()
        assert lines_of(log) == before
        log.take(numbered(40, start=50))
        await pilot.pause()
        assert "line 50" in lines_of(log)[0]


async def test_the_mouse_wheel_freezes_and_a_click_chooses() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(50))
        await until(pilot, lambda: "line 49" in lines_of(view(app))[-1])
        view(app).scroll_relative(y=-3, animate=False, immediate=True)
        await until(pilot, lambda: "frozen" in subtitle(app))
        assert "line 46" in lines_of(view(app))[-1]
        await pilot.click(LogView, offset=(5, 2))
        cursor = view(app).cursor
        assert cursor is not None
        assert cursor.record.text in lines_of(view(app))[2]
        await pilot.double_click(LogView, offset=(5, 2))
        await until(pilot, lambda: isinstance(app.screen, ExplanationScreen))


async def test_scrolling_to_the_end_follows_again() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(50))
        await pilot.press("home")
        await until(pilot, lambda: "line 0" in lines_of(view(app))[0])
        view(app).scroll_relative(y=100, animate=False, immediate=True)
        await until(pilot, lambda: "following" in subtitle(app))


async def test_a_log_that_grows_before_it_is_laid_out_still_follows() -> None:
    app = host()
    for each in [record("asks to connect " * 8, "status", after=n) for n in range(40)]:
        app.recorder.append(each)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert view(app).is_following
        await pilot.resize_terminal(50, 7)
        await pilot.pause()
        assert view(app).is_following
        assert lines_of(view(app))[-1].strip()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def test_keeps_as_many_records_as_the_settings_say() -> None:
    app = host()
    app.services.start.run_settings.change(Settings(log_lines=7))
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(20))
        await until(pilot, lambda: "line 19" in text_of(app))
        assert len(view(app).lines) == 7
        app.services.start.run_settings.change(Settings(log_lines=3))
        app.send(numbered(1, start=20))
        await until(pilot, lambda: len(view(app).lines) == 3)


class Counting:
    """Composes rows, and counts how many."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, row: LogRow, layout: LogLayout) -> list[list[Span]]:
        self.rows += 1
        return compose(row, layout)


async def test_twenty_thousand_records_cost_only_what_is_in_sight() -> None:
    counting = Counting()
    app = PanelHost(lambda _: LogView(composer=counting))
    async with app.run_test(size=SIZE) as pilot:
        log = view(app)
        for start in range(0, 20_000, 1000):
            log.take(numbered(1000, start=start))
            await pilot.pause()
        await until(pilot, lambda: not log._waiting)
        await until(pilot, lambda: "line 19999" in lines_of(log)[-1])
        assert len(log.lines) == 5000
        assert counting.rows < 100 * SIZE[1]
        log.freeze()
        await pilot.pause()
        counting.rows = 0
        log.take(numbered(400, start=20_000))
        await pilot.pause()
        assert counting.rows <= SIZE[1]


async def test_a_flood_is_taken_in_by_and_by_and_only_its_end_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_view, "CHUNK_PAUSE", 0.001)
    app = PanelHost(lambda _: LogView(limit=2000, clock=lambda: 0.0))
    async with app.run_test(size=SIZE) as pilot:
        log = view(app)
        log.take(numbered(50_000))
        assert len(log.lines) == log_view.CHUNK  # the panes have their turn before the rest
        await until(pilot, lambda: "line 49999" in lines_of(log)[-1])
        assert len(log.lines) == 2000


async def test_records_that_take_long_to_measure_wait_for_their_turn() -> None:
    now = iter(range(1000))  # each look at the clock is a second later
    app = PanelHost(lambda _: LogView(clock=lambda: float(next(now))))
    async with app.run_test(size=SIZE) as pilot:
        log = view(app)
        log.take(numbered(3))
        assert len(log.lines) == 1
        await until(pilot, lambda: len(log.lines) == 3)


async def test_a_line_without_end_is_not_kept_whole() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send([record("x" * 65_536)])
        await until(pilot, lambda: len(view(app).lines) == 1)
        cursor = view(app).cursor
        assert cursor is not None
        assert len(cursor.record.text) <= 2048


async def test_hostile_text_reaches_the_screen_as_characters() -> None:
    app = host()
    async with app.run_test(size=(110, 20)) as pilot:
        app.send([record("220 \x1b]52;c;aGk=\x07 [bold]x[/] [@click=app.quit]y[/] \u202egnp.exe", after=1)])
        app.send([record("z" * 65_536, "command", note="\x1b[2J ⚠ \x9b1m", after=2)])
        await until(pilot, lambda: len(view(app).lines) == 2)
        text = text_of(app)
        assert "␛]52;c;aGk=␇ [bold]x[/] [@click=app.quit]y[/] ⟨U+202E⟩" in text
        assert "⤷ ␛[2J ⚠ \\x9b1m" in text
        assert not any(char in text for char in "\x1b\x07\x9b\u202e")
        await pilot.press("up", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExplanationScreen))
        assert "␛]52;c;aGk=␇ [bold]x[/]" in text_of(app)


async def test_filter_by_kind_goes_round() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(
            [
                record("LIST", "command", after=1),
                record("550 No", after=2),
                record("hello", "status", after=3),
            ]
        )
        await pilot.press("t")
        assert "commands and replies · 2 of 3" in subtitle(app)
        await pilot.press("t", "t")
        assert "problems · 1 of 3" in subtitle(app)
        assert [line.split()[-2:] for line in lines_of(view(app)) if line] == [["550", "No"]]
        await pilot.press("t", "t")
        assert "all kinds" in subtitle(app)


async def test_filter_by_text_while_typing_and_escape_ends_it() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send([record("LIST x", "command", after=1), record("550 No", after=2), record("226 x", after=3)])
        assert not app.query_one(QueryBar).is_shown
        await pilot.press("slash", "x")  # x clears the log where it is a key; here it is a letter
        await until(pilot, lambda: view(app).lines.shown_count == 2)
        assert len(app.recorder.records()) == 3
        assert "“x” · 2 of 3" in subtitle(app)
        await pilot.press("enter")
        assert view(app).has_focus
        assert app.query_one(QueryBar).is_shown
        await pilot.press("escape")
        await until(pilot, lambda: view(app).lines.shown_count == 3)
        assert not app.query_one(QueryBar).is_shown
        await pilot.press("slash", "q", "q")
        await until(pilot, lambda: "No record" in lines_of(view(app))[0])
        await pilot.press("escape")
        assert view(app).has_focus


async def test_enter_shows_the_whole_record_with_its_meaning() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.send([record("227 Entering Passive Mode (1,2,3,4,5,6)", after=1, note="server listens ⚠ oddly")])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExplanationScreen))
        text = text_of(app)
        assert "server listens ⚠ oddly" in text
        assert "RFC 959" in text
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ExplanationScreen))


async def test_wrapping_is_toggled() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send([record("200 " + "a" * 100 + "END")])
        await until(pilot, lambda: view(app).lines.height == 1)
        await pilot.press("w")
        await until(pilot, lambda: "END" in text_of(app))
        await pilot.press("w")
        await until(pilot, lambda: view(app).lines.height == 1)


async def test_copied_text_acts_on_no_terminal() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send([record("LIST", "command", after=1), record("226 \x1b[2Jx", after=2)])
        await pilot.press("c", "C")
        await until(pilot, lambda: len(app.copied) == 2)
        assert app.copied[0].endswith("← 226 ␛[2Jx")
        assert len(app.copied[1].splitlines()) == 2
        assert "→ LIST" in app.copied[1].splitlines()[0]


async def test_clear_forgets_here_and_in_the_recorder() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        app.send(numbered(5))
        await pilot.press("x")
        await until(pilot, lambda: len(view(app).lines) == 0)
        assert not app.recorder.records()
        assert "will stand here" in lines_of(view(app))[0]


@pytest.mark.parametrize(("key", "suffix"), [("s", ".log"), ("S", ".jsonl")])
async def test_saves_where_the_user_says(
    key: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.send(numbered(3))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        path = Path(app.screen.query_one(Input).value)
        assert path.parent == tmp_path / "tuiftp" / "log"
        await pilot.press("enter")
        await until(pilot, path.exists)
        assert path.suffix == suffix
        if suffix == ".jsonl":
            assert [each.text for each in load_file(path).records] == [f"200 line {n}" for n in range(3)]
        else:
            assert read(path).splitlines()[2].endswith("← 200 line 2")


async def test_what_exists_is_replaced_only_after_a_second_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "mine.log"
    path.write_text("precious")
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.send(numbered(1))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: "exists" in text_of(app))
        assert read(path) == "precious"
        await pilot.press("enter")
        await until(pilot, lambda: "line 0" in read(path))


async def test_a_log_that_cannot_be_saved_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        app.screen.query_one(Input).value = str(tmp_path / "no" / "such" / "[b]place.log")
        await pilot.press("enter")
        await until(pilot, lambda: "[b]place.log: No such file" in text_of(app).replace("\n", ""))
        assert app.screen.query_one(Input).value.endswith("[b]place.log")
        app.screen.query_one(Input).value = str(tmp_path / "good.log")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "good.log").exists)


@pytest.mark.parametrize("theme", THEMES)
async def test_signs_and_colours_differ_in_each_theme(theme: str) -> None:
    app = host(theme)
    async with app.run_test(size=(80, 14)) as pilot:
        app.send([
            record("LIST", "command", after=1), record("150 Here", after=2), record("226 Done", after=3),
            record("550 No", after=4), record("connected", "data", after=5), record("hello", "status", after=6),
            record("a NAT", "finding", after=7),
        ])  # fmt: skip
        await until(pilot, lambda: view(app).lines.height == 7)
        styles = [list(view(app).render_line(y))[1].style for y in range(7)]
        assert len({style.color for style in styles if style is not None}) == 7
