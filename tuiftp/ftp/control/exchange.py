"""Exchange: one command and the replies it has to get.

Each command that is sent appends an Exchange to a queue; each reply that arrives belongs to the first one in
the queue that is not finished. A command whose caller has gone (cancelled, timed out) stays in the queue,
abandoned, until its reply has come: so a late reply can never become the answer to the next command.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from tuiftp.protocol.replies import Reply


class SentAhead(Protocol):
    """What was sent for a transfer that is not asked for yet (see `ftp.data.active`)."""

    def drop(self) -> None:
        """Abandons the transfer: stops listening and leaves its pending replies to be drained."""
        ...


class Exchange:
    """A command on its way: zero or more 1yz replies, then one final reply, or an error."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        """The command's verb; empty for the greeting."""
        self.sent_at = time.monotonic()
        """When it was sent (monotonic seconds)."""
        self.preliminary: Reply | None = None
        """The last 1yz reply, if one has come."""
        self.final: Reply | None = None
        """The final reply, once it has come."""
        self.error: Exception | None = None
        """Why no reply will come any more."""
        self.over_at = 0.0
        """When the final reply came (monotonic seconds)."""
        self.is_abandoned = False
        """Whether nobody waits for it; its replies are still accounted for."""
        self._when_over: Callable[[], object] = lambda: None
        self.changed = asyncio.Event()
        """Set when a reply or the end has come; who waits clears it and looks again."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.final is not None or self.error is not None

    def is_older_than(self, seconds: float) -> bool:
        """Whether the final reply came so long ago."""
        return self.final is not None and time.monotonic() - self.over_at > seconds

    def deliver(self, reply: Reply) -> None:
        """Receives the next reply that belongs to this command."""
        if reply.is_preliminary:
            self.preliminary = reply
        else:
            self.final = reply
            self.over_at = time.monotonic()
            self._when_over()
        self.changed.set()

    def fail(self, error: Exception) -> None:
        """Ends it: the control connection is gone."""
        if not self.is_over:
            self.error = error
            self._when_over()
        self.changed.set()

    def abandon(self, when_over: Callable[[], object] = lambda: None) -> None:
        """Marks the exchange as abandoned by its caller; the callback `when_over` runs when it is over."""
        self.is_abandoned = True
        if self.is_over:
            when_over()
        else:
            self._when_over = when_over

    async def wait_final(self) -> Reply:
        """Waits for the final reply, without a limit of its own.

        Raises:
            ConnectionLost, ProtocolViolation: None will come.
        """
        while not self.is_over:
            await self._wait()
        return self._result()

    async def _wait(self) -> None:
        self.changed.clear()
        await self.changed.wait()

    def _result(self) -> Reply:
        if self.final is not None:
            return self.final
        assert self.error is not None
        raise self.error


class SentEarly:
    """Pipelined commands: sent before their caller asks for them, so that no round trip is waited for.

    They are taken in the order in which they were sent; whoever asks anything else meanwhile gets none of them.
    """

    def __init__(self) -> None:
        self._row: deque[tuple[str, str, Exchange]] = deque()

    def add(self, verb: str, argument: str, exchange: Exchange) -> None:
        """Notes that a command was sent."""
        self._row.append((verb, argument, exchange))

    def take(self, verb: str, argument: object) -> Exchange | None:
        """The exchange of a command, if it is the next of those that were sent; None: it has to be sent."""
        if not self._row:
            return None
        if self._row[0][:2] == (verb, argument):
            return self._row.popleft()[2]
        self.drop()
        return None

    def drop(self) -> None:
        """Leaves what is left of them to be drained."""
        while self._row:
            self._row.popleft()[2].abandon()
