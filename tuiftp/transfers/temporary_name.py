"""The name under which an upload grows, and how it takes its place when it is whole.

The file that was there stays as it was until the new one is whole and checked. What a server cannot do (take
hidden names, rename, replace) is found out by trying, and then done without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuiftp.errors import CommandRefused, ConnectionLost, LoginRefused, RemoteError, StorageFull
from tuiftp.files.endpoint import Transfers
from tuiftp.files.safe_open import NAME_LIMIT
from tuiftp.protocol.text import shown
from tuiftp.transfers.remote_queries import known_size, seen_now

_EXISTS = re.compile(r"exist|already|overwrit", re.IGNORECASE)
_MISSING = re.compile(r"(not|n't|no longer) exist|no such", re.IGNORECASE)
_NAME_CODES = frozenset({500, 501, 502, 504, 521, 550, 551, 553})


class TemporaryRefused(Exception):
    """The server does not take the temporary name, or does not rename: the upload is done without."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An upload that is whole, under its temporary name."""

    temporary: str
    """Where it is."""
    target: str
    """Where it belongs."""
    size: int
    """How many bytes it has."""
    is_verified: bool
    """Whether that was checked."""


def temporary_name(name: str, token: str) -> str:
    """A hidden name for the unfinished upload of `name`, not to be guessed and never too long."""
    ending = f".tuiftp-{token}.part"
    kept = name
    while len(kept.encode("utf-8", "surrogateescape")) > NAME_LIMIT - 1 - len(ending):
        kept = kept[:-1]
    return f".{kept}{ending}"


def is_about_name(error: CommandRefused) -> bool:
    """Whether a refused STOR may be about the name: then it is tried without the temporary one."""
    return not isinstance(error, StorageFull | LoginRefused) and error.code in _NAME_CODES


async def put_in_place(endpoint: Transfers, finished: Finished) -> None:
    """Renames a whole upload to its target, over the file that may be there.

    Raises:
        TemporaryRefused: The server does not rename it; all is as it was.
        RemoteError: The file that is there can be neither replaced nor, unverified as the new one is, removed.
    """
    try:
        await _rename(endpoint, finished)
    except LoginRefused:
        raise
    except CommandRefused as error:
        if error.command != "RNTO" or not _EXISTS.search(error.text) or _MISSING.search(error.text):
            raise TemporaryRefused(error.message) from error
        await _replace_by_force(endpoint, finished, error)


async def _rename(endpoint: Transfers, finished: Finished) -> None:
    try:
        await endpoint.rename(finished.temporary, finished.target)
    except ConnectionLost:
        # The reply was lost: a second RNTO would fail if the first has worked. Look before trying again.
        if await seen_now(endpoint.entry(finished.temporary)) is not None:
            await endpoint.rename(finished.temporary, finished.target)
        elif await known_size(endpoint.size(finished.target)) != finished.size:
            raise


async def _replace_by_force(endpoint: Transfers, finished: Finished, error: CommandRefused) -> None:
    """Removes the old file and renames again: some servers never rename onto one that is there."""
    target = finished.target
    if not finished.is_verified:
        raise RemoteError(
            f"{shown(target)}: the server does not replace it ({error.code} {error.text}), and the new file "
            "could not be verified: the old one stays",
            path=target,
            hint="turn temporary names off to write over it",
        ) from error
    await endpoint.remove_file(target)
    try:
        await _rename(endpoint, finished)
    except CommandRefused as again:
        where = shown(finished.temporary)
        raise RemoteError(
            f"{shown(target)}: the new file is whole and verified, but the server does not rename it "
            f"({again.code} {again.text}): it lies at {where}",
            path=target,
            hint="rename it by hand",
        ) from again
