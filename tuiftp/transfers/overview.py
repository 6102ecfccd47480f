"""Batches and attempts as values, for who looks at the queue. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import Attempt, BatchOverview, BatchState, TransferState
from tuiftp.transfers.speed_meter import Pace

_ATTEMPTED = (TransferState.RUNNING, TransferState.DONE)


def overview_of(batch: Batch) -> BatchOverview:
    """A batch as it stands now."""
    states = batch.states
    pace = batch.pace if states[TransferState.RUNNING] else Pace()
    return BatchOverview(
        batch.id,
        batch.title,
        batch.direction,
        batch.pool.label,
        batch.directory,
        _state_of(batch),
        files=batch.listed,
        done=states[TransferState.DONE],
        failed=states[TransferState.FAILED],
        skipped=states[TransferState.SKIPPED] + states[TransferState.CANCELLED],
        waiting=states[TransferState.QUEUED] + states[TransferState.RUNNING] + states[TransferState.PAUSED],
        size=batch.size,
        transferred=batch.moved,
        running=states[TransferState.RUNNING],
        left=batch.left,
        begun=batch.begun,
        begun_bytes=batch.begun_bytes,
        speed=pace.speed,
        eta=pace.seconds_left(
            batch.left - batch.paused, states[TransferState.RUNNING] + states[TransferState.QUEUED]
        ),
    )


def attempts_of(job: Job) -> Sequence[Attempt]:
    """Every attempt of a transfer, oldest first: those that failed, and the one that runs or brought the file."""
    transfer = job.transfer
    past = tuple(job.past or ())
    if transfer.state not in _ATTEMPTED or transfer.started_at is None:
        return past
    return (*past, Attempt(transfer.started_at, transfer.finished_at, None, job.conn))


def _state_of(batch: Batch) -> BatchState:
    states = batch.states
    if batch.is_scanning and not batch.waits_for_scan:
        return BatchState.SCANNING
    for state, is_so in (
        (BatchState.RUNNING, states[TransferState.RUNNING]),
        (BatchState.QUEUED, states[TransferState.QUEUED]),
        (BatchState.PAUSED, states[TransferState.PAUSED] or batch.waits_for_scan),
        (BatchState.FAILED, states[TransferState.FAILED]),
        (BatchState.DONE, states[TransferState.DONE] or states[TransferState.SKIPPED]),
    ):
        if is_so:
            return state
    return BatchState.CANCELLED if states[TransferState.CANCELLED] else BatchState.DONE
