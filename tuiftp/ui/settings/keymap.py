"""The user's own keys: which of them can be used, and what is wrong with the others."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS, KEY_TO_UNICODE_NAME, Keys

from tuiftp.protocol.text import shown
from tuiftp.ui.commands.catalogue import COMMANDS

if TYPE_CHECKING:
    from tuiftp.storage.settings import Settings

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_NAMES = frozenset(
    {*(key.value for key in Keys), *KEY_NAME_REPLACEMENTS.values(), *KEY_TO_UNICODE_NAME, "space"}
)


def type_no_alt(event: events.Event) -> None:
    """Has a letter with Alt be a command alone: Textual gives it the letter's character, which fields would type."""
    if isinstance(event, events.Key) and "alt" in event.key.split("+")[:-1]:
        event.character = None


def usable_keymap(settings: Settings) -> dict[str, str]:
    """The keys of the settings whose command and keys exist; the other commands keep their default."""
    known = {command.id for command in COMMANDS}
    return {id: keys for id, keys in settings.keymap.items() if id in known and not _unknown_keys(keys)}


def keymap_problems(settings: Settings) -> list[str]:
    """What is wrong with the keys of the settings, a plain sentence each."""
    known = {command.id for command in COMMANDS}
    problems = []
    for id, keys in settings.keymap.items():
        if id not in known:
            problems.append(f"[keymap] in settings.toml: there is no command “{shown(id)}”.")
        elif bad := _unknown_keys(keys):
            problems.append(f"[keymap] in settings.toml, {id}: “{shown(bad[0])}” is no key.")
    return problems


def _unknown_keys(keys: str) -> list[str]:
    # A comma alone is the key of that name; else it stands between keys.
    named = [keys] if keys == "," else [key.strip() for key in keys.split(",")]
    return [key for key in named if not _is_key(key)]


def _is_key(key: str) -> bool:
    if len(key) == 1:
        return key.isprintable()
    *modifiers, last = key.split("+")
    if not set(modifiers) <= _MODIFIERS:
        return False
    return len(last) == 1 or key in _NAMES or last in _NAMES or _is_character_name(last)


def _is_character_name(name: str) -> bool:
    try:
        return bool(unicodedata.lookup(name.replace("_", " ")))
    except KeyError:
        return False
