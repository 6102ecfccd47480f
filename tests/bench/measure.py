"""Runs commands in turn and compares them: wall and CPU time of the whole process, medians and ratios."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


def as_installed() -> dict[str, str]:
    """The environment for a program, in which it finds its bytecode compiled, as it does once it is installed.

    A first run that does not count compiles it, into a place of its own beside other temporary files.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = os.path.join(tempfile.gettempdir(), "bytecode")
    return environment


@dataclass(slots=True)
class Contender:
    """One command in a comparison."""

    name: str
    """What to call it."""
    argv: Sequence[str]
    """The command."""
    wall: list[float] = field(default_factory=list)
    """Seconds of each run."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of processor time of each run, user and system."""

    @property
    def median_wall(self) -> float:
        """The median of the wall times."""
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        """The median of the processor times."""
        return statistics.median(self.cpu)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several contenders at the same work, in the same place."""

    title: str
    """The work."""
    contenders: Sequence[Contender]
    """tuiftp first."""
    folder: Path
    """Where they run; emptied before each run."""
    prefix: Sequence[str] = ()
    """What goes before each command, as `ip netns exec NAME`."""
    before: Callable[[], None] = lambda: None
    """Called before each run."""
    check: Callable[[Path], bool] = lambda folder: True
    """Whether a run did its work."""

    def run(self, rounds: int) -> None:
        """Runs all contenders in turn, after one round that does not count.

        Raises:
            RuntimeError: One of them failed, or did not do the work.
        """
        for number in range(rounds + 1):
            for contender in self.contenders:
                wall, cpu = self._once(contender)
                if number:
                    contender.wall.append(wall)
                    contender.cpu.append(cpu)

    def _once(self, contender: Contender) -> tuple[float, float]:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.before()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        done = subprocess.run(
            [*self.prefix, *contender.argv], cwd=self.folder, capture_output=True, timeout=600,
            env=as_installed(),
        )  # fmt: skip
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode or not self.check(self.folder):
            raise RuntimeError(f"{self.title}: {contender.name} failed: {done.stderr[-500:]!r}")
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def report(self) -> str:
        """The figures, as lines: medians, and how many times as fast tuiftp is as each other."""
        own = self.contenders[0]
        lines = [f"{self.title}  ({len(own.wall)} runs, medians)"]
        for contender in self.contenders:
            line = f"  {contender.name:28} {contender.median_wall:7.2f} s  cpu {contender.median_cpu:6.2f} s"
            if contender is not own:
                speed = contender.median_wall / own.median_wall
                cpu = own.median_cpu / max(contender.median_cpu, 0.001)
                line += f"   tuiftp: {speed:5.2f} x its speed, {cpu:5.2f} x its cpu"
            lines.append(line)
        return "\n".join(lines)
