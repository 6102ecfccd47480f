"""One attempt to bring a local file to a server: from where on, by which name, and what proves that it is there."""

from __future__ import annotations

from tuiftp.entries import mode_from_permissions
from tuiftp.errors import ChecksumMismatch, CommandRefused, LoginRefused, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import Transfers
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.upload_source import Source, Version
from tuiftp.protocol.text import shown
from tuiftp.transfers.context import Done, TransferContext, is_rest_refused
from tuiftp.transfers.job import Job, upload_of
from tuiftp.transfers.remote_queries import known_size
from tuiftp.transfers.temporary_name import (
    Finished,
    TemporaryRefused,
    is_about_name,
    put_in_place,
    temporary_name,
)
from tuiftp.transfers.verify import AS_TEXT, NO_CHECKSUM, NO_SIZE, is_same_by_checksum, wants_checksum

PROOF = 4096
"""How many bytes of a file that is gone on with are read back and compared, where it is not surely our own."""


class Sending:
    """One attempt to bring a file over: by a temporary name, or right into its place."""

    def __init__(
        self, context: TransferContext, job: Job, endpoint: Transfers, source: Source, version: Version
    ) -> None:
        self._context = context
        self._job = job
        self._endpoint = endpoint
        self._source = source
        self._version = version
        self._is_text = context.converts(job)
        self._before, job.version = job.version, None

    @property
    def wants_temporary(self) -> bool:
        """Whether it is to grow under a name of its own."""
        job = self._job
        if job.is_through_link or (job.resumes_target and job.can_resume):
            return False
        if job.temporary is not None:
            return True
        is_refused = job.transfer.target_site in self._context.no_temporary
        return not is_refused and self._context.rules.wants_temporary(
            self._version.size, replaces=job.replaces
        )

    async def through_temporary(self) -> Done:
        """Sends it to the temporary name, and renames it once it is whole.

        Raises:
            TemporaryRefused: The server does not take the name, or does not rename.
        """
        job, endpoint = self._job, self._endpoint
        target = job.transfer.target
        is_known = job.temporary is not None or job.is_restored
        if job.temporary is None:
            name = temporary_name(endpoint.name(target), job.token)
            job.temporary = endpoint.join(job.remote_directory, name)
        upload = upload_of(job, job.temporary)
        await self._context.local.settle(self._context.records.note_upload, upload)
        try:
            total, done = await self._bring(job.temporary, may_go_on=is_known)
        except CommandRefused as error:
            if error.command in ("STOR", "APPE") and not self._moved and is_about_name(error):
                raise TemporaryRefused(error.message) from error
            raise
        finally:
            self._before = None  # what was said of the temporary name says nothing of the target
        await self._keep(job.temporary)
        await put_in_place(endpoint, Finished(job.temporary, target, total, done.is_verified))
        job.temporary = None
        self._context.records.forget_upload(upload)
        return done

    async def directly(self) -> Done:
        """Sends it right into its place."""
        job = self._job
        path = job.transfer.target
        may_go_on = self._before is not None or job.resumes_target
        await note_beginning(self._context, job)
        _, done = await self._bring(path, may_go_on=may_go_on)
        await self._keep(path)
        return done

    @property
    def _moved(self) -> int:
        return self._job.progress.transferred if self._job.progress is not None else 0

    async def _bring(self, path: str, *, may_go_on: bool) -> tuple[int, Done]:
        """Sends what is missing at `path`; returns how many bytes it must now have, and how that was checked."""
        job, size = self._job, self._version.size
        is_resumable = may_go_on and job.can_resume and not self._is_text
        offset = await self._offset(path) if is_resumable else 0
        job.version = self._version
        if job.transfer.size != size:
            self._context.job_list.change(job, size=size)
        if offset < size or not size:
            offset = await self._store(path, offset)
        else:
            self._context.begin_attempt(job, offset)
        if self._is_text:
            return offset, Done(False, AS_TEXT)
        return offset, await self._check(path, offset)

    async def _offset(self, path: str) -> int:
        """From which byte on to send."""
        job, version, endpoint = self._job, self._version, self._endpoint
        is_ours = self._before == version and not job.is_restored
        if self._before is not None and self._before != version:
            return 0  # the local file has changed since
        if self._before is None and not job.resumes_target and not self._is_as_first_seen:
            return 0
        held = await known_size(endpoint.size(path))
        if not held or held > version.size:
            return 0
        if not is_ours:
            # Another client's, or an earlier run's: only what it holds can prove that it is of this file.
            return (
                held if await ends_alike(self._context.local, self._endpoint, path, self._source, held) else 0
            )
        if held > job.high_water or (held == version.size and 0 < job.base < held):
            return 0  # more than we sent; or of the right size, but pieced together
        # Without REST it can only be appended, and that only behind all that we know was accepted.
        is_sure = endpoint.capabilities.can_restart_uploads or held == job.high_water
        return held if is_sure else 0

    @property
    def _is_as_first_seen(self) -> bool:
        """Whether the local file is still the one that was queued."""
        entry, version = self._job.entry, self._version
        if entry.modified is None or version.modified is None:
            return False
        return entry.size == version.size and entry.modified.replace(microsecond=0) == version.modified

    async def _store(self, path: str, offset: int) -> int:
        """Sends from `offset` on; returns how many bytes the file must now have."""
        job, endpoint, file = self._job, self._endpoint, self._source.file
        progress = self._context.begin_attempt(job, offset)
        job.is_decided = True  # from here on, what is there is ours
        append = bool(offset) and not endpoint.capabilities.can_restart_uploads
        try:
            sent = await endpoint.upload(
                file, path, offset=offset, append=append, progress=progress, is_text=self._is_text
            )
        except CommandRefused as error:
            if not offset or not is_rest_refused(error):
                raise
        else:
            return offset + sent
        job.can_resume = False
        progress = self._context.begin_attempt(job, 0)
        return await endpoint.upload(file, path, offset=0, progress=progress)

    async def _check(self, path: str, total: int) -> Done:
        """Compares what the server holds with what was sent, by size and, where that is wanted, by checksum.

        Raises:
            SizeMismatch: It does not hold all.
            ChecksumMismatch: The bytes are not the same.
        """
        context, job, endpoint, size = self._context, self._job, self._endpoint, self._version.size
        held = await known_size(endpoint.size(path))
        if held is None and total >= size:
            return Done(False, NO_SIZE)
        if held != total or total < size:
            # A server that ends an upload early, or in the wrong place after REST, gets it whole the next time.
            job.can_resume = False
            count = "an unknown number of" if held is None else f"{held:,}"
            raise SizeMismatch(
                f"{shown(job.transfer.target)} is incomplete: the server holds {count} bytes of {size:,}",
                path=job.transfer.target,
            )
        if not wants_checksum(context, endpoint):
            return Done(True)
        assert job.progress is not None, "an attempt was begun"
        try:
            is_same = await is_same_by_checksum(
                context, endpoint, path, self._source.file, size=total, progress=job.progress
            )
        except ChecksumMismatch as error:
            job.can_resume = False
            if path != job.transfer.target:
                raise
            raise ChecksumMismatch(f"the damaged file is there: {error.message}", path=error.path) from error
        except TuiftpError:
            job.can_resume = False
            raise
        return Done(True) if is_same else Done(False, NO_CHECKSUM)

    async def _keep(self, path: str) -> None:
        """Gives the file its time and permissions, where the server lets us; that it does not is no failure."""
        rules = self._context.rules
        modified = self._version.modified if rules.keep_times else None
        mode = await self._mode(path) if rules.keep_modes else None
        if modified is None and mode is None:
            return
        try:
            await self._endpoint.set_attributes(path, modified=modified, mode=mode)
        except CommandRefused:
            pass

    async def _mode(self, path: str) -> int | None:
        """The permissions to give: those of the source, or of the file that is replaced. None: as they are."""
        job = self._job
        if not job.replaces:
            return job.source_mode(await self._context.local.run(lambda: self._source.mode))
        if path == job.transfer.target:
            return None
        name = self._endpoint.name(job.transfer.target)
        there = await job.batch.targets.find(self._endpoint, job.remote_directory, name)
        return mode_from_permissions(there.permissions or "") if there is not None else None


def is_new(job: Job) -> bool:
    """Whether nothing had the name of an upload before, so that what it leaves there is its own."""
    return not (job.replaces or job.resumes_target or job.is_restored)


async def note_beginning(context: TransferContext, job: Job) -> None:
    """Has it recorded that a new file grows in its own place: a later run knows then what a killed one has left."""
    if context.records.is_on and is_new(job):
        await context.local.settle(context.records.note_upload, upload_of(job, job.transfer.target))


async def ends_alike(local: LocalEndpoint, endpoint: Transfers, path: str, source: Source, held: int) -> bool:
    """Whether the last 4 KiB of a remote file of `held` bytes are what the local file has in their place."""
    at = max(0, held - PROOF)
    try:
        there = await endpoint.read(path, offset=at, limit=PROOF + 1)
    except LoginRefused:
        raise
    except CommandRefused:
        return False
    return there == await local.run(source.read, at, held - at)
