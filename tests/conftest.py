"""What pytest loads for every test: how many processes run them, and their names.

The fixtures are in `tests.support.fixtures`.
"""

from __future__ import annotations

import gc
import os

import pytest

# Each app under test makes some hundred thousand objects and ends with all of them: looking for garbage among them as
# often as Python does by itself took a fifth of the time of all tests.
gc.set_threshold(50_000, 20, 100)

pytest_plugins = ["tests.support.fixtures"]

PROCESSES = 2
"""More would stand in one another's way: some tests bound the time that a thing takes."""

LONGEST_NAME = 200
"""Characters or bytes; a longer value does not become a part of a test's name."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Have several processes share the tests when all of them are run: they wait more than they work.

    Where some are chosen they run in this process, as they do without pytest-xdist; `-n` says it for both.
    """
    option = config.option
    if hasattr(config, "workerinput") or not hasattr(option, "numprocesses"):
        return  # one of those processes, or no pytest-xdist
    is_choice = config.args_source is pytest.Config.ArgsSource.ARGS or option.keyword or option.markexpr
    if option.numprocesses is None and not is_choice and not option.usepdb:
        option.numprocesses = min(PROCESSES, os.cpu_count() or 1)
        # Tests are of very different lengths: who has none left takes some of the other's.
        option.dist = "worksteal"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test with megabytes by their number: names are kept, and handed to every program that is started."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_NAME:
        return f"{argname} of {len(val)}"
    return None
