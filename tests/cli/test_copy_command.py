"""`tuiftp cp` between two real servers, and between a server and this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_commands import PUB, plant, tree, url
from tests.support.fixtures import StartServer
from tests.support.servers import RunningServer
from tuiftp.cli import main

ONE = {f"pub/{name}": data for name, data in PUB.items()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that the command runs in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def one(start_ftp_server: StartServer) -> RunningServer:
    """A server with a small tree on it."""
    return plant(start_ftp_server("pyftpdlib"))


@pytest.fixture
def two(start_ftp_server: StartServer) -> RunningServer:
    """Another one, with nothing on it but a directory."""
    server = start_ftp_server("pyftpdlib")
    server.put("in/kept", b"kept")
    return server


def there(server: RunningServer) -> dict[str, bytes]:
    return tree(server.home)


def test_a_tree_goes_from_one_server_to_the_other(
    one: RunningServer, two: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cp", url(one, "pub"), url(two, "in")]) == 0
    assert there(two) == {"in/kept": b"kept", **{f"in/{name}": data for name, data in ONE.items()}}
    assert "3 files, 300 kB" in capsys.readouterr().err
    assert main(["cp", url(one, "pub"), url(two, "new")]) == 0
    assert there(two)["new/sub/b.bin"] == PUB["sub/b.bin"]
    assert main(["cp", url(one, "pub/"), url(two, "contents/")]) == 0
    assert there(two)["contents/pub/a.txt"] == b"hello"
    assert tree(here) == {}


def test_several_sources_of_all_kinds_go_into_one_directory(
    one: RunningServer, two: RunningServer, here: Path
) -> None:
    (here / "mine").write_bytes(b"mine")
    two.put("b1", b"1")
    two.put("b2", b"2")
    assert main(["cp", url(one, "pub/a.txt"), "mine", url(two, "b*"), url(two, "in/")]) == 0
    assert there(two) == {
        "b1": b"1", "b2": b"2", "in/kept": b"kept", "in/a.txt": b"hello", "in/mine": b"mine", "in/b1": b"1",
        "in/b2": b"2",
    }  # fmt: skip


def test_it_copies_to_and_from_this_machine_and_on_it(one: RunningServer, here: Path) -> None:
    assert main(["cp", url(one, "pub"), "got"]) == 0
    assert tree(here) == {f"got/{name}": data for name, data in PUB.items()}
    assert main(["cp", "got/a.txt", url(one, "sent.txt")]) == 0
    assert there(one)["sent.txt"] == b"hello"
    assert main(["cp", "got", "again"]) == 0
    assert tree(here / "again") == PUB
    assert main(["cp", "got/.", "flat/"]) == 0
    assert tree(here / "flat") == PUB


def test_what_is_missing_is_named_and_the_rest_goes(
    one: RunningServer, two: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cp", url(one, "nope"), "nor-this", url(one, "pub/a.txt"), url(two, "in/")]) == 1
    told = capsys.readouterr().err
    assert "/nope: no such file or directory" in told
    assert "nor-this: no such file or directory" in told
    assert there(two)["in/a.txt"] == b"hello"
    assert main(["cp", "nor-this", url(one, "pub/a.txt"), url(two, "single")]) == 1
    assert "is not a directory, and there are 2 items" in capsys.readouterr().err


def test_an_existing_target_is_left_alone_unless_told_otherwise(
    one: RunningServer, two: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two.put("a.txt", b"theirs")
    copy = ["cp", url(one, "pub/a.txt"), url(two, "")]
    assert main(copy) == 1
    assert "a.txt exists and is left alone (choose with --overwrite)" in capsys.readouterr().err
    assert there(two)["a.txt"] == b"theirs"
    assert main([*copy, "--overwrite", "always"]) == 0
    assert there(two)["a.txt"] == b"hello"


def test_nothing_goes_into_itself(one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cp", url(one, "pub"), url(one, "pub/sub/")]) == 1
    assert "a directory cannot be copied into itself" in capsys.readouterr().err
    assert there(one) == ONE


def test_the_same_command_goes_on_with_what_it_has_left(
    one: RunningServer, two: RunningServer, here: Path
) -> None:
    copy = ["cp", url(one, "pub"), url(one, "late"), url(two, "in/"), "-c"]
    assert main(copy) == 1
    assert there(two)["in/pub/a.txt"] == b"hello"
    one.put("late", b"here now")
    assert main(copy) == 0
    assert there(two)["in/late"] == b"here now"
