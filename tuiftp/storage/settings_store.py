"""Reads and writes `settings.toml`, which belongs to the user: nothing that they wrote in it is lost."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.storage.atomic import write_atomic
from tuiftp.storage.locations import config_dir
from tuiftp.storage.settings import SPECS, Settings, changed, validate
from tuiftp.storage.toml_edit import edit_toml, encode_key, encode_value, plain

_KEYMAP_HELP = 'Your own keys: the command\'s name, then the key, as in  copy = "ctrl+k"'


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """A value in the settings file that is invalid. The default is used instead."""

    key: str | None
    """The setting it is about; None for the whole file."""
    message: str
    """A sentence for the user."""


class SettingsStore:
    """The settings file.

    A file that is no TOML is kept: it is renamed before the first save. Keys that we do not know, values that
    we cannot use and the user's comments stay where they are.
    """

    def __init__(self, path: Path | None = None, *, now: Callable[[], datetime] = datetime.now) -> None:
        self.path = path or config_dir() / "settings.toml"
        """Where the file is, or will be."""
        self.problems: tuple[SettingsProblem, ...] = ()
        """What the last `load` could not use."""
        self._now = now
        self._stored = Settings()

    @property
    def current(self) -> Settings:
        """What was loaded or saved last."""
        return self._stored

    def load(self) -> Settings:
        """Reads the file; what is absent or cannot be used has its default, and is told in `problems`."""
        try:
            document = self._read()
        except LocalFileError as error:
            return self._remember(Settings(), (SettingsProblem(None, error.message),))
        except ConfigurationError as error:
            message = f"{error.message} It is kept; the defaults apply."
            return self._remember(Settings(), (SettingsProblem(None, message),))
        return self._remember(*decode_settings(document or {}))

    def save(self, settings: Settings) -> None:
        """Writes what changed since the last load or save; what another program changed meanwhile stays.

        Raises:
            LocalFileError: The file could not be written; what was there before is untouched.
        """
        try:
            is_there = self._read() is not None
        except ConfigurationError:
            self._keep_broken_file()
            is_there = False
        if is_there:
            self._update(settings)
        else:
            write_atomic(self.path, encode_settings(settings))
        self._stored = settings

    def validate(self, name: str, value: object) -> Any:
        """Turns what was typed into a value of the setting `name`; see `tuiftp.storage.settings.validate`."""
        return validate(name, value)

    def _remember(self, settings: Settings, problems: tuple[SettingsProblem, ...]) -> Settings:
        self._stored, self.problems = settings, problems
        return settings

    def _read(self) -> dict[str, Any] | None:
        try:
            return tomllib.loads(self.path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"{self.path} could not be read: {error.strerror or error}."
            raise LocalFileError(message, path=str(self.path)) from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise ConfigurationError(
                f"{self.path} is not valid TOML: {error}.", path=str(self.path)
            ) from error

    def _update(self, settings: Settings) -> None:
        values = {
            name: getattr(settings, name)
            for name in SPECS
            if getattr(settings, name) != getattr(self._stored, name)
        }
        has_new_keys = dict(settings.keymap) != dict(self._stored.keymap)
        if not values and not has_new_keys:
            return

        def change(document: MutableMapping[str, Any]) -> None:
            for name, value in values.items():
                document[name] = plain(value)
            if has_new_keys:
                _put_keymap(document, settings.keymap)

        write_atomic(self.path, edit_toml(self._text(), self.path, change))

    def _text(self) -> str:
        return self.path.read_bytes().decode("utf-8-sig")

    def _keep_broken_file(self) -> None:
        stamp = self._now().strftime("%Y%m%d-%H%M%S")
        kept = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        try:
            self.path.rename(kept)
        except OSError as error:
            message = f"{self.path} is broken and could not be renamed to {kept.name}: {error.strerror}"
            raise LocalFileError(message, path=str(self.path)) from error


def decode_settings(document: Mapping[str, Any]) -> tuple[Settings, tuple[SettingsProblem, ...]]:
    """Makes settings of a parsed file, and tells what in it could not be used."""
    settings, problems = Settings(), []
    for key, value in document.items():
        try:
            if key == "keymap":
                settings = replace(settings, keymap=_decode_keymap(value))
            else:
                settings = changed(settings, key, value)
        except ConfigurationError as error:
            problems.append(SettingsProblem(key, error.message))
    return settings, tuple(problems)


def encode_settings(settings: Settings) -> str:
    """Writes the whole file: each setting below its help, then the keymap."""
    parts = ["# Settings of tuiftp. Edit as you like; the settings screen changes only the values."]
    group = ""
    for name, spec in SPECS.items():
        if spec.group != group:
            group = spec.group
            parts.append(f"\n# ── {group} ──")
        parts.append(f"\n{_comment(name)}\n{name} = {encode_value(getattr(settings, name))}")
    keys = [f"{encode_key(command)} = {encode_value(key)}" for command, key in settings.keymap.items()]
    parts.append("\n".join([f"\n# {_KEYMAP_HELP}", "[keymap]", *keys]))
    return "\n".join(parts) + "\n"


def _put_keymap(document: MutableMapping[str, Any], keymap: Mapping[str, str]) -> None:
    """Changes the lines of the keymap that are other now; the rest of the table stays as it is."""
    table = document.get("keymap")
    if not isinstance(table, MutableMapping):
        document["keymap"] = table = {}
        table = document["keymap"]
    for command in [command for command in table if command not in keymap]:
        del table[command]
    for command, key in keymap.items():
        if table.get(command) != key:
            table[command] = key


def _comment(name: str) -> str:
    spec = SPECS[name]
    lines = textwrap.wrap(f"{spec.title}: {spec.help}", 90)
    for choice in spec.choices:
        lines += textwrap.wrap(
            f"{choice.word}: {choice.help}", 90, initial_indent="  ", subsequent_indent="    "
        )
    if spec.range_text:
        lines.append(f"Range: {spec.range_text}")
    if spec.empty:
        lines.append(f'Empty: {spec.empty}. Example: "{spec.example}"')
    return "\n".join(f"# {line}" for line in lines)


def _decode_keymap(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ConfigurationError("keymap must be a table of command = key.")
    for command, key in value.items():
        if not isinstance(key, str) or not key.strip() or not key.isprintable():
            raise ConfigurationError(f'The key of {command!r} in keymap must be a text like "ctrl+k".')
    return {command: key.strip() for command, key in value.items()}
