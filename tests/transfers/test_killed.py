"""`kill -9` again and again at random moments of a tree in both directions: in the end every file is exact."""

from __future__ import annotations

import filecmp
import multiprocessing
import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds
from tests.transfers import killable

ROUNDS = 12
SIZES = (0, 1, 700, 20_000, 150_000, 1_500_000)
LONGEST_RUN = 60.0
"""Seconds that one run may take."""

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.transfers.killable"])


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

    Each run is a process of its own, forked from one that has loaded the program already: of a hundred runs, loading
    it each time would be most of the work.

    Args:
        arguments: Its arguments.
        seconds: When to kill it; None: never, and it must end well.
        is_patient: Whether it ends by itself, well or not; `seconds` are then only a limit.
    """
    ours, its = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=killable.run_with, args=(arguments, its))
    process.start()
    its.close()
    try:
        first = read_said(ours)
        assert first == "running", first
        if seconds is not None and not is_patient:
            process.join(seconds)
            process.kill()
        said = read_said(ours)
        process.join(LONGEST_RUN)
        assert seconds is not None or process.exitcode == 0, said
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    return said


def read_said(end: Connection) -> str:
    """Returns the next thing that the program says, or nothing when it has been killed before."""
    assert end.poll(LONGEST_RUN)
    try:
        return str(end.recv())
    except (EOFError, ConnectionResetError):
        return ""


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
@pytest.mark.parametrize("kind", kinds("vsftpd"))
def test_copies_between_sites_and_on_the_disk_are_exact_too(
    kind: str, tmp_path: Path, start_ftp_server: StartServer
) -> None:
    chance = random.Random(kind)
    server = start_ftp_server(kind)
    here, state = tmp_path / "here", tmp_path / "state"
    for folder in (here / "fetched", state, server.home / "sent"):
        folder.mkdir(parents=True)
    make_tree(server.home / "to-fetch", chance)
    make_tree(here / "to-send", chance)
    give_to_owner(server.home)
    arguments = [str(state), str(here), str(server.port), server.root, "across"]
    for _ in range(ROUNDS):
        if "done" in run_until(arguments, chance.uniform(0.0, 0.7)):
            break
    assert "done 0" in run_until(arguments, None)
    assert differences(server.home / "to-fetch", server.home / "sent" / "to-fetch") == []
    assert differences(here / "to-send", here / "fetched" / "to-send") == []
    assert list((state / "relay").iterdir()) == []


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
