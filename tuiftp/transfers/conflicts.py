"""What happens to a target that exists: asks once where it must, remembers "for all", and weighs the answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import TuiftpError
from tuiftp.transfers.conflict_decider import Conflict, Decider, Decision, Side
from tuiftp.transfers.job import Job
from tuiftp.transfers.same_version import is_newer

_BY_TIME = frozenset({ConflictPolicy.NEWER, ConflictPolicy.NEWER_OR_SIZE_DIFFERS})
_BY_SIZE = frozenset({ConflictPolicy.SIZE_DIFFERS, ConflictPolicy.NEWER_OR_SIZE_DIFFERS})

_COMPARE_HINT = "overwrite, skip or rename"

FreeName = Callable[[], Awaitable[str | None]]


async def _no_name() -> str | None:
    return None


class Skipped(Exception):
    """This transfer is not done, and that is no failure; the text says why."""


class ResumeRefused(TuiftpError):
    """What was to be gone on with cannot be: it is larger, of unknown size, or line ends are converted."""

    title = "Cannot be resumed"


class NotComparable(TuiftpError):
    """The answer was to hang on which file is newer or on their sizes, and that cannot be told."""

    title = "Cannot be compared"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is done with a target that exists; to skip it is raised instead."""

    policy: ConflictPolicy
    """OVERWRITE, RESUME or RENAME."""
    new_name: str | None = None
    """For RENAME: the name that the user wants; None: the next free one."""


