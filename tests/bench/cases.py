"""The comparisons: what is moved, over which line, and by whom."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import Comparison, Contender
from tests.support.servers import RunningServer

TUIFTP = (sys.executable, "-m", "tuiftp")


def tuiftp(name: str, *argv: str) -> Contender:
    """tuiftp itself, as a whole process."""
    return Contender(name, [*TUIFTP, *argv])


def lftp(name: str, server: RunningServer, script: str, settings: str = "") -> Contender:
    """lftp with a script."""
    host = f"{server.host}:{server.port}"
    login = f"open -u {server.user},{server.password} {host}"
    return Contender(name, ["lftp", "-c", f"set net:timeout 20; {settings} {login}; {script}"])


def curl(name: str, *argv: str) -> Contender:
    """curl, silent."""
    return Contender(name, ["curl", "-s", "-S", *argv])


def rclone(name: str, server: RunningServer, *argv: str) -> list[Contender]:
    """rclone, where it is installed; `:ftp:` in its arguments is the server."""
    if shutil.which("rclone") is None:
        return []
    secret = subprocess.run(
        ["rclone", "obscure", server.password], capture_output=True, text=True, check=True
    )
    site = (
        f"--ftp-host={server.host}", f"--ftp-port={server.port}",
        f"--ftp-user={server.user}", f"--ftp-pass={secret.stdout.strip()}",
    )  # fmt: skip
    return [Contender(name, ["rclone", "--config=", *argv, *site])]


def holds(count: int) -> Callable[[Path], bool]:
    """Whether a folder holds so many files, at any depth."""
    return lambda folder: sum(len(files) for _, _, files in os.walk(folder)) == count


@contextmanager
def large_file(server: RunningServer, size: int) -> Iterator[str]:
    """Puts one large file on the server; yields its URL."""
    path = server.put("large.bin")
    with path.open("wb") as file:
        block = os.urandom(1 << 20)
        for _ in range(size >> 20):
            file.write(block)
    server.own()
    try:
        yield f"{server.url}large.bin"
    finally:
        path.unlink()


def one_large_download(server: RunningServer, work: Path, url: str) -> Comparison:
    """One large file down."""
    return Comparison(
        "one large file, down",
        [
            tuiftp("tuiftp", "get", "--quiet", url),
            curl("curl", "-O", url),
            lftp("lftp, 1 MiB buffer", server, "get large.bin", "set xfer:buffer-size 1048576;"),
        ],
        work,
        check=holds(1),
    )


def one_large_upload(server: RunningServer, work: Path, source: Path) -> Comparison:
    """One large file up."""
    target = server.home / source.name
    return Comparison(
        "one large file, up",
        [
            tuiftp("tuiftp", "put", "--quiet", str(source), server.url),
            curl("curl -T", "-T", str(source), server.url),
            lftp("lftp, 1 MiB buffer", server, f"put {source}", "set xfer:buffer-size 1048576;"),
        ],
        work,
        before=lambda: target.unlink(missing_ok=True),
        check=lambda _: target.stat().st_size == source.stat().st_size,
    )


def many_small_downloads(
    server: RunningServer, work: Path, count: int, connections: int, prefix: tuple[str, ...] = ()
) -> Comparison:
    """Many files of 1 KiB down, from the directory `small`."""
    lines = str(connections)
    return Comparison(
        f"{count} files of 1 KiB, down, {connections} connections",
        [
            tuiftp("tuiftp", "get", "--quiet", "--connections", lines, f"{server.url}small"),
            lftp(
                "lftp mirror -P, sync-mode off", server, f"mirror -P {lines} small", "set ftp:sync-mode off;"
            ),
            *rclone("rclone", server, "copy", ":ftp:small", "small", "--transfers", lines),
        ],
        work,
        prefix,
        check=holds(count),
    )


def many_small_active_downloads(
    server: RunningServer, work: Path, count: int, prefix: tuple[str, ...]
) -> Comparison:
    """Many files of 1 KiB down over one connection, in active mode, against lftp's passive one."""
    return Comparison(
        f"{count} files of 1 KiB, down, 1 connection, active",
        [
            tuiftp(
                "tuiftp, active",
                "get",
                "--quiet",
                "--connections",
                "1",
                "--mode",
                "active",
                f"{server.url}small",
            ),
            lftp("lftp, passive", server, "mirror small", "set ftp:sync-mode off;"),
        ],
        work,
        prefix,
        check=holds(count),
    )


def many_small_uploads(
    server: RunningServer, work: Path, source: Path, connections: int, prefix: tuple[str, ...] = ()
) -> Comparison:
    """Many files of 1 KiB up."""
    count, target, lines = len(list(source.iterdir())), server.home / "up", str(connections)

    def before() -> None:
        shutil.rmtree(target, ignore_errors=True)
        server.put("up/.keep").unlink()

    return Comparison(
        f"{count} files of 1 KiB, up, {connections} connections",
        [
            tuiftp("tuiftp", "put", "--quiet", "--connections", lines, str(source), f"{server.url}up/"),
            lftp(
                "lftp mirror -R -P, sync-mode off", server, f"mirror -R -P {lines} {source} up/{source.name}",
                "set ftp:sync-mode off;",
            ),
            *rclone("rclone", server, "copy", str(source), f":ftp:up/{source.name}", "--transfers", lines),
        ],
        work,
        prefix,
        before=before,
        check=lambda _: holds(count)(target),
    )  # fmt: skip


def many_directories(server: RunningServer, work: Path, prefix: tuple[str, ...]) -> Comparison:
    """A tree of 111 directories, read only: an empty tree is copied."""
    return Comparison(
        "111 directories, 16 connections",
        [
            tuiftp("tuiftp get", "get", "--quiet", "--connections", "16", f"{server.url}dirs"),
            lftp("lftp find", server, "find dirs"),
            lftp("lftp mirror -P 16", server, "mirror -P 16 dirs", "set ftp:sync-mode off;"),
            *rclone("rclone lsf", server, "lsf", "-R", ":ftp:dirs", "--checkers", "16"),
        ],
        work,
        prefix,
    )
