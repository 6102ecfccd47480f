"""Checks of the texts that settings hold: addresses, port ranges, encodings, theme names, commands."""

from __future__ import annotations

import codecs
import ipaddress
import re
import shlex

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import is_wire_encoding

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")
_RANGE = re.compile(r"(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")
_THEME_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


def check_address(text: str) -> str:
    """Accepts an IP address or a host name, or nothing.

    Raises:
        ConfigurationError: It is neither.
    """
    if not text:
        return text
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        # Digits and dots alone are a mistyped address, not a name.
        if not _HOST_NAME.fullmatch(text) or re.fullmatch(r"[\d.]+", text):
            raise ConfigurationError(f"“{text}” is neither an IP address nor a host name.") from None
        return text
    if address.is_unspecified or address.is_multicast:
        raise ConfigurationError(f"No server can connect to {text}.")
    return text


def parse_ports(text: str) -> tuple[int, int] | None:
    """Reads `50000-50100`, or a single port; None for the empty text, which means any port.

    Raises:
        ConfigurationError: It is no range of ports.
    """
    if not text:
        return None
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ConfigurationError(f"“{text}” is no port range; write it as 50000-50100.")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < 1 or last > 65535 or first > 65535:
        raise ConfigurationError("Ports go from 1 to 65535.")
    if first > last:
        raise ConfigurationError(f"The range must begin with the lower port: {last}-{first}.")
    return first, last


def check_ports(text: str) -> str:
    """Accepts a port range as `parse_ports` reads it, and writes it in one form.

    Raises:
        ConfigurationError: It is no range of ports.
    """
    ports = parse_ports(text)
    return f"{ports[0]}-{ports[1]}" if ports else ""


def check_encoding(text: str) -> str:
    """Accepts an encoding that Python knows and that holds ASCII unchanged, as FTP commands need it.

    Raises:
        ConfigurationError: There is none of this name, or paths cannot be sent in it.
    """
    try:
        name = codecs.lookup(text).name
    except (LookupError, ValueError):
        raise ConfigurationError(f"No encoding is called “{text}”; try utf-8, latin-1 or cp1252.") from None
    if not is_wire_encoding(name):
        raise ConfigurationError(f"{name} cannot be used for FTP: it does not hold ASCII as it is.")
    return name


def split_command(text: str) -> list[str]:
    """Splits a command into its words as a shell would, without ever giving it to one.

    Raises:
        ConfigurationError: A quote is not closed.
    """
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ConfigurationError(f"The command cannot be split into words: {error}.") from error


def check_command(text: str) -> str:
    """Accepts a command that can be split into words, or nothing.

    Raises:
        ConfigurationError: A quote is not closed, or the first word is empty.
    """
    words = split_command(text)
    if words and not words[0]:
        raise ConfigurationError("The first word is the program, and cannot be empty.")
    return text


def check_theme_name(text: str) -> str:
    """Accepts what can be the name of a theme. Whether there is one, only the screen knows.

    Raises:
        ConfigurationError: It cannot be a name.
    """
    if not _THEME_NAME.fullmatch(text):
        raise ConfigurationError(f"“{text}” cannot be the name of a theme.")
    return text
