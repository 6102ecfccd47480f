"""What pytest loads for every test: the names of cases; the fixtures themselves are in `tests.support.fixtures`."""

from __future__ import annotations

import gc

# Each app under test makes some hundred thousand objects and ends with all of them: looking for garbage among them as
# often as Python does by itself took a fifth of the time of all tests.
gc.set_threshold(50_000, 20, 100)

pytest_plugins = ["tests.support.fixtures"]

LONGEST_NAME = 200
"""Characters or bytes; a longer value does not become a part of a test's name."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test with megabytes by their number: names are kept, and handed to every program that is started."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_NAME:
        return f"{argname} of {len(val)}"
    return None
