"""Borrowing an endpoint from a pool: kept over consecutive files, given back when it failed, borrowed anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint, EndpointPool, Listing, Transfers
from tuiftp.files.walk import concerns_one_item
from tuiftp.transfers.retry_policy import RetryRules, Verdict
from tuiftp.transfers.speed_meter import Clock

Result = TypeVar("Result")


class SessionLease:
    """At most one borrowed endpoint. Give it back with `release` on every path."""

    def __init__(self) -> None:
        self._pool: EndpointPool | None = None
        self._context: AbstractAsyncContextManager[Transfers] | None = None
        self._endpoint: Transfers | None = None

    @property
    def is_held(self) -> bool:
        """Whether an endpoint is borrowed."""
        return self._context is not None

    async def of(self, pool: EndpointPool) -> Transfers:
        """The endpoint that is held, if it is of this pool; else that one goes back and one is borrowed."""
        if self._endpoint is not None and self._pool is pool:
            return self._endpoint
        await self.release()
        context = pool.lease()
        self._endpoint = await context.__aenter__()
        self._pool, self._context = pool, context
        return self._endpoint

    async def release(self) -> None:
        """Gives the endpoint back; its pool keeps only a session in a known state."""
        context, self._context = self._context, None
        self._endpoint = self._pool = None
        if context is not None:
            await context.__aexit__(None, None, None)


class RetryingLease:
    """An endpoint for many small commands: after a broken connection it goes on with another one."""

    def __init__(self, pool: EndpointPool, *, rules: RetryRules, clock: Clock, is_kept: bool = True) -> None:
        """Borrows nothing yet.

        Args:
            pool: Who lends.
            rules: How often a command is tried again.
            clock: The time between two tries.
            is_kept: Whether the endpoint is held from one call to the next; not where somebody who holds one
                waits for another, for two of them might wait for each other.
        """
        self._pool = pool
        self._is_kept = is_kept
        self._rules = rules
        self._clock = clock
        self._lease = SessionLease()
        self._calls = 0

    async def call(self, work: Callable[[Transfers], Awaitable[Result]]) -> Result:
        """Does `work`, which must be harmless to repeat, with an endpoint.

        Raises:
            TuiftpError: It was refused, or the server stays away.
        """
        self._calls += 1
        try:
            return await self._call(work)
        finally:
            self._calls -= 1
            if not self._is_kept:
                await self.rest()

    async def _call(self, work: Callable[[Transfers], Awaitable[Result]]) -> Result:
        failures = 0
        while True:
            try:
                return await work(await self._lease.of(self._pool))
            except TuiftpError as error:
                if concerns_one_item(error):
                    raise
                await self._lease.release()
                failures += 1
                if self._rules.judge(error, failures) is not Verdict.RETRY:
                    raise
            await self._clock.sleep(self._rules.wait(failures))

    async def rest(self) -> None:
        """Gives the endpoint back until the next call, unless one is under way."""
        if not self._calls:
            await self._lease.release()

    async def close(self) -> None:
        """Gives the endpoint back."""
        await self._lease.release()


class RetryingTree:
    """What a walk needs, over a steady lease."""

    def __init__(self, lease: RetryingLease, paths: Endpoint) -> None:
        """Makes one.

        Args:
            lease: Who reads directories.
            paths: Who joins and splits the paths of the place.
        """
        self._lease = lease
        self._paths = paths

    def name(self, path: str) -> str:
        """The last component."""
        return self._paths.name(path)

    def join(self, directory: str, name: str) -> str:
        """The path of `name` inside `directory`."""
        return self._paths.join(directory, name)

    async def list(self, path: str) -> Listing:
        """Reads a directory, over another connection if need be."""
        return await self._lease.call(lambda endpoint: endpoint.list(path))

    async def rest(self) -> None:
        """Gives the endpoint back, for others to use, until the next directory is to be read."""
        await self._lease.close()
