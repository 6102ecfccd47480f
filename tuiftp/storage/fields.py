"""Describes one setting: its title, its help, what it may be, and how what was typed is checked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tuiftp.errors import ConfigurationError

_YES = frozenset({"yes", "y", "on", "true", "1"})
_NO = frozenset({"no", "n", "off", "false", "0"})


class SettingKind(StrEnum):
    """Which sort of value a setting takes, and so which form field it gets."""

    CHOICE = "choice"
    SWITCH = "switch"
    WHOLE = "whole"
    SECONDS = "seconds"
    TEXT = "text"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a setting may have."""

    value: StrEnum | bool | None
    """The value; None: as in the settings."""
    label: str
    """The word on the screen."""
    help: str
    """One sentence on what it does and when to use it."""
    name: str = ""
    """Its word in the file, where the value has no text of its own."""

    @property
    def word(self) -> str:
        """The value as the file has it."""
        return self.name or str(self.value)


@dataclass(frozen=True, slots=True)
class Overruled:
    """Says when a setting has no say, because another one decides."""

    by: str
    """The name of the other setting."""
    value: str
    """The other setting's value that overrules."""
    shown: str
    """What the screen shows meanwhile."""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """All that the screen, the file and the check need to know of a setting."""

    title: str
    """A few words, as the screen shows them."""
    help: str
    """A sentence or two, shown under the cursor and above the line in the file."""
    group: str
    """The category, as `Transfers`."""
    box: str
    """The frame inside the category that it stands in."""
    kind: SettingKind
    """Which sort of value it takes."""
    choices: tuple[Choice, ...] = ()
    """What a CHOICE may be."""
    low: float = -math.inf
    """The least number."""
    high: float = math.inf
    """The greatest number."""
    empty: str = ""
    """What an empty text or the number 0 means, as the screen shows it: `any`."""
    example: str = ""
    """An example of a text."""
    check: Callable[[str], str] | None = None
    """Returns the text as it shall be kept, or raises ConfigurationError."""
    overruled: Overruled | None = None
    """When another setting decides instead."""

    @property
    def range_text(self) -> str:
        """The range in words: `1–60 s`; empty if there is none."""
        if not math.isfinite(self.low) or not math.isfinite(self.high):
            return ""
        unit = " s" if self.kind is SettingKind.SECONDS else ""
        dash = " to " if self.low < 0 else "–"
        return f"{self.low:g}{dash}{self.high:.12g}{unit}"

    def validate(self, value: object) -> Any:
        """Turns what was typed or read from the file into the setting's value.

        Raises:
            ConfigurationError: It cannot be that; the message is a sentence for the user.
        """
        if isinstance(value, str) and not value.isprintable():
            raise ConfigurationError(f"{self.title}: no line breaks or control characters, please.")
        return _READERS[self.kind](self, value)

    def read(self, value: object) -> Any:
        """Turns what stands in the file into the value: a choice stands there as its word, nothing else.

        Raises:
            ConfigurationError: It cannot be that; the message is a sentence for the user.
        """
        if self.kind is SettingKind.CHOICE and not isinstance(value, str):
            raise self._no_choice(value)
        return self.validate(value)

    def word_of(self, value: Any) -> Any:
        """The value as the file has it: a choice is written as its word."""
        return next((choice.word for choice in self.choices if choice.value == value), value)

    def choose(self, value: object) -> StrEnum | bool | None:
        """The value of a choice, by itself or by its word.

        Raises:
            ConfigurationError: There is no such choice.
        """
        for choice in self.choices:
            if value is choice.value or (isinstance(value, str) and value.strip().lower() == choice.word):
                return choice.value
        raise self._no_choice(value)

    def _no_choice(self, value: object) -> ConfigurationError:
        words = ", ".join(choice.word for choice in self.choices)
        return ConfigurationError(f"{self.title} must be one of {words}, not {value!r}.")

    def describe(self, value: object) -> str:
        """The value as the screen shows it."""
        match self.kind:
            case SettingKind.SWITCH:
                return "yes" if value else "no"
            case SettingKind.SECONDS:
                return f"{value:g} s"
            case SettingKind.CHOICE:
                return next((choice.label for choice in self.choices if choice.value == value), str(value))
            case SettingKind.WHOLE if value == 0 and self.empty:
                return self.empty
            case _:
                return str(value) or self.empty


def setting(default: Any, title: str, help: str, *, group: str, box: str = "", **more: Any) -> Any:
    """Declares a field of `Settings` with its description. The kind follows from the default where it can."""
    kind = more.pop("kind", None) or (SettingKind.CHOICE if "choices" in more else _kind_of(default))
    spec = SettingSpec(title, help, group, box or group, kind, **more)
    return field(default=default, metadata={"spec": spec})


def _kind_of(default: object) -> SettingKind:
    if isinstance(default, bool):
        return SettingKind.SWITCH
    if isinstance(default, int):
        return SettingKind.WHOLE
    return SettingKind.SECONDS if isinstance(default, float) else SettingKind.TEXT


def _read_switch(spec: SettingSpec, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise ConfigurationError(f"{spec.title} must be true or false, not {value!r}.")


def _read_number(spec: SettingSpec, value: object) -> float:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        number = float(value.strip().removesuffix("s") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{spec.title} must be a number, not {value!r}.") from None
    if not spec.low <= number <= spec.high:
        raise ConfigurationError(f"{spec.title} must be within {spec.range_text}, not {number:.12g}.")
    return number


def _read_whole(spec: SettingSpec, value: object) -> int:
    number = _read_number(spec, value)
    if number != int(number):
        raise ConfigurationError(f"{spec.title} must be a whole number, not {number:g}.")
    return int(number)


def _read_text(spec: SettingSpec, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{spec.title} must be text, not {value!r}.")
    text = value.strip()
    return spec.check(text) if spec.check else text


_READERS: dict[SettingKind, Callable[[SettingSpec, object], Any]] = {
    SettingKind.CHOICE: SettingSpec.choose,
    SettingKind.SWITCH: _read_switch,
    SettingKind.WHOLE: _read_whole,
    SettingKind.SECONDS: _read_number,
    SettingKind.TEXT: _read_text,
    SettingKind.THEME: _read_text,
}
