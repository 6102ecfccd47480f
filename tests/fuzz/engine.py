"""Runs a target on inputs that hypothesis makes, and measures: how many, the slowest, the memory."""

from __future__ import annotations

import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st

from tests.fuzz.target import Target

_ROUND = 500
_LONGEST = 200_000
_SLOW = 1.0
_SLOW_A_BYTE = 20e-6
_MEMORY_KIB = 200 * 1024


class TooSlow(AssertionError):
    """An input took longer than its length allows."""


@dataclass(slots=True)
class Outcome:
    """What a run has shown."""

    inputs: int = 0
    """How many inputs were read."""
    slowest: float = 0.0
    """The most seconds that one took."""
    memory_kib: int = 0
    """How much the process grew."""
    failure: str = ""
    """The smallest failing input with its traceback; empty where there is none."""


def inputs_for(target: Target) -> st.SearchStrategy[bytes]:
    """Bytes: junk, samples that were cut and filled, rows of words, and long repetitions of all these."""
    junk = st.binary(max_size=200)
    word = st.sampled_from([*target.words, b" ", b"0", b"\n"])
    seed = st.sampled_from(list(target.seeds))
    row = st.lists(word | st.binary(max_size=6), max_size=40).map(b"".join)
    edited = st.builds(
        _edit, seed, st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 20), word | junk), max_size=8)
    )
    spliced = st.lists(seed | row | edited, max_size=4).map(b"\n".join)
    long = st.builds(
        lambda head, piece, count, tail: (head + piece * count)[:_LONGEST] + tail,
        row | edited, word | st.binary(max_size=12), st.integers(100, 20_000), row,
    )  # fmt: skip
    usual = st.one_of(junk, row, edited, spliced)
    return st.integers(0, 199).flatmap(lambda number: long if number == 77 else usual)


def _edit(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, piece in edits:
        start = place % (len(data) + 1)
        data = data[:start] + piece + data[start + length :]
    return data


def run(target: Target, seconds: float) -> Outcome:
    """Feeds the target for so long, or until it fails."""
    outcome = Outcome()
    begin = perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    number = 0
    while perf_counter() - begin < seconds and not outcome.failure:
        number += 1
        _round(target, outcome, number)
        outcome.memory_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if outcome.memory_kib > _MEMORY_KIB:
            outcome.failure = f"the process grew by {outcome.memory_kib} KiB"
    return outcome


def _round(target: Target, outcome: Outcome, number: int) -> None:
    smallest: list[bytes] = []

    def body(data: bytes) -> None:
        outcome.inputs += 1
        begin = perf_counter()
        try:
            target.run(data)
        except BaseException:
            smallest[:] = [data]
            raise
        took = perf_counter() - begin
        outcome.slowest = max(outcome.slowest, took)
        if took > _SLOW + _SLOW_A_BYTE * len(data):
            smallest[:] = [data]
            raise TooSlow(f"{took:.2f} s for {len(data)} bytes")

    test: Callable[[], None] = with_seed(number * 7919 + _salt())(
        settings(
            max_examples=_ROUND, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False,
        )(given(inputs_for(target))(body))
    )  # fmt: skip
    try:
        test()
    except Exception:
        outcome.failure = f"{smallest[0][:2000] if smallest else b''!r}\n{traceback.format_exc(limit=-8)}"


def _salt() -> int:
    """Differs from run to run, so that more time means more inputs."""
    return int(perf_counter() * 1e6) % 1_000_003


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
