"""Changes TOML files of the user by `tomlkit`: comments, order and unknown keys stay. Reading is `tomllib`'s work."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from tuiftp.errors import LocalFileError


def plain(value: Any) -> Any:
    """A value as TOML has it: the text of an enumeration's member, whole numbers without a fraction."""
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def encode_key(key: str) -> str:
    """A key, quoted where it must be."""
    import tomlkit  # loaded by who writes; a start only reads

    return tomlkit.key(key).as_string()


def encode_value(value: Any) -> str:
    """Any value that `tomllib` can return, on one line."""
    return str(_item(value).as_string())


def _item(value: Any) -> Any:
    import tomlkit

    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(tomlkit.key(key), _item(inner))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend(_item(inner) for inner in value)
        return array
    return tomlkit.item(plain(value))


def edit_toml(text: str, path: Path, change: Callable[[Any], None]) -> str:
    """Changes a TOML text and leaves all else as the user wrote it.

    Args:
        text: What `tomllib` has read without an error.
        path: The file, for the error.
        change: Is given the document (`tomlkit.TOMLDocument`), and changes it.

    Raises:
        LocalFileError: The text cannot be changed without touching the rest; nothing was written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        change(document)
        edited = tomlkit.dumps(document)
        is_sound = tomllib.loads(edited) == document.unwrap()
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _uneditable(path, str(error)) from error
    if not is_sound:
        raise _uneditable(path, "its tables are out of order")
    return edited


def _uneditable(path: Path, reason: str) -> LocalFileError:
    return LocalFileError(
        f"{path} could not be changed without touching the rest of it: {reason}.",
        path=str(path),
        hint="change it in an editor, or move it away: a new one is written",
    )
