"""Parses rate limits as typed, in bytes per second: `2M`, `500k`, `1.5 MB/s`, or none."""

from __future__ import annotations

import re

from tuiftp.errors import ConfigurationError

_RATE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([kKmMgG]?)(?:[bB](?:yte)?)?(?:/s)?\Z", re.ASCII)
_FACTORS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_LEAST = 1000
"""Bytes a second below which nobody would see anything move."""
_NONE = frozenset({"", "0", "none", "off", "no", "unlimited"})


def parse_rate(text: str) -> int | None:
    """Reads a speed limit in bytes a second; k, M and G are powers of 1000. None: no limit.

    Raises:
        ConfigurationError: It is no speed; the message is a sentence for the user.
    """
    typed = text.strip()
    if typed.lower() in _NONE:
        return None
    found = _RATE.match(typed)
    if found is None:
        raise ConfigurationError(f"“{typed}” is no speed: write bytes a second, as 500k or 2M.")
    rate = round(float(found[1]) * _FACTORS[found[2].lower()])
    if not _LEAST <= rate <= 10**12:
        raise ConfigurationError("A speed limit goes from 1k to 1000G; 0 takes it away.")
    return rate


def format_rate(rate: int | None) -> str:
    """Writes a limit as it may be typed again: `2M`, `1500`, empty for none."""
    if not rate:
        return ""
    for unit in ("G", "M", "k"):
        factor = _FACTORS[unit.lower()]
        if rate % (factor // 10) == 0 and rate >= factor:
            whole, tenth = divmod(rate * 10 // factor, 10)
            return f"{whole}.{tenth}{unit}" if tenth else f"{whole}{unit}"
    return str(rate)
