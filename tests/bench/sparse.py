"""A sparse file of 5 GiB, down and up: exact, and in as much memory as one of 1 MiB. `python -m tests.bench.sparse`.

Most of it is a hole, with bytes at random at both ends, in the middle and around 4 GiB, where 32 bits end. tuiftp
runs as a process of its own, and the most memory it ever had is read from the system (VmHWM). Needs root, vsftpd,
cmp, and 6 GB of room for temporary files: what is sent is written out on the other side.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.__main__ import running
from tests.bench.cases import TUIFTP
from tests.bench.measure import as_installed
from tests.support.servers import RunningServer

SIZE = 5 << 30
SMALL = 1 << 20
DATA = 1 << 20
ALLOWED = 16 << 20
"""Bytes of memory that the large file may take more than the small one."""
_LOOK = 0.02


def make(path: Path, size: int) -> None:
    """Writes a file that is a hole but for some bytes."""
    with path.open("wb") as file:
        file.truncate(size)
        for place in (0, size // 2, (4 << 30) - DATA // 2, size - DATA):
            if 0 <= place <= size - DATA:
                file.seek(place)
                file.write(os.urandom(DATA))


def run(arguments: list[str], folder: Path) -> tuple[float, int]:
    """Runs tuiftp; returns the seconds it took, and the most memory (bytes) it ever had.

    Raises:
        RuntimeError: It failed.
    """
    began = time.monotonic()
    process = subprocess.Popen([*TUIFTP, *arguments], cwd=folder, env=as_installed(), stderr=subprocess.PIPE)
    assert process.stderr is not None
    peak = 0
    while process.poll() is None:
        peak = max(peak, _most_memory(process.pid))
        time.sleep(_LOOK)
    if process.returncode:
        raise RuntimeError(f"tuiftp {arguments[0]} failed: {process.stderr.read()[-500:]!r}")
    process.stderr.close()
    return time.monotonic() - began, peak


def _most_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def is_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    return subprocess.run(["cmp", "-s", one, other], check=False).returncode == 0


def measure(server: RunningServer, here: Path, way: str) -> int:
    """Moves a small and a large file one way; returns how much more memory (bytes) the large one took.

    Raises:
        RuntimeError: One of them is not exact.
    """
    peaks: list[int] = []
    for name, size in (("small.img", SMALL), ("large.img", SIZE)):
        there, mine = server.home / name, here / name
        make(there if way == "down" else mine, size)
        server.own()
        url = f"{server.url}{name}"
        took, peak = run(["get", "-q", url] if way == "down" else ["put", "-q", name, url], here)
        if not is_same(there, mine):
            raise RuntimeError(f"{name}, {way}: not the same bytes")
        peaks.append(peak)
        rate = size / took / 1e6
        speed = f"{took:6.1f} s ({rate:5,.0f} MB/s)"
        print(
            f"{way:4} {size >> 20:6,} MiB  exact  {speed}  at most {peak / 1e6:5.1f} MB of memory", flush=True
        )
        there.unlink()
        mine.unlink()
    return peaks[1] - peaks[0]


def main() -> int:
    """Measures both ways and prints the figures; 1 if the large file took more memory."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sparse", description=__doc__)
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuiftp-bench-") as folder:
        os.chmod(folder, 0o755)  # the server runs as another user
        tempfile.tempdir = os.environ["HOME"] = folder
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(variable, None)
        os.environ["PYTHONPATH"] = os.getcwd()  # it runs in another directory
        here = Path(folder) / "here"
        here.mkdir()
        with running() as server:
            more = [measure(server, here, way) for way in ("down", "up")]
    print(f"the large file took {max(more) / 1e6:+.1f} MB more memory; {ALLOWED >> 20} MiB are allowed")
    return int(max(more) > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
