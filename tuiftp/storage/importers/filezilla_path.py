"""FileZilla's way to write a remote directory: `1 0 4 home 3 bob` for `/home/bob`.

First a number for the kind of system, then the length of a prefix and the prefix, then each part with its length
before it. Lengths count what a wide character of the writer's system is: on Windows, a character beyond the basic
plane counts twice.
"""

from __future__ import annotations

import re

_HEAD = re.compile(r"(\d{1,2}) (\d{1,5})(?: |$)")
_LENGTH = re.compile(r"(\d{1,5}) ")
_UNIX, _VMS, _MVS = 1, 2, 4
_DOS = (3, 8, 10)
"""DOS, virtual DOS, DOS with forward slashes."""


def decode_directory(text: str) -> str | None:
    """The path; empty for the empty text, None if it cannot be read or is of a system that we cannot write."""
    if not text:
        return ""
    for written in (text, _in_utf_16(text)):
        found = _split(written)
        if found is not None:
            kind, prefix, parts = found
            return _join(kind, _out_of_utf_16(prefix), [_out_of_utf_16(part) for part in parts])
    return None


def encode_directory(path: str) -> str:
    """An absolute Unix path as FileZilla writes it; empty for one that is relative, which it cannot hold."""
    if not path.startswith("/"):
        return ""
    parts = [part for part in path.split("/") if part]
    return " ".join([str(_UNIX), "0", *(f"{len(part)} {part}" for part in parts)])


def _in_utf_16(text: str) -> str:
    """The text with two surrogates for each character beyond the basic plane, as Windows counts."""
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(
        data[place : place + 2].decode("utf-16-le", "surrogatepass") for place in range(0, len(data), 2)
    )


def _out_of_utf_16(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _split(text: str) -> tuple[int, str, list[str]] | None:
    """Kind of system, prefix and parts; None if lengths and text do not go together."""
    head = _HEAD.match(text)
    if head is None:
        return None
    place, length = head.end(), int(head[2])
    prefix = text[place : place + length]
    if len(prefix) != length:
        return None
    place += length + (1 if prefix else 0)  # a space behind it
    parts: list[str] = []
    while place < len(text):
        match = _LENGTH.match(text, place)
        if match is None:
            return None
        part = text[match.end() : match.end() + int(match[1])]
        if not part or len(part) != int(match[1]):
            return None
        parts.append(part)
        place = match.end() + len(part)
        if text[place : place + 1] not in ("", " "):
            return None
        place += 1
    return int(head[1]), prefix, parts


def _join(kind: int, prefix: str, parts: list[str]) -> str | None:
    if kind in _DOS:
        return "/" + "/".join(parts) if kind == 8 else "\\".join(parts) + ("\\" if len(parts) == 1 else "")
    if kind == _VMS:
        return f"{prefix}[{'.'.join(parts)}]" if parts else None
    if kind == _MVS:
        return f"'{'.'.join(parts)}{prefix}'"
    return prefix + "/" + "/".join(parts)
