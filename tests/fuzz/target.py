"""What is fuzzed: a function that takes bytes, with samples and words to build inputs from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of foreign bytes."""

    name: str
    """What to call it on the command line."""
    run: Callable[[bytes], None]
    """Reads the bytes and checks what came out. Errors that it may raise it catches; all others are findings."""
    seeds: Sequence[bytes]
    """Inputs as the world has them."""
    words: Sequence[bytes] = ()
    """Pieces that inputs of this kind are made of."""


def text_of(data: bytes) -> str:
    """Text as it comes off a wire: what does not decode is kept."""
    return data.decode("utf-8", "surrogateescape")
