"""`python -m tests.fuzz TARGET [--seconds N]`: fuzzes a target, or all. With atheris too, where it is installed."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz import engine, guided
from tests.fuzz.engine import Outcome, say
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Runs what the command line says; the status is 1 when a target failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=["all", *TARGETS])
    parser.add_argument("--seconds", type=float, default=10, help="how long each target and engine runs (10)")
    parser.add_argument("--engine", choices=["both", "hypothesis", "atheris"], default="both")
    asked = parser.parse_args()
    chosen = TARGETS.values() if asked.target == "all" else [TARGETS[asked.target]]
    outcomes = []
    for target in chosen:
        if asked.engine != "atheris":
            outcomes.append(_tell(target, "hypothesis", engine.run(target, asked.seconds)))
        if asked.engine != "hypothesis" and guided.is_installed():
            outcomes.append(_tell(target, "atheris", guided.run(target, asked.seconds)))
    say(f"{sum(outcome.inputs for outcome in outcomes):,} inputs in all")
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def _tell(target: Target, name: str, outcome: Outcome) -> Outcome:
    verdict = "FAILED" if outcome.failure else "ok"
    detail = (
        f"slowest {outcome.slowest * 1000:.0f} ms, grew {outcome.memory_kib} KiB"
        if name == "hypothesis"
        else ""
    )
    say(f"{target.name:<10} {name:<10} {outcome.inputs:>9,} inputs  {verdict}  {detail}")
    if outcome.failure:
        say(outcome.failure)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
