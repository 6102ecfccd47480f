"""The app's event loop during eight transfers at full speed: `python -m tests.bench.lateness`. Needs root and vsftpd.

The whole app runs, its screen drawn but shown to nobody, while eight large files at a time come from vsftpd. A ticker
of 10 ms says how late the loop was: the median, the 99th percentile and the worst.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.__main__ import running
from tests.support.services import equip, real_app
from tuiftp.choices import ConflictPolicy
from tuiftp.cli.arguments import parse_arguments
from tuiftp.cli.compose import Engine
from tuiftp.entries import Entry, EntryKind
from tuiftp.ftp.site import FtpSite
from tuiftp.ftp.transfer import executor
from tuiftp.protocol.paths import join
from tuiftp.protocol.url import parse_url
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.ui.decider_slot import DeciderSlot

FILES = 8
SIZE = 256 << 20
TICK = 0.01


async def tick(late: list[float]) -> None:
    """Notes how late each tick was, in milliseconds, until it is cancelled."""
    while True:
        due = time.monotonic() + TICK
        await asyncio.sleep(TICK)
        late.append((time.monotonic() - due) * 1000)


def report(title: str, late: list[float]) -> str:
    """One line of figures."""
    ordered = sorted(late)
    usual, rare = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return (
        f"{title:<28} {len(ordered):5} ticks, late by {usual:6.1f} ms (median), "
        f"{rare:6.1f} ms (99 %), {ordered[-1]:6.1f} ms (worst)"
    )


async def measure(url: str, root: str, into: Path, seconds: float) -> None:
    """Runs the app on that server, first at rest and then with all files coming again and again."""
    engine = Engine(parse_arguments(["--connections", str(FILES)]), say=print)
    slot = engine.trust_decider = DeciderSlot()
    queue = engine.make_queue(slot)
    request = ConnectRequest(parse_url(url), is_remembered=False)
    app = real_app(engine, queue, slot, request, local_directory=str(into))
    sites: list[FtpSite] = []
    open_site = app.services.open_site

    def watched(request: ConnectRequest) -> FtpSite:
        site = open_site(request)
        assert isinstance(site, FtpSite)
        sites.append(site)
        return site

    equip(app, open_site=watched)
    await queue.start()
    async with app.run_test(size=(120, 36)) as pilot:
        while not (sites and sites[0].is_connected):
            await pilot.pause(0.05)
        await _measure_while(lambda: asyncio.sleep(2.0), "at rest")
        moved, spent = 0, time.monotonic()

        async def fetch() -> None:
            nonlocal moved
            sources = [
                (join(root, f"file-{one}"), Entry(f"file-{one}", EntryKind.FILE, SIZE))
                for one in range(FILES)
            ]
            while time.monotonic() < spent + seconds:
                batch = queue.copy(sites[0], sources, engine.disk, str(into), policy=ConflictPolicy.OVERWRITE)
                result = await queue.wait_batch(batch)
                assert result.done == FILES, result
                moved += FILES * SIZE

        await _measure_while(fetch, f"{FILES} transfers")
        print(f"{moved / (time.monotonic() - spent) / 1e6:,.0f} MB/s")
    await queue.close()
    for site in sites:
        await site.close()
    engine.close()


async def _measure_while(work: Callable[[], Awaitable[None]], title: str) -> None:
    late: list[float] = []
    ticker = asyncio.create_task(tick(late))
    await work()
    ticker.cancel()
    print(report(title, late), flush=True)


def main() -> int:
    """Measures once and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lateness", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the transfers go on")
    parser.add_argument("--in-front", action="store_true", help="the threads do not step back, to compare")
    options = parser.parse_args()
    if options.in_front:
        vars(executor).update(step_back=lambda: None)
    with tempfile.TemporaryDirectory(prefix="tuiftp-bench-", dir="/dev/shm") as folder, running() as server:
        os.environ["HOME"] = folder
        os.environ.update({f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE", "DATA", "CACHE")})
        for one in range(FILES):
            with server.put(f"file-{one}").open("wb") as file:
                file.truncate(SIZE)
        server.own()
        into = Path(folder) / "into"
        into.mkdir()
        asyncio.run(measure(server.url, server.root, into, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
