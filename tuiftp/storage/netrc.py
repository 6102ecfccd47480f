"""~/.netrc: the passwords that ftp(1) has always kept there, read only if nobody else can.

The standard library's reader keeps one login a machine; here a machine may have several.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret

_LARGEST = 1 << 20
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class NetrcEntry:
    """One login (machine entry) of a .netrc file."""

    machine: str | None
    """The host name; None: any host (`default`)."""
    login: str | None = None
    """The user; None: any user."""
    password: Secret | None = None
    """The password; never printed."""


def find_netrc_password(path: Path, host: str, user: str) -> Secret | None:
    """The password of `user` at `host`, or None where the file does not know one or does not exist.

    Raises:
        ConfigurationError: The file exists and may not be used, because others can read it too.
    """
    for entry in _read(path):
        is_there = entry.machine is None or entry.machine.casefold() == host.casefold()
        if is_there and entry.login in (None, user) and entry.password is not None:
            return entry.password
    return None


def netrc_users(path: Path) -> dict[str, str]:
    """Who logs in where: the first user of each machine, by its name in small letters.

    `default` is not taken: it speaks of no machine. A file that may not be used names nobody.
    """
    try:
        entries = _read(path)
    except ConfigurationError:
        return {}
    users: dict[str, str] = {}
    for entry in entries:
        if entry.machine is not None and entry.login:
            users.setdefault(entry.machine.casefold(), entry.login)
    return users


def _read(path: Path) -> list[NetrcEntry]:
    try:
        with path.open("rb") as file:
            refuse_if_others_read(path, os.fstat(file.fileno()))
            return parse_netrc(file.read(_LARGEST).decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def refuse_if_others_read(path: Path, facts: os.stat_result) -> None:
    """Passwords that others can read are not used.

    Raises:
        ConfigurationError: Others than the owner can read the file.
    """
    if sys.platform != "win32" and stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigurationError(f"{path} is not used: others than you can read it", hint=f"chmod 600 {path}")


def parse_netrc(text: str) -> list[NetrcEntry]:
    """Reads the entries, in order. Words that mean nothing are passed over."""
    words = _words(text)
    entries: list[dict[str, str | None]] = []
    for word in words:
        if word == "machine":
            entries.append({"machine": next(words, None)})
        elif word == "default":
            entries.append({"machine": None})
        elif word in ("login", "user", "password") and entries:
            entries[-1]["login" if word == "user" else word] = next(words, None)
        elif word == "account":
            next(words, None)
    return [
        NetrcEntry(entry["machine"], entry.get("login"), Secret(password) if password is not None else None)
        for entry in entries
        for password in [entry.get("password")]
    ]


def _words(text: str) -> Iterator[str]:
    """The words of the file: comments and macro definitions left out, quoted words unquoted."""
    is_macro = False
    for line in text.splitlines():
        if is_macro:  # it goes on to an empty line
            is_macro = bool(line.strip())
        elif not line.lstrip().startswith("#"):
            for match in _TOKEN.finditer(line):
                word = match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1])
                if word == "macdef":
                    is_macro = True
                    break
                yield word
