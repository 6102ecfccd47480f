"""Questions about a remote file whose refusal is an answer too."""

from __future__ import annotations

from collections.abc import Awaitable

from tuiftp.entries import Entry
from tuiftp.errors import CommandRefused, LoginRefused


async def known_size(asked: Awaitable[int | None]) -> int | None:
    """What the server says of a size; None where it will not say."""
    try:
        return await asked
    except LoginRefused:
        raise
    except CommandRefused:
        return None


async def seen_now(asked: Awaitable[Entry | None]) -> Entry | None:
    """What the server says of a file now; None where it will not say."""
    try:
        return await asked
    except LoginRefused:
        raise
    except CommandRefused:
        return None
