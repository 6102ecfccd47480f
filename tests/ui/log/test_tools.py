"""The log as a tool: queries, marks, matches, kept queries, raw commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.ui.exchange_host import is_open, many
from tests.ui.hosts import text_of
from tests.ui.panel_host import PanelHost, lines_of, record, until
from tuiftp.errors import ConnectionLost
from tuiftp.ui.log.input_bars import RawBar, is_secret, problem_of, warning_of
from tuiftp.ui.log.line_model import AT_ONCE, LogLines
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.log.saved_queries import QueriesScreen, load_queries
from tuiftp.ui.transfers.log_links import TransferAsked

RECORDS = [
    record("PASV", "command", after=1),
    record("227 Entering Passive Mode (10,0,0,7,1,2)", after=2),
    record("RETR x", "command", after=3, conn=2),
    record("550 No such file", after=4, conn=2),
    record("450 busy", after=5, conn=2),
]


class NotingSite:
    """A site that notes what it is sent."""

    def __init__(self, *, is_connected: bool = True, failure: bool = False) -> None:
        self.is_connected = is_connected
        self.sent: list[str] = []
        self._failure = failure

    @property
    def diagnostics(self) -> NotingSite:
        return self

    async def send_raw(self, line: str) -> list[str]:
        self.sent.append(line)
        if self._failure:
            raise ConnectionLost("no answer to STAT within 5 s")
        return ["211 fine"]


def host(site: NotingSite | None = None) -> PanelHost:
    return PanelHost(lambda services: LogPanel(services, site=lambda: cast(Any, site)))


def shown(app: PanelHost) -> list[str]:
    lines = app.query_one(LogPanel).view.lines
    return [row.record.text.split()[0] for row in lines.shown_rows()]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("code:4xx", ["450"]), ("cmd:RETR", ["RETR"]), ("conn:2 kind:reply", ["550", "450"]),
        ("#2 busy", ["450"]), ("ip:private", ["227"]), ("-conn:2", ["PASV", "227"]), ("such file", ["550"]),
    ],
)  # fmt: skip
async def test_a_query_chooses_what_is_shown(query: str, texts: list[str]) -> None:
    app = host()
    async with app.run_test(size=(90, 14)) as pilot:
        app.send(RECORDS)
        await pilot.press("slash", *query)
        await until(pilot, lambda: shown(app) == texts)
        await pilot.press("escape")
        await until(pilot, lambda: len(shown(app)) == 5)


async def test_what_cannot_be_read_is_told_in_its_place_and_changes_nothing() -> None:
    app = host()
    async with app.run_test(size=(90, 14)) as pilot:
        app.send(RECORDS)
        await pilot.press("slash", *"busy code:9")
        await pilot.pause()
        assert shown(app) == ["450"]
        assert "     ^^^^^^ code:9 is no code" in text_of(app)
        await pilot.press("backspace", *"4xx")
        await pilot.pause()
        assert "^" not in text_of(app)


def test_many_records_are_chosen_by_and_by_and_what_comes_meanwhile_waits_its_turn() -> None:
    lines = LogLines(10_000)
    for each in many(8000):
        lines.append(each)
    lines.set_text("cmd:LIST")
    assert lines.unplaced == 8000 - AT_ONCE
    lines.append(record("LIST last", "command"))
    assert lines.last is not None
    assert lines.last.record.text != "LIST last"
    for _ in range(2500):
        lines.append(record("NOOP", "command"))  # the oldest fall out, placed or not
    while lines.unplaced:
        lines.work(100)
    assert lines.last.record.text == "LIST last"
    assert [row.number for row in lines.shown_rows()] == [
        row.number for row in lines.since(0) if row.record.text.split()[0] == "LIST"
    ]
    assert len(lines) == 10_000


async def test_marks_are_seen_and_visited() -> None:
    app = host()
    async with app.run_test(size=(90, 14)) as pilot:
        app.send(RECORDS)
        view = app.query_one(LogPanel).view
        await pilot.press("home", "m", "end", "up", "m", "home")
        await pilot.pause()
        assert ["◆" in line for line in lines_of(view)][:5] == [True, False, False, True, False]
        assert "2 marked" in str(app.query_one(LogPanel).border_subtitle)
        await pilot.press("n")
        assert view.cursor is not None
        assert view.cursor.record.text == "550 No such file"
        await pilot.press("n")
        assert view.cursor.record.text == "PASV"
        await pilot.press("N", "m", "home", "m")
        assert not view.lines.marks


async def test_matches_are_visited_once_the_query_has_ended() -> None:
    app = host()
    async with app.run_test(size=(90, 14)) as pilot:
        app.send(RECORDS)
        view = app.query_one(LogPanel).view
        await pilot.press("slash", *"conn:2", "escape", "home", "n")
        assert view.cursor is not None
        assert view.cursor.record.text == "RETR x"
        await pilot.press("n", "n", "n")
        assert view.cursor.record.text == "RETR x"
        await pilot.press("N")
        assert view.cursor.record.text == "450 busy"


async def test_queries_are_kept_chosen_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = host()
    async with app.run_test(size=(90, 24)) as pilot:
        app.send(RECORDS)
        await pilot.press("slash", *"busy", "enter", "Q")
        await until(pilot, lambda: is_open(app, QueriesScreen))
        await pilot.press("plus")
        await pilot.pause()
        assert load_queries()[0] == "busy"
        await pilot.press("escape", "escape")
        await until(pilot, lambda: len(shown(app)) == 5)
        await pilot.press("Q")
        await until(pilot, lambda: is_open(app, QueriesScreen))
        await pilot.press("down", "home", "enter")
        await until(pilot, lambda: shown(app) == ["450"])
        await pilot.press("Q")
        await until(pilot, lambda: is_open(app, QueriesScreen))
        await pilot.press("home", "delete")
        await pilot.pause()
        assert "busy" not in load_queries()


async def test_a_raw_command_is_sent_as_it_is() -> None:
    site = NotingSite()
    app = host(site)
    async with app.run_test(size=(90, 14)) as pilot:
        await pilot.press("colon", *"SITE HELP", "enter")
        await until(pilot, lambda: site.sent == ["SITE HELP"])
        assert not app.query_one(RawBar).is_shown
        assert app.query_one(LogPanel).view.has_focus
        await pilot.press("colon", *"STAT", "enter")
        await until(pilot, lambda: len(site.sent) == 2)
        await pilot.press("colon", "up", "up")
        assert app.query_one(RawBar).field.value == "SITE HELP"
        await pilot.press("escape")
        assert not app.query_one(RawBar).is_shown
        assert app.query_one(LogPanel).view.has_focus


async def test_a_password_is_hidden_and_not_remembered() -> None:
    site = NotingSite()
    app = host(site)
    async with app.run_test(size=(90, 14)) as pilot:
        await pilot.press("colon", *"PASS geheim")
        await pilot.pause()
        assert "geheim" not in text_of(app)
        await pilot.press("enter", "colon", "up")
        await until(pilot, lambda: site.sent == ["PASS geheim"])
        assert app.query_one(RawBar).field.value == ""


async def test_a_data_command_is_sent_only_after_a_warning() -> None:
    site = NotingSite()
    app = host(site)
    async with app.run_test(size=(90, 14)) as pilot:
        await pilot.press("colon", *"LIST", "enter")
        await pilot.pause()
        assert site.sent == []
        assert "needs a data connection" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: site.sent == ["LIST"])


async def test_without_a_connection_nothing_can_be_sent() -> None:
    for site in (None, NotingSite(is_connected=False)):
        app = host(site)
        async with app.run_test(size=(90, 14)) as pilot:
            await pilot.press("colon")
            assert not app.query_one(RawBar).is_shown


async def test_a_failure_is_told_below_the_command() -> None:
    app = host(NotingSite(failure=True))
    async with app.run_test(size=(90, 14)) as pilot:
        await pilot.press("colon", *"STAT", "enter")
        await until(pilot, lambda: "no answer to STAT" in text_of(app))


@pytest.mark.parametrize("line", ["", "   ", "NOOP\r\nDELE x", "NOOP\x00", "\x1b[2J", "ä x", "CWD \x85"])
def test_what_is_no_command_line_is_refused(line: str) -> None:
    assert problem_of(line)


def test_what_is_a_command_line_is_not() -> None:
    assert problem_of("CWD ärger und 漢字") is None
    assert warning_of("CWD x") is None
    assert warning_of("quit")
    assert is_secret(" pass x")
    assert is_secret("SITE PSWD old new")
    assert not is_secret("PASV")


async def test_a_record_leads_to_its_transfer() -> None:
    asked: list[TransferAsked] = []
    app = host()
    async with app.run_test(size=(90, 14), message_hook=lambda message: _keep(asked, message)) as pilot:
        app.send(RECORDS)
        await pilot.press("home", "T")
        await until(pilot, lambda: bool(asked))
        assert asked[0].record.text == "PASV"


def _keep(asked: list[TransferAsked], message: object) -> None:
    if isinstance(message, TransferAsked):
        asked.append(message)
