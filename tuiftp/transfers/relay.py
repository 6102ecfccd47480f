"""One copy between two places that are not the disk: fetched into a file of ours here, then sent from there.

A session of one side is held at a time: copies that cross each other never wait for each other, and a server that
lets in a single session suffices. What is to become of an existing target is decided before anything is fetched,
and looked at again before it is sent. Either way has what a download and an upload have: it goes on after a break,
also of the program, and is verified. The file here is removed once the target is in its place.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from tuiftp.errors import CommandRefused, LoginRefused, TuiftpError
from tuiftp.files.endpoint import Transfers
from tuiftp.files.part_file import Part
from tuiftp.files.safe_open import Mark
from tuiftp.transfers import fsync_progress
from tuiftp.transfers.context import Done, TransferContext
from tuiftp.transfers.download import Downloader
from tuiftp.transfers.job import Arrival, Job
from tuiftp.transfers.remote_queries import seen_now
from tuiftp.transfers.upload import Uploader, has_our_time

Session = Callable[[], Awaitable[Transfers]]
"""Lends a session of the side that the job is at now (`Job.pool`), in the place of the one that it has."""

_RENAMED = -1
"""Stands for the number of a file that is renamed on its server."""


class Relay:
    """Does copies between two places, one call each."""

    def __init__(self, context: TransferContext, downloader: Downloader, uploader: Uploader) -> None:
        self._context = context
        self._downloader = downloader
        self._uploader = uploader

    async def run(self, job: Job, session: Session) -> Done:
        """Copies one file.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It failed.
        """
        job.is_fetching = False
        target = await session()
        if job.is_restored:
            done = await self._done_before(job, target, session)
        else:
            await self._uploader.decide(job, target)
            done = await self._renamed(job, target)
        if done is not None:
            return done
        if not await self._is_fetched(job):
            await self._fetch(job, session)
        done = await self._uploader.run(job, await session())
        return await self._conclude(job, session, done)

    async def _done_before(self, job: Job, target: Transfers, session: Session) -> Done | None:
        """How an earlier run has done it, if it was ended before it could note that."""
        there = await seen_now(target.entry(job.transfer.target))
        if there is None or there.is_dir:
            return None
        path, arrival = job.transfer.target, job.arrival
        if arrival is not None and there.size in (None, arrival.mark.size):
            done = Done(arrival.is_verified, job.note)
            if arrival.mark.number != _RENAMED:
                return await self._finished(job, session, done, is_again=True)
            if await seen_now(target.entry(job.transfer.source)) is None:  # both are on this server
                return done
        job.arrival = None
        if job.batch.move or not has_our_time(self._context, job, await target.dated(path, there)):
            return None
        return await self._finished(job, session, Done(True, job.note), is_again=True)

    async def _renamed(self, job: Job, endpoint: Transfers) -> Done | None:
        """Moves a file within one site by giving it its new name; None: it has to be copied."""
        batch, transfer = job.batch, job.transfer
        if not batch.move or batch.source.pool is not batch.target.pool or self._context.converts(job):
            return None
        if (
            job.replaces
            or job.part is not None
            or await seen_now(endpoint.entry(transfer.target)) is not None
        ):
            return None
        job.arrival = Arrival(Mark(_RENAMED, job.entry.size or 0, 0), True)
        await self._context.journal.commit(job)
        try:
            await endpoint.rename(transfer.source, transfer.target)
        except LoginRefused:
            raise
        except CommandRefused:
            job.arrival = None
            return None
        self._context.job_list.change(job, transferred=job.entry.size or 0)
        return Done(True, job.note)

    async def _is_fetched(self, job: Job) -> bool:
        """Whether all of it is here, from an attempt that could not send it."""
        part = job.part
        if job.fetched is not None and part is not None and await self._context.local.run(part.is_there):
            return True
        job.fetched = None
        return False

    async def _fetch(self, job: Job, session: Session) -> None:
        """Brings the file here, from where an earlier attempt ended."""
        job.is_fetching = True
        source = await session()
        part = job.part
        assert job.place is not None, "a refused transfer never runs"
        await self._context.local.settle(os.makedirs, job.place.root, 0o700, True)
        if part is None:
            part = job.part = Part(job.place, job.token, register=self._context.records)
        resumes_target, job.resumes_target = job.resumes_target, False  # which is on the other server
        try:
            done = await self._downloader.fetch_into(job, part, source)
            await self._context.local.settle(part.set_time, await self._time_of(job, source))
            await fsync_progress.leave(self._context, job, part, is_whole=True)
        finally:
            if part.is_open:
                await fsync_progress.leave(self._context, job, part)
            job.resumes_target = resumes_target
        job.fetched, job.note = done.is_verified, done.note or job.note
        self._turn_round(job)

    async def _time_of(self, job: Job, source: Transfers) -> datetime | None:
        try:
            modified = (await source.dated(job.transfer.source, job.entry)).modified
        except TuiftpError:
            return None  # all of the file is here: a time that cannot be had does not make it fail
        return modified if modified is not None and modified.tzinfo is not None else None

    def _turn_round(self, job: Job) -> None:
        """Begins the second way: what was counted and learned of the first says nothing of it."""
        self._context.count_moved(job)
        job.progress = job.meter = None
        job.is_fetching = False
        job.base = job.sampled = job.high_water = 0
        job.can_resume = True

    async def _conclude(self, job: Job, session: Session, done: Done) -> Done:
        context, size = self._context, job.transfer.size or 0
        done = replace(done, is_verified=done.is_verified and job.fetched is True)
        if context.journal.is_lasting and (job.batch.move or not context.rules.keep_times):
            # Without its source, or its time, a later run could not tell that it has arrived.
            job.arrival = Arrival(Mark(0, size, 0), done.is_verified)
            await context.journal.commit(job)
        return await self._finished(job, session, done)

    async def _finished(self, job: Job, session: Session, done: Done, *, is_again: bool = False) -> Done:
        """What there is to do once the file is in its place: the source of a move goes, and our own file."""
        if job.batch.move:
            why = await self._why_source_stays(job, session, done.is_verified, is_again)
            done = Done(done.is_verified, why or done.note, is_source_kept=why is not None)
        part, job.part, job.fetched = job.part, None, None
        if part is not None:
            await self._context.local.settle(part.discard)
        return done

    async def _why_source_stays(
        self, job: Job, session: Session, is_verified: bool, is_again: bool
    ) -> str | None:
        """Removes what was moved, over a session of the first side; returns why it stays otherwise."""
        if job.progress is not None:
            self._context.count_moved(job)
            self._context.job_list.change(job, transferred=job.reached)
            job.moved += job.progress.transferred
            job.progress = job.meter = None
        job.is_fetching = True
        try:
            source = await session()
        except TuiftpError as error:
            return f"copied, but the source was not removed: {error}"
        return await self._downloader.remove_source(job, source, is_verified, is_again)
