"""What is removed afterwards: the source directories that a move has emptied, and uploads that were given up."""

from __future__ import annotations

import asyncio
from functools import partial

from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint
from tuiftp.files.local import LocalEndpoint
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.lease import SteadyLease
from tuiftp.transfers.model import Direction
from tuiftp.transfers.progress import Clock
from tuiftp.transfers.retries import RetryRules

_PATIENCE = 20.0
"""Seconds for the removal of an upload that was given up."""


async def remove_temporary(job: Job) -> None:
    """Removes what an upload has left on the server under its temporary name. Nobody may be at the transfer.

    It is tried once: a name that nobody takes for a whole file does little harm where the server is away.
    """
    path, job.temporary = job.temporary, None
    if path is None:
        return
    try:
        async with asyncio.timeout(_PATIENCE), job.batch.pool.lease() as endpoint:
            await endpoint.remove_file(path)
    except (TuiftpError, TimeoutError):
        pass


async def remove_emptied(batch: Batch, local: LocalEndpoint, *, rules: RetryRules, clock: Clock) -> None:
    """Removes the directories of a moved tree from the inside out.

    A directory goes only if everything that was found in it has moved *and* it is seen to be empty: some
    servers remove a directory with all that is in it. What is refused stays.
    """
    doomed = _doomed(batch)
    if not doomed:
        return
    if batch.direction is Direction.UPLOAD:
        for path in doomed:
            await _remove(path, local)
        return
    lease = SteadyLease(batch.pool, rules=rules, clock=clock)
    try:
        for path in doomed:
            await lease.call(partial(_remove, path))
    finally:
        await lease.close()


def _doomed(batch: Batch) -> list[str]:
    """The directories in which nothing stays, each after its contents."""
    kept = {parts[:length] for parts in batch.staying.values() for length in range(1, len(parts) + 1)}
    return [path for path, parts in reversed(batch.directories) if parts not in kept]


async def _remove(path: str, endpoint: Endpoint) -> None:
    try:
        if not (await endpoint.list(path)).entries:
            await endpoint.remove_directory(path)
    except TuiftpError as error:
        if error.transient:
            raise
