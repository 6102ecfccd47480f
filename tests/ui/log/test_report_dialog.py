"""The support report: written where asked for, without names and addresses unless they are wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from tests.ui.diagnosis.test_probe_screen import REPORT
from tests.ui.exchange_host import active_blocked, is_open, panel
from tests.ui.panel_host import until
from tuiftp.storage.settings import Settings
from tuiftp.ui.log.panel import LogPanel
from tuiftp.ui.log.report_dialog import SETTINGS, ReportScreen, matrix_of


def read_private(path: Path) -> str:
    assert path.stat().st_mode & 0o077 == 0
    return path.read_text("utf-8")


@pytest.mark.parametrize("is_anonymous", [True, False])
async def test_it_is_written_and_hides_what_it_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_anonymous: bool
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = panel()
    app.services.start.run_settings.change(Settings(active_address="198.51.100.77"))
    async with app.run_test(size=(100, 30)) as pilot:
        app.send(active_blocked())
        log = app.query_one(LogPanel)
        log.inspector.report = REPORT
        await until(pilot, lambda: len(log.view.lines) > 30)
        await pilot.press("r")
        await until(pilot, lambda: is_open(app, ReportScreen))
        path = Path(app.screen.query_one(Input).value)
        assert path.suffix == ".md"
        if not is_anonymous:
            await pilot.press("ctrl+n")
        await pilot.press("enter")
        await until(pilot, path.exists)
    text = read_private(path)
    assert "R11" in text
    assert "## Exchange" in text
    assert "## Probe" in text
    assert "PASS ********" in text
    assert "- mode: auto" in text
    for told in ("203.0.113.7", "192.168.1.100", "USER demo", "198.51.100.77"):
        assert (told in text) is not is_anonymous, told
    assert ("private-1" in text) is is_anonymous


async def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = panel()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: is_open(app, ReportScreen))
        field = app.screen.query_one(Input)
        field.value = str(tmp_path / "no" / "such" / "x.md")
        await pilot.press("enter")
        said = app.screen.query_one(".save--message", Static)
        await until(pilot, lambda: "cannot write" in str(said.render()))
        assert is_open(app, ReportScreen)  # the name can be mended


def test_the_settings_that_it_tells_exist() -> None:
    for name in SETTINGS:
        assert hasattr(Settings(), name), name


def test_the_matrix_has_a_row_for_each_way() -> None:
    rows = matrix_of(REPORT)
    assert len(rows) == 1 + len(REPORT.rows)
    assert {len(row) for row in rows} == {8}
