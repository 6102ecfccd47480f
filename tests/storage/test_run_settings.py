"""The settings of a run are held in one place: a flag holds until the user changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tuiftp.choices import ConnectionMode
from tuiftp.storage.locations import config_dir
from tuiftp.storage.run_settings import Flags, RunSettings
from tuiftp.storage.settings import Settings


def test_without_flags_the_settings_hold_as_they_are_kept() -> None:
    kept = Settings(timeout=7.0)
    assert RunSettings(kept).in_force is RunSettings(kept).stored is kept


def test_a_flag_holds_until_its_setting_is_changed() -> None:
    run = RunSettings(Settings())
    run.flags = Flags(mode=ConnectionMode.ACTIVE, connections=7, ca_file="/ca.pem")
    assert (run.in_force.mode, run.in_force.connections) == (ConnectionMode.ACTIVE, 7)
    assert run.stored == Settings()
    run.change(replace(run.stored, mode=ConnectionMode.PASSIVE))
    assert (run.in_force.mode, run.in_force.connections) == (ConnectionMode.PASSIVE, 7)
    assert run.flags == Flags(connections=7, ca_file="/ca.pem"), "the rest of the command line stays"


def test_whoever_listens_finds_the_changed_settings_in_force() -> None:
    run = RunSettings(Settings())
    seen: list[tuple[str, int]] = []
    run.subscribe(lambda: seen.append(("engine", run.in_force.log_lines)))
    run.subscribe(lambda: seen.append(("log", run.in_force.log_lines)))
    run.change(Settings(log_lines=300))
    assert seen == [("engine", 300), ("log", 300)]


def test_what_the_file_holds_is_read_and_its_problems_are_told(fake_home: Path) -> None:
    config_dir().mkdir(parents=True, exist_ok=True)
    (config_dir() / "settings.toml").write_text('timeout = 30\nmode = "pasive"\n')
    run = RunSettings.load()
    assert run.stored == Settings(timeout=30.0)
    assert len(run.problems) == 1
    assert "'pasive'" in run.problems[0]
    assert RunSettings(Settings()).problems == []
