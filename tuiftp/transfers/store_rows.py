"""Jobs and batches as rows of the stored queue, and back. Pure.

Names are bytes to us, kept as text by `surrogateescape`: SQLite takes such a text only as bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import TuiftpError
from tuiftp.files.part_file import Part
from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.files.safe_open import Mark, Place
from tuiftp.files.site import TransferSite
from tuiftp.files.upload_source import Version
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.job import Arrival, Batch, Job
from tuiftp.transfers.model import Attempt, Direction, Finished, Priority, Transfer, TransferState
from tuiftp.transfers.store_schema import DISK_URL

Row = tuple[Any, ...]

GONE = (TransferState.DONE, TransferState.SKIPPED, TransferState.CANCELLED)
"""States of which nothing is left to do."""


class Unusable(Exception):
    """A row that makes no sense; the text says why."""


def pack(text: str | None) -> str | bytes | None:
    """A text as SQLite takes it."""
    if text is None or text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unpack(value: object) -> str:
    """A text as it was packed."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else str(value)


def unpack_optional(value: object) -> str | None:
    """A text as it was packed; None stays None."""
    return None if value is None else unpack(value)


def when(moment: datetime | None) -> str | None:
    """A time as text, its zone or the lack of it kept."""
    return None if moment is None else moment.isoformat()


def moment(text: object) -> datetime | None:
    """The time that a text says."""
    return None if text is None else datetime.fromisoformat(str(text))


def batch_row(batch: Batch) -> Row:
    """The row of a batch."""
    is_read = batch.is_read
    return (
        batch.id,
        batch.direction.value,
        pack(_url_of(batch.source)),
        batch.source.pool.encoding,
        pack(_url_of(batch.target)),
        batch.target.pool.encoding,
        pack(batch.directory),
        batch.policy.value,
        None if batch.remembered is None else batch.remembered.policy.value,
        int(batch.move),
        pack(batch.title),
        pack(batch.rename_to),
        batch.secret,
        None if batch.is_text is None else int(batch.is_text),
        int(is_read),
        _json_list((path, _entry_values(entry)) for path, entry in (() if is_read else batch.sources)),
        _json_list(batch.directories if is_read else ()),
        None if batch.expected is None else json.dumps(_entry_values(batch.expected)),
    )


def _url_of(site: TransferSite) -> str:
    return DISK_URL if site.endpoint.capabilities.has_local_paths else site.label


def sites_of(row: Row) -> tuple[tuple[str, str], tuple[str, str]]:
    """The source's and the target's URL and encoding in the row of a batch."""
    return (unpack(row[2]), str(row[3])), (unpack(row[4]), str(row[5]))


def batch_of(row: Row, source: TransferSite, target: TransferSite) -> Batch:
    """The batch of a row.

    Raises:
        Unusable: It makes no sense.
    """
    (
        number,
        _,
        _,
        _,
        _,
        _,
        directory,
        policy,
        answer,
        move,
        title,
        name,
        secret,
        is_text,
        is_read,
        sources,
        *rest,
    ) = row
    directories, expected = rest
    try:
        remembered = None if answer is None else Decision(ConflictPolicy(answer), for_all=True)
        batch = Batch(number, source, target, unpack(directory), ConflictPolicy(policy), bool(move))
        batch.remembered = remembered
        batch.title, batch.rename_to = unpack(title), unpack_optional(name)
        batch.secret = bytes(secret)
        batch.is_text = None if is_text is None else bool(is_text)
        batch.waits_for_scan = not is_read
        batch.is_scanning = batch.waits_for_scan
        batch.sources = tuple((path, _entry(*values)) for path, values in json.loads(sources))
        batch.expected = None if expected is None else _entry(*json.loads(expected))
        batch.directories = [(path, tuple(parts)) for path, parts in json.loads(directories)]
    except (ValueError, TypeError, KeyError) as error:
        raise Unusable(f"batch {number}: {error}") from error
    return batch


def job_row(job: Job) -> Row:
    """The row of a job. Called in the writer's thread while the loop goes on: it only reads."""
    transfer, entry, place, part = job.transfer, job.entry, job.place, job.part
    version = job.version
    state = transfer.state if job.index >= 0 else TransferState.CANCELLED
    return (
        transfer.id,
        transfer.batch,
        job.order,
        int(transfer.priority),
        state.value,
        pack(transfer.source),
        pack(transfer.target),
        json.dumps(job.parts),
        None if place is None else pack(place.root),
        "[]" if place is None or not place.parts else json.dumps(place.parts),
        "" if place is None else pack(place.name),
        pack(job.remote_directory),
        entry.kind.value,
        entry.size,
        when(entry.modified),
        None if entry.precision is None else entry.precision.value,
        entry.permissions,
        int(job.is_written or job.is_restored),
        None if part is None else pack(part.path),
        transfer.transferred,
        job.high_water,
        pack(job.temporary),
        int(job.replaces),
        None
        if version is None
        else json.dumps((version.device, version.number, version.size, version.changed)),
        int(job.is_decided),
        int(job.resumes_target),
        int(job.can_resume),
        transfer.limit,
        transfer.attempts,
        None if job.past is None else json.dumps([_attempt_values(attempt) for attempt in tuple(job.past)]),
        pack(transfer.error),
        pack(transfer.hint),
        job.moved,
        job.seconds,
        None if job.arrival is None else _arrival_values(job.arrival),
        job.synced,
        job.start,
    )


