"""What is fetched in one go: the seam between who moves bytes and who knows where they belong."""

from __future__ import annotations

from typing import Protocol


class BatchReceiver(Protocol):
    """Small files that are fetched in one go. Its methods are called in a thread, one at a time."""

    @property
    def has_more(self) -> bool:
        """Whether another one is likely to follow."""
        ...

    def next(self) -> tuple[str, int] | None:
        """The path of the next file, and its size in bytes; None: that was all."""
        ...

    def deliver(self, data: bytes) -> bool:
        """Takes what the file holds that was asked for last; returns whether to go on."""
        ...

    def skip(self) -> None:
        """Is told that the last one, if it was not brought, has to be fetched the usual way."""
        ...
