"""What a command has not finished goes with it, or with the next run, whatever ended it; what lives is let alone."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_commands import here, url
from tests.support.servers import RunningServer
from tuiftp.cli import main
from tuiftp.cli.continue_store import KEPT_FOR
from tuiftp.files.safe_open import Place
from tuiftp.storage.locations import state_dir
from tuiftp.transfers.part_records import PartRecords, Upload

__all__ = ["here"]

CODE = "import sys; from tuiftp.cli import main; sys.exit(main())"
DATA = os.urandom(3_000_000)
SLOWLY = ["--limit-rate", "300k"]
BOUND = 20.0


@contextmanager
def running(words: list[str], place: Path, holds: Callable[[], int]) -> Iterator[subprocess.Popen[str]]:
    """A command that has moved something: `holds` says how many bytes of it can be seen."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CODE, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, cwd=place) as process:
        try:
            wait_until(lambda: holds() > 10_000)
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    bound = time.monotonic() + BOUND
    while not is_so():
        assert time.monotonic() < bound, "it did not come about"
        time.sleep(0.01)


def ended(process: subprocess.Popen[str], how: int) -> int:
    process.send_signal(how)
    assert process.stderr is not None
    process.stderr.read()
    return process.wait(timeout=15)


def unfinished(place: Path) -> dict[str, int]:
    """The hidden files that a transfer grows in, and their sizes."""
    found = {}
    for path in place.rglob("*tuiftp*part"):
        with contextlib.suppress(FileNotFoundError):  # it has just gone
            found[path.name] = path.stat().st_size
    return found


def records() -> list[Path]:
    return list((state_dir() / "unfinished").glob("*"))


@pytest.mark.real_server
@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_an_interrupted_get_and_put_leave_nothing(
    vsftpd: RunningServer, here: Path, how: int, status: int
) -> None:
    vsftpd.put("big", DATA)
    with running(
        ["get", url(vsftpd, "big"), *SLOWLY], here, lambda: sum(unfinished(here).values())
    ) as process:
        assert ended(process, how) == status
    assert os.listdir(here) == []
    (here / "big").write_bytes(DATA[::-1])
    command = ["put", "big", url(vsftpd, "big"), "--overwrite", "always", *SLOWLY]
    with running(command, here, lambda: sum(unfinished(vsftpd.home).values())) as process:
        assert ended(process, how) == status
    assert unfinished(vsftpd.home) == {}
    assert (vsftpd.home / "big").read_bytes() == DATA
    assert records() == []


def test_a_command_under_nohup_goes_on(pyftpdlib_server: RunningServer, here: Path) -> None:
    pyftpdlib_server.put("big", DATA[:600_000])
    words = ["get", url(pyftpdlib_server, "big"), *SLOWLY]
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running(words, here, lambda: sum(unfinished(here).values())) as process:
            assert ended(process, signal.SIGHUP) == 0
    finally:
        signal.signal(signal.SIGHUP, previous)
    assert (here / "big").read_bytes() == DATA[:600_000]


def test_a_command_ends_in_order_with_the_terminal_that_it_writes_to(
    pyftpdlib_server: RunningServer, here: Path
) -> None:
    pyftpdlib_server.put("big", DATA)
    master, terminal = pty.openpty()
    command = [sys.executable, "-c", CODE, "get", url(pyftpdlib_server, "big"), *SLOWLY]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=terminal, env=env, cwd=here) as process:
        os.close(terminal)
        wait_until(lambda: sum(unfinished(here).values()) > 0)
        os.close(master)
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=15) == 129
    assert os.listdir(here) == []


