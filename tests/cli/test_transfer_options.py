"""Patterns in URLs, going on after an interrupt, speed limits, checksums and retries of `get` and `put`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import BIG, here, one, plant, tree, url
from tests.support.certificates import Authority
from tests.support.servers import RunningServer, make_server, make_tls_server
from tuiftp.choices import ConflictPolicy, Verification
from tuiftp.cli import main
from tuiftp.cli.arguments import parse_arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.continue_store import KEPT, KEPT_FOR, Unfinished, forget_old
from tuiftp.storage.settings import Settings
from tuiftp.transfers.store_lock import FileLock

__all__ = ["here", "one"]

CODE = "import sys; from tuiftp.cli import main; sys.exit(main())"


def failures(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("tuiftp: ")]


@pytest.fixture
def server(ftp_server: RunningServer) -> RunningServer:
    return plant(ftp_server)


def test_a_pattern_stands_for_all_that_match(server: RunningServer, here: Path) -> None:
    for name in ("one.log", "two.log", "three.txt", ".hidden.log"):
        server.put(f"pub/{name}", name.encode())
    server.put("pub/dir.log/inside", b"x")
    assert main(["get", url(server, "pub/*.log")]) == 0
    assert tree(here) == {"one.log": b"one.log", "two.log": b"two.log", "dir.log/inside": b"x"}
    assert main(["get", url(server, "pub/t[a-h]*"), "-o", "got/"]) == 0
    assert tree(here / "got") == {"three.txt": b"three.txt"}
    assert main(["get", url(server, "pub/.h*"), url(server, "pub/on?.*"), "-o", "more/"]) == 0
    assert sorted(tree(here / "more")) == [".hidden.log", "one.log"]


def test_a_pattern_with_a_slash_behind_it_stands_for_directories(one: RunningServer, here: Path) -> None:
    one.put("pub/second/f", b"1")
    assert main(["get", url(one, "pub/s*/")]) == 0
    assert tree(here) == {"sub/b.bin": BIG, "sub/deep/empty": b"", "second/f": b"1"}


def test_a_name_with_such_signs_goes_before_the_pattern(one: RunningServer, here: Path) -> None:
    one.put("pub/a[1]*.txt", b"literal")
    one.put("pub/a1x.txt", b"match")
    assert main(["get", url(one, "pub/a[1]*.txt")]) == 0
    assert tree(here) == {"a[1]*.txt": b"literal"}


def test_what_matches_nothing_is_a_failure_and_one_match_may_get_a_name(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(one, "pub/*.zip"), url(one, "pub/a*")]) == 1
    assert failures(capsys) == [f"tuiftp: {url(one, 'pub/*.zip', password=False)}: nothing there matches"]
    assert tree(here) == {"a.txt": b"hello"}
    assert main(["get", url(one, "pub/a*"), "-o", "renamed"]) == 0
    assert (here / "renamed").read_bytes() == b"hello"
    one.put("pub/b.txt", b"2")
    assert main(["get", url(one, "pub/*.txt"), "-o", "several"]) == 1
    assert "is not a directory" in capsys.readouterr().err
    assert not (here / "several").exists()


def interrupted(here: Path, server: RunningServer, words: list[str], *, until: str, signal: int) -> int:
    """Runs a command until its log shows something, and a little has moved; returns its status."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CODE, *words, "--log", "-"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, cwd=here) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if until in line:
                break
        bound = time.monotonic() + 10
        while _moved(here, server) < 200_000 and time.monotonic() < bound:
            os.sched_yield()
        process.send_signal(signal)
        process.stderr.read()
        return process.wait(timeout=15)


