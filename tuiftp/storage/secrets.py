"""Password storage, only on request: the system's keyring, or a file of mode 0600.

The keyring is loaded when it is first needed: it may start programs of the desktop, and is an extra of the package.
"""

from __future__ import annotations

import importlib
import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import data_dir
from tuiftp.storage.toml_edit import encode_key, encode_value

FILE_WARNING = (
    "Whoever can read your files can read the passwords in it: they are not encrypted. Use it only where there is "
    "no keyring."
)
"""What a person must know before a password goes into the file."""
_SERVICE = "tuiftp"
_HEAD = "# Passwords of tuiftp, not encrypted. Readable by you alone, or it is not used.\n"
_LARGEST = 1 << 20


def login_key(host: str, port: int, user: str) -> str:
    """The name under which a password is kept: `bob@ftp.example.com:21`."""
    return f"{user}@{host.casefold()}:{port}"


class KeyringModule(Protocol):
    """What we use of `keyring`."""

    def get_password(self, service: str, name: str, /) -> str | None:
        """The password, if there is one."""
        ...

    def set_password(self, service: str, name: str, password: str, /) -> None:
        """Keeps a password."""
        ...

    def delete_password(self, service: str, name: str, /) -> None:
        """Forgets a password."""
        ...


class KeyringStore:
    """Passwords in the system's keyring. Each call may wait for a person to unlock it: use a thread."""

    def __init__(self, module: KeyringModule | None = None) -> None:
        self._module = module

    def why_not(self) -> str | None:
        """Why there is no keyring here, in a sentence; None: there is one."""
        try:
            self._load()
        except ConfigurationError as error:
            return error.message
        return None

    def get(self, key: str) -> Secret | None:
        """The password under `key`; None where there is none, or no keyring that works."""
        try:
            found = self._load().get_password(_SERVICE, key)
        except ConfigurationError:
            return None
        except _failures():
            return None
        return Secret(found) if found is not None else None

    def put(self, key: str, password: Secret) -> None:
        """Keeps a password.

        Raises:
            ConfigurationError: There is no keyring, or it refuses.
        """
        module = self._load()
        try:
            module.set_password(_SERVICE, key, password.reveal())
        except _failures() as error:
            # Not the error's own text: nobody knows what a keyring prints.
            raise ConfigurationError(
                f"the keyring did not take the password ({type(error).__name__})"
            ) from None

    def forget(self, key: str) -> None:
        """Takes the password under `key` out, if it is there."""
        try:
            self._load().delete_password(_SERVICE, key)
        except ConfigurationError:
            pass  # there is no keyring
        except _failures():
            pass  # there was no password

    def _load(self) -> KeyringModule:
        if self._module is None:
            self._module = _load_keyring()
        return self._module


def _load_keyring() -> KeyringModule:
    try:
        keyring: Any = importlib.import_module("keyring")
        backend = keyring.get_keyring()
    except ImportError:
        raise ConfigurationError(
            "there is no keyring here: the package “keyring” is not installed",
            hint="pip install 'tuiftp[keyring]'",
        ) from None
    except _failures() as error:
        raise ConfigurationError(f"the keyring does not work ({type(error).__name__})") from None
    # The backends `fail` and `null` keep nothing; plain-text ones are no better than our own file.
    if getattr(backend, "priority", 0) < 1:
        raise ConfigurationError("there is no keyring here that could keep a password")
    return cast("KeyringModule", keyring)


def _failures() -> tuple[type[BaseException], ...]:
    """What a keyring may raise. Its backends talk to D-Bus and to systems of their own."""
    known: list[type[BaseException]] = [OSError, RuntimeError, ValueError, AttributeError]
    errors = sys.modules.get("keyring.errors")
    if errors is not None:
        known.append(errors.KeyringError)
    return tuple(known)


def find_kept(key: str) -> Secret | None:
    """The password under `key`, from the keyring or else from the file; None where nobody has kept one.

    Raises:
        ConfigurationError: The file may not be used, because others can read it, or it is broken.
    """
    found = KeyringStore().get(key)
    return found if found is not None else FileStore().get(key)


class FileStore:
    """Passwords in a file of mode 0600; one that others may read is refused, as ssh does."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_dir() / "passwords.toml"
        """Where the file is, or will be."""

    def get(self, key: str) -> Secret | None:
        """The password under `key`, or None.

        Raises:
            ConfigurationError: The file may not be used, because others can read it, or it is broken.
        """
        return self._read().get(key)

    def put(self, key: str, password: Secret) -> None:
        """Keeps a password.

        Raises:
            ConfigurationError: The file may not be used.
            LocalFileError: It could not be written.
        """
        self.put_all({key: password})

    def put_all(self, passwords: Mapping[str, Secret]) -> None:
        """Keeps several passwords, all or none.

        Raises:
            ConfigurationError: The file may not be used, or would be too large.
            LocalFileError: It could not be written.
        """
        self._write({**self._read(), **passwords})

    def forget(self, key: str) -> None:
        """Takes the password under `key` out.

        Raises:
            ConfigurationError: The file may not be used.
            LocalFileError: It could not be written.
        """
        kept = self._read()
        if kept.pop(key, None) is not None:
            self._write(kept)

    def _read(self) -> dict[str, Secret]:
        try:
            with self.path.open("rb") as file:
                facts = os.fstat(file.fileno())
                self._check(facts)
                data = file.read(_LARGEST)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be read: {error.strerror or error}") from error
        try:
            table = tomllib.loads(data.decode())
        except (ValueError, RecursionError):
            # Not the parser's words: they could quote a password. And not its locals.
            raise ConfigurationError(f"{self.path} is broken and not used", path=str(self.path)) from None
        return {key: Secret(value) for key, value in table.items() if isinstance(value, str)}

    def _check(self, facts: os.stat_result) -> None:
        if sys.platform == "win32":
            return
        if stat.S_IMODE(facts.st_mode) & 0o077:
            raise ConfigurationError(
                f"{shown(str(self.path))} is not used: others than you can read it",
                hint=f"chmod 600 {self.path}, and change the passwords",
            )
        if facts.st_uid not in (os.getuid(), 0):
            raise ConfigurationError(f"{shown(str(self.path))} is not used: it belongs to somebody else")

    def _write(self, passwords: Mapping[str, Secret]) -> None:
        lines = (f"{encode_key(key)} = {encode_value(value.reveal())}" for key, value in passwords.items())
        text = "\n".join([_HEAD, *lines]) + "\n"
        if len(text.encode("utf-8", "surrogateescape")) > _LARGEST:
            raise ConfigurationError(f"{self.path} would be too large") from None
        write_atomic(self.path, text)
