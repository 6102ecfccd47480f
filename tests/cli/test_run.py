"""A run of the app: its first screen, then the engine, and both are closed in the end."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.panel_host import sees, until
from tuiftp.cli.app import Run
from tuiftp.cli.arguments import parse_arguments
from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.storage.locations import config_dir, state_dir
from tuiftp.transfers.model import Restored
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.dialogs.basic import Message


async def ran(
    monkeypatch: pytest.MonkeyPatch,
    argv: Sequence[str],
    is_done: Callable[[TuiftpApp], bool] = lambda app: True,
) -> tuple[int, list[TuiftpApp], list[Any]]:
    """Runs the app until its engine is there, and leaves it; its exit status, the app, the dialog that came up."""
    apps: list[TuiftpApp] = []
    dialogs: list[Any] = []
    real = TuiftpApp.run_async

    async def look(pilot: Pilot[Any]) -> None:
        app = apps[0]
        await until(pilot, lambda: (app.browser.is_whole and is_done(app)) or not app.is_running)
        if not app.is_running:
            return
        if app.screen is not app.browser:
            dialogs.append(app.screen)
            await sees(pilot, lambda: not app.keys.is_deaf)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.browser)
        await pilot.press("f10")

    async def headless(self: TuiftpApp) -> None:
        apps.append(self)
        await real(self, headless=True, size=(80, 24), auto_pilot=look)

    monkeypatch.setattr(TuiftpApp, "run_async", headless)
    status = await Run(parse_arguments(argv), say=print).run()
    return status, apps, dialogs


async def test_the_engine_comes_with_its_queue_and_both_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    status, (app,), dialogs = await ran(monkeypatch, ["--connections", "7"])
    assert (status, dialogs) == (0, [])
    assert app.services.restored == Restored()
    assert app.services.rules.parallel_transfers == 7
    assert app.services.settings.parallel_transfers != 7  # which is not kept
    assert (state_dir() / "queue.db").is_file()
    assert not (state_dir() / "queue.db-wal").exists()


async def test_settings_that_cannot_be_read_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    config_dir().mkdir(parents=True, exist_ok=True)
    (config_dir() / "settings.toml").write_text("no toml [")
    status, _, (dialog,) = await ran(monkeypatch, [])
    assert status == 0
    assert isinstance(dialog, Message)
    assert len(dialog.lines) == 1
    assert "settings.toml" in str(dialog.lines[0])


async def test_a_log_that_cannot_be_written_is_told_before_there_is_a_screen(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="cannot write"):
        Run(parse_arguments(["--log", str(tmp_path / "no" / "such")]), say=print)


async def test_the_demo_server_is_opened_and_goes_with_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    status, (app,), _ = await ran(
        monkeypatch, ["--demo"], lambda app: app.browser.right_pane.directory is not None
    )
    assert (status, app.browser.right_pane.directory) == (0, "/")
    assert not [thread for thread in threading.enumerate() if thread.name == "demo-server"]
    assert not (state_dir() / "queue.db").exists()


async def test_a_demo_without_its_server_is_told_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tuiftp.demo.pyftpd", None)
    with pytest.raises(ConfigurationError, match="needs pyftpdlib"):
        await ran(monkeypatch, ["--demo"])
