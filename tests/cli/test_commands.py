"""`ls`, `get` and `put` do on real servers what their help says, and their exit status tells how it went."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import RunningServer
from tuiftp.cli import main
from tuiftp.wirelog.foreign import load_file

BIG = os.urandom(300_000)
PUB = {"a.txt": b"hello", "sub/b.bin": BIG, "sub/deep/empty": b""}


@pytest.fixture
def server(ftp_server: RunningServer) -> RunningServer:
    """Each of the servers, with a small tree on it."""
    return plant(ftp_server)


@pytest.fixture
def one(pyftpdlib_server: RunningServer) -> RunningServer:
    """The server that every machine can run, with the same tree."""
    return plant(pyftpdlib_server)


def plant(server: RunningServer) -> RunningServer:
    for name, data in PUB.items():
        server.put(f"pub/{name}", data)
    return server


def url(server: RunningServer, path: str = "", *, password: bool = True) -> str:
    login = f"{server.user}:{server.password}" if password else server.user
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"ftp://{login}@{host}:{server.port}/{path}"


def tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that the command runs in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.mark.parametrize("mode", ["auto", "passive", "active"])
def test_ls_in_each_mode(server: RunningServer, mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", url(server, "pub"), "--mode", mode, "--json"]) == 0
    out, err = capsys.readouterr()
    entries = [json.loads(line) for line in out.splitlines()]
    assert [(entry["name"], entry["kind"]) for entry in entries] == [("a.txt", "file"), ("sub", "dir")]
    assert entries[0]["size"] == 5
    assert entries[0]["modified"]
    assert err == ""


def test_ls_as_text(one: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    (one.home / "pub" / "[red]x\x1b[31m").write_bytes(b"")
    assert main(["ls", url(one, "pub/")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines] == ["[red]x␛[31m", "a.txt", "sub"]
    assert lines[2].startswith("d")


def test_ls_of_one_file(server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", url(server, "pub/a.txt"), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["name"], json.loads(line)["size"]) == ("a.txt", 5)


def test_an_absolute_path_begins_at_the_root(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = server.root.rstrip("/") + "/pub"
    assert main(["ls", url(server, f"%2F{path[1:]}"), "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_what_is_not_there_is_named_without_the_password(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ls", url(server, "nowhere")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"tuiftp: {url(server, 'nowhere', password=False)}: ")
    assert len(err.splitlines()) == 1
    assert server.password not in err


def test_a_wrong_password_is_told_with_the_server_s_words(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUIFTP_PASSWORD", "wrong-password")
    assert main(["ls", url(server, password=False)]) == 1
    err = capsys.readouterr().err
    assert "530" in err
    assert "wrong-password" not in err


def test_nobody_listens(one: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    one.stop()
    assert main(["ls", url(one)]) == 1
    assert "refused the connection" in capsys.readouterr().err


def test_get_a_file_and_a_tree(server: RunningServer, here: Path) -> None:
    assert main(["get", url(server, "pub/a.txt"), url(server, "pub")]) == 0
    assert tree(here) == {"a.txt": b"hello"} | {f"pub/{name}": data for name, data in PUB.items()}
    assert (here / "pub/sub/deep").is_dir()


@pytest.mark.parametrize("mode", ["passive", "active"])
def test_get_and_put_in_each_mode(server: RunningServer, here: Path, mode: str) -> None:
    assert main(["get", url(server, "pub"), "--mode", mode]) == 0
    assert main(["put", "pub", url(server, "copy"), "--mode", mode]) == 0
    assert tree(server.home / "copy") == tree(here / "pub") == PUB


def test_the_destination_of_get_is_that_of_cp(one: RunningServer, here: Path) -> None:
    assert main(["get", url(one, "pub"), "-o", "new"]) == 0
    assert tree(here / "new") == PUB
    assert main(["get", url(one, "pub"), "-o", "new"]) == 0
    assert tree(here / "new" / "pub") == PUB
    assert main(["get", url(one, "pub/a.txt"), "-o", "made/below/"]) == 0
    assert tree(here / "made") == {"below/a.txt": b"hello"}
    assert main(["get", url(one, "pub/a.txt"), "-o", "renamed"]) == 0
    assert (here / "renamed").read_bytes() == b"hello"


def test_get_of_a_directory_without_a_name_takes_what_is_in_it(one: RunningServer, here: Path) -> None:
    assert main(["get", url(one), "-o", "all"]) == 0
    assert tree(here / "all" / "pub") == PUB


def test_several_items_need_a_directory(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(one, "pub/a.txt"), url(one, "pub/sub/b.bin"), "-o", "one"]) == 1
    assert "is not a directory" in capsys.readouterr().err
    assert tree(here) == {}
    assert main(["put", __file__, __file__, url(one, "one")]) == 1
    assert "is not a directory" in capsys.readouterr().err
    assert not (one.home / "one").exists()


def test_one_failure_is_named_and_the_rest_goes_on(
    server: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(server, "nope"), url(server, "pub/a.txt")]) == 1
    err = capsys.readouterr().err
    failures = [line for line in err.splitlines() if line.startswith("tuiftp: ")]
    assert failures == [f"tuiftp: {url(server, 'nope', password=False)}: no such file or directory"]
    assert tree(here) == {"a.txt": b"hello"}


def test_a_file_is_no_directory(one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["get", url(one, "pub/a.txt/")]) == 1
    assert "not a directory" in capsys.readouterr().err


def test_the_destination_of_put_is_that_of_cp(server: RunningServer, here: Path) -> None:
    (here / "up" / "x").mkdir(parents=True)
    (here / "up" / "x" / "f").write_bytes(b"1")
    (here / "g").write_bytes(b"2")
    assert main(["put", "up", url(server, "new")]) == 0
    assert tree(server.home / "new") == {"x/f": b"1"}
    assert main(["put", "up", "g", url(server, "new")]) == 0
    assert tree(server.home / "new") == {"x/f": b"1", "up/x/f": b"1", "g": b"2"}
    assert main(["put", "g", url(server, "made/below/")]) == 0
    assert tree(server.home / "made") == {"below/g": b"2"}
    assert main(["put", "g", url(server, "renamed")]) == 0
    assert (server.home / "renamed").read_bytes() == b"2"
    assert main(["put", "up/.", url(server, "made/")]) == 0
    assert tree(server.home / "made") == {"below/g": b"2", "x/f": b"1"}


def test_links_that_a_person_names_are_looked_through(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "real").write_bytes(b"1")
    (here / "link").symlink_to("real")
    (here / "tree").mkdir()
    (here / "tree" / "inner").symlink_to("../real")
    assert main(["put", "link", "tree", url(one, "pub/")]) == 0
    assert (one.home / "pub" / "link").read_bytes() == b"1"
    assert not (one.home / "pub" / "tree" / "inner").exists()
    assert "tree/inner: skipped: a link" in capsys.readouterr().err


def test_an_existing_target_is_left_alone_unless_told_otherwise(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.txt").write_bytes(b"mine")
    get = ["get", url(one, "pub/a.txt")]
    assert main(get) == 1
    assert "a.txt exists and is left alone (choose with --overwrite)" in capsys.readouterr().err
    assert main([*get, "--overwrite", "never"]) == 0
    assert tree(here) == {"a.txt": b"mine"}
    assert main([*get, "--overwrite", "rename"]) == 0
    assert tree(here) == {"a.txt": b"mine", "a (1).txt": b"hello"}
    assert main([*get, "--overwrite", "always"]) == 0
    assert tree(here)["a.txt"] == b"hello"


def test_resume_goes_on_where_the_target_ends(one: RunningServer, here: Path) -> None:
    (here / "b.bin").write_bytes(BIG[:100_000])
    os.utime(here / "b.bin", (1, 1))
    log = here / "log"
    assert main(["get", url(one, "pub/sub/b.bin"), "--overwrite", "resume", "--log", str(log)]) == 0
    assert (here / "b.bin").read_bytes() == BIG


def test_quiet_says_nothing_where_all_is_well(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(one, "pub"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["get", url(one, "nope"), "--quiet"]) == 1
    assert "no such file" in capsys.readouterr().err


def test_the_settings_of_the_user_hold_and_the_command_line_goes_before_them(
    one: RunningServer, here: Path, fake_home: Path
) -> None:
    settings = fake_home / ".config" / "tuiftp" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('mode = "active"\n')
    assert main(["ls", url(one), "--log", "first"]) == 0
    assert main(["ls", url(one), "--log", "second", "--mode", "passive"]) == 0
    used = [{record.command for record in load_file(here / log).records} for log in ("first", "second")]
    assert used == [{None, "PORT"}, {None, "PASV"}]
    assert settings.read_text() == 'mode = "active"\n'


def test_a_broken_settings_file_is_told_and_kept(
    one: RunningServer, here: Path, fake_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = fake_home / ".config" / "tuiftp" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("mode = [\n")
    assert main(["ls", url(one)]) == 0
    assert "is not valid TOML" in capsys.readouterr().err
    assert settings.read_text() == "mode = [\n"


def test_what_worked_is_remembered_between_runs(one: RunningServer, here: Path) -> None:
    assert main(["ls", url(one), "--mode", "active"]) == 0
    assert main(["ls", url(one), "--log", "second"]) == 0
    records = load_file(here / "second").records
    assert {record.command for record in records if record.event} == {"PORT"}


def test_no_password_in_the_log_nor_anywhere_else(
    server: RunningServer, here: Path, fake_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(server, "pub"), "--log", "log"]) == 0
    assert main(["ls", url(server, "pub"), "--log", "-"]) == 0
    told = "".join(capsys.readouterr())
    assert "PASS ********" in told
    files = [path for place in (here, fake_home) for path in place.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if server.password.encode() in path.read_bytes()]
    assert server.password not in told


def test_the_log_decodes_data_connections(one: RunningServer, here: Path) -> None:
    assert main(["ls", url(one), "--mode", "active", "--log", "log"]) == 0
    notes = [record.note for record in load_file(here / "log").records if record.text.startswith("PORT ")]
    assert notes[0] is not None
    assert notes[0].startswith("asks the server to connect to 127.0.0.1:")


def test_a_log_that_cannot_be_written_is_told_before_anything_is_done(
    one: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", url(one, "pub"), "--log", "missing/log"]) == 1
    assert "cannot write missing/log" in capsys.readouterr().err
    assert tree(here) == {}


def test_the_password_may_come_from_the_environment_or_netrc(
    one: RunningServer, here: Path, fake_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["ls", url(one, password=False)]) == 1
    netrc = fake_home / ".netrc"
    netrc.write_text(f"machine {one.host} login {one.user} password {one.password}\n")
    netrc.chmod(0o600)
    assert main(["ls", url(one, password=False)]) == 0
    netrc.unlink()
    monkeypatch.setenv("TUIFTP_PASSWORD", one.password)
    assert main(["ls", url(one, password=False)]) == 0


def test_an_interrupt_ends_with_130_and_leaves_no_half_file(one: RunningServer, here: Path) -> None:
    with (one.home / "huge").open("wb") as file:
        file.truncate(20_000_000_000)
    code = "import sys; from tuiftp.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "get", url(one, "huge"), "--log", "-"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "RETR" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(timeout=10) == 130
    assert not (here / "huge").exists()


def test_output_that_nobody_reads_is_no_crash(one: RunningServer) -> None:
    code = "import sys; from tuiftp.cli import main; sys.exit(main())"
    reading, writing = os.pipe()
    os.close(reading)
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, "ls", url(one)]
    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=env, check=False)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, "")


def test_the_app_says_that_it_needs_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(["ftp.example.com"]) == 1
    assert (
        "the app needs a terminal (for scripts there are tuiftp ls, get, put and cp)"
        in capsys.readouterr().err
    )


def test_the_end_is_said_and_not_waited_for(server: RunningServer, here: Path) -> None:
    """No connection says QUIT twice, and nobody waits a round trip for what the server says to it."""
    assert main(["get", url(server, "pub"), "--log", "log"]) == 0
    assert tree(here / "pub") == PUB
    records = load_file(here / "log").records
    said = [record.conn for record in records if record.text == "QUIT"]
    assert said
    assert len(said) == len(set(said))
    assert not [record for record in records if record.text.startswith("221")]
