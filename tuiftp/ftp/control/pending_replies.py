"""ReplyAccounts: the queue of pending commands; matches each reply of a control connection to its command.

Commands are queued in the order in which they were sent; a reply belongs to the first that is not finished.
What nobody asked for is logged and never becomes an answer (a doubled 226, the late reply to a cancelled command).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tuiftp.errors import ConnectionLost, ProtocolViolation, TuiftpError
from tuiftp.ftp.control.exchange import Exchange
from tuiftp.ftp.control.recorder import Wire
from tuiftp.protocol.commands import DATA_VERBS, is_stale_answer, is_transfer_end
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import WireState

_REPEATED = frozenset({"USER", "PASS", "ACCT"})
"""The verbs in whose answers some servers repeat a password: it must not get into an error. Any refusal may."""
_SETTING = frozenset({"TYPE", "OPTS", "MODE", "STRU", "PBSZ", "PROT"})
"""The verbs of which nothing but success matters."""
_MAXIMUM_UNASKED = 64
_MAXIMUM_PRELIMINARY = 1_000
"""The 1yz replies that one command may have: some servers tell with them how a slow transfer goes."""
_LEFTOVERS = frozenset({125, 150, 225, 226, 250, 421, 426, 451})


class PendingReplies:
    """The queue of commands that wait for replies."""

    def __init__(self, wire: Wire, *, on_odd: Callable[[Exchange], None]) -> None:
        """Starts with an empty queue.

        Args:
            wire: Where replies are logged.
            on_odd: Told when the server has refused a command because a transfer was running before it.
        """
        self._wire = wire
        self._on_odd = on_odd
        self._owed: list[Exchange] = []
        self._settled = asyncio.Event()
        self._settled.set()
        self._last_code: int | None = None
        self.quickest: float | None = None
        """Seconds of the quickest answer to a command so far: hardly more than the way there and back."""
        self._unasked = self._preliminary = 0
        self._had_transfer = False
        self._says_ends: set[str] = set()

    def expect(self, verb: str) -> Exchange:
        """Appends a command to the queue."""
        self._had_transfer = self._had_transfer or verb in DATA_VERBS
        exchange = Exchange(verb)
        self._owed.append(exchange)
        self._settled.clear()
        return exchange

    @property
    def abandoned(self) -> Exchange | None:
        """The first command in the queue, if the queue holds one that its caller abandoned."""
        return self._owed[0] if any(exchange.is_abandoned for exchange in self._owed) else None

    @property
    def is_empty(self) -> bool:
        """Whether no reply is pending."""
        return not self._owed

    async def settle(self, limit: float) -> bool:
        """Waits until the queue is empty, at most `limit` seconds; returns whether it is."""
        try:
            async with asyncio.timeout(limit):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True

    def fail(self, error: TuiftpError) -> None:
        """Fails all pending commands: no reply will come any more."""
        owed, self._owed = self._owed, []
        for exchange in owed:
            exchange.fail(error)
        self._settled.set()

    def take(self, reply: Reply) -> Exchange | None:
        """Takes the next reply; returns the command that it has finished, if any.

        Raises:
            ConnectionLost: The server ends the connection, or its replies can no longer be told apart.
            ProtocolViolation: It goes on talking without being asked.
        """
        owed = self._owed[0] if self._owed else None
        # Elsewhere the text may be data: a path that happens to hold the word stays as it is.
        if owed is None or owed.verb in _REPEATED or reply.is_refusal:
            reply = self._wire.masked(reply)
        if self._is_for_the_next(reply):
            self._take_out_of_turn(reply)
            return None
        if owed is None or self._is_stale(owed.verb, reply.code):
            self._wire.reply(reply, command=None, ms=None)
            self._take_unasked(reply)
            return None
        self._log(reply, owed)
        owed.deliver(reply)
        if reply.is_preliminary:
            self._preliminary += 1
            if self._preliminary > _MAXIMUM_PRELIMINARY:
                raise ProtocolViolation(f"the server answers {owed.verb} without coming to an end")
            return None
        self._last_code = reply.code
        self._unasked = self._preliminary = 0
        self._owed.pop(0)
        if not self._owed:
            self._settled.set()
        if reply.code == 421:
            raise ConnectionLost(f"the server ends the connection: 421 {reply.text}", how=WireState.ENDED)
        return owed

    def _log(self, reply: Reply, owed: Exchange) -> None:
        took = time.monotonic() - owed.sent_at
        if owed.verb and (self.quickest is None or took < self.quickest):
            self.quickest = took
        self._wire.reply(reply, command=owed.verb, ms=took * 1000)

    def _is_stale(self, verb: str, code: int) -> bool:
        """Whether a reply is left over. Before the first transfer none can be of one, and some answer TYPE by 226."""
        if verb in _SETTING and is_transfer_end(code) and not self._had_transfer:
            self._says_ends.add(verb)
        if is_transfer_end(code) and verb in self._says_ends:
            return False
        return is_stale_answer(verb, code, last_code=self._last_code)

    def _is_for_the_next(self, reply: Reply) -> bool:
        """Whether a refusal in the middle of a transfer is of the command behind it, not of the transfer.

        ProFTPD says "450 PASV: data transfer in progress", Pure-FTPd "500 Unknown command", and both go on.
        """
        if len(self._owed) < 2 or not reply.is_refusal or self._owed[0].verb not in DATA_VERBS:
            return False
        verb, text = self._owed[1].verb, reply.text.lower()
        return verb.lower() in text or "transfer in progress" in text or "unknown command" in text

    def _take_out_of_turn(self, reply: Reply) -> None:
        behind = self._owed.pop(1)
        self._log(reply, behind)
        self._wire.status(
            f"the server does not take {behind.verb} while a transfer runs: not sent ahead any more"
        )
        self._on_odd(behind)
        behind.deliver(reply)

    def _take_unasked(self, reply: Reply) -> None:
        self._unasked += 1
        if reply.code == 421:
            raise ConnectionLost(f"the server ends the connection: 421 {reply.text}", how=WireState.ENDED)
        if self._unasked > _MAXIMUM_UNASKED:
            raise ProtocolViolation("the server goes on talking without being asked")
        if self._owed:
            verb = self._owed[0].verb
            self._wire.status(f"the {reply.code} is left over from before and does not answer {verb}")
        elif reply.code in _LEFTOVERS or reply.code == self._last_code:
            self._wire.status(f"nothing was asked: the {reply.code} is ignored")
        else:
            raise ConnectionLost(
                f"the server sent a reply to nothing ({reply.code} {reply.text}); reconnecting is safer"
            )
