"""`tuiftp probe` prints what it found, as text and as JSON, and its exit status tells the class."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.support.servers import RunningServer
from tuiftp.cli import main
from tuiftp.cli.arguments import parse_arguments
from tuiftp.cli.lab import describe
from tuiftp.demo.lab.serving import LabServer, get_scenario


def probe_lab(scenario: str, *options: str) -> int:
    with LabServer(scenario) as url:
        return main(["probe", url, "--timeout", "2", *options])


def test_all_ways_work(ftp_server: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", ftp_server.url]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "Every way works: Auto is fine." in out
    assert "\x1b" not in out
    assert ftp_server.password not in out
    heading = next(line for line in out.splitlines() if line.strip().startswith("way "))
    ways = [line for line in out.splitlines() if line.startswith(("  EPSV", "  PASV", "  EPRT"))]
    assert len(ways) == 4
    assert {line.index("ok") for line in ways} == {heading.index("verdict")}


def test_some_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe_lab("passive-closed") == 1
    out = capsys.readouterr().out
    for said in ("connect refused", "R5", "choose Active", "pasv_min_port=50000", "nft insert rule"):
        assert said in out


def test_none_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe_lab("list-425") == 3
    assert "No data connection comes about in any way" in capsys.readouterr().out


def test_nobody_logs_in(vsftpd: RunningServer, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = vsftpd.url.replace(vsftpd.password, "wrong-password")
    assert main(["probe", wrong]) == 4
    out, err = capsys.readouterr()
    assert "530" in err
    assert "No login" in out
    assert "wrong-password" not in out + err
    vsftpd.stop()
    assert main(["probe", vsftpd.url]) == 4


def test_there_is_no_password(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuiftp.cli.probe.prompt_on_terminal", lambda words: None)
    assert main(["probe", "ftp://bob@127.0.0.1"]) == 4
    assert "no password" in capsys.readouterr().err


def test_json_is_one_object_with_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe_lab("private-address", "--json") == 1
    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["status"] == 1
    rows = {row["way"]: row for row in report["rows"]}
    announced = rows["PASV, as announced"]
    assert announced["announced"] == "10.1.2.3"
    assert announced["reply"].startswith("227 ")
    assert announced["verdict"] != "ok"
    assert rows["PASV, at the server's address"]["verdict"] == "ok"
    assert rows["EPSV"]["bytes"] > 0
    assert "R1" in {finding["code"] for finding in report["findings"]}
    assert any("pasv_address" in "".join(remedy["lines"]) for remedy in report["remedies"])
    assert report["advice"]["mode"] == "auto"


def test_the_log_has_the_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe_lab("no-150", "--log", "-") == 0
    err = capsys.readouterr().err
    assert "PASV" in err
    assert "EPRT" in err


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("epsv-silent", "A firewall knows PASV but not EPSV"),
        ("port-refused", "The server refuses active mode"),
        ("port-refused-other", "The server refuses our address"),
        ("idle-kill", "An idle timer ended the connection"),
    ],
)
def test_what_a_lab_promises_is_seen_with_the_words_that_it_names(
    name: str, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with LabServer(name) as url:
        words = describe(get_scenario(name), url)[-2].split()[1:]
        assert words[:3] == ["ls", "--log", "-"]
        main([*words, "--timeout", "1"])
    assert title in capsys.readouterr().err
    probe_lab(name)
    assert f"{get_scenario(name).finding}  {title}" in capsys.readouterr().out


def test_a_listing_that_fails_says_what_explains_it(capsys: pytest.CaptureFixture[str]) -> None:
    with LabServer("port-refused") as url:
        assert main(["ls", "--mode", "active", url]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "R27 The server refuses active mode (sure: medium)" in err
    assert "→ Use passive mode." in err


def test_lab_names_its_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--list"]) == 0
    assert "passive-closed  " in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["lab"], ["lab", "nope"], ["--demo-fault", "nope"], ["--demo-fault", "no-150", "ftp://h"], ["probe"]],
)
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "usage:" in capsys.readouterr().err


def test_the_app_can_start_in_a_scenario() -> None:
    found = parse_arguments(["--demo-fault", "passive-closed"])
    assert (found.command, found.scenario) == ("", "passive-closed")


def test_lab_serves_until_it_is_interrupted() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tuiftp", "lab", "list-425"], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        try:
            assert main(["probe", url, "--timeout", "2", "--json"]) == 3
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) == 130
