"""One large file over a long line, whole and in segments: `python -m tests.bench.segments`. Needs root and vsftpd.

The line has a round trip of 100 ms. Once the server's send buffer is what bounds a connection (as where a system was
never tuned), once a limit of the server for each connection. A third run has no bound but the line itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import delay
from tests.bench.__main__ import delayed
from tests.bench.cases import TUIFTP
from tests.bench.measure import Comparison, Contender
from tests.support.servers import Place, make_server

SIZE = 64 << 20
ROUNDS = 3


def contender(home: Path, segments: int, url: str) -> Contender:
    """tuiftp with a home of its own, in which the setting is."""
    folder = home / f"with-{segments}"
    settings = folder / ".config" / "tuiftp" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"segments = {segments}\nconnections = 8\n")
    argv = ["env", f"HOME={folder}", f"XDG_CONFIG_HOME={folder}/.config", *TUIFTP, "get", "--quiet", url]
    return Contender(f"{segments} connections", argv)


def is_whole(data: bytes, folder: Path) -> bool:
    """Whether the file is there, and exact."""
    return (folder / "large.bin").read_bytes() == data


def measure(
    title: str, home: Path, namespace: str, prefix: tuple[str, ...], options: tuple[str, ...]
) -> None:
    """Compares one, four and eight connections."""
    server = make_server("vsftpd", Place(host=delay.SERVER, netns=namespace), options)
    server.start()
    try:
        data = os.urandom(SIZE)
        server.put("large.bin", data)
        server.own()
        lines = [contender(home, number, f"{server.url}large.bin") for number in (8, 4, 1)]
        comparison = Comparison(
            title, lines, home / "work", prefix, check=lambda folder: is_whole(data, folder)
        )
        comparison.run(ROUNDS)
        print(comparison.report().replace("tuiftp:", "8 connections:"), flush=True)
    finally:
        server.discard()


def main() -> int:
    """Runs the three cases."""
    with tempfile.TemporaryDirectory(prefix="tuiftp-bench-", dir="/dev/shm") as folder:
        os.chmod(folder, 0o755)
        tempfile.tempdir = folder
        home = Path(folder)
        with delayed(0.1) as (namespace, prefix):
            measure("64 MiB at 100 ms, no bound but the line", home, namespace, prefix, ())
            limit = ("local_max_rate=4000000",)
            measure("64 MiB at 100 ms, 4 MB/s for each connection", home, namespace, prefix, limit)
            small = ["sysctl", "-qw", "net.ipv4.tcp_wmem=4096 65536 524288"]
            subprocess.run(["ip", "netns", "exec", namespace, *small], check=True)
            measure("64 MiB at 100 ms, send buffer of 512 KiB", home, namespace, prefix, ())
    return 0


if __name__ == "__main__":
    sys.exit(main())
