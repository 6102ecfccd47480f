"""What is removed afterwards: the source directories that a move has emptied, and uploads that were given up."""

from __future__ import annotations

import asyncio
from functools import partial

from tuiftp.errors import CommandRefused, LocalFileError, LoginRefused, TuiftpError
from tuiftp.files.endpoint import Endpoint, EndpointPool, Transfers
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.safe_open import Place
from tuiftp.files.upload_source import Source
from tuiftp.transfers.context import TransferContext, claim_key
from tuiftp.transfers.job import Batch, Job, upload_of
from tuiftp.transfers.part_records import PartRecords, Upload
from tuiftp.transfers.remote_queries import known_size
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.transfers.session_lease import RetryingLease
from tuiftp.transfers.speed_meter import Clock
from tuiftp.transfers.transfer_options import TEMPORARY_FROM
from tuiftp.transfers.upload_attempt import ends_alike

_PATIENCE = 20.0
"""Seconds for the removal of an upload that was given up."""


async def remove_temporary(job: Job, records: PartRecords) -> None:
    """Removes what an upload has left on the server under its temporary name. Nobody may be at the transfer.

    It is tried once. Where the server is away a later run does it, which finds it recorded.
    """
    path, job.temporary = job.temporary, None
    if path is None:
        return
    try:
        async with asyncio.timeout(_PATIENCE), job.batch.target.pool.lease() as endpoint:
            await endpoint.remove_file(path)
    except (TuiftpError, TimeoutError):
        pass
    else:
        records.forget_upload(upload_of(job, path))


async def remove_beginning(context: TransferContext, job: Job, endpoint: Transfers) -> None:
    """Removes the beginning of a small file that a failed upload has left in the file's own place.

    Only what is surely ours: nothing had the name before, nobody has sent to it since, and it is shorter than the
    file. What is large enough to be worth going on with stays. Nobody may be at the transfer.

    Raises:
        TuiftpError: The server cannot be asked, or does not remove it: it is tried again after the next failure.
    """
    path, size = job.transfer.target, job.transfer.size
    key = claim_key(job.transfer.target_site, path)
    if context.begun.get(key) is not job or size is None or not context.claims.take(key):
        return
    try:
        held = await known_size(endpoint.size(path))
        if held is not None and held < size and held <= TEMPORARY_FROM:
            await endpoint.remove_file(path)
        if held is None or held <= TEMPORARY_FROM:
            context.records.forget_upload(upload_of(job, path))
        context.begun.pop(key, None)
    finally:
        context.claims.let_go(key)


async def remove_leftovers(
    endpoint: Transfers, pool: EndpointPool, records: PartRecords, local: LocalEndpoint
) -> None:
    """Removes what earlier runs that were killed have left unfinished on a server, and have recorded."""
    for upload in await local.settle(records.uploads_left, pool.label, pool.encoding):
        try:
            async with asyncio.timeout(_PATIENCE):
                if upload.source is None or await _is_beginning(upload, upload.source, endpoint, local):
                    await endpoint.remove_file(upload.path)
        except CommandRefused as error:
            if error.is_transient or isinstance(error, LoginRefused):
                continue
        except (TuiftpError, TimeoutError):
            return
        await local.settle(records.settle_upload, upload)


async def _is_beginning(upload: Upload, place: Place, endpoint: Transfers, local: LocalEndpoint) -> bool:
    """Whether what has the name of an upload is shorter than its source, and ends with the same bytes.

    Nothing had the name before; but others may have put something there since the run was killed.
    """
    held, source = await known_size(endpoint.size(upload.path)), Source(place)
    try:
        version = await local.settle(source.open)
        if held is None or held >= version.size:
            return False
        return not held or await ends_alike(local, endpoint, upload.path, source, held)
    except LocalFileError:
        return False
    finally:
        await local.settle(source.close)


async def remove_emptied(batch: Batch, local: LocalEndpoint, *, rules: RetryRules, clock: Clock) -> None:
    """Removes the directories of a moved tree from the inside out.

    A directory goes only if everything that was found in it has moved *and* it is seen to be empty: some
    servers remove a directory with all that is in it. What is refused stays.
    """
    doomed = _doomed(batch)
    if not doomed:
        return
    if batch.direction.is_from_disk:
        for path in doomed:
            await _remove(path, local)
        return
    lease = RetryingLease(batch.source.pool, rules=rules, clock=clock)
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
