"""Where files belong, and that nobody else can look into them."""

import stat
from pathlib import Path

import pytest

from tuiftp.storage.locations import config_dir, data_dir, log_dir, state_dir


def test_the_xdg_variables_decide(own_home: Path) -> None:
    assert config_dir() == own_home / "config" / "tuiftp"
    assert state_dir() == own_home / "state" / "tuiftp"
    assert data_dir() == own_home / "data" / "tuiftp"
    assert log_dir() == own_home / "state" / "tuiftp" / "log"


def test_directories_are_for_the_owner_alone(own_home: Path) -> None:
    for directory in (config_dir(), log_dir(), log_dir().parent, own_home / "state"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_relative_xdg_path_is_ignored(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert config_dir().is_absolute()
    assert own_home in config_dir().parents


def test_a_directory_that_cannot_be_made_is_no_error(own_home: Path) -> None:
    (own_home / "config").write_text("a file is in the way")
    assert config_dir() == own_home / "config" / "tuiftp"
