"""Writes and edits TOML in the small part of the language that our files use; reading is `tomllib`'s work."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# A value on one line: a string in either quotes, or anything up to a comment.
_ONE_VALUE = r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^"'#\n]*?)"""


def encode_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if _BARE_KEY.fullmatch(key) else encode_value(key)


def encode_value(value: Any) -> str:
    """Any value that `tomllib` can return, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + "".join(_escape(char) for char in value) + '"'
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            items = (f"{encode_key(key)} = {encode_value(item)}" for key, item in value.items())
            return "{ " + ", ".join(items) + " }"
        case list():
            return "[" + ", ".join(encode_value(item) for item in value) + "]"
        case _:
            raise TypeError(f"no TOML for {type(value).__name__}")


def replace_values(text: str, values: Mapping[str, Any]) -> str | None:
    """Sets top-level keys in a TOML text, leaving all else, comments too, as the user wrote it.

    A key that is absent is added before the first table.

    Returns:
        The new text; None where this cannot be done line by line (a value over several lines), so that the
        caller writes the file anew.
    """
    table = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    head, tail = (text[: table.start()], text[table.start() :]) if table else (text, "")
    for key, value in values.items():
        head = _set_line(head, key, encode_value(value))
    return head + tail if _says(head + tail, tomllib.loads(text) | dict(values)) else None


def _set_line(head: str, key: str, encoded: str) -> str:
    line = re.compile(
        rf"^([ \t]*{re.escape(key)}[ \t]*=[ \t]*){_ONE_VALUE}(?=[ \t\r]*(?:#.*)?$)", re.MULTILINE
    )
    head, count = line.subn(lambda found: found[1] + encoded, head)
    if count:
        return head
    lines = head.rstrip()
    return f"{lines}\n{key} = {encoded}\n" + ("\n" if lines else "")


def _says(text: str, expected: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char
