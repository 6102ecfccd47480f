"""How much of a part is surely on the disk: written through now and then, and noted only afterwards.

A killed program loses nothing that it has written, a power cut may: the disk then holds a file of the right length
with holes in its middle, which the last bytes before a break do not show. After another start of the machine only
what was noted here is trusted (`trusted`). Where nothing is noted (no stored queue), nothing is written through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuiftp.errors import LocalFileError
from tuiftp.files.fsync import this_start
from tuiftp.files.part_file import Part
from tuiftp.transfers.context import TransferContext
from tuiftp.transfers.job import Job

SYNC_EVERY = 10.0
"""Seconds of a transfer that a power cut may cost."""


def trusted(job: Job, part: Part) -> int | None:
    """How many bytes of a part that is about to be opened can be trusted; None: all that it holds."""
    if not part.is_left_behind or (job.start is not None and job.start == this_start()):
        return None
    return job.synced


async def begin(context: TransferContext, job: Job, part: Part) -> None:
    """Makes a new, empty part; what was noted of an older one of that name holds no more.

    Raises:
        LocalFileError: The disk refused.
    """
    await context.local.settle(part.begin)
    job.start = this_start()
    if job.synced:
        job.synced = 0
        await context.journal.commit(job)


async def leave(context: TransferContext, job: Job, part: Part, *, is_whole: bool = False) -> None:
    """Closes a part whose transfer was interrupted, once what it holds is on the disk.

    Args:
        context: The disk's threads.
        job: Whose part it is.
        part: The open part.
        is_whole: Whether it holds all of the file, and is kept where that is empty too.
    """
    count = await context.local.settle(_leave, part, context.journal.is_lasting, is_whole)
    _note(job, count)


def _leave(part: Part, is_noted: bool, is_whole: bool) -> int | None:
    try:
        return part.sync() if is_noted and part.size else None
    except LocalFileError:
        return None
    finally:
        part.close() if is_whole else part.leave()


@asynccontextmanager
async def now_and_then(context: TransferContext, job: Job, part: Part) -> AsyncIterator[None]:
    """Has an open part that grows be written through every few seconds while the context lasts."""
    task = asyncio.create_task(_sync(context, job, part)) if context.journal.is_lasting else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()


async def _sync(context: TransferContext, job: Job, part: Part) -> None:
    while True:
        await asyncio.sleep(SYNC_EVERY)
        try:
            async with context.syncing:  # the threads for work on the disk are few, and others need them
                _note(job, await context.local.run(part.sync))
        except LocalFileError:
            continue  # the transfer itself meets the same, and says so
        context.journal.note_progress(job)


def _note(job: Job, count: int | None) -> None:
    # A part that is larger than its file has holes, and holds its own record of them (`ledger`).
    if count is not None and (job.entry.size is None or count <= job.entry.size):
        job.synced = count