def _moved(here: Path, server: RunningServer) -> int:
    moved = 0
    for place in (here, server.home / "up"):
        for path in place.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # it has just got its name
                moved += path.stat().st_size if path.is_file() and ".tuiftp" in path.name else 0
    return moved


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_same_command_goes_on_where_it_was_interrupted(
    one: RunningServer, here: Path, how: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data = os.urandom(3_000_000)
    one.put("tree/big", data)
    one.put("tree/small", b"s")
    get = ["get", url(one, "tree"), "--continue"]
    status = interrupted(here, one, [*get, "--limit-rate", "500k"], until="tree/big", signal=how)
    assert status == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert not (here / "tree/big").exists()
    assert main([*get, "--log", str(here / "log")]) == 0
    assert tree(here / "tree") == {"big": data, "small": b"s"}
    assert "REST " in (here / "log").read_text()
    assert "an earlier run has left: " in capsys.readouterr().err
    assert not list(Unfinished(parse_arguments(get)).path.parent.iterdir())


def test_an_upload_goes_on_too(one: RunningServer, here: Path) -> None:
    data = os.urandom(3_000_000)
    (one.home / "up").mkdir()
    (here / "big").write_bytes(data)
    put = ["put", "big", url(one, "up/"), "-c"]
    status = interrupted(here, one, [*put, "--limit-rate", "500k"], until="STOR", signal=signal.SIGINT)
    assert status == 130
    assert not (one.home / "up" / "big").exists()
    assert main(put) == 0
    assert tree(one.home / "up") == {"big": data}


def test_without_it_nothing_is_left_behind(one: RunningServer, here: Path) -> None:
    one.put("big", os.urandom(3_000_000))
    get = ["get", url(one, "big"), "--limit-rate", "500k"]
    assert interrupted(here, one, get, until="RETR", signal=signal.SIGINT) == 130
    assert list(here.iterdir()) == []


def test_what_exists_is_gone_on_with_and_what_failed_is_tried_again(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "b.bin").write_bytes(BIG[:100_000])
    (here / "a.txt").write_bytes(b"hello")
    get = ["get", url(one, "pub/a.txt"), url(one, "pub/sub/b.bin"), url(one, "late"), "-c"]
    assert main(get) == 1
    assert tree(here) == {"b.bin": BIG, "a.txt": b"hello"}
    one.put("late", b"here now")
    assert main(get) == 0
    assert tree(here)["late"] == b"here now"
    assert not list(Unfinished(parse_arguments(get)).path.parent.iterdir())


def test_a_command_is_known_by_what_it_does_and_holds_no_password(here: Path) -> None:
    def path(*words: str) -> Path:
        return Unfinished(parse_arguments(words)).path

    assert path("get", "ftp://u:secret@h/a") == path("get", "ftp://u@h/a", "-o", ".", "-c")
    others = [
        path("get", "h/a"), path("get", "h/b"), path("get", "h/a", "-o", "x"), path("put", "x", "h/a"),
        path("put", "x/", "h/a"), path("get", "ftp://u@h/a"),
        path("cp", "x", "ftp://h/a"), path("cp", "ftp://h/a", "x"), path("cp", "ftp://h/a", "ftp://h/b"),
        path("cp", "x", "y"),
    ]  # fmt: skip
    assert len(set(others)) == len(others)


def test_runs_that_nobody_goes_on_with_are_forgotten(here: Path) -> None:
    """Those of a month ago, and the oldest of very many; never one that is under way."""
    own = Unfinished(parse_arguments(["get", "ftp://h/own", "-c"])).path
    now = time.time()

    def left(name: str, days: float) -> Path:
        path = own.with_name(f"{name}.sqlite")
        for file in (path, path.with_suffix(".json"), Path(f"{path}-wal")):
            file.write_bytes(b"")
            os.utime(file, (now - days * 86_400,) * 2)
        return path

    old, busy, recent = left("old", 31), left("busy", 31), left("recent", 29)
    lock = FileLock(busy.with_name("busy.sqlite.lock"))
    assert lock.acquire()
    os.utime(own.parent / "busy.sqlite.lock", (now - 31 * 86_400,) * 2)
    many = [left(f"many-{number}", 1 + number / 1000) for number in range(KEPT)]
    assert Unfinished(parse_arguments(["get", "ftp://h/own", "-c"])).path == own
    forget_old(own)
    lock.release()
    assert not list(own.parent.glob("old*")), old
    assert busy.exists()
    assert not list(own.parent.glob("recent*")), recent
    assert all(path.exists() for path in many)
    forget_old(own)
    assert not list(own.parent.glob("busy*"))


def parts(here: Path) -> list[str]:
    return [path.name for path in here.rglob("*.tuiftp-part")]


def test_part_files_go_with_the_run_that_nobody_goes_on_with(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was killed, and the file was fetched by another command since. Only what that run has made itself goes."""
    one.put("big", os.urandom(3_000_000))
    get = ["get", url(one, "big"), "--continue"]
    interrupted(here, one, [*get, "--limit-rate", "500k"], until="RETR", signal=signal.SIGKILL)
    (left,) = parts(here)
    others = [f"{left[:-14]}x.tuiftp-part", ".big.0123456789.tuiftp-part"]
    for name in others:
        (here / name).write_bytes(b"somebody else's")
    assert main(["get", url(one, "pub/a.txt")]) == 0
    assert left in parts(here), "the same command may still go on with it"
    path = Unfinished(parse_arguments(get)).path
    for file in path.parent.glob(f"{path.stem}.*"):
        os.utime(file, (time.time() - KEPT_FOR - 60,) * 2)
    capsys.readouterr()
    assert main(["get", url(one, "big"), "-o", "other-name"]) == 0
    assert "removed part files of runs that nobody went on with for long: 1" in capsys.readouterr().err
    assert sorted(parts(here)) == sorted(others)
    assert not list(path.parent.glob("*.sqlite"))


def test_a_part_file_stays_while_the_same_command_is_what_runs(one: RunningServer, here: Path) -> None:
    """However old it is: the command that is being run goes on with it."""
    data = os.urandom(3_000_000)
    one.put("big", data)
    get = ["get", url(one, "big"), "--continue"]
    interrupted(here, one, [*get, "--limit-rate", "500k"], until="RETR", signal=signal.SIGKILL)
    path = Unfinished(parse_arguments(get)).path
    for file in path.parent.glob(f"{path.stem}.*"):
        os.utime(file, (time.time() - KEPT_FOR - 60,) * 2)
    assert main([*get, "--log", str(here / "log")]) == 0
    assert "REST " in (here / "log").read_text()
    assert (here / "big").read_bytes() == data
    assert parts(here) == []


def test_nothing_is_removed_through_a_link(one: RunningServer, here: Path, tmp_path: Path) -> None:
    """The directory of the part was replaced by a link to another one meanwhile."""
    one.put("tree/big", os.urandom(3_000_000))
    get = ["get", url(one, "tree"), "--continue"]
    interrupted(here, one, [*get, "--limit-rate", "500k"], until="RETR", signal=signal.SIGKILL)
    (left,) = parts(here)
    elsewhere = tmp_path / "elsewhere"
    (here / "tree").rename(elsewhere)
    (here / "tree").symlink_to(elsewhere)
    path = Unfinished(parse_arguments(get)).path
    for file in path.parent.glob(f"{path.stem}.*"):
        os.utime(file, (time.time() - KEPT_FOR - 60,) * 2)
    assert forget_old() == 0
    assert (elsewhere / left).exists()


@pytest.mark.real_server
@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "TLS"])
def test_a_large_file_comes_in_segments(is_encrypted: bool, here: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = make_tls_server("vsftpd", authority.issue().path) if is_encrypted else make_server("vsftpd")
    try:
        server.start()
        data = os.urandom(26 << 20)
        server.put("large.bin", data)
        server.own()
        more = ["--tls", "explicit", "--ca", str(authority.path)] if is_encrypted else []
        log = tmp_path / "log"
        assert main(["get", url(server, "large.bin"), "--segments", "6", "--log", str(log), *more]) == 0
        assert tree(here) == {"large.bin": data}
        sent = [line for line in log.read_text().splitlines() if '"command"' in line]
        assert sum('"RETR' in line for line in sent) >= 6
        assert sum('"REST' in line for line in sent) >= 5
        assert "TLS" in log.read_text() or not is_encrypted
    finally:
        server.discard()


def test_a_speed_limit_holds(one: RunningServer, here: Path) -> None:
    one.put("data", os.urandom(600_000))
    began = time.monotonic()
    assert main(["get", url(one, "data"), "--limit-rate", "400k"]) == 0
    assert 1.2 <= time.monotonic() - began < 6


def test_retries_end_with_the_server_s_words(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one.stop()
    began = time.monotonic()
    assert main(["get", url(one, "pub"), "--retries", "0"]) == 1
    assert time.monotonic() - began < 5
    assert "refused the connection" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["get", "h/x", "--limit-rate", "fast"], "“fast” is no speed"),
        (["get", "h/x", "--retries", "-1"], "not a number from 0 to 1000"),
        (["ls", "h/x", "--continue"], "unrecognized"),
    ],
)
def test_wrong_usage_is_told(words: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert part in capsys.readouterr().err


def test_options_with_values_may_stand_before_the_command() -> None:
    found = parse_arguments(["--limit-rate", "2M", "--retries", "3", "get", "h/x", "--verify", "-c"])
    assert (found.limit, found.retries, found.is_verified, found.is_continued) == (2_000_000, 3, True, True)


def test_the_options_reach_the_settings_of_the_run() -> None:
    def settings(*words: str) -> Settings:
        engine = Engine(parse_arguments(words), say=print)
        engine.close()
        return engine.run_settings.in_force

    assert settings("get", "h/x", "--verify").verify is Verification.CHECKSUM
    assert settings("get", "h/x").verify is Verification.SIZE
    assert settings("get", "h/x", "-c").overwrite_downloads is ConflictPolicy.RESUME
    assert (
        settings("get", "h/x", "-c", "--overwrite", "size").overwrite_downloads is ConflictPolicy.SIZE_DIFFERS
    )
