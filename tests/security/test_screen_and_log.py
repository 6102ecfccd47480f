"""S27 to S30: text of strangers in every place where it is shown or kept. (The whole program: `test_terminal`.)"""

from __future__ import annotations

import contextlib
import io
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.content import Content

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.cli import main
from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.ui.crash import crash_report
from tuiftp.ui.dialogs.basic import Confirm, Message
from tuiftp.wirelog.recorder import Recorder
from tuiftp.wirelog.records import RecordKind, WireRecord
from tuiftp.wirelog.report import ReportParts, write_report
from tuiftp.wirelog.text import render_record

ATTACKS = [
    "\x1b]0;title\x07", "\x1b[2J\x1b[31m", "\x1b]52;c;T1dORUQ=\x07", "\x1bP1$q\x1b\\", "\x9b31m", "\x90q\x9c", "\x05",
    "\x08" * 40, "\r\x1b[Kfake prompt$ ", "a\nb", "\u202egpj.exe", "\u2066x\u2069", "\u200e\u200f", "\u2028\u2029",
    "\ud800\udfff",    "\udc9b31m", "a\u200bb\ufeff", "\x7f", "\x0e",
]  # fmt: skip
ALL = "".join(ATTACKS)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def acts(text: str) -> list[str]:
    """The characters that a terminal or a screen would obey, reorder or hide."""
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [repr(char) for char in text if unicodedata.category(char) in unseen]


@pytest.mark.parametrize("text", ATTACKS)
def test_s27_every_attack_is_made_visible(text: str) -> None:
    assert acts(text)
    assert acts(shown(text)) == []
    assert shown(shown(text)) == shown(text)


def hostile_record(kind: RecordKind = RecordKind.REPLY) -> WireRecord:
    return WireRecord(
        NOW,
        1,
        kind,
        ALL,
        note=ALL,
        title=ALL,
        advice=ALL,
        local=ALL,
        remote=ALL,
        command=ALL,
        tls=ALL,
        code=ALL,
        ms=1.0,
    )


@pytest.mark.parametrize("kind", RecordKind)
def test_s27_the_log_is_visible_text_and_plain_json(kind: RecordKind, tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.append(hostile_record(kind))
    recorder.save_text(tmp_path / "text")
    recorder.save_json(tmp_path / "json")
    assert acts((tmp_path / "text").read_text("utf-8").replace("\n", "")) == []
    assert (tmp_path / "json").read_bytes().rstrip(b"\n").isascii()
    assert acts((tmp_path / "json").read_text("ascii").rstrip("\n")) == []
    assert acts("".join(render_record(hostile_record(kind)))) == []


@pytest.mark.parametrize("anonymous", [True, False])
def test_s27_so_is_the_report(anonymous: bool) -> None:
    kinds = [hostile_record(kind) for kind in RecordKind]
    report = write_report(ReportParts(kinds, versions={"x": ALL}, settings={"y": ALL}), anonymous=anonymous)
    assert acts(report.replace("\n", "")) == []


def test_s27_so_is_a_crash_and_an_error_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        raise RuntimeError(ALL) from KeyError(ALL)
    except RuntimeError:
        assert acts(crash_report().plain.replace("\n", "")) == []

    def fail(argv: object) -> int:
        raise RuntimeError(ALL)

    monkeypatch.setattr("tuiftp.cli._run", fail)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert main([]) == 1
    assert acts(said.getvalue().replace("\n", "")) == []
    assert "this should not have happened" in said.getvalue()
    assert sys.stderr is not said


@pytest.mark.parametrize(
    "name",
    [
        "o" + "\u0301" * 5_000, "\u0301" * 300, "a" * 300, "漢" * 200, "👨‍👩‍👧" * 100, "\u200b" * 300,
        "x" + "\u20e3" * 99, "\u1100\u1161" * 99, "\u0e33" * 99, "\ufe0f" * 99, "🏽" * 99, ALL,
    ],
)  # fmt: skip
@pytest.mark.parametrize("middle", [True, False])
def test_s28_a_name_never_leaves_its_column(name: str, middle: bool) -> None:
    for width in (1, 2, 10, 37):
        text = fit(shown(name), width, middle=middle)
        assert cell_width(text) == width
        assert Content(text).cell_length == width
        assert len(text) <= 10 * width + 10, "no flood of marks either"


MARKUP = [
    "[/nope] a[b", "[red]x[/red]", "[@click=app.quit]y[/]", "[link=https://evil]z", "[b", "]", "\\[x]", "[$primary]v",
    "[[]]", "[/]",
]  # fmt: skip


async def test_s29_names_are_never_markup() -> None:
    """Listed, asked about, refused and told in a notice, with every name to the letter."""
    here = FakeSite()
    for name in MARKUP:
        here.add(f"/{name.replace('/', '∕')}", b"x")
    app = BrowserHost(here)
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        await ready(pilot, app.local)
        for name in here.nodes:
            if name != "/":
                assert name[1:] in text_of(app)
        await pilot.press("ctrl+a", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "“[red]x[∕red]”" in text_of(app)
        await pilot.press("escape")
        for text in MARKUP:
            app.push_screen(Message(text, [text, text], is_error=True))
            await pilot.pause()
            assert text_of(app).count(text) >= 2
            await pilot.press("escape")
        assert app.is_running


async def test_s30_a_name_that_looks_like_another_is_seen_through() -> None:
    """`photo‮gpj.exe` shows its sign and its real end; a name that plays a dialogue stands in quotation marks."""
    here = FakeSite()
    reversed_name, fake = "photo\u202egpj.exe", "x”?  [Yes]  Delete all “y"
    here.extra["/"] = [Entry(reversed_name, EntryKind.FILE, 1)]
    app = BrowserHost(here)
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot, app.local)
        assert "photo⟨U+202E⟩gpj.exe" in text_of(app)
        await pilot.press("ctrl+a", "f8")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "“photo⟨U+202E⟩gpj.exe”" in text_of(app)
        await pilot.press("escape")
        app.push_screen(Confirm("Delete?", [f"“{shown(fake)}”"], yes="Delete", is_dangerous=True))
        await pilot.pause()
        lines = [line for line in text_of(app).splitlines() if fake in line]
        assert len(lines) == 1, "it stands on a line of its own"
        assert "Cancel" not in lines[0]
