"""Where files belong, and that nobody else can look into them."""

import stat
from pathlib import Path

import pytest

from tuiftp.storage.locations import config_dir, data_dir, log_dir, state_dir


def test_the_xdg_variables_decide(fake_home: Path) -> None:
    assert config_dir() == fake_home / ".config" / "tuiftp"
    assert state_dir() == fake_home / ".local" / "state" / "tuiftp"
    assert data_dir() == fake_home / ".local" / "share" / "tuiftp"
    assert log_dir() == fake_home / ".local" / "state" / "tuiftp" / "log"


def test_directories_are_for_the_owner_alone(fake_home: Path) -> None:
    for directory in (config_dir(), log_dir(), log_dir().parent, fake_home / ".local"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_relative_xdg_path_is_ignored(fake_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert config_dir().is_absolute()
    assert fake_home in config_dir().parents


def test_a_directory_that_cannot_be_made_is_no_error(fake_home: Path) -> None:
    (fake_home / ".config").write_text("a file is in the way")
    assert config_dir() == fake_home / ".config" / "tuiftp"
