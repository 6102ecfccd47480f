"""What a transfer is proven by when it has ended: the same bytes on both sides, as far as the server can tell."""

from __future__ import annotations

from typing import BinaryIO

from tuiftp.choices import Verification
from tuiftp.errors import ChecksumMismatch, CommandRefused, LoginRefused
from tuiftp.files.checksums import digest_of
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.protocol.text import shown
from tuiftp.transfers.context import TransferContext

NO_CHECKSUM = "the server gave no checksum of it"
"""What is said of a file whose size is right and whose checksum could not be had."""


def wants_checksum(context: TransferContext, endpoint: Transfers) -> bool:
    """Whether a checksum is to be compared: the user wants it, and the server says that it can."""
    return context.rules.verify is Verification.CHECKSUM and endpoint.capabilities.has_checksums


async def is_same_by_checksum(
    context: TransferContext,
    endpoint: Transfers,
    path: str,
    file: BinaryIO,
    *,
    size: int,
    progress: Progress,
) -> bool:
    """Compares a remote file with an open local one.

    Args:
        context: The disk's threads.
        endpoint: Who asks the server.
        path: The remote file.
        file: The local one.
        size: How large both are.
        progress: Tells of a cancel.

    Returns:
        False where the server gives no clear answer: then nothing is proven.

    Raises:
        ChecksumMismatch: The bytes are not the same.
    """
    try:
        there = await endpoint.checksum(path, size=size)
    except LoginRefused:
        raise
    except CommandRefused:
        there = None
    if there is None:
        return False
    here = await context.local.settle(digest_of, file, there.algorithm, lambda: progress.cancelled)
    if here is not None and here != there.digest:
        raise ChecksumMismatch(
            f"{shown(path)} is damaged: its {there.algorithm} is {there.digest} on the server and {here} here",
            path=path,
        )
    return here is not None
