"""A large download over several connections at once, for long lines: segments, assembled in the one part file.

Nothing is taken on trust. Each segment but the first begins 4 KiB before the first byte that it is to bring, and
those must be what the neighbour has brought; the same after each break. In the end the file must still be the one
that it was. Whatever is in doubt is fetched again over one connection. A record behind the end of the part says
what is there; it is written only after the bytes are on the disk. Connections are taken only where nobody waits
for one, and given back as soon as somebody does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack, suppress

from tuiftp.entries import Entry
from tuiftp.errors import CommandRefused, DiskFull, LocalFileError, TransferInterrupted, TuiftpError
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.files.part_file import Part
from tuiftp.protocol.text import shown
from tuiftp.transfers.context import TransferContext, is_rest_refused
from tuiftp.transfers.job import Job
from tuiftp.transfers.remote_queries import seen_now
from tuiftp.transfers.resume_download import PROOF, Start
from tuiftp.transfers.retry_policy import may_pass
from tuiftp.transfers.same_version import is_same_version
from tuiftp.transfers.segment_map import Ledger, Range, digest
from tuiftp.transfers.transfer_options import SEGMENTED_FROM as SEGMENTED_FROM

SMALLEST = 4 << 20
"""Bytes below which a segment is not worth a connection."""

_LOOK = 0.1
"""Seconds between two looks at what has come."""
_NOTE_EVERY = 5.0
"""Seconds between two records of it."""
_TRIES = 3
"""How often in a row a segment may fail that brings nothing new; then the whole transfer waits its turn."""


def ledger_for(context: TransferContext, job: Job, endpoint: Transfers, start: Start) -> Ledger | None:
    """What a download in segments begins with; None: it goes over one connection.

    Args:
        context: Has the rules.
        job: The download.
        endpoint: Its session.
        start: What its part holds. Where that has holes there is no other way.
    """
    size = job.entry.size
    if start.ledger is not None or size is None:
        return start.ledger
    is_possible = job.can_resume and endpoint.capabilities.can_restart_uploads and size < 1 << 62
    if context.rules.segments < 2 or not is_possible or endpoint.label in context.no_segments:
        return None
    if size - start.held < SEGMENTED_FROM or job.batch.source.pool.room < 1:
        return None
    return Ledger(size, [(0, start.held)])


class _Doubt(Exception):
    """What came does not belong together."""


class _Piece:
    """A segment under way: where it is, and what its present connection has brought."""

    def __init__(self, place: Range) -> None:
        self.start, self.end = place
        self.lead = bytearray()
        self.progress = Progress()
        self.is_lead_noted = False

    @property
    def at(self) -> int:
        """The first byte that has not come."""
        return min(self.end, self.start + max(0, self.progress.transferred - len(self.lead)))

    def begin(self) -> Progress:
        """Goes on where it is, over another connection."""
        self.start = self.at
        self.lead = bytearray(min(PROOF, self.start))
        self.progress = Progress()
        self.is_lead_noted = not self.lead
        return self.progress


class SegmentedDownload:
    """One such download. Use it once."""

    def __init__(self, context: TransferContext, job: Job, part: Part, ledger: Ledger) -> None:
        self._context = context
        self._job = job
        self._part = part
        self._ledger = ledger
        self._base = ledger.held
        self._most = max(1, context.rules.segments)
        self._waiting: deque[Range] = deque(ledger.pieces(self._most, SMALLEST))
        self._active: list[_Piece] = []
        self._leads: list[bytes] = []
        self._main: asyncio.Task[None] | None = None
        self._extras: list[asyncio.Task[None]] = []
        self._noted_at = 0.0

    async def run(self, endpoint: Transfers) -> int | None:
        """Fetches what is missing.

        Returns:
            How large the file is; None: what came is in doubt, and is to be fetched over one connection.

        Raises:
            TuiftpError: It failed; what has come is kept, and noted in the part.
        """
        try:
            return await self._run(endpoint)
        except _Doubt:
            pass
        except CommandRefused as error:
            if not is_rest_refused(error):
                raise
            self._context.no_segments.add(endpoint.label)
        self._job.can_resume = False
        return None

    async def _run(self, endpoint: Transfers) -> int:
        source, first = self._job.transfer.source, self._job.entry
        now = await seen_now(endpoint.entry(source))
        if now is None or _is_changed(first, now):
            raise _Doubt
        await self._begin()
        is_over = False
        try:
            await self._fetch(endpoint)
            is_over = True
        except _Doubt:
            self._context.no_segments.add(endpoint.label)
            is_over = True
            raise
        finally:
            await self._stop()
            if not is_over:
                with suppress(LocalFileError):
                    await self._note()
        after = await seen_now(endpoint.entry(source))
        if after is None or _is_changed(now, after):
            raise _Doubt
        await self._context.local.settle(self._part.cut, self._ledger.size)
        return self._ledger.size

    async def _begin(self) -> None:
        try:
            await self._note()  # before the first hole: from here on the part is known to have some
        except DiskFull:
            raise
        except LocalFileError as error:
            raise _Doubt from error  # a disk that cannot hold a file of that size with holes
        self._context.begin_attempt(self._job, self._base)

    async def _fetch(self, endpoint: Transfers) -> None:
        loop = asyncio.get_running_loop()
        self._noted_at = loop.time()
        while self._waiting or self._main is not None or self._extras:
            self._staff(endpoint)
            await asyncio.wait(self._tasks, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
            self._look()
            await self._prove()
            self._leave()
            if loop.time() - self._noted_at > _NOTE_EVERY:
                await self._note()
                self._noted_at = loop.time()
        await self._prove()  # what ended while others were being looked at
        if not self._ledger.is_complete:
            raise _Doubt

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return self._extras if self._main is None else [self._main, *self._extras]

    def _staff(self, endpoint: Transfers) -> None:
        """Takes on whom the pool can spare, and lets one go if somebody else waits."""
        room = self._job.batch.source.pool.room
        if self._waiting and self._main is None:
            self._main = asyncio.create_task(self._work(endpoint), name="segments")
            return  # it takes the first piece before anybody else looks
        if room < 0 and self._extras and not any(task.cancelling() for task in self._extras):
            self._extras[-1].cancel()
        for _ in range(min(room, len(self._waiting), self._most - 1 - len(self._extras))):
            self._extras.append(asyncio.create_task(self._help(), name="more segments"))

    def _leave(self) -> None:
        """Sees who has ended. What they leave undone waits for the others."""
        for task in [task for task in self._extras if task.done()]:
            self._extras.remove(task)
            error = None if task.cancelled() else task.exception()
            if isinstance(error, TuiftpError) and may_pass(error):
                self._most = max(1, self._most - 1)
            elif error is not None:
                raise error
        if self._main is not None and self._main.done():
            main, self._main = self._main, None
            main.result()

    async def _stop(self) -> None:
        tasks = self._tasks
        while left := [task for task in tasks if not task.done()]:
            for task in left:
                task.cancel()
            await _wait_for_all(left)
        for task in tasks:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain of it
        self._look()

    async def _help(self) -> None:
        async with AsyncExitStack() as stack:
            try:
                endpoint = await stack.enter_async_context(self._job.batch.source.pool.lease_extra())
            except TuiftpError:
                self._most = 1  # the one that there is goes on
                return
            if endpoint is not None:
                await self._work(endpoint)

    async def _work(self, endpoint: Transfers) -> None:
        """Fetches one piece after the other."""
        context = self._context
        while self._waiting:
            piece = _Piece(self._waiting.popleft())
            self._active.append(piece)
            try:
                context.connection_owners.note(endpoint.conn, context.clock.now(), self._job.transfer.id)
                await self._bring(endpoint, piece)
            finally:
                self._collect(piece)
                self._active.remove(piece)
                if piece.at < piece.end:
                    self._waiting.appendleft((piece.at, piece.end))

    async def _bring(self, endpoint: Transfers, piece: _Piece) -> None:
        """Fetches a piece; where that breaks, it alone is gone on with."""
        failures = 0
        while (before := piece.at) < piece.end:
            try:
                await self._attempt(endpoint, piece)
            except TuiftpError as error:
                self._collect(piece)
                failures = 1 if piece.at > before else failures + 1
                if not may_pass(error) or failures >= _TRIES:
                    raise
                await self._context.clock.sleep(2.0 ** (failures - 1))

    async def _attempt(self, endpoint: Transfers, piece: _Piece) -> None:
        progress, path = piece.begin(), self._job.transfer.source
        self._pass_on(piece)
        offset = piece.start - len(piece.lead)
        await endpoint.download(
            path, self._part.file, offset=offset, length=piece.end - offset, lead=piece.lead or None,
            progress=progress,
        )  # fmt: skip
        if piece.at < piece.end:
            raise TransferInterrupted(f"{shown(path)}: a segment ended at byte {piece.at:,}", path=path)

    def _pass_on(self, piece: _Piece) -> None:
        """Hands on what was said to the whole: its limits, and that it is over."""
        whole = self._job.progress
        if whole is not None:
            piece.progress.limiters = whole.limiters
            piece.progress.cancelled = piece.progress.cancelled or whole.cancelled

    def _collect(self, piece: _Piece) -> None:
        """Notes what a piece has brought, and before that the seam that it hangs on."""
        if not piece.is_lead_noted and piece.progress.transferred >= len(piece.lead):
            piece.is_lead_noted = True
            self._leads.append(bytes(piece.lead))
            self._ledger.seams[piece.start] = digest(self._leads[-1])
        self._ledger.add(piece.start, piece.at)

    def _look(self) -> None:
        for piece in self._active:
            self._collect(piece)
            self._pass_on(piece)
        if self._job.progress is not None:
            self._job.progress.transferred = self._ledger.held - self._base

    async def _prove(self) -> None:
        """Compares what has come twice.

        Raises:
            _Doubt: It is not the same; or a segment begins with what the file begins with.
        """
        for position, proof in tuple(self._ledger.seams.items()):
            start = position - min(PROOF, position)
            if self._ledger.has(start, position):
                if digest(await self._read(start, position - start)) != proof:
                    raise _Doubt
                del self._ledger.seams[position]
        if self._leads and self._ledger.has(0, PROOF):
            # A server that ignores REST is found out here, long before the neighbour has come to the seam.
            first, leads = await self._read(0, PROOF), self._leads
            self._leads = []
            if first in leads and len(set(first)) > 1:
                raise _Doubt

    async def _read(self, position: int, count: int) -> bytes:
        return await self._context.local.settle(self._part.read, position, count)

    async def _note(self) -> None:
        self._look()
        await self._context.local.settle(self._part.note, self._ledger.size, self._ledger.pack())


def _is_changed(first: Entry, now: Entry) -> bool:
    """Whether a file is seen to be another one; where times are not to be had the size alone speaks."""
    if first.modified is None or now.modified is None:
        return now.kind is not first.kind or now.size != first.size
    return not is_same_version(first, now)


async def _wait_for_all(tasks: list[asyncio.Task[None]]) -> None:
    """Waits for tasks that were cancelled; a cancel of our own comes after them."""
    cancelled: asyncio.CancelledError | None = None
    while left := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(left)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
