"""Questions about existing targets are asked of a person, and never answered for one who is not there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tuiftp.choices import ConflictPolicy
from tuiftp.cli.console import Console
from tuiftp.cli.decider import Ask, FlagDecider
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.transfers.model import Direction

AT = datetime(2026, 11, 24, tzinfo=UTC)


def conflict(*, can_resume: bool = True) -> Conflict:
    return Conflict(Direction.DOWNLOAD, "/a\x1b", "/here/a\x1b", 5000, AT, 100, None, can_resume)


class Person:
    """Types lines, and keeps what was asked."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[str] = []

    async def __call__(self, words: str) -> str | None:
        self.asked.append(words)
        return self.lines.pop(0) if self.lines else None


async def decide(
    *lines: str, can_resume: bool = True, nobody: bool = False
) -> tuple[Decision, Sequence[str], Console]:
    console, person = Console(err=io.StringIO()), Person(*lines)
    ask: Ask | None = None if nobody else person
    decision = await FlagDecider(console, ask=ask).resolve_conflict(conflict(can_resume=can_resume))
    return decision, person.asked, console


@pytest.mark.parametrize(
    ("line", "policy", "for_all"),
    [
        ("o\n", ConflictPolicy.OVERWRITE, False),
        ("O\n", ConflictPolicy.OVERWRITE, True),
        ("r\n", ConflictPolicy.RESUME, False),
        ("n", ConflictPolicy.NEWER, False),
        ("D\n", ConflictPolicy.SIZE_DIFFERS, True),
        (" keep both\n", ConflictPolicy.RENAME, False),
        ("S\n", ConflictPolicy.SKIP, True),
    ],
)
async def test_a_letter_answers(line: str, policy: ConflictPolicy, for_all: bool) -> None:
    decision, asked, console = await decide(line)
    assert decision == Decision(policy, for_all=for_all)
    assert "/here/a␛ exists (there: 100 B; to come: 5.0 kB, 2026-11-2" in asked[0]
    assert console.failures == 0


async def test_what_is_no_answer_is_asked_again() -> None:
    decision, asked, _ = await decide("\n", "what\n", "o\n")
    assert decision.policy is ConflictPolicy.OVERWRITE
    assert len(asked) == 3


async def test_resume_is_refused_where_it_makes_no_sense() -> None:
    decision, asked, _ = await decide("r\n", "s\n", can_resume=False)
    assert decision.policy is ConflictPolicy.SKIP
    assert "cannot be resumed" in asked[1]


@pytest.mark.parametrize("nobody", [True, False])
async def test_without_an_answer_the_target_is_left_alone_and_that_is_a_failure(nobody: bool) -> None:
    decision, _, console = await decide(nobody=nobody)
    assert decision == Decision(ConflictPolicy.SKIP)
    assert console.failures == 1


async def test_nothing_is_drawn_over_a_question() -> None:
    console = Console(err=io.StringIO())
    held: list[bool] = []

    async def ask(words: str) -> str | None:
        held.append(console.is_held)
        return "o"

    await FlagDecider(console, ask=ask).resolve_conflict(conflict())
    assert (held, console.is_held) == ([True], False)
