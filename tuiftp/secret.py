"""Secret: a password that does not show itself, wherever it is printed by accident."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn

_MASK = "********"


class Secret:
    """Holds a password. Its repr, str and format are a mask of fixed width; only `reveal` gives it away.

    Crash screens print the locals of every frame: what is revealed must not be kept in a variable.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The password itself: for the PASS command, a keyring, and a field that hides what it holds."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return _MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, others = (one._value.encode("utf-8", "surrogatepass") for one in (self, other))
        return hmac.compare_digest(mine, others)

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is not written to disk by accident")
