"""`python -m tests.bench [--rounds N] [--only WORD]`: all comparisons and figures in one run.

Needs root, vsftpd, lftp, curl; rclone takes part where it is installed. What is no comparison with other programs
is a module of its own, which can be run alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import cases, delay
from tests.bench.measure import Comparison
from tests.support import netns
from tests.support.servers import Place, RunningServer, make_server

_ROUND_TRIP = 0.05

_FIGURES = {
    "the first screen, and small commands": "startup",
    "how late the event loop is": "lateness",
    "a tree of 100,000 files in the queue": "big_queue",
    "large files in segments": "segments",
    "how exact speed limits are": "limits",
    "a sparse file of 5 GiB": "sparse",
}
"""Titles, and the modules beside this one that measure it."""


@contextmanager
def running(place: Place | None = None) -> Iterator[RunningServer]:
    """A vsftpd with the files that the comparisons need."""
    server = make_server("vsftpd", place, ())
    server.start()
    try:
        yield server
    finally:
        server.discard()


def plant(server: RunningServer, files: int) -> None:
    """Small files in `small`, and a tree of 111 directories in `dirs`."""
    for number in range(files):
        server.put(f"small/file-{number:05}", os.urandom(1024))
    for one in range(10):
        for two in range(10):
            server.put(f"dirs/d{one}/e{two}/.keep").unlink()


@contextmanager
def delayed(round_trip: float = _ROUND_TRIP) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Two namespaces with a slow line between them; yields the server's and the client's command prefix."""
    with netns.network() as net:
        argv = [
            sys.executable,
            "-m",
            "tests.bench.delay",
            net.server.name,
            net.client.name,
            str(round_trip / 2),
        ]
        line = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        try:
            assert line.stdout is not None
            line.stdout.readline()
            yield net.server.name, ("ip", "netns", "exec", net.client.name)
        finally:
            line.kill()
            line.wait()


def local_comparisons(work: Path) -> Iterator[Comparison]:
    """Without delay: large files, and five thousand small ones."""
    with running() as server:
        plant(server, 5000)
        with cases.large_file(server, 2 << 30) as url:
            yield cases.one_large_download(server, work, url)
        source = work.parent / "upload.bin"
        source.write_bytes(b"")
        os.truncate(source, 2 << 30)
        yield cases.one_large_upload(server, work, source)
        source.unlink()
        yield cases.many_small_downloads(server, work, 5000, 8)


def delayed_comparisons(work: Path) -> Iterator[Comparison]:
    """At 50 ms round trip: 300 small files and 111 directories."""
    with delayed() as (namespace, prefix), running(Place(host=delay.SERVER, netns=namespace)) as server:
        plant(server, 300)
        source = work.parent / "source"
        source.mkdir(exist_ok=True)
        for number in range(300):
            (source / f"file-{number:05}").write_bytes(os.urandom(1024))
        yield cases.many_small_downloads(server, work, 300, 16, prefix)
        yield cases.many_small_uploads(server, work, source, 16, prefix)
        yield cases.many_small_downloads(server, work, 300, 1, prefix)
        yield cases.many_small_active_downloads(server, work, 300, prefix)
        yield cases.many_directories(server, work, prefix)


def figures(only: str) -> int:
    """Runs what is measured by modules of their own, each in its process; 1 if one has missed its mark."""
    missed = 0
    for title, module in _FIGURES.items():
        if only in title:
            print(title, flush=True)
            missed |= subprocess.run([sys.executable, "-m", f"tests.bench.{module}"], check=False).returncode
    return int(bool(missed))


def main() -> int:
    """Runs what was asked for and prints the figures; 1 if a mark was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each command")
    parser.add_argument("--only", default="", help="only what has this in its title")
    options = parser.parse_args()
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="tuiftp-bench-", dir=memory) as folder:
        os.chmod(folder, 0o755)  # the server runs as another user
        # Files in memory, a home that is nobody's: only the programs are compared.
        tempfile.tempdir = os.environ["HOME"] = folder
        for group in (local_comparisons, delayed_comparisons):
            for comparison in group(Path(folder) / "work"):
                if options.only in comparison.title:
                    comparison.run(options.rounds)
                    print(comparison.report(), flush=True)
        tempfile.tempdir = None
    return figures(options.only)


if __name__ == "__main__":
    sys.exit(main())
