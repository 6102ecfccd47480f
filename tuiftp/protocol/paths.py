"""Remote paths as pure text: joining, going up, what a user typed, what PWD answered, names that are safe.

A path is absolute and uses `/`. A Windows server's `C:/x` is absolute too, and its root is `C:/`.
A name is exactly one component: everything that writes to a disk or a server goes through `join`.
"""

from __future__ import annotations

import re
import sys

from tuiftp.errors import UnsafeName
from tuiftp.protocol.text import shown

ROOT = "/"
"""The top of a server's tree."""

_DRIVE = re.compile(r"[A-Za-z]:(?=[/\\]|\Z)")
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])[ ]*(\.|\Z)", re.IGNORECASE)
_UNFIT_ON_WINDOWS = re.compile(r'[\x00-\x1f\\:<>"|?*]')


def _split_root(path: str) -> tuple[str, str]:
    """The root of an absolute path (`/`, `C:/`; empty for a relative path), and the rest."""
    drive = _DRIVE.match(path)
    if drive:
        return f"{drive[0]}/", path[drive.end() :].replace("\\", "/").lstrip("/")
    if path.startswith("/"):
        return ROOT, path.lstrip("/")
    return "", path


def is_absolute(path: str) -> bool:
    """Whether a path begins at a root: `/x`, or `C:/x` of a Windows server."""
    return bool(_split_root(path)[0])


def normalize(path: str) -> str:
    """Takes `.`, `..`, doubled and trailing slashes out; never goes above the root.

    A relative path is taken from the root. Links are not known here: `a/..` is simply dropped.
    """
    root, rest = _split_root(path)
    parts: list[str] = []
    for part in rest.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return (root or ROOT) + "/".join(parts)


def check_name(name: str) -> str:
    """Returns `name` if it is exactly one component.

    Raises:
        UnsafeName: It is empty, `.`, `..`, or holds `/` or NUL. Control characters are refused by the one
            who writes the command line, which keeps such an entry visible.
    """
    if name in ("", ".", ".."):
        raise UnsafeName(f"“{name}” is not the name of a file", path=name)
    if "/" in name or "\0" in name:
        sign = "/" if "/" in name else "NUL"
        raise UnsafeName(f"“{shown(name)}” is more than one name: it holds {sign}", path=name)
    return name


def join(directory: str, name: str) -> str:
    """The path of `name` inside `directory`.

    Raises:
        UnsafeName: `name` is not exactly one component.
    """
    check_name(name)
    return f"{directory}{name}" if directory.endswith("/") else f"{directory}/{name}"


def parent(path: str) -> str:
    """The directory above; of a root, that root."""
    root, rest = _split_root(normalize(path))
    return root + rest.rpartition("/")[0]


def name(path: str) -> str:
    """The last component; empty for a root."""
    return _split_root(normalize(path))[1].rpartition("/")[2]


def resolve(base: str, typed: str, home: str) -> str:
    """The absolute path that a user means who types `typed` while in `base`.

    Args:
        base: The directory they are in.
        typed: Absolute, relative, with `..`, or beginning with `~` (the login directory).
        home: The login directory.
    """
    if typed == "~" or typed.startswith("~/"):
        return normalize(f"{home}/{typed[1:]}")
    if is_absolute(typed):
        return normalize(typed)
    return normalize(f"{base}/{typed}")


def parse_pwd_reply(text: str) -> str | None:
    """Reads the path out of the text of a 257 reply, by RFC 959 appendix II.

    The path stands in double quotes, a quote inside it is doubled. Servers that leave the quotes out, or the
    closing one, are understood where the text can only be a path.

    Args:
        text: The reply's text, with or without its code.

    Returns:
        A normalized absolute path, or None where there is none: then keep the path that you know.
    """
    text = re.sub(r"\A257[ -]", "", text).strip(" \t\r\n")
    path = _quoted(text)
    if path is None:
        first = text.split(" ", 1)[0].strip("\"'")
        path = first if is_absolute(first) else None
    if path is None or "\0" in path:
        return None
    path = path.replace("\\", "/") if re.match(r"[A-Za-z]:\\|\\", path) else path
    return normalize(path) if is_absolute(path) else None


def _quoted(text: str) -> str | None:
    """What stands between the first quote and its partner; to the end of the text if it has none."""
    start = text.find('"')
    if start < 0:
        return None
    inside = re.match(r'((?:[^"]|"")*)', text[start + 1 :], re.DOTALL)
    return inside[1].replace('""', '"') if inside else None


def check_local_name(name: str, *, windows: bool | None = None) -> str:
    """Returns `name` if a file of that name can be made on this machine's disk, and is that file only.

    Args:
        name: A name that a server gave.
        windows: Whether the rules of Windows hold; by default, whether this is Windows.

    Raises:
        UnsafeName: It is no single component; or, on Windows, it holds a sign that means something there,
            ends in a dot or a space, or is the name of a device (`NUL`, `COM1.txt`).
    """
    check_name(name)
    if sys.platform == "win32" if windows is None else windows:
        sign = _UNFIT_ON_WINDOWS.search(name)
        if sign:
            raise UnsafeName(f"“{shown(name)}” cannot be a name on Windows: “{shown(sign[0])}”", path=name)
        if name[-1] in ". ":
            raise UnsafeName(f"“{shown(name)}” ends in a dot or a space, which Windows drops", path=name)
        if _RESERVED.match(name):
            raise UnsafeName(f"“{shown(name)}” is the name of a device on Windows", path=name)
    return name
