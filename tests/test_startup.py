"""What is not needed yet is not loaded yet: the first screen and small commands come soon, on any machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer

ROOT = Path(__file__).resolve().parent.parent

FIRST_SCREEN = """
import asyncio, os, sys
from dataclasses import replace
from tuiftp.cli import app as program
from tuiftp.cli.arguments import parse_arguments

async def main():
    run = program.Run(parse_arguments([]), say=print)
    waits = lambda owner: asyncio.Event().wait()  # the engine comes after the first screen
    app = program.TuiftpApp(replace(run.start, load_engine=waits), local_directory=os.getcwd())

    async def look(pilot):
        while not app.browser.left_pane.list.rows.entries:
            await pilot.pause()
        print(*sys.modules)
        app.exit()

    await app.run_async(headless=True, size=(120, 36), auto_pilot=look)

asyncio.run(main())
"""
"""Opens the app and tells what is loaded when the local files are shown."""

NOT_FOR_A_SCREEN = {
    # The engine, which the screen begins to load once it is there.
    "aioftp", "tuiftp.ftp.control.client", "tuiftp.ftp.site", "tuiftp.ftp.probe", "tuiftp.protocol.listing",
    "tuiftp.transfers.planner", "tuiftp.transfers.download", "tuiftp.transfers.upload",
    "tuiftp.transfers.segmented",
    # The queue, what it is kept in, and the rules for connections.
    "tuiftp.cli.compose", "tuiftp.transfers.model", "tuiftp.transfers.queue", "sqlite3", "tuiftp.ftp.options",
    "tuiftp.ftp.tls.options", "tuiftp.ftp.tls.trust", "tuiftp.ftp.events", "tuiftp.wirelog.records",
    "tuiftp.storage.sites",
    "tuiftp.storage.recents", "tuiftp.storage.netrc", "tuiftp.protocol.url",
    # The panels, and what is done with files.
    "tuiftp.ui.log.panel", "tuiftp.ui.transfers.panel", "tuiftp.wirelog.query",
    "tuiftp.ui.main.connection", "tuiftp.ui.main.file_operations", "tuiftp.files.walk",
    # What tells of the log, of other programs' logs too.
    "tuiftp.wirelog.findings", "tuiftp.wirelog.conversation", "tuiftp.wirelog.explain",
    "tuiftp.wirelog.ladder",
    "tuiftp.wirelog.foreign", "tuiftp.wirelog.probing", "tuiftp.wirelog.report", "tuiftp.wirelog.compare",
    # Other screens.
    "tuiftp.ui.sites.connect_dialog", "tuiftp.ui.settings.screen", "tuiftp.ui.viewer.screen",
    "tuiftp.ui.transfers.conflict_dialog", "tuiftp.ui.sites.trust_dialogs", "tuiftp.ui.exchange.screen",
    "tuiftp.ui.dialogs.details", "tuiftp.ui.log.saved_queries", "tuiftp.ui.commands.help_screen",
    "tuiftp.ui.transfers.resume_dialogs",
    "tuiftp.ui.exchange.line_model",
    # Heavy things of others.
    "keyring", "pyftpdlib", "importlib.metadata", "importlib.resources", "email", "urllib.request", "zipfile",
}  # fmt: skip


def run(code: str, *argv: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *argv],
        cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_screen_loads_only_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    loaded = set(run(FIRST_SCREEN, cwd=tmp_path).split())
    assert "tuiftp.ui.main.screen" in loaded
    assert loaded & NOT_FOR_A_SCREEN == set()


LIST = """
import ssl, sys
from tuiftp.cli import main
ssl.create_default_context = None  # all authorities of the system, for a server that does not speak TLS
status = main(["ls", "--mode", "passive", sys.argv[1]])
print(*sys.modules)
sys.exit(status)
"""
"""Lists a directory and tells what is loaded at the end."""

NOT_FOR_A_LISTING = {
    "textual", "rich", "pyftpdlib", "keyring", "sqlite3", "tuiftp.ui", "tuiftp.wirelog.findings",
    "tuiftp.transfers.model", "tuiftp.transfers.transfer_options", "tuiftp.transfers.conflict_decider",
    "tuiftp.cli.decider",
    "tuiftp.wirelog.conversation", "tuiftp.transfers.queue", "tuiftp.protocol.listing.dialects",
    "tuiftp.protocol.listing.dos", "tuiftp.ftp.probe",
}  # fmt: skip


@pytest.mark.real_server
def test_a_listing_loads_no_queue_and_no_rules(tmp_path: Path, start_ftp_server: StartServer) -> None:
    server = start_ftp_server("vsftpd")
    server.put("a/file.txt", b"text")
    said, loaded = run(LIST, f"{server.url}a/", cwd=tmp_path).splitlines()
    assert said.endswith("file.txt")
    assert "tuiftp.protocol.listing.unix" in loaded.split()
    assert set(loaded.split()) & NOT_FOR_A_LISTING == set()


WHOLE_PROCESS = """
import gc, sys
from tuiftp.cli import main
sys.argv = ["tuiftp", "lab", "--list"]
status = main()
print("collects" if gc.isenabled() else "does not collect", gc.get_freeze_count() > 0)
sys.exit(status)
"""
"""Runs a command as a process of its own does."""


def test_a_command_collects_garbage_while_it_works_and_not_at_its_end(tmp_path: Path) -> None:
    assert run(WHOLE_PROCESS, cwd=tmp_path).splitlines()[-1] == "collects True"


APP_SETTLES = """
import asyncio, gc
from tuiftp.cli import app as program
from tuiftp.cli.arguments import parse_arguments

async def pretend(self):
    before = gc.isenabled()
    async with asyncio.timeout(20):
        while not gc.isenabled():
            await asyncio.sleep(0.01)
    print(before, gc.isenabled())

gc.disable()
program._SETTLED = 0.1
program.TuiftpApp.run_async = pretend
asyncio.run(program.Run(parse_arguments([]), say=print).run())
"""
"""Runs all of the app but its screen, and waits until garbage is collected."""


def test_the_app_collects_garbage_once_its_screen_is_there(tmp_path: Path) -> None:
    assert run(APP_SETTLES, cwd=tmp_path).split() == ["False", "True"]
