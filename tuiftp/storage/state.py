"""Small JSON files in the state directory, for what the program remembers by itself.

Nothing here is precious: a file that cannot be read counts as absent, and the program goes on.
"""

from __future__ import annotations

import json
from typing import Any

from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import state_dir


def load_json(name: str) -> Any:
    """Reads `name`.json from the state directory; None if it is absent, unreadable or no JSON."""
    try:
        return json.loads((state_dir() / f"{name}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def save_json(name: str, value: Any) -> None:
    """Writes `value` to `name`.json in the state directory, whole or not at all.

    Raises:
        LocalFileError: The file could not be written.
    """
    # ASCII only: a name with bytes that are no UTF-8 (surrogates) survives as an escape.
    write_atomic(state_dir() / f"{name}.json", json.dumps(value, indent=1) + "\n")
