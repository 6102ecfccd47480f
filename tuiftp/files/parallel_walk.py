"""Walking a tree with several readers at once: over a long line the round trips of many listings overlap.

The promises are those of `walk`: a directory comes before its contents, links are yielded and never gone into, depth
and number are bounded, nothing is read twice. Only the order between directories is another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Protocol

from tuiftp.entries import Entry, EntryKind
from tuiftp.files.walk import DEPTH_LIMIT, ENTRY_LIMIT, TURN, Found, Listable, listed, placed_in
from tuiftp.protocol.text import shown


class Reader(Listable, Protocol):
    """One of several who read directories."""

    async def rest(self) -> None:
        """Called when there is nothing to read for the moment: lets others use what it holds."""
        ...


async def walk_widely(
    readers: Sequence[Reader],
    path: str,
    *,
    depth_limit: int = DEPTH_LIMIT,
    entry_limit: int = ENTRY_LIMIT,
) -> AsyncIterator[Found]:
    """Yields what is below `path`, with as many directories read at once as there are readers.

    A directory that the caller does not want (`descend` set to False before the next is asked for) is not read.

    Raises:
        TuiftpError: The top itself cannot be read, or the connection is gone.
    """
    top = Found(path, (), Entry(readers[0].name(path), EntryKind.DIR))
    reading = _Reading(readers, depth_limit)
    reading.add(top)
    count = 0
    try:
        while (batch := await reading.next()) is not None:
            for found in batch:
                count += 1
                if count % TURN == 0:
                    await asyncio.sleep(0)
                if count > entry_limit:
                    yield replace(
                        top, problem=f"stopped after {entry_limit:,} entries: {shown(path)} holds more"
                    )
                    return
                yield found
                if found.entry.is_dir and found.problem is None and found.descend:
                    reading.add(found)
    finally:
        await reading.close()


class _Reading:
    """Directories that wait, the tasks that read, and what they have brought."""

    def __init__(self, readers: Sequence[Reader], depth_limit: int) -> None:
        self._idle = deque(readers)
        self._depth_limit = depth_limit
        self._waiting: deque[Found] = deque()
        self._tasks: dict[asyncio.Task[Iterable[Found]], Reader] = {}
        self._visited: set[str] = set()

    def add(self, directory: Found) -> None:
        """Has a directory read, now or when a reader is free."""
        self._waiting.append(directory)
        self._start()

    def _start(self) -> None:
        while self._waiting and self._idle:
            # The last to come free goes first: with little to do only a few sessions are borrowed.
            reader = self._idle.pop()
            task = asyncio.create_task(self._read(reader, self._waiting.popleft()))
            self._tasks[task] = reader

    async def next(self) -> Iterable[Found] | None:
        """What the next directory that is read holds; None: the tree has been read to its end.

        Each is put in its place when it is asked for: a directory of a million would take as much once more.
        """
        if not self._tasks:
            return None
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        found: list[Iterable[Found]] = []
        for task in done:
            reader = self._tasks.pop(task)
            self._idle.append(reader)
            found.append(task.result())
            if not self._waiting:
                await reader.rest()
        self._start()
        return chain.from_iterable(found)

    async def _read(self, reader: Reader, directory: Found) -> Iterable[Found]:
        if len(directory.parts) > self._depth_limit:
            problem = f"{shown(directory.path)} is more than {self._depth_limit} levels deep"
            return [replace(directory, problem=problem)]
        entries, problems = await listed(reader, directory, self._visited)
        inside = (placed_in(reader, directory, entry) for entry in entries if entry.name not in (".", ".."))
        return chain(inside, problems)

    async def close(self) -> None:
        """Ends what is under way, and waits for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
