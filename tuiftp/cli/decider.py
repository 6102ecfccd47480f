"""FlagDecider: answers the queue's questions on the terminal, or leaves the target alone where there is none."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Final

from tuiftp.choices import ConflictPolicy
from tuiftp.cli.console import Console
from tuiftp.protocol.text import human_size, shown
from tuiftp.transfers.conflict_decider import Conflict, Decision, Side

Ask = Callable[[str], Awaitable[str | None]]
"""Shows words and returns the line that is typed; None where nobody can be asked any more."""

_ANSWERS: Final = {
    "o": ConflictPolicy.OVERWRITE,
    "r": ConflictPolicy.RESUME,
    "n": ConflictPolicy.NEWER,
    "d": ConflictPolicy.SIZE_DIFFERS,
    "k": ConflictPolicy.RENAME,
    "s": ConflictPolicy.SKIP,
}
_CHOICES: Final = (
    "[o]verwrite, [r]esume, if [n]ewer, if size [d]iffers, [k]eep both, [s]kip; a capital letter for all: "
)


class FlagDecider:
    """Is only asked where `--overwrite` and the settings say "ask"."""

    def __init__(self, console: Console, *, ask: Ask | None, left_alone: set[str] | None = None) -> None:
        """Prepares to be asked.

        Args:
            console: Where unanswered questions are named as failures.
            ask: Asks a person; None: there is nobody to ask.
            left_alone: Takes the targets whose question was not answered.
        """
        self._console = console
        self._ask = ask
        self._left_alone = set[str]() if left_alone is None else left_alone

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Asks, or says that the target exists and is left alone."""
        if self._ask is not None:
            self._console.clear()
            self._console.is_held = True
            try:
                return await self._question(conflict, self._ask)
            finally:
                self._console.is_held = False
        return self._unanswered(conflict)

    async def _question(self, conflict: Conflict, ask: Ask) -> Decision:
        words = f"{shown(conflict.target)} exists ({_facts(conflict)})\n{_CHOICES}"
        while (line := await ask(words)) is not None:
            letter = line.strip()[:1]
            policy = _ANSWERS.get(letter.lower())
            if policy is ConflictPolicy.RESUME and not conflict.can_resume:
                words = f"It cannot be resumed: it is not shorter than the source.\n{_CHOICES}"
            elif policy is not None:
                return Decision(policy, for_all=letter.isupper())
            else:
                words = _CHOICES
        return self._unanswered(conflict)

    def _unanswered(self, conflict: Conflict) -> Decision:
        self._left_alone.add(conflict.target)
        self._console.fail(f"{shown(conflict.target)} exists and is left alone (choose with --overwrite)")
        return Decision(ConflictPolicy.SKIP)


def _facts(conflict: Conflict) -> str:
    there = _fact(conflict.target_size, conflict.time_of(Side.TARGET))
    here = _fact(conflict.source_size, conflict.time_of(Side.SOURCE))
    return f"there: {there}; to come: {here}"


def _fact(size: int | None, when: str) -> str:
    text = human_size(size) if size is not None else "size unknown"
    return f"{text}, {when}" if when else text


def terminal_asker() -> Ask | None:
    """A way to ask on this terminal, or None if standard input or error is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    async def ask(words: str) -> str | None:
        print(words, end="", file=sys.stderr, flush=True)
        return await _read_line()

    return ask


async def _read_line() -> str | None:
    """Reads one line of the terminal without holding up the loop, nor the end of the program.

    The thread is a daemon and reads the descriptor itself: one that waits in `input()` would hold the lock of
    standard input when the interpreter ends.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()

    def deliver(line: bytes) -> None:
        if not answer.done():
            answer.set_result(line)

    def read() -> None:
        try:
            line = os.read(sys.stdin.fileno(), 4096)
        except OSError:
            line = b""
        if not loop.is_closed():
            loop.call_soon_threadsafe(deliver, line)

    threading.Thread(target=read, name="tuiftp-answer", daemon=True).start()
    line = await answer
    return line.decode("utf-8", "replace") if line else None
