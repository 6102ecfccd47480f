"""Directories of settings, state, data and logs on this operating system.

The XDG variables win on every system, so that a person who keeps all dotfiles in one place, and every test,
can move them. A directory is made when it is first asked for, readable by its owner alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "tuiftp"
"""The name of our directory inside each of the system's places."""


def config_dir() -> Path:
    """The directory of `settings.toml` and of the user's own themes."""
    return _place("XDG_CONFIG_HOME", platformdirs.user_config_path(APP_NAME, appauthor=False))


def state_dir() -> Path:
    """The directory of what the program remembers by itself: recent sites, modes that worked, the queue."""
    return _place("XDG_STATE_HOME", platformdirs.user_state_path(APP_NAME, appauthor=False))


def data_dir() -> Path:
    """The directory of what the user would miss: saved sites."""
    return _place("XDG_DATA_HOME", platformdirs.user_data_path(APP_NAME, appauthor=False))


def log_dir() -> Path:
    """The directory that saved protocol logs go to unless the user names another."""
    return ensure_private(state_dir() / "log")


def ensure_private(directory: Path) -> Path:
    """Makes `directory` and what is missing above it, for the owner alone, and returns it.

    A directory that cannot be made is no error here: reading from it finds nothing, and writing to it says
    what is wrong.
    """
    missing = [directory, *directory.parents]
    for path in reversed(missing):
        try:
            path.mkdir(mode=0o700)
        except OSError:
            continue
    return directory


def _place(variable: str, usual: Path) -> Path:
    chosen = os.environ.get(variable, "")
    # The XDG specification tells programs to ignore relative paths.
    return ensure_private(Path(chosen) / APP_NAME if os.path.isabs(chosen) else usual)
