"""Reads the passwords that WinSCP stores without a master password: hidden from a glance, not encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret

_MAGIC = 0xA3
_FLAG, _ONE_BYTE, _MASTER, _TWO_BYTES = 0xFF, 0x00, 0x01, 0x02


def is_protected(written: str) -> bool:
    """Whether WinSCP's master password encrypts it, so that nobody else can read it."""
    return [*_values(written[:4])] == [_FLAG, _MASTER]


def reveal(written: str, user: str, host: str) -> Secret:
    """The password.

    Two hexadecimal digits a byte, each byte inverted and combined with 0xA3: a flag, a version, the length (of
    two bytes in version 2), the number of filling bytes and these, and user, host and password in one.

    Raises:
        ConfigurationError: It cannot be read, or belongs to another login.
    """
    values = _values(written)
    try:
        length, has_key = next(values), False
        if length == _FLAG:
            version, has_key = next(values), True
            if version not in (_ONE_BYTE, _TWO_BYTES):
                raise ConfigurationError("it is written in an unknown way")
            length = next(values) if version == _ONE_BYTE else next(values) << 8 | next(values)
        for _ in range(next(values)):
            next(values)
        plain = bytearray(next(values) for _ in range(length))
    except (StopIteration, RuntimeError):  # a generator turns the former into the latter
        raise ConfigurationError("it is cut short") from None
    return _without_key(bytes(plain), f"{user}{host}" if has_key else "")


def _without_key(plain: bytes, key: str) -> Secret:
    prefix = key.encode("utf-8", "surrogateescape")
    if not plain.startswith(prefix):
        raise ConfigurationError("it belongs to another user or server")
    try:
        return Secret(plain[len(prefix) :].decode())
    except UnicodeDecodeError:
        raise ConfigurationError("it is no text") from None


def _values(written: str) -> Iterator[int]:
    try:
        data = bytes.fromhex(written)
    except ValueError:
        return iter(())
    return (~byte & 0xFF ^ _MAGIC for byte in data)
