"""Going on in the middle of a download: the last bytes before the break come again, and must be the same.

Servers that answer REST with 350 and begin at the first byte all the same are found out so, and a file that was
replaced by another of the same size and time. It is looked at as soon as these bytes have come.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tuiftp.errors import CommandRefused
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.files.part_file import Part
from tuiftp.transfers.context import TransferContext, is_rest_refused
from tuiftp.transfers.job import Job
from tuiftp.transfers.segment_map import LONGEST, Ledger

PROOF = 4096
"""How many bytes before the break are fetched again."""

_LOOK = 0.1
"""Seconds between two looks whether they have come."""


@dataclass(frozen=True, slots=True)
class Start:
    """From where on a file is fetched."""

    offset: int = 0
    """The first byte."""
    overlap: bytes = b""
    """What must come first, because the part holds it already."""
    ledger: Ledger | None = None
    """What the part holds, if it was fetched in segments and has holes."""

    @property
    def held(self) -> int:
        """How many bytes the part holds from its beginning on, if it has no holes."""
        return self.offset + len(self.overlap)


def start_in(part: Part, size: int, trusted: int | None = None) -> Start:
    """Where to go on in an open part; one that is too short to prove anything, or too long, is emptied.

    Args:
        part: What there is.
        size: How large the whole file is.
        trusted: How many of its bytes are surely what was written; the others are dropped. None: all of them.
    """
    if trusted is not None and trusted < part.size <= size:
        part.cut(trusted)
    if not PROOF < part.size <= size:
        ledger = Ledger.unpack(part.read(size, LONGEST), size) if part.size > size else None
        if ledger is not None:
            return Start(ledger=ledger)
        part.cut(0)
        return Start()
    offset = part.size - PROOF
    return Start(offset, part.read(offset, PROOF))


async def fetch_rest(
    context: TransferContext, job: Job, part: Part, endpoint: Transfers, start: Start
) -> int | None:
    """Fetches from the middle on, over the end of the part.

    What a broken attempt has brought is only kept if it is proven to belong to what was there.

    Returns:
        How many bytes came; None if they do not belong to the part, or the server does not begin there.
    """
    progress = context.begin_attempt(job, start.offset)
    work = endpoint.download(job.transfer.source, part.file, offset=start.offset, progress=progress)
    fetching = asyncio.create_task(work, name=f"rest of transfer {job.transfer.id}")
    is_over = False
    try:
        if await _fits_at_first(context, part, start, progress, fetching) is False:
            is_over = True
            return None
        received = await fetching
        is_over = True
    except CommandRefused as error:
        if is_rest_refused(error):
            return None
        raise
    finally:
        await _stop(fetching)
        if not is_over and not await context.local.settle(_fits, part, start, progress.transferred):
            job.can_resume = False
            await context.local.settle(part.discard)
    return received if await context.local.settle(_fits, part, start, received) else None


async def _fits_at_first(
    context: TransferContext, part: Part, start: Start, progress: Progress, fetching: asyncio.Task[int]
) -> bool | None:
    """Whether what comes first is what was there; None: it was all over before that could be seen."""
    while not fetching.done():
        await asyncio.wait({fetching}, timeout=_LOOK)
        if progress.transferred >= len(start.overlap):
            return await context.local.settle(_fits, part, start, progress.transferred)
    return None


async def _stop(fetching: asyncio.Task[int]) -> None:
    while not fetching.done():
        fetching.cancel()
        await asyncio.wait({fetching})
    if not fetching.cancelled():
        fetching.exception()  # looked at, so that asyncio does not complain of it


def _fits(part: Part, start: Start, received: int) -> bool:
    overlap = start.overlap[:received]
    return part.read(start.offset, len(overlap)) == overlap
