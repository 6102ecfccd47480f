"""`python -m tests.bench.startup [--rounds N]`: how long it takes until there is something to see.

The first screen against that of a bare Textual app with as many widgets, and `ls`, `get` and `put` as whole
processes against curl and lftp, on a vsftpd of its own. Needs root, vsftpd, lftp, curl.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.__main__ import running
from tests.bench.bare_app import PAINTED
from tests.bench.cases import TUIFTP, curl, lftp, tuiftp
from tests.bench.measure import Comparison, Contender, as_installed
from tests.support.servers import RunningServer

COLUMNS, ROWS = 120, 36
WAIT = 30.0
"""Seconds that a program has for its first screen."""
LAST_FILE = "zz-last.txt"
"""The file that the local pane shows last."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A program in a terminal, and what it has painted when its screen is there."""

    contender: Contender
    """The program, and its figures: of the processor, what it has used by then."""
    painted: Sequence[str]
    """Texts that are all on the screen."""

    def show(self, folder: Path) -> tuple[float, float]:
        """Starts the program, waits for its screen, kills it; seconds of the clock and of the processor.

        Raises:
            RuntimeError: It does not come.
        """
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        began = time.monotonic()
        process = subprocess.Popen(
            self.contender.argv, cwd=folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**as_installed(), "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(slave)
        try:
            seen = self._read(master, began)
            wall = time.monotonic() - began
        finally:
            os.kill(process.pid, signal.SIGKILL)  # kill() would reap one that has ended, figures and all
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = -9  # it has been waited for
            os.close(master)
        if not seen:
            raise RuntimeError(f"{self.contender.name}: no screen")
        return wall, usage.ru_utime + usage.ru_stime

    def _read(self, master: int, began: float) -> bool:
        output, wanted = b"", [text.encode() for text in self.painted]
        while select.select([master], [], [], max(0.0, began + WAIT - time.monotonic()))[0]:
            try:
                output += os.read(master, 65536)
            except OSError:  # it has ended
                return False
            if all(text in output for text in wanted):
                return True
        return False


def screens(rounds: int, folder: Path) -> str:
    """Shows all screens in turn, after one round that does not count; the figures."""
    home = folder / "home"
    work = folder / "local"
    home.mkdir()
    work.mkdir()
    for name in (*(f"file-{number:02}" for number in range(10)), LAST_FILE):
        (work / name).write_text("")
    bare = Contender("a bare Textual app", [sys.executable, "-m", "tests.bench.bare_app"])
    ours = Contender("tuiftp, the main screen", TUIFTP)
    files = Contender("tuiftp, with local files", TUIFTP)
    panels = Contender("tuiftp, the engine is there", TUIFTP)
    all_screens = (
        Screen(ours, ("Not connected", "Quit")),
        Screen(files, ("Not connected", "Quit", LAST_FILE)),
        Screen(panels, ("Not connected", "Quit", LAST_FILE, "Nothing to transfer")),
        Screen(bare, (PAINTED,)),
    )
    for number in range(rounds + 1):
        for screen in all_screens:
            wall, cpu = screen.show(work)
            if number:
                screen.contender.wall.append(wall)
                screen.contender.cpu.append(cpu)
    lines = [f"the first screen  ({rounds} runs, medians)"]
    for contender in (ours, files, panels, bare):
        line = f"  {contender.name:28} {contender.median_wall:7.3f} s  cpu {contender.median_cpu:6.3f} s"
        if contender is not bare:
            wall, cpu = contender.median_wall / bare.median_wall, contender.median_cpu / bare.median_cpu
            line += f"   {wall:5.2f} x the bare app's time, {cpu:5.2f} x its cpu"
        lines.append(line)
    return "\n".join(lines)


def commands(server: RunningServer, work: Path) -> Sequence[Comparison]:
    """Small work for whole processes: what they need besides the work counts most."""
    server.put("few/small.txt", b"x" * 1024)
    source = work.parent / "small.txt"
    source.write_bytes(b"x" * 1024)
    few, small = f"{server.url}few/", f"{server.url}few/small.txt"
    return (
        Comparison(
            "ls", [tuiftp("tuiftp ls", "ls", few), curl("curl", few), lftp("lftp", server, "ls few")], work
        ),
        Comparison(
            "get, one small file",
            [
                tuiftp("tuiftp get", "get", "-q", small),
                curl("curl -O", "-O", small),
                lftp("lftp", server, "get few/small.txt"),
            ],
            work,
        ),
        Comparison(
            "put, one small file",
            [
                tuiftp("tuiftp put", "put", "-q", str(source), server.url),
                curl("curl -T", "-T", str(source), server.url),
                lftp("lftp", server, f"put {source}"),
            ],
            work,
            before=lambda: (server.home / source.name).unlink(missing_ok=True),
        ),
    )


def main() -> int:
    """Measures and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="counted runs of each program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuiftp-startup-") as name:
        os.chmod(name, 0o755)  # the server runs as another user
        folder = Path(name)
        # A home that is nobody's.
        tempfile.tempdir = os.environ["HOME"] = name
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        os.environ["PYTHONPATH"] = os.getcwd()  # programs run in other directories
        print(screens(options.rounds, folder), flush=True)
        with running() as server:
            for comparison in commands(server, folder / "work"):
                comparison.run(options.rounds)
                print(comparison.report(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
