"""One upload: sent into its target, then checked by the size that the server has.

What this run has sent itself is gone on with after a break, if the server holds no more than was sent and the
local file is still the same; whatever is in doubt is sent again from the first byte.
"""

from __future__ import annotations

import asyncio

from tuiftp.errors import CommandRefused, RemoteError, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.files.safe import numbered
from tuiftp.files.source import Source, Version
from tuiftp.protocol.text import shown
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.targets import file_entry
from tuiftp.transfers.workbench import Done, Workbench, claim_key, is_rest_refused, known_size


class Uploader:
    """Does uploads, one call each."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    async def run(self, job: Job, endpoint: RemoteEndpoint) -> Done:
        """Uploads one file.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It failed.
        """
        while True:
            target = job.transfer.target
            async with self._bench.claims.of(claim_key(job.transfer.site, target)):
                if not job.is_decided:
                    await self._decide(job, endpoint)
                if job.transfer.target != target:
                    continue  # another name: claim that one, and look whether it is free
                return await self._send(job, endpoint)

    async def _decide(self, job: Job, endpoint: RemoteEndpoint) -> None:
        targets, directory = job.batch.targets, job.remote_directory
        path = job.transfer.target
        found = await targets.find(endpoint, directory, endpoint.name(path))
        if found is None:
            return
        if found.is_dir:
            raise RemoteError(f"{shown(path)} is a directory", path=path)
        answer = await self._bench.questions.resolve(job, found)
        if answer.policy is ConflictPolicy.RENAME:
            name = answer.new_name or await self._free_name(job, endpoint)
            self._bench.board.change(job, target=endpoint.join(directory, name))
            return
        job.is_decided = True
        job.resumes_target = answer.policy is ConflictPolicy.RESUME

    async def _free_name(self, job: Job, endpoint: RemoteEndpoint) -> str:
        taken = await job.batch.targets.names(endpoint, job.remote_directory)
        name, number = endpoint.name(job.transfer.target), 2
        while numbered(name, number) in taken:
            number += 1
        return numbered(name, number)

    async def _send(self, job: Job, endpoint: RemoteEndpoint) -> Done:
        assert job.place is not None, "a refused transfer never runs"
        local, source = self._bench.local, Source(job.place)
        try:
            version = await local.settle(source.open)
            offset = await self._offset(job, endpoint, version)
            job.version = version
            if job.transfer.size != version.size:
                self._bench.board.change(job, size=version.size)
            if offset < version.size or not version.size:
                offset = await self._store(job, endpoint, source, offset)
            is_verified = await self._check(job, endpoint, offset, version)
            is_same = await local.run(source.version) == version
        finally:
            await local.settle(source.close)
        self._note(job, endpoint, version.size)
        if not is_same:
            return Done(False, "the file was changed while it was sent")
        note = await self._remove_source(source, version, is_verified) if job.batch.move else None
        return Done(is_verified, note)

    async def _offset(self, job: Job, endpoint: RemoteEndpoint, version: Version) -> int:
        """From which byte on to send."""
        before, job.version = job.version, None
        if not job.can_resume:
            return 0
        if before is None and not job.resumes_target:
            return 0
        if before is not None and before != version:
            return 0
        held = await known_size(endpoint.size(job.transfer.target))
        if held is None or held > version.size:
            return 0
        if held == version.size and job.base:
            return 0  # of the right size, but pieced together: only a last exact count would prove it
        # What was there before the first attempt was decided to be gone on with; else it must be ours.
        is_ours = before is not None and held <= job.high_water
        return held if is_ours or (before is None and job.resumes_target) else 0

    async def _store(self, job: Job, endpoint: RemoteEndpoint, source: Source, offset: int) -> int:
        """Sends from `offset` on; returns how many bytes the target must now hold."""
        target = job.transfer.target
        progress = self._bench.begin_attempt(job, offset)
        job.is_decided = True  # from here on, what is there is ours
        try:
            sent = await endpoint.upload(source.file, target, offset=offset, progress=progress)
        except CommandRefused as error:
            if not offset or not is_rest_refused(error):
                raise
        else:
            return offset + sent
        job.can_resume = False
        progress = self._bench.begin_attempt(job, 0)
        return await endpoint.upload(source.file, target, offset=0, progress=progress)

    async def _check(self, job: Job, endpoint: RemoteEndpoint, total: int, version: Version) -> bool:
        """Compares what the server holds with what was sent; returns whether it could be compared.

        Raises:
            SizeMismatch: It does not hold all.
        """
        target = job.transfer.target
        held = await known_size(endpoint.size(target))
        if held is None and total >= version.size:
            return False
        if held == total and total >= version.size:
            return True
        # A server that ends an upload early, or in the wrong place after REST, gets it whole the next time.
        job.can_resume = False
        size = "an unknown number of" if held is None else f"{held:,}"
        raise SizeMismatch(
            f"{shown(target)} is incomplete: the server holds {size} bytes of {version.size:,}", path=target
        )

    def _note(self, job: Job, endpoint: RemoteEndpoint, size: int) -> None:
        name = endpoint.name(job.transfer.target)
        job.batch.targets.note(job.remote_directory, file_entry(name, size))

    async def _remove_source(self, source: Source, version: Version, is_verified: bool) -> str | None:
        """Removes what was moved, if it is still what was sent; returns why it stays otherwise."""
        if not is_verified:
            return "copied; its size could not be checked, so the source is kept"
        try:
            await self._bench.local.settle(source.remove, version)
        except TuiftpError as error:
            return f"copied, but the source was not removed: {error}"
        except asyncio.CancelledError:
            return "copied; it was cancelled while the source was being removed"
        return None
