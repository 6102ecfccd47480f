"""One download: into a part file beside the target, which it replaces only when it is whole.

The target is never touched before `Part.publish`. A part is gone on with only if we made it ourselves and the
remote file is still the one that was first seen (by size and time); the last 4 KiB before the break are then
fetched once more and must be the same. Whatever is in doubt is started again.
"""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, mode_from_permissions
from tuiftp.errors import LocalFileError, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import Transfers
from tuiftp.files.fsync import sync_names, this_start
from tuiftp.files.part_file import Finish, Part
from tuiftp.files.pipelining import pipelining_of
from tuiftp.files.safe_open import Folder, Mark, Place, numbered
from tuiftp.protocol.text import shown
from tuiftp.transfers import fsync_progress
from tuiftp.transfers.context import Done, TransferContext, claim_key
from tuiftp.transfers.job import Arrival, Job
from tuiftp.transfers.model import Direction
from tuiftp.transfers.remote_queries import known_size, seen_now
from tuiftp.transfers.resume_download import Start, fetch_rest, start_in
from tuiftp.transfers.same_version import is_same_version
from tuiftp.transfers.segmented import SegmentedDownload, ledger_for
from tuiftp.transfers.verify import (
    AS_TEXT,
    NO_CHECKSUM,
    NO_SIZE,
    is_same_by_checksum,
    wants_checksum,
    why_unverified,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the place of the target."""

    entry: Entry
    """What it is."""
    identity: tuple[int, int] | None
    """Which file."""
    mark: Mark | None
    """What a regular file is known by again."""
    is_misspelled: bool
    """Whether the disk lists it under another spelling: it is another file, which only this disk mixes up."""


class Downloader:
    """Does downloads, one call each."""

    def __init__(self, context: TransferContext) -> None:
        self._context = context

    async def run(self, job: Job, endpoint: Transfers) -> Done:
        """Downloads one file; on any failure the target is as it was, and the part is kept for a retry.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It failed.
        """
        while True:
            place = _place(job)
            async with self._context.claims.of(claim_key("", place.path)):
                if job.is_restored or not job.is_decided:
                    done = await self._decide(job, endpoint)
                    if done is not None:
                        return await self._conclude(job, endpoint, done, is_again=True)
                if _place(job) != place:
                    continue  # another name: claim that one, and look whether it is free
                done = await self._renamed(job)
                return done if done is not None else await self._fetch(job, endpoint)

    async def _renamed(self, job: Job) -> Done | None:
        """Moves a file within one file system by giving it its new name; None: it has to be copied."""
        is_whole = job.part is None and not job.resumes_target and not self._context.converts(job)
        if job.batch.direction is not Direction.LOCAL or not job.batch.move or not is_whole:
            return None
        settle, source = self._context.local.settle, job.transfer.source
        file = await self._context.local.run(_regular_file, source)
        if file is None:
            return None
        identity, mark = file
        await self._announce(job, Arrival(mark, True))
        if not await settle(_adopt, _place(job), source, job.is_decided):
            job.arrival = None
            return None
        job.batch.written[identity] = job.transfer.id
        self._context.job_list.change(job, transferred=mark.size)
        return Done(True, job.note)

    async def _decide(self, job: Job, endpoint: Transfers) -> Done | None:
        """Decides what becomes of a target that exists; returns how it was done, if an earlier run has done it."""
        place = _place(job)
        found = await self._context.local.run(_look, place)
        if found is None:
            return None
        if found.entry.is_dir:
            raise LocalFileError(f"{shown(place.path)} is a directory", path=place.path)
        done = await self._our_work(job, endpoint, found) if job.is_restored else None
        if done is None and job.batch.direction is Direction.LOCAL:
            source_file = await self._context.local.run(_regular_file, job.transfer.source)
            if source_file is not None and source_file[0] == found.identity:
                raise LocalFileError("source and target are the same file", path=place.path)
        if done is not None:
            self._context.job_list.change(job, transferred=found.entry.size)
            if job.part is not None:  # killed between giving it its name and taking the old one away
                await self._context.local.settle(job.part.discard)
                job.part = None
        if done is not None or job.is_decided:
            return done
        owner = None if found.identity is None else job.batch.written.get(found.identity)
        is_collision = found.is_misspelled or (owner is not None and owner != job.transfer.id)
        conflicts, source = self._context.conflicts, job.entry
        if conflicts.needs_times(job):
            source = await endpoint.dated(job.transfer.source, source)
        answer = await conflicts.resolve(
            job, source, found.entry, is_collision=is_collision, is_text=self._context.converts(job),
            free_name=lambda: self._context.local.run(_free_name, place),
        )  # fmt: skip
        if answer.policy is ConflictPolicy.RENAME:
            name = answer.new_name
            if name is None:
                name = await self._context.local.run(_free_name, place)
            await self._rename(job, Place(place.root, place.parts, name))
            return None
        job.is_decided = True
        job.resumes_target = answer.policy is ConflictPolicy.RESUME
        return None

    async def _our_work(self, job: Job, endpoint: Transfers, found: Found) -> Done | None:
        """How an earlier run has put the whole file there, if it was ended before it could note that.

        It is known by its arrival where that was written down, else by size and time, to the second: a part gets
        the time of its source before it is published.
        """
        if job.arrival is not None and job.arrival.mark == found.mark:
            return Done(job.arrival.is_verified)
        size, target = job.entry.size, found.entry
        if not self._context.rules.keep_times or job.batch.move or size is None or size != target.size:
            return None
        given = (await self._dated(job, endpoint)).modified
        if given is None or given.tzinfo is None or target.modified is None:
            return None
        is_same = given.replace(microsecond=0) == target.modified.replace(microsecond=0)
        return Done(True) if is_same else None

    async def _rename(self, job: Job, place: Place) -> None:
        job.place = place
        self._context.job_list.change(job, target=place.path)
        # A later run must look for this name, and not take the next one: written down before it is used.
        await self._context.journal.commit(job)

    async def _fetch(self, job: Job, endpoint: Transfers) -> Done:
        job.arrival = None
        part = job.part
        if part is None or part.place != _place(job):
            part = job.part = Part(_place(job), job.token, register=self._context.records)
        try:
            if self._is_brief(job, part, endpoint):
                done = await self._bring_brief(job, part, endpoint)
            else:
                done = await self.fetch_into(job, part, endpoint)
                await self._publish(job, part, endpoint, done)
        finally:
            if part.is_open:
                await fsync_progress.leave(self._context, job, part)
        job.part = None
        return await self._conclude(job, endpoint, done)

    async def _conclude(self, job: Job, endpoint: Transfers, done: Done, *, is_again: bool = False) -> Done:
        """What there is to do once the file is in its place; `is_again`: an earlier run may have done it."""
        if not job.batch.move:
            return Done(done.is_verified, done.note or job.note)
        why = await self.remove_source(job, endpoint, done.is_verified, is_again)
        return Done(done.is_verified, why or done.note or job.note, is_source_kept=why is not None)

    async def fetch_into(self, job: Job, part: Part, endpoint: Transfers) -> Done:
        """Fetches a file into a part, from where that ends, and compares it with its source; leaves the part open.

        Raises:
            TuiftpError: It failed; what has come is in the part.
        """
        if self._context.converts(job):
            return await self._bring_text(job, part, endpoint)
        if self._is_brief(job, part, endpoint):
            data = await self._in_memory(job, endpoint)
            await self._context.local.settle(_fill, part, data)
            return await self._check_size(job, endpoint, held=len(data), total=len(data))
        total = await self._bring(job, part, endpoint)
        return await self._check(job, part, endpoint, total)

    async def _bring_text(self, job: Job, part: Part, endpoint: Transfers) -> Done:
        """Fetches a file as text, always from its start: its size here and there are different things."""
        await fsync_progress.begin(self._context, job, part)
        progress = self._context.begin_attempt(job, 0)
        await endpoint.download(job.transfer.source, part.file, progress=progress, is_text=True)
        return Done(False, why_unverified(progress, usual=AS_TEXT))

    def _is_brief(self, job: Job, part: Part, endpoint: Transfers) -> bool:
        """Whether it is small enough to be held in memory, and there is nothing to go on with."""
        if self._context.converts(job) or not self._context.is_brief(job, endpoint, job.entry.size):
            return False
        return not (part.exists or job.resumes_target or wants_checksum(self._context, endpoint))

    async def _bring_brief(self, job: Job, part: Part, endpoint: Transfers) -> Done:
        """Fetches a small file into memory, and writes it in one go: one way to a thread and back."""
        data = await self._in_memory(job, endpoint)
        done = await self._check_size(job, endpoint, held=len(data), total=len(data))
        await self._publish(job, part, endpoint, done, data)
        return done

    async def _in_memory(self, job: Job, endpoint: Transfers) -> bytes:
        progress = self._context.begin_attempt(job, 0)
        dates = job.entry if self._context.rules.keep_times else None
        return await pipelining_of(endpoint).fetch(
            job.transfer.source, size=job.entry.size, dates=dates, progress=progress
        )

    async def _bring(self, job: Job, part: Part, endpoint: Transfers) -> int:
        """Fetches what is missing; returns how many bytes the part must now hold."""
        start = await self._open_part(job, part, endpoint)
        if (ledger := ledger_for(self._context, job, endpoint, start)) is not None:
            total = await SegmentedDownload(self._context, job, part, ledger).run(endpoint)
            if total is not None:
                return total
            await fsync_progress.begin(self._context, job, part)
            start = Start()
        if start.offset:
            async with fsync_progress.now_and_then(self._context, job, part):
                received = await fetch_rest(self._context, job, part, endpoint, start)
            if received is not None:
                return start.offset + received
            job.can_resume = False
            await fsync_progress.begin(self._context, job, part)
        progress = self._context.begin_attempt(job, 0)
        async with fsync_progress.now_and_then(self._context, job, part):
            return await endpoint.download(job.transfer.source, part.file, offset=0, progress=progress)

    async def _open_part(self, job: Job, part: Part, endpoint: Transfers) -> Start:
        """Opens the part, new or our own, and returns from which byte on to fetch."""
        local = self._context.local
        if part.exists:
            now = await seen_now(endpoint.entry(job.transfer.source))
            is_same = is_same_version(job.entry, now)
            trusted = fsync_progress.trusted(job, part)
            if job.can_resume and is_same and await local.settle(part.reopen):
                start = await local.settle(start_in, part, job.entry.size or 0, trusted)
                job.start = this_start()
                return start
            if now is not None and not is_same and now.kind is job.entry.kind:
                job.entry = now  # the file has changed: what is checked is the new one
                job.resumes_target = False
                self._context.job_list.change(job, size=now.size, modified=now.modified)
        await fsync_progress.begin(self._context, job, part)
        if not (job.resumes_target and job.can_resume):
            return Start()
        progress = self._context.begin_attempt(job, 0)
        await local.settle(part.copy_target, lambda: progress.cancelled)
        return await local.settle(start_in, part, job.entry.size or 0)

    async def _check(self, job: Job, part: Part, endpoint: Transfers, total: int) -> Done:
        """Compares what arrived with what the server has, by size and, where that is wanted, by checksum.

        Raises:
            SizeMismatch: It is not all, or too much.
            ChecksumMismatch: The bytes are not the same.
        """
        held = await self._context.local.run(lambda: part.size)
        done = await self._check_size(job, endpoint, held=held, total=total)
        if not done.is_verified or not wants_checksum(self._context, endpoint):
            return done
        assert job.progress is not None, "an attempt was begun"
        try:
            is_same = await is_same_by_checksum(
                self._context, endpoint, job.transfer.source, part.file, size=total, progress=job.progress
            )
        except TuiftpError:
            job.can_resume = False
            raise
        return Done(True) if is_same else Done(False, NO_CHECKSUM)

    async def _check_size(self, job: Job, endpoint: Transfers, *, held: int, total: int) -> Done:
        expected = job.entry.size
        if held == total == expected:
            return Done(True)
        now = await known_size(endpoint.size(job.transfer.source))
        if held == total and job.base == 0:
            if now == total:  # the listing was old, or had no size
                return Done(True)
            if expected is None and now is None:
                return Done(False, why_unverified(job.progress, usual=NO_SIZE))
            if expected is not None and now is not None and expected < total < now:
                return Done(False, "the file grew while it was fetched")
            told = max(filter(None, (expected, now)), default=None)
            if (
                told is not None and total > told
            ):  # all of it, to its end: what came beyond that is no less true
                return Done(
                    False, f"changed during transfer: {total:,} bytes arrived, the server says {told:,}"
                )
        # After a resume a wrong count means that REST was not honoured, or that the file has changed.
        if job.base or held != total or (now or expected or 0) <= total:
            job.can_resume = False
        wanted = now if now is not None else expected
        raise SizeMismatch(
            f"{shown(job.transfer.source)} is incomplete: {held:,} bytes arrived, the server says {wanted:,}"
            if wanted is not None
            else f"{shown(job.transfer.source)} is incomplete: {held:,} bytes arrived",
            path=job.transfer.source,
        )

    async def _publish(
        self, job: Job, part: Part, endpoint: Transfers, done: Done, data: bytes | None = None
    ) -> None:
        """Makes the part the target; with `data`, a part is made of that first."""
        rules = self._context.rules
        modified = (await self._dated(job, endpoint)).modified if rules.keep_times else None
        if modified is not None and modified.tzinfo is None:
            modified = None
        mode = mode_from_permissions(job.entry.permissions or "") if rules.keep_modes else None
        how, settle = Finish(job.is_decided, modified, mode), self._context.local.settle
        try:
            if self._context.journal.is_lasting and (
                job.batch.move or modified is None or self._context.converts(job)
            ):
                mark = await settle(_finish, part, data, how)
                await self._announce(job, Arrival(mark, done.is_verified))
                data = None
            await settle(_publish, part, data, how)
        except asyncio.CancelledError:
            if part.published is None:
                raise  # else it came too late: the file is in its place, and that is the truth
        if part.published is not None:
            job.batch.written[part.published] = job.transfer.id

    async def _dated(self, job: Job, endpoint: Transfers) -> Entry:
        try:
            return await endpoint.dated(job.transfer.source, job.entry)
        except TuiftpError:
            return job.entry  # all of the file is here: a time that cannot be had does not make it fail

    async def _announce(self, job: Job, arrival: Arrival) -> None:
        """Writes down what a later run could not tell by looking at the target: that it is ours, and whole."""
        job.arrival = arrival
        await self._context.journal.commit(job)

    async def remove_source(
        self, job: Job, endpoint: Transfers, is_verified: bool, is_again: bool
    ) -> str | None:
        """Removes what was moved, if it is still what was fetched; returns why it stays otherwise."""
        if not is_verified:
            return "copied; it could not be verified, so the source is kept"
        source = job.transfer.source
        try:
            if job.batch.direction.is_to_disk:
                await self._context.local.settle(sync_names, [_place(job)])
            now = await (seen_now(endpoint.entry(source)) if is_again else endpoint.entry(source))
            if now is None and is_again:
                return None  # the earlier run has removed it
            if now is None or now.kind is not job.entry.kind or now.size != job.entry.size:
                return "copied; the source has changed meanwhile and is kept"
            if job.entry.modified is not None and not is_same_version(job.entry, now):
                return "copied; the source has changed meanwhile and is kept"
            await endpoint.remove_file(source)
        except TuiftpError as error:
            return f"copied, but the source was not removed: {error}"
        except asyncio.CancelledError:
            return "copied; it was cancelled while the source was being removed"
        return None


def _place(job: Job) -> Place:
    assert job.place is not None, "a refused transfer never runs"
    return job.place


def _fill(part: Part, data: bytes) -> None:
    part.begin(is_lasting=False)
    part.fill(data)


def _finish(part: Part, data: bytes | None, how: Finish) -> Mark:
    if data is not None:
        _fill(part, data)
    return part.finish(how)


def _publish(part: Part, data: bytes | None, how: Finish) -> None:
    if data is not None:
        _fill(part, data)
    part.publish(part.size, how)


def _look(place: Place) -> Found | None:
    with Folder.open(place.root, place.parts) as folder:
        entry = folder.entry(place.name)
        if entry is None:
            return None
        identity, mark = folder.identity(place.name), folder.mark(place.name)
        return Found(entry, identity, mark, folder.real_spelling(place.name) != place.name)


def _adopt(place: Place, path: str, replace: bool) -> bool:
    with Folder.open(place.root, place.parts) as folder:
        return folder.adopt(path, place.name, replace=replace)


def _regular_file(path: str) -> tuple[tuple[int, int], Mark] | None:
    """Which file is at a path, and what it is known by again; None: there is none, or it is not a regular one."""
    try:
        found = os.lstat(path)
    except OSError:
        return None  # to read it says why
    return ((found.st_dev, found.st_ino), Mark.of(found)) if stat.S_ISREG(found.st_mode) else None


def _free_name(place: Place) -> str:
    with Folder.open(place.root, place.parts) as folder:
        number = 1
        while folder.entry(name := numbered(place.name, number)) is not None:
            number += 1
    return name
