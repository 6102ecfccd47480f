"""`kill -9` again and again at random moments of a tree in both directions: in the end every file is exact."""

from __future__ import annotations

import filecmp
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds

ROUNDS = 12
SIZES = (0, 1, 700, 20_000, 150_000, 1_500_000)
ROOT = Path(__file__).resolve().parent.parent.parent


def make_tree(top: Path, chance: random.Random) -> None:
    """Makes 60 files of all sizes in a few directories, their times in the past."""
    for number in range(60):
        folder = top / f"d{number % 4}" / f"e{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        size = 3_000_000 if number in (7, 23) else SIZES[number % len(SIZES)]
        path = folder / f"file {number}"
        path.write_bytes(chance.randbytes(size))
        os.utime(path, (1_700_000_000 + number,) * 2)


def give_to_owner(top: Path) -> None:
    """Gives all below a server's home to the one whose home it is."""
    owner = top.stat()
    for path in top.rglob("*"):
        os.chown(path, owner.st_uid, owner.st_gid)


def differences(first: Path, second: Path) -> list[str]:
    """What is missing, too much, or not the same; nothing in the best case."""
    names = {str(path.relative_to(top)) for top in (first, second) for path in top.rglob("*")}
    return sorted(
        name
        for name in names
        if not ((first / name).exists() and (second / name).exists())
        or ((first / name).is_file() and not filecmp.cmp(first / name, second / name, shallow=False))
    )


def run_until(arguments: list[str], seconds: float | None, *, is_patient: bool = False) -> str:
    """Runs the program, kills it after so many seconds under way, and returns what it said.

    Args:
        arguments: Its arguments.
        seconds: When to kill it; None: never, and it must end well.
        is_patient: Whether it ends by itself, well or not; `seconds` are then only a limit.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.transfers.killable", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first == "running\n", process.communicate()[1]
    if seconds is not None and not is_patient:
        time.sleep(seconds)
        process.kill()
    said, complaint = process.communicate(timeout=60)
    assert seconds is not None or process.returncode == 0, complaint
    return first + said


@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", [(), ("segments",)], ids=str)
@pytest.mark.parametrize("kind", kinds("pyftpdlib", "vsftpd"))
def test_whatever_moment_it_is_killed_at_every_file_is_exact_in_the_end(
    kind: str, how: tuple[str, ...], tmp_path: Path, start_ftp_server: StartServer
) -> None:
    chance = random.Random(kind)
    server = start_ftp_server(kind)
    here, state = tmp_path / "here", tmp_path / "state"
    for folder in (here / "fetched", state, server.home / "sent"):
        folder.mkdir(parents=True)
    make_tree(server.home / "to-fetch", chance)
    make_tree(here / "to-send", chance)
    give_to_owner(server.home)
    arguments = [str(state), str(here), str(server.port), server.root, *how]
    for _ in range(ROUNDS):
        if "done" in run_until(arguments, chance.uniform(0.0, 0.7)):
            break
    assert "done 0" in run_until(arguments, None)
    assert differences(server.home / "to-fetch", here / "fetched" / "to-fetch") == []
    assert differences(here / "to-send", server.home / "sent" / "to-send") == []
    assert [path.name for path in (here / "fetched").iterdir()] == ["to-fetch"]
    assert [path.name for path in (server.home / "sent").iterdir()] == ["to-send"]


@pytest.mark.timeout(180)
@pytest.mark.real_server
def test_small_files_that_are_fetched_in_bunches_are_exact_too(
    tmp_path: Path, start_ftp_server: StartServer
) -> None:
    """Killed while threads write hundreds of small files a second: each is whole or not there."""
    chance = random.Random(959)
    server = start_ftp_server("vsftpd")
    here, state = tmp_path / "here", tmp_path / "state"
    for folder in (here / "fetched", here / "to-send", state, server.home / "sent", server.home / "to-fetch"):
        folder.mkdir(parents=True)
    for number in range(3000):
        path = server.home / "to-fetch" / f"d{number % 7}" / f"file {number}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(chance.randbytes(number % 5000))
        os.utime(path, (1_700_000_000 + number,) * 2)
    give_to_owner(server.home)
    arguments = [str(state), str(here), str(server.port), server.root, "unlimited"]
    for _ in range(ROUNDS):
        if "done" in run_until(arguments, chance.uniform(0.0, 0.6)):
            break
        for path in (here / "fetched").rglob("file *"):
            source = server.home / "to-fetch" / path.parent.name / path.name
            assert path.read_bytes() == source.read_bytes()
    assert "done 0" in run_until(arguments, None)
    assert differences(server.home / "to-fetch", here / "fetched" / "to-fetch") == []