@pytest.mark.real_server
def test_what_a_killed_get_has_left_goes_with_the_next_run(
    vsftpd: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        vsftpd.put(f"tree/{number}", DATA)
    get = ["get", url(vsftpd, "tree")]
    with running([*get, *SLOWLY], here, lambda: len(unfinished(here)) // 3 * 20_000) as process:
        ended(process, signal.SIGKILL)
    assert len(unfinished(here)) == 3
    assert main(get) == 0
    assert "removed part files that runs which were killed have left: 3" in capsys.readouterr().err
    assert sorted(os.listdir(here / "tree")) == ["0", "1", "2"]
    assert (here / "tree" / "2").read_bytes() == DATA
    assert records() == []


@pytest.mark.real_server
def test_what_a_killed_put_has_left_goes_with_the_next_run_to_that_server(
    vsftpd: RunningServer, here: Path
) -> None:
    vsftpd.put("big", b"old")
    vsftpd.put(".other.tuiftp-0123456789.part", b"of somebody else")
    (here / "big").write_bytes(DATA)
    put = ["put", "big", url(vsftpd, "big"), "--overwrite", "always"]
    with running([*put, *SLOWLY], here, lambda: sum(unfinished(vsftpd.home).values())) as process:
        ended(process, signal.SIGKILL)
    assert len(unfinished(vsftpd.home)) == 2
    assert main(["get", url(vsftpd, "big")]) == 1, "here is a file of that name"
    assert main(put) == 0
    assert (vsftpd.home / "big").read_bytes() == DATA
    assert list(unfinished(vsftpd.home)) == [".other.tuiftp-0123456789.part"]
    assert records() == []


@pytest.mark.real_server
@pytest.mark.parametrize("becomes", ["taken over", "another's"])
def test_the_beginning_of_a_small_file_that_a_killed_put_has_left_under_its_name_goes_with_the_next_run(
    vsftpd: RunningServer, here: Path, becomes: str
) -> None:
    small = DATA[:90_000]
    (here / "small").write_bytes(small)
    (here / "other").write_bytes(b"other")
    there = vsftpd.home / "small"
    slowly = ["--limit-rate", "20k"]
    with running(
        ["put", "small", url(vsftpd, "small"), *slowly],
        here,
        lambda: there.stat().st_size if there.exists() else 0,
    ) as process:
        ended(process, signal.SIGKILL)
    assert there.read_bytes() == small[: there.stat().st_size] != small
    assert len(records()) == 1
    if becomes == "taken over":
        assert main(["put", "small", url(vsftpd, "small")]) == 0, (
            "nothing has that name but what we have left"
        )
        assert there.read_bytes() == small
    else:
        there.write_bytes(b"of somebody else")
        assert main(["put", "other", url(vsftpd, "other")]) == 0
        assert there.read_bytes() == b"of somebody else"
    assert records() == []


@pytest.mark.real_server
def test_a_target_that_was_there_before_a_killed_put_is_never_removed(
    vsftpd: RunningServer, here: Path
) -> None:
    (here / "small").write_bytes(DATA[:90_000])
    (here / "other").write_bytes(b"other")
    there = vsftpd.home / "small"
    vsftpd.put("small", DATA[:50])
    put = ["put", "small", url(vsftpd, "small"), "--overwrite", "resume", "--limit-rate", "20k"]
    with running(put, here, lambda: there.stat().st_size) as process:
        ended(process, signal.SIGKILL)
    assert main(["put", "other", url(vsftpd, "other")]) == 0
    assert there.stat().st_size > 50
    assert records() == []


@pytest.mark.real_server
def test_the_parts_of_a_run_that_lives_are_let_alone(vsftpd: RunningServer, here: Path) -> None:
    vsftpd.put("big", DATA)
    vsftpd.put("small", b"small")
    with running(
        ["get", url(vsftpd, "big"), "--limit-rate", "1500k"], here, lambda: sum(unfinished(here).values())
    ) as process:
        assert main(["get", url(vsftpd, "small")]) == 0
        assert len(unfinished(here)) == 1
        assert process.wait(timeout=BOUND) == 0
    assert (here / "big").read_bytes() == DATA
    assert unfinished(here) == {}
    assert records() == []


@pytest.mark.real_server
def test_of_two_that_would_go_on_at_once_the_second_leaves_nothing_and_takes_nothing(
    vsftpd: RunningServer, here: Path
) -> None:
    vsftpd.put("big", DATA)
    get = ["get", url(vsftpd, "big"), "--continue", *SLOWLY]
    with running(get, here, lambda: sum(unfinished(here).values())) as first:
        with running(get, here, lambda: len(unfinished(here)) // 2 * 20_000) as second:
            ended(second, signal.SIGKILL)
        assert len(unfinished(here)) == 2
        assert ended(first, signal.SIGTERM) == 143
    assert len(unfinished(here)) == 2
    assert main(get[:-2]) == 0
    assert (here / "big").read_bytes() == DATA
    assert unfinished(here) == {}
    assert records() == []
    assert list((state_dir() / "runs").glob("*")) == []


@pytest.mark.real_server
def test_the_end_of_a_second_one_takes_nothing_from_the_first(vsftpd: RunningServer, here: Path) -> None:
    vsftpd.put("big", DATA)
    get = ["get", url(vsftpd, "big"), "--continue"]
    with running([*get, *SLOWLY], here, lambda: sum(unfinished(here).values())) as first:
        assert main(get) == 0
        ended(first, signal.SIGKILL)
    assert list((state_dir() / "runs").glob("*.sqlite")), "the first can still be continued"
    assert main(get) == 0
    assert unfinished(here) == {}


@pytest.mark.real_server
def test_a_state_directory_that_cannot_be_written_keeps_nobody_from_fetching(
    vsftpd: RunningServer,
    here: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    vsftpd.put("big", DATA)
    assert main(["get", url(vsftpd, "big")]) == 0
    assert "unfinished files cannot be recorded" in capsys.readouterr().err
    assert main(["get", url(vsftpd, "big"), "-o", "again", "--continue"]) == 0
    assert "this run cannot be continued" in capsys.readouterr().err
    assert (here / "again").read_bytes() == DATA


@pytest.mark.real_server
def test_a_put_that_nobody_goes_on_with_leaves_nothing_on_the_server(
    vsftpd: RunningServer, here: Path
) -> None:
    vsftpd.put("big", b"old")
    (here / "big").write_bytes(DATA)
    (here / "small").write_bytes(b"small")
    put = ["put", "big", url(vsftpd, "big"), "--overwrite", "always", "--continue"]
    with running([*put, *SLOWLY], here, lambda: sum(unfinished(vsftpd.home).values())) as process:
        ended(process, signal.SIGKILL)
    assert main(["put", "small", url(vsftpd)]) == 0
    assert len(unfinished(vsftpd.home)) == 1, "the same command may still go on with it"
    for file in (state_dir() / "runs").iterdir():
        os.utime(file, (time.time() - KEPT_FOR - 60,) * 2)
    assert main(["put", "small", url(vsftpd), "--overwrite", "always"]) == 0
    assert unfinished(vsftpd.home) == {}
    assert records() == []


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def killed(notes: Path, *made: object) -> None:
    """A record whose run has been killed."""
    code = (
        "import os, sys; from pathlib import Path; from tuiftp.transfers.part_records import *; "
        "from tuiftp.files.safe_open import Place; records = PartRecords(Path(sys.argv[1]));"
        + "".join(
            f"records.note_upload({one!r});"
            if isinstance(one, Upload)
            else f"records.note_part({one!r}, '.{one.name}.0123456789.tuiftp-part');"  # type: ignore[attr-defined]
            for one in made
        )
        + "os.kill(os.getpid(), 9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(notes)], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )


def test_only_what_is_named_like_a_part_and_is_a_file_is_removed(notes: Path, here: Path) -> None:
    names = (".a.0123456789.tuiftp-part", ".b.0123456789.tuiftp-part")
    (here / names[0]).write_bytes(b"x")
    (here / names[1]).symlink_to(here / names[0])
    (here / "precious").write_bytes(b"x")
    killed(notes, Place(str(here), (), "a"), Place(str(here), (), "b"))
    (record,) = notes.glob("*")
    line = {"root": str(here), "parts": [], "name": "precious", "part": "precious"}
    with record.open("ab") as file:
        file.write(json.dumps(line).encode() + b"\n" + b"{broken\n\xff\n[]\n")
    assert PartRecords(notes).sweep() == 1
    assert sorted(os.listdir(here)) == [names[1], "precious"]
    assert list(notes.glob("*")) == []


def test_a_part_on_a_disk_that_is_away_is_not_forgotten(notes: Path, here: Path) -> None:
    killed(notes, Place(str(here / "disk"), (), "a"))
    assert PartRecords(notes).sweep() == 0
    (here / "disk").mkdir()
    (here / "disk" / ".a.0123456789.tuiftp-part").write_bytes(b"x")
    assert PartRecords(notes).sweep() == 1
    assert list(notes.glob("*")) == []


def test_uploads_left_are_told_of_their_own_site_until_they_are_settled(notes: Path) -> None:
    one, two = Upload("ftp://a", "utf-8", "/x\udcff.part"), Upload("ftp://a", "utf-8", "/y.part")
    killed(notes, one, two)
    found = PartRecords(notes)
    assert found.uploads_left("ftp://b", "utf-8") == []
    assert found.uploads_left("ftp://a", "latin-1") == []
    assert found.uploads_left("ftp://a", "utf-8") == [one, two]
    found.settle_upload(one)
    assert found.sweep() == 0
    assert found.uploads_left("ftp://a", "utf-8") == [two]
    found.settle_upload(two)
    assert list(notes.glob("*")) == []


def test_a_record_of_many_files_stays_small_and_goes_with_its_run(notes: Path, here: Path) -> None:
    records = PartRecords(notes)
    place = Place(str(here), (), "a" * 100)
    for number in range(5_000):
        records.note_part(place, f".{number}.tuiftp-part", is_lasting=False)
        records.forget_part(place, f".{number}.tuiftp-part")
    (record,) = notes.glob("*")
    assert record.stat().st_size < 300_000
    assert record.stat().st_mode & 0o777 == 0o600
    records.close()
    assert list(notes.glob("*")) == []