class Conflicts:
    """Asks one question at a time, for the whole queue. Other transfers run on meanwhile."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._turn = asyncio.Lock()

    def needs_times(self, job: Job) -> bool:
        """Whether the answer hangs on times, or a person will look at them."""
        standing = self._standing(job)
        return standing is None or standing.policy in _BY_TIME

    def standing_policy(self, job: Job) -> ConflictPolicy:
        """What is done with a target that exists; ASK: the user is asked."""
        standing = self._standing(job)
        return ConflictPolicy.ASK if standing is None else standing.policy

    async def resolve(
        self,
        job: Job,
        source: Entry,
        target: Entry,
        *,
        is_collision: bool = False,
        is_text: bool = False,
        free_name: FreeName = _no_name,
    ) -> Answer:
        """Decides what happens to a target that exists.

        Args:
            job: Whose target it is.
            source: What is to come.
            target: What is there.
            is_collision: Whether it is another file that only has the same name on this disk (the same batch
                made it from another source, or it is spelled in another way): never replaced unasked.
            is_text: Whether line ends are converted: then sizes compare nothing, and nothing is gone on with.
            free_name: Finds the next free name beside the target; asked only if a person is.

        Raises:
            Skipped: The transfer is left out.
            ResumeRefused: It was to be resumed, and cannot be.
            NotComparable: It hangs on times or sizes that are not known.
        """
        decision = self._standing(job)
        if decision is None:
            async with self._turn:
                decision = self._standing(job) or await self._ask(job, source, target, is_text, free_name)
        elif is_collision and decision.policy is not ConflictPolicy.SKIP:
            decision = Decision(ConflictPolicy.RENAME)
        return weigh(decision, source, target, is_text=is_text)

    def _standing(self, job: Job) -> Decision | None:
        """The answer that holds without a question."""
        batch = job.batch
        if batch.remembered is not None:
            return batch.remembered
        return None if batch.policy is ConflictPolicy.ASK else Decision(batch.policy)

    async def _ask(
        self, job: Job, source: Entry, target: Entry, is_text: bool, free_name: FreeName
    ) -> Decision:
        transfer = job.transfer
        why_not = why_no_resume(source, target, is_text=is_text)
        decision = await self._decider.resolve_conflict(
            Conflict(
                transfer.direction,
                transfer.source,
                transfer.target,
                source.size,
                source.modified,
                target.size,
                target.modified,
                can_resume=not why_not,
                batch=transfer.batch,
                source_precision=source.precision,
                target_precision=target.precision,
                newer=newer_of(source, target),
                why_no_resume=why_not,
                free_name=await free_name(),
            )
        )
        if decision.for_all:
            # A name fits one file only; the others get the next free one.
            job.batch.remembered = Decision(decision.policy, for_all=True)
        return decision


def weigh(decision: Decision, source: Entry, target: Entry, *, is_text: bool = False) -> Answer:
    """Turns a decision into what is done with this target.

    Raises:
        Skipped: It is left as it is.
        ResumeRefused: It was to be resumed, and cannot be: who asked for that has not got it.
        NotComparable: It hangs on times or sizes that are not known.
    """
    policy = decision.policy
    if policy is ConflictPolicy.RENAME:
        return Answer(ConflictPolicy.RENAME, decision.new_name)
    if policy is ConflictPolicy.OVERWRITE:
        return Answer(ConflictPolicy.OVERWRITE)
    if policy is ConflictPolicy.RESUME:
        _refuse_resume(source, target, is_text=is_text)
        return Answer(ConflictPolicy.RESUME)
    if policy in _BY_SIZE or policy in _BY_TIME:
        _weigh_versions(policy, source, target, is_text=is_text)
        return Answer(ConflictPolicy.OVERWRITE)
    raise Skipped("exists already")


def _weigh_versions(policy: ConflictPolicy, source: Entry, target: Entry, *, is_text: bool) -> None:
    """Returns where the target is to be replaced because of its time or its size."""
    same_size = _is_same_size(source, target, is_text=is_text) if policy in _BY_SIZE else True
    newer = is_newer(source, target) if policy in _BY_TIME else False
    if same_size is False or newer:
        return
    if newer is None:
        raise NotComparable(
            "the target exists already, and which one is newer cannot be told", hint=_COMPARE_HINT
        )
    if same_size is None and not (is_text and policy in _BY_TIME):  # else the times alone tell
        why = "line ends are converted" if is_text else "a size is not known"
        raise NotComparable(
            f"the target exists already, and the sizes cannot be compared: {why}", hint=_COMPARE_HINT
        )
    raise Skipped(
        "exists already and is not older" if policy in _BY_TIME else "exists already, with the same size"
    )


def _is_same_size(source: Entry, target: Entry, *, is_text: bool) -> bool | None:
    """Whether both have the same size; None: it cannot be told, or says nothing."""
    if is_text or source.size is None or target.size is None:
        return None
    return source.size == target.size


def newer_of(source: Entry, target: Entry) -> Side | None:
    """Which of the two was changed later; None: neither, or it cannot be told from what the listing gave."""
    if is_newer(source, target):
        return Side.SOURCE
    return Side.TARGET if is_newer(target, source) else None


def why_no_resume(source: Entry, target: Entry, *, is_text: bool = False) -> str:
    """Why going on from the target's end makes no sense, in a few words; empty where it does."""
    if is_text:
        return "line ends are converted"
    if target.kind is not EntryKind.FILE:
        return "the target is no plain file"
    if source.size is None or target.size is None:
        return "the sizes are not known"
    if target.size == source.size:
        return "both have the same size"
    return "the target is larger" if target.size > source.size else ""


def _refuse_resume(source: Entry, target: Entry, *, is_text: bool) -> None:
    """Returns where going on from the target's end makes sense."""
    why_not = why_no_resume(source, target, is_text=is_text)
    if not why_not:
        return
    is_known = target.kind is EntryKind.FILE and source.size is not None and target.size is not None
    if is_text or not is_known:
        raise ResumeRefused(
            f"the target exists already and cannot be resumed: {why_not}", hint="overwrite or rename"
        )
    if target.size == source.size:
        raise Skipped("exists already, with the same size")
    raise ResumeRefused(
        "the target exists already and is larger: there is nothing to resume",
        hint="it may be another file: overwrite or rename",
    )


class Claims:
    """Keeps two transfers from the same target: the second waits, then meets what the first one made."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def take(self, key: str) -> bool:
        """Claims a target that nobody has, until `let_go`; returns whether that was so."""
        if key in self._waiting:
            return False
        self._waiting[key] = deque()
        return True

    def let_go(self, key: str) -> None:
        """Gives a target up: to the first who waits for it, if there is one."""
        waiting = self._waiting[key]
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[key]

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Holds a target for as long as the context lasts."""
        if not self.take(key):
            await self._wait(key)
        try:
            yield
        finally:
            self.let_go(key)

    async def _wait(self, key: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[key].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.let_go(key)  # the turn came together with the cancel
            raise
