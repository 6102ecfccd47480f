"""The batches of the queue: opened by one key press, over when all of it has ended, and told so once."""

from __future__ import annotations

import asyncio

from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.endpoint import EndpointPool
from tuiftp.files.local import LocalEndpoint
from tuiftp.transfers.chores import Chores
from tuiftp.transfers.job import Batch
from tuiftp.transfers.model import BatchFinished, ConflictPolicy, Direction, TransferState
from tuiftp.transfers.progress import Clock
from tuiftp.transfers.retries import RetryRules
from tuiftp.transfers.tidy import remove_emptied


class Batches:
    """All batches of this run."""

    def __init__(
        self, bus: EventBus, local: LocalEndpoint, chores: Chores, *, rules: RetryRules, clock: Clock
    ) -> None:
        self._bus = bus
        self._local = local
        self._chores = chores
        self._rules = rules
        self._clock = clock
        self._batches: dict[int, Batch] = {}
        self._waiters: dict[int, list[asyncio.Future[BatchFinished]]] = {}

    def open(
        self, direction: Direction, pool: EndpointPool, directory: str, policy: ConflictPolicy, *, move: bool
    ) -> Batch:
        """Begins a batch."""
        batch = Batch(len(self._batches) + 1, direction, pool, directory, policy, move)
        self._batches[batch.id] = batch
        return batch

    def reopen(self, batch: Batch) -> None:
        """Says that something of it will be done again."""
        batch.finished = None

    def check(self, batch: Batch) -> None:
        """Ends the batch if all of it has ended."""
        if batch.finished is not None or batch.is_tidying or not batch.is_over:
            return
        if batch.move and batch.directories and batch.states[TransferState.DONE]:
            batch.is_tidying = True
            self._chores.begin(self._tidy(batch), f"tidying batch {batch.id}")
        else:
            self._finish(batch)

    async def wait(self, number: int) -> BatchFinished:
        """Returns how a batch ended, once it has."""
        batch = self._batches[number]
        if batch.finished is not None:
            return batch.finished
        waiter: asyncio.Future[BatchFinished] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(number, []).append(waiter)
        return await waiter

    def give_up_waiting(self) -> None:
        """Answers all who wait for a batch: nothing more happens without the user."""
        for number in tuple(self._waiters):
            self._answer(number, self._batches[number].result(waiting_failed=True))

    async def _tidy(self, batch: Batch) -> None:
        try:
            await remove_emptied(batch, self._local, rules=self._rules, clock=self._clock)
        except TuiftpError as error:
            batch.problems.append(f"the emptied directories were not removed: {error}")
        finally:
            batch.is_tidying = False
            if batch.is_over:
                self._finish(batch)

    def _finish(self, batch: Batch) -> None:
        batch.finished = batch.result()
        self._bus.publish(batch.finished)
        self._answer(batch.id, batch.finished)

    def _answer(self, number: int, result: BatchFinished) -> None:
        for waiter in self._waiters.pop(number, ()):
            if not waiter.done():
                waiter.set_result(result)
