"""How exact speed limits are: `python -m tests.bench.limits [--seconds S]`. Needs root and vsftpd.

The queue of the app moves files larger than can be moved in the time, under limits for all transfers together, for
one alone, and changed on the way. What has arrived is read off the disk, here or on the server, and not told by
the program; each figure is over ten seconds and begins a second after its limit. One that is off by over 5 % fails.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.__main__ import running
from tests.support.servers import RunningServer
from tuiftp.choices import ConflictPolicy
from tuiftp.cli.arguments import parse_arguments
from tuiftp.cli.compose import Engine
from tuiftp.entries import Entry, EntryKind
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.paths import join
from tuiftp.protocol.url import parse_url
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.decider_slot import DeciderSlot

SIZE = 4 << 30
"""Bytes of each file, none of which takes room on the disk."""
FILES = 3
MB = 1_000_000
ALLOWED = 5.0
"""Per cent that a limit may be missed by."""
SETTLING = 1.0
"""Seconds after a change that are not measured: buffers on the way fill or empty."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is limited, and to how much."""

    title: str
    """What to call it."""
    direction: Direction
    """Which way the files go."""
    files: int
    """How many at once."""
    rates: tuple[int, ...]
    """Bytes a second, one after the other while it runs."""
    is_own: bool = False
    """Whether each transfer has the limit for itself, and not all of them together."""


DOWN, UP = Direction.DOWNLOAD, Direction.UPLOAD
CASES = (
    Case("all downloads together", DOWN, FILES, (20 * MB,)),
    Case("all uploads together", UP, FILES, (20 * MB,)),
    Case("each download alone", DOWN, 2, (8 * MB,), is_own=True),
    Case("each upload alone", UP, 2, (8 * MB,), is_own=True),
    Case("downloads, changed on the way", DOWN, 2, (5 * MB, 40 * MB, 1 * MB)),
    Case("uploads, changed on the way", UP, 2, (5 * MB, 40 * MB, 1 * MB)),
    Case("one download, changed on the way", DOWN, 1, (10 * MB, 2 * MB), is_own=True),
    Case("one upload, changed on the way", UP, 1, (10 * MB, 2 * MB), is_own=True),
)


class Bench:
    """One queue, one site, and the places where files grow."""

    def __init__(self, server: RunningServer, here: Path, seconds: float) -> None:
        self._server = server
        self._here = here
        self._seconds = seconds
        self._engine = Engine(parse_arguments(["--connections", str(FILES)]), say=print)
        self._disk = self._engine.disk
        self._queue: TransferQueue = self._engine.make_queue(DeciderSlot())
        target = parse_url(server.url)
        assert target.user is not None
        assert target.password is not None
        self._site: FtpSite = self._engine.open_ftp(target, Credentials(target.user, target.password))
        self.worst = 0.0

    async def run(self, case: Case) -> None:
        """Measures one case and prints its figures."""
        self._begin(case)
        ids: list[int] = []
        while len(ids) < case.files:
            await asyncio.sleep(0.05)
            ids = [one.id for one in self._queue.transfers() if one.state is TransferState.RUNNING]
        for rate in case.rates:
            self._limit(case, ids, rate)
            await asyncio.sleep(SETTLING)
            speed = await self._speed(case.direction)
            allowed = rate * (case.files if case.is_own else 1)
            off = (speed / allowed - 1) * 100
            self.worst = max(self.worst, abs(off))
            print(
                f"{case.title:34} {case.files} x  {allowed / MB:5.1f} MB/s allowed, {speed / MB:6.2f} MB/s moved, "
                f"{off:+5.1f} %",
                flush=True,
            )
        self._queue.cancel(*ids)
        await self._queue.wait_idle()
        self._queue.clear_finished()
        self._queue.set_limit(case.direction, None)

    def _begin(self, case: Case) -> None:
        names = [f"file-{number}" for number in range(case.files)]
        self._queue.set_limit(case.direction, case.rates[0])
        if case.direction is DOWN:
            sources = [(join(self._server.root, name), Entry(name, EntryKind.FILE, SIZE)) for name in names]
            self._queue.copy(
                self._site, sources, self._disk, str(self._here / "down"), policy=ConflictPolicy.OVERWRITE
            )
        else:
            local = [(str(self._here / name), Entry(name, EntryKind.FILE, SIZE)) for name in names]
            self._queue.copy(
                self._disk, local, self._site, join(self._server.root, "up"), policy=ConflictPolicy.OVERWRITE
            )

    def _limit(self, case: Case, ids: list[int], rate: int) -> None:
        if not case.is_own:
            self._queue.set_limit(case.direction, rate)
            return
        self._queue.set_limit(case.direction, None)
        for number in ids:
            self._queue.set_transfer_limit(number, rate)

    async def _speed(self, direction: Direction) -> float:
        place = self._here / "down" if direction is DOWN else self._server.home / "up"
        before, began = _bytes_in(place), time.monotonic()
        await asyncio.sleep(self._seconds)
        after, ended = _bytes_in(place), time.monotonic()
        return (after - before) / (ended - began)

    async def start(self) -> None:
        """Connects, and has the queue work."""
        await self._site.connect()
        await self._queue.start()

    async def close(self) -> None:
        """Ends everything."""
        await self._queue.close()
        await self._site.close()
        self._engine.close()


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def measure(server: RunningServer, here: Path, seconds: float, only: str) -> float:
    """Measures all cases; returns by how many per cent the worst is off."""
    bench = Bench(server, here, seconds)
    await bench.start()
    try:
        for case in CASES:
            if only in case.title:
                await bench.run(case)
    finally:
        await bench.close()
    return bench.worst


def main() -> int:
    """Measures once and prints the figures; 1 if a limit was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.limits", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each figure is taken")
    parser.add_argument("--only", default="", help="only cases whose title holds this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuiftp-bench-", dir="/dev/shm") as folder:
        os.chmod(folder, 0o755)  # the server runs as another user
        tempfile.tempdir = os.environ["HOME"] = folder
        os.environ.update({f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE", "DATA", "CACHE")})
        here = Path(folder) / "here"
        (here / "down").mkdir(parents=True)
        with running() as server:
            (server.home / "up").mkdir()
            for number in range(FILES):
                for place in (here, server.home):
                    (place / f"file-{number}").touch()
                    os.truncate(place / f"file-{number}", SIZE)
            server.own()
            worst = asyncio.run(measure(server, here, options.seconds, options.only))
    print(f"the worst is off by {worst:.1f} %; {ALLOWED:.0f} % are allowed")
    return int(worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
