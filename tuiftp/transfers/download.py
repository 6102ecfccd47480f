"""One download: into a part file beside the target, which it replaces only when it is whole.

The target is never touched before `Part.publish`. A part is gone on with only if we made it ourselves and the
remote file is still the one that was first seen (by size and time); the last 4 KiB before the break are then
fetched once more and must be the same. Whatever is in doubt is started again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from tuiftp.errors import LocalFileError, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.files.part import Part
from tuiftp.files.safe import Folder, Place, numbered
from tuiftp.protocol.entries import Entry, mode_from_permissions
from tuiftp.protocol.text import shown
from tuiftp.transfers.asking import known_size, seen_now
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.resuming import Start, fetch_rest, start_in
from tuiftp.transfers.segmented import Segments, ledger_for
from tuiftp.transfers.verifying import NO_CHECKSUM, is_same_by_checksum, wants_checksum
from tuiftp.transfers.versions import is_same_version
from tuiftp.transfers.workbench import Done, Workbench, claim_key


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the place of the target."""

    entry: Entry
    """What it is."""
    identity: tuple[int, int] | None
    """Which file."""
    is_misspelled: bool
    """Whether the disk lists it under another spelling: it is another file, which only this disk mixes up."""


class Downloader:
    """Does downloads, one call each."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    async def run(self, job: Job, endpoint: RemoteEndpoint) -> Done:
        """Downloads one file; on any failure the target is as it was, and the part is kept for a retry.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It failed.
        """
        while True:
            place = _place(job)
            async with self._bench.claims.of(claim_key("", place.path)):
                if (job.is_restored or not job.is_decided) and await self._decide(job, endpoint):
                    return Done(True, job.note)
                if _place(job) != place:
                    continue  # another name: claim that one, and look whether it is free
                return await self._fetch(job, endpoint)

    async def _decide(self, job: Job, endpoint: RemoteEndpoint) -> bool:
        """Decides what becomes of a target that exists; returns whether it is what was to be fetched already."""
        place = _place(job)
        found = await self._bench.local.run(_look, place)
        if found is None:
            return False
        if found.entry.is_dir:
            raise LocalFileError(f"{shown(place.path)} is a directory", path=place.path)
        if job.is_restored and await self._is_our_work(job, endpoint, found.entry):
            self._bench.board.change(job, transferred=found.entry.size)
            if job.part is not None:  # killed between giving it its name and taking the old one away
                await self._bench.local.settle(job.part.discard)
                job.part = None
            return True
        if job.is_decided:
            return False
        owner = None if found.identity is None else job.batch.written.get(found.identity)
        is_collision = found.is_misspelled or (owner is not None and owner != job.transfer.id)
        questions, source = self._bench.questions, job.entry
        if questions.needs_times(job):
            source = await endpoint.dated(job.transfer.source, source)
        answer = await questions.resolve(job, source, found.entry, is_collision=is_collision)
        if answer.policy is ConflictPolicy.RENAME:
            name = answer.new_name
            if name is None:
                name = await self._bench.local.run(_free_name, place)
            self._rename(job, Place(place.root, place.parts, name))
            return False
        job.is_decided = True
        job.resumes_target = answer.policy is ConflictPolicy.RESUME
        return False

    async def _is_our_work(self, job: Job, endpoint: RemoteEndpoint, target: Entry) -> bool:
        """Whether an earlier run has put the whole file there, and was ended before it could note that.

        It is known by size and time, to the second: a part gets the time of its source before it is published.
        """
        size = job.entry.size
        if not self._bench.rules.keep_times or job.batch.move or size is None or size != target.size:
            return False
        given = (await self._dated(job, endpoint)).modified
        if given is None or given.tzinfo is None or target.modified is None:
            return False
        return given.replace(microsecond=0) == target.modified.replace(microsecond=0)

    def _rename(self, job: Job, place: Place) -> None:
        job.place = place
        self._bench.board.change(job, target=place.path)

    async def _fetch(self, job: Job, endpoint: RemoteEndpoint) -> Done:
        local = self._bench.local
        part = job.part
        if part is None or part.place != _place(job):
            part = job.part = Part(_place(job), job.token)
        try:
            if self._is_text(job):
                done = await self._bring_text(job, part, endpoint)
                await self._publish(job, part, endpoint)
            elif self._is_brief(job, part, endpoint):
                done = await self._bring_brief(job, part, endpoint)
            else:
                total = await self._bring(job, part, endpoint)
                done = await self._check(job, part, endpoint, total)
                await self._publish(job, part, endpoint)
        finally:
            if part.is_open:
                await local.settle(part.leave)
        job.part = None
        if not job.batch.move:
            return Done(done.is_verified, done.note or job.note)
        return await self._remove_source(job, endpoint, done)

    def _is_text(self, job: Job) -> bool:
        is_text = job.batch.is_text
        return self._bench.rules.is_text(job.entry.name) if is_text is None else is_text

    async def _bring_text(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> Done:
        """Fetches a file as text, always from its start: its size here and there are different things."""
        await self._bench.local.settle(part.begin)
        progress = self._bench.begin_attempt(job, 0)
        await endpoint.download(job.transfer.source, part.file, progress=progress, is_text=True)
        return Done(False)

    def _is_brief(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> bool:
        """Whether it is small enough to be held in memory, and there is nothing to go on with."""
        if not self._bench.is_brief(job, endpoint, job.entry.size):
            return False
        return not (part.exists or job.resumes_target or wants_checksum(self._bench, endpoint))

    async def _bring_brief(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> Done:
        """Fetches a small file into memory, and writes it in one go: one way to a thread and back."""
        progress = self._bench.begin_attempt(job, 0)
        data = await endpoint.fetch(job.transfer.source, size=job.entry.size, progress=progress)
        done = await self._check_size(job, endpoint, held=len(data), total=len(data))
        await self._publish(job, part, endpoint, data)
        return done

    async def _bring(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> int:
        """Fetches what is missing; returns how many bytes the part must now hold."""
        start = await self._open_part(job, part, endpoint)
        if (ledger := ledger_for(self._bench, job, endpoint, start)) is not None:
            total = await Segments(self._bench, job, part, ledger).run(endpoint)
            if total is not None:
                return total
            await self._bench.local.settle(part.begin)
            start = Start()
        if start.offset:
            received = await fetch_rest(self._bench, job, part, endpoint, start)
            if received is not None:
                return start.offset + received
            job.can_resume = False
            await self._bench.local.settle(part.begin)
        progress = self._bench.begin_attempt(job, 0)
        return await endpoint.download(job.transfer.source, part.file, offset=0, progress=progress)

    async def _open_part(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> Start:
        """Opens the part, new or our own, and returns from which byte on to fetch."""
        local = self._bench.local
        if part.exists:
            now = await seen_now(endpoint.entry(job.transfer.source))
            is_same = is_same_version(job.entry, now)
            if job.can_resume and is_same and await local.settle(part.reopen):
                return await local.settle(start_in, part, job.entry.size or 0)
            if now is not None and not is_same and now.kind is job.entry.kind:
                job.entry = now  # the file has changed: what is checked is the new one
                job.resumes_target = False
                self._bench.board.change(job, size=now.size, modified=now.modified)
        await local.settle(part.begin)
        if not (job.resumes_target and job.can_resume):
            return Start()
        progress = self._bench.begin_attempt(job, 0)
        await local.settle(part.copy_target, lambda: progress.cancelled)
        return await local.settle(start_in, part, job.entry.size or 0)

    async def _check(self, job: Job, part: Part, endpoint: RemoteEndpoint, total: int) -> Done:
        """Compares what arrived with what the server has, by size and, where that is wanted, by checksum.

        Raises:
            SizeMismatch: It is not all, or too much.
            ChecksumMismatch: The bytes are not the same.
        """
        held = await self._bench.local.run(lambda: part.size)
        done = await self._check_size(job, endpoint, held=held, total=total)
        if not done.is_verified or not wants_checksum(self._bench, endpoint):
            return done
        assert job.progress is not None, "an attempt was begun"
        try:
            is_same = await is_same_by_checksum(
                self._bench, endpoint, job.transfer.source, part.file, size=total, progress=job.progress
            )
        except TuiftpError:
            job.can_resume = False
            raise
        return Done(True) if is_same else Done(False, NO_CHECKSUM)

    async def _check_size(self, job: Job, endpoint: RemoteEndpoint, *, held: int, total: int) -> Done:
        expected = job.entry.size
        if held == total == expected:
            return Done(True)
        now = await known_size(endpoint.size(job.transfer.source))
        if held == total and job.base == 0:
            if now == total:  # the listing was old, or had no size
                return Done(True)
            if expected is None and now is None:
                return Done(False)
            if expected is not None and now is not None and expected < total < now:
                return Done(False, "the file grew while it was fetched")
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
        self, job: Job, part: Part, endpoint: RemoteEndpoint, data: bytes | None = None
    ) -> None:
        """Makes the part the target; with `data`, a part is made of that first."""
        rules, entry = self._bench.rules, job.entry
        if rules.keep_times:
            entry = await self._dated(job, endpoint)
        modified = (
            entry.modified if entry.modified is not None and entry.modified.tzinfo is not None else None
        )
        mode = mode_from_permissions(entry.permissions or "") if rules.keep_modes else None
        if not rules.keep_times:
            modified = None
        try:
            await self._bench.local.settle(
                _publish, part, data, replace=job.is_decided, modified=modified, mode=mode
            )
        except asyncio.CancelledError:
            if part.published is None:
                raise  # else it came too late: the file is in its place, and that is the truth
        if part.published is not None:
            job.batch.written[part.published] = job.transfer.id

    async def _dated(self, job: Job, endpoint: RemoteEndpoint) -> Entry:
        try:
            return await endpoint.dated(job.transfer.source, job.entry)
        except TuiftpError:
            return job.entry  # all of the file is here: a time that cannot be had does not make it fail

    async def _remove_source(self, job: Job, endpoint: RemoteEndpoint, done: Done) -> Done:
        """Removes what was moved, if it is still what was fetched; says why it stays otherwise."""
        why = await self._why_source_stays(job, endpoint, done.is_verified)
        return Done(done.is_verified, why or done.note or job.note, is_source_kept=why is not None)

    async def _why_source_stays(self, job: Job, endpoint: RemoteEndpoint, is_verified: bool) -> str | None:
        if not is_verified:
            return "copied; it could not be verified, so the source is kept"
        source = job.transfer.source
        try:
            now = await endpoint.entry(source)
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


def _publish(
    part: Part, data: bytes | None, *, replace: bool, modified: datetime | None, mode: int | None
) -> None:
    if data is not None:
        part.begin()
        part.fill(data)
    part.publish(part.size, replace=replace, modified=modified, mode=mode)


def _look(place: Place) -> Found | None:
    with Folder.open(place.root, place.parts) as folder:
        entry = folder.entry(place.name)
        if entry is None:
            return None
        return Found(entry, folder.identity(place.name), folder.real_spelling(place.name) != place.name)


def _free_name(place: Place) -> str:
    with Folder.open(place.root, place.parts) as folder:
        number = 2
        while folder.entry(name := numbered(place.name, number)) is not None:
            number += 1
    return name
