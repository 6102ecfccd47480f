"""Turns what the user chose into transfers: reads trees while files already move, makes directories as it goes.

A link that a tree holds is neither gone into nor fetched. One that the user chose on the server is taken for
what it leads to, a file or a tree; a move leaves such a tree alone, for its files are not the link's own. What is
refused becomes a transfer that has failed, with its reason; the rest goes on.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import RemoteError, TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.name_rules import fit_name
from tuiftp.files.parallel_walk import walk_widely
from tuiftp.files.safe_open import Folder, Place
from tuiftp.files.walk import Found, concerns_one_item, walk
from tuiftp.protocol.text import shown
from tuiftp.transfers.job import Batch, Job
from tuiftp.transfers.model import BatchScanned, Direction, Transfer, TransferState
from tuiftp.transfers.retry_policy import RetryRules
from tuiftp.transfers.session_lease import RetryingLease, RetryingTree
from tuiftp.transfers.speed_meter import Clock

Sources = Sequence[tuple[str, Entry]]

PROBLEMS_KEPT = 1000
"""How many problems of one batch are remembered in words."""

SCANNERS = 16
"""How many directories of a remote tree are read at once, as far as the site lends sessions."""

MOST_WAITING = 50_000
"""How many transfers of one batch wait at most: each takes a kilobyte, and a server may name a million files."""

_UNREADABLE = "the server's line about it could not be read"
_YIELD_EVERY = 64
_TELL_EVERY = 0.1
_LOOK_EVERY = 0.1


class Planner:
    """Reads the sources of one batch to their end."""

    def __init__(
        self,
        batch: Batch,
        *,
        enqueue: Callable[[Job], None],
        next_id: Callable[[], int],
        local: LocalEndpoint,
        spool: str | None,
        bus: EventBus,
        clock: Clock,
        rules: RetryRules,
    ) -> None:
        self._batch = batch
        self._enqueue = enqueue
        self._next_id = next_id
        self._local = local
        self._bus = bus
        self._clock = clock
        self._spool = spool
        self._source, self._target, *self._scanners = (
            RetryingLease(pool, rules=rules, clock=clock, is_kept=batch.direction is not Direction.RELAY)
            for pool in (*batch.pools, *[batch.source.pool] * SCANNERS)
        )
        self._files = 0
        self._total = 0
        self._told = clock.monotonic()
        self._since_yield = 0
        self._at: tuple[str, Entry, str] | None = None

    async def run(self, sources: Sources, rename_to: str | None) -> None:
        """Queues all sources. Whoever runs it calls `end` afterwards, or `fail`."""
        gone: TuiftpError | None = None
        for path, entry in sources[:1]:
            self._at = path, entry, rename_to or entry.name
        if any(entry.is_dir for _, entry in sources):
            for pool in set(self._batch.pools):
                pool.warm()
        try:
            for path, entry in sources:
                name = rename_to or entry.name
                self._at = path, entry, name
                if gone is not None and entry.is_dir:
                    self.refuse(path, entry, (name,), gone)
                    continue
                try:
                    await self._plan(path, entry, name)
                except TuiftpError as error:
                    gone = None if concerns_one_item(error) else error
                    self.refuse(path, entry, (name,), error)
                await self._breathe()
        finally:
            for lease in self._leases:
                await lease.close()

    def end(self) -> None:
        """Tells that nothing more will be found."""
        self._tell(is_complete=True)

    def fail(self, error: BaseException) -> Job | None:
        """Queues what an unexpected error has kept from being read, as failed: a part never passes for the whole.

        Returns:
            What stands for it in the queue; None where nothing had been begun.
        """
        if self._at is None:
            return None
        path, entry, name = self._at
        why = (
            error.message
            if isinstance(error, TuiftpError)
            else f"unexpected: {type(error).__name__}: {error}"
        )
        reason = RemoteError(f"not read to its end: {why}", path=path, hint="retry reads it again")
        return self.refuse(path, entry, (name,), reason)

    @property
    def _leases(self) -> tuple[RetryingLease, ...]:
        return (self._source, self._target, *self._scanners)

    async def _plan(self, path: str, entry: Entry, name: str) -> None:
        batch = self._batch
        if (why := await self._why_not_into_itself(path, entry, name)) is not None:
            self.refuse(path, entry, (name,), why)
        elif entry.is_dir or await self._leads_to_tree(path, entry):
            await (self._disk_tree(path, name) if batch.direction.is_from_disk else self._tree(path, name))
        elif batch.direction.is_from_disk:
            self._add_file_here(path, entry, (name,), self._local.parent(path), (), batch.directory)
        elif entry.is_unreadable:
            self.refuse(path, entry, (name,), _UNREADABLE)
        else:
            self._add_file(path, entry, (name,), batch.directory)

    async def _why_not_into_itself(self, path: str, entry: Entry, name: str) -> str | None:
        """Why what stays within one place cannot go where it is wanted: it is there, or would be within itself."""
        batch, directory = self._batch, self._batch.directory
        if batch.direction is Direction.LOCAL:
            above, directory = await self._local.run(_real_paths, self._local.parent(path), directory)
            path = self._local.join(above, self._local.name(path))
        elif batch.source.label != batch.target.label:
            return None
        endpoint = batch.target.endpoint
        if endpoint.join(directory, name) == path:
            return "source and target are the same"
        while entry.is_dir and directory != path:
            above = endpoint.parent(directory)
            if above == directory:
                return None
            directory = above
        return "a directory cannot be copied into itself" if entry.is_dir else None

    async def _leads_to_tree(self, path: str, entry: Entry) -> bool:
        """Whether a link that the user chose on a server leads to a directory, whose tree is to be copied."""
        if entry.kind is not EntryKind.LINK or self._batch.direction.is_from_disk or self._batch.move:
            return False
        looked_up = await self._source.call(lambda endpoint: endpoint.look_up(path))
        return looked_up.entry is not None and looked_up.entry.is_dir

    async def _tree(self, path: str, name: str) -> None:
        """Reads a tree on a server."""
        trees = [RetryingTree(lease, self._batch.source.endpoint) for lease in self._scanners]
        made: dict[tuple[str, ...], str] = {}
        async for found in walk_widely(trees, path):
            if not made:  # not before: what cannot be listed may be no directory
                await self._make_top(made, path, name)
            parts = (name, *found.parts)
            if found.problem is not None:
                self.refuse(found.path, found.entry, parts, found.problem)
            elif found.entry.is_dir:
                await self._enter(found, parts, self._make(made, parts))
            elif found.entry.kind is EntryKind.FILE:
                self._add_file(found.path, found.entry, parts, made[parts[:-1]])
            elif found.entry.kind is EntryKind.LINK:
                self._skip(found.path, found.entry, parts, _why_not(found.entry))
            else:  # it may be a file: that it stays out must not pass for success
                self.refuse(found.path, found.entry, parts, _why_not(found.entry))
            await self._breathe()
        if not made:
            await self._make_empty(made, path, name)

    async def _make_top(self, made: dict[tuple[str, ...], str], path: str, name: str) -> None:
        await self._make(made, (name,))
        self._note_directory(path, (name,))

    async def _make_empty(self, made: dict[tuple[str, ...], str], path: str, name: str) -> None:
        """Makes a directory in which nothing was listed, unless it is a file: a server may lie."""
        size = await self._source.call(lambda endpoint: endpoint.size_as_file(path))
        if size is None:
            await self._make_top(made, path, name)
            return
        reason = f"the server lets one into it and lists nothing there, but it is a file of {size:,} bytes"
        self.refuse(path, Entry(name, EntryKind.DIR), (name,), reason)

    async def _disk_tree(self, path: str, name: str) -> None:
        """Reads a tree on the disk."""
        made: dict[tuple[str, ...], str] = {}
        await self._make_top(made, path, name)
        root, top = self._local.parent(path), self._local.name(path)
        async for found in walk(self._local, path):
            parts = (name, *found.parts)
            if found.problem is not None:
                self.refuse(found.path, found.entry, parts, found.problem)
            elif found.entry.is_dir:
                await self._enter(found, parts, self._make(made, parts))
            else:
                way = (top, *found.parts[:-1])
                self._add_file_here(found.path, found.entry, parts, root, way, made[parts[:-1]])
            await self._breathe()

    async def _enter(self, found: Found, parts: tuple[str, ...], making: Awaitable[None]) -> None:
        """Makes the directory on the other side; where that fails its contents are left out."""
        self._note_directory(found.path, parts)
        try:
            await making
        except TuiftpError as error:
            if error.transient:
                raise
            found.descend = False
            self.refuse(found.path, found.entry, parts, error)

    async def _make(self, made: dict[tuple[str, ...], str], parts: tuple[str, ...]) -> None:
        """Makes a directory of the target, and notes its path; the one above it is made.

        Args:
            made: Where to note it, by its names from the top down.
            parts: Its names from the top down.
        """
        batch = self._batch
        if batch.direction.is_to_disk:
            root, fit = batch.directory, tuple(map(fit_name, parts))
            await self._local.settle(lambda: Folder.open(root, fit, create=True).close())
            made[parts] = ""  # its files have their place by names
            return
        above, name = made.get(parts[:-1], batch.directory), parts[-1]
        made[parts] = await self._target.call(
            lambda endpoint: batch.targets.ensure_directory(endpoint, above, name)
        )

    def _add_file_here(
        self, path: str, entry: Entry, parts: tuple[str, ...], root: str, way: tuple[str, ...], directory: str
    ) -> None:
        """Queues a file of the disk, which lies in `root` behind the names of `way`."""
        if entry.kind is not EntryKind.FILE:
            self._skip(path, entry, parts, _why_not(entry))
        elif self._batch.direction.is_to_disk:
            self._add_file(path, entry, parts, directory)
        else:
            self._add_sent(path, entry, parts, Place(root, way, self._local.name(path)), directory)

    def _add_file(self, path: str, entry: Entry, parts: tuple[str, ...], directory: str) -> None:
        """Queues a file that is fetched: to its place on the disk, or to where it is held on its way."""
        if not self._batch.direction.is_to_disk:
            self._add_sent(path, entry, parts, None, directory)
            return
        fit = tuple(map(fit_name, parts))
        try:
            place = Place(self._batch.directory, fit[:-1], fit[-1])
        except TuiftpError as error:
            self.refuse(path, entry, parts, error)
            return
        note = None if fit == parts else f"kept as {shown('/'.join(fit))}: this disk cannot have its own name"
        self._add(path, entry, parts, target=place.path, place=place, note=note)

    def _add_sent(
        self, path: str, entry: Entry, parts: tuple[str, ...], place: Place | None, directory: str
    ) -> None:
        """Queues a file that is sent, from its place on the disk or (None) from where it is held on its way."""
        try:
            target = self._batch.target.endpoint.join(directory, parts[-1])
        except TuiftpError as error:
            self.refuse(path, entry, parts, error)
            return
        if place is None:
            assert self._spool is not None, "no copy between two servers is queued without it"
            place = Place(self._spool, (), "relay")
        self._add(path, entry, parts, target=target, place=place, remote_directory=directory)

    def refuse(self, path: str, entry: Entry, parts: tuple[str, ...], why: TuiftpError | str) -> Job:
        """Queues what cannot be done as a transfer that has failed, and remembers the reason."""
        reason = why if isinstance(why, str) else why.message
        if len(self._batch.problems) < PROBLEMS_KEPT:
            self._batch.problems.append(f"{shown('/'.join(parts))}: {reason}")
        hint = None if isinstance(why, str) else why.hint
        return self._add(path, entry, parts, state=TransferState.FAILED, error=reason, hint=hint)

    def _skip(self, path: str, entry: Entry, parts: tuple[str, ...], reason: str) -> None:
        self._add(path, entry, parts, state=TransferState.SKIPPED, error=reason)

    def _add(
        self,
        path: str,
        entry: Entry,
        parts: tuple[str, ...],
        *,
        target: str = "",
        place: Place | None = None,
        remote_directory: str = "",
        note: str | None = None,
        **values: Any,
    ) -> Job:
        batch = self._batch
        size = entry.size if entry.kind is EntryKind.FILE else None
        transfer = Transfer(
            self._next_id(),
            batch.id,
            batch.direction,
            batch.source.label,
            batch.target.label,
            path,
            target,
            "/".join(parts),
            size=size,
            modified=entry.modified,
            **values,
        )
        job = Job(transfer, batch, entry, place, remote_directory, parts, note=note)
        self._enqueue(job)
        self._files += 1
        self._total += size or 0
        if self._clock.monotonic() - self._told >= _TELL_EVERY:
            self._tell(is_complete=False)
        return job

    def _note_directory(self, path: str, parts: tuple[str, ...]) -> None:
        if self._batch.move:
            self._batch.directories.append((path, parts))

    def _tell(self, *, is_complete: bool) -> None:
        self._told = self._clock.monotonic()
        problems = tuple(self._batch.problems)
        self._bus.publish(BatchScanned(self._batch.id, self._files, self._total, is_complete, problems))

    async def _breathe(self) -> None:
        """Lets the loop turn now and then: a walk over what is in memory never waits by itself.

        Where more waits than is good for the memory, it is waited for: the rest is planned when that is done.
        """
        self._since_yield += 1
        if self._since_yield >= _YIELD_EVERY:
            self._since_yield = 0
            await asyncio.sleep(0)
        while self._batch.waiting >= MOST_WAITING:
            # Whoever does them needs the sessions that are lent to us.
            for lease in self._leases:
                await lease.rest()
            await asyncio.sleep(_LOOK_EVERY)


def _real_paths(*paths: str) -> tuple[str, ...]:
    return tuple(map(os.path.realpath, paths))


def _why_not(entry: Entry) -> str:
    if entry.kind is EntryKind.LINK:
        return "a link: links are not followed"
    if entry.is_unreadable:
        return _UNREADABLE
    return "not a regular file"