def job_of(row: Row, batch: Batch) -> Job:
    """The job of a row: paused, unless it had failed. A part that it may have left is known again.

    Raises:
        Unusable: It makes no sense.
    """
    try:
        (
            number, _, order, priority, state, source, target, parts, root, way, name, remote, kind, size,
            modified, precision, permissions, has_begun, _part, transferred, high_water, temporary, replaces,
            version, is_decided, resumes_target, can_resume, limit, attempts, past, error, hint, moved, seconds,
            arrival, synced, start,
        ) = row  # fmt: skip
        names = tuple(_shared(one) for one in json.loads(parts))
        entry = _entry(names[-1], kind, size, modified, precision, permissions)
        has_failed = TransferState(state) is TransferState.FAILED
        transfer = Transfer(
            number,
            batch.id,
            batch.direction,
            batch.source.label,
            batch.target.label,
            unpack(source),
            unpack(target),
            "/".join(names),
            TransferState.FAILED if has_failed else TransferState.PAUSED,
            size=size if entry.kind is EntryKind.FILE else None,
            modified=entry.modified,
            transferred=transferred,
            attempts=attempts,
            error=unpack_optional(error) if has_failed else None,
            hint=unpack_optional(hint) if has_failed else None,
            priority=Priority(priority),
            limit=limit,
        )
        place = None if root is None else Place(_shared(unpack(root)), _way(way), _shared(unpack(name)))
        job = Job(transfer, batch, entry, place, _shared(unpack(remote)), names)
        job.order, job.is_restored = order, bool(has_begun)
        job.high_water, job.moved, job.seconds = high_water, moved, seconds
        job.temporary, job.replaces = unpack_optional(temporary), bool(replaces)
        job.version = None if version is None else Version(*json.loads(version))
        job.is_decided, job.resumes_target = bool(is_decided), bool(resumes_target)
        job.can_resume = bool(can_resume)
        job.limiter = None if limit is None else RateLimiter(limit)
        job.arrival = None if arrival is None else _arrival(*json.loads(arrival))
        job.synced, job.start = synced, start
        job.past = None if past is None else [_attempt(*values) for values in json.loads(past)]
    except (ValueError, TypeError, IndexError, TuiftpError) as failure:
        raise Unusable(f"transfer {row[0]}: {failure}") from failure
    if batch.direction is not Direction.UPLOAD and job.is_restored and place is not None:
        job.part = Part.left_behind(place, job.token)
    return job


def history_row(transfer: Transfer) -> Row:
    """The row of a transfer that has ended; its number is given when it is written."""
    return (
        None,
        transfer.direction.value,
        pack(transfer.source_site),
        pack(transfer.target_site),
        pack(transfer.source),
        pack(transfer.target),
        transfer.state.value,
        transfer.size,
        when(transfer.started_at),
        when(transfer.finished_at),
        transfer.average_speed,
        transfer.attempts,
        int(transfer.is_verified),
        pack(transfer.error),
    )


def finished_of(row: Row) -> Finished:
    """The transfer of the past that a row tells of.

    Raises:
        Unusable: It makes no sense.
    """
    try:
        return Finished(
            Direction(row[1]),
            unpack(row[2]),
            unpack(row[3]),
            unpack(row[4]),
            unpack(row[5]),
            TransferState(row[6]),
            row[7],
            moment(row[8]),
            moment(row[9]),
            row[10],
            row[11],
            bool(row[12]),
            unpack_optional(row[13]),
        )
    except ValueError as error:
        raise Unusable(f"history {row[0]}: {error}") from error


def _shared(text: str) -> str:
    # The same few directories a hundred thousand times, and each name twice: one object for all of them.
    return sys.intern(text)


@lru_cache(maxsize=64)
def _way(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _json_list(values: Iterable[object]) -> str:
    # Piece by piece: a hundred thousand at once would keep every other thread from running.
    return f"[{','.join([json.dumps(value) for value in values])}]"


def _entry_values(entry: Entry) -> Row:
    precision = None if entry.precision is None else entry.precision.value
    return entry.name, entry.kind.value, entry.size, when(entry.modified), precision, entry.permissions


def _entry(name: str, kind: str, size: Any, modified: Any, precision: Any, permissions: Any) -> Entry:
    grain = None if precision is None else Precision(precision)
    return Entry(name, EntryKind(kind), size, moment(modified), grain, permissions)


def _arrival_values(arrival: Arrival) -> str:
    mark = arrival.mark
    return json.dumps((mark.number, mark.size, mark.changed, arrival.is_verified))


def _arrival(number: int, size: int, changed: int, is_verified: bool) -> Arrival:
    return Arrival(Mark(number, size, changed), is_verified)


def _attempt_values(attempt: Attempt) -> Row:
    return when(attempt.at), when(attempt.ended), attempt.reason


def _attempt(at: str, ended: str | None, reason: str | None) -> Attempt:
    # Without its connection: the numbers of an earlier run mean others in this one.
    return Attempt(datetime.fromisoformat(at), moment(ended), reason)
