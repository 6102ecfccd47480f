"""One upload: sent to a temporary name beside its target where that is wanted, checked, then put in its place.

What this transfer has sent itself is gone on with after a break, if the server holds no more than was sent and
the local file is still the same; what another run or another client has left is gone on with only if its last
4 KiB are those of the local file. Whatever is in doubt is sent again from the first byte.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import (
    ChecksumMismatch,
    CommandRefused,
    LocalFileError,
    RemoteError,
    SizeMismatch,
    TuiftpError,
)
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.files.pipelining import pipelining_of
from tuiftp.files.safe_open import Folder, Mark, Place, numbered
from tuiftp.files.upload_source import Source, Version
from tuiftp.protocol.text import shown
from tuiftp.transfers.cleanup import remove_beginning
from tuiftp.transfers.context import Done, TransferContext, claim_key
from tuiftp.transfers.job import Arrival, Job, upload_of
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.remote_queries import known_size, seen_now
from tuiftp.transfers.same_version import is_same_time, is_unchanged
from tuiftp.transfers.target_listings import file_entry
from tuiftp.transfers.temporary_name import TemporaryRefused
from tuiftp.transfers.upload_attempt import Sending, ends_alike, is_new, note_beginning
from tuiftp.transfers.verify import is_same_by_checksum, wants_checksum

_CLEANING = 3.0
"""Seconds that a cancelled upload may take to remove what it has left."""

_LEAVES = frozenset({ConflictPolicy.SKIP, ConflictPolicy.NEWER})
"""Answers by which a target stays that is shorter than its source."""


class Uploader:
    """Does uploads, one call each."""

    def __init__(self, context: TransferContext) -> None:
        self._context = context

    async def run(self, job: Job, endpoint: Transfers) -> Done:
        """Uploads one file.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It failed.
        """
        try:
            return await self._run(job, endpoint)
        except asyncio.CancelledError:
            is_kept = job.state is not TransferState.CANCELLED and job.index >= 0
            if not (is_kept and self._context.keeps_unfinished):
                await self._drop_temporary(job, endpoint)
            if not self._context.keeps_unfinished:
                await self._drop_beginning(job, endpoint)
            raise
        except TuiftpError:
            self._note_beginning(job)
            if not job.can_resume:
                await self._drop_temporary(job, endpoint)
            raise

    async def decide(self, job: Job, endpoint: Transfers) -> None:
        """Decides what becomes of a target that exists, for a file that is not here yet.

        Raises:
            Skipped: It was decided to leave it out.
            TuiftpError: It cannot be decided.
        """
        target = ""
        while not job.is_decided and job.transfer.target != target:  # another name: look whether it is free
            target = job.transfer.target
            async with self._context.claims.of(claim_key(job.transfer.target_site, target)):
                await self._decide(job, endpoint)

    async def _run(self, job: Job, endpoint: Transfers) -> Done:
        while True:
            target = job.transfer.target
            async with self._context.claims.of(claim_key(job.transfer.target_site, target)):
                if job.is_restored or not job.is_decided:
                    done = await self._decide(job, endpoint)
                    if done is not None:
                        return replace(done, note=done.note or job.note)
                if job.transfer.target != target:
                    continue  # another name: claim that one, and look whether it is free
                key = claim_key(job.transfer.target_site, target)
                if self._context.begun.get(key) is not job:
                    self._context.begun.pop(key, None)  # what is there will not be that one's any more
                done = await self._send(job, endpoint)
                self._context.begun.pop(key, None)
                self._context.records.forget_upload(upload_of(job, target))
                return done

    async def _decide(self, job: Job, endpoint: Transfers) -> Done | None:
        """Decides what becomes of a target that exists; returns how it was done, if an earlier run has done it."""
        targets, directory, path = job.batch.targets, job.remote_directory, job.transfer.target
        found = await targets.find(endpoint, directory, endpoint.name(path), size=job.entry.size)
        if found is None:
            await self._note_free(job)
            return None
        if found.is_dir:
            raise RemoteError(f"{shown(path)} is a directory", path=path)
        conflicts, there = self._context.conflicts, found
        if job.is_restored or conflicts.needs_times(job):
            there = await endpoint.dated(path, found)
        done = await self._our_work(job, endpoint, there) if job.is_restored else None
        if done is not None:
            self._context.job_list.change(job, transferred=there.size)
            return done
        job.is_through_link = job.batch.expected is not None and found.kind is EntryKind.LINK
        if self._is_decided(job) or await self._is_ours(job, endpoint, found):
            job.is_decided = job.replaces = True
            return None
        if await self._is_as_fetched(job, endpoint, there):
            job.is_decided = job.replaces = True
            return None
        answer = await conflicts.resolve(
            job, job.entry, there, is_text=self._context.converts(job),
            free_name=lambda: self._free_name(job, endpoint),
        )  # fmt: skip
        if answer.policy is ConflictPolicy.RENAME:
            name = answer.new_name or await self._free_name(job, endpoint)
            self._context.job_list.change(job, target=endpoint.join(directory, name))
            # A later run must look for this name, and not take the next one: written down before it is used.
            await self._context.journal.commit(job)
            return None
        job.is_decided = job.replaces = True
        job.resumes_target = answer.policy is ConflictPolicy.RESUME
        return None

    async def _note_free(self, job: Job) -> None:
        """Writes down that nothing has the name, where else a later run could not tell our beginning from another's.

        It would take the next free name then, and leave the beginning.
        """
        if self._context.conflicts.standing_policy(job) is ConflictPolicy.RENAME:
            job.is_decided = True
            await self._context.journal.commit(job)

    @staticmethod
    def _is_decided(job: Job) -> bool:
        """Whether the target is to be replaced, as far as that was decided before.

        What an earlier run has found free, or has left untouched (an edited file that went to a temporary name), is
        looked at again: others may have put there what is there now, and that may be long ago.
        """
        is_untouched = job.batch.expected is not None and job.temporary is not None
        was_free = not job.replaces and job.temporary is None
        return job.is_decided and not (job.is_restored and (is_untouched or was_free))

    @staticmethod
    async def _is_as_fetched(job: Job, endpoint: Transfers, there: Entry) -> bool:
        """Whether the target of an edited file is still the one that was fetched."""
        expected = job.batch.expected
        if expected is None or job.transfer.target != endpoint.join(job.batch.directory, expected.name):
            return False  # it got another name, at which nothing was expected
        # Not from the directory's listing, which may know the time to the minute only.
        path = job.transfer.target
        now = await seen_now(endpoint.entry(path))
        there = there if now is None else await endpoint.dated(path, now)
        if there.kind is EntryKind.LINK:  # size and time would be those of the link
            there = replace(there, size=await known_size(endpoint.size(path)), modified=None)
        return is_unchanged(expected, there)

    async def _our_work(self, job: Job, endpoint: Transfers, target: Entry) -> Done | None:
        """How an earlier run has put the whole file there, if it was ended before it could note that."""
        is_source_ours = job.batch.direction is Direction.RELAY
        moved = await self._moved_before(job, target) if job.batch.move and not is_source_ours else None
        if moved is not None:
            return moved
        if has_our_time(self._context, job, target) and not job.batch.move:
            return Done(True)
        place = job.own_file
        if place is None or target.size is None or target.size != job.entry.size:
            return None
        local, source = self._context.local, Source(place)
        try:
            version = await local.settle(source.open)
            if await is_all_there(self._context, job, endpoint, target, source):
                return await self._conclude(job, source, version, Done(True))
        finally:
            await local.settle(source.close)
        job.version = None  # nothing proves that it is of this file: it is not gone on with, but sent whole
        return None

    async def _moved_before(self, job: Job, target: Entry) -> Done | None:
        """Removes the source of a move that an earlier run has brought over, if it is still there."""
        arrival = job.arrival
        if arrival is None or job.place is None or target.size not in (None, arrival.mark.size):
            return None
        mark = await self._context.local.run(_mark_of, job.place)
        if mark is None:
            return Done(arrival.is_verified)
        if mark != arrival.mark:
            return None  # it was changed, or is another one: it is sent again
        source = Source(job.place)
        try:
            version = await self._context.local.settle(source.open)
        finally:
            await self._context.local.settle(source.close)
        return await self._removed(source, version, Done(arrival.is_verified))

    async def _is_ours(self, job: Job, endpoint: Transfers, found: Entry) -> bool:
        """Whether what is there counts as left by an earlier run, to be replaced or gone on with.

        What was decided is written down once sending has begun; a run that was killed right then leaves it open.
        What may be another's is then for the user or the standing answer to decide, as without that run.

        Raises:
            RemoteError: It is not the whole, and the answer would leave a beginning of ours behind, or take it for
                the whole.
        """
        if not job.is_restored or not await self._is_beginning(job, endpoint, found):
            return False
        policy = self._context.conflicts.standing_policy(job)
        if job.is_decided or policy in (ConflictPolicy.OVERWRITE, ConflictPolicy.RESUME):
            return True
        if policy in _LEAVES and found.size != job.entry.size:
            raise _unfinished(job, found)
        return False

    async def _is_beginning(self, job: Job, endpoint: Transfers, target: Entry) -> bool:
        """Whether an earlier run that was killed may have left this: a beginning of the file to be sent, or all.

        It may as well have been there before: nothing proves that it is our own.
        """
        held, size = target.size, job.entry.size
        place = job.own_file
        if place is None or held is None or size is None or held > size:
            return False
        local, source = self._context.local, Source(place)
        try:
            await local.settle(source.open)
            return not held or await ends_alike(
                self._context.local, endpoint, job.transfer.target, source, held
            )
        finally:
            await local.settle(source.close)

    async def _free_name(self, job: Job, endpoint: Transfers) -> str:
        taken = await job.batch.targets.names(endpoint, job.remote_directory)
        name, number = endpoint.name(job.transfer.target), 1
        while numbered(name, number) in taken:
            number += 1
        return numbered(name, number)

    async def _send(self, job: Job, endpoint: Transfers) -> Done:
        place = job.own_file
        assert place is not None, "a refused transfer never runs"
        job.arrival = None
        local, source = self._context.local, Source(place)
        if is_brief(self._context, job, endpoint):
            version, brief = await send_brief(self._context, job, endpoint, source)
            self._note(job, endpoint, version)
            return await self._conclude(job, source, version, brief)
        try:
            version = await local.settle(source.open)
            sending = Sending(self._context, job, endpoint, source, version)
            try:
                done = await sending.through_temporary() if sending.wants_temporary else None
            except TemporaryRefused:
                await self._drop_temporary(job, endpoint)
                done = None
            if done is None:
                was_refused = sending.wants_temporary
                done = await sending.directly()
                if was_refused:  # only now is it sure that the name was the reason
                    self._context.no_temporary.add(job.transfer.target_site)
            is_same = await local.run(source.version) == version
        finally:
            await local.settle(source.close)
        self._note(job, endpoint, version)
        if not is_same:
            return Done(False, "the file was changed while it was sent", is_source_kept=True)
        return await self._conclude(job, source, version, done)

    async def _conclude(self, job: Job, source: Source, version: Version, done: Done) -> Done:
        done = replace(done, note=done.note or job.note)
        if not job.batch.move or job.batch.direction is Direction.RELAY:
            return done
        # Without its source a later run could not tell that it was sent, and not lost.
        job.arrival = Arrival(Mark(version.number, version.size, version.changed), done.is_verified)
        await self._context.journal.commit(job)
        return await self._removed(source, version, done)

    async def _removed(self, source: Source, version: Version, done: Done) -> Done:
        why = await self._remove_source(source, version, done.is_verified)
        return Done(done.is_verified, why or done.note, is_source_kept=why is not None)

    def _note(self, job: Job, endpoint: Transfers, version: Version) -> None:
        name = endpoint.name(job.transfer.target)
        job.batch.targets.note(job.remote_directory, file_entry(name, version.size))

    async def _remove_source(self, source: Source, version: Version, is_verified: bool) -> str | None:
        """Removes what was moved, if it is still what was sent; returns why it stays otherwise."""
        if not is_verified:
            return "copied; it could not be verified, so the source is kept"
        try:
            await self._context.local.settle(source.remove, version)
        except TuiftpError as error:
            return f"copied, but the source was not removed: {error}"
        except asyncio.CancelledError:
            return "copied; it was cancelled while the source was being removed"
        return None

    async def _drop_temporary(self, job: Job, endpoint: Transfers) -> None:
        """Removes what an upload has left under its temporary name; if that fails, it stays noted."""
        path = job.temporary
        if path is None:
            return
        try:
            async with asyncio.timeout(_CLEANING):
                await endpoint.remove_file(path)
        except CommandRefused as error:
            if error.is_transient:
                return
        except (TuiftpError, TimeoutError):
            return
        self._context.records.forget_upload(upload_of(job, path))
        job.temporary = job.version = None

    def _note_beginning(self, job: Job) -> None:
        """Notes that an attempt has begun a new file in its own place, and has not ended it."""
        has_begun = job.progress is not None and job.progress.first_at is not None
        if has_begun and job.temporary is None and is_new(job):
            self._context.begun[claim_key(job.transfer.target_site, job.transfer.target)] = job

    async def _drop_beginning(self, job: Job, endpoint: Transfers) -> None:
        self._note_beginning(job)
        try:
            async with asyncio.timeout(_CLEANING):
                await remove_beginning(self._context, job, endpoint)
        except (TuiftpError, TimeoutError):
            pass


def _unfinished(job: Job, target: Entry) -> RemoteError:
    """What is there is not touched, for that was asked for; and not taken for the whole either."""
    return RemoteError(
        f"{shown(job.transfer.target)} exists and holds only the first {target.size:,} of {job.entry.size:,} bytes: "
        "it was left as it is",
        path=job.transfer.target,
        hint="copy it once more, and choose to resume or to overwrite",
    )


def _mark_of(place: Place) -> Mark | None:
    try:
        with Folder.open(place.root, place.parts) as folder:
            return folder.mark(place.name)
    except LocalFileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None  # a moved tree loses its directories too
        raise


def has_our_time(context: TransferContext, job: Job, target: Entry) -> bool:
    """Whether a remote file has the size of the one that was queued, and the time that we give what we have sent."""
    if not context.rules.keep_times or job.entry.size is None or job.entry.size != target.size:
        return False
    return is_same_time(job.entry, target) is True


async def is_all_there(
    context: TransferContext, job: Job, endpoint: Transfers, target: Entry, source: Source
) -> bool:
    """Whether a remote file is surely the whole of an open local one.

    Args:
        context: The disk's threads, and the rules.
        job: An upload of an earlier run.
        endpoint: Who asks the server.
        target: What has its name there.
        source: The local file.

    Raises:
        TuiftpError: The server or the disk cannot be asked.
    """
    version, path = await context.local.run(source.version), job.transfer.target
    if not version.size or target.size != version.size or context.converts(job):
        return False
    if not await ends_alike(context.local, endpoint, path, source, version.size):
        return False
    has_made_it = not job.replaces and job.version == version
    if has_made_it and not wants_checksum(context, endpoint):
        return True
    return endpoint.capabilities.has_checksums and await _has_checksum(context, job, endpoint, path, source)


async def _has_checksum(
    context: TransferContext, job: Job, endpoint: Transfers, path: str, source: Source
) -> bool:
    size = (await context.local.run(source.version)).size
    job.progress = progress = Progress()  # by which a cancel is told while the disk is read
    try:
        return await is_same_by_checksum(context, endpoint, path, source.file, size=size, progress=progress)
    except ChecksumMismatch:
        return False
    finally:
        job.progress = None


def is_brief(context: TransferContext, job: Job, endpoint: Transfers) -> bool:
    """Whether a file goes up through memory: small, new at its target, as it is, and never begun before."""
    size = job.entry.size
    is_begun = job.temporary is not None or job.version is not None or job.resumes_target or job.is_restored
    if (
        size is None
        or context.converts(job)
        or is_begun
        or context.rules.wants_temporary(size, replaces=job.replaces)
    ):
        return False
    return context.is_brief(job, endpoint, size) and not wants_checksum(context, endpoint)


async def send_brief(
    context: TransferContext, job: Job, endpoint: Transfers, source: Source
) -> tuple[Version, Done]:
    """Sends a small file and compares the size that the server holds with what was sent.

    Raises:
        SizeMismatch: The server does not hold all.
    """
    version, data, here = await context.local.settle(_read, source)
    mode = job.source_mode(here)
    if job.transfer.size != len(data):
        context.job_list.change(job, size=len(data))
    await note_beginning(context, job)
    progress = context.begin_attempt(job, 0)
    job.is_decided = True  # from here on, what is there is ours
    rules = context.rules
    held = await pipelining_of(endpoint).store(
        data,
        job.transfer.target,
        modified=version.modified if rules.keep_times else None,
        mode=mode if rules.keep_modes and not job.replaces else None,
        progress=progress,
    )
    if held is not None and held != len(data):
        raise SizeMismatch(
            f"{shown(job.transfer.target)} is incomplete: the server holds {held:,} bytes of {len(data):,}",
            path=job.transfer.target,
        )
    return version, Done(held is not None)


def _read(source: Source) -> tuple[Version, bytes, int]:
    """All of a small file, in the state that is returned with it."""
    try:
        version = source.open()
        data = source.read(0, version.size)
        return source.version(), data, source.mode
    finally:
        source.close()
