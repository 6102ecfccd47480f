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
NO_SIZE = "the server does not tell the size"
"""What is said of a file that came or went without an error, and that nothing could be compared with."""
AS_TEXT = "it went as text, whose size is another on each side"
"""What is said of a file whose line ends were converted on the way."""
PERHAPS_CUT = (
    "it may have been cut: the encrypted data connection ended without close_notify, "
    "and the server does not tell the size"
)
"""What is said of a file that nothing could be compared with after its end had not been confirmed either."""


def why_unverified(progress: Progress | None, *, usual: str) -> str:
    """Why nobody can tell whether all has come.

    Args:
        progress: Of the attempt that came to its end.
        usual: The reason where that end was a proper one.
    """
    return PERHAPS_CUT if progress is not None and progress.is_unverified else usual


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
