"""What options take, read and checked: numbers, words, speeds. Each raises what argparse tells the user."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.rates import parse_rate

if TYPE_CHECKING:
    from tuiftp.choices import TlsMode
    from tuiftp.protocol.url import Target

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


def target(text: str) -> Target:
    """A URL."""
    from tuiftp.protocol.url import parse_url  # only needed with a URL

    try:
        return parse_url(text)
    except ConfigurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def tls_mode(text: str) -> TlsMode:
    """A word of `--tls`."""
    from tuiftp.choices import TlsMode  # only needed with that option

    return word_of({mode.value: mode for mode in TlsMode})(text)


def with_tls(target: Target, tls: TlsMode | None) -> Target:
    """The target with the encryption of `--tls`; a port that is the usual one changes along."""
    from tuiftp.protocol.url import usual_port  # only needed with a URL

    if tls is None or tls is target.tls:
        return target
    is_usual = target.port == usual_port(target.tls)
    return replace(target, tls=tls, port=usual_port(tls) if is_usual else target.port)


def fingerprint(text: str) -> str:
    """The fingerprint of a certificate."""
    from tuiftp.protocol.certificates import parse_fingerprint  # only needed with that option

    try:
        return parse_fingerprint(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”: {error}") from error


def scenario(text: str) -> str:
    """The name of a fault that the demo server can show."""
    from tuiftp.demo.lab.scenarios import SCENARIOS, find_scenario  # only needed with that option

    if find_scenario(text) is None:
        known = ", ".join(one.name for one in SCENARIOS)
        raise argparse.ArgumentTypeError(f"“{text}” is none of {known}")
    return text
