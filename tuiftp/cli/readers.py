"""What options take, read and checked: numbers, words, speeds. Each raises what argparse tells the user."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TypeVar

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.rates import parse_rate

Choice = TypeVar("Choice")


def number(kind: type[int] | type[float], low: int, high: int) -> Callable[[str], float]:
    """A number within bounds."""

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(low - 1)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"“{text}” is not a number from {low} to {high}")
        return value

    return read


def word_of(choices: Mapping[str, Choice]) -> Callable[[str], Choice]:
    """One of some words, and what it stands for."""

    def read(text: str) -> Choice:
        if text not in choices:
            raise argparse.ArgumentTypeError(f"“{text}” is none of {', '.join(choices)}")
        return choices[text]

    return read


def rate(text: str) -> int:
    """A speed limit in bytes a second; 0: none."""
    try:
        return parse_rate(text) or 0
    except ConfigurationError as error:
        raise argparse.ArgumentTypeError(error.message) from error
