"""One download: into a part file beside the target, which it replaces only when it is whole.

The target is never touched before `Part.publish`. A part is gone on with only if this run made it and the
remote file is still the one that was first seen (by size and time); whatever is in doubt is started again.
"""

from __future__ import annotations

import asyncio

from tuiftp.errors import CommandRefused, LocalFileError, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.files.part import Part
from tuiftp.files.safe import Folder, Place, numbered
from tuiftp.protocol.entries import Entry
from tuiftp.protocol.text import shown
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.versions import is_same_version
from tuiftp.transfers.workbench import Done, Workbench, claim_key, is_rest_refused, known_size, seen_now

PROOF = 4096
"""A part that is complete by its size gives its last bytes back: their exact arrival proves that REST works."""


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
                if not job.is_decided:
                    await self._decide(job)
                if _place(job) != place:
                    continue  # another name: claim that one, and look whether it is free
                return await self._fetch(job, endpoint)

    async def _decide(self, job: Job) -> None:
        place = _place(job)
        entry, identity = await self._bench.local.run(_look, place)
        if entry is None:
            return
        if entry.is_dir:
            raise LocalFileError(f"{shown(place.path)} is a directory", path=place.path)
        owner = None if identity is None else job.batch.written.get(identity)
        is_collision = owner is not None and owner != job.transfer.id
        answer = await self._bench.questions.resolve(job, entry, is_collision=is_collision)
        if answer.policy is ConflictPolicy.RENAME:
            name = answer.new_name
            if name is None:
                name = await self._bench.local.run(_free_name, place)
            self._rename(job, Place(place.root, place.parts, name))
            return
        job.is_decided = True
        job.resumes_target = answer.policy is ConflictPolicy.RESUME

    def _rename(self, job: Job, place: Place) -> None:
        job.place = place
        self._bench.board.change(job, target=place.path)

    async def _fetch(self, job: Job, endpoint: RemoteEndpoint) -> Done:
        local = self._bench.local
        part = job.part
        if part is None or part.place != _place(job):
            part = job.part = Part(_place(job))
        try:
            offset = await self._open_part(job, part, endpoint)
            received = await self._receive(job, part, endpoint, offset)
            is_verified = await self._check(job, part, endpoint, received)
            await self._publish(job, part, job.base + received)
        finally:
            if part.is_open:
                await local.settle(part.leave)
        job.part = None
        if not job.batch.move:
            return Done(is_verified)
        return Done(is_verified, await self._remove_source(job, endpoint, is_verified))

    async def _open_part(self, job: Job, part: Part, endpoint: RemoteEndpoint) -> int:
        """Opens the part, new or our own, and returns from which byte on to fetch."""
        local = self._bench.local
        if part.exists:
            now = await seen_now(endpoint.entry(job.transfer.source))
            is_same = is_same_version(job.entry, now)
            if job.can_resume and is_same and await local.settle(part.reopen):
                return await local.settle(_rest, part, job.entry.size or 0)
            if now is not None and not is_same and now.kind is job.entry.kind:
                job.entry = now  # the file has changed: what is checked is the new one
                job.resumes_target = False
                self._bench.board.change(job, size=now.size, modified=now.modified)
        await local.settle(part.begin)
        if not (job.resumes_target and job.can_resume):
            return 0
        progress = self._bench.begin_attempt(job, 0)
        copied = await local.settle(part.copy_target, lambda: progress.cancelled)
        return copied if job.entry.size is not None and copied < job.entry.size else await self._emptied(part)

    async def _emptied(self, part: Part) -> int:
        await self._bench.local.settle(part.cut, 0)
        return 0

    async def _receive(self, job: Job, part: Part, endpoint: RemoteEndpoint, offset: int) -> int:
        progress = self._bench.begin_attempt(job, offset)
        source = job.transfer.source
        try:
            return await endpoint.download(source, part.file, offset=offset, progress=progress)
        except CommandRefused as error:
            if not offset or not is_rest_refused(error):
                raise
        job.can_resume = False
        offset = await self._emptied(part)
        progress = self._bench.begin_attempt(job, offset)
        return await endpoint.download(source, part.file, offset=offset, progress=progress)

    async def _check(self, job: Job, part: Part, endpoint: RemoteEndpoint, received: int) -> bool:
        """Compares what arrived with what the server says there is; returns whether it could be compared.

        Raises:
            SizeMismatch: It is not all, or too much.
        """
        total, expected = job.base + received, job.entry.size
        held = await self._bench.local.run(lambda: part.size)
        if held == total == expected:
            return True
        now = await known_size(endpoint.size(job.transfer.source))
        if held == total and job.base == 0:
            if now == total:  # the listing was old, or had no size
                return True
            if expected is None and now is None:
                return False
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

    async def _publish(self, job: Job, part: Part, size: int) -> None:
        try:
            await self._bench.local.settle(part.publish, size, replace=job.is_decided)
        except asyncio.CancelledError:
            if part.published is None:
                raise  # else it came too late: the file is in its place, and that is the truth
        if part.published is not None:
            job.batch.written[part.published] = job.transfer.id

    async def _remove_source(self, job: Job, endpoint: RemoteEndpoint, is_verified: bool) -> str | None:
        """Removes what was moved, if it is still what was fetched; returns why it stays otherwise."""
        if not is_verified:
            return "copied; its size could not be checked, so the source is kept"
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


def _look(place: Place) -> tuple[Entry | None, tuple[int, int] | None]:
    with Folder.open(place.root, place.parts) as folder:
        return folder.entry(place.name), folder.identity(place.name)


def _free_name(place: Place) -> str:
    with Folder.open(place.root, place.parts) as folder:
        number = 2
        while folder.entry(name := numbered(place.name, number)) is not None:
            number += 1
    return name


def _rest(part: Part, size: int) -> int:
    """Where to go on in a part of ours; at least its last bytes are always fetched."""
    offset = part.size if part.size < size else max(0, size - PROOF)
    part.cut(offset)
    return offset
