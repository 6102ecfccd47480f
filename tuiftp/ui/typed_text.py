"""Tells the keys that are text from those that are commands, for widgets that take letters without a field."""

from __future__ import annotations

from textual import events


def is_text_key(key: str, character: str | None) -> bool:
    """Whether a key puts a character into a text.

    A letter that was pressed with Alt is a command, though Textual gives it the letter's character.
    """
    return character is not None and character.isprintable() and "alt" not in key.split("+")[:-1]


def text_of_key(event: events.Key) -> str:
    """The character that a key puts into a text; empty if it is a command."""
    return event.character if event.character and is_text_key(event.key, event.character) else ""
